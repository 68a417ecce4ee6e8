# From what workers say to the program's `logging`: a thread of its own for each pool that has something to tell.
#
# Guarantees: nobody who puts something in ever waits for a handler of the program, which may be slow, or may call a
# worker itself. Each source may say so much a second, and have so many bytes waiting; what is beyond that is counted
# instead, and the number told where it is missing. So a flood costs neither its worker nor the program much.
# Assumes: `put` of one source is called by one thread at a time.

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WORKERS", "Journal", "Source"]

WORKERS = "snakebridge.worker"
"""The logger of what workers print, and above those of what libraries log."""
_RATE = 5_000
_BURST = 20_000
_ROOM = 8 << 20
_OVERHEAD = 400  # bytes that a record takes beside its text
_FLUSH = 5.0
_supervision = logging.getLogger("snakebridge")


class Source:
    """Who puts something into a journal.

    Args:
        journal: Where to.
        tell_lost: Called with how many were left out; returns the record that says so.
    """

    def __init__(self, journal: Journal, tell_lost: Callable[[int], logging.LogRecord]) -> None:
        self._journal = journal
        self._tell_lost = tell_lost
        self._lost = 0
        self._allowed = float(_BURST)
        self._since = time.monotonic()
        self.waiting = 0
        """Bytes that are not handed over yet."""

    @property
    def is_full(self) -> bool:
        """Whether what comes now is only counted: until there is room for a second's worth again."""
        now = time.monotonic()
        self._allowed = min(_BURST, self._allowed + (now - self._since) * _RATE)
        self._since = now
        if self._lost:
            return self._allowed < _RATE or self.waiting > _ROOM // 2
        return self._allowed < 1 or self.waiting > _ROOM

    def put(self, record: logging.LogRecord, size: int) -> None:
        """Have a record handed over, or count it."""
        if self.is_full:
            self._lost += 1
            return
        self.told()
        self._allowed -= 1
        self._journal.put(record, self, size + _OVERHEAD)

    def lose(self, count: int) -> None:
        """Count what cannot be told."""
        self._lost += count

    def told(self) -> None:
        """Tell how many were lost since the last time."""
        if self._lost:
            lost, self._lost = self._lost, 0
            self._journal.put(self._tell_lost(lost), self, _OVERHEAD)


class Journal:
    """Hands records to `logging`.

    Args:
        name: Of the pool.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: queue.SimpleQueue[tuple[logging.LogRecord, Source | None, int] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, record: logging.LogRecord, source: Source | None, size: int) -> None:
        """Have a record handed over; nothing after `close`."""
        with self._lock:
            if self._closed:
                return
            if source is not None:
                source.waiting += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"snakebridge-logs-{self._name}", daemon=True)
                with contextlib.suppress(RuntimeError):  # the program ends, and threads cannot be had
                    self._thread.start()
            self._queue.put((record, source, size))

    def tell(self, level: int, text: str, **extra: Any) -> None:
        """Log something that the supervision of the pool has to say."""
        if _supervision.isEnabledFor(level):
            self.put(_supervision.makeRecord("snakebridge", level, "", 0, "%s", (text,), None, None, extra), None, 0)

    def close(self) -> None:
        """Hand over what waits, for a bounded time, and end."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._queue.put(None)
        if thread is not None and thread.is_alive() and thread is not threading.current_thread():
            thread.join(_FLUSH)

    def _run(self) -> None:
        while (entry := self._queue.get()) is not None:
            record, source, size = entry
            # A filter of the program that raises must not end the rest; what handlers raise, `logging` itself reports.
            with contextlib.suppress(Exception):
                logging.getLogger(record.name).handle(record)
            if source is not None:
                with self._lock:
                    source.waiting -= size
