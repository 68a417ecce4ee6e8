"""What a worker holds for its host, and what it does with it: references, their types, operators."""

from __future__ import annotations

import collections
import weakref

import pytest

from snakebridge_guest.wire.operators import OPERATORS, UNIVERSAL
from snakebridge_guest.worker._references import References
from snakebridge_guest.worker._refusal import Full, Stale


def test_the_same_object_is_the_same_number_until_all_uses_are_released():
    references, value = References(), object()
    number = references.add(value, 0)
    assert [references.add(value, 0) for _ in range(3)] == [number] * 3
    references.release([number, 3])
    assert references.get(number) is value
    references.release([number, 1])
    with pytest.raises(Stale, match="released"):
        references.get(number)
    assert len(references) == 0
    references.release([number, 1, 999, 5])  # a release that comes twice, or of nothing, is harmless
    assert references.add(value, 0) != number  # numbers are never used again


def test_equal_objects_are_not_the_same():
    references = References()
    assert references.add([], 0) != references.add([], 0)


def test_release_that_crosses_a_new_use_keeps_the_object():
    references, value = References(), object()
    number = references.add(value, 0)
    references.add(value, 0)  # sent again while the release of the first is on its way
    references.release([number, 1])
    assert references.get(number) is value


def test_objects_of_a_session_end_with_it_and_no_others():
    references, value = References(), object()
    outside, first, second = (references.add(value, session) for session in (0, 1, 2))
    assert len({outside, first, second}) == 3
    references.end_session(1)
    with pytest.raises(Stale, match="session ended"):
        references.get(first)
    assert references.get(outside) is references.get(second) is value
    references.end_session(1)
    assert references.add(value, 2) == second


def test_table_keeps_what_it_refers_to_alive():
    class Thing:
        pass

    references, thing = References(), Thing()
    dead = weakref.ref(thing)
    number = references.add(thing, 0)
    del thing
    assert dead() is not None
    references.release([number, 1])
    assert dead() is None


class Blocked(list):
    __reversed__ = None
    __hash__ = None


def test_type_is_described_once_with_what_it_can_do():
    references = References()
    told: set[int] = set()
    number, (address, mro, operators, bases, fields) = references.describe_type(collections.OrderedDict, told)
    assert address == "collections:OrderedDict"
    assert mro == ["collections:OrderedDict", "builtins:dict", "builtins:object"]
    assert {"__len__", "__getitem__", "__setitem__", "__or__", "__reversed__", "unhashable"} <= set(operators)
    assert "__call__" not in operators
    assert bases == []
    assert fields is None
    assert references.describe_type(KeyError, told)[1][3] == [[1], [2], [3], [4], []]
    assert references.describe_type(collections.OrderedDict, told) == (number, None)
    assert references.describe_type(collections.Counter, told)[0] != number


def test_operator_that_a_subclass_blocks_is_not_described():
    operators = References().describe_type(Blocked, set())[1][2]
    assert "__reversed__" not in operators
    assert "__iter__" in operators


def test_operators_of_the_metaclass_are_not_those_of_the_instances():
    class Meta(type):
        def __len__(cls) -> int:
            return 3

    assert "__len__" not in References().describe_type(Meta("Plain", (), {}), set())[1][2]


class Recorder:
    """Answers every binary operator with its name and side."""


def record(name: str):
    return lambda self, other: (name, type(other).__name__)


BINARY = [
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "lshift",
    "rshift",
    "and",
    "xor",
    "or",
    "divmod",
    "pow",
]
for each in BINARY:
    for prefix in ("", "r", "i"):
        setattr(Recorder, f"__{prefix}{each}__", record(prefix + each))


@pytest.mark.parametrize("name", BINARY)
def test_binary_operators_go_to_the_side_they_name(name):
    value = Recorder()
    assert OPERATORS[f"__{name}__"](value, 1) == (name, "int")
    # Reflected: the other operand stands left, as in `1 + value`.
    assert OPERATORS[f"__r{name}__"](value, 1) == ("r" + name, "int")
    if name != "divmod":
        assert OPERATORS[f"__i{name}__"](value, 1) == ("i" + name, "int")


UNARY = {
    "__len__": ([1, 2], (), 2), "__bool__": ([], (), False), "__neg__": (2, (), -2), "__pos__": (True, (), 1),
    "__abs__": (-2, (), 2), "__invert__": (0, (), -1), "__int__": (2.7, (), 2), "__float__": (2, (), 2.0),
    "__complex__": (2, (), 2 + 0j), "__index__": (True, (), 1), "__bytes__": ([1], (), b"\x01"),
    "__format__": (3, ("04d",), "0003"), "__round__": (2.567, (1,), 2.6), "__contains__": ("abc", ("b",), True),
    "__getitem__": ({"a": 1}, ("a",), 1), "__call__": (max, (1, 2), 2), "__lt__": (1, (2,), True),
    "__ge__": (1, (2,), False), "__pow__": (2, (5, 7), 4), "__rpow__": (2, (5,), 25), "__rsub__": (2, (5,), 3),
    "__rdivmod__": (3, (10,), (3, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_operators_go_through_the_language(name):
    value, arguments, expected = UNARY[name]
    found = OPERATORS[name](value, *arguments)
    assert (found, type(found)) == (expected, type(expected))


def test_what_every_object_has_is_asked_of_its_type():
    class Odd:
        def __repr__(self) -> str:
            return "odd"

    odd = Odd()
    odd.__dict__["__repr__"] = lambda: "instance"
    assert UNIVERSAL["__repr__"](odd) == UNIVERSAL["__str__"](odd) == "odd"
    assert UNIVERSAL["__hash__"](odd) == hash(odd)
    assert UNIVERSAL["__eq__"](1, 1.0) is True
    assert not set(UNIVERSAL) & set(OPERATORS)


class Manager:
    """Notes how it was left."""

    def __exit__(self, kind, value, trace) -> bool:
        self.left = kind, value, trace
        return True


def test_leaving_without_an_exception():
    manager = Manager()
    assert OPERATORS["__exit__"](manager) is True
    assert manager.left == (None, None, None)


@pytest.mark.parametrize("given", [(None,), (KeyError,), ("a stand-in",)], ids=str)
def test_leaving_by_an_exception_tells_its_own_class_and_traceback(given):
    """What the host says of them stands for things over there."""
    manager = Manager()
    try:
        raise KeyError("why")  # noqa: TRY301 - it needs a traceback
    except KeyError as caught:
        error = caught
    assert OPERATORS["__exit__"](manager, *given, error, None) is True
    assert manager.left == (KeyError, error, error.__traceback__)


def test_references_beyond_the_limit_are_refused_and_none_is_evicted():
    references = References()
    references.limit = 3
    kept = [object(), [], []]
    numbers = [references.add(value, 0) for value in kept]
    with pytest.raises(
        Full, match=r"collections:deque.*its 3 references already \(2 x builtins:list, 1 x builtins:object"
    ):
        references.add(collections.deque(), 0)
    assert [references.get(number) for number in numbers] == kept
    assert references.add(kept[0], 0) == numbers[0]  # what is known is no new one
    references.release([numbers[1], 1])
    references.add(collections.deque(), 0)


def test_limit_of_a_session_is_its_own():
    references = References()
    references.add([], 1)
    references.limit_session(1, 2)
    first = references.add([], 1)
    with pytest.raises(Full, match="this session has its 2"):
        references.add([], 1)
    references.add([], 2)
    references.release([first, 1])
    references.add([], 1)
    references.end_session(1)
    references.add([], 1)
    assert references.add(ValueError(), 1, limited=False)


def test_census_counts_types_the_most_frequent_first():
    references = References()
    numbers = [references.add(value, session) for value, session in (([], 1), ({}, 1), ([], 2), (set(), 2))]
    assert references.census(None) == [["builtins:list", 2, []], ["builtins:dict", 1, []], ["builtins:set", 1, []]]
    assert references.census(1, detailed=True) == [
        ["builtins:dict", 1, [numbers[1]]],
        ["builtins:list", 1, [numbers[0]]],
    ]
