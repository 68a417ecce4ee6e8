# What workers print: lines of stdout and stderr become records of the host's logging; the last ones are kept for death
# reports. stdout is INFO, stderr WARNING, as their readers expect.

from __future__ import annotations

import contextlib
import logging
import os
from collections import deque

__all__ = ["Lines"]

_logger = logging.getLogger("snakebridge.worker")
_LONGEST = 1 << 14
_KEPT = 12
_CHUNK = 1 << 16


class Lines:
    """Splits a descriptor's bytes into log records.

    Args:
        descriptor: Non-blocking.
        level: A level of `logging`.
        worker: The worker's name.
    """

    def __init__(self, descriptor: int, level: int, worker: str) -> None:
        self.descriptor = descriptor
        self.last: deque[str] = deque(maxlen=_KEPT)
        self._level = level
        self._worker = worker
        self._rest = b""

    def read(self) -> bool:
        """Log one chunk of what has arrived; return whether more may come."""
        try:
            data = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return True
        self._split(data)
        return bool(data)

    def drain(self) -> None:
        """Log what is left of an ended process; a child of it may hold the other end, so never wait for that."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.descriptor, _CHUNK):
                self._split(data)
        self._split(b"")

    def _split(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (len(self._rest) > _LONGEST or not data):
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._log(line[:_LONGEST].decode("utf-8", "replace").rstrip("\r"))

    def _log(self, line: str) -> None:
        self.last.append(line)
        _logger.log(self._level, "%s", line, extra={"worker": self._worker})
