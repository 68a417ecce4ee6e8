"""A function for many items, over all workers: in order or not, bounded, and stopped when nobody reads on."""

from __future__ import annotations

import asyncio
import functools
import itertools
import operator
import threading

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError

DEADLINE = 30


@pytest.fixture(scope="module")
def pair(link, target):
    with sb.connect(python=target, link=link, timeout=60, workers=2) as connected:
        yield connected


def test_results_come_in_the_order_of_the_items(pair):
    assert list(sb.map(pair.module("math").sqrt, [float(number**2) for number in range(50)])) == list(range(50))
    assert list(sb.map(pair.module("operator").sub, [5, 6, 7], (1, 2))) == [4, 4]
    assert list(sb.map(pair.module("math").sqrt, [])) == []
    assert list(sb.map(lambda number: pair.call("operator:neg", number) - 1, range(5))) == [-1, -2, -3, -4, -5]


def test_results_come_as_they_are_done_when_asked_for(pair):
    gate = threading.Event()
    reduce = pair.module("functools").reduce

    def wait(first, _):
        if first == "late":
            assert gate.wait(DEADLINE)
        return first

    results = sb.map(reduce, itertools.repeat(wait), [["late", 1], ["a", 1], ["b", 1], ["c", 1]], ordered=False)
    assert [next(results) for _ in range(3)] == ["a", "b", "c"]
    gate.set()
    assert list(results) == ["late"]


def test_all_workers_take_part(pair):
    meeting = threading.Barrier(2)
    reduce = pair.module("functools").reduce

    def meet(*_):
        meeting.wait(DEADLINE)
        return pair.call("os:getpid")

    assert len(set(sb.map(reduce, [meet] * 4, [[1, 2]] * 4))) == 2


def test_beginning_waits_for_nothing(fresh):
    sleep = fresh.module("time").sleep
    begun = sb.submit(sleep, 60)
    with sb.map(functools.partial(sb.options(timeout=60)(sleep)), [60] * 4), sb.map(sleep, [60] * 4):
        assert begun.cancel()  # it still ran: nothing had asked its worker about `sleep`


def test_items_are_taken_as_results_are_read(pair):
    taken: list[int] = []

    def numbers():
        for number in itertools.count():
            taken.append(number)
            yield number

    with sb.map(pair.module("operator").neg, numbers(), at_once=3) as results:
        assert [next(results) for _ in range(4)] == [0, -1, -2, -3]
        assert len(taken) == 7
    assert list(results) == []


def test_no_more_run_at_once_than_asked_for(pair):
    running, most, lock = 0, 0, threading.Lock()

    def watched(number):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pair.call("time:sleep", 0.01)
        with lock:
            running -= 1
        return number

    assert list(sb.map(watched, range(6), at_once=1)) == list(range(6))
    assert most == 1


def test_first_error_is_raised_in_its_place_and_ends_the_rest(pair):
    results = sb.map(pair.module("math").sqrt, [4.0, -1.0, 9.0])
    assert next(results) == 2.0
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        next(results)
    assert list(results) == []


def test_iterable_that_fails_fails_after_what_it_gave(pair):
    def items():
        yield 4.0
        raise LookupError("no more")

    results = sb.map(pair.module("math").sqrt, items())
    assert next(results) == 2.0
    with pytest.raises(LookupError, match="no more"):
        next(results)
    assert list(results) == []


@pytest.mark.parametrize("ending", ["with", "close", "drop"])
def test_calls_that_run_are_interrupted_when_nobody_reads_on(fresh, ending):
    begun, stopped = threading.Event(), threading.Event()
    told: list[int] = []
    pid = fresh.call("os:getpid")
    reduce = fresh.module("functools").reduce

    def running(first, _):
        told.append(first)
        begun.set()
        try:
            fresh.call("time:sleep", 60)
        finally:
            stopped.set()

    results = sb.map(reduce, itertools.repeat(running), [[1, 0], [2, 0], [3, 0]], at_once=3)
    assert begun.wait(DEADLINE)
    if ending == "with":
        with results:
            pass
    elif ending == "close":
        results.close()
    del results
    assert stopped.wait(DEADLINE)
    assert fresh.call("os:getpid") == pid
    assert told == [1]


def test_results_are_read_by_tasks_too(pair):
    async def main(**options):
        async with sb.map(pair.module("math").sqrt, [float(n**2) for n in range(20)], **options) as results:
            return [each async for each in results]

    assert asyncio.run(main()) == list(range(20))
    assert sorted(asyncio.run(main(ordered=False))) == list(range(20))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(failing(pair))


async def failing(pair):
    async for _ in sb.map(pair.module("operator").floordiv, [4, 1], [2, 0]):
        pass


def test_cancelled_reader_stops_the_calls(fresh):
    async def main():
        async with asyncio.timeout(0.3):
            async for _ in sb.map(fresh.module("time").sleep, [60, 60]):
                raise AssertionError

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert fresh.call("operator:add", 1, 2) == 3


def test_session_keeps_all_on_its_worker(pair):
    with pair.session():
        lists = list(sb.map(pair.module("collections").Counter, ["ab", "bc", "cd"]))
        assert len({pair.call("os:getpid"), *sb.map(lambda _: pair.call("os:getpid"), range(4))}) == 1
        assert pair.call("operator:add", lists[0], lists[1]) == {"a": 1, "b": 2, "c": 1}


def test_styles_go_together(pair):
    doubled = sb.pipeline(pair.module("operator").neg, pair.module("math").sqrt)
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        list(sb.map(doubled, [1.0]))
    assert list(sb.map(doubled, [-4.0, -9.0])) == [2.0, 3.0]
    assert list(sb.map(sb.options(timeout=5)(pair.module("math").sqrt), [4.0])) == [2.0]


@pytest.mark.parametrize("wrong", [{"at_once": 0}, {"at_once": -1}])
def test_wrong_bounds_are_refused(wrong):
    with pytest.raises(ConfigurationError, match="at_once must be at least 1"):
        sb.map(operator.neg, [1], **wrong)


def test_map_without_items_is_refused():
    with pytest.raises(ConfigurationError, match="something to call"):
        sb.map(operator.neg)
