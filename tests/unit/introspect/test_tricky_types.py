"""Annotations in every spelling, each with one canonical form."""

from __future__ import annotations

import pytest
from zoo.spelled import field, signature

from snakebridge.manifest import Kind, Tier

SPELLED = "tricky_types.spelled"
GENERIC = "tricky_types.generic"
BOX = f"{GENERIC}:Box"
JSON = f"None | int | str | list[{SPELLED}:Json] | dict[str, {SPELLED}:Json]"


def facts(manifest):
    return {one.path: one for one in manifest.symbols}, {one.path: one for one in manifest.definitions}


@pytest.fixture(params=["3.8", "3.13"])
def symbols(zoo_manifest, request):
    return facts(zoo_manifest("tricky_types", request.param))[0]


@pytest.fixture(params=["3.8", "3.13"])
def definitions(zoo_manifest, request):
    return facts(zoo_manifest("tricky_types", request.param))[1]


@pytest.fixture(params=["3.11", "3.13"])
def modern(zoo_manifest, request):
    return facts(zoo_manifest("tricky_modern", request.param))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "optional",
            "(a: int | None, b: int | None, c: int | None, d: None | int, e: int | str | None)",
            id="Optional, Union and | are one",
        ),
        pytest.param("union_order", "(a: str | int, b: bytes | int) -> int | float", id="unions are flat, in order"),
        pytest.param(
            "forward",
            f"(a: {SPELLED}:Outer, b: list[{SPELLED}:Outer], c: list[{SPELLED}:Outer.Inner], d: list[{SPELLED}:Outer]) "
            f"-> {SPELLED}:Outer",
            id="forward references",
        ),
        pytest.param(
            "modern",
            f"(a: list[int], b: dict[str, list[int | None]], c: type[{SPELLED}:Outer], d: tuple[int, ...])",
            id="text that the interpreter cannot evaluate",
        ),
        pytest.param(
            "aliased",
            "(a: int | float, b: typing:Callable[[str, int], bool], c: typing:Callable[[str, int], bool], "
            "d: collections.abc:Mapping[str, int | float]) -> collections.abc:Sequence[int]",
            id="aliases and other names of typing",
        ),
        pytest.param(
            "checked",
            "(a: decimal:Decimal, b: decimal:Decimal, c: fractions:Fraction, d: list[decimal:Decimal], "
            "e: collections.abc:Sized)",
            id="names under TYPE_CHECKING",
        ),
        pytest.param(
            "renamed",
            f"(a: {BOX}[int], b: {GENERIC}:Pinned) -> {BOX}[str] | None",
            id="renamed and starred under TYPE_CHECKING",
        ),
        pytest.param(
            "ghost",
            "(a: nowhere_to_be_found:Ghost, b: list[nowhere_to_be_found:Ghost], c: ?'Undefined', "
            "d: int | ?'Undefined')",
            id="names that nothing defines are tagged, those of what is not installed kept",
        ),
        pytest.param("tuples", "(a: tuple[int, str], b: tuple[int, ...], c: tuple, d: tuple)", id="tuples"),
        pytest.param("types", f"(a: type[int], b: type, c: type[{SPELLED}:Outer], d: type[int | str])", id="types"),
        pytest.param(
            "called",
            "(a: typing:Callable, b: typing:Callable[..., int], c: typing:Callable[[], None], "
            f"d: typing:Callable[[{SPELLED}:Outer], Any])",
            id="callables",
        ),
        pytest.param(
            "literals",
            f"(a: typing:Literal['a', 1, None], b: typing:Literal[True, b'x'], c: typing:Literal[{SPELLED}:Colour.RED])",
            id="literals, members of enums among them",
        ),
        pytest.param("anything", "(a: Any, b: object, c: typing:AnyStr, d: Any) -> typing:AnyStr", id="Any, AnyStr"),
        pytest.param("no_return", "(a: collections.abc:Hashable) -> typing:Never", id="NoReturn"),
        pytest.param("json", f"(value: {JSON}) -> {JSON}", id="an alias that names itself"),
        pytest.param("recursive", f"(a: {JSON}, b: list[{JSON}])", id="the same in text"),
        pytest.param(
            "user", f"(value: {SPELLED}:UserId, many: list[{SPELLED}:UserId]) -> {SPELLED}:UserId", id="NewType"
        ),
        pytest.param(
            "promise",
            f"(a: collections.abc:Iterator[{SPELLED}:T], b: list[{SPELLED}:T]) -> {SPELLED}:T",
            id="type variable",
        ),
        pytest.param(
            "whitespace",
            "(a: int, b: dict[str, int], c: ?'not a type!', d: ?'3', e: ?'1 + 1', f: ?'\\n')",
            id="odd spacing, and what is no type",
        ),
        pytest.param(
            "deferred",
            f"(a: collections:OrderedDict[str, int], b: collections.abc:Mapping[str, {SPELLED}:T])",
            id="through modules",
        ),
        pytest.param(
            "Outer.make",
            f"(a: {SPELLED}:Outer.Inner, b: {SPELLED}:Outer.Inner, c: list[{SPELLED}:Outer.Inner]) "
            f"-> {SPELLED}:Outer.Inner",
            id="names of the class around it",
        ),
        pytest.param(
            "Node.add",
            f"(child: {SPELLED}:Node[{SPELLED}:T]) -> {SPELLED}:Node[{SPELLED}:T]",
            id="its own class, generic",
        ),
    ],
)
def test_every_spelling_has_one_form(symbols, name, expected):
    assert signature(symbols[f"{SPELLED}:{name}"].signature) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Node.children", f"list[{SPELLED}:Node[{SPELLED}:T]]"),
        ("Node.parent", f"{SPELLED}:Node | None"),
    ],
)
def test_an_attribute_may_refer_to_its_class(symbols, name, expected):
    assert symbols[f"{SPELLED}:{name}"].type == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Number", "int | float", id="union"),
        pytest.param("Handler", "typing:Callable[[str, int], bool]", id="callable"),
        pytest.param("Json", JSON, id="recursive"),
        pytest.param("UserId", "int", id="NewType"),
    ],
)
def test_an_alias_says_what_it_stands_for(symbols, name, expected):
    symbol = symbols[f"{SPELLED}:{name}"]
    assert (symbol.kind, symbol.type) == (Kind.ALIAS, expected)


# --- Generic classes ---


@pytest.mark.parametrize(
    ("name", "parameters", "generic_bases"),
    [
        pytest.param("Box", ("T",), (f"typing:Generic[{GENERIC}:T]",), id="Generic"),
        pytest.param("Pinned", (), (f"{BOX}[int]",), id="a base with an argument"),
        pytest.param(
            "SizedBox", ("T",), (f"{BOX}[{GENERIC}:T]", f"collections.abc:Iterable[{GENERIC}:T]"), id="two bases"
        ),
        pytest.param("Bounded", ("K",), (f"typing:Generic[{GENERIC}:K]",), id="bound"),
        pytest.param("Nested", (), (f"{BOX}[dict[str, tuple[int, ...]]]",), id="nested argument"),
        pytest.param("Registry", ("T",), (f"dict[str, {GENERIC}:T]",), id="a built-in base"),
        pytest.param("Source", ("Out",), (f"typing:Protocol[{GENERIC}:Out]",), id="protocol"),
    ],
)
def test_type_parameters_and_bases_of_a_generic_class(symbols, name, parameters, generic_bases):
    symbol = symbols[f"{GENERIC}:{name}"]
    assert symbol.parameters == tuple(f"{GENERIC}:{one}" for one in parameters)
    assert symbol.generic_bases == generic_bases


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Box", f"(value: {GENERIC}:T) -> None"),
        ("Box.get", f"(default: {GENERIC}:T | None = None) -> {GENERIC}:T"),
        ("Bounded.hold", f"(value: {GENERIC}:K) -> {GENERIC}:K"),
        ("Chosen.join", f"(parts: list[{GENERIC}:Text]) -> {GENERIC}:Text"),
        ("Source.read", f"(size: int = -1) -> {GENERIC}:Out"),
        ("Sink.write", f"(value: {GENERIC}:In) -> int"),
    ],
)
def test_methods_of_a_generic_class_name_its_parameters(symbols, name, expected):
    assert signature(symbols[f"{GENERIC}:{name}"].signature) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("T", {"kind": "variable"}, id="plain"),
        pytest.param("K", {"kind": "variable", "bound": f"{BOX}[Any]"}, id="bound"),
        pytest.param("Text", {"kind": "variable", "constraints": ("str", "bytes")}, id="constraints"),
        pytest.param("Out", {"kind": "variable", "variance": "covariant"}, id="covariant"),
        pytest.param("In", {"kind": "variable", "variance": "contravariant"}, id="contravariant"),
    ],
)
def test_a_type_variable_is_defined(definitions, name, expected):
    found = definitions[f"{GENERIC}:{name}"].model_dump(exclude_defaults=True)
    assert found == {"path": f"{GENERIC}:{name}", **expected}


# --- Since Python 3.11 ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "retry",
            "(function: typing:Callable[tricky_modern:P, tricky_modern:R], *args: tricky_modern:P.args, "
            "**kwargs: tricky_modern:P.kwargs) -> typing:Callable[tricky_modern:P, tricky_modern:R]",
            id="ParamSpec",
        ),
        pytest.param(
            "bound",
            "(function: typing:Callable[typing:Concatenate[int, tricky_modern:P], tricky_modern:R]) "
            "-> typing:Callable[tricky_modern:P, tricky_modern:R]",
            id="Concatenate",
        ),
        pytest.param("Decorated.method", "(x: int, *, y: str = '') -> bool", id="through a decorator with ParamSpec"),
        pytest.param(
            "spread",
            "(first: tuple[typing:Unpack[tricky_modern:Ts]], *args: typing:Unpack[tricky_modern:Ts]) "
            "-> tuple[int, typing:Unpack[tricky_modern:Ts]]",
            id="TypeVarTuple",
        ),
        pytest.param("Array.shape", "() -> tuple[typing:Unpack[tricky_modern:Ts]]", id="TypeVarTuple of a class"),
        pytest.param("Builder.create", "() -> typing:Self", id="Self"),
        pytest.param(
            "Builder.extend",
            "(other: typing:Self | None, names: list[typing:Self]) -> typing:Self",
            id="Self in text and below a generic",
        ),
        pytest.param("annotated", "(a: int, b: str, c: list[int])", id="Annotated is read through"),
        pytest.param(
            "exact",
            "(a: typing:LiteralString, b: typing:Literal['x', 2], c: int | None, d: list[list[float]]) -> typing:Never",
            id="Never, |, and an alias in text",
        ),
        pytest.param("typed_keywords", "(**options: typing:Unpack[tricky_modern:Options]) -> None", id="Unpack"),
        pytest.param("Config", "(*, host: str, port: int = 80) -> None", id="data class: all by keyword"),
        pytest.param(
            "Mixed", "(first: int, *, second: str = '', third: int = 3) -> None", id="data class: some by keyword"
        ),
    ],
)
def test_what_python_3_11_can_say(modern, name, expected):
    symbols, _ = modern
    assert signature(symbols[f"tricky_modern:{name}"].signature) == expected


def test_overloads_that_the_target_remembers(modern):
    symbols, _ = modern
    chosen = symbols["tricky_modern:chosen"]
    assert [signature(one) for one in chosen.overloads] == [
        "(value: int) -> int",
        "(value: str, *, strict: bool = ...) -> str",
    ]
    assert chosen.overloads_tier is Tier.RUNTIME
    assert signature(chosen.signature) == "(value: int | str, *, strict: bool = False) -> int | str"
    assert chosen.tier is Tier.RUNTIME


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Options", ["name: str", "size: int [optional]", "extra: Any [optional]"], id="Required"),
        pytest.param("Config", ["host: str [keyword]", "port: int = 80 [optional, keyword]"], id="kw_only"),
        pytest.param(
            "Mixed",
            ["first: int", "second: str = '' [optional, keyword]", "third: int = 3 [optional, keyword]"],
            id="KW_ONLY",
        ),
    ],
)
def test_fields_since_python_3_11(modern, name, expected):
    symbols, _ = modern
    assert [field(one) for one in symbols[f"tricky_modern:{name}"].fields] == expected


@pytest.mark.parametrize(
    ("name", "flags"),
    [("Config", ("frozen",)), ("Last", ("final",)), ("Last.method", ("final",)), ("Mixed", ())],
)
def test_flags_since_python_3_11(modern, name, flags):
    symbols, _ = modern
    assert symbols[f"tricky_modern:{name}"].flags == flags


def test_members_of_a_text_enum(modern):
    symbols, _ = modern
    assert [(one.name, one.value) for one in symbols["tricky_modern:Kind"].members] == [
        ("SMALL", "'small'"),
        ("LARGE", "'L'"),
    ]


def test_an_alias_that_only_its_annotation_marks_as_one(modern):
    symbols, _ = modern
    matrix = symbols["tricky_modern:Matrix"]
    assert (matrix.kind, matrix.type) == (Kind.ALIAS, "list[list[float]]")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("P", "parameters"), ("R", "variable"), ("Ts", "variables")],
)
def test_parameters_of_every_kind_are_defined(modern, name, kind):
    symbols, definitions = modern
    assert definitions[f"tricky_modern:{name}"].kind == kind
    assert symbols["tricky_modern:Wrapper"].parameters == ("tricky_modern:P", "tricky_modern:R")
    assert symbols["tricky_modern:Array"].parameters == ("tricky_modern:Ts",)
