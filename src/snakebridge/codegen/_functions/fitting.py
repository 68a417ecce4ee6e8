# Overloads, which come from stubs, made to agree with the signature that runs.
#
# Guarantees: whatever a fitted overload accepts, the signature accepts; each parameter of the signature can be given to
# some overload. Where a stub has drifted from its library, names and kinds are the library's. What cannot be brought
# together gives nothing.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from snakebridge.codegen._functions.shapes import GRADUAL, PLACED, Shape, Slot
from snakebridge.codegen._types.annotations import ANY
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["fitted", "taken_by"]

_ONLY = ParameterKind.POSITIONAL_ONLY
_BOTH = ParameterKind.POSITIONAL
_STARS = frozenset({ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD})
_ORDER = list(ParameterKind)


def fitted(overloads: Sequence[Shape], whole: Shape) -> tuple[Shape, ...]:
    """Return the overloads of a signature that agrees with them, or none when they contradict it."""
    found = [_fitted(one, whole) for one in overloads]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return ()
    # Of `(*args, **kwargs)`, the overloads are all that is known.
    told = whole.slots if any(slot.kind not in _STARS for slot in whole.slots) else ()
    missing = [slot for slot in told if not any(taken_by(slot, whole, one) for one in known)]
    if any(not slot.optional and slot.kind in {*PLACED, ParameterKind.KEYWORD} for slot in missing):
        return ()
    complete = [_completed(one, missing, whole) for one in known]
    return tuple(complete) if all(map(_is_legal, complete)) else ()


def taken_by(slot: Slot, whole: Shape, overload: Shape) -> list[Slot]:
    """Return the slots of a fitted overload that a slot of the signature takes."""
    placed = whole.placed
    match slot.kind:
        case ParameterKind.VARIADIC:
            return [*overload.placed[len(placed) :], *overload.of(ParameterKind.VARIADIC)]
        case ParameterKind.VARIADIC_KEYWORD:
            known = [one for one in overload.of(ParameterKind.KEYWORD) if whole.named(one.name) is None]
            return [*known, *overload.of(ParameterKind.VARIADIC_KEYWORD)]
        case ParameterKind.KEYWORD:
            return [one for one in overload.of(ParameterKind.KEYWORD) if one.name == slot.name]
    place = placed.index(slot)
    by_name = [one for one in overload.of(ParameterKind.KEYWORD) if one.name == slot.name and slot.kind is _BOTH]
    return [*overload.placed[place : place + 1], *by_name]


def _fitted(overload: Shape, whole: Shape) -> Shape | None:
    if overload.slots == GRADUAL.slots:
        return None
    slots = [*_placed(overload.placed, whole)]
    for slot in overload.slots:
        if slot.kind is ParameterKind.VARIADIC and whole.star is not None:
            slots.append(replace(slot, name=whole.star.name))
        elif slot.kind is ParameterKind.VARIADIC_KEYWORD and whole.rest is not None:
            slots.append(replace(slot, name=whole.rest.name))
        elif slot.kind is ParameterKind.KEYWORD:
            slots.append(slot)
    slots.sort(key=lambda slot: _ORDER.index(slot.kind))
    found = replace(overload, slots=tuple(slots))
    return found if _is_legal(found) and _accepts(whole, found) else None


def _placed(slots: Sequence[Slot], whole: Shape) -> list[Slot]:
    places = list(whole.placed)
    names = [slot.name for slot in places]
    found: list[Slot] = []
    kept = True
    for slot in slots:
        place = len(found)
        if place >= len(places):
            # The library takes it among `*args`, or by name only, or in both ways.
            kind = ParameterKind.KEYWORD if whole.star is None else slot.kind if whole.rest is not None else _ONLY
            made = replace(slot, kind=kind)
        elif slot.name in names[place + 1 :]:
            skipped = places[place : names.index(slot.name)]
            if all(one.optional for one in skipped):
                # The stub does not know of what stands in front of it.
                found += [replace(one, type=ANY, stated=None) for one in skipped]
                made = replace(slot, kind=places[len(found)].kind)
            else:
                # `range(stop)` beside `range(start, stop)`: one place, and by name it is another.
                made = replace(slot, kind=_ONLY)
        else:
            made = replace(slot, name=names[place], kind=places[place].kind)
        # What must be given after what may be left out can only be given by name.
        kept = kept and not (found and found[-1].optional and not made.optional)
        if not kept:
            made = replace(made, kind=ParameterKind.KEYWORD)
        if made.kind is _ONLY:
            found = [replace(one, kind=_ONLY) for one in found]
        found.append(made)
    return found


def _is_legal(shape: Shape) -> bool:
    names = [slot.name for slot in shape.slots]
    optional = [slot.optional for slot in shape.placed]
    return len(set(names)) == len(names) and optional == sorted(optional)


def _accepts(whole: Shape, overload: Shape) -> bool:
    """Say whether the signature takes every call that an overload takes."""
    for slot in whole.slots:
        given = taken_by(slot, whole, overload)
        if not slot.optional and slot.kind in {*PLACED, ParameterKind.KEYWORD}:
            if len(given) != 1 or given[0].optional:
                return False
        elif len(given) > 1 and slot.kind in PLACED:
            return False
    if overload.placed[len(whole.placed) :] and whole.star is None:
        return False
    pairs = zip(overload.placed, whole.placed, strict=False)
    if overload.rest is not None and any(mine.kind is _ONLY and theirs.kind is _BOTH for mine, theirs in pairs):
        return False  # its `**kwargs` would take the name of what stands at that place
    named = overload.of(ParameterKind.KEYWORD)
    return whole.rest is not None or all(whole.named(slot.name) is not None for slot in named)


def _completed(overload: Shape, missing: Sequence[Slot], whole: Shape) -> Shape:
    """Add what the library takes and the stub does not know of."""
    slots = list(overload.slots)
    for slot in missing:
        loose = replace(slot, type=ANY, stated=None)
        place = whole.placed.index(slot) if slot.kind in PLACED else None
        if place is None or (place == len([one for one in slots if one.kind in PLACED]) and overload.star is None):
            slots.append(loose)
        elif slot.kind is _BOTH:
            slots.append(replace(loose, kind=ParameterKind.KEYWORD))
    slots.sort(key=lambda slot: _ORDER.index(slot.kind))
    return replace(overload, slots=tuple(slots))
