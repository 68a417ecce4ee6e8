# A pool's private folder: where its workers' sockets are, readable by nobody else.
#
# Guarantees: it goes with the pool; when the host was killed, its guardian removes it, or the next pool of the same
# user. It is locked before it has its name, so that no other program's pool takes it for one that was left.

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

from snakebridge.registry import LOCK, PREFIX, remove_folder, roots, sweep_folders
from snakebridge.runtime import _fork

__all__ = ["PrivateFolder"]


class PrivateFolder:
    """A folder of mode 0700 that does not outlive its process."""

    def __init__(self) -> None:
        root = roots()[0]
        sweep_folders(root)
        with _fork.guard:
            unnamed = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=root))
            try:
                self._lock = os.open(unnamed / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            except OSError:  # no descriptor is left, or no space
                remove_folder(str(unnamed))
                raise
            _fork.hold(self._lock)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.path = unnamed.rename(unnamed.with_name(unnamed.name[1:]))

    def close(self) -> None:
        """Remove it with everything in it."""
        remove_folder(str(self.path))
        _fork.release(self._lock)
