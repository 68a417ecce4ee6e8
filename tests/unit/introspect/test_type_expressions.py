"""Observed annotations become type expressions, and what nobody can name stays as it stands."""

from __future__ import annotations

import pytest

from snakebridge.introspect._annotations import Annotations, is_class_variable
from snakebridge.introspect._findings import tidy
from snakebridge.introspect._observations import Annotation
from snakebridge.manifest import types

INT = {"name": "builtins:int"}
NAMES = {
    "int": INT,
    "Foo": {"name": "lib._impl:Foo"},
    "Optional": {"name": "typing:Optional"},
    "Union": {"name": "typing:Union"},
    "t.Literal": {"name": "typing:Literal"},
    "Annotated": {"name": "typing_extensions:Annotated"},
    "ClassVar": {"name": "typing:ClassVar"},
    "Callable": {"name": "typing:Callable"},
    "Alias": {"union": [INT, {"name": "types:NoneType"}]},
    "List": {"name": "builtins:list"},
    "Gone": None,
}


def expression(facts):
    return Annotations({"lib._impl:Foo": "lib:Foo"}).expression(Annotation.model_validate(facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (INT, "int"),
        ({"name": "lib._impl:Foo"}, "lib:Foo"),
        ({"name": "lib:make.<locals>.Foo"}, "?'lib.make.<locals>.Foo'"),
        ({"name": "builtins:list", "args": [INT]}, "list[int]"),
        ({"union": [INT, {"union": [INT, {"name": "types:NoneType"}]}]}, "int | None"),
        ({"union": []}, "Any"),
        ({"name": "typing:Callable", "args": [{"parameters": [INT]}, INT]}, "typing:Callable[[int], int]"),
        ({"name": "typing:Callable", "args": [{"raw": "P"}, INT]}, "typing:Callable[?'P', int]"),
        ({"name": "typing:Literal", "args": [{"literal": "'a'"}, {"literal": "None"}]}, "typing:Literal['a', None]"),
        ({"name": "typing:Literal", "args": [{"literal": "1.5"}]}, "typing:Literal[?'1.5']"),
        ({"name": "typing:Final"}, "Any"),
        ({"name": "typing:Annotated", "args": [INT]}, "int"),
        ({"raw": "T"}, "?'T'"),
        ({"raw": "…"}, "?'…'"),
        ({"name": "typing:Optional"}, "?'Optional'"),
    ],
)
def test_structure_becomes_an_expression(facts, expected):
    assert expression(facts) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("int", "int"),
        (" Foo ", "lib:Foo"),
        ("Optional[Foo]", "lib:Foo | None"),
        ("Union[int, 'Foo', None]", "int | lib:Foo | None"),
        ("int | Gone", "int | ?'Gone'"),
        ("List[Gone.Inner]", "list[?'Gone.Inner']"),
        ("Gone[int]", "?'Gone[int]'"),
        ("t.Literal['a', -1, True]", "typing:Literal['a', -1, True]"),
        ("Annotated[int, f(x)]", "int"),
        ("ClassVar[int]", "int"),
        ("Callable[[int, Foo], None]", "typing:Callable[[int, lib:Foo], None]"),
        ("Callable[..., int]", "typing:Callable[..., int]"),
        ("Alias", "int | None"),
        ("Alias[int]", "?'Alias[int]'"),
        ("not a type!", "?'not a type!'"),
        ("f(x)", "?'f(x)'"),
        ("'unclosed", '?"\'unclosed"'),
        ("List[" * 60 + "int" + "]" * 60, None),
    ],
)
def test_source_becomes_an_expression(source, expected):
    found = expression({"raw": source, "names": NAMES})
    assert str(types.parse(found)) == found
    assert expected is None or found == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": "typing:ClassVar", "args": [INT]}, True),
        ({"raw": "ClassVar[int]", "names": NAMES}, True),
        ({"raw": "int", "names": NAMES}, False),
        ({"raw": "Gone[int]", "names": NAMES}, False),
    ],
)
def test_class_variables_are_recognised(facts, expected):
    assert is_class_variable(Annotation.model_validate(facts)) is expected


def test_nothing_has_no_expression():
    assert Annotations({}).expression(None) is None
    assert Annotations({}).of_class(None) is None
    assert Annotations({}).of_class("a:b.<locals>.c") is None


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("cannot import name 'x' from 'y' (/usr/lib/python3/y.py)", "cannot import name 'x' from 'y' (…/y.py)"),
        ("<object at 0x7f00aa>", "<object at 0x…>"),
        ("\n first\nsecond", "first"),
        ("either/or", "either/or"),
        ("https://example.org/page", "https://example.org/page"),
        ("", ""),
    ],
)
def test_messages_lose_what_belongs_to_the_machine(message, expected):
    assert tidy(message) == expected
