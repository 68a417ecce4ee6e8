"""What is passed to the library and called back: kinds of callables, arguments, identity, and what is left behind."""

from __future__ import annotations

import functools
import gc
import sys

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import ReferenceLimitError, StaleReferenceError

ANSWERS = """
from collections import Counter

def too_many(function):
    function(Counter("aab"))
    return [Counter() for _ in range(9)]

def fail():
    error = ValueError("because of it")
    error.counted = Counter("aab")
    raise error
"""

SOURCE = """
kept = []

def call(function, *args, **kwargs):
    return function(*args, **kwargs)

def keep(thing):
    kept.append(thing)

def again(*args):
    return kept[-1](*args)

def same(*things):
    return all(each is things[0] for each in things)

def is_kept(thing):
    return kept[-1] is thing

def drop():
    kept.clear()

def many(function, count):
    for number in range(count):
        function(number, [number])
    return count

def swap(items):
    items[0], items[-1] = items[-1], items[0]
    items.append(len(items))
    items.sort()
    return items

def describe(thing):
    return callable(thing), hasattr(thing, "__len__"), repr(thing)

def name(function):
    return function.__name__
"""


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


class Counter:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def note(self, *args: object, **kwargs: object) -> tuple[object, ...]:
        self.seen.append((args, kwargs))
        return args

    def __call__(self, one: int, two: int = 2, *rest: int, key: str = "k", **named: object) -> object:
        return one, two, rest, key, named


CALLABLES = {
    "function": (lambda: lambda one, two=2, *rest, key="k", **named: (one, two, rest, key, named)),
    "callable object": Counter,
    "bound method": lambda: Counter().__call__,
    "partial": lambda: functools.partial(Counter()),
    "partial of a method": lambda: functools.partial(Counter().__call__),
}


@pytest.mark.parametrize("kind", CALLABLES)
def test_callable_takes_arguments_as_locally(lib, kind):
    function = CALLABLES[kind]()
    assert lib.call(function, 1) == (1, 2, (), "k", {})
    assert lib.call(function, 1, 5, 6, key="x", other=[7]) == (1, 5, (6,), "x", {"other": [7]})
    assert lib.call(function, one=3, value=4) == (3, 2, (), "k", {"value": 4})
    with pytest.raises(TypeError, match="one"):
        lib.call(function)


def test_builtins_and_classes_of_the_host_are_called_back(lib):
    class Made:
        def __init__(self, number: int) -> None:
            self.number = number

    made = lib.call(Made, 4)
    assert (type(made), made.number) == (Made, 4)
    items: list[int] = []
    assert lib.call(items.append, 3) is None
    assert items == [3]


def test_name_of_a_function_is_known(lib):
    def odd_name() -> None: ...

    assert lib.name(odd_name) == "odd_name"
    with pytest.raises(AttributeError):
        lib.name(functools.partial(odd_name))


# --- identity ---------------------------------------------------------------------------------------------------------


def test_same_object_is_the_same_stand_in_while_it_is_held(lib):
    thing = Counter()
    assert lib.same(thing, thing)
    lib.keep(thing)
    assert lib.is_kept(thing)
    assert lib.call(lambda: lib.is_kept(thing))
    assert not lib.is_kept(Counter())
    assert lib.kept[-1] is thing
    lib.drop()


def test_object_comes_back_as_itself_in_containers_and_from_callbacks(lib):
    thing, seen = Counter(), []
    assert lib.call(seen.append, {"deep": [thing]}) is None
    assert seen[0]["deep"][0] is thing
    assert lib.call(lambda: (thing, [thing]))[1][0] is thing


def test_stand_in_can_be_called_only_if_the_object_can(lib):
    assert lib.describe(sb.share([1]))[:2] == (False, True)
    assert lib.describe(object())[0] is False
    assert lib.describe(print)[0] is True


# --- shared values ----------------------------------------------------------------------------------------------------


def test_shared_list_is_changed_in_place(lib):
    items = [3, 1, 2]
    assert lib.swap(sb.share(items)) is items
    assert items == [1, 2, 3, 3]


def test_shared_value_inside_a_container_is_the_only_reference(lib):
    items, seen = {"a": 1}, []

    def look(pair: object) -> None:
        seen.append(pair)

    lib.call(look, [sb.share(items), {"b": 2}])
    assert seen[0][0] is items
    assert seen[0][1] == {"b": 2}


def test_shared_dict_has_the_operators_of_its_class(client):
    table = {"a": 1}
    assert client.call("operator:contains", sb.share(table), "a") is True
    client.call("operator:setitem", sb.share(table), "b", 2)
    client.call("operator:delitem", sb.share(table), "a")
    assert table == {"b": 2}
    assert client.call("builtins:list", sb.share(table)) == ["b"]
    assert client.call("builtins:dict", sb.share(table)) == {"b": 2}
    assert client.call("operator:eq", sb.share(table), {"b": 2}) is True
    with pytest.raises(TypeError):
        client.call("builtins:abs", sb.share(table))


def test_shared_number_and_text_stay_references(lib, client):
    big = 10**30
    assert lib.call(lambda: sb.share(big)) is big
    assert client.call("operator:add", sb.share(40), 2) == 42


# --- lifetimes --------------------------------------------------------------------------------------------------------


def test_nothing_is_left_after_ten_thousand_callbacks(client, lib):
    gc.collect()
    client.call("gc:collect")
    client.call("math:sqrt", 1)
    before = len(client.pool.exports)
    thing = Counter()
    assert lib.many(lambda number, _items: (thing, object()) if number % 50 == 0 else number, 10_000) == 10_000
    client.call("gc:collect")
    client.call("math:sqrt", 1)
    client.call("math:sqrt", 1)
    assert len(client.pool.exports) <= before
    assert sum(len(worker.exported) for worker in client.pool.workers) <= before


def test_callback_that_the_library_kept_works_in_later_calls(lib):
    lib.keep(lambda number: number + 1)
    gc.collect()
    assert lib.again(1) == 2
    lib.drop()


def test_callback_whose_session_has_ended_fails_at_once(client, lib):
    with client.session():
        lib.keep(lambda: "never")
        assert lib.again() == "never"
    with pytest.raises(StaleReferenceError, match="passed in a session which has ended"):
        lib.again()
    lib.drop()


def test_objects_passed_in_a_session_are_let_go_at_its_end(client, lib):
    before = len(client.pool.exports)
    with client.session():
        thing = Counter()
        lib.keep(thing)
        held = sys.getrefcount(thing)
    client.call("math:sqrt", 1)
    assert len(client.pool.exports) == before
    assert sys.getrefcount(thing) < held
    lib.drop()


@pytest.mark.parametrize("how", ["passed", "raised"])
def test_reference_stays_when_a_later_answer_cannot_be_made(target, link, how):
    with sb.connect(python=target, link=link, max_references=4, timeout=60) as client:
        module = make_module(client, ANSWERS)
        kept = []
        if how == "raised":
            with pytest.raises(ValueError, match="of it") as caught:
                module.fail()
            kept.append(caught.value.counted)
        with pytest.raises(ReferenceLimitError):
            module.too_many(kept.append if how == "passed" else len)
        assert len(kept[0]) == 2
