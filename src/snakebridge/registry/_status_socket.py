# A pool's status socket, in its private folder: there `snakebridge status` reads how the pool is.
#
# Guarantees: nobody but the pool's user can reach it, because of the folder, and others get no answer. Reading never
# makes the pool wait: what does not fit into the socket's buffer is cut off, and whoever reads sees that.

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["StatusSocket", "read_status"]

_NAME = "status.sock"
_WAITING = 16
_ROOM = 1 << 20
_CREDENTIALS = struct.Struct("3i")  # struct ucred of Linux: process, user, group


class StatusSocket:
    """The pool's side.

    Args:
        folder: The pool's private folder.
        tell: What is shown; must be JSON.

    Raises:
        OSError: This process has no descriptors left.
    """

    def __init__(self, folder: Path, tell: Callable[[], object]) -> None:
        self._tell = tell
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.bind(str(folder / _NAME))
        except OSError:
            # The folder's path is too long for a socket. One without a name listens as well, and nobody comes:
            # the pool works, and "does not answer".
            self._socket.bind("")
        self._socket.listen(_WAITING)
        self._socket.settimeout(0)

    def fileno(self) -> int:
        """Return the descriptor that is readable when somebody connects."""
        return self._socket.fileno()

    def answer(self) -> None:
        """Tell whoever has connected how the pool is."""
        with contextlib.suppress(OSError):  # the client has left, or there is no descriptor for it
            client, _ = self._socket.accept()
            with client:
                if not _is_welcome(client):
                    return
                client.settimeout(0)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
                client.send(json.dumps(self._tell()).encode())

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _is_welcome(client: socket.socket) -> bool:
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True  # by the folder's mode alone
    _, user, _ = _CREDENTIALS.unpack(client.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return user in {os.geteuid(), 0}


def read_status(folder: str, patience: float = 2.0) -> object:
    """Return what a pool shows; `None` when it shows nothing in time.

    Args:
        folder: The pool's private folder.
        patience: Seconds.
    """
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(patience)
            client.connect(f"{folder}/{_NAME}")
            data = b""
            while chunk := client.recv(1 << 16):
                data += chunk
        shown: object = json.loads(data)
    except (OSError, ValueError):
        return None
    return shown
