"""Generators of the library: resumed, returned from, closed and abandoned as if they were local."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from remote_source import make_module

import snakebridge as sb

DEADLINE = 30
SOURCE = """
import time, traceback
log = []
def counted(count):
    for number in range(count):
        yield number
    return 'done'
def echo():
    got = None
    while True:
        try:
            got = yield got
        except ValueError as error:
            got = ['caught', str(error)]
def tidy(count):
    try:
        for number in range(count):
            yield number
    finally:
        log.append('closed')
def failing(count, name):
    yield from range(count)
    raise getattr(__import__('builtins'), name)('late')
def stalling(count):
    for number in range(count):
        yield number
    time.sleep(600)
def following(path):
    # Gives what is there at once, then waits for more.
    seen = 0
    while True:
        with open(path) as file:
            lines = file.read().splitlines()
        for line in lines[seen:]:
            if line == 'end':
                return
            yield line
        seen = len(lines)
        time.sleep(0.002)
class Item:
    def __init__(self, number):
        self.number = number
def items(count):
    for number in range(count):
        yield Item(number)
class Own:
    # An iterator of its own class, which returns something.
    left = 2
    def __iter__(self):
        return self
    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration('own')
        return self.left
"""


@pytest.fixture(scope="module")
def made(client):
    return make_module(client, SOURCE)


def eventually(holds) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, "it never came true"


def test_yield_from_a_remote_generator_gives_what_it_returns(made):
    def outer():
        returned = yield from made.counted(40)
        yield returned

    assert list(outer()) == [*range(40), "done"]


def test_return_value_is_told_once_as_a_local_generator_does(made):
    stream = made.counted(0)
    with pytest.raises(StopIteration) as first:
        next(stream)
    with pytest.raises(StopIteration) as second:
        next(stream)
    assert (first.value.value, second.value.value) == ("done", None)


def test_generator_sees_what_it_is_sent_and_what_is_thrown(made):
    stream = made.echo()
    with pytest.raises(TypeError, match="just-started"):
        stream.send(1)
    assert next(stream) is None
    assert [stream.send(value) for value in (1, "x", [2])] == [1, "x", [2]]
    assert stream.throw(ValueError("no")) == ["caught", "no"]
    assert stream.throw(ValueError) == ["caught", ""]
    assert next(stream) is None
    error = LookupError("out")
    with pytest.raises(LookupError) as caught:
        stream.throw(error)
    assert caught.value is error
    with pytest.raises(StopIteration):
        stream.send(1)


def test_delegating_to_a_remote_generator_sends_and_throws_through(made):
    def outer():
        yield from made.echo()

    stream = outer()
    next(stream)
    assert stream.send("in") == "in"
    assert stream.throw(ValueError("in")) == ["caught", "in"]
    stream.close()


def test_sending_to_a_generator_that_was_pulled_ahead_skips_nothing(made):
    stream = made.counted(100)
    seen = [next(stream) for _ in range(30)] + [stream.send("ignored") for _ in range(70)]
    assert seen == list(range(100))


def test_generators_are_generators_and_other_iterators_are_not(client, made):
    from collections.abc import AsyncIterator, Generator, Iterator

    assert isinstance(made.counted(1), Generator)
    mapped = client.call("builtins:iter", [1])
    assert isinstance(mapped, Iterator)
    assert not isinstance(mapped, Generator)
    assert isinstance(mapped, AsyncIterator)  # so that it can be used without blocking an event loop


def test_generator_is_closed_over_there_when_the_loop_is_left(made):
    before = len(made.log)
    for number in made.tidy(1000):
        if number == 40:
            break
    gc.collect()
    eventually(lambda: len(made.log) > before)


def test_generator_is_closed_over_there_when_it_is_dropped_and_nobody_calls_again(fresh, tmp_path):
    made = make_module(fresh, SOURCE + "def touching(path):\n try:\n  yield 1\n finally:\n  open(path, 'w').close()")
    stream = made.touching(str(tmp_path / "closed"))
    next(stream)
    del stream
    gc.collect()
    eventually((tmp_path / "closed").exists)  # without another call


def test_closing_twice_closes_once(made):
    before = len(made.log)
    with contextlib.closing(made.tidy(9)) as stream:
        next(stream)
        stream.close()
        stream.close()
    assert len(made.log) == before + 1
    assert list(stream) == []


@pytest.mark.parametrize("name", ["ValueError", "KeyboardInterrupt", "SystemExit", "GeneratorExit", "MemoryError"])
@pytest.mark.parametrize("count", [0, 3, 100])
def test_error_in_the_middle_comes_after_the_items_before_it(made, count, name):
    stream = made.failing(count, name)
    assert [next(stream) for _ in range(count)] == list(range(count))
    with pytest.raises(sb.RemoteError) as caught:
        next(stream)
    assert caught.value.remote_type == f"builtins:{name}"
    assert list(stream) == []


def test_each_pull_has_the_deadline_and_what_came_in_time_is_delivered(fresh):
    made = make_module(fresh, SOURCE)
    stream = made.stalling(30)
    pull = sb.options(timeout=0.5)(next)
    assert [pull(stream) for _ in range(30)] == list(range(30))
    with pytest.raises(sb.CallTimeoutError):
        pull(stream)
    assert fresh.call("operator:add", 1, 1) == 2


def test_progress_arrives_when_it_is_made(made, tmp_path):
    # Each item must be here before the next one can be made: whoever holds one back waits for ever.
    path = tmp_path / "progress"
    path.write_text("one\ntwo\nthree\n")
    with sb_options_iterate(made.following(str(path))) as stream:
        assert [next(stream) for _ in range(3)] == ["one", "two", "three"]
        for number in range(20):
            with path.open("a") as file:
                file.write(f"more {number}\n")
            assert next(stream) == f"more {number}"
        with path.open("a") as file:
            file.write("end\n")
        assert list(stream) == []


@contextlib.contextmanager
def sb_options_iterate(stream):
    from snakebridge.runtime import scope

    with scope(timeout=DEADLINE):
        yield stream


def test_long_stream_takes_constant_memory_on_both_sides(client, made):
    def resident(pid: int | str) -> int:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    there = client.call("os:getpid")
    assert sum(1 for _ in made.counted(20_000)) == 20_000  # warm
    gc.collect()
    before = resident("self"), resident(there)
    assert sum(made.counted(100_000)) == sum(range(100_000))
    gc.collect()
    grown = resident("self") - before[0], resident(there) - before[1]
    assert max(grown) < 4 << 20


def test_objects_of_a_long_stream_are_released_as_it_goes(client, made):
    most = 0
    for item in made.items(3000):
        if item.number % 500 == 0:
            found = [each.count for each in client.references() if each.type == "made:Item"]
            most = max([most, *found])
    assert most < 3000
    del item
    client.call("operator:add", 1, 1)
    assert not [each for each in client.references() if each.type == "made:Item" and each.count > 1]


def test_limit_of_references_does_not_stop_a_stream_whose_items_are_dropped(link, target):
    with sb.connect(python=target, link=link, timeout=60, max_references=60) as limited:
        made = make_module(limited, SOURCE)
        assert sum(item.number for item in made.items(500)) == sum(range(500))


def test_items_that_were_pulled_ahead_go_along_when_the_iterator_is_passed_on(client, made):
    stream = made.counted(200)
    head = [next(stream) for _ in range(50)]
    assert [*head, *client.call("builtins:list", stream)] == list(range(200))
    numbers = client.call("builtins:iter", list(range(100)))
    head = [next(numbers) for _ in range(5)]
    middle = list(client.call("itertools:islice", numbers, 10))
    assert [*head, *middle, *numbers] == list(range(100))


def test_copy_of_an_iterator_begins_where_it_is(client):
    import copy

    numbers = client.call("builtins:iter", list(range(20)))
    head = [next(numbers) for _ in range(3)]
    assert head == [0, 1, 2]
    assert list(copy.copy(numbers)) == list(numbers)


def test_iterator_of_a_class_of_its_own_returns_its_value(made):
    def outer():
        returned = yield from made.Own()
        yield returned

    assert list(outer()) == [1, 0, "own"]


def test_two_threads_share_a_stream_without_losing_or_doubling(client):
    numbers = client.call("builtins:iter", list(range(2000)))
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.extend(numbers)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(seen) == list(range(2000))


def test_stream_says_why_when_its_worker_is_killed_in_the_middle(fresh):
    made = make_module(fresh, SOURCE)
    stream = made.items(100)
    next(stream)
    os.kill(fresh.call("os:getpid"), signal.SIGKILL)
    with pytest.raises((sb.WorkerLostError, sb.StaleReferenceError)):
        list(stream)


def test_stream_ends_with_its_session(client, made):
    with client.session():
        stream = made.counted(5)
        next(stream)
    with pytest.raises(sb.StaleReferenceError):
        list(stream)


@pytest.mark.parametrize("address", ["io:StringIO", "io:BytesIO", "file", "gzip"])
def test_file_is_read_as_if_it_were_here(client, tmp_path, address):
    lines = [f"line {number}\n" for number in range(30)]
    text = "".join(lines)
    path = tmp_path / "file"
    if address == "file":
        path.write_text(text)
        file = client.call("builtins:open", str(path))
    elif address == "gzip":
        with client.call("gzip:open", str(path), "wt") as out:
            assert out.write(text) == len(text)
        file = client.call("gzip:open", str(path), "rt")
    else:
        file = client.call(address, text.encode() if address == "io:BytesIO" else text)
    with file as entered:
        assert entered is file
        whole = file.read(4), next(file), file.readline(), list(file), file.read()
        assert file.seek(0) == 0
        assert len(file.readlines()) == 30
    assert file.closed
    if address == "io:BytesIO":
        lines = [line.encode() for line in lines]
    assert whole == (lines[0][:4], lines[0][4:], lines[1], lines[2:], lines[0][:0])
