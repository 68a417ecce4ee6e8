"""The lane: frames over a stream socket on one machine, each behind its length (four bytes, little-endian).

Guarantees: `receive` returns whole frames in order; a peer's death ends it with `LinkEnd` at once; a deadline bounds
both directions. Assumes one thread at a time (a lane is leased to its caller).
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from typing import Any

from snakebridge_guest.wire.frames import LARGEST

_HEAD = struct.Struct("<I")
_CHUNK = 1 << 16
_JOINED = 1 << 14  # up to here copying head and body together is cheaper than a second buffer


class LinkEnd(ConnectionError):  # noqa: N818 - the end of a link is an event before it is an error
    """The other side is gone, or the link was closed."""


class LinkTimeout(TimeoutError):  # noqa: N818 - as above
    """The deadline passed before a whole frame went through."""


class Lane:
    """One end of a lane.

    Args:
        sock: A connected, blocking stream socket; the lane owns it from here on.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._rest = b""

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:
        """Send frames; `deadline` is in the time of `time.monotonic`.

        Raises:
            LinkEnd: The other side is gone.
            LinkTimeout: The deadline passed; the lane is then unusable, because half a frame may have gone out.
        """
        parts: list[Any] = []
        for body in bodies:
            if len(body) > LARGEST:
                raise ValueError(f"a frame of {len(body)} bytes is larger than the limit of {LARGEST}")
            head = _HEAD.pack(len(body))
            if len(body) <= _JOINED:
                parts.append(head + body)
            else:
                parts += [head, body]
        try:
            if deadline is None:
                for part in parts:
                    self._socket.sendall(part)
            else:
                for part in parts:
                    self._send_until(memoryview(part), deadline)
        except OSError as error:
            if isinstance(error, LinkTimeout):
                raise
            raise LinkEnd(str(error)) from error

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame.

        Raises:
            LinkEnd: The other side is gone.
            LinkTimeout: The deadline passed; a later `receive` goes on where this one stopped.
        """
        data = self._rest
        if len(data) < _HEAD.size:
            data += self._read(deadline)
            while len(data) < _HEAD.size:
                self._rest = data
                data += self._read(deadline)
        size = _HEAD.unpack_from(data)[0] + _HEAD.size
        if size > LARGEST + _HEAD.size:
            raise LinkEnd(f"a frame of {size} bytes is larger than the limit; the other side is no snakebridge")
        if len(data) < size:
            data = self._fill(data, size, deadline)
        if len(data) == size:
            self._rest = b""
            return data[_HEAD.size :]
        self._rest = data[size:]
        return data[_HEAD.size : size]

    def close(self) -> None:
        """End the lane, also for a thread that waits in it."""
        self.hang_up()
        self._socket.close()

    def finish(self) -> None:
        """End the lane in order: the other side sees the end."""
        self.hang_up()

    def hang_up(self) -> None:
        """End both directions, which wakes a waiting thread, but keep the descriptor's number taken."""
        with contextlib.suppress(OSError):  # the other side was faster
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self, deadline: float | None) -> bytes:
        if deadline is not None:
            self._wait(select.POLLIN, deadline)
        try:
            data = self._socket.recv(_CHUNK)
        except OSError as error:
            raise LinkEnd(str(error)) from error
        if not data:
            raise LinkEnd("the other side is gone")
        return data

    def _fill(self, data: bytes, size: int, deadline: float | None) -> bytes:
        whole = bytearray(size)
        whole[: len(data)] = data
        filled = len(data)
        with memoryview(whole) as view:
            while filled < size:
                try:
                    if deadline is not None:
                        self._wait(select.POLLIN, deadline)
                    got = self._socket.recv_into(view[filled:])
                except OSError as error:
                    if isinstance(error, LinkTimeout):
                        self._rest = bytes(view[:filled])
                        raise
                    raise LinkEnd(str(error)) from error
                except BaseException:  # Ctrl-C, or what a signal handler raises: the rest is read later
                    self._rest = bytes(view[:filled])
                    raise
                if not got:
                    raise LinkEnd("the other side is gone")
                filled += got
        return bytes(whole)

    def _send_until(self, view: memoryview, deadline: float) -> None:
        while view:
            try:
                sent = self._socket.send(view, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            else:
                view = view[sent:]

    def _wait(self, event: int, deadline: float) -> None:
        poll = select.poll()
        try:
            poll.register(self._socket, event)
        except ValueError:  # closed here: it has no descriptor any more
            raise LinkEnd("the link was closed") from None
        while True:
            left = deadline - time.monotonic()
            # Rounded up: a wait that is a fraction of a millisecond short would spin.
            if poll.poll(max(0, int(left * 1000) + 1) if left > 0 else 0):
                return
            if left <= 0:
                raise LinkTimeout("the deadline passed")
