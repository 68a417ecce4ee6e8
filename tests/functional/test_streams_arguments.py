"""Iterators, generators and files of yours, used by the library."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import itertools

import pytest
from remote_source import make_module

import snakebridge as sb

SOURCE = """
def first(items, count):
    for _, item in zip(range(count), items):
        last = item
    return last
def outer(items):
    returned = yield from items
    yield ['returned', returned]
def catching(items):
    seen = []
    try:
        for item in items:
            seen.append(item)
    except Exception as error:
        return seen, type(error).__name__, error
def letting(items):
    return list(items)
def talk(partner):
    return [next(partner), partner.send('hello'), partner.throw(ValueError('no')), partner.close()]
async def total(items):
    found = 0
    async for item in items:
        found += item
    return found
async def some(items):
    async for item in items:
        await items.aclose()
        return item
class Keeper:
    def keep(self, items):
        self.items = items
    def more(self):
        return next(self.items)
"""


@pytest.fixture(scope="module")
def made(client):
    return make_module(client, SOURCE)


def test_generator_expression_is_pulled_in_batches(client):
    assert client.call("builtins:sum", (number for number in range(100_000))) == sum(range(100_000))


@pytest.mark.parametrize(
    "items",
    [iter, lambda numbers: map(abs, numbers), reversed, zip, lambda numbers: iter(dict.fromkeys(numbers))],
    ids=["range", "map", "reversed", "zip", "dict"],
)
def test_iterators_arrive_whole(client, items):
    assert client.call("builtins:list", items(range(50))) == list(items(range(50)))


def test_stream_goes_there_and_back_again(client):
    squares = client.call("builtins:map", client.module("math").sqrt, (number**2 for number in range(1000)))
    assert list(squares) == list(range(1000))


def test_endless_generator_is_taken_from_and_closed_when_the_library_stops(client, made):
    closed = []

    def endless():
        try:
            yield from itertools.count()
        finally:
            closed.append(True)

    assert made.first(endless(), 100) == 99
    gc.collect()
    assert closed == [True]


def test_first_items_are_not_pulled_early(made):
    pulled = []

    def numbers():
        for number in range(10):
            pulled.append(number)
            yield number

    assert made.first(numbers(), 5) == 4
    assert pulled == [0, 1, 2, 3, 4]


def test_generator_of_the_host_returns_its_value_over_there(made):
    def numbers():
        yield 1
        return {"two": 2}

    assert list(made.outer(numbers())) == [1, ["returned", {"two": 2}]]


def test_generator_of_the_host_is_sent_to_and_thrown_at(made):
    closed = []

    def partner():
        try:
            got = yield 1
            try:
                yield [got]
            except ValueError as error:
                yield str(error)
        finally:
            closed.append(True)

    assert made.talk(partner()) == [1, ["hello"], "no", None]
    assert closed == [True]


@pytest.mark.parametrize("count", [0, 3, 100])
def test_exception_of_the_generator_passes_through_the_library_and_back(made, count):
    class OwnError(Exception):
        pass

    error = OwnError("mine")

    def failing():
        yield from range(count)
        raise error

    with pytest.raises(OwnError) as caught:
        made.letting(failing())
    assert caught.value is error
    seen, name, same = made.catching(failing())
    assert (seen, name) == (list(range(count)), "OwnError")
    assert same is error


def test_generator_may_call_the_library_while_it_is_pulled(client):
    total = client.call("builtins:sum", (client.call("operator:mul", number, 2) for number in range(40)))
    assert total == 2 * sum(range(40))


def test_generator_that_the_library_keeps_can_be_pulled_by_later_calls(made):
    keeper = made.Keeper()
    keeper.keep(iter("abc"))
    assert [keeper.more() for _ in range(3)] == ["a", "b", "c"]


@pytest.mark.parametrize("loop", [False, True], ids=["called", "awaited"])
def test_async_generator_is_pulled_by_an_async_function(made, loop):
    async def numbers():
        for number in range(100):
            await asyncio.sleep(0)
            yield number

    async def awaited():
        return await sb.aio(made.total)(numbers())

    assert (asyncio.run(awaited()) if loop else made.total(numbers())) == sum(range(100))


def test_async_generator_is_closed_by_the_library(made):
    closed = []

    async def numbers():
        try:
            yield 7
            yield 8
        finally:
            closed.append(True)

    async def awaited():
        return await sb.aio(made.some)(numbers())

    assert asyncio.run(awaited()) == 7
    assert closed == [True]


def test_file_is_read_by_line_and_not_ahead(client, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("".join(f"{number},x\n" for number in range(50)))
    with path.open(newline="") as file:
        assert file.readline() == "0,x\n"
        assert client.call("builtins:next", client.call("csv:reader", file)) == ["1", "x"]
        assert file.readline() == "2,x\n"
        assert list(client.call("csv:reader", file)) == list(csv.reader(f"{number},x" for number in range(3, 50)))


def test_file_is_written_and_read_over_there(client):
    file = io.StringIO()
    writer = client.call("csv:writer", file)
    writer.writerow([1, "two"])
    assert file.getvalue() == "1,two\r\n"
    assert client.call("json:load", io.StringIO('{"a": [1]}')) == {"a": [1]}
    copied = io.BytesIO()
    client.call("shutil:copyfileobj", io.BytesIO(b"x" * 100_000), copied)
    assert copied.getvalue() == b"x" * 100_000
