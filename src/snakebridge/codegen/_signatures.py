# Signatures of the manifest made callable: one shape per callable, in legal Python order, with host types.
#
# Guarantees: a shape accepts every call that the symbol's signature accepts, can be written as a `def`, and has no type
# but what the manifest said or a wider one. Unknown or contradictory signatures become `(*args, **kwargs)`.

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._annotations import ANY, Annotation, Host, either, host
from snakebridge.codegen._literals import NoLiteralError, literal, read
from snakebridge.codegen._overloads import settled
from snakebridge.codegen._resolution import Position, resolve
from snakebridge.codegen._values import accepts, type_of_value
from snakebridge.manifest import Flag, Parameter, ParameterKind, Signature, Symbol, Tier

if TYPE_CHECKING:
    from snakebridge.codegen._surface import Surface

__all__ = ["GRADUAL", "Shape", "Slot", "shape_of"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of a shape."""

    name: str
    """Its name over there."""
    kind: ParameterKind
    type: Annotation = ANY
    optional: bool = False
    default: str | None = None
    """Literal source from the manifest, already known to be readable; `None` when required or opaque."""
    tier: Tier | None = field(default=None, compare=False)
    """Where the type was learnt, if the manifest states one."""

    @property
    def opaque(self) -> bool:
        """Whether the default is the sentinel."""
        return self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a callable is called, free of scopes and imports."""

    slots: tuple[Slot, ...]
    returns: Annotation = ANY
    tier: Tier | None = field(default=None, compare=False)
    """Where the type of the result was learnt, if the manifest states one."""

    def of(self, *kinds: ParameterKind) -> tuple[Slot, ...]:
        """Return the slots of some kinds, in order."""
        return tuple(slot for slot in self.slots if slot.kind in kinds)


GRADUAL: Final = Shape(
    (Slot("args", ParameterKind.VARIADIC), Slot("kwargs", ParameterKind.VARIADIC_KEYWORD)),
)
_ORDER: Final = list(ParameterKind)
_VARIADIC: Final = ParameterKind.VARIADIC
_KEYWORDS: Final = ParameterKind.VARIADIC_KEYWORD
_PLACED: Final = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)


def shape_of(symbol: Symbol, surface: Surface, *, owner: str | None = None) -> Shape:
    """Return the one shape of a callable symbol.

    Args:
        symbol: A function, or a class (for its constructor).
        surface: Knows the generated classes.
        owner: Path of the class whose `Self` its annotations may say.
    """
    if symbol.signature is None:
        return GRADUAL
    stated = symbol.signature
    if symbol.overloads:
        stated = settled(stated, symbol.overloads)
    shape = _shape(stated, surface, owner)
    results = {resolve(one.returns, surface, Position.RETURNED, owner=owner) for one in symbol.overloads}
    if len(results) > 1:
        # Which one it is depends on the arguments. Of a union, checkers would let nobody use any.
        return replace(shape, returns=ANY)
    return replace(shape, returns=_returned(symbol, shape.returns))


def _returned(symbol: Symbol, stated: Annotation) -> Annotation:
    """Correct what is said of another function than the one that is called."""
    if Flag.COROUTINE in symbol.flags and isinstance(stated, Host) and stated.name == "Coroutine":
        # A stub may say so with a plain `def`.
        return stated.arguments[-1]
    # The annotation of a context manager function is that of the generator below its decorator.
    if Flag.CONTEXT_MANAGER in symbol.flags and isinstance(stated, Host):
        if (stated.module, stated.name) in {("collections.abc", "Iterator"), ("collections.abc", "Generator")}:
            return host("contextlib:AbstractContextManager", stated.arguments[0])
        if stated.name in {"AsyncIterator", "AsyncGenerator"}:
            return host("contextlib:AbstractAsyncContextManager", stated.arguments[0])
    return stated


def _shape(signature: Signature, surface: Surface, owner: str | None) -> Shape:
    slots = tuple(_slot(parameter, surface, owner) for parameter in signature.parameters)
    ranks = [_ORDER.index(slot.kind) for slot in slots]
    names = {slot.name for slot in slots}
    single = all(ranks.count(_ORDER.index(kind)) <= 1 for kind in (_VARIADIC, _KEYWORDS))
    returns = resolve(signature.returns, surface, Position.RETURNED, owner=owner, tier=signature.tier)
    tier = signature.tier if signature.returns is not None else None
    if ranks != sorted(ranks) or len(names) != len(slots) or not single:
        return replace(GRADUAL, returns=returns, tier=tier)
    return Shape(_legal(slots), returns, tier)


def _legal(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Make what follows an optional positional parameter optional too: stubs get this wrong, Python refuses it."""
    found: list[Slot] = []
    optional = False
    for slot in slots:
        optional = optional or (slot.optional and slot.kind in _PLACED)
        found.append(replace(slot, optional=True) if optional and slot.kind in _PLACED else slot)
    return tuple(found)


def _slot(parameter: Parameter, surface: Surface, owner: str | None) -> Slot:
    variadic = parameter.kind in {_VARIADIC, _KEYWORDS}
    stated = resolve(parameter.type, surface, Position.GIVEN, owner=owner, tier=parameter.tier)
    slot = Slot(parameter.name, parameter.kind, stated, tier=parameter.tier if parameter.type is not None else None)
    if parameter.default is None or variadic:
        return slot
    source = parameter.default.literal
    value = _readable(source)
    # Nobody could tell an untouched copy of a mutable default from one that was given.
    if value is ... or isinstance(value, list | dict | set):
        return replace(slot, optional=True)
    if not accepts(stated, value):
        # The library takes its own default, whatever its annotation says (`x: int = None`).
        stated = either(stated, type_of_value(value))
    return replace(slot, type=stated, optional=True, default=source)


def _readable(source: str | None) -> object:
    """Return the value of a default, or `...` when it cannot be shown."""
    try:
        value = read(source) if source is not None else ...
        literal(value)
    except NoLiteralError:
        return ...
    return value
