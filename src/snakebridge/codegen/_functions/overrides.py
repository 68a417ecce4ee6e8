# Whether one shape may override another, as mypy and pyright in strict mode judge it.
#
# Guarantees: says yes only when both checkers do; equal types or `Any` on either side count, sub- and supertypes do
# not, so that no type hierarchy has to be rebuilt here.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.codegen._functions.shapes import GRADUAL, Shape, Slot
from snakebridge.codegen._types.annotations import ANY, Annotation, Bracket, Either, Generated, Host
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["takes_all_of"]


def _alike(one: Annotation, other: Annotation) -> bool:
    return one == other or ANY in {one, other}


def _replaces(own: Slot, other: Slot) -> bool:
    """Say whether one parameter takes what another one takes."""
    sentinel = own.opaque or not other.opaque or own.type == ANY
    wider = isinstance(own.type, Either) and {*_members(other.type)} <= {*own.type.members}
    return (wider or _alike(own.type, other.type)) and sentinel and (own.optional or not other.optional)


def _has_any(annotation: Annotation) -> bool:
    match annotation:
        case Host(_, _, arguments):
            return annotation == ANY or any(map(_has_any, arguments))
        case Generated(_, members) | Either(members) | Bracket(members):
            return any(map(_has_any, members))
    return False


def _members(annotation: Annotation) -> tuple[Annotation, ...]:
    return annotation.members if isinstance(annotation, Either) else (annotation,)


def takes_all_of(shape: Shape, other: Shape) -> bool:
    """Say whether a method of one shape may override a method of the other."""
    if shape.overloads and other.overloads:
        # What is nearly anything may match in another order, which pyright refuses.
        return shape.overloads == other.overloads and not any(
            _has_any(slot.type) for one in shape.overloads for slot in one.slots
        )
    if shape.overloads:
        return any(takes_all_of(one, other) for one in shape.overloads)
    if other.overloads:
        return all(takes_all_of(shape, one) for one in other.overloads)
    if not _alike(shape.returns, other.returns):
        return False
    if GRADUAL.slots in {shape.slots, other.slots}:
        return True
    placed = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
    return (
        _in_order(shape.of(*placed), other.of(*placed))
        and _by_name(shape.of(ParameterKind.KEYWORD), other.of(ParameterKind.KEYWORD))
        and all(
            _variadic(shape.of(kind), other.of(kind))
            for kind in (ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD)
        )
    )


def _in_order(own: Sequence[Slot], others: Sequence[Slot]) -> bool:
    if len(own) < len(others):
        return False
    for mine, theirs in zip(own, others, strict=False):
        renamed = mine.name != theirs.name and theirs.kind is ParameterKind.POSITIONAL
        if mine.kind is not theirs.kind or renamed or not _replaces(mine, theirs):
            return False
    return all(slot.optional for slot in own[len(others) :])


def _by_name(own: Sequence[Slot], others: Sequence[Slot]) -> bool:
    mine = {slot.name: slot for slot in own}
    theirs = {slot.name: slot for slot in others}
    if not all(name in mine and _replaces(mine[name], slot) for name, slot in theirs.items()):
        return False
    return all(slot.optional for name, slot in mine.items() if name not in theirs)


def _variadic(own: Sequence[Slot], others: Sequence[Slot]) -> bool:
    if not others:
        # A new `*args` is harmless to callers, but would swallow what the other one takes by name.
        return not own or own[0].kind is ParameterKind.VARIADIC_KEYWORD
    return bool(own) and _alike(own[0].type, others[0].type)
