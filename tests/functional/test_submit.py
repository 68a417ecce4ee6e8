"""Calls whose results are futures: over the workers there are, cancelled while they wait and while they run."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import threading

import pytest

import snakebridge as sb

DEADLINE = 30


@pytest.fixture(scope="module")
def pair(link, target):
    with sb.connect(python=target, link=link, timeout=60, workers=2) as connected:
        yield connected


def test_submitted_call_gives_the_value(pair):
    assert sb.submit(pair.module("math").sqrt, 16.0).result(DEADLINE) == 4.0
    assert sb.submit(pair.call, "operator:sub", 5, 2).result(DEADLINE) == 3
    assert sb.submit(functools.partial(pair.call, "int"), "ff", base=16).exception(DEADLINE) is not None


def test_submitted_call_fails_as_the_call_does(pair):
    failed = sb.submit(pair.module("json").loads, "{")
    with pytest.raises(ValueError, match="Expecting property name") as caught:
        failed.result(DEADLINE)
    assert isinstance(caught.value, sb.RemoteError)


@pytest.mark.parametrize("raised", [StopIteration, SystemExit, KeyboardInterrupt, StopAsyncIteration])
def test_submitted_call_that_raises_what_ends_loops_is_settled(pair, raised):
    def fail(*_):
        raise raised("over")

    error = sb.submit(pair.module("functools").reduce, fail, [1, 2]).exception(DEADLINE)
    assert isinstance(error, raised)
    assert sb.submit(pair.module("math").sqrt, 9.0).result(DEADLINE) == 3.0


def test_functions_classes_and_coroutines_of_the_host_are_submitted_too(pair):
    math = pair.module("math")

    async def later(number):
        return await sb.aio(math.sqrt)(number)

    assert sb.submit(lambda number: math.sqrt(number) + 1, 16.0).result(DEADLINE) == 5.0
    assert sb.submit(pair.module("fractions").Fraction, 3, 4).result(DEADLINE) == 0.75
    assert sb.submit(later, 16.0).result(DEADLINE) == 4.0
    with pytest.raises(ZeroDivisionError):
        sb.submit(lambda: 1 // 0).result(DEADLINE)


def test_two_calls_run_at_once_on_two_workers(pair):
    meeting = threading.Barrier(2)
    reduce = pair.module("functools").reduce

    def meet(*_):
        return meeting.wait(DEADLINE)

    both = [sb.submit(reduce, meet, [1, 2]) for _ in range(2)]
    assert sorted(each.result(DEADLINE) for each in both) == [0, 1]


def test_hundreds_of_submitted_calls_wait_without_threads(pair):
    sleep, sqrt = pair.module("time").sleep, pair.module("math").sqrt
    before = set(threading.enumerate())  # other tests of the run have pools of their own
    blocked = [sb.submit(sleep, 60) for _ in range(2)]
    waiting = [sb.submit(sqrt, 4.0) for _ in range(300)]
    begun = set(threading.enumerate()) - before
    assert all(each.cancel() for each in blocked)
    assert [each.result(DEADLINE) for each in waiting] == [2.0] * 300
    assert len(begun) < 30


def test_cancelled_future_stops_the_running_call(fresh):
    begun, stopped = threading.Event(), threading.Event()
    pid = fresh.call("os:getpid")

    def running(*_):
        begun.set()
        try:
            fresh.call("time:sleep", 60)
        finally:
            stopped.set()

    future = sb.submit(fresh.module("functools").reduce, running, [1, 2])
    assert begun.wait(DEADLINE)
    assert future.cancel()
    assert future.cancelled()
    assert stopped.wait(DEADLINE)
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(DEADLINE)
    assert fresh.call("os:getpid") == pid


def test_call_cancelled_while_it_waits_never_runs(fresh):
    told: list[str] = []
    gate = threading.Event()

    def hold(*_):
        return gate.wait(DEADLINE)

    reduce = fresh.module("functools").reduce
    holding = sb.submit(reduce, hold, [1, 2])
    waiting = sb.submit(reduce, lambda *_: told.append("ran"), [1, 2])
    assert waiting.cancel()
    gate.set()
    assert holding.result(DEADLINE)
    assert fresh.call("operator:add", 1, 1) == 2
    assert told == []


def test_what_is_in_force_where_it_is_submitted_is_in_force_for_it(pair):
    with pair.session() as session:
        homes = {sb.submit(pair.call, "os:getpid").result(DEADLINE) for _ in range(6)}
        mine = {sb.submit(lambda: pair.call("os:getpid")).result(DEADLINE) for _ in range(6)}
        assert len(homes | mine) == 1
        assert not session.ended
    late = sb.submit(sb.options(timeout=0.2)(pair.call), "time:sleep", 20)
    with pytest.raises(sb.CallTimeoutError):
        late.result(DEADLINE)


def test_future_can_be_awaited(pair):
    async def main():
        return await asyncio.wrap_future(sb.submit(pair.call, "operator:add", 1, 2))

    assert asyncio.run(main()) == 3


def test_full_queue_is_told_by_the_future(target):
    with sb.connect(python=target, queue_size=1, timeout=60) as narrow:
        gate = threading.Event()
        reduce = narrow.module("functools").reduce
        begun = threading.Event()

        def hold(*_):
            begun.set()
            return gate.wait(DEADLINE)

        first = sb.submit(reduce, hold, [1, 2])
        assert begun.wait(DEADLINE)
        rest = [sb.submit(narrow.call, "operator:add", 1, 2) for _ in range(3)]
        done, _ = concurrent.futures.wait(rest, timeout=DEADLINE, return_when=concurrent.futures.FIRST_EXCEPTION)
        assert "calls already wait" in str(next(each.exception() for each in done if each.exception()))
        gate.set()
        assert first.result(DEADLINE) is True
