"""What a library notes on functions of the host outlives the call in which it does so."""

from __future__ import annotations

import functools
import threading
import types

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import ReferencesApartError

STAMPS = '''
"""Decorators that collect on a function what a last one takes from it, as those of click do."""

import functools
import sys
import types


def stamp(number):
    def decorate(function):
        if not hasattr(function, "__stamps__"):
            function.__stamps__ = []
        function.__stamps__.append(number)
        function._is_stamped = True
        return function

    return decorate


def around(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call


class Letter:
    def __init__(self, function):
        self.function = function
        self.stamps = function.__stamps__
        self.is_stamped = function._is_stamped
        del function.__stamps__
        del function._is_stamped

    def send(self, *args):
        return [self.function.__name__, self.stamps, self.is_stamped, self.function(*args)]


def look_into(function):
    return function.__code__


def run_like_trio(function):
    # What trio is recognized by: it is not among what the tests need.
    trio = sys.modules["trio"] = types.ModuleType("trio")
    trio.lowlevel = types.SimpleNamespace(in_trio_run=lambda: True)
    try:
        return function()
    finally:
        del sys.modules["trio"]


def read(function, name):
    return getattr(function, name, "nothing")


def write(function, name, value):
    setattr(function, name, value)
'''


@pytest.fixture(scope="module")
def near():
    module = types.ModuleType("near")
    exec(STAMPS, vars(module))
    return module


@pytest.fixture(scope="module")
def pair(target, link):
    with sb.connect(python=target, link=link, workers=2, timeout=60) as connected:
        connected.pool.wait_ready(2)
        yield connected


@pytest.fixture
def far(pair):
    with pair.session():
        yield make_module(pair, STAMPS)


def stacked(stamps):
    @stamps.Letter
    @stamps.stamp(2)
    @stamps.stamp(1)
    def greet(name):
        return f"hello {name}"

    return greet.send("you")


def wrapped_by_the_program(stamps):
    def twice(function):
        @stamps.stamp(3)
        @functools.wraps(function)
        def call(name):
            return function(name) * 2

        return call

    @stamps.Letter
    @twice
    @stamps.stamp(1)
    def greet(name):
        return name

    return greet.send("you")


def wrapped_by_the_library(stamps):
    @stamps.stamp(1)
    def greet(name):
        return name

    return stamps.Letter(stamps.around(greet)).send("you")


def twice_from_the_beginning(stamps):
    def greet():
        return "hello"

    sent = [stamps.Letter(stamps.stamp(number)(greet)).send() for number in (1, 2)]
    return [*sent, vars(greet)]


def public(stamps):
    def greet():
        return "hello"

    stamps.write(greet, "colour", "red")
    return [greet.colour, stamps.read(greet, "colour"), stamps.read(greet, "__shape__"), stamps.read(greet, "_shape")]


PROGRAMS = [stacked, wrapped_by_the_program, wrapped_by_the_library, twice_from_the_beginning, public]


@pytest.mark.parametrize("program", PROGRAMS)
def test_function_keeps_what_the_library_notes_on_it(program, near, far):
    assert program(far) == program(near)


def test_names_of_the_program_are_its_own(far):
    def greet():
        return "hello"

    greet.__secret__ = greet._secret = "secret"
    assert [far.read(greet, name) for name in ("__secret__", "_secret")] == ["nothing", "nothing"]
    for name in ("__secret__", "_secret", "__code__", "__globals__", "__wrapped__", "_snakebridge_home"):
        with pytest.raises(AttributeError, match="private"):
            far.write(greet, name, 1)
    assert (greet.__secret__, greet._secret, greet()) == ("secret", "secret", "hello")


def test_notes_of_one_worker_are_refused_to_another(pair):
    def greet():
        return "hello"

    begun, over = threading.Event(), threading.Event()
    pair.call("builtins:setattr", greet, "__stamps__", [1])
    noted = greet.__stamps__

    def keep_busy():
        noted.sort(key=lambda _: begun.set() or over.wait(60))

    thread = threading.Thread(target=keep_busy)
    thread.start()
    try:
        assert begun.wait(60)
        with pytest.raises(ReferencesApartError, match="make both in one session"):
            pair.call("builtins:getattr", greet, "__stamps__")
    finally:
        over.set()
        thread.join()


def test_object_of_another_worker_is_no_result_of_a_callback(pair):
    begun, over = threading.Event(), threading.Event()
    mine = pair.call("collections:deque", [1])

    def keep_busy():
        mine.extend(iter(lambda: begun.set() or over.wait(60), True))

    thread = threading.Thread(target=keep_busy)
    thread.start()
    try:
        assert begun.wait(60)
        others = [pair.call("collections:Counter") for _ in range(5)]  # with the numbers that it has there
        for back in (lambda *_: mine, lambda *_: [mine]):
            with pytest.raises(ReferencesApartError, match="what it is used with in worker"):
                pair.call("functools:reduce", back, [1, 2])
        assert len(others) == 5
    finally:
        over.set()
        thread.join()


def test_function_says_that_its_code_is_elsewhere(far):
    with pytest.raises(AttributeError, match="__code__ of a function of the host cannot be had by the library"):
        far.look_into(lambda: None)


def test_trio_is_told_that_it_cannot_await_the_host(far):
    ran = []

    async def main():
        ran.append(1)

    with pytest.raises(TypeError, match=r"trio cannot await <function .*main.*>: async functions of the host"):
        far.run_like_trio(main)
    assert not ran
