"""Odd callables: what calling each takes and gives, under the oldest and the newest Python."""

from __future__ import annotations

import pytest
from zoo.spelled import signature

from snakebridge.manifest import Binding, Flag, Kind, Tier

VERSIONS = ["3.8", "3.13"]
FUNCTIONS = "tricky.functions"
CLASSES = "tricky.classes"
FACTORY = "<dataclasses:_HAS_DEFAULT_FACTORY_CLASS>"


@pytest.fixture(params=VERSIONS)
def symbols(zoo_manifest, request):
    return {symbol.path: symbol for symbol in zoo_manifest("tricky", request.param).symbols}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("every_kind", "(a, b = 1, *args, c, d = None, **kwargs)", id="one of each kind"),
        pytest.param("placed", "(a, b = 2, /, c = 3, *, d = 4)", id="positional-only and keyword-only"),
        pytest.param("star_only", "(*, key, other = 1)", id="nothing by place"),
        pytest.param(
            "defaults",
            f"(real = nan, infinite = -inf, member = <{FUNCTIONS}:Level>, cls = <builtins:type>, "
            "function = <builtins:function>, anonymous = <builtins:function>, sentinel = <builtins:object>, "
            "mutable = [1, 2], table = {'a': (1, None)}, unordered = {1, 2, 3}, huge = <builtins:list>, "
            "text = \"it's\", raw = b'\\xff', dots = ...)",
            id="defaults with and without a literal",
        ),
        pytest.param(
            "instance_defaults",
            f"(hostile = <{FUNCTIONS}:_Unequal>, sequence = <builtins:tuple>, address = <builtins:str>)",
            id="defaults that raise when they are compared, shown or asked",
        ),
        pytest.param(
            "named_like_builtins",
            "(list, dict = None, type = None, *, str = '', print = None)",
            id="parameters named like built-ins",
        ),
        pytest.param(
            "odd_names", "(self, cls, match, _, __private, case = 1)", id="self and cls of a function are parameters"
        ),
        pytest.param("chained", "(x: int, *, y: str = '') -> float", id="three wrappers by functools.wraps"),
        pytest.param(
            "hidden_keyword", "(graph, weight = 'weight', *, backend = None)", id="a wrapper that states its signature"
        ),
        pytest.param(
            "wide", "(graph, weight = 'weight', *, backend = None)", id="a keyword that only the wrapper names"
        ),
        pytest.param("unannounced", "(*args, **kwargs)", id="a wrapper that forgets what it wraps"),
        pytest.param("cyclic", "(x, y = 2)", id="a function that wraps itself"),
        pytest.param("narrowed", "()", id="a stated signature wins over the code"),
        pytest.param("faked", "(x, *, y = 0)", id="a stated signature that is none"),
        pytest.param("dressed", "(a, b = 1, *args, c, d = None, **kwargs)", id="an instance dressed as a function"),
        pytest.param("first_bound", "(b = 1, *args, c, d = None, **kwargs)", id="partial: by place"),
        pytest.param("keyword_bound", "(a, b = 1, *args, c = 5, d = None, **kwargs)", id="partial: by keyword"),
        pytest.param("both_partials", "(b = 2, /, *, c = 7, d = 4)", id="partial: both"),
        pytest.param("nested_partial", "(*args, c, d = 3, **kwargs)", id="partial of a partial"),
        pytest.param("shout", "(text: str, times: int = 1) -> str", id="a bound method of a module"),
        pytest.param("double", "(x, y = 2)", id="a lambda"),
        pytest.param("dispatched", "(value, flag: bool = False) -> str", id="single dispatch"),
        pytest.param("remembered", "(key: str, *, fold: bool = True) -> str", id="lru_cache"),
        pytest.param("manager", "(path: str, *, mode: str = 'r')", id="contextmanager"),
        pytest.param("promised", "(x: int) -> asyncio:Future[str]", id="a class that hides its public module"),
    ],
)
def test_a_function_is_called_as_its_object_says(symbols, name, expected):
    symbol = symbols[f"{FUNCTIONS}:{name}"]
    assert signature(symbol.signature) == expected
    assert symbol.tier is Tier.RUNTIME


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "numpy_style",
            "(a: int @docstring, b: float | None @docstring = None, "
            "*, how: typing:Literal['left', 'right'] @docstring = 'left', flag: bool @docstring = True) "
            "-> list[str] @docstring",
            id="numpydoc",
        ),
        pytest.param(
            "google_style", "(a: int @docstring, b: str | None @docstring = None) -> bool @docstring", id="Google"
        ),
        pytest.param(
            "sphinx_style", "(a: int @docstring, b: str | None @docstring = None) -> bool @docstring", id="Sphinx"
        ),
    ],
)
def test_types_come_from_the_docstring_when_nobody_else_has_them(symbols, name, expected):
    symbol = symbols[f"{FUNCTIONS}:{name}"]
    assert signature(symbol.signature) == expected
    assert symbol.tier is Tier.RUNTIME


@pytest.mark.parametrize(
    ("name", "expected", "tier"),
    [
        pytest.param(
            "bracketed",
            "(a, b, c = <types:EllipsisType>, d = <types:EllipsisType>, *, key = None) -> int @docstring",
            Tier.DOCSTRING,
            id="optional parameters in brackets",
        ),
        pytest.param(
            "overloaded_lines",
            "(x, y = <types:EllipsisType>) -> int @docstring",
            Tier.DOCSTRING,
            id="two lines are overloads",
        ),
        pytest.param("unsaid", "(*args, **kwargs)", Tier.VARIADIC, id="nobody knows"),
    ],
)
def test_the_first_line_of_a_docstring_is_the_last_resort(symbols, name, expected, tier):
    symbol = symbols[f"{FUNCTIONS}:{name}"]
    assert signature(symbol.signature) == expected
    assert symbol.tier is tier


@pytest.mark.parametrize(
    ("path", "flags"),
    [
        pytest.param(f"{FUNCTIONS}:coroutine", {Flag.COROUTINE}, id="coroutine"),
        pytest.param(f"{FUNCTIONS}:decorated_coroutine", {Flag.COROUTINE}, id="coroutine through a plain wrapper"),
        pytest.param(f"{FUNCTIONS}:waited", {Flag.COROUTINE}, id="plain through a coroutine wrapper"),
        pytest.param(f"{FUNCTIONS}:promised", set(), id="returns a future and is no coroutine"),
        pytest.param(f"{FUNCTIONS}:generator", {Flag.GENERATOR}, id="generator"),
        pytest.param(f"{FUNCTIONS}:agenerator", {Flag.ASYNC_GENERATOR}, id="asynchronous generator"),
        pytest.param(f"{FUNCTIONS}:manager", {Flag.CONTEXT_MANAGER}, id="contextmanager"),
        pytest.param(f"{FUNCTIONS}:amanager", {Flag.ASYNC_CONTEXT_MANAGER}, id="asynccontextmanager"),
        pytest.param(f"{FUNCTIONS}:first_bound", {Flag.PARTIAL}, id="partial"),
        pytest.param(f"{FUNCTIONS}:nested_partial", {Flag.PARTIAL}, id="partial of a partial"),
        pytest.param(f"{FUNCTIONS}:dispatched", {Flag.SINGLE_DISPATCH}, id="single dispatch"),
        pytest.param(f"{FUNCTIONS}:old", {Flag.DEPRECATED}, id="deprecated by a directive"),
        pytest.param(f"{FUNCTIONS}:older", {Flag.DEPRECATED}, id="deprecated by an attribute"),
        pytest.param(f"{FUNCTIONS}:every_kind", set(), id="plain"),
        pytest.param(f"{CLASSES}:Members.half", {Flag.PARTIAL}, id="partialmethod"),
        pytest.param(f"{CLASSES}:Members.handle", {Flag.SINGLE_DISPATCH}, id="singledispatchmethod"),
        pytest.param(f"{CLASSES}:Members.opened", {Flag.CONTEXT_MANAGER}, id="contextmanager as a method"),
        pytest.param(f"{CLASSES}:Members.fetched", {Flag.COROUTINE}, id="coroutine as a method"),
        pytest.param(f"{CLASSES}:Members.once", {Flag.CACHED}, id="cached property"),
        pytest.param(f"{CLASSES}:Members.read", set(), id="property that is only read"),
        pytest.param(f"{CLASSES}:Members.written", {Flag.DELETABLE, Flag.SETTABLE}, id="property with all three"),
        pytest.param(f"{CLASSES}:Members.slot", {Flag.SETTABLE}, id="slot"),
        pytest.param(f"{CLASSES}:Abstract", {Flag.ABSTRACT}, id="abstract class"),
        pytest.param(f"{CLASSES}:Abstract.must", {Flag.ABSTRACT}, id="abstract method"),
        pytest.param(f"{CLASSES}:Abstract.should", {Flag.ABSTRACT}, id="abstract property"),
        pytest.param(f"{CLASSES}:Permission", {Flag.FLAGS}, id="enum whose members combine"),
        pytest.param(f"{CLASSES}:Color", set(), id="enum whose members do not"),
        pytest.param(f"{CLASSES}:Fixed", {Flag.FROZEN}, id="frozen data class"),
    ],
)
def test_flags(symbols, path, flags):
    assert set(symbols[path].flags) == flags


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(f"{FUNCTIONS}:old", "since 1.2: Use `every_kind` instead.", id="directive"),
        pytest.param(f"{FUNCTIONS}:older", "Use old.", id="attribute"),
        pytest.param(f"{FUNCTIONS}:every_kind", None, id="not deprecated"),
    ],
)
def test_what_a_deprecation_says(symbols, path, expected):
    assert symbols[path].deprecated == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(f"{FUNCTIONS}:dispatched", ("float", "int", "object", f"{FUNCTIONS}:Level"), id="function"),
        pytest.param(f"{CLASSES}:Members.handle", ("int", "object"), id="method"),
        pytest.param(f"{FUNCTIONS}:every_kind", (), id="none"),
    ],
)
def test_types_that_a_single_dispatch_function_knows(symbols, path, expected):
    assert symbols[path].dispatches == expected


def test_an_instance_of_the_standard_library_that_can_be_called_is_a_callable(symbols):
    pick = symbols[f"{FUNCTIONS}:pick"]
    assert (pick.kind, pick.type) == (Kind.CALLABLE, "operator:itemgetter")
    assert "__call__" in pick.protocols


def test_a_partial_has_no_docstring_of_its_own(symbols):
    assert symbols[f"{FUNCTIONS}:first_bound"].doc is None


# --- Calling a class ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Nothing", "()", id="no constructor"),
        pytest.param("ByInit", "(a, *, b = 1)", id="__init__"),
        pytest.param("ByNew", "(a, b = 2)", id="__new__"),
        pytest.param("ByBoth", "(data = None, **attributes)", id="__new__ passes everything to __init__"),
        pytest.param("ByMeta", "(size: int, *, deep = False)", id="__call__ of the metaclass"),
        pytest.param("LyingProperty", "(x, y = 1)", id="__signature__ is a property"),
        pytest.param("Placed", "(x, **options)", id="__signature__ of the metaclass, and options of __new__"),
        pytest.param("RaisingSignature", "(x, *, y = 1)", id="__signature__ raises SystemExit"),
        pytest.param("Mirage", "(x)", id="the metaclass has every attribute"),
        pytest.param("Dynamic", "()", id="made at run time, without source"),
        pytest.param("Plain", "(*args: object @stub)", id="exception without a constructor"),
        pytest.param("Both", "(*args: object @stub)", id="exception of two built-in ones"),
        pytest.param(
            "Missing",
            "(*args: object @stub, name: str | None @stub = None, path: str | None @stub = None)",
            id="exception of a built-in one that takes keywords",
        ),
        pytest.param("Coded", "(code: int, *, reason: str = '')", id="exception with an odd __init__"),
        pytest.param("Made", "(one, two = 2)", id="exception with __new__"),
        pytest.param("Swallow", "(*args, **kwargs)", id="exception that takes anything"),
        pytest.param(
            "Point",
            f"(x: float, scale: int, y: float = 0.0, tags: list[str] = {FACTORY}) -> None",
            id="data class with InitVar",
        ),
        pytest.param(
            "Solid",
            f"(x: float, scale: int, y: int = 7, tags: list[str] = {FACTORY}, z: int = 5) -> None",
            id="data class that overrides a field",
        ),
        pytest.param("Pair", "(left: int, right: str = '')", id="NamedTuple"),
        pytest.param("OldPair", "(left, right = None)", id="namedtuple()"),
    ],
)
def test_a_class_is_called_as_it_says(symbols, name, expected):
    assert signature(symbols[f"{CLASSES}:{name}"].signature) == expected


# --- Members ---


@pytest.mark.parametrize(
    ("name", "binding", "expected"),
    [
        pytest.param("method", Binding.INSTANCE, "(x, /, y = 1)", id="method"),
        pytest.param("same_method", Binding.INSTANCE, "(x, /, y = 1)", id="second name of a method"),
        pytest.param("build", Binding.CLASS, f"(size = 1) -> {CLASSES}:Members", id="classmethod"),
        pytest.param("helper", Binding.STATIC, "(one, *, two)", id="staticmethod"),
        pytest.param("half", Binding.INSTANCE, "(b, c = 3)", id="partialmethod: by place"),
        pytest.param("keyed", Binding.INSTANCE, "(a, b, *, c = 4)", id="partialmethod: by keyword"),
        pytest.param("handle", Binding.INSTANCE, "(event, *, strict = False)", id="singledispatchmethod"),
        pytest.param("joined", Binding.INSTANCE, "(iterable, /)", id="method descriptor written in C"),
        pytest.param("opened", Binding.INSTANCE, "(mode = 'r')", id="contextmanager"),
        pytest.param(
            "set_fit_request", Binding.INSTANCE, f"(*, value: int = 0) -> {CLASSES}:Members", id="made by a descriptor"
        ),
    ],
)
def test_a_method_is_bound_as_its_class_says(symbols, name, binding, expected):
    symbol = symbols[f"{CLASSES}:Members.{name}"]
    assert symbol.kind is Kind.FUNCTION
    assert symbol.binding is binding
    assert signature(symbol.signature) == expected


@pytest.mark.parametrize(
    ("name", "binding", "expected"),
    [
        pytest.param("Members.joined", Binding.INSTANCE, "(iterable, /)", id="method descriptor"),
        pytest.param("Table.from_keys", Binding.CLASS, "(iterable, value = None, /)", id="class method descriptor"),
    ],
)
def test_what_the_text_signature_says_is_marked_so(symbols, name, binding, expected):
    symbol = symbols[f"{CLASSES}:{name}"]
    assert symbol.binding is binding
    assert signature(symbol.signature) == expected
    assert symbol.tier is Tier.TEXT_SIGNATURE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("hypotenuse", "(*coordinates: math:_SupportsFloatOrIndex @stub) -> float @stub", id="one form"),
        pytest.param("fetch", "(o: object @stub, name: str @stub, default", id="overloads that one list can say"),
        pytest.param("largest", "(*args", id="overloads that no list can say"),
    ],
)
def test_a_function_written_in_c_is_known_by_the_stub_of_where_it_is_from(symbols, name, expected):
    symbol = symbols[f"{CLASSES}:Members.{name}"]
    assert symbol.binding is Binding.STATIC
    assert signature(symbol.signature).startswith(expected)
    assert symbol.tier is Tier.STUB
    assert len(symbol.overloads) == {"hypotenuse": 0, "fetch": 6, "largest": 6}[name]


@pytest.mark.parametrize(
    ("name", "kind", "type_"),
    [
        pytest.param("read", Kind.PROPERTY, "int", id="property that exits when it is read"),
        pytest.param("written", Kind.PROPERTY, "list[int]", id="annotation in a string"),
        pytest.param("once", Kind.PROPERTY, "str", id="cached property"),
        pytest.param("slot", Kind.PROPERTY, None, id="slot"),
        pytest.param("typed_slot", Kind.PROPERTY, "int", id="annotated slot"),
        pytest.param("unset", Kind.PROPERTY, "str | None", id="annotation without a value"),
        pytest.param("alias", Kind.PROPERTY, "Any", id="Any"),
        pytest.param("value", Kind.PROPERTY, None, id="descriptor that gives a value"),
        pytest.param("LIMIT", Kind.CONSTANT, "int", id="ClassVar"),
        pytest.param("table", Kind.CONSTANT, "dict[str, int]", id="ClassVar of a generic"),
        pytest.param("set_later", Kind.CONSTANT, "None", id="None to be replaced"),
    ],
)
def test_an_attribute_has_the_type_that_its_class_states(symbols, name, kind, type_):
    symbol = symbols[f"{CLASSES}:Members.{name}"]
    assert (symbol.kind, symbol.type) == (kind, type_)


def test_no_descriptor_that_gives_values_is_ever_asked(symbols):
    assert symbols[f"{CLASSES}:Value.asked"].value == "0"


@pytest.mark.parametrize(("name", "expected"), [("set_fit_request", "Descriptor"), ("value", "Value")])
def test_a_descriptor_of_the_library_is_named(symbols, name, expected):
    assert symbols[f"{CLASSES}:Members.{name}"].descriptor == f"{CLASSES}:{expected}"


def test_private_members_and_instance_attributes_without_annotation_are_no_symbols(symbols):
    names = {symbol.name for path, symbol in symbols.items() if path.startswith(f"{CLASSES}:Members.")}
    assert not names & {"_private", "_", "assigned", "__getattr__", "__init__", "__dict__"}
    assert f"{CLASSES}:Members.Nested.deep" in symbols


def test_members_of_a_private_base_are_kept(symbols):
    assert signature(symbols[f"{CLASSES}:Shown.inherited"].signature) == "(flag: bool = False) -> int"
