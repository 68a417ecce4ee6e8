"""Where a call can die, crossed with how it dies and with what kind of call it is (loky's crash matrix, widened).

Each case: one error that names the cause, in time; and another worker serves in time.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
import time
from collections.abc import Callable, Iterator

import pytest
from extent import part

import snakebridge as sb

DEATHS = {"crash": "SIGSEGV", "c-exit": "status 8", "os-exit": "status 9"}
RAISED = {"exit": "SystemExit", "error": "SickError"}
PLACES = ("decode", "call", "encode", "release", "callback", "stream")


class Case:
    """One cell of the matrix: what to do, and what the host gives for it."""

    def __init__(self, client: sb.Client, place: str, how: str) -> None:
        self.client = client
        self.place = place
        self.how = how
        self.brittle = client.module("brittle")

    def nested(self, *_: object) -> None:
        """A callback that calls the library again, where it dies."""
        self.client.call("brittle:die", self.how)

    def trap(self) -> object:
        """A method whose lookup over there dies from now on."""
        trap = self.brittle.Trap(self.how)
        method = trap.method
        trap.arm()
        return method

    def numbers(self) -> Iterator[int]:
        """A stream of the host in the midst of which the library is called, and dies."""
        yield 1
        self.nested()

    @property
    def given(self) -> object:
        return {"decode": self.trap, "stream": self.numbers}.get(self.place, lambda: None)()

    def unary(self) -> None:
        self.client.call("brittle:work", self.place, self.how, self.given, self.nested)

    def method(self) -> None:
        self.brittle.Worker().work(self.place, self.how, self.given, self.nested)

    def stream(self) -> None:
        stream = self.client.call("brittle:stream", self.place, self.how, self.nested)
        if self.place != "decode":
            list(stream)
            return
        next(stream)
        stream.send(self.trap())

    def callback(self) -> None:
        self.client.call("brittle:through", self.place, self.how, self.asked)

    def asked(self, given: object) -> object:
        """What the library calls back."""
        if self.place == "stream":
            return sum(given)
        return {"decode": self.trap, "callback": self.nested}.get(self.place, lambda: None)()


SHAPES: dict[str, Callable[[Case], None]] = {
    "unary": Case.unary,
    "method": Case.method,
    "stream": Case.stream,
    "callback": Case.callback,
}


CELLS = [*itertools.product(SHAPES, PLACES, [*DEATHS, *RAISED])]
OTHERS: dict[str, dict[str, object]] = {
    "grpc": {"link": "grpc"},
    "thread": {"profile": "thread"},
    "zygote": {"start": "zygote"},
}
CASES = [("lane", *cell) for cell in CELLS] + [(way, *cell) for way in OTHERS for cell in part(CELLS, of=11)]


@pytest.fixture(scope="module")
def pools(target):
    """One client for each way; they die on purpose, through the same few calls again and again."""
    guard = sb.Guard(deaths=None, poison=None)
    with contextlib.ExitStack() as stack:
        yield functools.cache(
            lambda way: stack.enter_context(sb.connect(python=target, timeout=60, guard=guard, **OTHERS.get(way, {})))
        )


def serves(client: sb.Client, within: float) -> int:
    """Return the number of the process that serves; it must within a time."""
    begin = time.monotonic()
    pid = client.call("os:getpid")
    assert time.monotonic() - begin < within
    return pid


@pytest.mark.parametrize(("way", "shape", "place", "how"), CASES, ids=str)
def test_one_right_error_and_another_worker_when_it_dies(pools, scale, way, shape, place, how):
    pool = pools(way)
    pool.resize(1)  # deaths in a row are replaced more slowly until the size is asked for again
    before = serves(pool, scale.back)
    case = Case(pool, place, how)
    begin = time.monotonic()
    if place == "release":
        released(case, shape)
    elif how in DEATHS:
        with pytest.raises(sb.WorkerLostError, match=DEATHS[how]) as lost:
            SHAPES[shape](case)
        assert lost.value.report.pid == before
        assert lost.value.may_have_run
    else:
        with pytest.raises(sb.RemoteError, match=RAISED[how]):
            SHAPES[shape](case)
    assert time.monotonic() - begin < scale.lost
    after = serves(pool, scale.back)
    assert (after == before) is (how in RAISED)


def released(case: Case, shape: str) -> None:
    """The call itself succeeds; what it returned dies later, and at most one call after it is told so."""
    with contextlib.suppress(sb.WorkerLostError):
        SHAPES[shape](case)
        gc.collect()
        case.client.call("os:getpid")
