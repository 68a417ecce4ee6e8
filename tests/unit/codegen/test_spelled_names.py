"""What names stand for in generated annotations, and that nobody's code is refused for it."""

from __future__ import annotations

import ast
import time

import pytest

from snakebridge.codegen import render
from snakebridge.manifest import (
    Definition,
    DefinitionKind,
    Field,
    Flag,
    Kind,
    Library,
    Manifest,
    Parameter,
    Shape,
    Signature,
    Symbol,
    Tier,
)

from .conftest import build


def defined(kind, path="lib:_A", **more):
    return Definition(path=path, kind=DefinitionKind(kind), **more)


def annotated(expression, *definitions, symbols=(), tier=Tier.RUNTIME, **more):
    """Return the annotation of a parameter and of a result of one type."""
    signature = Signature(parameters=(Parameter(name="x", type=expression, tier=tier),), returns=expression, tier=tier)
    made = Symbol(path="lib:f", kind=Kind.FUNCTION, signature=signature, **more)
    manifest = Manifest(
        library=Library(name="lib"),
        symbols=(made, Symbol(path="lib:C", kind=Kind.CLASS), *symbols),
        definitions=definitions,
    )
    tree = ast.parse(render(manifest.sorted())["lib/__init__.py"])
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    function = functions["f"]
    return ast.unparse(function.args.args[0].annotation), ast.unparse(function.returns)


PROTOCOL = Symbol(path="lib:P", kind=Kind.CLASS, shape=Shape.PROTOCOL)
OPTIONS = Symbol(path="lib:O", kind=Kind.CLASS, shape=Shape.TYPED_DICT, bases=("builtins:dict",))


@pytest.mark.parametrize(
    ("expression", "definitions", "symbols", "given", "returned"),
    [
        pytest.param("lib:_A", [defined("alias", type="int | None")], [], "int | None", "int | None", id="alias"),
        pytest.param(
            "lib:_A[str]",
            [defined("alias", type="list[lib:_T]", parameters=("lib:_T",))],
            [],
            "list[str]",
            "list[str]",
            id="generic-alias",
        ),
        pytest.param(
            "lib:_A[str, int]",
            [defined("alias", type="list[lib:_T]", parameters=("lib:_T",))],
            [],
            "list[_t.Any]",
            "list[_t.Any]",
            id="wrong-arguments",
        ),
        pytest.param(
            "lib:_A",
            [defined("alias", type="int | list[lib:_A]")],
            [],
            "int | list[_t.Any]",
            "int | list[_t.Any]",
            id="recursive-alias",
        ),
        pytest.param("lib:_A | None", [defined("new_type", type="int")], [], "int | None", "int | None", id="new-type"),
        pytest.param("lib:_A", [defined("variable", bound="lib:C")], [], "C", "_t.Any", id="bound"),
        pytest.param(
            "lib:_A", [defined("variable", constraints=("int", "str"))], [], "int | str", "_t.Any", id="constraints"
        ),
        pytest.param(
            "list[lib:_A]",
            [defined("variable", bound="lib:C")],
            [],
            "list[_t.Any]",
            "list[_t.Any]",
            id="variable-inside",
        ),
        pytest.param(
            "lib:_A", [defined("class", bases=("lib:C",))], [], "_sb.RemoteObject", "_t.Any", id="private-class"
        ),
        pytest.param(
            "int | lib:_A",
            [defined("class", bases=("abc:ABC",))],
            [],
            "int | _sb.RemoteObject",
            "_t.Any",
            id="no-public-base",
        ),
        pytest.param(
            "lib:_A",
            [defined("class", bases=("typing:TypedDict",))],
            [],
            "_collections_abc.Mapping[str, _t.Any]",
            "_t.Any",
            id="private-typed-dict",
        ),
        pytest.param(
            "lib:_A",
            [defined("class", bases=("typing:NamedTuple",))],
            [],
            "tuple[_t.Any, ...] | _sb.RemoteObject",
            "_t.Any",
            id="private-named-tuple",
        ),
        pytest.param("lib:_A", [defined("class", bases=("enum:Enum",))], [], "_t.Any", "_t.Any", id="private-enum"),
        pytest.param("lib:_A", [defined("class", bases=("ValueError",))], [], "_t.Any", "_t.Any", id="private-error"),
        pytest.param("lib:_A | typing:Never", [defined("class")], [], "_sb.RemoteObject", "_t.Any", id="never"),
        pytest.param(
            "numpy:ndarray[Any, Any]",
            [],
            [],
            "_sb.SupportsArray | _sb.RemoteObject",
            "_t.Any",
            id="array-of-numpy",
        ),
        pytest.param(
            "numpy._typing._nested_sequence:_NestedSequence[int] | numpy._typing._array_like:_Buffer",
            [],
            [],
            "_collections_abc.Sequence[_t.Any] | _sb.RemoteObject | _sb.Buffer",
            "_t.Any",
            id="protocols-of-numpy",
        ),
        pytest.param(
            "numpy._core:float64",
            [],
            [],
            "float | _sb.SupportsArray | _sb.RemoteObject",
            "_t.Any",
            id="scalar-of-numpy",
        ),
        pytest.param("list[numpy:float64]", [], [], "list[_t.Any]", "list[_t.Any]", id="scalars-of-numpy"),
        pytest.param("type[numpy:float64]", [], [], "type[_t.Any]", "type[_t.Any]", id="class-of-a-scalar"),
        pytest.param(
            "numpy:int64", [], [], "int | _sb.SupportsArray | _sb.RemoteObject", "_t.Any", id="integer-of-numpy"
        ),
        pytest.param("slice[int, int, None]", [], [], "slice", "slice", id="slice-with-arguments"),
        pytest.param(
            "lib:_A", [defined("protocol", bases=("lib:C",))], [], "_t.Any", "_t.Any", id="protocol-definition"
        ),
        pytest.param("lib:P", [], [PROTOCOL], "_t.Any", "P", id="protocol"),
        pytest.param(
            "lib:O", [], [OPTIONS], "_collections_abc.Mapping[str, _t.Any] | O", "dict[str, _t.Any]", id="typed-dict"
        ),
        pytest.param("list[lib:O]", [], [OPTIONS], "list[_t.Any]", "list[dict[str, _t.Any]]", id="typed-dicts"),
        pytest.param(
            "collections.abc:Callable[[lib:O], lib:O]",
            [],
            [OPTIONS],
            "_collections_abc.Callable[[_t.Any], _collections_abc.Mapping[str, _t.Any] | O]",
            "_collections_abc.Callable[[_collections_abc.Mapping[str, _t.Any] | O], dict[str, _t.Any]]",
            id="callback",
        ),
        pytest.param(
            "str", [], [Symbol(path="lib:S", kind=Kind.CLASS, bases=("builtins:str",))], "str | S", "str", id="heir"
        ),
        pytest.param(
            "os:PathLike[str]",
            [],
            [Symbol(path="lib:S", kind=Kind.CLASS, bases=("builtins:str",))],
            "_os.PathLike[str]",
            "_os.PathLike[str]",
            id="constrained-argument",
        ),
        pytest.param(
            "list[str]",
            [],
            [Symbol(path="lib:S", kind=Kind.CLASS, bases=("builtins:str",))],
            "list[_t.Any]",
            "list[str]",
            id="heir-inside",
        ),
        pytest.param(
            "dict",
            [],
            [Symbol(path=f"lib:S{n}", kind=Kind.CLASS, bases=("builtins:dict",)) for n in range(4)],
            "dict[_t.Any, _t.Any] | _sb.RemoteObject",
            "dict[_t.Any, _t.Any]",
            id="many-heirs",
        ),
        pytest.param(
            "lib:C",
            [],
            [Symbol(path="lib:X", kind=Kind.EXCEPTION, bases=("lib:C", "builtins:Exception"))],
            "C | X",
            "C",
            id="heir-of-another-kind",
        ),
        pytest.param(
            "datetime:datetime",
            [
                defined("class", "datetime:datetime", bases=("datetime:date",)),
                defined("class", bases=("datetime:datetime",)),
            ],
            [Symbol(path="lib:S", kind=Kind.CLASS, bases=("lib:_A",))],
            "_datetime.datetime | S",
            "_datetime.datetime",
            id="heir-through-a-private-class",
        ),
        pytest.param("typing:AnyStr", [], [], "str | bytes", "_t.Any", id="any-str"),
        pytest.param(
            "collections.abc:Callable[typing:Concatenate[int, lib:_A], str]",
            [defined("parameters")],
            [],
            "_collections_abc.Callable[..., str]",
            "_collections_abc.Callable[..., str]",
            id="concatenate",
        ),
        pytest.param(
            "tuple[int, typing:Unpack[lib:_A]]",
            [defined("variables")],
            [],
            "tuple[_t.Any, ...]",
            "tuple[_t.Any, ...]",
            id="unpack",
        ),
    ],
)
def test_name_is_spelled_by_who_gives_the_value(expression, definitions, symbols, given, returned):
    assert annotated(expression, *definitions, symbols=symbols) == (given, returned)


@pytest.mark.parametrize(
    ("tier", "given", "returned"),
    [(Tier.STUB, "int", "int"), (Tier.STATIC, "int", "int"), (Tier.DOCSTRING, "int | _t.Any", "_t.Any")],
)
def test_prose_is_a_hint_about_what_to_give(tier, given, returned):
    assert annotated("int", tier=tier) == (given, returned)


def test_literal_of_a_public_enum_is_the_enum():
    symbols = (Symbol(path="lib:E", kind=Kind.ENUM),)
    assert annotated("typing:Literal[lib:E.RED, 'red', None]", symbols=symbols)[0] == "_t.Literal['red', None] | E"


def test_literals_too_long_to_read_are_their_types():
    parts = (" | ".join(f"typing:Literal['{'x' * 30}{n}{m}']" for n in range(9)) for m in range(9))
    assert annotated(" | ".join((*parts, "bytes")))[0] == "str | bytes"


def test_coroutine_of_a_stub_is_awaited_once():
    stated = "collections.abc:Coroutine[Any, Any, int]"
    assert annotated(stated, flags=(Flag.COROUTINE,))[1] == "int"


@pytest.mark.parametrize("shape", ["tuple[{0}, {0}]", "{0} | lib:Unknown", "list[{0}]"])
def test_hostile_aliases_end_soon(shape):
    chain = [
        Definition(path=f"lib:A{n}", kind=DefinitionKind.ALIAS, type=shape.format(f"lib:A{n + 1}")) for n in range(3000)
    ]
    started = time.monotonic()
    assert "_t.Any" in annotated("lib:A0", *chain)[0]
    assert time.monotonic() - started < 5


def test_hostile_bases_end():
    chain = [
        Definition(path=f"lib:_B{n}", kind=DefinitionKind.CLASS, bases=(f"lib:_B{(n + 1) % 2000}",))
        for n in range(2000)
    ]
    heir = Symbol(path="lib:D", kind=Kind.CLASS, bases=("lib:_B0",))
    assert annotated("lib:D", *chain, symbols=(heir,)) == ("D", "D")
    assert annotated("lib:_B0", *chain) == ("_sb.RemoteObject", "_t.Any")


@pytest.mark.parametrize(("fields", "taken"), [(("p",), "int"), (("q",), "_t.Any")], ids=["field", "property"])
def test_setter_takes_anything_where_only_the_type_of_reading_is_known(fields, taken):
    owner = Symbol(path="lib:C", kind=Kind.CLASS, fields=tuple(Field(name=name, type="int") for name in fields))
    made = Symbol(path="lib:C.p", kind=Kind.PROPERTY, type="int", flags=(Flag.SETTABLE,))
    text = render(build(owner, made))["lib/__init__.py"]
    assert f"def p(self, value: {taken}) -> None:" in text


def test_callback_may_be_written_for_what_it_is_really_passed():
    heir = Symbol(path="lib:D", kind=Kind.CLASS, bases=("lib:C",))
    stated = "collections.abc:Callable[[collections.abc:Hashable, lib:C, lib:D, str], float]"
    given, returned = annotated(stated, symbols=(heir,))
    assert given == "_collections_abc.Callable[[_t.Any, _t.Any, D, str], float]"
    assert returned == "_collections_abc.Callable[[_collections_abc.Hashable, C, D, str], float]"


def test_instance_of_a_metaclass_is_a_class_and_arrives_as_one():
    symbols = (
        Symbol(path="lib:M", kind=Kind.CLASS, bases=("builtins:type",)),
        Symbol(path="lib:N", kind=Kind.CLASS, bases=("lib:M",)),
    )
    assert annotated("lib:N", symbols=symbols) == ("type[_t.Any]", "_t.Any")


def test_what_has_subclasses_is_not_exact():
    heir = Symbol(path="lib:D", kind=Kind.CLASS, bases=("lib:C",))
    assert annotated("list[lib:C]", symbols=(heir,)) == ("list[_t.Any]", "list[C]")
