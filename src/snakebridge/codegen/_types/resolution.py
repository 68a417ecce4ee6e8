# From a manifest's type expression to an annotation that is never wrong.
#
# Who gives the value decides. What the caller gives may be annotated wider than the library says, and never narrower:
# a checker must not refuse a call that the library takes. What the library gives back may be annotated only as what
# arrives. Where that is in doubt, it is `Any`.
#
# Guarantees: the result names only classes of `nameable.py`, stand-ins of `standins.py`, and generated classes, with
# the right number of arguments.
# Assumes: a type expression is well-formed, as the manifest model validates it.

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._types.annotations import (
    ANY,
    NONE,
    SELF,
    Annotation,
    Bracket,
    Dots,
    Either,
    Generated,
    Host,
    either,
    hint,
    host,
    variable,
    width,
)
from snakebridge.codegen._types.choices import WIDEST, choices_of, without_choices
from snakebridge.codegen._types.definitions import is_protocol
from snakebridge.codegen._types.nameable import ARITY, LEAVES, RESPELLED, UNWRAPPED, VALUES, VARIANCE
from snakebridge.codegen._types.standins import REMOTE, is_scalar, of_private, stand_in
from snakebridge.manifest import Definition, DefinitionKind, Kind, Shape, Tier, types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.codegen._tree.surface import Surface

__all__ = ["Position", "resolve"]

_WIDEST_PART: Final = 160
_DEEPEST: Final = 20
_MOST_DERIVED: Final = 3
_MOST_STEPS: Final = 2_000
_TEXTS: Final = (host("builtins:str"), host("builtins:bytes"))
_EMPTY: Final = frozenset({"typing:Never", "typing:NoReturn", "typing_extensions:Never"})


class Position(enum.Enum):
    """Who gives the value that an annotation is about."""

    GIVEN = enum.auto()
    """The caller: parameters, setters, results of callbacks."""
    RETURNED = enum.auto()
    """The library: results, properties, parameters of callbacks."""
    EXACT = enum.auto()
    """The caller, inside something mutable. Checkers refuse a `list[int]` where a `list[float]` is wanted and a
    `list[Cat]` where a `list[Animal]` is, and libraries take them; only what has no subtypes keeps its type.
    """

    @property
    def other_side(self) -> Position:
        """The position of what a callable takes, seen from what it returns."""
        return {Position.GIVEN: Position.RETURNED, Position.RETURNED: Position.GIVEN}.get(self, self)

    @property
    def inside(self) -> Position:
        """The position of what is inside something mutable."""
        return Position.RETURNED if self is Position.RETURNED else Position.EXACT


def resolve(
    expression: str | None,
    surface: Surface,
    position: Position,
    *,
    owner: str | None = None,
    tier: Tier = Tier.RUNTIME,
) -> Annotation:
    """Make the annotation for a type expression.

    Args:
        expression: The manifest's text; `None` is `Any`.
        surface: Knows the generated classes and what other names mean.
        position: Who gives the value.
        owner: Path of the class whose `Self` is allowed here.
        tier: Where the expression was learnt. Prose is not exact enough to refuse anybody's code, so what a docstring
            tells is a hint about what to give, `int | Any`, and says nothing about what arrives.
    """
    if expression is None:
        return ANY
    if tier is Tier.DOCSTRING:
        return hint(resolve(expression, surface, position, owner=owner)) if position is Position.GIVEN else ANY
    key = (expression, position, owner if "Self" in expression or owner in surface.generics else None)
    known = surface.resolved.get(key)
    if known is None:
        found = _Resolver(surface, owner).visit(types.parse(expression), position)
        if width(found) > WIDEST:
            found = without_choices(found)
        known = ANY if width(found) > WIDEST or isinstance(found, Bracket | Dots) else found
        surface.resolved[key] = known
    return known


@dataclass(slots=True)
class _Resolver:
    surface: Surface
    owner: str | None
    open: tuple[str, ...] = ()
    """Aliases that are being expanded."""
    steps: int = 0

    def visit(self, node: types.Type, at: Position) -> Annotation:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return ANY
        match node:
            case types.Union() if at is not Position.EXACT:
                return self.union(node.members, at)
            case types.Name():
                found = self.name(node, at)
                return ANY if at is Position.EXACT and not self.is_leaf(found) else found
            case _:
                return ANY

    def union(self, members: tuple[types.Type, ...], at: Position) -> Annotation:
        # Nothing can be given for `Never`, which overloads use to say so.
        some = [one for one in members if not (isinstance(one, types.Name) and one.address in _EMPTY)]
        return either(*(self.visit(one, at) for one in some or members))

    def is_leaf(self, found: Annotation) -> bool:
        """Say whether a value of this type is hardly ever seen as one of another type."""
        match found:
            case Host("builtins", "tuple", arguments):
                return Dots() not in arguments
            case Host(module, name):
                address = f"{module}:{name}"
                return found == NONE or (address in LEAVES and address not in self.surface.definitions.derived_there)
            case Generated(path):
                return path not in self.surface.definitions.parents
        return False

    def name(self, node: types.Name, at: Position) -> Annotation:  # noqa: C901, PLR0911 - one case per special form
        address = RESPELLED.get(node.address, node.address)
        arguments = node.arguments
        if address in UNWRAPPED:
            return self.visit(arguments[0], at) if arguments else ANY
        match address:
            case "types:NoneType":
                return NONE
            case "types:EllipsisType":
                return host("types:EllipsisType")
            case "typing:Self" | "typing_extensions:Self":
                return self.itself(at)
            case "typing:Optional":
                return either(*(self.visit(one, at) for one in arguments), NONE)
            case "typing:Union":
                return self.union(arguments, at) if arguments else ANY
            case "typing:Literal" | "typing_extensions:Literal":
                return self.choices(arguments, at)
            case "typing:TypeGuard" | "typing:TypeIs" | "typing_extensions:TypeGuard" | "typing_extensions:TypeIs":
                return host("builtins:bool")
            case "typing:AnyStr":
                return either(host("builtins:str"), host("builtins:bytes")) if at is Position.GIVEN else ANY
            case "builtins:tuple":
                return self.with_derived(self.tuple_of(arguments, at), at)
            case "collections.abc:Callable":
                return self.callable(arguments, at)
            case "contextlib:_GeneratorContextManager" | "contextlib:_AsyncGeneratorContextManager" if arguments:
                kind = "AbstractAsync" if "Async" in address else "Abstract"
                return host(f"contextlib:{kind}ContextManager", self.visit(arguments[0], at))
        return self.other(address, arguments, at)

    def other(self, address: str, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        path = self.surface.classes.get(address)
        if address in VALUES:
            return self.value(host(address), path, at)
        if is_scalar(address):
            return self.scalar(address, path, at)
        if path is not None:
            return self.generated(path, at, arguments)
        if address in ARITY:
            return self.of_host(address, arguments, at)
        if at is Position.GIVEN and (found := stand_in(address)) is not None:
            return found
        meaning = self.surface.definitions.meanings.get(address)
        return ANY if meaning is None else self.defined(meaning, arguments, at)

    def scalar(self, address: str, path: str | None, at: Position) -> Annotation:
        """A scalar of numpy: which class it arrives as depends on whether the host has numpy, and which one."""
        given = stand_in(address) if at is Position.GIVEN else None
        if given is None:
            return ANY
        return given if path is None else either(given, self.with_derived(Generated(path), at))

    def value(self, named: Host, path: str | None, at: Position) -> Annotation:
        """What travels by value arrives as the host's own class, even from the library that owns the class."""
        if path is None or at is Position.RETURNED:
            return self.with_derived(named, at)
        return either(self.with_derived(named, at), Generated(path)) if at is Position.GIVEN else ANY

    def generated(self, path: str, at: Position, arguments: tuple[types.Type, ...] = ()) -> Annotation:
        """A generated class stands for itself, unless other things than its instances count as such."""
        symbol = self.surface.symbols[path]
        if path in self.surface.definitions.metaclasses:
            # Its instances are classes, which arrive as the generated ones.
            return host("builtins:type", ANY) if at is Position.GIVEN else ANY
        if symbol.shape is Shape.TYPED_DICT:
            if at is Position.RETURNED:
                is_record = path in self.surface.records
                return Generated(path) if is_record else host("builtins:dict", host("builtins:str"), ANY)
            plain = host("collections.abc:Mapping", host("builtins:str"), ANY)
            return either(plain, Generated(path)) if at is Position.GIVEN else ANY
        if at is not Position.RETURNED and symbol.kind is Kind.CLASS and is_protocol(symbol):
            return ANY
        # What is given may be generic in anything: libraries do not ask.
        known = at is Position.RETURNED and len(arguments) == len(self.surface.generics.get(path, ()))
        found = tuple(self.visit(one, at) for one in arguments) if known else ()
        return self.with_derived(Generated(path, () if {*found} <= {ANY} else found), at)

    def itself(self, at: Position) -> Annotation:
        if self.owner is None:
            return ANY
        symbol = self.surface.symbols[self.owner]
        for address in (symbol.path, symbol.defined):
            plain = RESPELLED.get(address or "", address or "")
            if plain in VALUES:
                return self.value(host(plain), self.owner, at)
            if is_scalar(plain):
                return self.scalar(plain, self.owner, at)
        return SELF

    # --- Classes of the host ---

    def of_host(self, address: str, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        arity = ARITY[address]
        if address == "builtins:slice":
            arguments = ()  # generic in stubs only
        if len(arguments) > arity:
            return ANY
        if (
            arguments
            and len(arguments) < arity
            and address
            not in {
                "collections.abc:Generator",
                "collections.abc:AsyncGenerator",
            }
        ):
            return ANY
        if address == "builtins:type" and arguments:
            return host(address, self.class_of(arguments[0], at))
        signs = VARIANCE.get(address, "=" * arity)
        visited = tuple(self.argument(one, sign, at) for one, sign in zip(arguments, signs, strict=False))
        if sum(map(width, visited)) > _WIDEST_PART:
            visited = (ANY,) * arity
        # `Generator[int]` leaves what it sends and returns to the defaults of PEP 696.
        filler = NONE if arguments else ANY
        return self.with_derived(host(address, *visited, *(filler,) * (arity - len(visited))), at)

    def class_of(self, node: types.Type, at: Position) -> Annotation:
        """Return what `type[...]` is about; what is given for objects is more than what is given for their classes."""
        if isinstance(node, types.Name) and is_scalar(node.address):
            path = self.surface.classes.get(node.address)
            return ANY if path is None or at is not Position.RETURNED else Generated(path)
        found = self.visit(node, at)
        members = found.members if isinstance(found, Either) else (found,)
        # Of an object that is no class checkers know of, and of a class of classes, `type[...]` can say nothing.
        vague = any(isinstance(one, Host) and (one.module == REMOTE.module or one.name == "type") for one in members)
        return ANY if vague else found

    def argument(self, node: types.Type, sign: str, at: Position) -> Annotation:
        if sign == "#":
            found = self.visit(node, Position.RETURNED)
            return found if found in _TEXTS else ANY
        return self.visit(node, {"+": at, "-": at.other_side}.get(sign, at.inside))

    def with_derived(self, named: Host | Generated, at: Position) -> Annotation:
        """Add the generated classes that derive from it over there, and in the eyes of checkers do not here."""
        address = named.path if isinstance(named, Generated) else f"{named.module}:{named.name}"
        derived = self.surface.definitions.derived_there.get(address, ())
        if not derived or at is not Position.GIVEN:
            return named
        if len(derived) > _MOST_DERIVED:
            return either(named, REMOTE)
        return either(named, *map(Generated, derived))

    def tuple_of(self, arguments: tuple[types.Type, ...], at: Position) -> Host:
        if arguments == (types.Parameters(()),):
            return host("builtins:tuple", Bracket((), parentheses=True))
        dots = types.Name("types:EllipsisType")
        if not arguments:
            return host("builtins:tuple", ANY, Dots())
        if dots in arguments:
            if len(arguments) != 2 or arguments[0] == dots:  # noqa: PLR2004 - `tuple[X, ...]`
                return host("builtins:tuple", ANY, Dots())
            return host("builtins:tuple", self.visit(arguments[0], at), Dots())
        if any(isinstance(one, types.Name) and one.address.endswith(":Unpack") for one in arguments):
            return host("builtins:tuple", ANY, Dots())
        return host("builtins:tuple", *(self.visit(one, at) for one in arguments))

    def callable(self, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        if len(arguments) != 2:  # noqa: PLR2004 - parameters and result
            return host("collections.abc:Callable", Dots(), ANY)
        parameters, returns = arguments
        taken: Annotation = Dots()
        if isinstance(parameters, types.Parameters) and not any(map(_is_unpacked, parameters.members)):
            taken = Bracket(tuple(self.taken(one, at) for one in parameters.members))
        return host("collections.abc:Callable", taken, self.visit(returns, at))

    def taken(self, node: types.Type, at: Position) -> Annotation:
        """Return what a callable takes. A callback may be written for what it is really passed (`max` for numbers)."""
        found = self.visit(node, at.other_side)
        return found if at is Position.RETURNED or self.is_leaf(found) else ANY

    # --- What names stand for ---

    def defined(self, meaning: Definition, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        if meaning.path in self.open or len(self.open) > _DEEPEST:
            return ANY
        self.open = (*self.open, meaning.path)
        try:
            return self.meaning(meaning, arguments, at)
        finally:
            self.open = self.open[:-1]

    def meaning(self, meaning: Definition, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        own = self.surface.generics.get(self.owner or "", {})
        if meaning.path in own:
            return variable(own[meaning.path])
        match meaning.kind:
            case DefinitionKind.ALIAS if meaning.type is not None:
                target = types.parse(meaning.type)
                return self.visit(_substituted(target, _bound(meaning, arguments)), at)
            case DefinitionKind.NEW_TYPE if meaning.type is not None:
                return self.visit(types.parse(meaning.type), at)
            case DefinitionKind.VARIABLE if at is Position.GIVEN:
                # A value that no call can connect to another one: whatever the variable may stand for.
                stated = meaning.constraints or ((meaning.bound,) if meaning.bound is not None else ())
                return either(*(self.visit(types.parse(one), at) for one in stated)) if stated else ANY
        if meaning.kind is DefinitionKind.CLASS and at is Position.GIVEN and self.is_own(meaning.path):
            return of_private(meaning.path, self.surface.definitions)
        # What is of a private class has operators that its public base may lack (`df.loc[0]`).
        return ANY

    def is_own(self, address: str) -> bool:
        root = self.surface.library.partition(".")[0]
        return address.partition(":")[0].partition(".")[0] in {root, f"_{root}"}

    def choices(self, arguments: tuple[types.Type, ...], at: Position) -> Annotation:
        """A `Literal`. Members of a public enum become the enum; those of a private one arrive as references."""
        plain = tuple(one for one in arguments if not isinstance(one, types.Name) or one == types.NONE)
        if len(plain) == len(arguments):
            return choices_of(arguments)
        found = [choices_of(plain)] if plain else []
        for one in arguments:
            if one not in plain and isinstance(one, types.Name):
                enum_of = one.address.rpartition(".")[0]
                path = self.surface.classes.get(enum_of)
                private = at is Position.GIVEN and self.is_own(enum_of)
                found.append(REMOTE if private else ANY) if path is None else found.append(self.generated(path, at))
        return either(*found)


def _is_unpacked(node: types.Type) -> bool:
    """Say whether it may stand for any number of parameters."""
    return isinstance(node, types.Name) and node.address.endswith((":Unpack", ":Concatenate", ":EllipsisType"))


def _bound(meaning: Definition, arguments: tuple[types.Type, ...]) -> dict[str, types.Type]:
    """Return what the parameters of a generic alias stand for."""
    if len(arguments) != len(meaning.parameters):
        return dict.fromkeys(meaning.parameters, types.ANY)
    return dict(zip(meaning.parameters, arguments, strict=True))


def _substituted(node: types.Type, table: Mapping[str, types.Type]) -> types.Type:
    match node:
        case types.Name(address) if address in table:
            return table[address]
        case types.Name(address, arguments) if arguments:
            return types.Name(address, tuple(_substituted(one, table) for one in arguments))
        case types.Union(members):
            return types.join(*(_substituted(one, table) for one in members))
        case types.Parameters(members):
            return types.Parameters(tuple(_substituted(one, table) for one in members))
    return node
