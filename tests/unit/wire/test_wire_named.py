"""Which classes are plain named tuples."""

from __future__ import annotations

import collections
import difflib
import inspect
import typing
import urllib.parse

import pytest

from snakebridge_guest.wire import named
from snakebridge_guest.wire.codec import Codec, MalformedError

Plain = collections.namedtuple("Plain", "item other", defaults=[1])  # noqa: PYI024 - the class that is meant


class Typed(typing.NamedTuple):
    """With a docstring."""

    item: int
    other: str = "x"


class WithMethod(typing.NamedTuple):
    """With a method that has the name of a field elsewhere."""

    a: int

    def item(self) -> int:
        return self.a


class WithRepr(typing.NamedTuple):
    """With a text of its own."""

    a: int

    def __repr__(self) -> str:
        return "mine"


class Heir(Plain):
    """An heir."""


class Other(tuple):
    """A tuple that says it has fields."""

    __slots__ = ()
    _fields = ("a",)


def replaced() -> type:
    kind = collections.namedtuple("kind", "a")  # noqa: PYI024 - as above
    kind.__new__ = lambda cls, a: tuple.__new__(cls, (a, a))
    return kind


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Plain, ("item", "other")),
        (Typed, ("item", "other")),
        (collections.namedtuple("Empty", ""), ()),  # noqa: PYI024 - as above
        (difflib.Match, ("a", "b", "size")),
        (inspect.FullArgSpec, inspect.FullArgSpec._fields),
        (WithMethod, None),
        (WithRepr, None),
        (Heir, None),
        (Other, None),
        (urllib.parse.ParseResult, None),
        (replaced(), None),
        (tuple, None),
        (dict, None),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_plain_named_tuples_are_told_apart(kind, fields):
    assert named.fields_of(kind) == fields
    assert named.fields_of(kind) == fields  # and again, from memory


def test_other_number_of_items_is_refused():
    with pytest.raises(ValueError, match="Plain is no plain named tuple of 1 items"):
        named.make(Plain, [1])


def test_named_tuple_with_bad_payload_is_malformed():
    codec = Codec(lambda value: (22, [0]), lambda _code, payload: named.make(*payload), name=lambda _: "name")
    with pytest.raises(MalformedError):
        codec.loads(codec.dumps(Plain(1, 2)))
