"""One side's end of a conversation: it asks, and while it waits it answers.

    request(frame) ─send→ …                       the other side
        ↑ receive: REPLY/ERROR of this id → done
        │          a request               → `serve` it, send its reply, keep waiting
        └──────── (served requests may themselves call `request`: strictly nested)

Guarantees: each request gets exactly one outcome; requests that arrive while waiting are served on the waiting
thread, so nested calls in both directions cannot deadlock. Assumes one thread at a time.
"""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from typing import Any, Callable, Protocol

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import MalformedError, pack_frame, unpack_frame
from snakebridge_guest.wire.lane import LinkEnd, OversizedError

_ANSWERS: dict[int, Any] = {frames.REPLY: bytes, frames.ERROR: dict}
_ANSWER = 3  # kind, id, and what the table says
_SHALLOW = 4  # so many requests in each other need no look at the stack
_ROOM = 0.25  # of the stack: what sending, receiving and making objects may need, and calls of C that count as well


class Link(Protocol):
    """What moves frames: the lane, or a stream of the worker's gRPC service."""

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:
        """Send frames in order."""

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame; raise `LinkEnd` or `LinkTimeout`."""

    def close(self) -> None:
        """End the link."""


class RemoteFailure(Exception):  # noqa: N818 - carries an error frame to whoever turns it into an exception
    """The other side answered with `ERROR`."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("text", ""))
        self.error = error


class Endpoint:
    """Asks and answers over a link.

    Args:
        link: Moves the frames.
        serve: Called with each request that arrives; returns the reply's body, or raises.
        describe: Turns an exception of `serve` into the error of an `ERROR` frame.
        dropped: Objects of the other side that are no longer used here, with how often each was sent. Filled from
            anywhere (`append` needs no lock), told before the next request and after the next reply. Endpoints that
            share their objects share it.
    """

    def __init__(
        self,
        link: Link,
        serve: Callable[[list[Any]], bytes],
        describe: Callable[[BaseException], dict[str, Any]],
        dropped: deque[tuple[int, int]] | None = None,
    ) -> None:
        self.link = link
        self._serve = serve
        self._describe = describe
        self.dropped: deque[tuple[int, int]] = deque() if dropped is None else dropped
        self.returns = True
        """Whether the next reply may carry an object of the other side."""
        self._last = 0
        self._expected: list[int] = []

    def request(self, kind: int, *fields: Any, deadline: float | None = None) -> bytes:
        """Send a request and return the body of its reply.

        Args:
            kind: One of the request kinds of `frames`.
            fields: The rest of the frame after the id.
            deadline: In the time of `time.monotonic`.

        Raises:
            RemoteFailure: The other side answered with an error.
            LinkEnd: The other side is gone.
            LinkTimeout: The deadline passed; `settle` must be called before the next request.
            MalformedError: The other side sent something else.
            OversizedError: The request is larger than the link carries.
        """
        if len(self._expected) >= _SHALLOW:
            _check_room()
        self._last = number = self._last + 1
        body = pack_frame([kind, number, *fields])
        self._expected.append(number)
        try:
            if self.dropped:  # by itself: it must go out also when the request cannot
                self.link.send(self._release(), deadline=deadline)
            self.link.send(body, deadline=deadline)
        except (OversizedError, LinkEnd):  # it did not go out as a whole, so nothing comes back
            self._expected.pop()
            raise
        reply = unpack_frame(self.link.receive(deadline))
        # The common case, spelled out.
        if reply[0] == frames.REPLY and reply[1] == number and len(reply) == _ANSWER and type(reply[2]) is bytes:
            self._expected.pop()
            plain: bytes = reply[2]
            return plain
        return self._await(number, deadline, reply)

    def flush(self) -> None:
        """Tell the other side what is no longer used here, without a request."""
        if self.dropped:
            self.link.send(self._release())

    @property
    def open(self) -> int:
        """How many requests of this side have no answer yet."""
        return len(self._expected)

    @property
    def last(self) -> int:
        """The number of the last request of this side."""
        return self._last

    def settle(self, deadline: float) -> bytes:
        """Return the body of the reply that the last interrupted `request` left behind; raise like it."""
        return self._await(self._expected[-1], deadline)

    def run(self) -> None:
        """Serve requests until the link ends."""
        while True:
            self.serve_one()

    def serve_one(self) -> None:
        """Wait for a request and answer it."""
        self._answer(unpack_frame(self.link.receive(None)))

    def _await(self, number: int, deadline: float | None, frame: list[Any] | None = None) -> bytes:
        while True:
            if frame is None:
                frame = unpack_frame(self.link.receive(deadline))
            kind = frame[0]
            if kind in _ANSWERS:
                if frame[1] != number:
                    raise MalformedError(f"a reply to request {frame[1]} where {number} was expected")
                answer: Any = frame[2] if len(frame) == _ANSWER else None
                if type(answer) is not _ANSWERS[kind]:
                    raise MalformedError(f"a reply to request {number} that holds no answer")
                self._expected.remove(number)
                if kind == frames.ERROR:
                    raise RemoteFailure(answer)
                body: bytes = answer
                return body
            self._answer(frame)
            frame = None

    def _answer(self, frame: list[Any]) -> None:
        if frame[0] == frames.RELEASE:
            self._take_back(frame)
            return
        if frame[0] in _ANSWERS:
            raise MalformedError(f"an answer to request {frame[1]}, which nobody made")
        try:
            if len(self._expected) >= _SHALLOW:
                _check_room()
            reply = pack_frame([frames.REPLY, frame[1], self._serve(frame)])
        except BaseException as error:  # whatever a library raises is an answer, SystemExit and all
            reply = pack_frame([frames.ERROR, frame[1], self._describe(error)])
        try:
            self._reply(reply)
        except OversizedError as error:
            self._reply(pack_frame([frames.ERROR, frame[1], self._describe(error)]))

    def _take_back(self, frame: list[Any]) -> None:
        pairs = frame[1]
        if type(pairs) is not list or len(pairs) % 2 or any(type(number) is not int for number in pairs):
            raise MalformedError("a release that names no objects")
        self._serve(frame)

    def _reply(self, reply: bytes) -> None:
        if not self.dropped:
            self.link.send(reply)
        elif self.returns:
            # After the reply: it may carry what was dropped while it was made.
            self.link.send(reply)
            self.link.send(self._release())
        else:  # a generator that was passed ends before the call that it was passed to has ended
            self.link.send(self._release())
            self.link.send(reply)

    def _release(self) -> bytes:
        pairs: list[int] = []
        with contextlib.suppress(IndexError):  # another endpoint may tell some of them
            while True:
                pairs += self.dropped.popleft()
        return pack_frame([frames.RELEASE, pairs])


def _check_room() -> None:
    # A stack that ends in the middle of an exchange would leave the link in the middle of it.
    depth, frame = 0, sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        depth += 1
    if depth > sys.getrecursionlimit() * (1 - _ROOM):
        raise RecursionError(
            "calls and callbacks nest too deep: the stack has " + str(depth) + " frames here; "
            "sys.setrecursionlimit moves the limit, on either side"
        )
