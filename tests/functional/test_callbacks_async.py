"""Async functions as callbacks: awaited on the loop of the task that awaits the call, else on a loop of their own."""

from __future__ import annotations

import asyncio
import functools
import threading
import time

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import CallTimeoutError

SOURCE = """
import asyncio, concurrent.futures, inspect

def call(function, *args):
    return function(*args)

def in_threads(function, items):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(function, items))

def is_coroutine_function(function):
    return asyncio.iscoroutinefunction(function), inspect.iscoroutinefunction(function)

async def wait_for(function, *args):
    return await function(*args)

async def gather(function, items):
    return await asyncio.gather(*[function(item) for item in items])

async def mixed(function):
    # A plain callback in a coroutine that runs.
    await asyncio.sleep(0)
    return function()
"""


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


class Doubler:
    async def __call__(self, number: int) -> int:
        return await double(number)

    async def method(self, number: int) -> int:
        return await double(number)


ASYNC = {
    "function": lambda: double,
    "callable object": Doubler,
    "bound method": lambda: Doubler().method,
    "partial": lambda: functools.partial(double),
    "lambda that returns a coroutine": lambda: lambda number: double(number + 0),
}


@pytest.mark.parametrize("kind", ASYNC)
def test_async_callback_gives_its_result_to_plain_code(lib, kind):
    assert lib.call(ASYNC[kind](), 4) == 8
    assert lib.in_threads(ASYNC[kind](), [1, 2, 3]) == [2, 4, 6]


@pytest.mark.parametrize("kind", [kind for kind in ASYNC if kind != "lambda that returns a coroutine"])
def test_async_callback_is_awaited_by_async_code(lib, kind):
    function = ASYNC[kind]()
    assert lib.wait_for(function, 4) == 8
    assert lib.gather(function, [1, 2, 3]) == [2, 4, 6]


def test_async_function_is_known_as_one(lib):
    assert any(lib.is_coroutine_function(double))
    assert lib.is_coroutine_function(abs) == (False, False)


def test_async_callback_runs_on_the_loop_of_the_awaiting_task(lib):
    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = threading.current_thread()

        async def note(number: int) -> tuple[bool, bool, int]:
            await asyncio.sleep(0)
            return asyncio.get_running_loop() is loop, threading.current_thread() is task, number

        assert await sb.aio(lib.call)(note, 3) == (True, True, 3)
        assert await sb.aio(lib.in_threads)(note, [1, 2]) == [(True, True, 1), (True, True, 2)]
        assert await sb.aio(lib.wait_for)(note, 4) == (True, True, 4)

    asyncio.run(main())


def test_async_callbacks_of_async_code_wait_for_each_other(lib):
    async def main() -> None:
        both = asyncio.Barrier(2)

        async def meet(number: int) -> int:
            async with asyncio.timeout(20):
                await both.wait()
            return number

        assert await sb.aio(lib.gather)(meet, [1, 2]) == [1, 2]

    asyncio.run(main())


def test_async_callback_may_call_the_same_worker(lib):
    async def nested(number: int) -> int:
        awaited = await sb.aio(lib.call)(abs, -number)
        return awaited + lib.call(abs, -1)

    async def deeper(number: int) -> int:
        return 0 if number == 0 else 1 + await sb.aio(lib.call)(deeper, number - 1)

    async def main() -> None:
        assert await sb.aio(lib.call)(nested, 4) == 5
        assert await sb.aio(lib.call)(deeper, 5) == 5

    asyncio.run(main())
    assert lib.call(nested, 4) == 5
    assert lib.call(deeper, 5) == 5


def test_plain_callback_of_async_code_may_call_async_code(lib):
    assert lib.mixed(lambda: lib.wait_for(double, 3)) == 6


def test_async_callback_runs_although_its_caller_blocks_a_loop(lib):
    async def main() -> int:
        return lib.call(double, 5)

    assert asyncio.run(main()) == 10


def test_exception_of_an_async_callback_is_the_same_object(lib):
    mine = LookupError("mine")

    async def fail() -> None:
        raise mine

    async def main() -> None:
        for function in (lib.call, lib.wait_for):
            with pytest.raises(LookupError) as caught:
                await sb.aio(function)(fail)
            assert caught.value is mine

    asyncio.run(main())
    with pytest.raises(LookupError) as caught:
        lib.call(fail)
    assert caught.value is mine


def test_async_callback_has_as_long_as_its_call(lib):
    async def endless() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        with pytest.raises(CallTimeoutError):
            await sb.options(timeout=0.3)(sb.aio(lib.call))(endless)

    started = time.monotonic()
    with pytest.raises(CallTimeoutError):
        sb.options(timeout=0.3)(lib.call)(endless)
    asyncio.run(main())
    assert time.monotonic() - started < 20


def test_cancelling_the_task_cancels_its_callback(lib):
    async def main() -> None:
        running, cancelled = asyncio.Event(), asyncio.Event()

        async def endless() -> None:
            running.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise

        task = asyncio.create_task(sb.aio(lib.call)(endless))
        async with asyncio.timeout(20):
            await running.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await cancelled.wait()

    asyncio.run(main())
    assert lib.call(abs, -1) == 1
