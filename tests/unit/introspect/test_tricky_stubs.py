"""Stubs: which one counts, what is taken from it, and where it disagrees with the object."""

from __future__ import annotations

import pytest
from zoo.spelled import signature

from snakebridge.introspect import introspect
from snakebridge.manifest import Flag, Kind, Note, Tier

VERSIONS = ["3.8", "3.13"]
LIB = "tricky_bundled"


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def bundled(zoo_manifest, version):
    return zoo_manifest(LIB, version)


@pytest.fixture
def symbols(bundled):
    return {symbol.path: symbol for symbol in bundled.symbols}


@pytest.mark.parametrize(
    ("name", "expected", "tier"),
    [
        pytest.param(
            "opaque",
            f"(path: {LIB}:_Path @stub, *, mode: typing:Literal['r', 'w'] @stub = 'r', **options: int @stub) "
            f"-> {LIB}:_Readable @stub",
            Tier.STUB,
            id="the object takes anything, the stub names it",
        ),
        pytest.param(
            "variadic_too",
            "(*args: int @stub) -> None @stub",
            Tier.RUNTIME,
            id="the stub takes anything too, under another name",
        ),
        pytest.param(
            "drifted", "(first: int @stub, second = 2) -> None @stub", Tier.RUNTIME, id="another name in the stub"
        ),
        pytest.param(
            "reordered",
            "(a: int @stub, b: str @stub, c: None @stub = None) -> None @stub",
            Tier.RUNTIME,
            id="another order in the stub",
        ),
        pytest.param(
            "placed", "(x: int @stub, y: str @stub, /) -> bool @stub", Tier.RUNTIME, id="positional-only ones by place"
        ),
        pytest.param(
            "placed_later",
            "(x: int @stub, y: str @stub) -> bool @stub",
            Tier.RUNTIME,
            id="positional-only in the stub alone",
        ),
        pytest.param("stated", "(x: int) -> int", Tier.RUNTIME, id="the object's own annotations win"),
        pytest.param(
            "partly", "(x: str @stub, y: int @stub) -> list", Tier.RUNTIME, id="but not those that nobody can read"
        ),
        pytest.param("forgotten", "(x)", Tier.RUNTIME, id="the stub does not know it"),
        pytest.param("by_platform", "(x: int @stub) -> int @stub", Tier.RUNTIME, id="sys.platform of the target"),
        pytest.param("old", "(x: int @stub) -> int @stub", Tier.RUNTIME, id="deprecated"),
        pytest.param(
            "join",
            f"(parts: list[{LIB}:_T] @stub, sep: str @stub = ' ') -> dict[str, {LIB}:_T] @stub",
            Tier.RUNTIME,
            id="type variable",
        ),
        pytest.param(
            "clipped",
            "(x: int @stub, low: float @stub = 0, high: float | None @stub = None) -> int @stub",
            Tier.RUNTIME,
            id="defaults are the object's",
        ),
        pytest.param("later", "(x: int @stub) -> str @stub", Tier.RUNTIME, id="coroutine"),
        pytest.param(
            "opened",
            f"(path: {LIB}:_Path @stub) -> collections.abc:Iterator[str] @stub",
            Tier.RUNTIME,
            id="generator",
        ),
        pytest.param("Box.check", "(value: object @stub) -> bool @stub", Tier.RUNTIME, id="static method"),
        pytest.param("Box.parse", "(text: str @stub) -> typing:Self @stub", Tier.RUNTIME, id="class method, Self"),
        pytest.param(
            "Box.hypotenuse", "(*sides: float @stub) -> float @stub", Tier.STUB, id="a function that tells nothing"
        ),
        pytest.param("Box.__add__", f"(other: {LIB}:Box @stub) -> {LIB}:Box @stub", Tier.RUNTIME, id="operator"),
        pytest.param(
            "Stack.push", f"(item: {LIB}:_T @stub) -> {LIB}:Stack[{LIB}:_T] @stub", Tier.RUNTIME, id="generic class"
        ),
        pytest.param(
            "Operation.reduce",
            "(values: list[int] @stub, axis: int @stub = 0) -> int @stub",
            Tier.RUNTIME,
            id="method beside __call__",
        ),
    ],
)
def test_a_stub_completes_what_the_object_says(symbols, name, expected, tier):
    symbol = symbols[f"{LIB}:{name}"]
    assert signature(symbol.signature) == expected
    assert symbol.tier is tier
    assert symbol.overloads == ()


def test_the_branch_of_a_stub_is_that_of_the_target(symbols, version):
    word = "str" if version == "3.8" else "int"
    assert signature(symbols[f"{LIB}:branches"].signature) == f"(x: {word} @stub) -> {word} @stub"


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        pytest.param("opaque", (Note.RUNTIME_VARIADIC,), id="variadic"),
        pytest.param("add", (Note.RUNTIME_VARIADIC,), id="variadic instance"),
        pytest.param("drifted", (Note.STUB_DRIFTED,), id="drifted"),
        pytest.param("forgotten", (Note.STUB_MISSING,), id="missing"),
        pytest.param("placed", (), id="names that nobody can use do not drift"),
        pytest.param("placed_later", (), id="nor do those that only the stub hides"),
        pytest.param("overloaded", (), id="overloads together name all"),
        pytest.param("clipped", (), id="in step"),
        pytest.param("variadic_too", (), id="the rest may be called anything"),
    ],
)
def test_disagreements_are_noted(symbols, name, notes):
    assert symbols[f"{LIB}:{name}"].notes == notes


@pytest.mark.parametrize(
    ("name", "overloads", "expected"),
    [
        pytest.param(
            "overloaded",
            [
                "(value: int @stub, strict: typing:Literal[True] @stub, *, key: None @stub = None) -> int @stub",
                (
                    "(value: str @stub, strict: bool @stub = False, "
                    "*, key: typing:Callable[[str], int] | None @stub = None) -> str @stub"
                ),
                "(value: bytes @stub, strict: bool @stub = False) -> bytes | None @stub",
            ],
            "(value: int | str | bytes @stub, strict: typing:Literal[True] | bool @stub = False, "
            "*, key: None | typing:Callable[[str], int] @stub = None) -> int | str | bytes | None @stub",
            id="function",
        ),
        pytest.param(
            "Box.get",
            [
                "(key: str @stub) -> int | None @stub",
                f"(key: str @stub, default: {LIB}:_T @stub) -> int | {LIB}:_T @stub",
            ],
            f"(key: str @stub, default: {LIB}:_T @stub = None) -> int | None | {LIB}:_T @stub",
            id="method",
        ),
        pytest.param(
            "add",
            [
                "(x1: int @stub, x2: int @stub, /) -> int @stub",
                "(x1: float @stub, x2: float @stub, /, out: None @stub = None) -> float @stub",
            ],
            "(x1: int | float @stub, x2: int | float @stub, /, out: None @stub = None) -> int | float @stub",
            id="instance that can be called",
        ),
    ],
)
def test_overloads_keep_their_order_and_one_signature_takes_them_all(symbols, name, overloads, expected):
    symbol = symbols[f"{LIB}:{name}"]
    assert [signature(one) for one in symbol.overloads] == overloads
    assert symbol.overloads_tier is Tier.STUB
    assert signature(symbol.signature) == expected


def test_one_overload_may_be_deprecated_and_the_function_is_not(symbols):
    symbol = symbols[f"{LIB}:old_overload"]
    assert [one.deprecated for one in symbol.overloads] == ["Give a str.", None]
    assert (symbol.flags, symbol.deprecated) == ((), None)


def test_a_deprecation_that_only_the_stub_states(symbols):
    symbol = symbols[f"{LIB}:old"]
    assert (symbol.flags, symbol.deprecated) == ((Flag.DEPRECATED,), "Use overloaded.")


def test_a_docstring_that_only_the_stub_has(symbols):
    symbol = symbols[f"{LIB}:described"]
    assert (symbol.doc, symbol.doc_tier) == ("Told by the stub alone.", Tier.STUB)


def test_what_a_call_gives_is_said_by_the_object(symbols):
    assert symbols[f"{LIB}:later"].flags == (Flag.COROUTINE,)
    assert symbols[f"{LIB}:opened"].flags == (Flag.GENERATOR,)


def test_a_second_name_of_a_function_is_an_alias(symbols):
    assert symbols[f"{LIB}:overloaded"].aliases == (f"{LIB}:again",)


def test_the_constructor_of_a_class(symbols):
    box = symbols[f"{LIB}:Box"]
    parameters = signature(box.signature).partition(" -> ")[0]
    assert parameters == "(size: int @stub = 1, *, name: str | None @stub = None)"
    assert (box.tier, box.notes) == (Tier.STUB, (Note.RUNTIME_VARIADIC,))


@pytest.mark.parametrize(
    ("name", "kind", "type_", "tier"),
    [
        pytest.param("Box.width", Kind.PROPERTY, "int", Tier.STUB, id="property"),
        pytest.param("Box.limit", Kind.CONSTANT, "int", Tier.RUNTIME, id="class attribute"),
        pytest.param("pi_like", Kind.CONSTANT, "float", Tier.RUNTIME, id="constant"),
        pytest.param("table", Kind.CONSTANT, "dict[str, list[int]]", Tier.STUB, id="container"),
        pytest.param("add", Kind.CALLABLE, f"{LIB}:Operation", Tier.RUNTIME, id="callable"),
    ],
)
def test_types_of_what_is_read(symbols, name, kind, type_, tier):
    symbol = symbols[f"{LIB}:{name}"]
    assert (symbol.kind, symbol.type, symbol.type_tier) == (kind, type_, tier)


def test_a_class_that_is_generic_in_its_stub_alone(symbols):
    assert symbols[f"{LIB}:Stack"].parameters == (f"{LIB}:_T",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_Path", {"kind": "alias", "type": "str | os:PathLike[str]"}),
        ("_Readable", {"kind": "protocol"}),
        ("_T", {"kind": "variable"}),
    ],
)
def test_names_that_exist_in_the_stub_alone_are_defined(bundled, name, expected):
    (found,) = [one for one in bundled.definitions if one.path == f"{LIB}:{name}"]
    told = found.model_dump(exclude_defaults=True)
    assert {key: told.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        pytest.param("Operation", (), id="a class without a constructor is known"),
        pytest.param("Stack", (), id="a generic class without a constructor is known"),
    ],
)
def test_a_class_that_the_stub_has_is_not_missing(symbols, name, notes):
    assert symbols[f"{LIB}:{name}"].notes == notes


# --- Which stub ---


@pytest.mark.parametrize(
    ("library", "path", "expected"),
    [
        pytest.param(
            "tricky_stubbed",
            "tricky_stubbed:which",
            "(x: int @stub) -> int @stub",
            id="a distribution of stubs replaces bundled ones",
        ),
        pytest.param(
            "tricky_stubbed",
            "tricky_stubbed:inherited_name",
            "(x: int @stub, y: int @stub = 1) -> int @stub",
            id="through a re-export",
        ),
        pytest.param(
            "tricky_stubbed",
            "tricky_stubbed:Child.own",
            "(x: tricky_stubbed:Child @stub) -> tricky_stubbed:_Base @stub",
            id="a method",
        ),
        pytest.param(
            "tricky_stubbed",
            "tricky_stubbed:Child.shared",
            "(x: int @stub) -> bytes @stub",
            id="a method of a private base",
        ),
        pytest.param(
            "tricky_stubbed", "tricky_stubbed.inner:only_here", "(x)", id="bundled stubs are not asked any more"
        ),
        pytest.param(
            "tricky_partial",
            "tricky_partial.one:which",
            "(x: int @stub) -> int @stub",
            id="partial: what it has counts",
        ),
        pytest.param(
            "tricky_partial",
            "tricky_partial.two:also",
            "(x: str @stub) -> str @stub",
            id="partial: for the rest the bundled ones count",
        ),
    ],
)
def test_which_stub_counts(zoo_manifest, version, library, path, expected):
    (symbol,) = [one for one in zoo_manifest(library, version).symbols if one.path == path]
    assert signature(symbol.signature) == expected


def test_the_distributions_of_stubs_are_named(zoo_manifest, version):
    assert zoo_manifest("tricky_stubbed", version).library.stubs["tricky-stubbed-stubs"] == "1.2"


# --- typeshed ---


@pytest.fixture
def standard(zoo_python, version):
    def find(library, path):
        manifest = introspect(library, zoo_python(version))
        assert "typeshed" in manifest.library.stubs
        (symbol,) = [one for one in manifest.symbols if one.path == path]
        return symbol

    return find


@pytest.mark.parametrize(
    ("path", "oldest", "newest"),
    [
        pytest.param(
            "textwrap:dedent",
            "(text: str @stub) -> str @stub",
            "(text: str @stub) -> str @stub",
            id="written in Python",
        ),
        pytest.param(
            "math:hypot",
            "(*coordinates: math:_SupportsFloatOrIndex @stub) -> float @stub",
            "(*coordinates: math:_SupportsFloatOrIndex @stub) -> float @stub",
            id="written in C, without a signature",
        ),
        pytest.param(
            "math:gcd",
            "(x, y, /) -> int @stub",
            "(*integers: typing:SupportsIndex @stub) -> int @stub",
            id="another signature since Python 3.9",
        ),
        pytest.param(
            "random:randint",
            "(a: int @stub, b: int @stub) -> int @stub",
            "(a: int @stub, b: int @stub) -> int @stub",
            id="bound method of an instance",
        ),
    ],
)
def test_the_standard_library_is_typed_by_typeshed(standard, version, path, oldest, newest):
    symbol = standard(path.partition(":")[0], path)
    assert signature(symbol.signature) == (oldest if version == VERSIONS[0] else newest)


def test_private_names_of_typeshed_are_defined(zoo_python, version):
    manifest = introspect("math", zoo_python(version))
    (found,) = [one for one in manifest.definitions if one.path == "math:_SupportsFloatOrIndex"]
    assert (found.kind, found.type) == ("alias", "typing:SupportsFloat | typing:SupportsIndex")
