# From a manifest's type expression to one that the host can name.
#
# Guarantees: the result names only classes of `_nameable` and generated classes, with the right number of arguments;
# whatever else was said becomes `Any`, never a different type. Results are context-free, so two are the same type when
# they are equal; only `_spelling` knows scopes and imports.
# Assumes: a type expression is well-formed, as the manifest model validates it.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._literals import Code, NoLiteralError, literal, read
from snakebridge.codegen._nameable import ARITY, RESPELLED, UNWRAPPED, VALUES
from snakebridge.manifest import types

if TYPE_CHECKING:
    from snakebridge.codegen._surface import Surface

__all__ = [
    "ANY",
    "NONE",
    "SELF",
    "Annotation",
    "Bracket",
    "Choices",
    "Dots",
    "Either",
    "Generated",
    "Host",
    "either",
    "host",
    "resolve",
]

_WIDEST: Final = 600
_WIDEST_PART: Final = 160


@dataclass(frozen=True, slots=True)
class Host:
    """A class or form of the standard library, with its arguments."""

    module: str
    name: str
    arguments: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated class, by canonical path."""

    path: str


@dataclass(frozen=True, slots=True)
class Either:
    """A union."""

    members: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """`Literal[...]`."""

    values: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """The parameter list of a `Callable`, or the empty `tuple[()]`."""

    members: tuple[Annotation, ...]
    parentheses: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """`...` as an argument."""


Annotation = Host | Generated | Either | Choices | Bracket | Dots


def host(address: str, *arguments: Annotation) -> Host:
    """Name a class of the standard library by address."""
    module, _, name = address.partition(":")
    return Host(module, name, arguments)


ANY: Final = host("typing:Any")
NONE: Final = host(":None")
SELF: Final = host("typing:Self")


def either(*members: Annotation) -> Annotation:
    """Make a union; one with `Any` in it is `Any`."""
    flat: dict[Annotation, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.members if isinstance(member, Either) else (member,)))
    if ANY in flat:
        return ANY
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def resolve(expression: str | None, surface: Surface, *, owner: str | None = None, given: bool = False) -> Annotation:
    """Make the annotation for a type expression.

    Args:
        expression: The manifest's text; `None` is `Any`.
        surface: Knows the generated classes.
        owner: Path of the class whose `Self` is allowed here.
        given: The value is given by the caller, so the generated class of a value type is welcome too.
    """
    if expression is None:
        return ANY
    found = _Resolver(surface, owner, given=given).visit(types.parse(expression))
    return ANY if _width(found) > _WIDEST or isinstance(found, Bracket | Dots) else found


def _width(annotation: Annotation) -> int:
    match annotation:
        case Host():
            return len(annotation.module) + len(annotation.name) + sum(_width(one) + 2 for one in annotation.arguments)
        case Generated():
            return len(annotation.path.partition(":")[2])
        case Either() | Bracket():
            return sum(_width(one) + 3 for one in annotation.members)
        case Choices():
            return sum(len(value) + 2 for value in annotation.values)
        case Dots():
            return 3


@dataclass(frozen=True, slots=True)
class _Resolver:
    surface: Surface
    owner: str | None
    given: bool

    def visit(self, node: types.Type) -> Annotation:
        match node:
            case types.Union():
                return either(*(self.visit(member) for member in node.members))
            case types.Name():
                return self.name(node)
            case _:
                return ANY

    def name(self, node: types.Name) -> Annotation:  # noqa: PLR0911 - one case per special form
        address = RESPELLED.get(node.address, node.address)
        arguments = node.arguments
        if address in UNWRAPPED:
            return self.visit(arguments[0]) if arguments else ANY
        match address:
            case "types:NoneType":
                return NONE
            case "typing:Self" | "typing_extensions:Self":
                return self.itself()
            case "typing:Optional":
                return either(*(self.visit(one) for one in arguments), NONE)
            case "typing:Union":
                return either(*(self.visit(one) for one in arguments)) if arguments else ANY
            case "typing:Literal" | "typing_extensions:Literal":
                return _choices(arguments)
            case "builtins:tuple":
                return self.sequence(arguments)
            case "collections.abc:Callable":
                return self.callable(arguments)
            case "types:EllipsisType":
                return host("types:EllipsisType")
        return self.named_class(address, arguments)

    def named_class(self, address: str, arguments: tuple[types.Type, ...]) -> Annotation:
        path = self.surface.classes.get(address)
        if address in VALUES:
            named = host(address)
            return Either((named, Generated(path))) if path and self.given else named
        if path is not None:
            return Generated(path)
        arity = ARITY.get(address)
        if arity is None or len(arguments) > arity:
            return ANY
        if arguments and len(arguments) < arity and address != "collections.abc:Generator":
            return ANY
        visited = tuple(self.visit(one) for one in arguments)
        if sum(map(_width, visited)) > _WIDEST_PART:
            return host(address, *(ANY,) * arity) if arity else ANY
        # `Generator[int]` leaves what it sends and returns to the defaults of PEP 696.
        filler = NONE if arguments else ANY
        return host(address, *visited, *(filler,) * (arity - len(visited)))

    def itself(self) -> Annotation:
        if self.owner is None:
            return ANY
        symbol = self.surface.symbols[self.owner]
        for address in (symbol.path, symbol.defined):
            if RESPELLED.get(address or "", address) in VALUES:
                return host(str(RESPELLED.get(address or "", address)))
        return SELF

    def sequence(self, arguments: tuple[types.Type, ...]) -> Annotation:
        if arguments == (types.Parameters(()),):
            return host("builtins:tuple", Bracket((), parentheses=True))
        dots = types.Name("types:EllipsisType")
        if not arguments:
            return host("builtins:tuple", ANY, Dots())
        if dots in arguments:
            if len(arguments) != 2 or arguments[0] == dots:  # noqa: PLR2004 - `tuple[X, ...]`
                return host("builtins:tuple", ANY, Dots())
            return host("builtins:tuple", self.visit(arguments[0]), Dots())
        if any(isinstance(one, types.Name) and one.address.endswith(":Unpack") for one in arguments):
            return host("builtins:tuple", ANY, Dots())
        return host("builtins:tuple", *(self.visit(one) for one in arguments))

    def callable(self, arguments: tuple[types.Type, ...]) -> Annotation:
        if len(arguments) != 2:  # noqa: PLR2004 - parameters and result
            return host("collections.abc:Callable", Dots(), ANY)
        parameters, returns = arguments
        taken: Annotation = Dots()
        if isinstance(parameters, types.Parameters):
            taken = Bracket(tuple(self.visit(one) for one in parameters.members))
        return host("collections.abc:Callable", taken, self.visit(returns))


def _choices(arguments: tuple[types.Type, ...]) -> Annotation:
    """A `Literal`; one too long to read becomes the types of its values."""
    values: list[object] = []
    for argument in arguments:
        if argument == types.NONE:
            values.append(None)
            continue
        try:
            value = read(argument.source) if isinstance(argument, types.Constant) else ...
        except NoLiteralError:
            return ANY
        if not isinstance(value, bool | int | str | bytes):
            return ANY
        values.append(value)
    if not values:
        return ANY
    unique = list(dict.fromkeys((type(value), value) for value in values))
    try:
        found = Choices(tuple(literal(value) for _, value in unique))
    except NoLiteralError:
        return ANY
    if _width(found) <= _WIDEST:
        return found
    return either(*(NONE if kind is type(None) else host(f"builtins:{kind.__name__}") for kind, _ in unique))
