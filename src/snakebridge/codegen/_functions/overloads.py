# Overloads: those that checkers are shown, and the one signature that runs, which is all they see when the overloads
# cannot be told apart.
#
# Guarantees: the signature accepts what each overload accepts. Without overloads, one of its parameters keeps its type
# only if each overload that can be meant by passing something there says so itself: `reshape(shape)` and
# `reshape(*sizes)` are one `reshape(*shape)`, whose `shape` is of neither type.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.fitting import fitted, taken_by
from snakebridge.codegen._functions.literals import read
from snakebridge.codegen._functions.overlaps import discerned, together
from snakebridge.codegen._functions.values import accepts, type_of_value
from snakebridge.codegen._types.annotations import ANY, Choices, either, host, width
from snakebridge.manifest import ParameterKind, Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.codegen._functions.shapes import Shape, Slot
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.codegen._types.annotations import Annotation
    from snakebridge.manifest import Parameter, Signature

__all__ = ["overloaded", "settled"]

_OBJECT: Final = host("builtins:object")
_WIDEST: Final = 300
_PLACED: Final = frozenset({ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL})
_BY_NAME: Final = frozenset({ParameterKind.POSITIONAL, ParameterKind.KEYWORD})
_STARS: Final = frozenset({ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD})


def overloaded(whole: Shape, stated: Sequence[Shape], surface: Surface, owner: str | None) -> Shape | None:
    """Return a shape with its overloads, or `None` when checkers had better see one signature.

    Args:
        whole: The signature that runs.
        stated: The overloads as the manifest has them, in order.
        surface: Knows the generated classes.
        owner: Path of the class whose method it is, or `None`.
    """
    kind = surface.symbols.get(owner or "")
    of_generic = kind is not None and bool(kind.parameters)
    found = discerned([_shown(one, whole) for one in fitted(stated, whole)], surface, of_generic=of_generic)
    if not found:
        return None
    results = {one.returns for one in found}
    return replace(
        whole,
        slots=tuple(replace(slot, type=_of_all(slot, whole, found, surface)) for slot in whole.slots),
        returns=results.pop() if len(results) == 1 else ANY,
        overloads=found if len(found) > 1 else (),
    )


def _shown(overload: Shape, whole: Shape) -> Shape:
    """Let an overload show the defaults that really are."""
    defaults = {one: slot.default for slot in whole.slots for one in taken_by(slot, whole, overload)}
    slots: list[Slot] = []
    for slot in overload.slots:
        if not slot.optional:
            slots.append(slot)
            continue
        default = _first_taken(slot, (defaults.get(slot), slot.default))
        # A stub says `flag: Literal[True] = ...` of what is `False` when it is left out: that is another overload.
        told = default is None and defaults.get(slot) is not None and isinstance(slot.type, Choices)
        free = slot.kind is ParameterKind.KEYWORD or not any(one.optional for one in slots if one.kind in _PLACED)
        slots.append(replace(slot, default=default, optional=not (told and free)))
    return replace(overload, slots=tuple(slots))


def _first_taken(slot: Slot, defaults: Sequence[str | None]) -> str | None:
    return next((one for one in defaults if one is not None and accepts(slot.type, read(one))), None)


def _of_all(slot: Slot, whole: Shape, overloads: Sequence[Shape], surface: Surface) -> Annotation:
    """Return a type for a parameter of the signature that takes what all overloads take there."""
    taken = [(overload, taken_by(slot, whole, overload)) for overload in overloads]
    found = [one for _, slots in taken for one in slots]
    if not found or (slot.kind in _STARS and any(one.kind is not slot.kind or one.type == _OBJECT for one in found)):
        return ANY
    if any(not slots and _takes_more(overload, slot) for overload, slots in taken):
        return ANY
    kind = together((one.type for one in found), surface)
    if slot.default is not None and not accepts(kind, read(slot.default)):
        kind = either(kind, type_of_value(read(slot.default)))
    return kind if width(kind) <= _WIDEST else ANY


def _takes_more(overload: Shape, slot: Slot) -> bool:
    """Say whether an overload that does not name a parameter lets it be given among others."""
    by_place = slot.kind in _PLACED and overload.star is not None
    return by_place or (slot.kind in _BY_NAME and overload.rest is not None)


def settled(signature: Signature, overloads: Sequence[Signature]) -> Signature:
    """Return a signature without the types that some overload may not mean."""
    names = {_bare(one) for one in signature.parameters}
    parameters = tuple(
        one
        if one.tier is Tier.OVERRIDE or all(_agrees(place, one, other, names) for other in overloads)
        else one.model_copy(update={"type": None})
        for place, one in enumerate(signature.parameters)
    )
    return signature.model_copy(update={"parameters": parameters})


def _bare(parameter: Parameter) -> str:
    return parameter.name.lstrip("_")


def _agrees(place: int, parameter: Parameter, overload: Signature, names: set[str]) -> bool:
    """Say whether nothing but the parameter's namesake takes what is passed at its place or by its name."""
    placed = [one for one in overload.parameters if one.kind in _PLACED]
    rest = {one.kind for one in overload.parameters} - _PLACED - {ParameterKind.KEYWORD}
    match parameter.kind:
        case ParameterKind.VARIADIC:
            return len(placed) <= place
        case ParameterKind.VARIADIC_KEYWORD:
            return all(_bare(one) in names for one in overload.parameters if one.kind in _BY_NAME)
        case ParameterKind.KEYWORD:
            known = any(_bare(one) == _bare(parameter) for one in overload.parameters)
            return known or ParameterKind.VARIADIC_KEYWORD not in rest
    if place < len(placed):
        return _bare(placed[place]) == _bare(parameter) or (
            # Nobody can use the names of positional-only parameters, so stubs choose their own.
            {parameter.kind, placed[place].kind} == {ParameterKind.POSITIONAL_ONLY}
        )
    return ParameterKind.VARIADIC not in rest
