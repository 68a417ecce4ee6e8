# Who is at the other end of a Unix socket that was connected or accepted by its path. (A pair of sockets that was
# inherited needs no such question: nobody else can have an end.)

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

__all__ = ["Peer", "listener", "peer_of"]

_CREDENTIALS = struct.Struct("3i")
_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A process at the other end of a socket, as the kernel knows it."""

    pid: int
    user: int

    @property
    def is_trusted(self) -> bool:
        """Whether it runs as this user, or as one who may do anything anyhow."""
        return self.user in {os.geteuid(), 0}


def peer_of(sock: socket.socket) -> Peer | None:
    """Return who is at the other end of a connected Unix socket; `None` where the kernel does not tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    pid, user, _ = _CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return Peer(pid, user)


def listener(path: str) -> Peer | None:
    """Return who listens at a path; `None` where the kernel does not tell.

    Raises:
        OSError: Nobody does.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(_TIMEOUT)
        sock.connect(path)
        return peer_of(sock)
