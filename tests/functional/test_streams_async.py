"""`async for` and `await` of what lives in the library; the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest
from remote_source import make_module

import snakebridge as sb

DEADLINE = 30
SOURCE = """
import asyncio
log = []
async def numbers(count):
    try:
        for number in range(count):
            await asyncio.sleep(0)
            yield number
    finally:
        await asyncio.sleep(0)
        log.append('closed')
async def quick(count):
    for number in range(count):
        yield number
async def echo():
    got = None
    while True:
        try:
            got = yield got
        except ValueError as error:
            got = ['caught', str(error)]
async def failing(count):
    for number in range(count):
        yield number
    raise LookupError('late')
async def slow(count):
    for number in range(count):
        await asyncio.sleep(0.05)
        yield number
class Iterable:
    def __aiter__(self):
        return Own()
class Own:
    left = 3
    def __aiter__(self):
        return self
    async def __anext__(self):
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return self.left
class Awaitable:
    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return 'awaited'
async def answer():
    return 42
def coroutines():
    return [answer()]
def plain(count):
    for number in range(count):
        yield number
"""


@pytest.fixture(scope="module")
def made(client):
    return make_module(client, SOURCE)


def run(main):
    async def bounded():
        async with asyncio.timeout(DEADLINE):
            return await main

    return asyncio.run(bounded())


async def collected(items):
    return [item async for item in items]


@pytest.mark.parametrize("name", ["numbers", "quick", "plain"])
@pytest.mark.parametrize("count", [0, 1, 500])
def test_async_for_gives_every_item(made, name, count):
    assert run(collected(getattr(made, name)(count))) == list(range(count))


@pytest.mark.parametrize("name", ["Iterable", "Own"])
def test_async_iterators_of_their_own_class_are_iterated(made, name):
    assert run(collected(getattr(made, name)())) == [2, 1, 0]


def test_plain_for_takes_async_generators_too(made):
    assert list(made.numbers(50)) == list(range(50))


def test_event_loop_goes_on_while_an_item_is_made(made):
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        assert await collected(made.slow(3)) == [0, 1, 2]
        ticking.cancel()
        return ticks

    assert run(main()) > 5


def test_async_generator_sees_what_it_is_sent_and_what_is_thrown(made):
    async def main():
        stream = made.echo()
        assert await stream.asend(None) is None
        assert [await stream.asend(value) for value in (1, "x")] == [1, "x"]
        assert await stream.athrow(ValueError("no")) == ["caught", "no"]
        with pytest.raises(KeyError):
            await stream.athrow(KeyError("out"))
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    run(main())


def test_items_before_an_error_are_delivered(made):
    async def main():
        stream = made.failing(40)
        seen = [await anext(stream) for _ in range(40)]
        with pytest.raises(LookupError, match="late"):
            await anext(stream)
        return seen

    assert run(main()) == list(range(40))


def test_closing_runs_what_is_left_over_there(made):
    async def main():
        before = len(made.log)
        stream = made.numbers(5)
        assert await anext(stream) == 0
        await stream.aclose()
        assert len(made.log) == before + 1
        assert await collected(stream) == []

    run(main())


def test_async_generator_that_is_dropped_is_closed_over_there(made):
    before = len(made.log)

    async def main():
        async for number in made.numbers(50):
            if number == 30:
                break

    run(main())
    gc.collect()
    end = time.monotonic() + DEADLINE
    while len(made.log) == before:
        assert time.monotonic() < end


def test_coroutines_and_awaitables_are_awaited_here(made):
    async def main():
        return await made.Awaitable(), await made.coroutines()[0]

    assert run(main()) == ("awaited", 42)


def test_next_and_send_can_be_awaited(made):
    async def main():
        stream = made.plain(3)
        first = await sb.aio(next)(stream)
        second = await sb.aio(stream.send)(None)
        return first, second

    assert run(main()) == (0, 1)


def test_cancelled_iteration_frees_the_worker(fresh):
    made = make_module(fresh, SOURCE + "async def never():\n yield 1\n await asyncio.sleep(600)\n yield 2\n")

    async def main():
        stream = made.never()
        assert await anext(stream) == 1
        waiting = asyncio.create_task(collected(stream))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return await sb.aio(fresh.call)("operator:add", 1, 1)

    assert run(main()) == 2
