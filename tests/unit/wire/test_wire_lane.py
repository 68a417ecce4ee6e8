"""The lane: whole frames in order, deadlines both ways, and an end that everybody notices."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
import tracemalloc

import pytest

from snakebridge_guest.wire import lane as lanes
from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.frames import LARGEST
from snakebridge_guest.wire.lane import Lane, LinkEnd, LinkTimeout, OversizedError

WAIT = 20.0


def later(seconds: float = WAIT) -> float:
    return time.monotonic() + seconds


@pytest.fixture
def ends():
    """A lane, and the bare socket at its other end."""
    mine, theirs = socket.socketpair()
    lane = Lane(mine)
    theirs.settimeout(WAIT)
    yield lane, theirs
    lane.close()
    theirs.close()


@pytest.fixture
def pair():
    left, right = (Lane(each) for each in socket.socketpair())
    yield left, right
    left.close()
    right.close()


class Started:
    """A function in a thread, with its result or what it raised."""

    def __init__(self, function) -> None:
        self.raised: BaseException | None = None
        self.result: object = None
        self._thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self._thread.start()

    def _run(self, function) -> None:
        try:
            self.result = function()
        except BaseException as error:  # noqa: BLE001 - the test looks at whatever it is
            self.raised = error

    def done(self) -> Started:
        self._thread.join(WAIT)
        assert not self._thread.is_alive(), "it still waits"
        return self


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
def test_frames_that_come_in_pieces_are_put_together(ends, deadline):
    lane, theirs = ends
    data = framed(b"abc") + framed(b"") + framed(b"x" * 300)
    receiver = Started(lambda: [lane.receive(deadline and later(deadline)) for _ in range(3)])
    for at in range(len(data)):
        theirs.send(data[at : at + 1])
    assert receiver.done().result == [b"abc", b"", b"x" * 300]


def test_frames_that_come_together_are_taken_apart(ends):
    lane, theirs = ends
    bodies = [b"", b"one", b"", b"two" * 1000, b"3"]
    theirs.sendall(b"".join(map(framed, bodies)) + framed(b"whole")[:2])
    assert [lane.receive(later()) for _ in bodies] == bodies
    with pytest.raises(LinkTimeout):
        lane.receive(later(0))
    theirs.sendall(framed(b"whole")[2:])
    assert lane.receive(later()) == b"whole"


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
def test_frame_that_is_larger_than_the_buffers_goes_through(pair, deadline):
    left, right = pair
    body = bytes(range(256)) * 20_000
    sender = Started(lambda: left.send(b"before", body, b"after", deadline=deadline and later(deadline)))
    received = [right.receive(deadline and later(deadline)) for _ in range(3)]
    assert sender.done().raised is None
    assert received == [b"before", body, b"after"]


@pytest.mark.parametrize("size", [lanes._JOINED - 1, lanes._JOINED, lanes._JOINED + 1, lanes._CHUNK - 4, lanes._CHUNK])
def test_sizes_around_the_inner_limits_go_through(pair, size):
    left, right = pair
    sender = Started(lambda: left.send(b"x" * size, b"y"))
    assert len(right.receive(later())) == size
    assert right.receive(later()) == b"y"
    sender.done()


def test_length_that_no_frame_has_is_refused_at_once(ends):
    lane, theirs = ends
    theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n")  # "HTTP" is 1.3 GB
    with pytest.raises(
        MalformedError, match="a frame of 1,347,703,884 bytes is larger than the limit of 1,073,741,824"
    ):
        lane.receive(later())


def test_length_that_is_only_promised_takes_no_memory(ends):
    lane, theirs = ends
    theirs.sendall(struct.pack("<I", LARGEST) + b"x" * 100_000)
    tracemalloc.start()
    try:
        with pytest.raises(LinkTimeout):
            lane.receive(later(0.05))
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_limit_of_a_lane_holds_in_both_directions():
    left, right = (Lane(each, largest) for each, largest in zip(socket.socketpair(), (1000, 2000), strict=True))
    with contextlib.closing(left), contextlib.closing(right):
        with pytest.raises(OversizedError, match="a message of 1,001 bytes is larger than the limit of 1,000"):
            left.send(b"x" * 1001)
        right.send(b"x" * 1000)
        assert len(left.receive(later())) == 1000
        right.send(b"x" * 1001)
        with pytest.raises(MalformedError):
            left.receive(later())


def test_frame_that_is_too_large_is_not_sent(pair):
    class Huge(bytes):
        def __len__(self) -> int:
            return LARGEST + 1

    left, right = pair
    with pytest.raises(ValueError, match="larger than the limit"):
        left.send(b"first", Huge())
    left.send(b"next")
    assert right.receive(later()) == b"next"  # nothing of the refused ones went out


def test_receive_gives_up_at_its_deadline_and_goes_on_later(ends):
    lane, theirs = ends
    body = b"abc" * 50_000
    data = framed(body)
    received = 0
    for piece in (data[:2], data[2:4], data[4:9], data[9:90_000]):  # in the length, after it, in the body
        with pytest.raises(LinkTimeout):
            lane.receive(later(0.01))
        theirs.sendall(piece)
        received += len(piece)
    with pytest.raises(LinkTimeout):
        lane.receive(later(0.01))
    sender = Started(lambda: theirs.sendall(data[received:] + framed(b"next")))
    assert lane.receive(later()) == body
    assert lane.receive(later()) == b"next"
    sender.done()


def test_receive_takes_what_is_there_even_when_the_deadline_has_passed(ends):
    lane, theirs = ends
    theirs.sendall(framed(b"there"))
    assert lane.receive(later(-1)) == b"there"


def test_send_gives_up_at_its_deadline_when_nobody_reads(pair):
    left, _ = pair
    begin = time.monotonic()
    with pytest.raises(LinkTimeout):
        left.send(bytes(8_000_000), deadline=later(0.1))
    assert 0.09 < time.monotonic() - begin < 10


def test_link_timeout_is_no_link_end():
    assert issubclass(LinkTimeout, TimeoutError)
    assert not issubclass(LinkTimeout, ConnectionError)
    assert not issubclass(LinkEnd, TimeoutError)


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
@pytest.mark.parametrize("sent", [b"", b"\x03\0", framed(b"abcdef")[:6], framed(bytes(100_000))[:70_000]], ids=len)
def test_end_of_the_other_side_is_told_wherever_it_comes(ends, sent, deadline):
    lane, theirs = ends
    theirs.sendall(framed(b"last") + sent)
    theirs.close()
    assert lane.receive(deadline and later(deadline)) == b"last"
    for _ in range(2):
        with pytest.raises(LinkEnd):
            lane.receive(deadline and later(deadline))


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
def test_sending_to_nobody_is_the_end_of_the_link(ends, deadline):
    lane, theirs = ends
    theirs.close()
    with pytest.raises(LinkEnd):
        lane.send(bytes(1_000_000), deadline=deadline and later(deadline))


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
def test_hanging_up_wakes_who_waits(pair, deadline):
    left, right = pair
    waits = Started(lambda: left.receive(deadline and later(deadline)))
    right.send(b"first")
    waits.done()
    assert waits.result == b"first"
    waits = Started(lambda: left.receive(deadline and later(deadline)))
    left.hang_up()
    assert isinstance(waits.done().raised, LinkEnd)
    left.hang_up()  # again does nothing
    assert left.fileno() >= 0
    with pytest.raises(LinkEnd):
        right.receive(later())


def test_hanging_up_wakes_who_sends_to_a_full_buffer(pair):
    left, _ = pair
    waits = Started(lambda: left.send(bytes(8_000_000)))
    left.hang_up()
    assert isinstance(waits.done().raised, LinkEnd)


@pytest.mark.parametrize("deadline", [None, 20.0], ids=["no deadline", "deadline"])
def test_closed_lane_has_ended(pair, deadline):
    left, _ = pair
    left.close()
    left.close()
    with pytest.raises(LinkEnd):
        left.receive(deadline and later(deadline))
    with pytest.raises(LinkEnd):
        left.send(b"x", deadline=deadline and later(deadline))


def test_interrupted_receive_loses_nothing(ends, monkeypatch):
    """Ctrl-C in the middle of a frame: the rest of it must still be understood when the call is settled."""
    lane, theirs = ends
    body = b"abc" * 40_000
    data = framed(body)
    theirs.sendall(data[:70_000])
    real = lane._socket

    class Interrupting:
        """Ctrl-C where the kernel would deliver it: in a system call that waits."""

        def recv_into(self, view):
            got = real.recv_into(view, 0, socket.MSG_DONTWAIT) if not calls else None
            calls.append(got)
            if got is None:
                raise KeyboardInterrupt
            return got

        def __getattr__(self, name):
            return getattr(real, name)

    calls: list[int | None] = []
    monkeypatch.setattr(lane, "_socket", Interrupting())
    with pytest.raises(KeyboardInterrupt):
        lane.receive()
    monkeypatch.setattr(lane, "_socket", real)
    sender = Started(lambda: theirs.sendall(data[70_000:]))
    assert lane.receive(later()) == body
    sender.done()
