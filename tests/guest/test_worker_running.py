"""While a call runs: streams are pulled, the host is asked, and the call can be interrupted."""

from __future__ import annotations

import collections
import itertools
import signal
import time

import pytest

from snakebridge_guest.worker import _callbacks as callbacks
from snakebridge_guest.worker import _streams as streams
from snakebridge_guest.worker._interrupts import SIGNAL, CallInterrupted, Interrupts

BATCHED = {
    "generator": (n for n in ()), "list": iter([]), "dict values": iter({}.values()), "deque": iter(collections.deque()),
    "map": map(abs, ()), "zip": zip(), "count": itertools.count(), "huge range": iter(range(2**70)), "reversed": reversed([]),
    "ordered dict": iter(collections.OrderedDict(a=1)), "bytes": iter(b""), "enumerate": enumerate(()),
}  # fmt: skip


class OwnIterator:
    def __iter__(self):
        return self

    def __next__(self) -> int:
        return 1


@pytest.mark.parametrize("kind", BATCHED)
def test_generators_and_builtin_iterators_are_batched(kind):
    assert streams.streams(BATCHED[kind])


@pytest.mark.parametrize("value", [OwnIterator(), [], "", {}, iter(int, 1)], ids=lambda value: type(value).__name__)
def test_other_iterators_and_containers_are_not(value):
    assert not streams.streams(value)


def test_taking_stops_at_the_count_and_goes_on():
    numbers = iter(range(5))
    assert streams.take(numbers, 2) == ([0, 1], False, None)
    assert streams.take(numbers, 9) == ([2, 3, 4], True, None)
    assert streams.take(numbers, 9) == ([], True, None)


def test_taking_everything_exactly_does_not_know_the_end_yet():
    numbers = iter(range(2))
    assert streams.take(numbers, 2) == ([0, 1], False, None)
    assert streams.take(numbers, 2) == ([], True, None)


@pytest.mark.parametrize(
    "item", [b"x" * 400_000, "x" * 400_000, bytearray(400_000)], ids=lambda item: type(item).__name__
)
def test_batch_is_bounded_in_bytes(item):
    assert len(streams.take(itertools.repeat(item), 1000)[0]) == 3


def test_batch_is_bounded_in_time_but_has_its_first_item():
    def slow():
        while True:
            end = time.monotonic() + 0.02
            while time.monotonic() < end:
                pass
            yield 1

    assert streams.take(slow(), 1000) == ([1], False, None)


def test_error_comes_after_the_items_before_it():
    error = LookupError("third")

    def failing():
        yield from (1, 2)
        raise error

    stream = failing()
    assert streams.take(stream, 10) == ([1, 2], True, error)
    assert streams.take(stream, 10) == ([], True, None)


def test_interrupt_is_no_error_of_the_stream():
    def interrupted():
        yield 1
        raise CallInterrupted

    with pytest.raises(CallInterrupted):
        streams.take(interrupted(), 10)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def make(asked):
    def request(what, number, *rest):
        asked.append((what, number, *rest))
        return {"method": 3, "get": "got"}.get(what)

    def made(*operators):
        return callbacks.host_class(list(operators))(7, request)

    return made


def test_host_object_asks_for_everything(make, asked):
    thing = make("__len__", "__call__", "__getitem__")
    assert (thing(1, k=2), len(thing), thing["x"], thing.colour) == (3, 3, 3, "got")
    thing.colour = "red"
    assert asked == [
        ("method", 7, "__call__", (1,), {"k": 2}), ("method", 7, "__len__", (), {}), ("method", 7, "__getitem__", ("x",), {}),
        ("get", 7, "colour"), ("set", 7, "colour", "red"),
    ]  # fmt: skip
    asked.clear()
    del thing
    assert asked == [("release", 7)]


def test_host_object_has_the_operators_of_its_class_alone(make, asked):
    plain = make()
    for attempt in (len, iter, reversed, lambda value: value[0], lambda value: value + 1, abs):
        with pytest.raises(TypeError):
            attempt(plain)
    for name in ("__array__", "__deepcopy__", "__len__"):  # probed by numpy and copy: no round trip
        assert not hasattr(plain, name)
    assert asked == []
    assert type(make("__len__", "__init__", "__add__")) is type(make("__add__", "__len__"))


def test_host_object_whose_link_is_gone_is_dropped_in_silence():
    def request(what, *rest):
        raise ConnectionError

    callbacks.host_class([])(1, request)


HOST_ERRORS = {
    "builtin": (["builtins:KeyError", "builtins:LookupError", "builtins:Exception"], KeyError),
    "class of the host": (["app:Odd", "builtins:ValueError", "builtins:Exception"], ValueError),
    "plain exception": (["app:Odd", "builtins:Exception", "builtins:BaseException"], callbacks.HostError),
    "class of a newer Python": (["builtins:NoSuchError", "builtins:RuntimeError", "builtins:Exception"], RuntimeError),
    "one that needs five arguments": (["builtins:UnicodeDecodeError", "builtins:UnicodeError", "builtins:ValueError"], UnicodeError),
    "one that ends programs": (["builtins:SystemExit", "builtins:BaseException"], callbacks.HostError),
    "a function": (["builtins:eval", "builtins:Exception"], callbacks.HostError),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOST_ERRORS)
def test_what_the_host_raised_is_the_nearest_builtin_class(kind):
    mro, expected = HOST_ERRORS[kind]
    error = callbacks.host_error({"mro": mro, "text": "why"})
    assert isinstance(error, callbacks.HostError)
    assert isinstance(error, expected)
    assert error.args == ("why",)
    assert not isinstance(error, SystemExit)


@pytest.fixture
def interrupts():
    before = {number: signal.getsignal(number) for number in (SIGNAL, signal.SIGINT)}
    installed = Interrupts()
    installed.install()
    yield installed
    for number, handler in before.items():
        signal.signal(number, handler)


def test_signal_interrupts_the_running_call_once(interrupts):
    interrupts.running = True
    with pytest.raises(CallInterrupted):
        signal.raise_signal(SIGNAL)
    assert not interrupts.running
    signal.raise_signal(SIGNAL)  # nothing runs any more
    interrupts.running = True
    with pytest.raises(CallInterrupted):
        interrupts.raise_here()


def test_signal_without_a_call_does_nothing(interrupts):
    signal.raise_signal(SIGNAL)
    signal.raise_signal(signal.SIGINT)
    assert not issubclass(CallInterrupted, Exception)  # no library's `except Exception` keeps it
