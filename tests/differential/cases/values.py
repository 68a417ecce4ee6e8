"""Values cross both ways: as arguments, inside containers, and as results."""

import datetime
import decimal
import fractions
import math
import pathlib
import uuid

from differential.registry import add, case

VALUES = {
    "none": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "2**63": 2**63,
    "2**64": 2**64,
    "-2**200": -(2**200),
    "float": 1.5,
    "negative zero": -0.0,
    "infinity": math.inf,
    "nan": math.nan,
    "smallest float": 5e-324,
    "complex": complex(-0.0, math.inf),
    "text": "text",
    "empty text": "",
    "astral text": "\U0001f40d",
    "lone surrogate": "\udc80",
    "nul": "a\0b",
    "bytes": b"\0\xff",
    "bytearray": bytearray(b"ab"),
    "list": [1, [2, [3]]],
    "tuple": (1, (2,), ()),
    "set": {1, 2},
    "frozenset": frozenset({1}),
    "dict": {"a": 1, 2: "b"},
    "dict of odd keys": {None: 1, (1, 2): 2, 1.5: 3, b"b": 4, frozenset({1}): 5, True: 6},
    "nested": {"a": [{"b": ({1}, [None])}]},
    "empty containers": [[], (), {}, set(), frozenset()],
    "date": datetime.date(2024, 2, 29),
    "time": datetime.time(1, 2, 3, 4, fold=1),
    "datetime": datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
    "datetime in a zone": datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone(datetime.timedelta(hours=2), "two")),
    "timedelta": datetime.timedelta(-1, 5, 7),
    "timezone": datetime.timezone.utc,
    "decimal": decimal.Decimal("-0.00"),
    "decimal nan": decimal.Decimal("sNaN12"),
    "fraction": fractions.Fraction(-1, 3),
    "uuid": uuid.UUID(int=3),
    "path": pathlib.PurePosixPath("/a/b"),
    "windows path": pathlib.PureWindowsPath("c:/a"),
    "range": range(1, 10, 3),
    "slice": slice(1, None, 2),
    "ellipsis": Ellipsis,
    "not implemented": NotImplemented,
    "like our own encoding": {"__type__": "list", "$ref": 1, b"\xc7": [22, 1]},
    "deep": [[[[[[[[[[1]]]]]]]]]],
    "long": list(range(3000)),
}


def _there_and_back(value):
    return lambda lib: [
        lib("circus.acts").same(value),
        lib("circus.acts").type_name(value),
        lib("circus.acts").juggle(value, only=value, more=[value]),
        lib("builtins").repr(value),
        lib("copy").deepcopy([value]),
        lib("types").SimpleNamespace(value=value).value,
    ]


for _name, _value in VALUES.items():
    add("values/" + _name, _there_and_back(_value))


@case
def shared_list(lib):
    inner = [1]
    left, right = lib("circus.acts").same([inner, inner])
    return [left, right, left is right]


@case
def shared_list_seen_over_there(lib):
    inner = [1]
    return lib("builtins").eval("lambda pair: pair[0] is pair[1]")([inner, inner])


@case
def cycle(lib):
    loop = [1]
    loop.append(loop)
    back = lib("circus.acts").same(loop)
    return [len(back), back[0], back[1] is back, back is loop]


@case
def argument_is_a_copy(lib):
    items = [1]
    return [lib("circus.acts").mutate(items), items]


@case(alters=True)
def result_is_a_copy(lib):
    shared = lib("circus.shared")
    shared.items().append("mine")
    return list(shared.items())


@case(alters=True)
def live_result(lib):
    shared = lib("circus.shared")
    shared.add("one")
    shared.add(["two"])
    return [shared.items(), shared.ITEMS, shared.add(None)]


@case
def subclasses_are_not_flattened(lib):
    magic = lib("circus.magic")
    made = [
        magic.Number(5),
        magic.Text("t"),
        magic.Listed([1]),
        magic.Mapped(a=1),
        magic.Pair((1, 2)),
        magic.Blob(b"b"),
    ]
    return [[type(each).__name__, lib("circus.acts").type_name(each), repr(each)] for each in made]


@case
def subclass_methods(lib):
    magic = lib("circus.magic")
    text, number, pair = magic.Text("t").shout(), magic.Number(4).twice(), magic.Pair((1, 2))
    return [str(text), type(text).__name__, int(number), number.unit, pair.left, magic.Listed([1, 2]).total()]


@case
def missing_key_hook(lib):
    mapped = lib("circus.magic").Mapped(a=1)
    return [mapped["a"], mapped["b"], mapped.get("b"), "b" in mapped, len(mapped)]


@case
def object_in_a_container(lib):
    kinds = lib("circus.kinds")
    found = lib("circus.acts").same([kinds.Real(), {"key": kinds.Real()}, (kinds.Real(), 1)])
    return [
        found[0].run(),
        found[1]["key"].run(),
        found[2][0].run(),
        found[2][1],
        [type(each).__name__ for each in found],
    ]


@case
def object_as_a_key(lib):
    seat = lib("circus.kinds").Seat(1, 2)
    table = lib("circus.acts").same({seat: "taken"})
    return [table[seat], seat in table, lib("circus.kinds").Seat(1, 2) in table]


@case
def mutation_by_the_library(lib):
    items = [3, 1, 2]
    lib("heapq").heapify(items)
    return items


@case
def shuffle(lib):
    items = list(range(5))
    lib("random").Random(3).shuffle(items)
    return items


@case
def insort(lib):
    items = [1, 3]
    lib("bisect").insort(items, 2)
    return items


@case
def readinto(lib):
    buffer = bytearray(3)
    return [lib("io").BytesIO(b"abc").readinto(buffer), buffer]
