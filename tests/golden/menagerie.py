"""The manifest of an invented library that has every odd thing at once; `tree/` is what it must generate."""

from __future__ import annotations

from snakebridge.manifest import (
    Binding,
    Default,
    Definition,
    DefinitionKind,
    EnumMember,
    Field,
    Flag,
    Kind,
    Library,
    Manifest,
    Module,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
    Tier,
)

KINDS = {
    "/": ParameterKind.POSITIONAL_ONLY,
    "": ParameterKind.POSITIONAL,
    "*": ParameterKind.VARIADIC,
    "!": ParameterKind.KEYWORD,
    "**": ParameterKind.VARIADIC_KEYWORD,
}


def p(
    name: str, type: str | None = None, default: str | None = None, kind: str = "", tier: Tier = Tier.RUNTIME
) -> Parameter:
    """A parameter; the default `?module:Class` is opaque."""
    found = None
    if default is not None:
        found = Default(opaque=default[1:]) if default.startswith("?") else Default(literal=default)
    return Parameter(name=name, kind=KINDS[kind], default=found, type=type, tier=tier)


def sig(*parameters: Parameter, returns: str | None = None, tier: Tier = Tier.RUNTIME) -> Signature:
    return Signature(parameters=parameters, returns=returns, tier=tier)


def fn(path: str, signature: Signature | None = None, **more: object) -> Symbol:
    return Symbol(path=path, kind=Kind.FUNCTION, signature=signature, **more)


def cls(path: str, signature: Signature | None = None, *, kind: Kind = Kind.CLASS, **more: object) -> Symbol:
    return Symbol(path=path, kind=kind, signature=signature, **more)


def alias(path: str, type: str | None = None, **more: object) -> Symbol:
    return Symbol(path=path, kind=Kind.ALIAS, type=type, **more)


def means(path: str, kind: str, type: str | None = None, **more: object) -> Definition:
    return Definition(path=path, kind=DefinitionKind(kind), type=type, **more)


def prop(path: str, type: str | None = None, **more: object) -> Symbol:
    return Symbol(path=path, kind=Kind.PROPERTY, type=type, **more)


def const(path: str, value: str | None = None, type: str | None = None, **more: object) -> Symbol:
    return Symbol(path=path, kind=Kind.CONSTANT, value=value, type=type, **more)


def enum(path: str, *members: tuple[str, str | None], bases: tuple[str, ...], **more: object) -> Symbol:
    made = tuple(EnumMember(name=name, value=value) for name, value in members)
    return Symbol(path=path, kind=Kind.ENUM, members=made, bases=bases, **more)


SIGNATURES = [
    fn(
        "zoo.calls:every_kind",
        sig(
            p("a", "int", kind="/"),
            p("b", "float", "1.5", kind="/"),
            p("c", "str", "'it\\'s \"quoted\" \\\\ \\n'"),
            p("d", "int", "None"),
            p("e", "bool", kind="!"),
            p("f", "zoo.beasts:Animal", "?zoo.beasts:Animal", kind="!"),
            p("rest", "object", kind="**"),
            returns="dict[str, zoo.beasts:Animal]",
        ),
        doc="Takes every kind of parameter.\n\n    A \"doc\" with \\ backslashes, \"\"\"triple quotes\"\"\" and \u200b\x1b[31m.\n\n",
    ),
    fn("zoo.calls:positional_tail", sig(p("a", kind="/"), p("b", "int", "1", "/"), p("c", "int", "2", "/"))),
    fn("zoo.calls:star", sig(p("a"), p("args", "int", kind="*"), p("key", "str", "''", "!"), returns="None")),
    fn(
        "zoo.calls:star_after_defaults",
        sig(p("a", kind="/"), p("b", "int", "1", "/"), p("c", "?'weird'", "2"), p("args", kind="*"), p("k", kind="**")),
    ),
    fn("zoo.calls:only_star", sig(p("args", kind="*"))),
    fn("zoo.calls:only_keywords", sig(p("options", "int", kind="**"))),
    fn("zoo.calls:nothing", sig(returns="None"), doc='Ends with a "quote"'),
    fn("zoo.calls:unknown", doc="ends with a backslash \\"),
    fn(
        "zoo.calls:names",
        sig(
            p("class", "int", "0"),
            p("self", "str"),
            p("_lib", "bytes", "b'\\x00\\xff'"),
            p("__secret", "int", "0", "!"),
            p("str", "str", "''", "!"),
            p("float", "float", "nan", "!"),
            p("Animal", "zoo.beasts:Animal", "None", "!"),
            returns="tuple[str, zoo.beasts:Animal]",
        ),
    ),
    fn("zoo.calls:twice", sig(p("x"), p("x"), returns="int")),
    fn("zoo.calls:artefact", sig(p("a", "int", "1"), p("b", "int"), returns="int")),
    fn("zoo.calls:wrong_default", sig(p("a", "str", "b''"), p("b", "list[int]", "[]"), p("c", "tuple[int, ...]", "(1, 2)"))),
    fn("zoo.calls:infinite", sig(p("a", "float", "inf"), p("b", "float", "-inf"), p("c", "float", "1e+300"))),
    fn(
        "zoo.calls:overloaded",
        sig(p("a", "int | str"), p("b", "int", "0"), returns="int | str"),
        overloads=(sig(p("a", "int"), returns="int"), sig(p("a", "str"), p("b", "int", "0"), returns="str")),
        doc="Two overloads with one set of names.",
    ),
    fn(
        "zoo.calls:loaded",
        sig(p("path", "str"), p("text", "bool", "False", "!"), p("cache", default="?zoo:_Missing", kind="!")),
        overloads=(
            sig(p("path", "str"), p("text", "typing:Literal[False]", "False", "!"), returns="bytes"),
            sig(p("path", "str"), p("text", "typing:Literal[True]", kind="!"), returns="str"),
            sig(p("path", "str"), p("text", "bool", "?types:EllipsisType", "!"), returns="bytes | str"),
        ),
        doc="Its stub does not know one of its parameters.",
    ),
    fn(
        "zoo.calls:unmergeable",
        sig(p("args", kind="*"), p("kwargs", kind="**"), returns="int"),
        overloads=(sig(p("a", "int"), returns="int"), sig(p("b", "str"), p("c", "str"), returns="int")),
    ),
    fn(
        "zoo.calls:told",
        sig(
            p("shown", "int", "1", tier=Tier.DOCSTRING),
            p("stubbed", "str", tier=Tier.STUB, kind="!"),
            returns="int",
            tier=Tier.DOCSTRING,
        ),
        doc="What a docstring tells is in the docstring, and annotates nothing.",
    ),
    fn(
        "zoo.calls:awaited",
        sig(returns="collections.abc:Coroutine[Any, Any, int]", tier=Tier.STUB),
        flags=(Flag.COROUTINE,),
        doc="Its stub has a plain `def`.",
    ),
    fn(
        "zoo.calls:guarded",
        sig(p("x", "object"), returns="contextlib:_GeneratorContextManager[zoo:Keeper, None, None]", tier=Tier.STUB),
    ),
    fn("zoo.calls:fetch", sig(p("url", "str"), returns="bytes"), flags=(Flag.COROUTINE,)),
    fn("zoo.calls:fire", sig(p("url", "str", "''"), returns="None"), flags=(Flag.COROUTINE,)),
    fn("zoo.calls:count", sig(returns="collections.abc:Iterator[int]"), flags=(Flag.GENERATOR,)),
    fn("zoo.calls:ticks", sig(returns="collections.abc:AsyncIterator[int]"), flags=(Flag.ASYNC_GENERATOR,)),
    fn(
        "zoo.calls:opened",
        sig(p("path", "pathlib:Path"), returns="collections.abc:Iterator[int]"),
        flags=(Flag.CONTEXT_MANAGER, Flag.GENERATOR),
    ),
    fn("zoo.calls:leave", sig(returns="typing:NoReturn"), flags=(Flag.DEPRECATED,)),
    fn("zoo.calls:lambda", sig()),
]

TYPES = [
    fn(
        "zoo.types:spelled",
        sig(
            p("a", "list"),
            p("b", "dict[str]"),
            p("c", "collections.abc:Callable[[int, ...], str]"),
            p("d", "typing:Callable"),
            p("e", "typing:Literal['a', \"b'\", 1, True, None]"),
            p("f", "datetime:datetime | None"),
            p("g", "re:Pattern[str] | os:PathLike[str]"),
            p("h", "zoo._private:Secret"),
            p("i", "typing:Annotated[int, 'metres']"),
            p("j", "tuple[int, str] | tuple[int, ...] | tuple[[]] | tuple"),
            p("k", "type[zoo.beasts:Animal] | type"),
            p("l", "zoo.beasts:Animal[int]"),
            p("m", "int | Any"),
            p("n", "numpy:ndarray"),
            p("o", "collections.abc:Generator[int]"),
            p("p", "?'not a type ! at all'"),
            p("q", "zoo.beasts:Animal.Tag"),
            p("r", "collections:OrderedDict[str, zoo:Keeper]"),
            returns="...",
        ),
    ),
    fn(
        "zoo.types:long",
        sig(
            p(
                "choice",
                "typing:Literal[" + ", ".join(f"'option number {number}'" for number in range(12)) + "]",
                "'option number 3'",
            ),
            p(
                "union",
                " | ".join(
                    f"collections.abc:Mapping[str, {name}]" for name in ("int", "str", "bytes", "float", "complex")
                ),
                "?zoo:_Missing",
            ),
            returns=" | ".join(f"collections.abc:Sequence[{name}]" for name in ("int", "str", "bytes", "float", "bool")),
        ),
    ),
    cls("zoo.types:list", sig(p("items", "list[int]", "()")), doc="Shadows a builtin in its module."),
    fn("zoo.types:listed", sig(p("x", "list[zoo.types:list]"), returns="list[str]")),
    cls("zoo.types:Sealed", doc="Members hide what annotations need."),
    fn("zoo.types:Sealed.int", sig(p("x", "int"), returns="int")),
    fn("zoo.types:Sealed.property", sig(returns="zoo.types:Sealed.Sealed")),
    prop("zoo.types:Sealed.size", "int", flags=(Flag.SETTABLE,)),
    fn("zoo.types:Sealed.staticmethod", sig(p("x", "float", "nan"), returns="float"), binding=Binding.STATIC),
    fn("zoo.types:Sealed.float", sig(returns="zoo.types:Sealed")),
    cls("zoo.types:Sealed.Sealed"),
]

NAMES = [
    alias("zoo.names:Size", "int | typing:Literal['auto']", doc="An alias."),
    alias("zoo.names:Sizes", "collections.abc:Sequence[zoo.names:Size]", aliases=("zoo:Sizes",)),
    alias("zoo.names:Food", "str | list[zoo.names:Food]"),
    alias("zoo.names:Opaque", "numpy:ndarray"),
    alias("zoo.names:Pairs"),
    alias("zoo.names:Boxes", "list[zoo.names:Item]"),
    alias("zoo.names:Item", "zoo.names:Item"),
    alias("zoo.names:Count", "int"),
    alias("zoo.names:Number"),
    alias("zoo.names:Ticket"),
    alias("zoo.names:Owner"),
    cls("zoo.names:Feeder", bases=("typing:Protocol",), shape=Shape.PROTOCOL),
    fn("zoo.names:Feeder.feed", sig(p("food", "zoo.names:Food"), returns="None")),
    cls("zoo.names:Options", shape=Shape.TYPED_DICT, bases=("builtins:dict",)),
    cls("zoo.names:Register", bases=("collections.abc:Mapping",), protocols=("__getitem__", "__iter__", "__len__")),
    cls("zoo.names:Phase", bases=("builtins:complex",)),
    cls("zoo.names:Sorted", bases=("zoo.names:_Private",)),
    cls(
        "zoo.names:Elephant",
        bases=("zoo.names:_Trunked",),
        shape=Shape.DATACLASS,
        fields=(Field(name="arrived", type="datetime:date"),),
    ),
    alias("zoo.names:Elephant.Tusk", "int"),
    prop("zoo.names:Elephant.weight", "float", flags=(Flag.SETTABLE,), type_tier=Tier.STUB),
    prop("zoo.names:Elephant.tags", "list[str]", flags=(Flag.SETTABLE,), type_tier=Tier.DOCSTRING),
    prop("zoo.names:Elephant.arrived", "datetime:date", flags=(Flag.SETTABLE,)),
    fn(
        "zoo.names:aliases",
        sig(
            p("size", "zoo.names:Size"),
            p("private", "zoo._names:Axis | None", "None"),
            p("food", "zoo.names:Food"),
            p("generic", "zoo.names:Pairs[str, int]"),
            p("bare", "zoo.names:Pairs"),
            p("callback", "zoo._names:Action[[int, str], bool]"),
            p("circle", "zoo._names:Circle"),
            p("array", "zoo.names:Opaque | int"),
            returns="zoo.names:Pairs[zoo:Keeper, zoo.names:Size]",
        ),
    ),
    fn(
        "zoo.names:variables",
        sig(
            p("bound", "zoo._names:AnimalT"),
            p("one_of", "zoo.names:Number"),
            p("free", "zoo._names:T"),
            p("text", "typing:AnyStr"),
            p("inside", "list[zoo._names:AnimalT]"),
            p("read", "collections.abc:Sequence[zoo._names:AnimalT]"),
            p("callback", "collections.abc:Callable[[zoo._names:AnimalT], zoo._names:AnimalT]"),
            p("any_callback", "collections.abc:Callable[zoo._names:P, int]"),
            p("more", "collections.abc:Callable[typing:Concatenate[int, zoo._names:P], str]"),
            p("rest", "collections.abc:Callable[[typing:Unpack[zoo._names:Ts]], str]"),
            p("args", "typing:Unpack[zoo._names:Ts]", kind="*"),
            p("kwargs", "typing:Unpack[zoo.names:Options]", kind="**"),
            returns="zoo._names:AnimalT",
        ),
    ),
    fn(
        "zoo.names:names",
        sig(
            p("ticket", "zoo.names:Ticket"),
            p("hidden", "zoo._names:Badge"),
            p("feeder", "zoo.names:Feeder"),
            p("feeders", "collections.abc:Iterable[zoo.names:Feeder]"),
            p("options", "zoo.names:Options"),
            p("secret", "zoo.names:_Private"),
            p("same", "typing:Self"),
            returns="zoo.names:Ticket",
        ),
    ),
    fn("zoo.names:made", sig(returns="zoo.names:_Private")),
    fn("zoo.names:made_options", sig(returns="list[zoo.names:Options]")),
    fn("zoo.names:is_small", sig(p("x", "object"), returns="typing:TypeGuard[zoo:Keeper]")),
    fn(
        "zoo.names:heirs",
        sig(
            p("table", "collections.abc:Mapping[str, int]"),
            p("phase", "complex"),
            p("phases", "list[complex]"),
            p("read", "collections.abc:Sequence[complex]"),
            p("turn", "collections.abc:Callable[[complex], complex]"),
            returns="collections.abc:Mapping[str, complex]",
        ),
    ),
    fn("zoo.names:paths", sig(p("path", "str | os:PathLike[typing:AnyStr]"), p("handle", "typing:IO[int]"))),
]

DEFINITIONS = (
    means("zoo._names:Axis", "alias", "int | typing:Literal['rows', 'columns']"),
    means("zoo._names:Action", "alias", "collections.abc:Callable[zoo._names:P, zoo._names:T]", parameters=("zoo._names:P", "zoo._names:T")),
    means("zoo._names:Circle", "alias", "dict[str, zoo._names:Circle] | zoo._names:Circle2"),
    means("zoo._names:Circle2", "alias", "int | tuple[zoo._names:Circle, ...]"),
    means("zoo._names:AnimalT", "variable", bound="zoo.beasts:Animal"),
    means("zoo._names:T", "variable"),
    means("zoo._names:P", "parameters"),
    means("zoo._names:Ts", "variables"),
    means("zoo._names:Badge", "new_type", "zoo._names:Axis"),
    means("zoo.names:Pairs", "alias", "list[tuple[zoo._names:K, zoo._names:V]]", parameters=("zoo._names:K", "zoo._names:V")),
    means("zoo.names:Number", "variable", constraints=("int", "bytes")),
    means("zoo.names:Ticket", "new_type", "int"),
    means("zoo.data:P", "parameters"),
    means("zoo.data:T", "variable"),
    means("zoo.data:_T", "variable"),
    means("zoo.data:V", "variable", bound="zoo.beasts:Animal"),
    means("zoo.names:Owner", "new_type", "zoo:Keeper"),
    means("zoo.names:_Private", "class", bases=("zoo:Keeper", "typing:Generic[zoo._names:T]")),
    means("zoo.names:_Trunked", "class", bases=("zoo.beasts:Animal",)),
)

BEASTS = [
    cls(
        "zoo.beasts:Animal",
        sig(p("name", "str"), p("legs", "int", "4", "!")),
        doc="An animal.\n\n    Indented doc.\n",
        flags=(Flag.ABSTRACT,),
        fields=(Field(name="name", type="str"),),
        protocols=("__len__", "__eq__", "__hash__", "__repr__", "__lt__", "__add__", "__iadd__", "__radd__", "__new__"),
    ),
    prop("zoo.beasts:Animal.name", "str", doc="Its name.", flags=(Flag.SETTABLE,)),
    prop("zoo.beasts:Animal.legs", "int"),
    const("zoo.beasts:Animal.KINGDOM", "'animalia'"),
    const("zoo.beasts:Animal.registry", None, "dict[str, zoo.beasts:Animal]"),
    const("zoo.beasts:Animal.ODD", "nan"),
    fn("zoo.beasts:Animal.speak", sig(p("loud", "bool", "False"), returns="str"), doc="Speak."),
    fn("zoo.beasts:Animal.feed", sig(p("food", "str"), returns="None"), flags=(Flag.ABSTRACT,)),
    fn("zoo.beasts:Animal.clone", sig(returns="typing:Self")),
    fn("zoo.beasts:Animal.born", sig(p("name", "str"), returns="typing:Self"), binding=Binding.CLASS),
    fn("zoo.beasts:Animal.count", sig(returns="int"), binding=Binding.STATIC),
    fn("zoo.beasts:Animal.run", sig(p("speed", "float"), returns="bool"), flags=(Flag.COROUTINE,)),
    fn("zoo.beasts:Animal.__iter__", sig(returns="collections.abc:Iterator[str]")),
    fn("zoo.beasts:Animal.__getitem__", sig(p("key", "int"), returns="str")),
    fn("zoo.beasts:Animal.class", sig()),
    fn("zoo.beasts:Animal.__mangled", sig()),
    cls("zoo.beasts:Animal.Tag", sig(p("number", "int"))),
    cls("zoo.beasts:Animal.Collar", sig(p("number", "int")), bases=("zoo.beasts:Animal.Tag",)),
    fn("zoo.beasts:Animal.Collar.owner", sig(returns="zoo:Keeper")),
    cls(
        "zoo.beasts:Cat",
        sig(p("name", "str")),
        bases=("zoo.beasts:Animal", "zoo.beasts:_Secret"),
        protocols=("__len__", "__call__", "__enter__", "__exit__", "__contains__"),
    ),
    fn("zoo.beasts:Cat.speak", sig(p("loud", "bool", "True"), p("times", "int", "1"), returns="str")),
    fn("zoo.beasts:Cat.feed", sig(p("food", "str"), p("hand", "str"), returns="int")),
    fn("zoo.beasts:Cat.legs", sig(returns="int")),
    fn("zoo.beasts:Cat.__call__", sig(p("sound", "str", "'meow'"), returns="zoo.beasts:Cat")),
    fn("zoo.beasts:Cat.__enter__", sig(returns="typing:Self")),
    const("zoo.beasts:Cat.KINGDOM", "7"),
    cls("zoo.beasts:Maned", protocols=("__aiter__", "__anext__", "__await__", "__aenter__", "__aexit__", "__pow__", "__ipow__")),
    prop("zoo.beasts:Maned.speak", "str"),
    fn("zoo.beasts:Maned.feed", sig(p("grams", "int"), returns="None")),
    const("zoo.beasts:Maned.KINGDOM", "'maned'"),
    cls("zoo.beasts.cats:Lion", sig(p("name", "str")), bases=("zoo.beasts:Cat", "zoo.beasts:Maned"), doc="Two parents."),
    fn("zoo.beasts.cats:Lion.roar", sig(p("to", "zoo.beasts.cats:Lion"), returns="list[zoo.beasts:Cat]"), flags=(Flag.DEPRECATED,)),
    cls("zoo.beasts.cats:Cub", bases=("zoo.beasts.cats:Lion", "zoo.beasts:Animal")),
    fn("zoo.beasts.cats:Cub.speak", sig(returns="bytes")),
    cls("zoo.beasts.cats:Twin", bases=("zoo.beasts:Animal", "zoo.beasts.cats:Cub")),
    Symbol(path="zoo.beasts.cats:purr", kind=Kind.CALLABLE, protocols=("__call__",), doc="A ufunc of a kind."),
]

ERRORS = [
    cls("zoo.errors:ZooError", kind=Kind.EXCEPTION, bases=("builtins:Exception",), doc="Root."),
    prop("zoo.errors:ZooError.code", "int"),
    prop("zoo.errors:ZooError.args", "tuple"),
    fn("zoo.errors:ZooError.explain", sig(returns="str")),
    cls(
        "zoo.errors:EscapeError",
        kind=Kind.EXCEPTION,
        bases=("zoo.errors:ZooError", "builtins:ValueError"),
        aliases=("zoo:EscapeError",),
    ),
    prop("zoo.errors:EscapeError.code", "str"),
    const("zoo.errors:EscapeError.severity", "3"),
    cls("zoo.errors:GateError", kind=Kind.EXCEPTION, bases=("builtins:OSError", "builtins:SyntaxError", "zoo.errors:ZooError")),
    cls("zoo.errors:CircleA", kind=Kind.EXCEPTION, bases=("zoo.errors:CircleB",)),
    cls("zoo.errors:CircleB", kind=Kind.EXCEPTION, bases=("zoo.errors:CircleA",)),
]

ENUMS = [
    enum("zoo.kinds:Colour", ("RED", "1"), ("GREEN", "'g'"), ("CRIMSON", "1"), ("name", "4"), ("mro", "5"), bases=("enum:Enum",), doc="Colours."),
    enum("zoo.kinds:Level", ("LOW", "1"), ("HIGH", "2"), ("real", "3"), bases=("enum:IntEnum",)),
    enum("zoo.kinds:Access", ("READ", "1"), ("WRITE", "2"), ("BOTH", "3"), bases=("enum:IntFlag",)),
    enum("zoo.kinds:Words", ("HELLO", "'hello'"), ("title", "'title'"), bases=("builtins:str", "enum:Enum")),
    enum("zoo.kinds:Opaque", ("FIRST", None), ("SECOND", "__import__('os')"), bases=("enum:IntEnum",)),
    enum("zoo.kinds:Parent", bases=("enum:Flag",)),
    enum("zoo.kinds:Child", ("ONE", "1"), ("TWO", "2"), bases=("zoo.kinds:Parent",)),
    fn("zoo.kinds:paint", sig(p("colour", "zoo.kinds:Colour", "?zoo.kinds:Colour"), returns="zoo.kinds:Access | None")),
]

CIRCLES = [
    cls("zoo.circles.left:Track", sig()),
    fn("zoo.circles.left:Track.follow", sig(p("other", "zoo.circles.right:Bend"), returns="typing:Self")),
    cls("zoo.circles.left:Loop", sig(), bases=("zoo.circles.right:Bend",), doc="Needs the module that needs this one."),
    fn("zoo.circles.left:lay", sig(returns="zoo.circles.left:Loop")),
    cls("zoo.circles.right:Bend", sig(), bases=("zoo.circles.left:Track",)),
    enum("zoo.circles.right:Side", ("LEFT", "1"), ("RIGHT", "2"), bases=("enum:Enum",)),
]

DATA = [
    # Records are what they are; a class with anything else is a remote one.
    cls(
        "zoo.data:Spot",
        sig(p("x", "float"), p("y", "float", "0.0"), p("tenant", "zoo.beasts:Animal | None", "None")),
        bases=("builtins:tuple",),
        shape=Shape.NAMED_TUPLE,
        doc="Where it is.",
        fields=(
            Field(name="x", type="float"),
            Field(name="y", type="float", default=Default(literal="0.0"), required=False),
            Field(name="tenant", type="zoo.beasts:Animal | None", default=Default(literal="None"), required=False),
        ),
        protocols=("__getitem__", "__iter__", "__len__", "__repr__"),
    ),
    fn("zoo.data:Spot.__repr__", sig()),
    prop("zoo.data:Spot.x", "float"),
    cls(
        "zoo.data:Tally",
        bases=("builtins:tuple",),
        shape=Shape.NAMED_TUPLE,
        fields=(Field(name="count", type="int"), Field(name="index"), Field(name="list", type="list[int]")),
    ),
    cls("zoo.data:Track", bases=("zoo.data:Spot",), shape=Shape.NAMED_TUPLE, fields=(Field(name="x", type="float"),)),
    fn("zoo.data:Track.length", sig(returns="float")),
    cls(
        "zoo.data:Late",
        bases=("builtins:tuple",),
        shape=Shape.NAMED_TUPLE,
        fields=(Field(name="when", default=Default(opaque="zoo:Keeper"), required=False),),
    ),
    prop("zoo.data:Late.when"),
    cls(
        "zoo.data:Ration",
        bases=("builtins:dict",),
        shape=Shape.TYPED_DICT,
        fields=(
            Field(name="food", type="str"),
            Field(name="grams", type="int | None", required=False),
            Field(name="for_whom", type="zoo.beasts:Animal"),
        ),
    ),
    prop("zoo.data:Ration.food", "str", flags=(Flag.SETTABLE,)),
    cls(
        "zoo.data:Leaflet",
        bases=("builtins:dict",),
        shape=Shape.TYPED_DICT,
        fields=(Field(name="title", type="str", required=False),),
    ),
    cls(
        "zoo.data:Keyed",
        bases=("builtins:dict",),
        shape=Shape.TYPED_DICT,
        fields=(Field(name="class", type="str"),),
    ),
    fn(
        "zoo.data:feed",
        sig(
            p("ration", "zoo.data:Ration"), p("spots", "list[zoo.data:Spot]"), returns="tuple[zoo.data:Spot, ...]"
        ),
    ),
    fn("zoo.data:ration", sig(returns="zoo.data:Ration")),
    fn("zoo.data:spot", sig(p("at", "zoo.data:Spot | tuple[float, float]"), returns="zoo.data:Spot")),
    cls(
        "zoo.data:Card",
        sig(p("name", "str"), p("tags", "list[str]", "?dataclasses:_HAS_DEFAULT_FACTORY_CLASS")),
        shape=Shape.DATACLASS,
        fields=(
            Field(name="name", type="str"),
            Field(name="tags", type="list[str]", required=False),
            Field(name="hidden", type="int", required=False, init=False),
        ),
        protocols=("__eq__", "__repr__"),
    ),
    prop("zoo.data:Card.name", "str", flags=(Flag.SETTABLE,)),
    prop("zoo.data:Card.tags", "list[str]", flags=(Flag.SETTABLE,)),
    cls(
        "zoo.data:Gold",
        bases=("zoo.data:Card",),
        shape=Shape.DATACLASS,
        fields=(Field(name="name", type="str"), Field(name="level", type="int", keyword_only=True)),
        protocols=("__eq__", "__hash__"),
    ),
    cls(
        "zoo.data:Form",
        shape=Shape.ATTRS,
        fields=tuple(Field(name=f"a_field_with_a_long_name_{number}") for number in range(9)),
    ),
    cls("zoo.data:Box", sig(p("item", "zoo.data:T")), bases=("typing:Generic",), parameters=("zoo.data:T",)),
    fn("zoo.data:Box.get", sig(returns="zoo.data:T")),
    prop("zoo.data:Box.inner", "zoo.data:Box[zoo.data:T]"),
    fn("zoo.data:Box.put", sig(p("item", "zoo.data:T"), p("more", "list[zoo.data:T]", "?zoo:_Missing"), returns="None")),
    fn("zoo.data:Box.of", sig(p("item", "zoo.data:T"), returns="typing:Self"), binding=Binding.CLASS),
    fn("zoo.data:Box.first", sig(p("item", "zoo.data:T"), returns="zoo.data:T"), binding=Binding.STATIC),
    const("zoo.data:Box.empty", None, "zoo.data:T | None"),
    cls(
        "zoo.data:Crate",
        bases=("zoo.data:Box", "typing:Generic"),
        parameters=("zoo.data:V",),
        generic_bases=("zoo.data:Box[zoo.data:V]", "typing:Generic[zoo.data:V]"),
    ),
    fn("zoo.data:Crate.get", sig(returns="zoo.data:V")),
    fn("zoo.data:Crate.put", sig(p("item", "zoo.data:V"), returns="None")),
    cls("zoo.data:Cage", bases=("zoo.data:Crate",), generic_bases=("zoo.data:Crate[zoo.beasts:Animal]",)),
    fn("zoo.data:Cage.get", sig(returns="zoo.beasts:Animal")),
    cls(
        "zoo.data:Twins",
        bases=("zoo.data:Box",),
        parameters=("zoo.data:T",),
        generic_bases=("zoo.data:Box[list[zoo.data:T]]",),
    ),
    fn("zoo.data:Twins.get", sig(returns="zoo.data:T")),
    cls("zoo.data:Loose", sig(p("items", "list[zoo.data:T]")), parameters=("zoo.data:T", "zoo.data:V")),
    cls("zoo.data:Loose.Inner", parameters=("zoo.data:_T",)),
    fn("zoo.data:Loose.Inner.get", sig(returns="zoo.data:_T")),
    cls("zoo.data:Loose.Same", parameters=("zoo.data:T",)),
    fn("zoo.data:Loose.Same.get", sig(returns="zoo.data:T")),
    cls("zoo.data:Task", parameters=("zoo.data:P",)),
    fn("zoo.data:boxed", sig(p("box", "zoo.data:Box[float]"), returns="zoo.data:Box[int]")),
    fn("zoo.data:caged", sig(p("boxes", "list[zoo.data:Box[int]]"), returns="list[zoo.data:Box[zoo.beasts:Animal]]")),
    fn("zoo.data:Crate.packed", sig(returns="typing:Self"), binding=Binding.CLASS, flags=(Flag.COROUTINE,)),
    const("zoo.data:Crate.size", "None", "None"),
    const("zoo.data:Crate.weight", "(1, 2)", "builtins:tuple"),
    Symbol(path="zoo.data:Crate.mark", kind=Kind.CALLABLE, binding=Binding.STATIC),
    cls("zoo.data:Heavy", bases=("zoo.data:Crate",)),
    const("zoo.data:Heavy.size", "3", "int"),
    prop("zoo.data:Heavy.weight", "int"),
    fn("zoo.data:Heavy.mark", sig(returns="str")),
]

DOING = [
    cls("zoo.doing:Described"),
    fn("zoo.doing:Described.describe", sig(p("loud", "bool", "False"), returns="str")),
    prop("zoo.doing:Described.long", "str"),
    enum("zoo.doing:Mood", ("CALM", "'calm'"), ("WILD", "'wild'"), bases=("builtins:str", "enum:Enum")),
    fn("zoo.doing:Mood.title", sig(returns="int"), doc="Not what a string has."),
    fn("zoo.doing:Mood.turned", sig(p("other", "zoo.doing:Mood"), returns="zoo.doing:Mood")),
    fn("zoo.doing:Mood.wait", sig(returns="bool"), flags=(Flag.COROUTINE,)),
    fn("zoo.doing:Mood.usual", sig(returns="zoo.doing:Mood"), binding=Binding.CLASS),
    fn("zoo.doing:Mood.count_all", sig(returns="int"), binding=Binding.STATIC),
    fn("zoo.doing:Mood.__str__", sig(returns="str")),
    fn("zoo.doing:Mood.__lt__", sig(p("other", "zoo.doing:Mood"), returns="bool")),
    fn("zoo.doing:Mood.__hash__", sig(returns="int")),
    fn("zoo.doing:Mood.CALM", sig()),
    prop("zoo.doing:Mood.loud", "bool", flags=(Flag.SETTABLE,)),
    const("zoo.doing:Mood.limit", "3"),
    enum("zoo.doing:Shade", ("DARK", "1"), bases=("zoo.doing:Described", "enum:Enum")),
    cls(
        "zoo.doing:GateError",
        sig(p("gate", "str"), p("code", "int", "1")),
        kind=Kind.EXCEPTION,
        bases=("zoo.doing:Described", "builtins:OSError"),
    ),
    prop("zoo.doing:GateError.code", "int"),
    fn("zoo.doing:GateError.close", sig(p("hard", "bool", "False"), returns="bool"), doc="Close it."),
    fn("zoo.doing:GateError.later", sig(returns="None"), flags=(Flag.COROUTINE,)),
    fn("zoo.doing:GateError.of", sig(p("gate", "str"), returns="typing:Self"), binding=Binding.CLASS),
    fn("zoo.doing:GateError.add_note", sig(p("note", "int"))),
    fn("zoo.doing:GateError.__str__", sig(returns="str")),
    cls("zoo.doing:WideGateError", sig(p("args", kind="*")), kind=Kind.EXCEPTION, bases=("zoo.doing:GateError",)),
    fn("zoo.doing:WideGateError.close", sig(p("hard", "str"), returns="int")),
]

ROOT = [
    cls("zoo:Keeper", sig(p("hired", "datetime:date")), defined="zoo.people:Keeper", aliases=("zoo.people:Keeper",)),
    fn("zoo:Keeper.visit", sig(p("animal", "zoo.beasts:Animal"), returns="zoo.people:Keeper")),
    fn("zoo:hire", sig(returns="zoo:Keeper"), defined="zoo.people:hire", aliases=("zoo.people:hire",)),
    fn("zoo:keys", sig(returns="list[str]"), doc="Has the name of a submodule."),
    fn("zoo.feeding:feeding", sig(returns="bool"), aliases=("zoo:feeding",)),
    const("zoo:limits", None, "zoo:Keeper"),
    const("zoo:__version__", "'1.0'"),
    const("zoo:DEPTH", "3"),
    const("zoo:SCALE", "inf"),
    const("zoo:SIZES", "{'a': (1, 2.5), 'b': ()}"),
    const("zoo:HOSTILE", "__import__('os').system('true')"),
    const("zoo:nothing", "None"),
    const("zoo:_sb", "1"),
    fn("zoo:annotations", sig()),
]

MODULES = (
    Module(
        name="zoo",
        package=True,
        doc='The zoo.\n\nA "module" doc with a \\ backslash.',
        exports={
            "DEPTH": "zoo:DEPTH",
            "DEEP": "zoo:DEPTH",
            "Keeper": "zoo:Keeper",
            "Boss": "zoo:Keeper",
            "Sizes": "zoo.names:Sizes",
            "beasts": "zoo.beasts",
            "escape": "zoo.errors:EscapeError",
            "feeding": "zoo.feeding:feeding",
            "annotations": "zoo.annotations",
            "keys": "zoo:keys",
            "limits": "zoo:limits",
            "bounds": "zoo:limits",
            "lost": "zoo:lost",
            "purr": "zoo.beasts.cats:purr",
        },
    ),
    Module(name="zoo.beasts", package=True, exports={"Lion": "zoo.beasts.cats:Lion"}),
    Module(name="zoo.beasts.cats"),
    Module(name="zoo.circles", package=True, exports={"Loop": "zoo.circles.left:Loop"}),
    Module(name="zoo.circles.left", exports={"Ring": "zoo.circles.left:Loop"}),
    Module(name="zoo.circles.right"),
    Module(name="zoo.annotations", doc="Has the name of a future statement."),
    Module(name="zoo.empty"),
    Module(name="zoo.import"),
    Module(name="zoo.keys", doc="Hidden by a function."),
    Module(name="zoo.limits", doc="Hidden by a constant."),
    Module(name="zoo.people", exports={"Keeper": "zoo:Keeper", "also_hire": "zoo:hire"}),
)


def manifest() -> Manifest:
    """Return the zoo's manifest."""
    symbols = (*SIGNATURES, *TYPES, *NAMES, *BEASTS, *ERRORS, *ENUMS, *DATA, *DOING, *CIRCLES, *ROOT)
    library = Library(name="zoo", version="1.0")
    return Manifest(library=library, modules=MODULES, symbols=symbols, definitions=DEFINITIONS).sorted()
