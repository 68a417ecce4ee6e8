"""What crosses: streams whose consumer is gone, values of every kind, callbacks in trouble: scenarios 12 to 14."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import math
import time

import pytest

import snakebridge as sb
from snakebridge_guest.wire.streams import MOST

DEADLINE = 30
VALUES = {
    "nothing": None,
    "truth": True,
    "large": 2**53 + 1,
    "huge": -(3**200),
    "float": 0.1,
    "infinite": -math.inf,
    "text": "ä\0\U0001f40d",
    "lone surrogate": "\ud800",
    "bytes": bytes(range(256)),
    "list": [1, [2, [3]]],
    "tuple": (1, ("a", None)),
    "set": {1, "a"},
    "mapping": {(1, 2): {"a": b"b"}},
    "moment": dt.datetime(2024, 2, 29, 12, 30, 15, 123456, dt.UTC),
    "empty": [[], (), {}, "", b""],
}


def until(condition) -> bool:
    """Return whether something becomes true in time; each look is a call of the library."""
    limit = time.monotonic() + DEADLINE
    while not (found := condition()) and time.monotonic() < limit:
        pass
    return found


# --- 12: the consumer of a stream -----------------------------------------------------------------------------------


def test_stream_whose_consumer_drops_it_is_closed_and_its_worker_free(start, link):
    client = start(link=link)
    counted = client.call("brittle:Counted")
    stream = counted.numbers()
    assert [next(stream) for _ in range(3)] == [1, 2, 3]
    del stream
    gc.collect()
    assert until(lambda: counted.closed)
    assert client.call("operator:add", 1, 2) == 3


def test_stream_whose_consumer_is_cancelled_is_closed_and_its_worker_free(start, link):
    client = start(link=link)
    counted = client.call("brittle:Counted")

    async def consume(begun: asyncio.Event) -> None:
        async for number in counted.numbers():
            if number == 100:
                begun.set()
            await asyncio.sleep(0)

    async def main() -> None:
        begun = asyncio.Event()
        async with asyncio.timeout(DEADLINE):
            task = asyncio.create_task(consume(begun))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    gc.collect()
    assert until(lambda: counted.closed)
    assert client.call("operator:add", 1, 2) == 3


def test_stream_whose_consumer_stalls_makes_no_more_and_blocks_nobody(start, link):
    client = start(link=link)
    counted = client.call("brittle:Counted")
    stream = counted.numbers()
    used = [next(stream) for _ in range(5000)]
    made = counted.made
    assert made <= len(used) + MOST
    assert [client.call("operator:add", number, 1) for number in range(50)] == [*range(1, 51)]
    assert counted.made == made


def test_stream_of_large_items_is_bounded_in_memory(start, link):
    client = start(link=link)
    counted = client.call("brittle:Counted")
    stream = counted.numbers(size=1_000_000)
    used = sum(len(next(stream)) for _ in range(60))
    assert used == 60_000_000
    assert counted.made <= 60 + 32


def test_stream_that_dies_gives_what_came_before_and_one_error(start, link):
    client = start(link=link)
    stream = client.call("brittle:generate", "os-exit", 3, 3)
    numbers = [next(stream)]
    with pytest.raises(sb.WorkerLostError, match="status 9"):
        numbers.extend(stream)
    assert numbers == [0, 1, 2][: len(numbers)]
    assert client.call("operator:add", 1, 2) == 3


# --- 13: values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUES)
def test_value_comes_back_as_it_was(client_of_values, name):
    value = VALUES[name]
    back = client_of_values.call("copy:copy", value)
    assert (type(back), back) == (type(value), value)


@pytest.mark.parametrize("name", VALUES)
def test_value_crosses_in_streams_and_callbacks_as_it_was(client_of_values, name):
    value = VALUES[name]
    assert list(client_of_values.call("itertools:repeat", value, 3)) == [value] * 3
    heard = []
    answer = client_of_values.call(
        "functools:reduce", lambda left, right: heard.append((left, right)) or left, [value, 2]
    )
    assert answer == value
    assert heard == [(value, 2)]


@pytest.fixture(scope="module")
def client_of_values(target, link):
    with sb.connect(python=target, link=link, timeout=60) as client:
        yield client


def test_item_that_cannot_travel_is_an_error_and_the_stream_goes_no_further(start, link):
    client = start(link=link)
    pid = client.call("os:getpid")
    stream = client.call("brittle:stream", "encode", "error")
    assert next(stream) == 1
    with pytest.raises(sb.RemoteError, match="Sick"):
        list(stream)
    assert client.call("os:getpid") == pid


# --- 14: callbacks --------------------------------------------------------------------------------------------------


def test_callback_that_is_late_ends_at_the_deadline_of_its_call(start, link):
    client = start(link=link)
    seen = []

    def late(_left: int, _right: int) -> int:
        try:
            client.call("time:sleep", 60)  # it has what is left of the deadline
        except sb.CallTimeoutError as error:
            seen.append(error)
            raise
        return 1

    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.5)(client.call)("functools:reduce", late, [1, 2])
    assert len(seen) == 1
    assert client.call("operator:add", 1, 2) == 3


def test_call_that_is_cancelled_in_a_callback_leaves_its_worker_usable(start, link):
    client = start(link=link)

    async def forever(_left: int, _right: int) -> int:
        entered.set()
        await asyncio.Event().wait()
        return 0

    async def main() -> None:
        nonlocal entered
        entered = asyncio.Event()
        async with asyncio.timeout(DEADLINE):
            task = asyncio.create_task(sb.aio(client.call)("functools:reduce", forever, [1, 2]))
            await entered.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    entered: asyncio.Event
    asyncio.run(main())
    assert client.call("operator:add", 1, 2) == 3


@pytest.mark.parametrize("depth", [1, 20])
def test_worker_that_dies_under_nested_callbacks_gives_every_level_its_error(start, link, depth):
    client = start(link=link)
    levels = []

    def deeper(left: int, _right: int) -> int:
        try:
            if left == 0:
                client.call("brittle:die", "kill")
            return client.call("functools:reduce", deeper, [left - 1, 0])
        except sb.WorkerLostError:
            levels.append(left)
            raise

    with pytest.raises(sb.WorkerLostError, match="SIGKILL"):
        client.call("functools:reduce", deeper, [depth, 0])
    assert levels == [*range(depth + 1)]
    assert client.call("operator:add", 1, 2) == 3
