"""The aside: the one link of a worker on which threads of the library's own ask the host, any number at a time.

Each asks in a conversation: a strictly nested exchange between two threads, one here and one there, as on a lane. Every
frame of the aside begins with the number of its conversation, and the lane whose call it belongs to.

Guarantees: conversations do not wait for each other. Assumes: each side has one thread that reads the link and hands
what it reads to the conversations, and never does anything else.
"""

from __future__ import annotations

import struct
import time
from queue import Empty, SimpleQueue  # the names: gevent and its like replace what they stand for in the module
from threading import Lock  # as above
from typing import Any

from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout

_HEAD = struct.Struct("<IH")

NO_LANE = 0xFFFF
"""Instead of a lane: nobody's call."""


class AsideSender:
    """Sends for all conversations of one side.

    Args:
        link: Moves the frames.
    """

    def __init__(self, link: Any) -> None:
        self.link = link
        self._lock = Lock()

    def send(self, head: bytes, bodies: tuple[bytes, ...]) -> None:
        """Send frames of one conversation."""
        with self._lock:
            self.link.send(*[head + body for body in bodies])


def split(data: bytes) -> tuple[int, int, bytes]:
    """Return a frame's conversation and lane, and the frame itself.

    Raises:
        MalformedError: It is too short to be one.
    """
    if len(data) < _HEAD.size:
        raise MalformedError("a frame of the aside without a head")
    number, lane = _HEAD.unpack_from(data)
    return number, lane, data[_HEAD.size :]


class Conversation:
    """One side's end of a conversation: a link.

    Args:
        sender: Shared by all conversations of this side.
        number: Which.
    """

    def __init__(self, sender: AsideSender, number: int) -> None:
        self.number = number
        self.lane = NO_LANE
        """Whose call it belongs to."""
        self.inbox: Any = SimpleQueue()
        """Frames, and at the end of the link `None`."""
        self._sender = sender

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:  # noqa: ARG002 - the other side always reads
        """Send frames in order."""
        self._sender.send(_HEAD.pack(self.number, self.lane), bodies)

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame; raise `LinkEnd` or `LinkTimeout`."""
        try:
            if deadline is None:
                frame = self.inbox.get()
            else:
                frame = self.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise LinkTimeout("the deadline passed") from None
        if frame is None:
            self.inbox.put(None)  # for whoever asks again
            raise LinkEnd("the other side is gone")
        body: bytes = frame
        return body

    def close(self) -> None:
        """End it; the link goes on."""

    def finish(self) -> None:
        """End it in order."""

    def abandon(self) -> None:
        """Have nothing to do with it any more; it has no descriptor of its own."""

    def hang_up(self) -> None:
        """Wake whoever waits in it."""
        self.inbox.put(None)
