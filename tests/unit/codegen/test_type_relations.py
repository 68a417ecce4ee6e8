"""One type takes all of another, has nothing in common with it, or it is not known."""

from __future__ import annotations

import pytest

from snakebridge.codegen._tree.library import design
from snakebridge.codegen._types.relations import apart, fits
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.manifest import Definition, DefinitionKind, Kind, Symbol

from .conftest import build

ANIMAL = Symbol(path="lib:Animal", kind=Kind.CLASS)
CAT = Symbol(path="lib:Cat", kind=Kind.CLASS, bases=("lib:Animal",))
BOX = Symbol(path="lib:Box", kind=Kind.CLASS, parameters=("lib:T",), generic_bases=("typing:Generic[lib:T]",))
ROCK = Symbol(path="lib:Rock", kind=Kind.CLASS)


@pytest.fixture(scope="module")
def surface():
    variable = Definition(path="lib:T", kind=DefinitionKind.VARIABLE)
    manifest = build(ANIMAL, BOX, CAT, ROCK).model_copy(update={"definitions": (variable,)})
    return design(manifest).surface


def spelled(text, surface):
    return resolve(text, surface, Position.RETURNED)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("int", "int", True),
        ("int", "Any", True),
        ("int", "object", True),
        ("Any", "int", False),
        ("bool", "int", True),
        ("int", "float", True),
        ("int", "complex", True),
        ("float", "int", False),
        ("str", "int", False),
        ("int", "int | str", True),
        ("int | str", "int", False),
        ("int | bool", "int", True),
        ("None", "int | None", True),
        ("None", "int", False),
        ("typing:Literal['a']", "str", True),
        ("typing:Literal['a']", "typing:Literal['a', 'b']", True),
        ("typing:Literal['a', 'c']", "typing:Literal['a', 'b']", False),
        ("typing:Literal['a', 1]", "str", False),
        ("typing:Literal[None]", "None", True),
        ("str", "typing:Literal['a']", False),
        ("bool", "typing:Literal[True, False]", True),
        ("list[int]", "collections.abc:Sequence[int]", True),
        ("list[int]", "collections.abc:Sequence[float]", True),
        ("list[str]", "collections.abc:Iterable[int]", False),
        ("list[int]", "list[str]", False),
        ("list[bool]", "list[int]", False),
        ("list[int]", "list", True),
        ("str", "collections.abc:Sequence[str]", True),
        ("bytes", "collections.abc:Iterable[int]", True),
        ("dict[str, int]", "collections.abc:Iterable[str]", True),
        ("collections.abc:Iterable[int]", "list[int]", False),
        ("tuple[int, str]", "tuple[int, str]", True),
        ("tuple[bool, str]", "tuple[int, str]", True),
        ("tuple[int, str]", "tuple[int]", False),
        ("tuple[int, int]", "tuple[int, ...]", True),
        ("tuple[int, ...]", "tuple[int, int]", False),
        ("tuple[int, int]", "collections.abc:Sequence[int]", True),
        ("collections.abc:Callable[[int], bool]", "collections.abc:Callable[[int], int]", True),
        ("collections.abc:Callable[[int], bool]", "collections.abc:Callable[..., int]", True),
        ("collections.abc:Callable[[int], bool]", "collections.abc:Callable[[int, int], bool]", False),
        ("collections.abc:Callable[..., Any]", "collections.abc:Callable[..., int]", None),
        ("int", "collections.abc:Callable[..., int]", False),
        ("int", "collections.abc:Hashable", True),
        ("tuple[int, int]", "collections.abc:Hashable", None),
        ("lib:Box[int]", "lib:Box[int]", True),
        ("lib:Box[int]", "lib:Box[Any]", True),
        ("lib:Box[int]", "lib:Box[str]", None),
        ("lib:Cat", "lib:Animal", True),
        ("lib:Animal", "lib:Cat", False),
        ("lib:Cat", "int", False),
        ("int", "lib:Cat", False),
        ("lib:Cat", "collections.abc:Iterable[int]", None),
        ("lib:Cat", "None", False),
        ("datetime:datetime", "datetime:date", True),
        ("io:BytesIO", "typing:BinaryIO", True),
    ],
)
def test_a_type_takes_another_whole_or_not(surface, source, target, expected):
    assert fits(spelled(source, surface), spelled(target, surface), surface) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("int", "str", True),
        ("int", "bool", False),
        ("int", "float", False),
        ("int", "Any", False),
        ("int | str", "bytes | None", True),
        ("int | str", "bytes | str", False),
        ("typing:Literal[True]", "typing:Literal[False]", True),
        ("typing:Literal[True]", "bool", False),
        ("typing:Literal['a']", "int", True),
        ("lib:Cat", "lib:Rock", True),
        ("lib:Box[int]", "lib:Box[str]", True),
        ("lib:Box[int]", "lib:Box[bool]", False),
        ("lib:Cat", "lib:Animal", False),
        ("lib:Cat", "str", True),
        ("lib:Cat", "collections.abc:Sequence[int]", False),
        ("int", "collections.abc:Sequence[int]", True),
        ("list[int]", "collections.abc:Sequence[str]", True),
        ("list[int]", "list[str]", True),
        ("collections.abc:Sized", "collections.abc:Iterable[int]", False),
        ("tuple[int]", "tuple[int, int]", True),
        ("None", "int", True),
    ],
)
def test_types_have_nothing_in_common_or_may_have(surface, one, other, expected):
    assert apart(spelled(one, surface), spelled(other, surface), surface) is expected
    assert apart(spelled(other, surface), spelled(one, surface), surface) is expected
