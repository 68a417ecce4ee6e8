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

from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.frames import LARGEST

_HEAD = struct.Struct("<I")
_CHUNK = 1 << 16
_STEP = 1 << 22
_JOINED = 1 << 14  # up to here copying head and body together is cheaper than a second buffer


class LinkEnd(ConnectionError):  # noqa: N818 - the end of a link is an event before it is an error
    """The other side is gone, or the link was closed."""


class OversizedError(ValueError):
    """A frame is larger than the link carries; nothing of it was sent.

    Args:
        size: Its bytes.
        limit: The link's.
    """

    snakebridge_code = "oversized"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"a message of {size:,} bytes is larger than the limit of {limit:,}")


def check_size(bodies: tuple[bytes, ...], limit: int) -> None:
    """Raise OversizedError when one of the frames is larger than the limit."""
    for body in bodies:
        if len(body) > limit:
            raise OversizedError(len(body), limit)


class LinkTimeout(TimeoutError):  # noqa: N818 - as above
    """The deadline passed before a whole frame went through."""


class Lane:
    """One end of a lane.

    Args:
        sock: A connected, blocking stream socket; the lane owns it from here on.
        largest: Bytes of the largest frame, in either direction.
    """

    def __init__(self, sock: socket.socket, largest: int = LARGEST) -> None:
        sock.settimeout(None)  # where `socket.setdefaulttimeout` was called, a new one has a timeout
        self._socket = sock
        self._largest = largest
        self._rest = b""

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:
        """Send frames; `deadline` is in the time of `time.monotonic`.

        Raises:
            LinkEnd: The other side is gone.
            LinkTimeout: The deadline passed; the lane is then unusable, because half a frame may have gone out.
            OversizedError: One is larger than the lane carries; nothing was sent.
        """
        check_size(bodies, self._largest)
        parts: list[Any] = []
        for body in bodies:
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
            if error.errno is None:  # the deadline, or what a signal handler of the program raises
                raise
            raise LinkEnd(str(error)) from error

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame.

        Raises:
            LinkEnd: The other side is gone.
            LinkTimeout: The deadline passed; a later `receive` goes on where this one stopped.
            MalformedError: What comes is larger than any frame; the lane is then unusable.
        """
        data = self._rest
        if len(data) < _HEAD.size:
            data += self._read(deadline)
            while len(data) < _HEAD.size:
                self._rest = data
                data += self._read(deadline)
        size = _HEAD.unpack_from(data)[0] + _HEAD.size
        if size > self._largest + _HEAD.size:
            raise MalformedError(f"a frame of {size:,} bytes is larger than the limit of {self._largest:,}")
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

    def abandon(self) -> None:
        """Give the descriptor back, in a forked copy of whoever has the lane; the other side sees nothing of it."""
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
            if error.errno is None:  # from a signal handler of the program, such as the TimeoutError of an alarm
                raise
            raise LinkEnd(str(error)) from error
        if not data:
            raise LinkEnd("the other side is gone")
        return data

    def _fill(self, data: bytes, size: int, deadline: float | None) -> bytes:
        # Memory is taken as bytes arrive: a head alone costs nothing, whatever it promises.
        parts: list[Any] = [data]
        filled = len(data)
        while filled < size:
            part = bytearray(min(size - filled, max(_STEP, filled)))
            got = 0
            with memoryview(part) as view:
                try:
                    while got < len(part):
                        got += self._read_into(view[got:], deadline)
                except LinkEnd:
                    raise
                except BaseException:  # the deadline, Ctrl-C, or what a signal handler raises: the rest is read later
                    self._rest = b"".join([*parts, view[:got]])
                    raise
            parts.append(part)
            filled += got
        return b"".join(parts)

    def _read_into(self, view: memoryview, deadline: float | None) -> int:
        if deadline is not None:
            self._wait(select.POLLIN, deadline)
        try:
            got = self._socket.recv_into(view)
        except OSError as error:
            if error.errno is None:  # from a signal handler of the program, such as the TimeoutError of an alarm
                raise
            raise LinkEnd(str(error)) from error
        if not got:
            raise LinkEnd("the other side is gone")
        return got

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
