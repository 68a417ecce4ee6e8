# Signatures of the manifest made callable: one shape per callable, in legal Python order, with host types.
#
# Guarantees: a shape accepts every call that any of the symbol's signatures accepts, can be written as a `def`, and
# has no type but what the manifest said or `Any`. Unknown or contradictory signatures become `(*args, **kwargs)`.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._annotations import ANY, Annotation, Host, either, host, resolve
from snakebridge.codegen._literals import NoLiteralError, literal, read
from snakebridge.codegen._values import accepts, type_of_value
from snakebridge.manifest import Flag, Parameter, ParameterKind, Signature, Symbol

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

    @property
    def opaque(self) -> bool:
        """Whether the default is the sentinel."""
        return self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a callable is called, free of scopes and imports."""

    slots: tuple[Slot, ...]
    returns: Annotation = ANY

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
    shapes = [_shape(signature, surface, owner) for signature in symbol.signatures]
    if not shapes:
        return GRADUAL
    merged = _merge(shapes)
    return replace(merged, returns=_returned(symbol, merged.returns))


def _returned(symbol: Symbol, stated: Annotation) -> Annotation:
    """Correct what a decorator changed: the annotation of a context manager function is that of its generator."""
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
    returns = resolve(signature.returns, surface, owner=owner)
    if ranks != sorted(ranks) or len(names) != len(slots) or not single:
        return replace(GRADUAL, returns=returns)
    return Shape(_legal(slots), returns)


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
    stated = resolve(parameter.type, surface, owner=owner, given=True)
    if parameter.default is None or variadic:
        return Slot(parameter.name, parameter.kind, stated)
    source = parameter.default.literal
    value = _readable(source)
    # Nobody could tell an untouched copy of a mutable default from one that was given.
    if value is ... or isinstance(value, list | dict | set):
        return Slot(parameter.name, parameter.kind, stated, optional=True)
    if not accepts(stated, value):
        # The library takes its own default, whatever its annotation says (`x: int = None`).
        stated = either(stated, type_of_value(value))
    return Slot(parameter.name, parameter.kind, stated, optional=True, default=source)


def _readable(source: str | None) -> object:
    """Return the value of a default, or `...` when it cannot be shown."""
    try:
        value = read(source) if source is not None else ...
        literal(value)
    except NoLiteralError:
        return ...
    return value


def _merge(shapes: list[Shape]) -> Shape:
    """Make one shape that takes what every overload takes, under the same names, or a gradual one."""
    if len(shapes) == 1:
        return shapes[0]
    returns = shapes[0].returns if all(shape.returns == shapes[0].returns for shape in shapes) else ANY
    longest = max(shapes, key=lambda shape: len(shape.slots))
    tables = [{slot.name: (position, slot) for position, slot in enumerate(shape.slots)} for shape in shapes]
    slots: list[Slot] = []
    for position, slot in enumerate(longest.slots):
        found = [table[slot.name] for table in tables if slot.name in table]
        if any(one.kind is not slot.kind or (one.kind in _PLACED and at != position) for at, one in found):
            return replace(GRADUAL, returns=returns)
        same = len({one.default for _, one in found}) == 1
        optional = len(found) < len(shapes) or any(one.optional for _, one in found)
        merged = either(*(one.type for _, one in found))
        slots.append(
            replace(
                slot,
                type=merged,
                optional=optional and slot.kind not in {_VARIADIC, _KEYWORDS},
                default=slot.default if same else None,
            )
        )
    if any(name not in tables[shapes.index(longest)] for table in tables for name in table):
        return replace(GRADUAL, returns=returns)
    return Shape(_legal(tuple(slots)), returns)
