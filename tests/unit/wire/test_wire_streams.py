"""Which iterators may be pulled ahead, how far, and what a batch holds."""

from __future__ import annotations

import asyncio
import collections
import heapq
import itertools
import subprocess
import sys
import time
from pathlib import Path

import pytest
from interpreters import interpreter

import snakebridge_guest
from snakebridge_guest.wire import streams
from snakebridge_guest.wire._yields import waits_for_nothing
from snakebridge_guest.wire.codec import Codec

STREAMS = {
    "generator": (n for n in ()), "list": iter([]), "dict values": iter({}.values()), "deque": iter(collections.deque()),
    "map": map(abs, ()), "zip": zip(), "count": itertools.count(), "huge range": iter(range(2**70)), "reversed": reversed([]),
    "ordered dict": iter(collections.OrderedDict(a=1)), "bytes": iter(b""), "enumerate": enumerate(()),
}  # fmt: skip


class OwnIterator:
    def __iter__(self):
        return self

    def __next__(self) -> int:
        return 1


@pytest.mark.parametrize("kind", STREAMS)
def test_generators_and_builtin_iterators_are_streams(kind):
    assert streams.kind_of(STREAMS[kind])


@pytest.mark.parametrize(
    "value",
    [OwnIterator(), [], "", {}, iter(int, 1), itertools.groupby(())],
    ids=lambda value: type(value).__name__,
)
def test_other_iterators_and_containers_are_not(value):
    assert not streams.kind_of(value)


def refuse(value):
    raise LookupError(f"a reference to {value!r} too many")


codec = Codec(refuse, refuse)


def pull(stream, count, resume=None):
    def describe(error):
        return {"type": type(error).__name__, "text": str(error)}

    reply = stream.answer(count, resume or stream.next(), codec.dumps, describe, asyncio.run)
    items, ended, error, returned = codec.loads(reply)
    return items, ended, error and error["type"], returned


def test_batch_stops_at_the_count_and_goes_on():
    stream = streams.Stream(iter(range(5)))
    assert pull(stream, 2) == ([0, 1], False, None, None)
    assert pull(stream, 9) == ([2, 3, 4], True, None, None)
    assert pull(stream, 9) == ([], True, None, None)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 300, 70_000])
def test_batch_of_any_size_can_be_read(size):
    items, ended, *_ = pull(streams.Stream(iter(range(size))), size + 1)
    assert items == list(range(len(items)))
    assert ended == (len(items) == size)  # else its time was over: that is bounded too


@pytest.mark.parametrize(
    "item",
    [b"x" * 400_000, "x" * 400_000, bytearray(400_000), {"key": [("x" * 400_000,)]}],
    ids=lambda item: type(item).__name__,
)
def test_batch_is_bounded_in_bytes_however_deep_they_are(item):
    assert len(pull(streams.Stream(itertools.repeat(item)), 1000)[0]) <= 3


def test_generator_is_pulled_ahead_once_it_was_quick_for_a_while():
    stream = streams.Stream(number for number in range(100))
    pulled = [len(pull(stream, 20)[0]) for _ in range(17)]
    assert pulled[:15] == [1] * 15
    assert max(pulled) > 1


def test_generator_that_pauses_is_not_pulled_ahead():
    def slow():
        while True:
            end = time.monotonic() + 0.002
            while time.monotonic() < end:
                pass
            yield 1

    stream = streams.Stream(slow())
    assert [len(pull(stream, 1000)[0]) for _ in range(20)] == [1] * 20


def test_generator_that_was_sent_something_is_not_pulled_ahead_again():
    stream = streams.Stream(number for number in range(100))
    for _ in range(16):
        pull(stream, 1)
    assert pull(stream, 1, stream.resumed(streams.SEND, None))[0] == [16]
    assert len(pull(stream, 9)[0]) == 1


def test_delegating_generator_is_pulled_ahead_while_what_it_delegates_to_may_be():
    def care():
        for number in range(5):
            yield from [(yield number)][:0]

    def delegate():
        yield from range(40)
        yield from care()

    stream = streams.Stream(delegate())
    items = []
    while (batch := pull(stream, 8))[0]:
        items.append(batch[0])
    assert sum(items, []) == [*range(40), *range(5)]  # noqa: RUF017 - short
    assert max(map(len, items)) == 8
    assert items[-4:] == [[1], [2], [3], [4]]


def test_what_a_generator_returns_comes_with_its_end():
    def counted():
        yield 1
        return "done"

    stream = streams.Stream(counted())
    assert pull(stream, 9) == ([1], False, None, None)
    assert pull(stream, 9) == ([], True, None, "done")


@pytest.mark.parametrize("kind", [LookupError, SystemExit, GeneratorExit], ids=lambda kind: kind.__name__)
def test_error_comes_after_the_items_before_it_and_is_not_the_end(kind):
    def failing(number):
        if number == 2:
            raise kind
        return number

    stream = streams.Stream(map(failing, range(-16, 5)))
    for _ in range(16):
        pull(stream, 1)
    assert pull(stream, 10) == ([0, 1], False, kind.__name__, None)
    assert pull(stream, 10)[0] == [3, 4]


def test_item_that_is_yielded_again_with_other_content_travels_as_it_was():
    row = [0]

    def rows():
        for number in range(50):
            row[0] = number
            yield row

    stream = streams.Stream(rows())
    items = []
    while (batch := pull(stream, 8))[0]:
        items += batch[0]
    assert items == [[number] for number in range(50)]


def test_item_that_cannot_be_sent_with_others_waits_for_the_next_batch():
    stream = streams.Stream(iter([1, object(), 3]))
    assert pull(stream, 9)[0] == [1]
    with pytest.raises(LookupError, match="too many"):
        pull(stream, 9)
    assert pull(stream, 9)[0] == [3]


def test_async_generator_is_pulled_like_a_generator():
    async def numbers():
        for number in range(40):
            await asyncio.sleep(0)
            yield number

    stream = streams.Stream(numbers())
    items = []
    while (batch := pull(stream, 8))[0]:
        items.append(batch[0])
    assert sum(items, []) == list(range(40))  # noqa: RUF017 - short


CODE = """
def plain(xs):
    for x in xs: yield x
def opens(path):
    with open(path) as file:
        for line in file: yield line
def two_blocks(a, b):
    with a:
        with b as c:
            while c: yield 1
def tries_elsewhere(x):
    try: y = int(x)
    except ValueError: y = 2
    yield y
    if y: return 3
    yield
def delegates(n):
    if n:
        yield n
        yield from delegates(n - 1)
async def plain_async(xs):
    async for x in xs: yield x
async def block_async(a):
    async with a as b:
        await b
        yield 1

CARING = None

def assigns():
    x = yield
def passes():
    print((yield 1))
def collects():
    x = [(yield 1)]
def gives_back():
    return (yield)
def assigns_after_delegating(xs):
    y = yield from xs
    z = yield 1
def catches():
    try: yield 1
    except ValueError: pass
def catches_anything():
    try:
        with a: yield 1
    except: pass
def catches_in_a_loop(xs):
    while True:
        try:
            for x in xs: yield x
        except BaseException: continue
def tidies_up():
    try: yield 1
    finally: print()
async def tidies_up_async(x):
    try: yield 1
    finally: await x
def asks_another_and_catches(xs):
    try:
        while True: yield next(xs)
    except StopIteration: pass
    except ValueError: pass
def asks_another_and_tidies_up(xs):
    try:
        try: yield next(xs)
        except StopIteration: pass
    finally: print()
"""


def _names():
    made: dict[str, object] = {}
    exec(CODE, made)
    names = [name for name in made if not name.startswith("__")]
    split = names.index("CARING")
    return names[:split], names[split + 1 :], made


FREE, CARING, MADE = _names()


@pytest.mark.parametrize("name", FREE)
def test_code_that_cannot_tell_may_be_pulled_ahead(name):
    assert waits_for_nothing(MADE[name].__code__)


def test_code_that_asks_another_iterator_for_its_items_may_be_pulled_ahead():
    # `try: yield next(other)`, `except StopIteration:`; known since Python 3.11, which the host has.
    assert waits_for_nothing(heapq.merge.__code__)


@pytest.mark.parametrize("name", CARING)
def test_code_that_looks_at_who_resumes_it_may_not(name):
    assert not waits_for_nothing(MADE[name].__code__)


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def test_every_python_compiles_it_so_that_it_is_known(version):
    folder = Path(snakebridge_guest.__file__).parents[1]
    script = (
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        "from snakebridge_guest.wire._yields import waits_for_nothing as free\n"
        f"made = {{}}; exec({CODE!r}, made)\n"
        f"assert [n for n in {FREE!r} if not free(made[n].__code__)] == []\n"
        f"assert [n for n in {CARING!r} if free(made[n].__code__)] == []\n"
    )
    done = subprocess.run([interpreter(version), "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{sys.version_info[:2]} with {version}: {done.stderr}"
