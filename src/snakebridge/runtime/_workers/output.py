# What one worker says: its stdout, stderr, and the report that carries what it logs.
#
# Guarantees: what a call printed is told as that call's, because whoever ends the call reads what has arrived before
# (`catch_up`); where a worker runs several calls at once, what it prints is nobody's, and what it logs is still the
# call's that logged it. The last lines of stderr are kept for death reports. Nothing here waits.
# Assumes: the descriptors are non-blocking, and closed by nobody before `close`.

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from snakebridge.runtime._workers.logs import WORKERS, Journal, Source
from snakebridge.runtime._workers.records import NO_CALL, Said, line_record, remote_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._workers.process import Process
    from snakebridge.runtime._workers.zygote import Zygote

__all__ = ["Output"]

_LONGEST = 1 << 14
_KEPT = 12
_CHUNK = 1 << 18  # a record is one message of a socket, and must fit
_TURN = 64  # reads of one descriptor before others have theirs
_QUIET = 100  # calls that printed nothing, after which the end of a call no longer looks


class _Lines:
    """Splits what a stream says."""

    def __init__(self, descriptor: int, name: str, level: int, longest: int = _LONGEST) -> None:
        self.descriptor = descriptor
        self.name = name
        self.level = level
        self._longest = longest
        self.last: deque[str] = deque(maxlen=_KEPT)
        self._rest = b""

    def split(self, data: bytes) -> list[bytes]:
        """Return the lines that are whole now; no data: the end, and the rest is one."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (len(self._rest) > self._longest or not data):
            lines.append(self._rest)
            self._rest = b""
        return lines


class _Speaker(Protocol):
    """A worker, or the zygote that workers are forked from."""

    @property
    def name(self) -> str: ...
    @property
    def channels(self) -> Sequence[Channel]: ...
    @property
    def process(self) -> Process | Zygote: ...


class Output:
    """Reads what a worker says.

    Args:
        worker: Which.
        journal: Who hands it on.
    """

    def __init__(self, worker: _Speaker, journal: Journal) -> None:
        self._worker = worker
        self._name = worker.name
        process = worker.process
        self._pid = process.popen.pid
        self._ready: dict[str, Any] | None = None
        self._is_ready = False
        self._source = Source(journal, self._lost)
        self._stdout = _Lines(process.stdout, "stdout", logging.INFO)
        self._stderr = _Lines(process.stderr, "stderr", logging.WARNING)
        self._report = _Lines(process.report, "report", logging.INFO, _CHUNK)
        self._lines = {each.descriptor: each for each in (self._stdout, self._stderr, self._report)}
        self._poll = select.poll()
        for descriptor in self._lines:
            self._poll.register(descriptor, select.POLLIN)
        self._lock = threading.Lock()  # the supervisor reads, and who ends a call
        self._quiet = 0
        self._is_open = True

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What to read when it is readable."""
        return tuple(self._lines)

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The last lines of stderr."""
        return tuple(self._stderr.last)

    def take_report(self) -> dict[str, Any] | None:
        """Return what it reported to be ready, the first time after it did."""
        report, self._ready = self._ready, None
        return report

    def read(self, descriptor: int) -> bool:
        """Take what has arrived; return whether more may come."""
        self._quiet = 0
        with self._lock:
            return not self._is_open or self._read(self._lines[descriptor], _TURN)

    def catch_up(self) -> None:
        """Take what the call that ends now has said; on its caller's thread, before another has the channel."""
        if self._quiet > _QUIET:
            return
        self._quiet += 1
        with self._lock:
            if self._is_open:
                for descriptor, _ in self._poll.poll(0):
                    self._read(self._lines[descriptor], _TURN)

    def close(self) -> None:
        """Take what an ended worker has left; a child of it may hold the other end, so never wait for that."""
        with self._lock:
            self._is_open = False
            for lines in self._lines.values():
                with contextlib.suppress(OSError):
                    self._read(lines, None)
                self._take(lines, b"")
            self._source.told()

    def _read(self, lines: _Lines, turns: int | None) -> bool:
        while turns is None or turns > 0:
            try:
                data = os.read(lines.descriptor, _CHUNK)
            except BlockingIOError:
                return True
            if not data:
                self._poll.modify(lines.descriptor, 0)
                return False
            self._quiet = 0
            self._take(lines, data)
            turns = None if turns is None else turns - 1
        return True

    def _take(self, lines: _Lines, data: bytes) -> None:
        found = lines.split(data)
        if lines is self._report:
            for line in found:
                self._take_record(line)
        elif found:
            said = self._said()
            texts = found[-_KEPT:] if self._source.is_full else found
            self._source.lose(len(found) - len(texts))
            for line in texts:
                self._take_line(lines, line, said)

    def _take_line(self, lines: _Lines, line: bytes, said: Said) -> None:
        # What a terminal would show: a bar that is drawn again and again is its last state.
        text = line[:_LONGEST].decode("utf-8", "replace").rstrip("\r").rpartition("\r")[2]
        lines.last.append(text)
        record = line_record(self._name, self._pid, lines.level, lines.name, text, said)
        if record is not None:
            self._source.put(record, len(text))

    def _take_record(self, line: bytes) -> None:
        if not line:
            return
        if self._is_ready and self._source.is_full and b'"lost"' not in line:
            self._source.lose(1)
            return
        try:
            sent = dict(json.loads(line))
            if not self._is_ready and "protocol" in sent:
                self._ready, self._is_ready = sent, True
                return
            lost = sent.get("lost")
            self._source.lose(lost if type(lost) is int and lost > 0 else 0)
            if "text" not in sent and lost:
                return
            record = remote_record(self._name, self._pid, sent, self._said_by(sent.get("call")))
        except (ValueError, TypeError, RecursionError):  # half of one, or written by somebody who found the descriptor
            self._source.lose(1)
            return
        if record is not None:
            self._source.put(record, len(line))

    def _said(self) -> Said:
        running = [(lane, channel) for lane, channel in enumerate(self._worker.channels) if channel.is_busy]
        if len(running) != 1:
            return NO_CALL
        lane, channel = running[0]
        return self._about(lane, channel.request, *channel.called)

    def _said_by(self, call: Any) -> Said:
        if type(call) is not list or [type(part) for part in call] != [int, int, str, int]:
            return NO_CALL
        lane, request, label, session = call
        channels = self._worker.channels
        library = channels[lane].called[2] if 0 <= lane < len(channels) else None
        return self._about(lane, request, label, session, library)

    def _about(self, lane: int, request: int, label: str, session: int, library: str | None) -> Said:
        if library is None and ":" in label:
            library = label.partition(":")[0].partition(".")[0]
        return Said(library, session or None, label or None, f"{self._name}/{lane}/{request}")

    def _lost(self, count: int) -> logging.LogRecord:
        text = f"worker {self._name} said more than could be logged in time: {count} lines and records were left out"
        record = logging.getLogger(WORKERS).makeRecord(
            WORKERS, logging.WARNING, "", 0, "%s", (text,), None, None, {"worker": self._name, "lost": count}
        )
        record.process, record.processName = self._pid, self._name
        return record
