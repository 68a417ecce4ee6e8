"""Two endpoints, each with a thread: every request gets exactly one outcome, however deep they nest."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import MalformedError, pack_frame, unpack_frame
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.lane import Lane, LinkEnd, LinkTimeout

WAIT = 20.0


def later(seconds: float = WAIT) -> float:
    return time.monotonic() + seconds


def describe(error: BaseException) -> dict[str, object]:
    return {"text": f"{type(error).__name__}: {error}"}


class Conversation:
    """An endpoint here, and one that serves in a thread."""

    def __init__(self) -> None:
        left, right = socket.socketpair()
        self.here = Endpoint(Lane(left), self._serve_here, describe)
        self.there = Endpoint(Lane(right), self._serve_there, describe)
        self.serve_here = self.serve_there = lambda frame: b""
        self.ended: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _serve_here(self, frame):
        return self.serve_here(frame)

    def _serve_there(self, frame):
        return self.serve_there(frame)

    def _run(self) -> None:
        try:
            self.there.run()
        except BaseException as error:  # noqa: BLE001 - the test looks at whatever it is
            self.ended = error

    def close(self) -> None:
        self.here.link.close()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()
        self.there.link.close()


@pytest.fixture
def talk():
    conversation = Conversation()
    yield conversation
    conversation.close()
    assert isinstance(conversation.ended, LinkEnd)


@pytest.fixture
def alone():
    """An endpoint, and the lane at its other end, whose frames the test writes itself."""
    left, right = socket.socketpair()
    served: list[list[object]] = []

    def serve(frame):
        served.append(frame)
        return b"served"

    endpoint, other = Endpoint(Lane(left), serve, describe), Lane(right)
    yield endpoint, other, served
    endpoint.link.close()
    other.close()


def test_requests_nest_in_both_directions(talk):
    depth = 30
    order: list[str] = []

    def turn(endpoint, side):
        def serve(frame):
            left = frame[2]
            order.append(f"{side}{left}")
            return str(left).encode() + (endpoint.request(frames.CALL, left - 1, deadline=later()) if left else b"")

        return serve

    talk.serve_there, talk.serve_here = turn(talk.there, "there"), turn(talk.here, "here")
    assert talk.here.request(frames.CALL, depth, deadline=later()) == "".join(map(str, range(depth, -1, -1))).encode()
    assert order == [f"{'here' if left % 2 else 'there'}{left}" for left in range(depth, -1, -1)]


def test_several_nested_requests_in_one_call_come_back_in_order(talk):
    talk.serve_here = lambda frame: frame[2] * 2
    talk.serve_there = lambda frame: b"".join(talk.there.request(frames.CALL, part) for part in (b"a", b"b", b"c"))
    assert [talk.here.request(frames.CALL, deadline=later()) for _ in range(3)] == [b"aabbcc"] * 3


@pytest.mark.parametrize(
    "kind", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, BaseException, RecursionError]
)
def test_whatever_is_raised_there_is_an_answer(talk, kind):
    def fail(frame):
        raise kind("odd")

    talk.serve_there = fail
    for _ in range(2):
        with pytest.raises(RemoteFailure, match="odd") as caught:
            talk.here.request(frames.CALL, deadline=later())
        assert caught.value.error == {"text": f"{kind.__name__}: odd"}
    talk.serve_there = lambda frame: b"fine"
    assert talk.here.request(frames.CALL, deadline=later()) == b"fine"


def test_error_of_a_nested_request_can_be_handled_in_between(talk):
    def handle(frame):
        try:
            return talk.there.request(frames.CALL)
        except RemoteFailure as failure:
            return failure.error["text"].encode()

    def fail(frame):
        raise LookupError("here")

    talk.serve_there, talk.serve_here = handle, fail
    assert talk.here.request(frames.CALL, deadline=later()) == b"LookupError: here"


# --- releases --------------------------------------------------------------------------------------------------------


def test_what_was_dropped_is_told_before_the_next_request(alone):
    endpoint, other, _ = alone
    endpoint.dropped.extend([(4, 1), (9, 3)])
    other.send(pack_frame([frames.REPLY, 1, b"x"]))
    assert endpoint.request(frames.CALL, deadline=later()) == b"x"
    assert unpack_frame(other.receive(later())) == [frames.RELEASE, [4, 1, 9, 3]]
    assert unpack_frame(other.receive(later()))[0] == frames.CALL
    assert not endpoint.dropped


def test_what_was_dropped_while_a_reply_was_made_is_told_after_it(talk):
    """The reply may carry the very object: released first, it would be gone when the reply arrives."""
    seen: list[str] = []

    def serve(frame):
        talk.there.dropped.append((7, 1))
        return b"carries 7"

    def note(frame):
        seen.append("request" if frame[0] == frames.CALL else f"release {frame[1]}")
        return b""

    talk.serve_there, talk.serve_here = serve, note
    body = talk.here.request(frames.CALL, deadline=later())
    assert (body, seen) == (b"carries 7", [])
    talk.serve_there = lambda frame: talk.there.request(frames.CALL)
    talk.here.request(frames.CALL, deadline=later())
    assert seen == ["release [7, 1]", "request"]


def test_what_was_dropped_while_an_error_was_made_is_told_after_it(alone):
    endpoint, other, _ = alone

    def fail(frame):
        endpoint.dropped.append((7, 1))
        raise ValueError

    endpoint._serve = fail
    other.send(pack_frame([frames.CALL, 5]), pack_frame([frames.REPLY, 1, b""]))
    endpoint.request(frames.CALL, deadline=later())
    assert [unpack_frame(other.receive(later()))[0] for _ in range(3)] == [frames.CALL, frames.ERROR, frames.RELEASE]


def test_release_is_not_answered(alone):
    endpoint, other, served = alone
    other.send(pack_frame([frames.RELEASE, [1, 2]]), pack_frame([frames.REPLY, 1, b"x"]))
    assert endpoint.request(frames.CALL, deadline=later()) == b"x"
    assert served == [[frames.RELEASE, [1, 2]]]
    assert unpack_frame(other.receive(later()))[0] == frames.CALL
    with pytest.raises(LinkTimeout):
        other.receive(later(0))


def test_flush_tells_without_a_request_and_nothing_when_there_is_nothing(alone):
    endpoint, other, _ = alone
    endpoint.flush()
    with pytest.raises(LinkTimeout):
        other.receive(later(0))
    endpoint.dropped.append((1, 1))
    endpoint.flush()
    assert unpack_frame(other.receive(later())) == [frames.RELEASE, [1, 1]]


def test_what_is_dropped_by_many_threads_is_told_in_whole_pairs(alone):
    endpoint, other, _ = alone
    droppers = [
        threading.Thread(
            target=lambda start: [endpoint.dropped.append((start + n, 5)) for n in range(500)], args=(start,)
        )
        for start in (1000, 2000, 3000)
    ]
    for thread in droppers:
        thread.start()
    told: list[int] = []
    while any(thread.is_alive() for thread in droppers) or endpoint.dropped:
        if endpoint.dropped:
            endpoint.flush()
            told += unpack_frame(other.receive(later()))[1]
    for thread in droppers:
        thread.join(WAIT)
    assert set(told[1::2]) == {5}
    assert sorted(told[::2]) == [start + n for start in (1000, 2000, 3000) for n in range(500)]


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_settled_request_leaves_the_conversation_whole(talk):
    go = threading.Event()

    def wait(frame):
        assert go.wait(WAIT)
        return b"late"

    talk.serve_there = wait
    with pytest.raises(LinkTimeout):
        talk.here.request(frames.CALL, deadline=later(0.01))
    with pytest.raises(LinkTimeout):
        talk.here.settle(later(0.01))
    go.set()
    assert talk.here.settle(later()) == b"late"
    talk.serve_there = lambda frame: b"next"
    assert talk.here.request(frames.CALL, deadline=later()) == b"next"


def test_settling_serves_and_takes_errors(talk):
    asked, go = [], threading.Event()

    def serve(frame):
        assert go.wait(WAIT)
        talk.there.request(frames.CALL)
        raise ValueError("interrupted")

    talk.serve_there, talk.serve_here = serve, lambda frame: asked.append(frame) or b""
    with pytest.raises(LinkTimeout):
        talk.here.request(frames.CALL, deadline=later(0.01))
    go.set()
    with pytest.raises(RemoteFailure, match="interrupted"):
        talk.here.settle(later())
    assert len(asked) == 1
    talk.serve_there = lambda frame: b"next"
    assert talk.here.request(frames.CALL, deadline=later()) == b"next"


def test_settling_waits_for_the_innermost_request(talk):
    go = threading.Event()

    def slow(frame):
        if frame[2] == "outer":
            return talk.there.request(frames.CALL)
        assert go.wait(WAIT)
        return b"inner, late"

    def nested(frame):
        with pytest.raises(LinkTimeout):
            talk.here.request(frames.CALL, "inner", deadline=later(0.01))
        go.set()
        return talk.here.settle(later())

    talk.serve_there, talk.serve_here = slow, nested
    assert talk.here.request(frames.CALL, "outer", deadline=later()) == b"inner, late"


# --- other sides that speak nonsense ---------------------------------------------------------------------------------


NONSENSE = {
    "a reply to another request": [frames.REPLY, 2, b"x"],
    "a reply from before": [frames.REPLY, 0, b"x"],
    "a reply without a body": [frames.REPLY, 1],
    "a reply whose body is text": [frames.REPLY, 1, "x"],
    "a reply with too much": [frames.REPLY, 1, b"x", 2],
    "an error without a map": [frames.ERROR, 1, "oops"],
    "an error that is cut short": [frames.ERROR, 1],
    "an error of another request": [frames.ERROR, 3, {}],
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_answer_that_is_none_is_malformed(alone, kind):
    endpoint, other, _ = alone
    other.send(pack_frame(NONSENSE[kind]))
    with pytest.raises(MalformedError):
        endpoint.request(frames.CALL, deadline=later())


@pytest.mark.parametrize("data", [b"", b"\xc1", b"hello", pack_frame({})])
def test_bytes_that_are_no_frame_are_malformed_where_they_arrive(alone, data):
    endpoint, other, _ = alone
    other.send(data)
    with pytest.raises(MalformedError):
        endpoint.request(frames.CALL, deadline=later())
    other.send(data)
    with pytest.raises(MalformedError):
        endpoint.run()


def test_request_that_cannot_be_packed_sends_nothing_and_is_forgotten(talk):
    with pytest.raises(TypeError):
        talk.here.request(frames.CALL, object())
    talk.serve_there = lambda frame: str(frame[1]).encode()
    assert talk.here.request(frames.CALL, deadline=later()) in (b"1", b"2")


def test_end_of_the_link_ends_the_request_and_the_server(talk):
    talk.serve_there = lambda frame: talk.there.link.hang_up() or b"never arrives"
    with pytest.raises(LinkEnd):
        talk.here.request(frames.CALL, deadline=later())
