"""Exceptions are the same object again wherever they come from, and their classes are real classes."""

from __future__ import annotations

import asyncio
import gc
import traceback

import pytest
from remote_source import make_module

import snakebridge as sb

SOURCE = """
import contextlib

class Trouble(Exception):
    severity = 3
    def __init__(self, code, *, hint):
        super().__init__("trouble")
        self.code, self.hint = code, hint
    @property
    def doubled(self):
        return self.code * 2
    def explain(self, word):
        return word + self.hint

class Worse(Trouble, KeyError):
    pass

kept = []

def fail(kind=Trouble, code=4):
    kept.append(kind(code, hint="!"))
    raise kept[-1]

def same(error):
    return kept[-1] is error

def call(function):
    return function()

def swallow(function):
    try:
        function()
    except Exception as error:
        return type(error).__module__, type(error).__name__, str(error), error.args, dict((k, v) for k, v in vars(error).items() if not k.startswith("_"))

def wrap(function):
    try:
        function()
    except Exception as error:
        raise RuntimeError("wrapped") from error

def take(error):
    kept.append(error)
    return error

class Manager:
    def __init__(self, swallows=False):
        self.swallows = swallows
        self.seen = None
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        self.seen = error
        self.kind = None if kind is None else kind.__name__
        self.same = bool(kept) and kept[-1] is error
        self.traced = trace is not None
        return self.swallows

class AsyncManager(Manager):
    async def __aenter__(self):
        return self
    async def __aexit__(self, kind, error, trace):
        return self.__exit__(kind, error, trace)

@contextlib.contextmanager
def transaction(log):
    log.append("begin")
    try:
        yield log
    except Trouble as error:
        log.append("rollback %d" % error.code)
        raise
    except KeyError:
        log.append("swallowed")
    else:
        log.append("commit")
"""


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


def test_class_of_a_module_catches_what_is_raised(lib):
    with pytest.raises(lib.Trouble) as caught:
        lib.fail()
    assert type(caught.value) is lib.Trouble
    assert (caught.value.code, caught.value.hint, caught.value.args) == (4, "!", ("trouble",))
    with pytest.raises(lib.Trouble) as caught:
        lib.fail(lib.Worse)
    assert isinstance(caught.value, (lib.Worse, KeyError, sb.RemoteError))
    assert isinstance(caught.value, KeyError)
    assert issubclass(lib.Worse, lib.Trouble)
    assert not issubclass(lib.Trouble, lib.Worse)
    assert not isinstance(caught.value, ZeroDivisionError)


def test_class_of_an_exception_has_its_attributes(lib):
    assert lib.Trouble.severity == 3
    assert lib.Trouble.__name__ == "Trouble"
    made = lib.Trouble(7, hint="?")
    assert isinstance(made, lib.Trouble)
    assert (made.code, str(made)) == (7, "trouble")
    with pytest.raises(TypeError, match="hint"):
        raise lib.Trouble(7)


def test_properties_and_methods_of_an_exception_are_asked_over_there(lib):
    with pytest.raises(lib.Trouble) as caught:
        lib.fail()
    assert caught.value.doubled == 8
    assert caught.value.explain("why") == "why!"
    assert not hasattr(caught.value, "missing")


def test_exception_that_goes_back_is_the_very_object(lib):
    with pytest.raises(lib.Trouble) as caught:
        lib.fail()
    assert lib.same(caught.value)
    assert lib.take(caught.value) is caught.value
    assert lib.kept[-1] is caught.value


def test_exception_of_the_library_passes_a_callback_as_the_very_object(lib):
    def callback():
        lib.fail()

    with pytest.raises(lib.Trouble) as caught:
        lib.call(callback)
    assert lib.same(caught.value)


def test_exception_of_a_callback_comes_back_as_the_very_object(lib):
    class OwnError(LookupError):
        def __init__(self, code: int) -> None:
            super().__init__("own", code)
            self.code = code

    original = OwnError(5)

    def fail():
        raise original

    with pytest.raises(OwnError) as caught:
        lib.call(fail)
    assert caught.value is original
    shown = "".join(traceback.format_exception(original))
    assert "Remote traceback (worker" in shown
    assert "in fail" in shown
    with pytest.raises(RuntimeError, match="wrapped") as caught:
        lib.wrap(fail)
    assert caught.value.__cause__ is original
    assert shown.count("Traceback (most recent") == 2
    assert "snakebridge" not in original.__notes__[0]
    module, name, text, args, state = lib.swallow(fail)
    assert (module, name.rpartition(".")[2]) == (__name__, "OwnError")
    assert (text, args, state) == ("('own', 5)", ("own", 5), {"code": 5})


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("k"), OSError(2, "gone"), StopIteration(3)], ids=repr)
def test_builtin_exception_of_a_callback_is_exactly_that_class_over_there(lib, error):
    def fail():
        raise error

    module, name, text, args, _ = lib.swallow(fail)
    assert (module, name, text, args) == ("builtins", type(error).__name__, str(error), error.args)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_programs_passes_the_library_as_itself(lib, kind):
    original = kind("stop")

    def fail():
        raise original

    with pytest.raises(kind) as caught:
        lib.call(fail)
    assert caught.value is original
    assert lib.call(lambda: 5) == 5


def test_exception_passed_as_an_argument_and_returned_is_the_same(lib):
    original = ValueError("mine")
    assert lib.take(original) is original
    assert lib.kept[-1] is original
    assert lib.swallow(lambda: None) is None


def test_released_exceptions_leave_nothing_behind(client, lib):
    def work():
        for _ in range(20):
            with pytest.raises(ValueError, match="mine"):
                lib.call(lambda: int("mine"))
            with pytest.raises(ZeroDivisionError):
                client.call("operator:truediv", 1, 0)

    client.call("builtins:len", lib.kept)
    work()
    gc.collect()
    before = {each.type: each.count for each in client.references()}
    exported = len(client.pool.exports)
    work()
    gc.collect()
    client.call("gc:collect")
    client.call("math:sqrt", 1)
    assert {each.type: each.count for each in client.references()} == before
    assert len(client.pool.exports) <= exported + 2


def test_groups_arrive_as_groups_and_split(client):
    source = "def fail():\n raise ExceptionGroup('both', [ValueError(1), KeyError(2)])"
    if client.call("operator:itemgetter", 1)(client.module("sys").version_info) < 11:
        pytest.skip("this target has no groups")
    seen = []
    try:
        make_module(client, source).fail()
    except* ValueError as group:
        seen += [each.args for each in group.exceptions]
    except* KeyError as group:
        seen += [each.args for each in group.exceptions]
    assert seen == [(1,), (2,)]


# --- with blocks ------------------------------------------------------------------------------------------------------


def test_block_entered_gives_the_object_itself(lib):
    manager = lib.Manager()
    with manager as entered:
        assert entered is manager
    assert manager.seen is None
    assert manager.kind is None


def test_block_sees_the_exception_of_the_library_itself(lib):
    manager = lib.Manager()
    with pytest.raises(lib.Trouble), manager:
        lib.fail()
    assert manager.same
    assert manager.traced
    assert manager.kind == "Trouble"


def test_block_sees_an_exception_of_the_host_and_may_swallow_it(lib):
    original = KeyError("k", 2)
    original.extra = 1
    manager = lib.Manager(swallows=True)
    with manager:
        raise original
    assert manager.kind == "KeyError"
    assert manager.seen is original
    manager.swallows = False
    with pytest.raises(KeyError) as caught, manager:
        raise original
    assert caught.value is original


def test_generator_based_manager_rolls_back_commits_and_swallows(lib, client):
    log = client.call("collections:deque")
    with lib.transaction(log):
        pass
    with pytest.raises(lib.Trouble) as caught, lib.transaction(log):
        lib.fail(code=9)
    assert lib.same(caught.value)
    with lib.transaction(log):
        raise KeyError("gone")
    own = ValueError("other")
    with pytest.raises(ValueError, match="other") as other, lib.transaction(log):
        raise own
    assert other.value is own
    assert list(log) == ["begin", "commit", "begin", "rollback 9", "begin", "swallowed", "begin"]


def test_asynchronous_block_sees_the_exception(lib):
    async def main():
        manager = lib.AsyncManager(swallows=True)
        async with manager as entered:
            assert entered is manager
            raise KeyError("k")
        return manager

    assert asyncio.run(main()).kind == "KeyError"
