# What checkers are shown of a method that does not take all that the method it overrides takes. The library does not
# mind; strict checkers refuse the class.
#
# Guarantees: mypy and pyright let the shown shape override every given one; it has the names of the method as far as
# that goes, and takes whatever the method takes. In the worst case it is `*args, **kwargs`.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.overrides import takes_all_of
from snakebridge.codegen._functions.shapes import GRADUAL, PLACED, Shape, Slot
from snakebridge.codegen._types.annotations import ANY, SELF, Annotation, Generated
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snakebridge.codegen._classes.hierarchy import Hierarchy

__all__ = ["loosened"]

_STARS: Final = (ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD)
_RESERVED: Final = frozenset(slot.name for slot in GRADUAL.slots)


def loosened(shape: Shape, others: Sequence[Shape], owner: str, hierarchy: Hierarchy) -> Shape:
    """Return a shape without overloads that may override the other ones: with fewer types, or with more parameters.

    Args:
        shape: That of the method.
        others: Those of the methods it overrides.
        owner: Path of its class.
        hierarchy: Knows the classes above.
    """
    plain = [one for other in others for one in (other.overloads or (other,))]
    covariant = all(_narrows(shape.returns, one.returns, owner, hierarchy) for one in plain)
    widened = replace(
        shape,
        slots=tuple(_widened(slot, shape, plain) for slot in shape.slots),
        returns=shape.returns if covariant else ANY,
        overloads=(),
    )
    bare = [replace(one, returns=ANY, overloads=()) for one in plain]
    if all(takes_all_of(widened, one) for one in bare):
        return widened
    return replace(widened, slots=(*_shared(widened, bare), *GRADUAL.slots))


def _narrows(own: Annotation, other: Annotation, owner: str, hierarchy: Hierarchy) -> bool:
    if own == other or ANY in {own, other}:
        return True
    path = owner if own == SELF else own.path if isinstance(own, Generated) and not own.arguments else None
    if path is None or not isinstance(other, Generated) or other.arguments:
        return False
    return other.path in (path, *hierarchy.ancestors[path])


def _widened(slot: Slot, shape: Shape, others: Iterable[Shape]) -> Slot:
    """Return a parameter that takes what its counterparts take."""
    found = [one for other in others if (one := _counterpart(slot, shape, other)) is not None]
    alike = all(slot.type == one.type and (slot.opaque or not one.opaque) for one in found)
    return slot if alike else replace(slot, type=ANY)


def _counterpart(slot: Slot, shape: Shape, other: Shape) -> Slot | None:
    if slot.kind in PLACED:
        place = shape.placed.index(slot)
        return other.placed[place] if place < len(other.placed) else other.star
    if slot.kind in _STARS:
        return next(iter(other.of(slot.kind)), None)
    return other.named(slot.name)


def _shared(shape: Shape, others: Sequence[Shape]) -> list[Slot]:
    """Return the positional parameters up to the first that some other shape does not have there."""
    named = [other for other in others if other.slots != GRADUAL.slots]
    found: list[Slot] = []
    for place, slot in enumerate(shape.placed):
        theirs = [other.placed[place] for other in named if place < len(other.placed)]
        same = all((one.kind, one.name) == (slot.kind, slot.name) for one in theirs)
        if len(theirs) < len(named) or not same or slot.name in _RESERVED:
            break
        optional = slot.optional or any(one.optional for one in (*theirs, *found))
        found.append(replace(slot, optional=optional, type=slot.type if optional == slot.optional else ANY))
    return found
