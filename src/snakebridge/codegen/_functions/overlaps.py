# Overloads told from each other, so that the first one that takes a call is the one whose result arrives.
#
# A parameter that is annotated wider than the library says (`_types/resolution.py`) may take calls that are meant for a
# later overload. Then the result of the earlier one may be anything. What an earlier overload takes whole is dropped,
# since checkers report it; overloads that differ in one parameter and have one result become one.
#
# Guarantees: no result is told of a call that it may not belong to, and mypy and pyright find neither unreachable nor
# unsafely overlapping overloads. When that cannot be made sure of, there are none.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.shapes import PLACED, Shape, Slot
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation, Choices, Either, Host, either, host, width
from snakebridge.codegen._types.faithful import is_faithful
from snakebridge.codegen._types.relations import all_of, apart, fits
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snakebridge.codegen._tree.surface import Surface

__all__ = ["discerned", "together"]

_WIDEST: Final = 400
_STARS: Final = frozenset({ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD})
_PROMOTED: Final = frozenset({host("builtins:float"), host("builtins:complex")})
_BOOLEANS: Final = frozenset({"True", "False"})


def discerned(overloads: Sequence[Shape], surface: Surface, *, of_generic: bool) -> tuple[Shape, ...]:
    """Return overloads that checkers take and whose results are true; one when it says all, or none.

    Args:
        overloads: They agree with the signature that runs.
        surface: Knows the generated classes.
        of_generic: They are of a generic class. Then stubs tell them apart by the type of `self`, too, which is not
            known here.
    """
    judge = _Judge(surface, of_generic)
    found = judge.doubted(list(overloads))
    for _ in range(2):
        found = judge.joined(found)
        reachable = judge.reachable(found)
        if reachable is None:
            return ()
        found = judge.consistent(reachable)
    return tuple(map(_said, found))


def _said(shape: Shape) -> Shape:
    """Say that an overload takes anything in words that pyright does not take for "I do not know"."""
    anything = host("builtins:object")
    return replace(
        shape,
        slots=tuple(
            replace(slot, type=anything) if slot.kind in _STARS and slot.type == ANY else slot for slot in shape.slots
        ),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    surface: Surface
    of_generic: bool

    def doubted(self, shapes: list[Shape]) -> list[Shape]:
        """Take the results away that may be those of later overloads."""
        found = list(shapes)
        for place, shape in enumerate(shapes):
            if any(
                later.returns != shape.returns
                and (self.of_generic or self.may_take(shape, later))
                and not self.are_apart(shape, later, always=True)
                for later in shapes[place + 1 :]
            ):
                found[place] = replace(shape, returns=ANY)
        return found

    def may_take(self, shape: Shape, later: Shape) -> bool:
        """Say whether an overload may take what it should not and a later one should."""
        return any(
            slot.stated != other.stated and not is_faithful(slot, self.surface) for slot, other in _pairs(shape, later)
        )

    def are_apart(self, one: Shape, other: Shape, *, always: bool) -> bool:
        """Say whether no call is for both; `always`: not even one that leaves optional parameters out."""
        if any(_needs_more(mine, theirs) for mine, theirs in ((one, other), (other, one))):
            return True
        return any(
            apart(slot.type, counterpart.type, self.surface)
            for slot, counterpart in (*_pairs(one, other), *_pairs(other, one))
            if not always or _is_required(slot) or _is_required(counterpart)
        )

    def joined(self, shapes: list[Shape]) -> list[Shape]:
        """Make one of overloads that differ in one parameter and have one result."""
        found: list[Shape] = []
        for shape in shapes:
            for place in range(len(found)):
                one = _joined(found[place], shape, self.surface)
                between = found[place + 1 :]
                if one is not None and all(
                    other.returns == shape.returns or self.are_apart(other, shape, always=True) for other in between
                ):
                    found[place] = one
                    break
            else:
                found.append(shape)
        return found if len(found) == len(shapes) else self.joined(found)

    def reachable(self, shapes: list[Shape]) -> list[Shape] | None:
        """Leave out what an earlier overload takes whole; `None` when that cannot be known."""
        found: list[Shape] = []
        for shape in shapes:
            covering = [self.covers(earlier, shape) for earlier in found]
            if True in covering:
                place = covering.index(True)
                if found[place].returns != shape.returns:
                    # Nobody writes what is never used: something tells the two apart that is not known here.
                    found[place] = replace(found[place], returns=ANY)
            elif None in covering:
                return None
            else:
                found.append(shape)
        return found

    def covers(self, shape: Shape, later: Shape) -> bool | None:
        """Say whether an overload takes every call that a later one takes."""
        answers: list[bool | None] = []
        for place, slot in enumerate(shape.slots):
            other = _counterpart(slot, place, later)
            if _is_required(slot) and (other is None or not _is_required(other)):
                by_name = other is not None and other.kind is ParameterKind.VARIADIC_KEYWORD
                if not by_name or slot.kind is not ParameterKind.POSITIONAL:
                    return False
                answers.append(None)  # pyright thinks that it is given by name
        for place, slot in enumerate(later.slots):
            other = _counterpart(slot, place, shape)
            if other is None or not _is_taken_alike(slot, other, shape):
                return False
            narrower = slot.optional and not other.optional and other.kind not in _STARS
            answers.append(False if narrower else fits(slot.type, other.type, self.surface))
        return all_of(answers)

    def consistent(self, shapes: list[Shape]) -> list[Shape]:
        """Take the results away that contradict those of earlier overloads for calls that are for both."""
        found: list[Shape] = []
        for shape in shapes:
            unsafe = any(
                earlier.returns != ANY
                and fits(earlier.returns, shape.returns, self.surface) is not True
                and not self.are_apart(earlier, shape, always=_is_wider(earlier, shape))
                for earlier in found
            )
            found.append(replace(shape, returns=ANY) if unsafe else shape)
        return found


def _is_required(slot: Slot) -> bool:
    return not slot.optional and slot.kind not in _STARS


def _counterpart(slot: Slot, place: int, other: Shape) -> Slot | None:
    """Return what takes, in another overload, the values that a slot takes."""
    match slot.kind:
        case ParameterKind.VARIADIC:
            return other.star
        case ParameterKind.VARIADIC_KEYWORD:
            return other.rest
        case ParameterKind.KEYWORD:
            return other.named(slot.name) or other.rest
    if place < len(other.placed):
        return other.placed[place]
    by_name = (other.named(slot.name) or other.rest) if slot.kind is ParameterKind.POSITIONAL else None
    return other.star or by_name


def _pairs(one: Shape, other: Shape) -> Iterator[tuple[Slot, Slot]]:
    """Yield each slot with what takes its values in another overload."""
    for place, slot in enumerate(one.slots):
        counterpart = _counterpart(slot, place, other)
        if counterpart is not None:
            yield slot, counterpart


def _is_wider(one: Shape, other: Shape) -> bool:
    """Say whether what must be given differs: then mypy also looks at calls that leave optional parameters out."""
    return any(slot.type != theirs.type for slot, theirs in _pairs(one, other) if _is_required(slot))


def _needs_more(one: Shape, other: Shape) -> bool:
    """Say whether an overload must be given something that the other one does not take."""
    return any(_is_required(slot) and _counterpart(slot, place, other) is None for place, slot in enumerate(one.slots))


def _is_taken_alike(slot: Slot, other: Slot, shape: Shape) -> bool:
    """Say whether another slot takes a value in every way that a slot does."""
    match slot.kind:
        case ParameterKind.POSITIONAL:
            named = other.kind is ParameterKind.POSITIONAL and other.name == slot.name
            return named or (other.kind is ParameterKind.VARIADIC and shape.rest is not None)
        case ParameterKind.KEYWORD | ParameterKind.VARIADIC_KEYWORD:
            return other.kind is not ParameterKind.POSITIONAL_ONLY
    return other.kind in {*PLACED, ParameterKind.VARIADIC}


def _joined(one: Shape, other: Shape, surface: Surface) -> Shape | None:
    """Return one overload for two that differ in one parameter at most, or `None`.

    Stubs have overloads to tell results apart. Where the results cannot be told here, those that are called in the same
    way are one, however much their types differ.
    """
    if one.returns != other.returns or one.deprecated != other.deprecated:
        return None
    ways = [[(slot.name, slot.kind) for slot in shape.slots] for shape in (one, other)]
    if ways[0] != ways[1]:
        return None
    pairs = list(zip(one.slots, other.slots, strict=True))
    different = [place for place, (mine, theirs) in enumerate(pairs) if not _is_same(mine, theirs)]
    if len(different) > 1 and one.returns != ANY:
        return None
    slots = list(one.slots)
    for place in different:
        mine, theirs = pairs[place]
        kind = together([mine.type, theirs.type], surface)
        if width(kind) > _WIDEST:
            return None
        shown = mine if mine.optional else theirs
        slots[place] = replace(shown, type=kind, stated=_stated(mine, theirs))
    optional = [slot.optional for slot in slots if slot.kind in PLACED]
    return replace(one, slots=tuple(slots)) if optional == sorted(optional) else None


def _is_same(mine: Slot, theirs: Slot) -> bool:
    return mine.type == theirs.type and mine.optional == theirs.optional


def _stated(mine: Slot, theirs: Slot) -> str | None:
    if mine.stated == theirs.stated or mine.stated is None or theirs.stated is None:
        return mine.stated if mine.stated == theirs.stated else None
    return f"{mine.stated} | {theirs.stated}"


def together(kinds: Iterable[Annotation], surface: Surface) -> Annotation:
    """Return the union of types: literals in one `Literal`, and nothing that another member takes anyway."""
    members = [member for kind in kinds for member in (kind.members if isinstance(kind, Either) else (kind,))]
    values = tuple(dict.fromkeys(value for kind in members if isinstance(kind, Choices) for value in kind.values))
    rest = list(dict.fromkeys(kind for kind in members if not isinstance(kind, Choices)))
    if set(values) >= _BOOLEANS:
        rest.insert(0, host("builtins:bool"))
    values = tuple(value for value in values if not any(fits(Choices((value,)), kind, surface) for kind in rest))
    # Of a promotion (`int` for `float`), readers are told both.
    wide = [kind for kind in rest if any(_is_within(kind, other, surface) for other in rest)]
    literals: list[Annotation] = [Choices(values)] if values else []
    plain = [kind for kind in rest if kind not in wide and kind != NONE]
    return either(*literals, *plain, *([NONE] if NONE in rest else []))


def _is_within(kind: Annotation, other: Annotation, surface: Surface) -> bool:
    if kind == other or other in _PROMOTED or not isinstance(other, Host) or other.module != "builtins":
        return False
    return fits(kind, other, surface) is True and fits(other, kind, surface) is not True
