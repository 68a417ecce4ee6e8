# A pool's private folder: where its workers' sockets are, readable by nobody else.
#
# Guarantees: it goes with the pool; when the host was killed, the next pool of the same user removes it. Whether a
# folder's owner lives is told by a lock that the kernel drops with the process: process ids would lie across containers
# that share the folder for temporary files, and after they are used again.

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["PrivateFolder"]

_PREFIX = "snakebridge-"
_LOCK = "owner"


class PrivateFolder:
    """A folder of mode 0700 that outlives its process for no longer than until the next one."""

    def __init__(self) -> None:
        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Remove it with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _sweep() -> None:
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError):  # somebody else's, or gone meanwhile
            if lock.stat().st_uid != os.getuid():
                continue
            descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: its owner lives
                shutil.rmtree(lock.parent, ignore_errors=True)
            finally:
                os.close(descriptor)
