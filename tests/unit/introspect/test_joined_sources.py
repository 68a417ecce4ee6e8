"""Overloads become one signature, and stubs fill in what the object does not say."""

from __future__ import annotations

import ast

import pytest

from snakebridge.introspect._combine import combine, union
from snakebridge.introspect._definitions import is_known, named_in
from snakebridge.introspect._merge import is_drifted, typed
from snakebridge.manifest import Default, Parameter, ParameterKind, Signature, Tier

_SPELLED = {
    ParameterKind.POSITIONAL_ONLY: "{}",
    ParameterKind.POSITIONAL: "{}",
    ParameterKind.VARIADIC: "*{}",
    ParameterKind.KEYWORD: "{}",
    ParameterKind.VARIADIC_KEYWORD: "**{}",
}


def _signature(source: str, tier: Tier = Tier.RUNTIME) -> Signature:
    """Read `(x: 'int', /, y=0, *, z=...) -> 'str'`; the annotations are type expressions."""
    function = ast.parse(f"def f{source}: ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    placed = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(placed) - len(given.defaults)) + [*given.defaults]

    def parameter(one: ast.arg, kind: ParameterKind, default: ast.expr | None = None) -> Parameter:
        stated = one.annotation.value if isinstance(one.annotation, ast.Constant) else None
        known = None
        if default is not None:
            text = ast.unparse(default)
            known = Default(opaque="types:EllipsisType") if text == "..." else Default(literal=text)
        return Parameter(name=one.arg, kind=kind, type=stated, default=known, tier=tier if stated else Tier.RUNTIME)

    found = [
        parameter(one, ParameterKind.POSITIONAL_ONLY if one in given.posonlyargs else ParameterKind.POSITIONAL, default)
        for one, default in zip(placed, defaults, strict=True)
    ]
    if given.vararg:
        found.append(parameter(given.vararg, ParameterKind.VARIADIC))
    found += [
        parameter(one, ParameterKind.KEYWORD, default)
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    if given.kwarg:
        found.append(parameter(given.kwarg, ParameterKind.VARIADIC_KEYWORD))
    returns = function.returns.value if isinstance(function.returns, ast.Constant) else None
    return Signature(parameters=tuple(found), returns=returns, tier=tier if returns else Tier.RUNTIME)


def _text(signature: Signature) -> str:
    parts = []
    for one in signature.parameters:
        shown = _SPELLED[one.kind].format(one.name) + (f": {one.type}" if one.type else "")
        if one.default is not None:
            shown += f" = {one.default.literal or '...'}"
        parts.append(shown)
        is_last_placed = one.kind is ParameterKind.POSITIONAL_ONLY
        following = signature.parameters[signature.parameters.index(one) + 1 :]
        if is_last_placed and not any(other.kind is ParameterKind.POSITIONAL_ONLY for other in following):
            parts.append("/")
    keywords = [place for place, one in enumerate(signature.parameters) if one.kind is ParameterKind.KEYWORD]
    has_star = any(one.kind is ParameterKind.VARIADIC for one in signature.parameters)
    if keywords and not has_star:
        parts.insert(keywords[0] + ("/" in parts), "*")
    return f"({', '.join(parts)})" + (f" -> {signature.returns}" if signature.returns else "")


@pytest.mark.parametrize(
    ("overloads", "expected"),
    [
        pytest.param(["(x: 'int') -> 'int'"], "(x: int) -> int", id="one overload is itself"),
        pytest.param(
            ["(x: 'int') -> 'int'", "(x: 'str') -> 'str'"], "(x: int | str) -> int | str", id="types become a union"
        ),
        pytest.param(
            ["(x: 'int', y: 'str')", "(x: 'int')"], "(x: int, y: str = ...)", id="what one lacks becomes optional"
        ),
        pytest.param(
            ["(x, /, y=0)", "(x, y=0)"], "(x, y = 0)", id="a name that one overload takes by keyword is no placed one"
        ),
        pytest.param(["(x: 'int')", "(x)"], "(x)", id="one unknown type makes the whole unknown"),
        pytest.param(["(x)", "(y)"], "(*args, **kwargs)", id="other names have no common list"),
        pytest.param(["(x, y)", "(y)"], "(*args, **kwargs)", id="other places have no common list"),
        pytest.param(["(x, *, y)", "(x, y)"], "(*args, **kwargs)", id="other kinds have no common list"),
        pytest.param(
            ["(x=..., y=...)", "(x, y)"], "(x = ..., y = ...)", id="after an optional parameter all are optional"
        ),
    ],
)
def test_overloads_become_one_signature_that_accepts_them_all(overloads: list[str], expected: str) -> None:
    assert _text(combine([_signature(one) for one in overloads])) == expected


def test_a_union_too_wide_to_be_read_is_unknown() -> None:
    assert union([f"lib:Class{number}" for number in range(40)]) is None


@pytest.mark.parametrize(
    ("object_says", "stub_says", "expected"),
    [
        pytest.param(
            "(x, y=0)", ["(x: 'int', y: 'str' = ...) -> 'None'"], "(x: int, y: str = 0) -> None", id="by name"
        ),
        pytest.param("(a, /)", ["(x: 'int', /)"], "(a: int, /)", id="positional-only ones by place"),
        pytest.param("(a, /, b)", ["(__a: 'int', b: 'str')"], "(a: int, /, b: str)", id="names before PEP 570"),
        pytest.param("(a)", ["(x: 'int')"], "(a)", id="never by place when names can be used"),
        pytest.param("(x: 'int')", ["(x: 'str')"], "(x: int)", id="the object's own annotation wins"),
        pytest.param("(x: \"?'T'\")", ["(x: 'str')"], "(x: str)", id="but not when nobody can read it"),
        pytest.param("(*args)", ["(*values: 'int')"], "(*args: int)", id="the rest by kind"),
        pytest.param("(x)", ["(x: 'int')", "(x: 'str')"], "(x: int | str)", id="overloads together"),
    ],
)
def test_a_stub_fills_in_types_and_changes_nothing_else(object_says: str, stub_says: list[str], expected: str) -> None:
    stated = [_signature(one, Tier.STUB) for one in stub_says]
    assert _text(typed(_signature(object_says), stated, Tier.STUB)) == expected


def test_a_filled_in_type_keeps_the_tier_it_was_learnt_at() -> None:
    joined = typed(_signature("(x, y: 'int')"), [_signature("(x: 'str', y: 'str') -> 'str'", Tier.STUB)], Tier.STUB)
    assert [one.tier for one in joined.parameters] == [Tier.STUB, Tier.RUNTIME]
    assert joined.tier is Tier.STUB


@pytest.mark.parametrize(
    ("object_says", "stub_says", "expected"),
    [
        pytest.param("(x, y)", ["(x, y)"], False, id="same names"),
        pytest.param("(x, y)", ["(x)", "(x, y)"], False, id="same names in all overloads together"),
        pytest.param("(x, y)", ["(x, z)"], True, id="another name"),
        pytest.param("(*args, **kwargs)", ["(x)"], False, id="an object that says nothing"),
    ],
)
def test_a_stub_has_drifted_when_its_names_are_not_those_of_the_object(
    object_says: str, stub_says: list[str], expected: bool
) -> None:
    assert is_drifted(_signature(object_says), [_signature(one) for one in stub_says]) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("int", True),
        ("?'T'", False),
        ('list[?"it\'s"]', False),
        ("typing:Literal['what?']", True),
        ("typing:Literal['a?\\'b']", True),
        (None, False),
    ],
)
def test_a_type_is_known_when_every_name_in_it_is(expression: str | None, expected: bool) -> None:
    assert is_known(expression) is expected


def test_names_in_an_expression_are_addresses_outside_of_literals() -> None:
    text = "lib.a:B[typing:Literal['not:this', \"nor:this\"], ?'or:this'] | int"
    assert list(named_in(text)) == ["lib.a:B", "typing:Literal"]
