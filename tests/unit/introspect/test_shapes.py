"""What the manifest says of each kind of thing, under the oldest and the newest Python."""

from __future__ import annotations

import pytest

from snakebridge.introspect import introspect
from snakebridge.manifest import Binding, Flag, Kind, Tier, dumps, loads

VERSIONS = ["3.8", "3.13"]
pytestmark = pytest.mark.parametrize("version", VERSIONS)
FUNCTIONS = "zoo_shapes.functions"
CLASSES = "zoo_shapes.classes"


@pytest.fixture
def symbols(zoo_manifest, version):
    return {symbol.path: symbol for symbol in zoo_manifest("zoo_shapes", version).symbols}


def shown(symbol):
    """Return a symbol's only signature in the form of a `def`."""
    signature = symbol.signature
    assert signature is not None
    marks = {"variadic": "*", "variadic_keyword": "**", "positional_only": "/", "keyword": "!"}
    parts = []
    for one in signature.parameters:
        default = one.default and (one.default.literal or f"<{one.default.opaque}>")
        text = marks.get(one.kind, "") + one.name + (f": {one.type}" if one.type else "")
        parts.append(text + (f" = {default}" if default else ""))
    return f"({', '.join(parts)})" + (f" -> {signature.returns}" if signature.returns else "")


def test_manifest_survives_a_round_trip(zoo_manifest, version):
    manifest = zoo_manifest("zoo_shapes", version)
    assert loads(dumps(manifest)) == manifest
    assert manifest.findings == ()
    assert manifest.library.version == "4.2"


def test_public_names_are_those_of_all_when_there_is_one(zoo_manifest, version):
    root, classes, _ = zoo_manifest("zoo_shapes", version).modules
    assert root.exports == {
        "Color": "zoo_shapes:Color",
        "Exported": "zoo_shapes:Exported",
        "Failure": "zoo_shapes:Failure",
        "Point": "zoo_shapes:Point",
        "__version__": "zoo_shapes:__version__",  # the one that `__all__` need not name
        "classes": CLASSES,
        "exported": "zoo_shapes:exported",
        "functions": FUNCTIONS,
        "ratio": "zoo_shapes:ratio",
    }
    assert root.external == {"ordered": "collections:OrderedDict"}
    assert classes.exports["Colour"] == "zoo_shapes:Color"
    assert not {"List", "Optional", "NamedTuple", "abc"} & classes.exports.keys()


def test_a_re_export_is_canonical_where_the_path_is_shortest(symbols, version):
    colour = symbols["zoo_shapes:Color"]
    assert colour.aliases == (f"{CLASSES}:Colour", f"{FUNCTIONS}:Colour")
    assert colour.defined == f"{CLASSES}:Colour"
    assert symbols["zoo_shapes:exported"].defined == "zoo_shapes._hidden:exported"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{FUNCTIONS}:every_kind", "(a, b = 1, *args, !c, !d = None, **kwargs)"),
        (f"{FUNCTIONS}:positional", "(/a, /b = 2, c = 3)"),
        (
            f"{FUNCTIONS}:defaults",
            (
                "(text = \"it's\", data = b'\\xff', real = nan, infinite = -inf, whole = 100000000000000000000, "
                "imaginary = 1j, dots = ..., pair = (1, 'two'), nested = {'k': [1, None]}, "
                f"sentinel = <builtins:object>, cls = <builtins:type>, member = <{CLASSES}:Colour>, "
                "many = <builtins:frozenset>)"
            ),
        ),
        (
            f"{FUNCTIONS}:annotated",
            (
                "(a: int, b: str | None = None, c: int | list[str] = 0, d: typing:Callable[[int, str], bool] = None, "
                "e: tuple[int, ...] = (), f: dict[str, Any] = None, g: elsewhere:Unknown = None, h: list[elsewhere:Unknown] = None, "
                "i: zoo_shapes.functions:T = None, j: int | float = 0, k: ?'not a type!' = None, l: zoo_shapes:Point = None) "
                "-> zoo_shapes:Point"
            ),
        ),
        (f"{FUNCTIONS}:partial", "(b = 1, *args, !c, !d = None, **kwargs)"),
        (f"{FUNCTIONS}:remembered", "(key)"),
        (f"{FUNCTIONS}:ufunc", "(x, out = None)"),
        (f"{FUNCTIONS}:wrapped_generator", "(n)"),
        ("zoo_shapes:exported", "(value: zoo_shapes:Exported) -> zoo_shapes:Exported"),
        (
            "zoo_shapes:Point",
            "(x: float, y: float = 0.0, tags: list[str] = <dataclasses:_HAS_DEFAULT_FACTORY_CLASS>) -> None",
        ),
        ("zoo_shapes:Failure", "(*args: object)"),
        (f"{CLASSES}:DetailedFailure", "(message: str, code: int = 3)"),
        (f"{CLASSES}:FromNew", "(one, two = 2)"),
        (f"{CLASSES}:FromMeta", "(size)"),
        (f"{CLASSES}:FromBoth", "(data = None, !backend = None, **attributes)"),
        (f"{CLASSES}:Pair", "(left: int, right: str = '')"),
        (f"{CLASSES}:Shape.make", "(size = 1)"),
        (f"{CLASSES}:Shape.helper", "(one, !two)"),
        (f"{CLASSES}:Shape.remembered", "(key)"),
        (f"{CLASSES}:Shape.half", "(more = 2)"),
        (f"{CLASSES}:Shape.area", "() -> float"),
        (f"{CLASSES}:Shape.Nested.deep", "()"),
        (f"{CLASSES}:Shape.__add__", f"(other: {CLASSES}:Shape) -> {CLASSES}:Shape"),
    ],
    ids=lambda value: value.rpartition(":")[2] if value.startswith("zoo") else "",
)
def test_signature_when_called(symbols, version, path, expected):
    assert shown(symbols[path]) == expected
    assert symbols[path].tier in {Tier.RUNTIME, Tier.TEXT_SIGNATURE}


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("coroutine", {Flag.COROUTINE}),
        ("generator", {Flag.GENERATOR}),
        ("async_generator", {Flag.ASYNC_GENERATOR}),
        ("manager", {Flag.CONTEXT_MANAGER}),
        ("async_manager", {Flag.ASYNC_CONTEXT_MANAGER}),
        ("wrapped_generator", {Flag.GENERATOR}),
        ("old", {Flag.DEPRECATED}),
        ("every_kind", set()),
    ],
)
def test_flags_of_functions(symbols, version, name, flags):
    assert set(symbols[f"{FUNCTIONS}:{name}"].flags) == flags


@pytest.mark.parametrize(
    ("path", "type_", "value"),
    [
        ("zoo_shapes:ratio", "float", "0.5"),
        (f"{FUNCTIONS}:LIMITS", "dict", "{'low': 1, 'high': (2.5, None)}"),
        (f"{FUNCTIONS}:SENTINEL", "object", None),
        (f"{CLASSES}:Shape.LIMIT", "int", "10"),
        (f"{CLASSES}:Shape.registry", "dict[str, int]", "{}"),
        ("zoo_shapes:Point.unit", "str", "'m'"),
    ],
)
def test_constants(symbols, version, path, type_, value):
    symbol = symbols[path]
    assert (symbol.kind, symbol.type, symbol.value) == (Kind.CONSTANT, type_, value)


@pytest.mark.parametrize(
    ("name", "type_", "settable"),
    [
        ("Shape.name", "str", True),
        ("Shape.only_read", "int", False),
        ("Shape.cached", "list[int]", False),
        ("Slotted.first", None, True),
        ("Frozen.x", "int | None", False),
        ("Pair.left", "int", False),
    ],
)
def test_properties(symbols, version, name, type_, settable):
    symbol = symbols[f"{CLASSES}:{name}"]
    assert (symbol.kind, symbol.type, Flag.SETTABLE in symbol.flags) == (Kind.PROPERTY, type_, settable)


def test_fields_of_a_dataclass_are_settable_properties(symbols, version):
    tags = symbols["zoo_shapes:Point.tags"]
    assert (tags.kind, tags.type, tags.flags) == (Kind.PROPERTY, "list[str]", (Flag.SETTABLE,))


def test_enum_members_keep_order_values_and_aliases(symbols, version):
    colour = symbols["zoo_shapes:Color"]
    assert colour.kind is Kind.ENUM
    assert [(one.name, one.value) for one in colour.members] == [
        ("RED", "1"),
        ("GREEN", "'g'"),
        ("CRIMSON", "1"),
        ("ODD", None),
    ]
    assert symbols["zoo_shapes:Color.describe"].kind is Kind.FUNCTION
    assert symbols[f"{CLASSES}:Permission"].protocols == ()


def test_exceptions_keep_their_hierarchy(symbols, version):
    assert symbols["zoo_shapes:Failure"].bases == ("builtins:ValueError",)
    assert symbols[f"{CLASSES}:DetailedFailure"].bases == (f"{CLASSES}:Failure",)
    assert symbols[f"{CLASSES}:DetailedFailure"].kind is Kind.EXCEPTION


def test_operators_of_a_base_outside_the_library_belong_to_the_first_class_below_it(symbols, version):
    registry, child = symbols[f"{CLASSES}:Registry"], symbols[f"{CLASSES}:Child"]
    assert {"__enter__", "__exit__", "__getitem__", "__len__", "__iter__"} <= set(registry.protocols)
    assert "__init__" not in registry.protocols
    assert "__hash__" not in registry.protocols
    assert child.protocols == ()
    assert f"{CLASSES}:Registry.__enter__" in symbols
    assert f"{CLASSES}:Registry.__missing__" not in symbols


def test_members_of_a_private_base_are_listed_at_the_public_class(symbols, version):
    assert shown(symbols["zoo_shapes:Exported.inherited"]) == "(flag: bool = False) -> zoo_shapes:Exported"
    assert shown(symbols["zoo_shapes:Exported.overridden"]) == "(more = 1)"
    assert symbols["zoo_shapes:Exported"].protocols == ("__len__",)
    assert "zoo_shapes:Exported._private" not in symbols
    assert symbols["zoo_shapes:Exported"].bases == ()


def test_bindings_and_abstractness(symbols, version):
    bindings = {name: symbols[f"{CLASSES}:Shape.{name}"].binding for name in ("area", "make", "helper")}
    assert bindings == {"area": Binding.INSTANCE, "make": Binding.CLASS, "helper": Binding.STATIC}
    assert symbols[f"{CLASSES}:Shape"].flags == (Flag.ABSTRACT,)
    assert symbols[f"{CLASSES}:Shape.area"].flags == (Flag.ABSTRACT,)
    assert symbols[f"{CLASSES}:Shape.name"].doc == "Its name."


def test_an_instance_that_can_be_called_has_its_own_kind(symbols, version):
    ufunc = symbols[f"{FUNCTIONS}:ufunc"]
    assert (ufunc.kind, ufunc.doc, ufunc.type) == (Kind.CALLABLE, None, f"{FUNCTIONS}:_Ufunc")
    assert ufunc.protocols == ("__call__",)


@pytest.mark.parametrize(
    ("name", "settable"),
    [("isolation_level", True), ("total_changes", False), ("row_factory", True)],
    ids=["with a setter", "without one", "a member of the structure"],
)
def test_what_may_be_assigned_of_a_class_written_in_c(zoo_python, version, name, settable):
    symbols = {symbol.path: symbol for symbol in introspect("sqlite3", zoo_python(version)).symbols}
    assert (Flag.SETTABLE in symbols[f"sqlite3:Connection.{name}"].flags) is settable
