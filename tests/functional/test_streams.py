"""Iterators stream: the first item at once, in bounded batches, and leaving the loop ends the generator."""

from __future__ import annotations

import itertools
import time

import pytest
from remote_source import make_module


def test_infinite_iterator_streams(client):
    count = client.module("itertools").count(5)
    assert list(itertools.islice(count, 3000)) == list(range(5, 3005))


def test_finite_iterator_ends_and_stays_ended(client):
    numbers = client.call("builtins:map", client.module("math").sqrt, [1, 4, 9])
    assert list(numbers) == [1, 2, 3]
    assert list(numbers) == []
    with pytest.raises(StopIteration):
        next(numbers)


def test_items_before_an_error_are_delivered(client):
    stream = client.call("builtins:eval", "(1 // number for number in (1, 1, 0))")
    assert next(stream) == 1
    assert next(stream) == 1
    with pytest.raises(ZeroDivisionError):
        next(stream)
    with pytest.raises(StopIteration):
        next(stream)


def test_slow_items_are_not_held_back(client):
    stream = client.call("builtins:eval", "(__import__('time').sleep(0.05 * (n > 2)) or n for n in range(8))")
    assert [next(stream) for _ in range(4)] == [0, 1, 2, 3]
    begin = time.monotonic()
    next(stream)
    assert time.monotonic() - begin < 5  # a batch is cut after 10 ms, not after 1,024 items


def test_close_closes_the_generator_over_there(client):
    source = "def make(closed):\n try:\n  yield from range(9)\n finally:\n  closed.append(1)"
    space = make_module(client, source)
    closed = client.call("collections:deque")
    stream = space.make(closed)
    assert next(stream) == 0
    stream.close()
    assert list(stream) == []
    assert list(closed) == [1]


def test_an_iterator_with_state_of_its_own_is_not_pulled_ahead(client):
    text = client.call("io:StringIO", "a\nbb\nccc\n")
    assert next(text) == "a\n"
    assert text.tell() == 2
    reader = client.call("csv:reader", ["x,y", "1,2"])
    assert next(reader) == ["x", "y"]
    assert reader.line_num == 1


def test_enumerating_a_remote_container_streams(client):
    deque = client.call("collections:deque", range(2500))
    assert sum(deque) == sum(range(2500))
