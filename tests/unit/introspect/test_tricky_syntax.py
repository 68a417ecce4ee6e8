"""Code in the syntax of Python 3.12 and 3.13: type parameters, type statements, defaults, deprecations."""

from __future__ import annotations

import pytest
from zoo.spelled import field, signature

from snakebridge.manifest import Kind


def facts(manifest):
    return {one.path: one for one in manifest.symbols}, {one.path: one for one in manifest.definitions}


@pytest.fixture(params=["3.12", "3.13"])
def newest(zoo_manifest, request):
    return facts(zoo_manifest("tricky_newest", request.param))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Stack.push", "(item: tricky_newest:Stack.T) -> tricky_newest:Stack[tricky_newest:Stack.T]", id="class"),
        pytest.param(
            "Stack.convert",
            "(to: type[tricky_newest:Stack.convert.U], *, default: tricky_newest:Stack.convert.U | None = None) "
            "-> tricky_newest:Stack.convert.U",
            id="method",
        ),
        pytest.param(
            "first",
            "(items: collections.abc:Sequence[tricky_newest:first.T], default: tricky_newest:first.T | None = None) "
            "-> tricky_newest:first.T",
            id="function",
        ),
        pytest.param(
            "twice",
            "(pair: tricky_newest:Pair[int], tree: tricky_newest:Tree) -> tricky_newest:Pair[str]",
            id="type statements",
        ),
        pytest.param(
            "wrapped",
            "(function: typing:Callable[tricky_newest:wrapped.P, tricky_newest:wrapped.R]) "
            "-> typing:Callable[tricky_newest:wrapped.P, list[tricky_newest:wrapped.R]]",
            id="ParamSpec",
        ),
        pytest.param("f_strings", "(x: str = 'ab') -> str", id="nested quotes (PEP 701)"),
    ],
)  # fmt: skip
def test_type_parameters_of_pep_695_belong_to_what_declares_them(newest, name, expected):
    symbols, _ = newest
    assert signature(symbols[f"tricky_newest:{name}"].signature) == expected


@pytest.mark.parametrize(
    ("name", "parameters", "generic_bases"),
    [
        ("Stack", ("Stack.T",), ("typing:Generic[tricky_newest:Stack.T]",)),
        (
            "Ordered",
            ("Ordered.K", "Ordered.Vs"),
            (
                "dict[tricky_newest:Ordered.K, tuple[typing:Unpack[tricky_newest:Ordered.Vs]]]",
                "typing:Generic[tricky_newest:Ordered.K, typing:Unpack[tricky_newest:Ordered.Vs]]",
            ),
        ),
        ("first", ("first.T",), ()),
        ("wrapped", ("wrapped.P", "wrapped.R"), ()),
    ],
)
def test_what_declares_type_parameters_lists_them(newest, name, parameters, generic_bases):
    symbols, _ = newest
    symbol = symbols[f"tricky_newest:{name}"]
    assert symbol.parameters == tuple(f"tricky_newest:{one}" for one in parameters)
    assert symbol.generic_bases == generic_bases


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Stack.T", {"kind": "variable", "constraints": ("int", "str"), "variance": "inferred"}),
        ("Stack.convert.U", {"kind": "variable", "bound": "collections.abc:Sequence[int]", "variance": "inferred"}),
        ("wrapped.P", {"kind": "parameters"}),
        ("Ordered.Vs", {"kind": "variables"}),
    ],
)
def test_a_parameter_of_pep_695_is_defined(newest, name, expected):
    _, definitions = newest
    found = definitions[f"tricky_newest:{name}"].model_dump(exclude_defaults=True)
    assert found == {"path": f"tricky_newest:{name}", **expected}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Pair", "tuple[tricky_newest:Pair.A, tricky_newest:Pair.A]"),
        ("Tree", "dict[str, tricky_newest:Tree] | int"),
        ("Handler", "typing:Callable[tricky_newest:Handler.P, None]"),
    ],
)
def test_a_type_statement_is_an_alias(newest, name, expected):
    symbols, _ = newest
    symbol = symbols[f"tricky_newest:{name}"]
    assert (symbol.kind, symbol.type) == (Kind.ALIAS, expected)


def test_syntax_that_the_target_cannot_read_costs_its_module(zoo_manifest):
    manifest = zoo_manifest("tricky_newest", "3.12")
    (finding,) = manifest.findings
    assert (finding.rule, finding.path) == ("module-failed", "tricky_newest.defaults")
    assert "SyntaxError" in finding.message
    assert "tricky_newest:first" in {one.path for one in manifest.symbols}


@pytest.fixture
def defaults(zoo_manifest):
    return facts(zoo_manifest("tricky_newest", "3.13"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("T", {"kind": "variable", "default": "int", "variance": "inferred"}),
        ("Ts", {"kind": "variables", "default": "typing:Unpack[tuple[str, ...]]"}),
    ],
)
def test_a_type_parameter_keeps_its_default(defaults, name, expected):
    _, definitions = defaults
    path = f"tricky_newest.defaults:Page.{name}"
    assert definitions[path].model_dump(exclude_defaults=True) == {"path": path, **expected}


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        pytest.param("OldPage", "Use Page.", "(*args, **kwargs)", id="class"),
        pytest.param(
            "old_items",
            "Use Page.items.",
            "(page: tricky_newest.defaults:Page, *, limit: int = 10) -> list[int]",
            id="function",
        ),
    ],
)
def test_a_deprecation_of_pep_702_keeps_its_message_and_the_signature(defaults, name, message, expected):
    symbols, _ = defaults
    symbol = symbols[f"tricky_newest.defaults:{name}"]
    assert symbol.flags == ("deprecated",)
    assert symbol.deprecated == message
    assert signature(symbol.signature) == expected


def test_a_read_only_key_has_its_type(defaults):
    symbols, _ = defaults
    assert [field(one) for one in symbols["tricky_newest.defaults:Row"].fields] == ["key: str"]
