"""The standard library of each Python, described twice with the same bytes."""

from __future__ import annotations

import functools
import json

import pytest
from interpreters import interpreter

from snakebridge.introspect import Options, introspect
from snakebridge.manifest import Flag, Kind, Tier, dumps, json_schema, loads

VERSIONS = ["3.8", "3.9", "3.11", "3.13"]
LIBRARIES = ["json", "statistics", "math", "re", "pathlib", "asyncio", "decimal", "sqlite3", "collections"]


@pytest.fixture(scope="module")
def described():
    """Return the symbols of a library by path, and keep them."""

    @functools.cache
    def describe(library, version):
        return {symbol.path: symbol for symbol in manifest(library, version).symbols}

    return describe


@functools.cache
def manifest(library, version):
    return introspect(library, interpreter(version))


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_gives_the_same_valid_bytes_twice(library, version):
    jsonschema = pytest.importorskip("jsonschema")
    python = interpreter(version)
    text = dumps(manifest(library, version))
    assert dumps(introspect(library, python, options=Options(refresh=True))) == text
    assert dumps(loads(text)) == text
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(text))
    assert "0x7f" not in text
    assert str(python.parents[1]) not in text


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("library", "path", "kind", "parameters"),
    [
        ("json", "json:dumps", Kind.FUNCTION, ["obj", "skipkeys", "ensure_ascii"]),
        ("json", "json:JSONDecoder", Kind.CLASS, ["object_hook", "parse_float", "parse_int"]),
        ("json", "json:JSONDecoder.raw_decode", Kind.FUNCTION, ["s", "idx"]),
        ("json", "json:JSONDecodeError", Kind.EXCEPTION, ["msg", "doc", "pos"]),
        ("math", "math:sqrt", Kind.FUNCTION, ["x"]),
        ("math", "math:hypot", Kind.FUNCTION, ["coordinates"]),
        ("statistics", "statistics:median", Kind.FUNCTION, ["data"]),
        ("re", "re:sub", Kind.FUNCTION, ["pattern", "repl", "string"]),
        ("re", "re:Pattern.match", Kind.FUNCTION, ["string", "pos", "endpos"]),
        ("pathlib", "pathlib:PurePath.match", Kind.FUNCTION, ["path_pattern"]),
        ("asyncio", "asyncio:gather", Kind.FUNCTION, ["coros_or_futures"]),
        ("asyncio", "asyncio:Future.result", Kind.FUNCTION, []),
        ("decimal", "decimal:Decimal", Kind.CLASS, ["value", "context"]),
        ("decimal", "decimal:Decimal.quantize", Kind.FUNCTION, ["exp", "rounding", "context"]),
        ("sqlite3", "sqlite3:Connection.cursor", Kind.FUNCTION, None),
        ("collections", "collections:Counter.most_common", Kind.FUNCTION, ["n"]),
        ("collections", "collections.abc:Mapping.get", Kind.FUNCTION, ["key", "default"]),
    ],
    ids=lambda value: value if isinstance(value, str) and ":" in value else "",
)
def test_a_well_known_symbol(described, library, version, path, kind, parameters):
    symbol = described(library, version)[path]
    assert symbol.kind is kind
    names = [one.name for one in symbol.signature.parameters]
    if path == "pathlib:PurePath.match" and version == "3.13":
        assert names == ["path_pattern", "case_sensitive"]
    elif parameters is not None and path != "pathlib:PurePath.match":
        assert names[: len(parameters)] == parameters


@pytest.mark.parametrize("version", VERSIONS)
def test_kinds_and_flags_of_well_known_symbols(described, version):
    assert described("math", version)["math:pi"].value == "3.141592653589793"
    assert described("math", version)["math:sqrt"].tier is Tier.TEXT_SIGNATURE
    assert Flag.COROUTINE in described("asyncio", version)["asyncio:sleep"].flags
    assert "__fspath__" in described("pathlib", version)["pathlib:PurePath"].protocols
    assert "__add__" in described("decimal", version)["decimal:Decimal"].protocols
    assert described("sqlite3", version)["sqlite3:OperationalError"].bases == ("sqlite3:DatabaseError",)
    assert described("sqlite3", version)["sqlite3:connect"].kind is Kind.FUNCTION
    assert described("re", version)["re:compile"].kind is Kind.FUNCTION


def test_a_type_that_nobody_finished_is_described(described):
    assert described("unicodedata", "3.9")["unicodedata:UCD"].kind is Kind.CLASS


def test_names_of_a_platform_module_are_those_of_os(described):
    symbols = described("os", "3.13")
    assert symbols["os:getcwd"].kind is Kind.FUNCTION
    assert symbols["os.path:join"].kind is Kind.FUNCTION


def test_functions_of_a_compiled_half_belong_to_the_public_one(described):
    assert described("threading", "3.13")["threading:get_ident"].defined == "_thread:get_ident"
    assert described("random", "3.13")["random:gauss"].kind is Kind.FUNCTION
