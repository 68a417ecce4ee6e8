"""Overloads reach generated code when checkers can tell them apart, and what they promise is true."""

from __future__ import annotations

import ast
import inspect

import pytest

from snakebridge.codegen import render
from snakebridge.manifest import (
    Binding,
    Default,
    Flag,
    Kind,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
    Tier,
)

from .conftest import build

KINDS = {
    "posonlyargs": ParameterKind.POSITIONAL_ONLY,
    "args": ParameterKind.POSITIONAL,
    "kwonlyargs": ParameterKind.KEYWORD,
}
OTHERS = (
    Symbol(path="lib:Cat", kind=Kind.CLASS),
    Symbol(path="lib:Eats", kind=Kind.CLASS, shape=Shape.PROTOCOL, bases=("typing:Protocol",)),
)


def said(text):
    """Return the signature that `a: int, *, b=1 -> str` says; `?` is a default without a literal."""
    stated, _, returns = text.partition("->")
    node = ast.parse(f"def f({stated.replace('?', '...')}): pass").body[0].args

    def typed(one):
        return (
            ast.unparse(one.annotation).replace("lib.", "lib:").replace("typing.", "typing:")
            if one.annotation
            else None
        )

    def default(one):
        if one is None:
            return None
        return Default(opaque="m:C") if ast.unparse(one) == "..." else Default(literal=ast.unparse(one))

    placed = [(one, kind) for kind in ("posonlyargs", "args") for one in getattr(node, kind)]
    defaults = [None] * (len(placed) - len(node.defaults)) + node.defaults
    rows = [(one, KINDS[kind], value) for (one, kind), value in zip(placed, defaults, strict=True)]
    rows += [(node.vararg, ParameterKind.VARIADIC, None)] if node.vararg else []
    rows += [(one, ParameterKind.KEYWORD, value) for one, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    rows += [(node.kwarg, ParameterKind.VARIADIC_KEYWORD, None)] if node.kwarg else []
    return Signature(
        parameters=tuple(
            Parameter(name=one.arg, kind=kind, type=typed(one), default=default(value), tier=Tier.STUB)
            for one, kind, value in rows
        ),
        returns=returns.strip() or None,
    )


def function(whole, *overloads, path="lib:f", **more):
    signatures = tuple(map(said, overloads))
    return Symbol(path=path, kind=Kind.FUNCTION, signature=said(whole), overloads=signatures, **more)


def shown(*symbols, name="f"):
    """Return the heads that checkers see of a function, without the names of typing."""
    tree = ast.parse(render(build(*OTHERS, *symbols))["lib/__init__.py"])
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    overloads = [node for node in found if any("overload" in ast.unparse(one) for one in node.decorator_list)]
    return [
        f"{ast.unparse(node.args)} -> {ast.unparse(node.returns)}".replace("_t.", "").replace("_sb.", "")
        for node in overloads or found
    ]


CASES = {
    "told-apart": (
        "a, b=None",
        ["a: int -> int", "a: str, b: int = 0 -> str"],
        ["a: int -> int", "a: str, b: int=0 -> str"],
    ),
    "by-a-literal": (
        "a, *, flag=False",
        ["a: int, *, flag: typing.Literal[True] -> int", "a: int, *, flag: typing.Literal[False] = ... -> str"],
        ["a: int, *, flag: Literal[True] -> int", "a: int, *, flag: Literal[False]=False -> str"],
    ),
    "by-number": ("a, b=None", ["a: int -> int", "a: int, b: int -> str"], ["a: int -> int", "a: int, b: int -> str"]),
    "by-a-keyword": ("**kw", ["*, a: int -> int", "*, b: int -> str"], ["*, a: int -> int", "*, b: int -> str"]),
    "range": (
        "start, stop=None, step=None",
        ["stop: int, / -> int", "start: int, stop: int, step: int = 1 -> str"],
        ["stop: int, / -> int", "start: int, stop: int, step: int=1 -> str"],
    ),
    "wider-and-optional": (
        "a, b=None, *, c=None",
        ["a: lib.Eats, b: int = ... -> int", "a: str, b: str = ..., *, c: int = ... -> str"],
        ["a: Any, b: int=... -> Any", "a: str, b: str=..., *, c: int=... -> str"],
    ),
    "wider-and-told-apart": (
        "a, b=None",
        ["a: lib.Eats -> int", "a: str, b: int -> str"],
        ["a: Any -> int", "a: str, b: int -> str"],
    ),
    "wider-and-taken-whole": ("a", ["a: lib.Eats -> int", "a: str -> str"], ["a: Any -> Any"]),
    "wider-alike": (
        "a, b=None",
        ["a: lib.Eats, b: None = ... -> int", "a: lib.Eats, b: int -> str"],
        ["a: Any, b: None=None -> int", "a: Any, b: int -> str"],
    ),
    "one-result": ("a", ["a: int -> int", "a: str -> int"], ["a: int | str -> int"]),
    "one-result-among-others": (
        "a",
        ["a: int -> int", "a: bytes -> int", "a: str -> str"],
        ["a: int | bytes -> int", "a: str -> str"],
    ),
    "two-differences-and-no-result": (
        "a, b=None",
        ["a: int, b: int = ... -> typing.Any", "a: str, b: str = ... -> typing.Any"],
        ["a: int | str, b: int | str | None=None -> Any"],
    ),
    "another-number-and-no-result": (
        "a, b=None",
        ["a: int -> typing.Any", "a: str, b: str -> typing.Any"],
        ["a: int -> Any", "a: str, b: str -> Any"],
    ),
    "literals-in-one": (
        "a",
        ["a: typing.Literal['x'] -> int", "a: typing.Literal['y'] -> int", "a: typing.Literal['z'] -> str"],
        ["a: Literal['x', 'y'] -> int", "a: Literal['z'] -> str"],
    ),
    "true-or-false": (
        "a, b=None",
        ["a: typing.Literal[True] -> int", "a: typing.Literal[False] -> int", "a: str, b: int -> str"],
        ["a: bool -> int", "a: str, b: int -> str"],
    ),
    "unreachable": ("a", ["a: float -> int", "a: int -> str"], ["a: float -> Any"]),
    "unsafe": ("a", ["a: int -> int", "a: object -> str"], ["a: int -> int", "a: object -> Any"]),
    "safe": ("a", ["a: int -> int", "a: object -> int | str"], ["a: int -> int", "a: object -> int | str"]),
    "renamed-in-the-library": (
        "new, more=None",
        ["old: int -> int", "old: str, more: int = ... -> str"],
        ["new: int -> int", "new: str, more: int=... -> str"],
    ),
    "unknown-to-the-stub": (
        "a, *, backend=None, **kw",
        ["a: int -> int", "a: str -> str"],
        ["a: int, *, backend: Any=None, **kw: object -> int", "a: str, *, backend: Any=None, **kw: object -> str"],
    ),
    "unknown-to-the-stub-in-between": (
        "a, new=None, b=None",
        ["a: int, b: None = ... -> int", "a: int, b: str -> str"],
        ["a: int, new: Any=None, b: None=None -> int", "a: int, new: Any=None, *, b: str -> str"],
    ),
    "required-by-the-library": ("a, b", ["a: int -> int", "a: str, b: int -> str"], ["a: Any, b: Any -> Any"]),
    "not-in-the-library": ("a", ["a: int -> int", "a: str, *, b: int -> str"], ["a: Any -> Any"]),
    "all-there-is": (
        "*args, **kwargs",
        ["a: int -> int", "a: str, b: str -> str"],
        ["a: int -> int", "a: str, b: str -> str"],
    ),
    "anything-at-last": (
        "*args, **kw",
        ["a: int, / -> int", "*args, **kw -> str"],
        ["a: int, / -> int", "*args: object, **kw: object -> Any"],
    ),
}


@pytest.mark.parametrize(("whole", "overloads", "expected"), CASES.values(), ids=CASES)
def test_checkers_see(whole, overloads, expected):
    assert shown(function(whole, *overloads)) == expected


def test_what_runs_takes_what_all_overloads_take(load):
    module = load(build(*OTHERS, function("a, b=None", "a: int -> int", "a: str, b: int = 0 -> str")))
    assert str(inspect.signature(module.f)) == "(a: 'int | str', b: 'int | None' = None) -> '_t.Any'"
    module.f("x", b=2)
    assert module.recorder.sent == [("call", "lib:f", ("x",), {"b": 2})]


def test_constructors_have_overloads():
    made = Symbol(
        path="lib:C", kind=Kind.CLASS, signature=said("a, b=None"), overloads=(said("a: int"), said("a: str, b: int"))
    )
    assert shown(made, name="__init__") == ["self, a: int -> None", "self, a: str, b: int -> None"]


def test_in_generic_classes_overloads_may_differ_by_the_type_of_self():
    generic = Symbol(path="lib:C", kind=Kind.CLASS, parameters=("lib:T",))
    method = function("a, b=None", "a: int -> int", "a: object, b: int = ... -> str", path="lib:C.f")
    assert shown(generic, method) == ["self, a: int -> Any", "self, a: object, b: int=... -> str"]


@pytest.mark.parametrize("binding", [Binding.CLASS, Binding.STATIC])
def test_every_overload_is_bound_as_the_method_is(binding):
    method = function("a", "a: int -> int", "a: str -> str", path="lib:C.f", binding=binding)
    text = render(build(Symbol(path="lib:C", kind=Kind.CLASS), method))["lib/__init__.py"]
    assert text.count(f"@{binding.value}method") == 3
    assert text.count("@_t.overload") == 2


def test_an_overload_may_be_deprecated():
    old, new = said("a: str -> str"), said("a: int -> int")
    made = Symbol(
        path="lib:f",
        kind=Kind.FUNCTION,
        signature=said("a"),
        overloads=(old.model_copy(update={"deprecated": 'no "strings"\nplease'}), new),
    )
    text = render(build(made))["lib/__init__.py"]
    assert "@_t.overload\n@_sb.deprecated('no \"strings\" please')\ndef f(a: str) -> str: ...\n" in text
    assert text.count("deprecated(") == 1


def test_methods_that_override_with_the_same_overloads_keep_them():
    classes = [Symbol(path="lib:A", kind=Kind.CLASS), Symbol(path="lib:B", kind=Kind.CLASS, bases=("lib:A",))]
    same = [function("a", "a: int -> int", "a: str -> str", path=f"lib:{one}.f") for one in "AB"]
    assert shown(*classes, *same) == ["self, a: int -> int", "self, a: str -> str"] * 2


def test_methods_that_override_with_other_overloads_have_none():
    classes = [Symbol(path="lib:A", kind=Kind.CLASS), Symbol(path="lib:B", kind=Kind.CLASS, bases=("lib:A",))]
    base = function("a", "a: int -> int", "a: str -> str", path="lib:A.f")
    heir = function("a, b=None", "a: int -> int", "a: bytes, b: int -> str", path="lib:B.f")
    text = render(build(*classes, base, heir))["lib/__init__.py"]
    assert text.count("@_t.overload") == 2
    assert "def f(self, a: _t.Any, b: int | None = None) -> _t.Any:" in text


def deprecated(text, name="f", **more):
    return Symbol(
        path=f"lib:{name}", kind=Kind.FUNCTION, signature=said("a"), flags=(Flag.DEPRECATED,), deprecated=text, **more
    )


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        pytest.param("use g", "use g", id="stated"),
        pytest.param("since 3.6: `f` is deprecated, use g.", "since 3.6: `f` is deprecated, use g.", id="docstring"),
        pytest.param("since 3.6", "since 3.6", id="version-only"),
        pytest.param("since 3.6: *hash* is deprecated.", None, id="of-an-argument"),
        pytest.param("since 3.6: Passing strings.", None, id="of-a-behaviour"),
        pytest.param(None, "deprecated in the library", id="unsaid"),
    ],
)
def test_deprecated_functions_are_marked_for_checkers(text, mark):
    found = render(build(deprecated(text)))["lib/__init__.py"]
    assert (f'@_sb.deprecated("{mark}")\ndef f(' in found) is (mark is not None)


def test_a_deprecated_function_with_two_names_is_only_documented(load):
    module = load(build(deprecated("use g", aliases=("lib:h",))))
    assert module.h is module.f
    assert "use g" in module.f.__doc__
    assert not hasattr(module.f, "__deprecated__")


def test_a_deprecated_class_is_marked_where_it_is_called():
    made = Symbol(path="lib:C", kind=Kind.CLASS, signature=said("a"), flags=(Flag.DEPRECATED,), deprecated="use D")
    assert '    @_sb.deprecated("use D")\n    def __init__(' in render(build(made))["lib/__init__.py"]
