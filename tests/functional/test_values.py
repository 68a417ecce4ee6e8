"""What is a value arrives exactly: the same type, the same value."""

from __future__ import annotations

import array
import datetime as dt
import decimal
import fractions
import math
import pathlib
import uuid
import zoneinfo

import pytest

UTC = dt.UTC
EXACT = [
    None, True, False, 0, -1, 255, 2**31, 2**63 - 1, -(2**63), 2**64, -(2**64), 10**100,
    0.0, -0.0, 1.5, math.inf, -math.inf, 5e-324, 1 + 2j, complex(-0.0, math.inf),
    "", "plain", "ünï\x00code \U0001f40d", "lone \udc80 surrogate", b"", b"\x00\xff", bytearray(b"ab"), bytearray(),
    [], [1, [2, [3]]], (), (1, (2,)), ([1], {"a": (2,)}), set(), {1, "a", (2, 3)}, frozenset({1, frozenset({2})}),
    {}, {"a": 1}, {1: 2, None: 3, (1, 2): [4], 1.5: 5, b"k": 6, frozenset({7}): 8}, {"type": 22, "data": b"\xc7"},
    range(10), range(5, 0, -2), slice(1, None, 2), slice("a", (1,)), ..., NotImplemented,
    dt.date(2024, 2, 29), dt.time(23, 59, 59, 999999), dt.time(1, fold=1), dt.timedelta(-1, 1, 1),
    dt.datetime(2024, 1, 2, 3, 4, 5, 6), dt.datetime(2024, 1, 2, tzinfo=UTC), dt.datetime(2024, 1, 2, fold=1),
    dt.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")),
    dt.timezone(dt.timedelta(hours=-3, minutes=-30), "named"), UTC,
    decimal.Decimal("1.20"), decimal.Decimal("-0"), decimal.Decimal("Infinity"), decimal.Decimal("sNaN123"),
    fractions.Fraction(-1, 3), uuid.UUID(int=5), pathlib.PurePosixPath("/a/../b"), pathlib.PureWindowsPath("c:/x"),
    array.array("i", [1, -2]), array.array("d"), [array.array("B", b"ab")],
    pathlib.Path("rel/ative"), [list(range(5000)), ["x" * 70_000]],
]  # fmt: skip


def shown(value: object) -> str:
    """Return a text that tells equal values of different types, and different zeros, apart."""
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__}{sorted(map(shown, value))}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(shown, value))})"
    if isinstance(value, dict):
        return f"{type(value).__name__}({', '.join(f'{shown(k)}: {shown(v)}' for k, v in value.items())})"
    return f"{type(value).__module__}.{type(value).__name__} {value!r}"


@pytest.mark.parametrize("value", EXACT, ids=lambda value: shown(value)[:40])
def test_value_round_trips_exactly(client, value):
    assert shown(client.call("copy:deepcopy", value)) == shown(value)


def test_nan_keeps_its_sign(client):
    assert math.copysign(1, client.call("copy:copy", -math.nan)) == -1
    assert math.isnan(client.call("copy:copy", math.nan))


def test_keyword_arguments_arrive(client):
    assert client.call("json:dumps", {"b": 1, "a": [None]}, sort_keys=True, indent=None) == '{"a": [null], "b": 1}'


def test_large_value_travels(client):
    data = bytes(range(256)) * 40_000
    assert client.call("copy:copy", data) == data


def test_subclass_is_not_flattened(client):
    counter = client.call("collections:Counter", "aab")
    assert type(counter) is not dict
    assert counter["a"] == 2
    assert client.call("builtins:isinstance", counter, dict)


def test_container_keeps_its_shape_when_a_leaf_cannot_travel(client):
    first, (second, third) = client.call("builtins:eval", "[1, (object(), {'k': 2})]")
    assert (first, third) == (1, {"k": 2})
    assert repr(second).startswith("<object object at")


def test_shared_list_becomes_a_reference(client):
    shared = client.call("builtins:eval", "(lambda inner: [inner, inner])([])")
    assert not isinstance(shared, list)
    assert client.call("builtins:eval", "lambda pair: pair[0] is pair[1]")(shared)


def test_cycle_becomes_a_reference(client):
    cycle = client.call("builtins:eval", "(lambda value: (value.append(value), value)[1])([])")
    assert len(cycle) == 1
    assert cycle[0] == cycle


def test_deep_nesting_becomes_a_reference_and_breaks_nothing(client):
    deep = client.call("functools:reduce", lambda value, _: [value], range(150), [])
    assert len(deep) == 1
    assert client.call("math:sqrt", 4) == 2
