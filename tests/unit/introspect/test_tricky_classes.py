"""Odd classes: their shape, protocols, members and hierarchy, under the oldest and the newest Python."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest
from zoo import make_target
from zoo.spelled import field, signature

from snakebridge.introspect import introspect
from snakebridge.manifest import Kind, Shape

VERSIONS = ["3.8", "3.13"]
CLASSES = "tricky.classes"
GENERIC = "tricky_types.generic"


@pytest.fixture(params=VERSIONS)
def symbols(zoo_manifest, request):
    manifests = [zoo_manifest(library, request.param) for library in ("tricky", "tricky_types")]
    return {symbol.path: symbol for manifest in manifests for symbol in manifest.symbols}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(f"{CLASSES}:Members", ("__len__",), id="sized"),
        pytest.param(f"{CLASSES}:Awaitable", ("__await__",), id="awaitable"),
        pytest.param(
            f"{CLASSES}:Managed", ("__aenter__", "__aexit__", "__enter__", "__exit__"), id="context manager, both kinds"
        ),
        pytest.param(
            f"{CLASSES}:Amount",
            ("__add__", "__call__", "__contains__", "__eq__", "__iter__", "__lt__", "__radd__"),
            id="arithmetic, callable, iterable, and not hashable",
        ),
        pytest.param(f"{CLASSES}:Indexed", ("__getitem__",), id="items without an end"),
        pytest.param(f"{CLASSES}:Nothing", (), id="none"),
        pytest.param(f"{CLASSES}:Color", (), id="an enum keeps those of its kind"),
    ],
)
def test_protocols_are_the_operators_that_a_class_defines(symbols, path, expected):
    assert symbols[path].protocols == expected


@pytest.mark.parametrize(
    ("name", "kind", "bases"),
    [
        pytest.param("Plain", Kind.EXCEPTION, ("builtins:ValueError",), id="exception"),
        pytest.param("Coded", Kind.EXCEPTION, (f"{CLASSES}:Plain",), id="exception of the library's own"),
        pytest.param("Both", Kind.EXCEPTION, ("builtins:KeyError", "builtins:AttributeError"), id="two bases in order"),
        pytest.param("Number", Kind.ENUM, ("enum:IntEnum",), id="IntEnum"),
        pytest.param("Permission", Kind.ENUM, ("enum:Flag",), id="Flag"),
        pytest.param("Functional", Kind.ENUM, ("enum:Enum",), id="enum made by a call"),
        pytest.param("Abstract", Kind.CLASS, ("abc:ABC",), id="abstract"),
        pytest.param("Shown", Kind.CLASS, (), id="private base"),
        pytest.param("Fabricating", Kind.CLASS, ("builtins:type",), id="metaclass"),
    ],
)
def test_kind_and_bases(symbols, name, kind, bases):
    symbol = symbols[f"{CLASSES}:{name}"]
    assert (symbol.kind, symbol.bases) == (kind, bases)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(f"{CLASSES}:ByMeta", f"{CLASSES}:Meta", id="of the library"),
        pytest.param(f"{CLASSES}:Mirage", f"{CLASSES}:Fabricating", id="that has every attribute"),
        pytest.param(f"{CLASSES}:Abstract", "abc:ABCMeta", id="of the standard library"),
        pytest.param(f"{CLASSES}:Nothing", None, id="type"),
    ],
)
def test_the_metaclass_is_named_unless_it_is_type(symbols, path, expected):
    assert symbols[path].metaclass == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "Color", [("RED", "1"), ("GREEN", "'g'"), ("CRIMSON", "1"), ("ODD", None)], id="alias, no literal"
        ),
        pytest.param(
            "Permission", [("READ", "1"), ("WRITE", "2"), ("VIEW", "1"), ("ALL", "3")], id="flags, alias, combination"
        ),
        pytest.param("Number", [("ONE", "1"), ("TWO", "2")], id="auto"),
        pytest.param("Functional", [("FIRST", "1"), ("SECOND", "2")], id="made by a call"),
    ],
)
def test_members_of_an_enum_in_order(symbols, name, expected):
    assert [(one.name, one.value) for one in symbols[f"{CLASSES}:{name}"].members] == expected


def test_methods_of_an_enum_are_symbols(symbols):
    assert signature(symbols[f"{CLASSES}:Color.describe"].signature) == "() -> str"
    assert signature(symbols[f"{CLASSES}:Color.parse"].signature) == f"(text: str) -> {CLASSES}:Color"


@pytest.mark.parametrize(
    ("path", "shape", "expected"),
    [
        pytest.param(
            f"{CLASSES}:Point",
            Shape.DATACLASS,
            ["x: float", "y: float = 0.0", "tags: list[str]", "cache: int = 0"],
            id="data class: order, default, factory, not in init; no InitVar, no ClassVar",
        ),
        pytest.param(
            f"{CLASSES}:Solid",
            Shape.DATACLASS,
            ["x: float", "y: int = 7", "tags: list[str]", "cache: int = 0", "z: int = 5"],
            id="data class: inherited fields keep their place",
        ),
        pytest.param(
            f"{CLASSES}:Fixed",
            Shape.DATACLASS,
            ["name: str", f"parts: list[{CLASSES}:Fixed]"],
            id="data class: frozen, refers to itself",
        ),
        pytest.param(f"{CLASSES}:Pair", Shape.NAMED_TUPLE, ["left: int", "right: str = ''"], id="NamedTuple"),
        pytest.param(f"{CLASSES}:OldPair", Shape.NAMED_TUPLE, ["left", "right = None"], id="namedtuple()"),
        pytest.param(f"{GENERIC}:Entry", Shape.TYPED_DICT, ["key: str", "value: int | None"], id="TypedDict"),
        pytest.param(f"{CLASSES}:Nothing", None, [], id="plain class"),
    ],
)
def test_fields_of_a_class_with_a_shape(symbols, path, shape, expected):
    symbol = symbols[path]
    assert symbol.shape is shape
    # How the default of a factory is written is the signature's business; particulars have tests of their own.
    assert [field(one).partition(" = <")[0].partition(" [")[0] for one in symbol.fields] == expected


def test_which_fields_may_be_left_out_and_which_the_constructor_takes(symbols):
    fields = {one.name: one for one in symbols[f"{CLASSES}:Point"].fields}
    assert {name: one.required for name, one in fields.items()} == {
        "x": True,
        "y": False,
        "tags": False,
        "cache": False,
    }
    assert {name for name, one in fields.items() if not one.init} == {"cache"}


# Python 3.8 does not remember which class stated a key.
@pytest.mark.parametrize("version", ["3.9", "3.13"])
@pytest.mark.parametrize(
    ("name", "optional"),
    [
        pytest.param("Entry", set(), id="total"),
        pytest.param("Movie", {"year", "tags"}, id="not total, below a total one"),
        pytest.param("Everything", {"year", "tags"}, id="total, below one that is not"),
    ],
)
def test_whether_a_key_may_be_left_out_is_said_by_the_class_that_states_it(zoo_manifest, version, name, optional):
    (symbol,) = [one for one in zoo_manifest("tricky_types", version).symbols if one.path == f"{GENERIC}:{name}"]
    assert {one.name for one in symbol.fields if not one.required} == optional
    assert [one.name for one in symbol.fields][:2] == ["key", "value"]


@pytest.mark.parametrize("name", ["Source", "Closer", "Sink", "Channel"])
def test_a_protocol_has_its_shape(symbols, name):
    assert symbols[f"{GENERIC}:{name}"].shape is Shape.PROTOCOL


def test_only_a_decorated_protocol_can_be_checked_at_run_time(symbols):
    checked = {name for name in ("Source", "Closer", "Sink") if symbols[f"{GENERIC}:{name}"].flags}
    assert checked == {"Closer"}
    assert symbols[f"{GENERIC}:Closer"].flags == ("runtime_checkable",)


def test_a_variable_of_the_constructor_is_no_attribute(symbols):
    assert f"{CLASSES}:Point.scale" not in symbols
    assert symbols[f"{CLASSES}:Point.unit"].kind is Kind.CONSTANT


# --- Of other libraries, when they are there ---


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return the symbols of the models, described where this test runs, because attrs and pydantic are there."""
    pytest.importorskip("attrs")
    pytest.importorskip("pydantic")
    folder = tmp_path_factory.mktemp("models") / "target"
    python = make_target(Path(sys.executable), folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "host.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    manifest = introspect("tricky_models", python)
    yield {symbol.path: symbol for symbol in manifest.symbols}
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("path", "shape", "expected"),
    [
        pytest.param(
            "tricky_models.of_attrs:Defined",
            Shape.ATTRS,
            [
                ("name", "str", True, False, True, None),
                ("size", "int", False, False, True, None),
                ("tags", "list[str]", False, True, True, None),
                ("_hidden", "int", False, False, True, "hidden"),
                ("cache", "dict", False, False, False, None),
            ],
            id="attrs.define",
        ),
        pytest.param(
            "tricky_models.of_attrs:Classic",
            Shape.ATTRS,
            [("x", "int", True, False, True, None), ("y", None, False, False, True, None)],
            id="attr.s",
        ),
        pytest.param(
            "tricky_models.of_pydantic:Model",
            Shape.PYDANTIC,
            [
                ("name", "str", True, True, True, None),
                ("size", "int", False, True, True, None),
                ("tags", "list[str]", False, True, True, None),
                ("renamed", "int | None", False, True, True, "reName"),
            ],
            id="pydantic.BaseModel",
        ),
    ],
)
def test_fields_of_other_libraries(models, path, shape, expected):
    symbol = models[path]
    assert symbol.shape is shape
    found = [(one.name, one.type, one.required, one.keyword_only, one.init, one.alias) for one in symbol.fields]
    assert found == expected


@pytest.mark.parametrize("path", ["tricky_models.of_attrs:Frozen", "tricky_models.of_pydantic:Child"])
def test_a_frozen_model_says_so_and_has_the_fields_of_its_base(models, path):
    symbol = models[path]
    assert "frozen" in symbol.flags
    names = [one.name for one in symbol.fields]
    assert names[:3] == ["name", "size", "tags"]
    assert names[-1] == "extra"
