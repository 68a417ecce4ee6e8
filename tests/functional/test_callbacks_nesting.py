"""Calls inside callbacks: how deep, how long, and what passes through when one fails."""

from __future__ import annotations

import sys
import time
import traceback

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import CallTimeoutError

SOURCE = """
import time

def call(function, *args):
    return function(*args)

def catch(function):
    try:
        return function()
    except KeyError as error:
        return "caught", type(error).__name__, error.args

def wrap(function):
    try:
        return function()
    except Exception as error:
        raise RuntimeError("wrapped") from error

def again(function):
    try:
        return function()
    finally:
        function

def sleep(seconds):
    time.sleep(seconds)
"""


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


def test_fifty_calls_and_callbacks_nest(lib):
    def deeper(number: int) -> int:
        return 0 if number == 0 else 1 + lib.call(deeper, number - 1)

    assert deeper(50) == 50


def test_fifty_nested_calls_let_an_exception_through(lib):
    class OwnError(Exception):
        pass

    mine = OwnError("deep")

    def deeper(number: int) -> int:
        if number == 0:
            raise mine
        return 1 + int(lib.call(deeper, number - 1))

    with pytest.raises(OwnError) as caught:
        deeper(50)
    assert caught.value is mine


def test_nesting_without_end_is_a_recursion_error_and_the_worker_lives(client, lib):
    worker = client.pool.workers[0]

    def endless(number: int) -> int:
        return lib.call(endless, number + 1)

    for _ in range(3):
        with pytest.raises(RecursionError):
            endless(0)
    assert lib.call(abs, -3) == 3
    assert client.pool.workers == [worker]


def test_nested_call_has_what_is_left_of_the_outer_deadline(lib):
    def slow() -> None:
        lib.sleep(30)

    started = time.monotonic()
    with pytest.raises(CallTimeoutError):
        sb.options(timeout=0.5)(lib.call)(slow)
    assert time.monotonic() - started < 10
    assert lib.call(abs, -3) == 3


def test_nested_call_to_another_worker_has_the_outer_deadline(lib, target):
    with sb.connect(python=target) as other:
        started, times = time.monotonic(), []

        def slow() -> None:
            try:
                other.call("time:sleep", 30)
            except CallTimeoutError:
                times.append(time.monotonic() - started)
                raise

        with pytest.raises(CallTimeoutError):
            sb.options(timeout=0.5)(lib.call)(slow)
        assert times[0] < 10


def test_own_deadline_of_a_nested_call_can_only_be_sooner(lib):
    def nested() -> str:
        with pytest.raises(CallTimeoutError):
            sb.options(timeout=0.2)(lib.sleep)(30)
        return "went on"

    assert sb.options(timeout=30)(lib.call)(nested) == "went on"


def test_exception_shows_the_frames_of_both_sides(lib):
    def fail_here() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError) as caught:
        lib.call(fail_here)
    text = "".join(traceback.format_exception(caught.value))
    assert "in fail_here" in text
    assert "in call" in text
    assert "Remote traceback" in text


def test_library_catches_it_as_a_class_of_its_own(lib):
    class OwnKeyError(KeyError):
        pass

    def fail() -> None:
        raise OwnKeyError("mine", 2)

    assert lib.catch(fail) == ("caught", "OwnKeyError", ("mine", 2))


def test_exception_that_the_library_wraps_is_the_cause(lib):
    mine = ValueError("mine")

    def fail() -> None:
        raise mine

    with pytest.raises(RuntimeError, match="wrapped") as caught:
        lib.wrap(fail)
    assert caught.value.__cause__ is mine


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), StopIteration(7)], ids=repr)
def test_exceptions_that_are_no_faults_pass_too(lib, error):
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        lib.call(fail)
    assert caught.value is error
    assert lib.call(abs, -3) == 3


def test_depth_is_not_bounded_by_less_than_the_language_bounds(lib):
    deepest = 0

    def deeper(number: int) -> None:
        nonlocal deepest
        deepest = number
        lib.call(deeper, number + 1)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit * 3)
    try:
        with pytest.raises(RecursionError):
            deeper(0)
    finally:
        sys.setrecursionlimit(limit)
    assert deepest >= 50
    assert lib.call(abs, -3) == 3
