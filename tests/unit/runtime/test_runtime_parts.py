"""Small parts of the runtime by themselves: defaults, worker output, stand-ins, exports, API numbers."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from snakebridge import support
from snakebridge.errors import ConfigurationError, GeneratedCodeError, StaleReferenceError
from snakebridge.runtime import API, Library
from snakebridge.runtime._objects.exports import Exports, Holder
from snakebridge.runtime._objects.translation import Outgoing, operators_of
from snakebridge.support import DEFAULT, given, tail

# --- defaults --------------------------------------------------------------------------------------------------------


UNTOUCHED = {"none": None, "int": 3, "float": 1.5, "text": "x" * 40, "bytes": b"x", "default": DEFAULT, "nan": math.nan}


@pytest.mark.parametrize("kind", UNTOUCHED)
def test_untouched_default_is_not_sent(kind):
    assert given(one=(UNTOUCHED[kind], UNTOUCHED[kind])) == {}
    assert tail((UNTOUCHED[kind], UNTOUCHED[kind])) == ()


TOUCHED = {
    "another value": (2, 1), "another type": (True, 1), "float for int": (1.0, 1), "text for bytes": ("x", b"x"),
    "none": (None, DEFAULT), "an equal list": ([1], (1,)), "negative zero": (-0.0, 0.0), "zero": (0.0, -0.0),
    "complex zero": (complex(0, -0.0), 0j),
}  # fmt: skip


@pytest.mark.parametrize("kind", TOUCHED)
def test_what_is_not_exactly_the_default_is_sent(kind):
    value, default = TOUCHED[kind]
    assert repr(given(one=(value, default))) == repr({"one": value})
    assert repr(tail((value, default))) == repr((value,))


def test_equal_value_made_elsewhere_is_untouched():
    assert given(one=(str(b"ab", "ascii"), "ab"), two=(int("1000"), 1000)) == {}


def test_value_whose_comparison_is_odd_is_sent():
    class Array:
        def __eq__(self, other: object) -> bool:
            raise ValueError("ambiguous")

        __hash__ = None

    array = Array()
    assert given(one=(array, 1)) == {"one": array}
    assert tail((array, None)) == (array,)


def test_positional_values_are_sent_up_to_the_last_touched_one():
    assert tail((1, 1), (5, 2), (3, 3)) == (1, 5)
    assert tail() == ()


def test_unknown_default_before_a_given_value_is_refused():
    assert tail((1, DEFAULT), (DEFAULT, DEFAULT)) == (1,)
    with pytest.raises(TypeError, match="must be given as well"):
        tail((DEFAULT, DEFAULT), (5, 2))


def test_default_shows_as_its_name():
    assert repr(DEFAULT) == "DEFAULT"
    assert support.API == API


# --- stand-ins over there --------------------------------------------------------------------------------------------


class Basket(list):
    __reversed__ = None
    __hash__ = None

    def __call__(self) -> int:
        return 1

    @property
    def __secret__(self) -> int:
        return 1


def test_operators_of_a_class_are_those_it_can_do():
    operators = operators_of(Basket)
    assert {"__len__", "__call__", "__getitem__"} <= set(operators)
    assert operators == sorted(operators)
    assert not {"__hash__", "__secret__"} & set(operators)
    assert operators_of(object) == []


def test_operator_that_a_class_blocks_is_not_offered():
    assert "__reversed__" not in operators_of(Basket)


# --- exports ---------------------------------------------------------------------------------------------------------


class PoolOfExports:
    """As much of a pool as encoding needs."""

    def __init__(self) -> None:
        self.exports = Exports()
        self.values: frozenset[str] = frozenset()


def test_exported_object_is_found_until_it_is_released():
    exports, thing, other = Exports(), object(), object()
    number = exports.add(thing)
    holder = Counter([number])
    assert exports.add(thing) == number != exports.add(other)
    exports.release(number)
    assert exports.get(number, holder) is thing
    exports.release(number)
    with pytest.raises(StaleReferenceError, match="session"):
        exports.get(number, holder)
    assert len(exports) == 1
    assert exports.add(thing) != number


def test_exported_object_is_released_with_the_worker_that_had_it():
    exports, held, also = Exports(), Holder(), Holder()
    number = exports.add(object())
    exports.give(held, [number])
    exports.give(also, [exports.add(exports.get(number, held))])
    exports.release_all(held)
    assert (len(exports), len(held)) == (1, 0)
    exports.take_back(also, [number, 1])
    assert (len(exports), len(also)) == (0, 0)


def test_object_on_its_way_to_a_worker_that_ends_is_released():
    exports, holder = Exports(), Holder()
    number = exports.add(object())
    exports.release_all(holder)
    exports.give(holder, [number])
    assert (len(exports), len(holder)) == (0, 0)


def test_worker_reaches_and_releases_only_what_it_was_sent():
    exports, thing, owner, stranger = Exports(), object(), Holder(), Holder()
    exports.give(owner, [exports.add(thing)])
    (number,) = owner
    for ask in (exports.get, exports.stream):
        with pytest.raises(StaleReferenceError, match="never passed to that worker"):
            ask(number, stranger)
    for count in (1, 10**9, -1):
        exports.take_back(stranger, [number, count])
    assert (exports.get(number, owner), len(stranger)) == (thing, 0)
    exports.take_back(owner, [number, -5])
    exports.take_back(owner, [number, 2])
    assert (len(exports), len(owner)) == (0, 0)


def test_arguments_that_cannot_be_encoded_leave_nothing_behind():
    class Broken(support.RemoteObject):
        """A generated class whose constructor failed."""

        __slots__ = ()

    pool = PoolOfExports()
    with pytest.raises(TypeError, match="constructor failed"):
        Outgoing().call(pool, (object(), [len], Broken.__new__(Broken)), None)
    assert len(pool.exports) == 0
    _, tie, exported, *_ = Outgoing().call(pool, (object(), [len]), {"key": print})
    assert tie is None
    assert len(pool.exports) == len(exported) == 3


def test_argument_that_goes_by_reference_as_a_whole_exports_itself_alone():
    pool, shared = PoolOfExports(), []
    value = [object(), shared, shared]
    _, _, exported, *_ = Outgoing().call(pool, (value,), None)
    assert [id(pool.exports.get(each, Counter(exported))) for each in exported] == [id(value)]


# --- generated packages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", [API - 1, API + 1])
def test_package_for_another_api_is_refused_with_the_mend(api, tmp_path):
    with pytest.raises(GeneratedCodeError, match="snakebridge generate zoo") as caught:
        Library(
            "zoo",
            package=f"zoo_{api}",
            file=str(tmp_path / "zoo" / "__init__.py"),
            api=api,
            version="1",
            manifest="",
            types={},
        )
    assert isinstance(caught.value, ConfigurationError)
    assert str(api) in str(caught.value)


def test_package_knows_its_folder_and_adapter(tmp_path):
    for name, parts in (("zoo_alone", ["zoo_alone"]), ("zoo_part.inner", ["zoo_part", "inner"])):
        file = tmp_path.joinpath(*parts, "__init__.py")
        library = Library(name, package=f"made.{name}", file=str(file), api=API, version=None, manifest="", types={})
        assert library.folder == tmp_path.resolve()
        assert library.adapter == str(file.resolve().parent / "_adapter.py")
        assert library.find_class("elsewhere:Thing") is None
