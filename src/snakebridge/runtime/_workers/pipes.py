# The descriptors of a process that is about to start: our ends and its ends.
#
# Guarantees: its ends are closed here once it has them, ours as well unless they are kept, and a forked copy of the
# host keeps none. The host forks before or after, not in between.

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING, Self

from snakebridge.runtime import _fork

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Pipes"]


class Pipes:
    """Makes pairs of descriptors, as a context that ends when the process has its ends."""

    def __init__(self) -> None:
        self._ours = contextlib.ExitStack()
        self._theirs = contextlib.ExitStack()
        self._all = contextlib.ExitStack()
        self._made: list[int] = []

    def __enter__(self) -> Self:
        for context in (_fork.guard, self._theirs, self._ours):
            self._all.enter_context(context)
        return self

    def __exit__(self, *exception: object) -> None:
        self._all.close()

    def incoming(self) -> tuple[int, int]:
        """Return a pipe that we read: our end, which never blocks, and its end."""
        read, write = os.pipe()
        self._note(read, write)
        os.set_blocking(read, False)
        return read, write

    def messages(self) -> tuple[int, int]:
        """Return what we read like a pipe: what is written at once stays whole, however many write (on Linux)."""
        kind = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
        read, write = (each.detach() for each in socket.socketpair(socket.AF_UNIX, kind))
        self._note(read, write)
        os.set_blocking(read, False)
        return read, write

    def outgoing(self) -> tuple[int, int]:
        """Return a pipe that we write: our end and its end."""
        read, write = os.pipe()
        self._note(write, read)
        return write, read

    def sockets(self, kind: socket.SocketKind = socket.SOCK_STREAM) -> tuple[socket.socket, socket.socket]:
        """Return connected sockets: ours and its own."""
        mine, other = socket.socketpair(socket.AF_UNIX, kind)
        self._ours.callback(mine.close)
        self._theirs.callback(other.close)
        _fork.hold(mine)
        return mine, other

    def keep(self) -> None:
        """Keep our ends: the process was started."""
        self._ours.pop_all()
        for descriptor in self._made:
            _fork.hold(descriptor)

    def _note(self, mine: int, other: int) -> None:
        close: Callable[[int], None] = os.close
        self._ours.callback(close, mine)
        self._theirs.callback(close, other)
        self._made.append(mine)
