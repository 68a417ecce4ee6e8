"""What a type expression of a manifest becomes in a generated annotation."""

from __future__ import annotations

import ast
import importlib

import pytest

from snakebridge.codegen import render
from snakebridge.codegen._types.nameable import ANCESTORS, ARITY, EXCEPTIONS, RESPELLED, VARIANCE
from snakebridge.manifest import (
    Default,
    Kind,
    Parameter,
    Signature,
    Symbol,
)

from .conftest import build

TABLE = [
    ("int", "int"),
    ("None", "None"),
    ("Any", "_t.Any"),
    ("int | None", "int | None"),
    ("int | Any", "_t.Any"),
    ("list", "list[_t.Any]"),
    ("dict", "dict[_t.Any, _t.Any]"),
    ("dict[str]", "_t.Any"),
    ("list[int, str]", "_t.Any"),
    ("int[str]", "_t.Any"),
    ("type", "type[_t.Any]"),
    ("tuple", "tuple[_t.Any, ...]"),
    ("tuple[int, ...]", "tuple[int, ...]"),
    ("tuple[..., int]", "tuple[_t.Any, ...]"),
    ("tuple[[]]", "tuple[()]"),
    ("tuple[int, lib:Unknown]", "tuple[int, _t.Any]"),
    ("list[lib:Unknown]", "list[_t.Any]"),
    ("lib:C", "C"),
    ("lib:C[int]", "C"),
    ("list[lib:C]", "list[C]"),
    ("list[lib:C | None]", "list[_t.Any]"),
    ("list[float]", "list[_t.Any]"),
    ("dict[str, list[tuple[int, str]]]", "dict[str, list[tuple[int, str]]]"),
    ("list[tuple[int, ...]]", "list[_t.Any]"),
    ("collections.abc:Sequence[int | None]", "_collections_abc.Sequence[int | None]"),
    ("lib:Unknown", "_t.Any"),
    ("other:Thing", "_t.Any"),
    ("?'what is this'", "_t.Any"),
    ("typing:List[int]", "list[int]"),
    ("typing:Dict[str, int]", "dict[str, int]"),
    ("typing:Optional[int]", "int | None"),
    ("typing:Union[int, str, int]", "int | str"),
    ("typing:Callable[[int], str]", "_collections_abc.Callable[[int], str]"),
    ("collections.abc:Callable", "_collections_abc.Callable[..., _t.Any]"),
    ("collections.abc:Callable[lib:P, int]", "_collections_abc.Callable[..., int]"),
    ("collections.abc:Callable[..., lib:T]", "_collections_abc.Callable[..., _t.Any]"),
    ("collections.abc:Generator[int]", "_collections_abc.Generator[int, None, None]"),
    ("collections.abc:Iterable", "_collections_abc.Iterable[_t.Any]"),
    ("typing:Annotated[int, 'unit']", "int"),
    ("typing:Final[str]", "str"),
    ("typing:Literal['a', 1, None, True, b'x']", '_t.Literal["a", 1, None, True, b"x"]'),
    ("typing:Literal[1.5]", "_t.Any"),
    ("typing:Literal[lib:E.RED]", "_sb.RemoteObject"),
    ("typing:Literal[other:E.RED]", "_t.Any"),
    ("typing:Literal", "_t.Any"),
    ("typing:TypeVar", "_t.Any"),
    ("typing:NoReturn", "_t.Any"),
    ("typing:Self", "_t.Any"),
    ("typing:LiteralString", "str"),
    ("typing:TypeGuard[int]", "bool"),
    ("datetime:datetime", "_datetime.datetime"),
    ("pathlib:Path", "_pathlib.Path"),
    ("re:Pattern[str]", "_re.Pattern[str]"),
    ("os:PathLike", "_os.PathLike[_t.Any]"),
    ("...", "_types.EllipsisType"),
    ("builtins:ValueError", "ValueError"),
    ("type[builtins:Exception]", "type[Exception]"),
]


def annotation(expression, default=None):
    parameter = Parameter(name="x", type=expression, default=Default(literal=default) if default else None)
    made = Symbol(path="lib:f", kind=Kind.FUNCTION, signature=Signature(parameters=(parameter,)))
    tree = ast.parse(render(build(made, Symbol(path="lib:C", kind=Kind.CLASS)))["lib/__init__.py"])
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "f")
    return ast.unparse(function.args.args[0].annotation).replace("'", '"')


@pytest.mark.parametrize(("expression", "spelled"), TABLE, ids=[expression for expression, _ in TABLE])
def test_type_is_spelled(expression, spelled):
    assert annotation(expression) == spelled.replace("'", '"')


@pytest.mark.parametrize(
    ("expression", "default", "spelled"),
    [
        pytest.param("int", "None", "int | None", id="implicit-optional"),
        pytest.param("float", "1", "float", id="int-is-a-float"),
        pytest.param("bool", "0", "bool | int", id="int-is-no-bool"),
        pytest.param("str", "b''", "str | bytes", id="bytes-are-no-str"),
        pytest.param("object", "'x'", "object", id="everything-is-an-object"),
        pytest.param(
            "collections.abc:Sequence[int]", "(1, 2)", "_collections_abc.Sequence[int]", id="tuple-is-a-sequence"
        ),
        pytest.param("tuple[int, int]", "(1, 2, 3)", "tuple[int, int] | tuple[int, int, int]", id="too-long-a-tuple"),
        pytest.param("typing:Literal['a']", "'b'", '_t.Literal["a"] | str', id="no-such-choice"),
        pytest.param("lib:C", "'lazy'", "C | str", id="literal-for-a-class"),
        pytest.param("list[int]", "[]", "list[int] | _sb.Default", id="mutable"),
    ],
)
def test_default_fits_its_type(expression, default, spelled):
    assert annotation(expression, default) == spelled


@pytest.mark.parametrize("address", sorted({*ARITY, *RESPELLED.values()}))
def test_nameable_class_exists(address):
    module, _, name = address.partition(":")
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize("address", sorted(ANCESTORS))
def test_ancestor_takes_the_instances_of_its_heir(address):
    module, _, name = address.partition(":")
    found = getattr(importlib.import_module(module), name)
    by_rule = {"builtins:complex", "builtins:float", "typing:BinaryIO", "typing:IO", "typing:TextIO"}
    for ancestor in set(ANCESTORS[address]) - by_rule:
        there, _, theirs = ancestor.partition(":")
        assert issubclass(found, getattr(importlib.import_module(there), theirs)), ancestor


def test_each_type_argument_has_a_sign():
    assert {address: len(signs) for address, signs in VARIANCE.items()} == {one: ARITY[one] for one in VARIANCE}


def test_builtin_exceptions_are_those_of_every_host_version():
    import builtins

    assert all(issubclass(getattr(builtins, name), BaseException) for name in EXCEPTIONS)


def test_value_type_of_its_own_library_is_the_hosts_class():
    made = [
        Symbol(path="decimal:Decimal", kind=Kind.CLASS),
        Symbol(
            path="decimal:Decimal.sqrt",
            kind=Kind.FUNCTION,
            signature=Signature(parameters=(Parameter(name="other", type="decimal:Decimal"),), returns="typing:Self"),
        ),
    ]
    text = render(build(*made, library="decimal"))["decimal/__init__.py"]
    assert "other: _decimal.Decimal | Decimal)" in text
    assert ") -> _decimal.Decimal:" in text
