"""While a call runs: the host is asked, and the call can be interrupted."""

from __future__ import annotations

import json
import signal

import pytest

from snakebridge_guest.wire import codec
from snakebridge_guest.wire.frames import interrupt_signal
from snakebridge_guest.worker import _callbacks as callbacks
from snakebridge_guest.worker import _raised as exceptions
from snakebridge_guest.worker._interrupts import CallInterrupted, Interrupts, settle_signals
from snakebridge_guest.worker._references import References

SIGNAL = interrupt_signal()


@pytest.fixture
def asked():
    return []


@pytest.fixture
def make(asked):
    def request(what, number, *rest):
        asked.append((what, number, *rest))
        return {"method": 3, "get": "got"}.get(what)

    def made(*operators):
        return callbacks.HostObjects().get(7, list(operators), request, is_async=False)

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
    assert asked == [("release", 7, "", 1)]


def test_host_object_has_the_operators_of_its_class_alone(make, asked):
    plain = make()
    assert not callable(plain)
    for attempt in (len, iter, reversed, lambda value: value[0], lambda value: value + 1, abs, lambda value: value()):
        with pytest.raises(TypeError):
            attempt(plain)
    for name in ("__array__", "__array_interface__", "__len__"):  # probed by numpy and others: no round trip
        assert not hasattr(plain, name)
    assert asked == []
    assert type(make("__len__", "__init__", "__add__")) is type(make("__add__", "__len__"))


def test_host_object_whose_link_is_gone_is_dropped_in_silence():
    def request(what, *rest):
        raise ConnectionError

    callbacks.HostObjects().get(1, [], request, is_async=False)


HOST_ERRORS = {
    "builtin": (["builtins:KeyError", "builtins:LookupError", "builtins:Exception"], KeyError),
    "class of the host": (["app:Odd", "builtins:ValueError", "builtins:Exception"], ValueError),
    "plain exception": (["app:Odd", "builtins:Exception", "builtins:BaseException"], exceptions.HostError),
    "class of a newer Python": (["builtins:NoSuchError", "builtins:RuntimeError", "builtins:Exception"], RuntimeError),
    "one that needs five arguments": (["builtins:UnicodeDecodeError", "builtins:UnicodeError", "builtins:ValueError"], UnicodeDecodeError),
    "one that ends programs": (["builtins:SystemExit", "builtins:BaseException"], SystemExit),
    "a function": (["builtins:eval", "builtins:Exception"], exceptions.HostError),
    "a class of a library that is loaded": (["json.decoder:JSONDecodeError", "builtins:ValueError"], json.JSONDecodeError),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOST_ERRORS)
def test_what_the_host_raised_is_of_the_nearest_class(kind):
    mro, expected = HOST_ERRORS[kind]
    error = exceptions.arrived({"mro": mro, "text": "why"}, References(), codec.Codec(None, None).loads, lambda _: None)
    assert isinstance(error, expected)
    assert type(error).__name__ == mro[0].partition(":")[2]
    assert error.args == ("why",)


@pytest.fixture
def interrupts():
    before = {number: signal.getsignal(number) for number in (SIGNAL, signal.SIGINT, signal.SIGCHLD)}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    settle_signals()
    installed = Interrupts()
    installed.install()
    yield installed
    for number, handler in before.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def test_signal_interrupts_the_running_call_once(interrupts):
    interrupts.running = True
    with pytest.raises(CallInterrupted):
        signal.raise_signal(SIGNAL)
    assert not interrupts.running
    signal.raise_signal(SIGNAL)  # nothing runs any more
    interrupts.running = True
    with pytest.raises(CallInterrupted):
        interrupts.raise_here()


def test_handler_that_was_taken_away_is_back_before_the_next_call(interrupts):
    signal.signal(SIGNAL, signal.SIG_IGN)
    interrupts.arm()
    interrupts.running = True
    with pytest.raises(CallInterrupted):
        signal.raise_signal(SIGNAL)


def test_where_no_signal_comes_none_is_handled():
    before = signal.getsignal(SIGNAL)
    Interrupts().arm()
    assert signal.getsignal(SIGNAL) == before


def test_signal_without_a_call_does_nothing(interrupts):
    signal.raise_signal(SIGNAL)
    signal.raise_signal(signal.SIGINT)
    assert not issubclass(CallInterrupted, Exception)  # no library's `except Exception` keeps it
