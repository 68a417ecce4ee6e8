"""Odd modules: what they offer, under which address, and what is said of the rest."""

from __future__ import annotations

import pytest
from zoo.spelled import signature

from snakebridge.introspect import Options, introspect
from snakebridge.manifest import Kind, Note, dumps

VERSIONS = ["3.8", "3.13"]


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def manifest(zoo_manifest, version):
    return zoo_manifest("tricky", version)


@pytest.fixture
def symbols(manifest):
    return {symbol.path: symbol for symbol in manifest.symbols}


@pytest.fixture
def modules(manifest):
    return {module.name: module for module in manifest.modules}


def named(symbols, module):
    return {symbol.qualname for symbol in symbols.values() if symbol.module == module and symbol.owner is None}


# --- Which names ---


def test_what_all_announces_is_asked_for_and_what_never_comes_is_a_finding(manifest, symbols):
    assert named(symbols, "tricky.exports") == {"delivered"}
    found = {one.path: one for one in manifest.findings if one.path.startswith("tricky.exports")}
    kinds = {path: one.message.rpartition(" ")[2] for path, one in found.items() if one.rule == "name-unavailable"}
    assert kinds == {
        "tricky.exports:gone": "AttributeError",
        "tricky.exports:interrupted": "KeyboardInterrupt",
        "tricky.exports:leaving": "SystemExit",
        "tricky.exports:refused": "ImportError",
    }
    assert found["tricky.exports"].rule == "name-unusable"
    assert not any("secret" in one.message for one in manifest.findings)


def test_what_another_library_owns_is_listed_and_not_described(modules, symbols):
    external = modules["tricky.exports"].external
    assert external["Ordered"] == "collections:OrderedDict"
    assert external["join"].partition(":")[2] == "join"
    assert not {"tricky.exports:Ordered", "tricky.exports:join"} & symbols.keys()


def test_a_lazy_module_is_asked_only_for_what_it_offers(modules, symbols, manifest):
    assert modules["tricky.lazy"].lazy
    assert not modules["tricky.functions"].lazy
    assert named(symbols, "tricky.lazy") == {"eager", "heavy", "light"}
    assert signature(symbols["tricky.lazy:heavy"].signature) == "(data, *, deep = False)"
    assert "tricky.lazy:broken" in {one.path for one in manifest.findings}


def test_a_module_that_answers_everything_offers_what_it_holds(symbols):
    assert named(symbols, "tricky.conjurer") == {"real"}


@pytest.mark.parametrize(
    ("name", "kind", "type_"),
    [
        pytest.param("everything", Kind.CONSTANT, "tricky.fabricates:Expression", id="every attribute"),
        pytest.param("col", Kind.CALLABLE, "tricky.fabricates:Column", id="every attribute, and can be called"),
        pytest.param("pretender", Kind.CONSTANT, "tricky.fabricates:Proxy", id="lies about its class"),
    ],
)
def test_an_object_that_makes_things_up_is_what_its_class_is(symbols, name, kind, type_):
    symbol = symbols[f"tricky.fabricates:{name}"]
    assert (symbol.kind, symbol.type, symbol.doc) == (kind, type_, None)


def test_a_callable_that_makes_things_up_is_called_as_its_class_says(symbols):
    col = symbols["tricky.fabricates:col"]
    assert signature(col.signature) == "(*names: str) -> tricky.fabricates:Expression"


# --- Under which address ---


@pytest.mark.parametrize(
    ("path", "aliases", "defined"),
    [
        pytest.param(
            "tricky.paths:Moved",
            ("tricky.paths.second:Moved", "tricky.paths.second:Renamed"),
            "tricky.paths._inner:Moved",
            id="private definition, three public places",
        ),
        pytest.param("tricky.paths:Rewritten", (), None, id="says that it is from where it is offered"),
        pytest.param("tricky.paths:helper", (), "tricky.paths._inner:helper", id="function"),
        pytest.param("tricky.paths.second:Liar", (), "tricky.paths.nowhere:Liar", id="says that it is from nowhere"),
        pytest.param(
            "tricky.paths:same", ("tricky.paths.same:same",), "tricky.paths.same:same", id="named like its module"
        ),
    ],
)
def test_one_object_has_one_canonical_address(symbols, path, aliases, defined):
    symbol = symbols[path]
    assert (symbol.aliases, symbol.defined) == (aliases, defined)
    assert not set(aliases) & symbols.keys()


def test_a_module_and_a_function_may_have_one_path(modules):
    assert modules["tricky.paths"].exports["same"] == "tricky.paths:same"
    assert modules["tricky.paths.same"].exports == {"other": "tricky.paths.same:other", "same": "tricky.paths:same"}


def test_annotations_name_public_addresses(symbols):
    method = symbols["tricky.paths:Moved.method"]
    assert signature(method.signature) == "(other: tricky.paths:Moved) -> tricky.paths:Rewritten"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("list", "(items: ?'dict', flag: tricky.shadows:bool, real: bool) -> int"),
        ("takes", "(flag: tricky.shadows:bool, *, also: tricky.shadows:bool, built_in: bool = True) -> list[tricky.shadows:bool]"),
    ],
)  # fmt: skip
def test_a_name_that_shadows_a_built_in_means_what_its_module_says(symbols, name, expected):
    assert signature(symbols[f"tricky.shadows:{name}"].signature) == expected


# --- Constants ---


@pytest.mark.parametrize(
    ("name", "type_", "value"),
    [
        ("NAN", "float", "nan"),
        ("INFINITE", "float", "inf"),
        ("NEGATIVE", "float", "-inf"),
        ("COMPLEX", "complex", "1j"),
        ("WORDS", "set", "{'alpha', 'bravo', 'charlie', 'delta'}"),
        ("FROZEN", "frozenset", None),
        ("EMPTY", "set", None),
        ("NESTED", "dict", "{'a': [1, (2, None)], 'b': {'c': b'\\xff'}}"),
        ("LONG", "list", None),
        ("LONG_TEXT", "str", None),
        ("HUGE", "int", None),
        ("DOTS", "...", "..."),
        ("NOTHING", "None", "None"),
        ("INSTANCE", "object", None),
        pytest.param("SHOWN", "str", None, id="text with an address"),
        pytest.param("FOLDER", "str", None, id="folder of this machine"),
        pytest.param("STARTED", "float", None, id="time of the import"),
        ("LIMIT", "int", "3"),
    ],
)
def test_a_constant_has_a_value_when_that_is_short_and_the_same_on_every_run(symbols, name, type_, value):
    symbol = symbols[f"tricky.constants:{name}"]
    assert (symbol.kind, symbol.type, symbol.value) == (Kind.CONSTANT, type_, value)


# --- Conditions ---


@pytest.mark.parametrize(
    ("name", "oldest", "newest"),
    [
        ("versioned", "(old: str) -> str", "(new: int) -> int"),
        ("platform_only", "(descriptor: int) -> None", "(descriptor: int) -> None"),
        ("always", "(x: int) -> None", "(x: int) -> None"),
    ],
)
def test_conditions_are_those_of_the_target(symbols, version, name, oldest, newest):
    expected = oldest if version == VERSIONS[0] else newest
    assert signature(symbols[f"tricky.conditions:{name}"].signature) == expected


@pytest.mark.parametrize(
    ("name", "oldest", "newest"),
    [
        ("versioned", "sys.version_info < (3, 9)", "sys.version_info >= (3, 9)"),
        ("platform_only", "sys.platform != 'win32'", "sys.platform != 'win32'"),
        ("always", None, None),
    ],
)
def test_the_condition_under_which_a_source_stands_is_kept(symbols, version, name, oldest, newest):
    symbol = symbols[f"tricky.conditions:{name}"]
    expected = oldest if version == VERSIONS[0] else newest
    assert symbol.condition == expected
    assert symbol.notes == ((Note.CONDITIONAL,) if expected else ())


# --- Imports ---


def test_an_import_that_prints_warns_and_changes_the_environment_is_described_and_noted(symbols, manifest):
    assert "tricky.noisy:still_here" in symbols
    (finding,) = [one for one in manifest.findings if one.path == "tricky.noisy"]
    assert finding.rule == "import-side-effect"
    assert "TRICKY_WAS_HERE" in finding.message


def test_a_module_that_needs_what_is_missing_is_read_instead(symbols, modules, manifest):
    (finding,) = [one for one in manifest.findings if one.path == "tricky.optional"]
    assert finding.rule == "module-failed"
    assert "tricky_is_not_installed" in (finding.hint or "")
    assert modules["tricky.optional"].tier == "static"
    never = symbols["tricky.optional:never"]
    assert signature(never.signature) == "(x: int @static = 1) -> str @static"
    assert (never.tier, never.doc) == ("static", "Is only read.")


def test_source_in_another_encoding_is_read(symbols):
    latin = symbols["tricky.latin:latin"]
    assert signature(latin.signature) == "(x = 'caf\\xe9')"
    assert latin.doc == "Return a caf\xe9."


def test_a_namespace_package_is_described(zoo_manifest, version):
    manifest = zoo_manifest("tricky_space", version)
    assert [module.name for module in manifest.modules] == ["tricky_space", "tricky_space.part"]
    assert [symbol.path for symbol in manifest.symbols] == ["tricky_space.part:inside"]


# --- Determinism ---


def test_the_manifest_does_not_depend_on_the_hash_seed(zoo_python, version, monkeypatch):
    texts = set()
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        texts.add(dumps(introspect("tricky", zoo_python(version), options=Options(refresh=True))))
    assert len(texts) == 1
    (text,) = texts
    assert "0x7" not in text
    assert str(zoo_python(version).parent) not in text
