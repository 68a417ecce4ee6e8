"""Type expressions are the same on the other side, when all that they are made of is known there."""

from __future__ import annotations

import collections.abc
import datetime as dt
import pathlib
import typing
from typing import Annotated, Any, Literal, Optional, TypeVar, Union

import pytest

from snakebridge_guest.wire import forms, frames
from snakebridge_guest.wire.codec import Codec, MalformedError
from snakebridge_guest.wire.frames import PLAIN_CLASSES

ANYTHING = TypeVar("ANYTHING")
EXPRESSIONS = [
    list[int],
    dict[str, list[int]],
    tuple[()],
    tuple[int, ...],
    type[int],
    list[None],
    int | None,
    int | list[str] | None,
    collections.abc.Callable[[int], str],
    collections.abc.Callable[..., int],
    collections.abc.Sequence[dt.date],
    typing.List[int],  # noqa: UP006 - what is tested
    typing.Dict[str, typing.List[int]],  # noqa: UP006 - as above
    typing.Callable[[int, str], None],
    typing.Tuple[()],  # noqa: UP006 - as above
    Optional[int],  # noqa: UP045 - as above
    Union[int, str, None],  # noqa: UP007 - as above
    Literal["a", 1, True],
    Annotated[int, "metres", 1.5],
    typing.ClassVar[int],
    Any,
    typing.List,  # noqa: UP006 - as above
    dt.datetime,
    pathlib.Path,
    type(None),
    collections.abc.Iterable,
]


def both_ways(value: object) -> object:
    """Return what a value becomes on a side that knows the built-in classes by their names."""
    names = {kind.__name__: kind for kind in PLAIN_CLASSES}

    def refer(value: Any) -> tuple[int, Any]:
        form = forms.parse(value)
        if form is None:
            return frames.SYMBOL, value.__name__
        return frames.FORM, [form.tree, [codec.prepared(leaf) for leaf in form.leaves]]

    codec = Codec(refer, lambda _code, payload: names[payload])
    return codec.loads(codec.dumps(value))


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=repr)
def test_type_expression_is_the_same_on_the_other_side(expression):
    found = both_ways(expression)
    assert (type(found), found, repr(found)) == (type(expression), expression, repr(expression))


@pytest.mark.parametrize("value", [int, 5, "int", None, ..., [int], ANYTHING, object(), EXPRESSIONS])
def test_what_is_no_type_expression_is_left_alone(value):
    assert forms.parse(value) is None


def test_leaves_are_what_an_expression_does_not_say_itself():
    form = forms.parse(dict[Literal["a"], list[ANYTHING] | None])  # pyright: ignore[reportGeneralTypeIssues]
    assert form is not None
    assert form.leaves == [dict, "a", list, ANYTHING]


@pytest.mark.parametrize(
    "payload",
    [
        [],
        [["form", "no_such"], []],
        [["form", "sys"], []],
        [["class", "os:system"], []],
        [["form", "List", [0]], []],
        [["[]", [0, 0]], [5]],
        [["|", [0, 0]], ["a"]],
        [["a"], []],
        [7, []],
    ],
    ids=repr,
)
def test_expression_that_cannot_be_made_is_refused(payload):
    codec = Codec(lambda _: (frames.FORM, payload), lambda *_: None)
    with pytest.raises(MalformedError):
        codec.loads(codec.dumps(object()))
