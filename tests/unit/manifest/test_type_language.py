"""The type language: one canonical spelling, read and written without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakebridge.errors import ManifestError
from snakebridge.manifest import types

WORDS = st.sampled_from(["a", "int", "Foo", "naïve", "_x", "None1", "Anything"])
DOTTED = st.lists(WORDS, min_size=1, max_size=3).map(".".join)
ADDRESSES = st.tuples(DOTTED, DOTTED).map(":".join)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LITERALS = st.one_of(st.integers(), TEXTS, st.binary(max_size=6), st.booleans()).map(
    lambda value: types.Constant(repr(value))
)


def _wider(inner):
    arguments = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(types.Name, ADDRESSES, arguments),
        st.lists(inner, min_size=2, max_size=3).map(lambda members: types.join(*members)),
        st.builds(
            lambda members, returns: types.Name("typing:Callable", (types.Parameters(tuple(members)), returns)),
            st.lists(inner, max_size=2),
            inner,
        ),
        st.builds(lambda one: types.Name("typing:Literal", (one,)), LITERALS),
    )


LEAVES = st.one_of(
    st.builds(types.Name, ADDRESSES),
    st.builds(types.Unknown, TEXTS),
    st.sampled_from([types.ANY, types.NONE, types.Name("types:EllipsisType"), types.Name("builtins:int")]),
)
TYPES = st.recursive(LEAVES, _wider, max_leaves=8)


@given(TYPES)
def test_what_is_written_reads_as_the_same_type(kind):
    assert types.parse(str(kind)) == kind


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("builtins:int", "int"),
        ("int|None", "int | None"),
        ("int | int", "int"),
        ("typing:Any", "Any"),
        ("types:NoneType", "None"),
        ("builtins:tuple[int,...]", "tuple[int, ...]"),
        ("typing:Callable[[], None]", "typing:Callable[[], None]"),
        ("a.b:C.D[x:Y]", "a.b:C.D[x:Y]"),
        ("typing:Literal['a]', -1, True]", "typing:Literal['a]', -1, True]"),
        ("?'what | is'", "?'what | is'"),
        ("  int  ", "int"),
    ],
)
def test_one_canonical_spelling(text, canonical):
    assert str(types.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "int |", "| int", "int]", "list[int", "list[int str]", "[int", "a::b", "?x", "'open", "a b", "int; import os"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ManifestError, match="not a type expression"):
        types.parse(text)


def test_nesting_is_bounded():
    with pytest.raises(ManifestError, match="deep"):
        types.parse("list[" * 100 + "int" + "]" * 100)


def test_a_union_is_flat_and_has_no_duplicates():
    one, two = types.Name("builtins:int"), types.Name("builtins:str")
    assert types.join(types.join(one, two), one) == types.Union((one, two))
    assert types.join(one, one) == one
