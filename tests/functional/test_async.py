"""Calls as tasks: the event loop goes on, waiting takes no thread, and cancelling a task cancels its call."""

from __future__ import annotations

import asyncio
import threading

import pytest

import snakebridge as sb

DEADLINE = 30


def run(main):
    async def bounded():
        async with asyncio.timeout(DEADLINE):
            return await main

    return asyncio.run(bounded())


def test_awaited_call_gives_the_value_and_lets_the_loop_go_on(client):
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        value = await sb.aio(client.call)("operator:add", 1, 2)
        await sb.aio(client.call)("time:sleep", 0.05)
        ticking.cancel()
        return value, ticks

    value, ticks = run(main())
    assert value == 3
    assert ticks > 5


def test_awaited_call_raises_what_the_library_raises(client):
    async def main():
        await sb.aio(client.call)("json:loads", "{")

    with pytest.raises(ValueError, match="Expecting property name"):
        run(main())


def test_library_that_raises_stop_iteration_does_not_hang_the_task(client):
    async def main():
        await sb.aio(client.call)("builtins:next", iter(()))

    with pytest.raises(RuntimeError):  # as in any coroutine (PEP 479)
        run(main())


def test_methods_attributes_and_constructors_can_be_awaited(client):
    async def main():
        collections = client.module("collections")
        deque = await sb.aio(collections.deque)([1, 2, 3])
        await sb.aio(deque.append)(4)
        return await sb.aio(deque.popleft)(), len(deque)

    assert run(main()) == (1, 3)


def test_thousands_of_waiting_tasks_need_few_threads(link, target):
    number = 5000 if link == "lane" else 1000

    async def main(client):
        others = threading.active_count()  # of what else this process runs
        most = 0

        async def one(number):
            nonlocal most
            value = await sb.aio(client.call)("operator:neg", number)
            most = max(most, threading.active_count() - others)
            return value

        return await asyncio.gather(*map(one, range(number))), most

    with sb.connect(python=target, link=link, timeout=60, queue_size=number) as client:
        values, most = run(main(client))
    assert values == [-each for each in range(number)]
    assert most < 50


def test_cancelled_task_interrupts_its_call_and_frees_the_worker(fresh):
    async def main():
        began = asyncio.Event()
        loop = asyncio.get_running_loop()

        def begun(_: object) -> None:
            loop.call_soon_threadsafe(began.set)

        # Says that it runs, then sleeps for a minute.
        steps = fresh.call(
            "itertools:chain",
            fresh.call("builtins:map", begun, [1]),
            fresh.call("builtins:map", fresh.module("time").sleep, [60.0]),
        )
        sleeping = asyncio.create_task(sb.aio(fresh.call)("builtins:list", steps))
        await began.wait()
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        return await sb.aio(fresh.call)("operator:add", 20, 22)

    assert run(main()) == 42  # within a deadline that is far less than the sleep


def test_task_cancelled_while_it_waits_for_a_worker_leaves_the_queue(fresh):
    async def main():
        running = asyncio.create_task(sb.aio(fresh.call)("time:sleep", 0.3))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(sb.aio(fresh.call)("time:sleep", 60)) for _ in range(5)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        await running
        return outcomes, await sb.aio(fresh.call)("operator:add", 1, 1)

    outcomes, value = run(main())
    assert all(isinstance(one, asyncio.CancelledError) for one in outcomes)
    assert value == 2


def test_deadline_of_an_awaited_call_holds_in_the_queue_and_over_there(fresh):
    async def main():
        running = asyncio.create_task(sb.aio(fresh.call)("time:sleep", 0.5))
        await asyncio.sleep(0)
        with pytest.raises(sb.CallTimeoutError) as queued:
            await sb.aio(sb.options(timeout=0.05)(fresh.call))("operator:add", 1, 1)
        await running
        with pytest.raises(sb.CallTimeoutError) as late:
            await sb.aio(sb.options(timeout=0.2)(fresh.call))("time:sleep", 30)
        return queued.value.may_have_run, late.value.may_have_run

    assert run(main()) == (False, True)


def test_client_and_session_are_async_context_managers(link, target):
    async def main():
        async with await sb.aconnect(python=target, link=link, timeout=60) as client, client.session() as session:
            counter = await sb.aio(client.call)("collections:Counter", "abca")
            assert await sb.aio(counter.most_common)(1) == [("a", 2)]
        assert session.ended
        with pytest.raises(sb.StaleReferenceError):
            await sb.aio(counter.total)()
        return client.pool.closed

    assert run(main())


def test_connecting_that_is_cancelled_leaves_nothing(target):
    async def main():
        connecting = asyncio.create_task(sb.aconnect(python=target))
        await asyncio.sleep(0)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting

    run(main())
    # What was started is closed on the thread that started it; the automatic check finds it otherwise.
    for thread in threading.enumerate():
        if thread.name.startswith("snakebridge-connect"):
            thread.join(DEADLINE)


def test_callbacks_of_awaited_calls_may_call_again(client):
    async def main():
        return await sb.aio(client.call)("functools:reduce", lambda a, b: client.call("operator:mul", a, b), [2, 3, 7])

    assert run(main()) == 42
