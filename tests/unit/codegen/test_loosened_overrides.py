"""What checkers see of a method that may not override an inherited one; what runs is the method itself."""

from __future__ import annotations

import ast

import pytest

from snakebridge.codegen import render
from snakebridge.manifest import Binding, Kind, Parameter, ParameterKind, Signature, Symbol

from .conftest import build

KINDS = {"/": "positional_only", "*": "variadic", "k": "keyword", "**": "variadic_keyword", "": "positional"}


def parameter(text):
    """Read `name: type = default`, with a mark in front as in `/x`, `*x`, `k x`, `**x`."""
    head, _, default = text.partition(" = ")
    name, _, kind = head.partition(": ")
    mark = next(one for one in ("**", "*", "/", "k ", "") if name.startswith(one))
    return Parameter(
        name=name.removeprefix(mark),
        kind=ParameterKind(KINDS[mark.strip()]),
        type=kind or None,
        default={"literal": default} if default else None,
    )


def method(path, parameters, returns, binding=Binding.INSTANCE):
    signature = Signature(parameters=tuple(map(parameter, parameters)), returns=returns)
    return Symbol(path=path, kind=Kind.FUNCTION, signature=signature, binding=binding)


def seen_and_run(base, own, binding=Binding.INSTANCE):
    """Return the `def` that checkers see in the heir, and the one that runs if it is another one."""
    symbols = (
        Symbol(path="lib:A", kind=Kind.CLASS),
        Symbol(path="lib:B", kind=Kind.CLASS, bases=("lib:A",)),
        method("lib:A.m", *base, binding),
        method("lib:B.m", *own, binding),
    )
    module = ast.parse(render(build(*symbols))["lib/__init__.py"])
    heir = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "B")
    branches = [node for node in heir.body if isinstance(node, ast.If)]
    found = [
        [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "m"]
        for body in (branches[0].body if branches else heir.body, branches[0].orelse if branches else [])
    ]
    return [f"({ast.unparse(one[0].args)}) -> {ast.unparse(one[0].returns)}" for one in found if one]


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        pytest.param(
            (["x: int"], "lib:A"), (["x: int"], "lib:B"), ["(self, x: int) -> B"], id="narrower result of the library"
        ),
        pytest.param((["x: int"], "int"), (["x: int"], "str"), ["(self, x: int) -> _t.Any"], id="other result"),
        pytest.param((["x: int"], "int"), (["x: str"], "int"), ["(self, x: _t.Any) -> int"], id="other type"),
        pytest.param(
            (["x: int", "y: int"], "int"),
            (["x: int"], "int"),
            ["(self, x: int, *args: _t.Any, **kwargs: _t.Any) -> int", "(self, x: int) -> int"],
            id="fewer parameters",
        ),
        pytest.param(
            (["x: int"], "int"),
            (["x: int", "y: int"], "int"),
            ["(self, x: int, *args: _t.Any, **kwargs: _t.Any) -> int", "(self, x: int, y: int) -> int"],
            id="one more that is required",
        ),
        pytest.param(
            (["x: int"], "int"),
            (["y: int"], "int"),
            ["(self, *args: _t.Any, **kwargs: _t.Any) -> int", "(self, y: int) -> int"],
            id="other name",
        ),
        pytest.param(
            (["x: int = 1", "k y: int"], "int"),
            (["x: int"], "int"),
            [
                "(self, x: _t.Any=_sb.DEFAULT, *args: _t.Any, **kwargs: _t.Any) -> int",
                "(self, x: int) -> int",
            ],
            id="required here and optional there",
        ),
        pytest.param(
            (["args: int", "y: int"], "int"),
            (["args: int"], "int"),
            ["(self, *args: _t.Any, **kwargs: _t.Any) -> int", "(self, args: int) -> int"],
            id="called like the rest",
        ),
    ],
)
def test_method_is_shown_as_much_as_checkers_allow(base, own, expected):
    assert [one.replace("(self, /,", "(self,") for one in seen_and_run(base, own)] == expected


@pytest.mark.parametrize(
    ("binding", "receiver"), [(Binding.CLASS, "cls, "), (Binding.STATIC, "")], ids=["class", "static"]
)
def test_class_and_static_methods_are_shown_too(binding, receiver):
    seen, run = seen_and_run(([], "int"), (["x: int"], "int"), binding)
    assert seen.replace("cls, /,", "cls,") == f"({receiver}*args: _t.Any, **kwargs: _t.Any) -> int"
    assert run == f"({receiver}x: int) -> int"
