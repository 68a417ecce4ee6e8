"""A call that nobody waits for any longer is stopped: interrupted, and if that does not help, killed with its worker."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import signal
import threading
import time

import pytest

import snakebridge as sb

DEADLINE = 30
WAYS = ["compute", "sleep", "lock", "take", "join", "run", "wait"]


@pytest.mark.parametrize("way", WAYS)
def test_deadline_stops_the_call_and_spares_the_worker(hostile, sound, way):
    pid = hostile.call("os:getpid")
    begin = time.monotonic()
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(hostile.call)(f"ill_calls:{way}")
    assert time.monotonic() - begin < 10
    sound(hostile, pid)


REQUESTS = {
    "method": lambda slow: slow.method(),
    "attribute": lambda slow: slow.attribute,
    "operator": lambda slow: slow + 1,
    "item": lambda slow: slow[0],
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_deadline_stops_every_kind_of_request(on_lane, sound, request_):
    pid, slow = on_lane.call("os:getpid"), on_lane.call("ill_calls:Slow")
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(REQUESTS[request_])(slow)
    sound(on_lane, pid)


@pytest.mark.parametrize("name", ["stream", "stream_async"])
def test_deadline_stops_an_item_of_a_stream(hostile, sound, name):
    pid = hostile.call("os:getpid")

    async def pull():
        items = hostile.call(f"ill_calls:{name}")
        if name == "stream":
            assert next(items) == 1
            sb.options(timeout=0.2)(next)(items)
        else:
            assert await anext(items) == 1
            await sb.options(timeout=0.2)(items.__anext__)()

    with pytest.raises(sb.CallTimeoutError):
        asyncio.run(pull())
    sound(hostile, pid)


@pytest.mark.parametrize("way", WAYS)
def test_cancelled_task_stops_the_call_and_spares_the_worker(on_lane, sound, way):
    pid = on_lane.call("os:getpid")

    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sb.aio(on_lane.call)(f"ill_calls:{way}"), 0.2)
        return await sb.aio(on_lane.call)("os:getpid")

    assert asyncio.run(main()) == pid
    sound(on_lane, pid)


def test_slot_is_taken_again_only_after_the_cancelled_call_is_over(hostile):
    """The cancelled call takes half a second to clean up; the next one begins after that."""
    begun = threading.Event()
    future = sb.submit(hostile.call, "ill_calls:ask", lambda: (begun.set(), hostile.call("ill_calls:clean_up", 0.5)))
    assert begun.wait(DEADLINE)
    later = sb.submit(hostile.call, "ill_calls:report")
    future.cancel()
    assert later.result(DEADLINE) == ["cleaned up"]


def test_value_that_an_interrupted_call_still_returns_is_not_the_next_calls(hostile):
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(hostile.call)("ill_calls:give_back", 60)
    assert hostile.call("operator:add", 1, 2) == 3


def test_coroutine_that_was_interrupted_does_not_go_on_beside_the_next_one(hostile):
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.1)(hostile.call)("ill_calls:go_on")
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.1)(hostile.call)("ill_calls:wait")
    assert hostile.call("ill_calls:loiter", 1) == ["cancelled"]


def test_calls_that_follow_cancelled_ones_are_never_interrupted(hostile):
    """Cancels cross answers on the way; the call after must not get what was meant for the one before."""
    pid = hostile.call("os:getpid")

    async def main():
        call = sb.aio(hostile.call)
        for number in range(60):
            task = asyncio.ensure_future(call("time:sleep", 0.004))
            await asyncio.sleep(0.001 * (number % 7))
            task.cancel()
            await asyncio.wait({task})
            assert await call("operator:neg", number) == -number
        return await call("os:getpid")

    assert asyncio.run(main()) == pid


class Stopped(BaseException):
    """What a signal handler of the program raises, as Ctrl-C does."""


@pytest.fixture
def alarms():
    def ring(_number, _frame):
        raise Stopped

    previous = signal.signal(signal.SIGALRM, ring)
    yield lambda first, again=0.0: signal.setitimer(signal.ITIMER_REAL, first, again)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def test_ctrl_c_stops_the_call_and_spares_the_worker(hostile, sound):
    pid = hostile.call("os:getpid")
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        hostile.call("ill_calls:sleep")
    timer.join()
    sound(hostile, pid)


def test_second_ctrl_c_does_not_wait_for_the_call_that_will_not_stop(hostile, healed, alarms):
    pid = hostile.call("os:getpid")
    alarms(0.2, 0.2)
    with pytest.raises(Stopped):
        hostile.call("ill_calls:refuse")
    alarms(0)
    healed(hostile, pid)
    assert [hostile.call("operator:neg", number) for number in range(5)] == [0, -1, -2, -3, -4]


def test_timeout_that_an_alarm_of_the_program_raises_is_the_programs_own(hostile, sound):
    """A handler that raises TimeoutError, which is an OSError, as many programs have it."""

    def ring(_number, _frame):
        raise TimeoutError("of the program")

    pid = hostile.call("os:getpid")
    previous = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(TimeoutError, match="of the program"):
            hostile.call("ill_calls:sleep")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    sound(hostile, pid)


@pytest.fixture
def threaded(link, target, libraries):
    with sb.connect(python=target, link=link, profile="thread", lanes=3, timeout=60) as connected:
        connected.call("sys:path.append", libraries)
        connected.call("ill_calls:report")
        yield connected


def occupied(client, count):
    """Have so many lanes wait in a callback; return a function that lets them go, and their futures."""
    gate, begun = threading.Event(), threading.Semaphore(0)

    def hold():
        begun.release()
        return gate.wait(DEADLINE)

    futures = [sb.submit(client.call, "ill_calls:ask", hold) for _ in range(count)]
    for _ in futures:
        assert begun.acquire(timeout=DEADLINE)
    return gate.set, futures


def test_call_on_another_lane_that_stops_in_time_spares_the_worker(threaded):
    pid = threaded.call("os:getpid")
    let_go, futures = occupied(threaded, 2)
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.1)(threaded.call)("ill_calls:give_back", 0.5)
    let_go()
    assert [future.result(DEADLINE) for future in futures] == [True, True]
    assert threaded.call("os:getpid") == pid


def test_call_on_another_lane_that_does_not_stop_costs_no_other_call(threaded, healed):
    """Its worker takes no more calls, another one takes its place, and it ends when the other calls have ended."""
    pid, worker = threaded.call("os:getpid"), threaded.pool.workers[0]
    let_go, futures = occupied(threaded, 2)
    with pytest.raises(sb.CallTimeoutError) as caught:
        sb.options(timeout=0.1)(threaded.call)("ill_calls:refuse")
    assert caught.value.may_have_run
    healed(threaded, pid)
    assert not worker.ended.is_set()
    let_go()
    assert [future.result(DEADLINE) for future in futures] == [True, True]
    assert worker.ended.wait(DEADLINE)
    assert "ill_calls:refuse on one of its lanes" in str(worker.report)
    assert "in refuse" in worker.report.stacks


def test_cancelled_call_on_another_lane_costs_no_other_call(threaded, healed):
    pid, worker = threaded.call("os:getpid"), threaded.pool.workers[0]
    let_go, futures = occupied(threaded, 2)
    begun = threading.Event()
    refusing = sb.submit(threaded.call, "ill_calls:refuse", begun.set)
    assert begun.wait(DEADLINE)
    assert refusing.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        refusing.result(DEADLINE)
    healed(threaded, pid)
    let_go()
    assert [future.result(DEADLINE) for future in futures] == [True, True]
    assert worker.ended.wait(DEADLINE)


def test_lone_call_on_a_lane_that_does_not_stop_ends_its_worker_at_once(threaded, healed):
    pid, worker = threaded.call("os:getpid"), threaded.pool.workers[0]
    with pytest.raises(sb.CallTimeoutError, match="did not stop within 1 s"):
        sb.options(timeout=0.1)(threaded.call)("ill_calls:refuse")
    assert worker.ended.wait(DEADLINE)
    healed(threaded, pid)


def test_cancelled_call_whose_callback_goes_on_costs_its_worker(hostile, healed):
    """Nothing can stop a function of the program itself; what it returns is for nobody."""
    pid = hostile.call("os:getpid")
    gate, begun, over = threading.Event(), threading.Event(), threading.Event()

    def hold():
        begun.set()
        try:
            return gate.wait(DEADLINE)
        finally:
            over.set()

    future = sb.submit(hostile.call, "ill_calls:ask", hold)
    assert begun.wait(DEADLINE)
    assert future.cancel()
    healed(hostile, pid)
    assert not over.is_set()
    gate.set()
    assert over.wait(DEADLINE)
