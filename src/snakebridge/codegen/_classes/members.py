# The members of generated classes, and which of them may keep their types.
#
# Guarantees: after `settle`, no member contradicts one of any ancestor in the eyes of a strict checker: what would, is
# made gradual (`*args, **kwargs`), or gets a face of type `Any` when the kinds differ. Equal members keep their types.

from __future__ import annotations

import builtins
import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._classes import dunders
from snakebridge.codegen._classes.enums import kinds_of
from snakebridge.codegen._functions.loosening import loosened
from snakebridge.codegen._functions.overrides import takes_all_of
from snakebridge.codegen._functions.signatures import GRADUAL, Shape, shape_of
from snakebridge.codegen._functions.values import constant_value, type_of_value
from snakebridge.codegen._tree.surface import CLASS_KINDS
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation, Host
from snakebridge.codegen._types.generics import meanings_in, of_class, substituted
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.manifest import Binding, Flag, Kind, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["Form", "Member", "Members", "settle"]


class Form(enum.Enum):
    """How a member is written."""

    METHOD = enum.auto()
    CLASS_METHOD = enum.auto()
    STATIC_METHOD = enum.auto()
    PROPERTY = enum.auto()
    VARIABLE = enum.auto()
    """An attribute of the class, which an instance may have of its own."""
    CLASS = enum.auto()
    ATTRIBUTE = enum.auto()
    """An attribute of an exception, which is copied."""
    FACE = enum.auto()
    """Type checkers see `Any`, since ancestors disagree."""


_FUNCTIONS = frozenset({Form.METHOD, Form.CLASS_METHOD, Form.STATIC_METHOD})
_VALUES = frozenset({Form.VARIABLE, Form.ATTRIBUTE})
_RECEIVERS = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, with types but without text."""

    name: str
    form: Form
    symbol: Symbol | None = None
    shape: Shape = GRADUAL
    """Of a function, as type checkers see it."""
    runs: Shape | None = None
    """Its own, when checkers would not let that override an inherited one."""
    type: Annotation = ANY
    """Of a property or variable."""
    settable: bool = False
    taken: Annotation = ANY
    """What a settable property takes."""
    coroutine: bool = False
    face: bool = False
    """It keeps its run-time form, but type checkers see `Any`."""


@dataclass(slots=True)
class Members:
    """What a class defines."""

    own: dict[str, Member] = field(default_factory=dict)
    faces: dict[str, Member] = field(default_factory=dict)
    """Inherited members whose ancestors disagree."""

    def seen(self, name: str) -> Member | None:
        """Return what type checkers see under a name, or `None`."""
        member = self.own.get(name) or self.faces.get(name)
        return replace(member, form=Form.FACE) if member is not None and member.face else member


@dataclass(frozen=True, slots=True)
class _Ancestor:
    """What a class inherits from one of its ancestors."""

    path: str
    members: Members
    meanings: Mapping[str, Annotation]
    """What the ancestor's type variables stand for in the class."""

    @property
    def names(self) -> set[str]:
        return {*self.members.own, *self.members.faces}

    def seen(self, name: str) -> Member | None:
        found = self.members.seen(name)
        if found is None or found.form is Form.FACE:
            return found
        found = replace(found, shape=_given_to(self.path, found.shape))
        return _with(found, self.meanings) if self.meanings else found


def settle(surface: Surface, hierarchy: Hierarchy) -> dict[str, Members]:
    """Return the members of every class, made consistent."""
    settled: dict[str, Members] = {}
    for path in hierarchy.order:
        symbol = surface.symbols[path]
        ancestors = [
            _Ancestor(one, settled[one], meanings_in(symbol, one, surface, hierarchy))
            for one in hierarchy.ancestors[path]
        ]
        members = settled[path] = Members()
        found = {Kind.CLASS: _of_class, Kind.ENUM: _of_enum, Kind.EXCEPTION: _of_exception}[symbol.kind]
        for member in found(symbol, surface, hierarchy, ancestors) if path not in surface.records else ():
            others = [seen for one in ancestors if (seen := one.seen(member.name)) is not None]
            members.own[member.name] = _fitted(member, others, path, hierarchy)
        if len(hierarchy.bases[path]) > 1:
            for name in sorted({name for one in ancestors for name in one.names} - members.own.keys()):
                first, *rest = [seen for one in ancestors if (seen := one.seen(name)) is not None]
                # pyright lets a class declare `Any` over a property, but not inherit the two side by side.
                apart = first.form is Form.FACE and any(other.form is Form.PROPERTY for other in rest)
                if apart or not all(_agrees(first, other) for other in rest):
                    members.faces[name] = Member(name=name, form=Form.FACE)
    return settled


def _given_to(path: str, shape: Shape) -> Shape:
    """Return what a method takes as checkers see it in a class below: `Self` is the class it is written in."""
    return replace(
        shape,
        slots=tuple(replace(slot, type=of_class(slot.type, path)) for slot in shape.slots),
        overloads=tuple(_given_to(path, one) for one in shape.overloads),
    )


def _with(member: Member, meanings: Mapping[str, Annotation]) -> Member:
    return replace(
        member,
        shape=_shape_with(member.shape, meanings),
        type=substituted(member.type, meanings),
        taken=substituted(member.taken, meanings),
    )


def _shape_with(shape: Shape, meanings: Mapping[str, Annotation]) -> Shape:
    return replace(
        shape,
        slots=tuple(replace(slot, type=substituted(slot.type, meanings)) for slot in shape.slots),
        returns=substituted(shape.returns, meanings),
        overloads=tuple(_shape_with(one, meanings) for one in shape.overloads),
    )


def _fitted(member: Member, others: list[Member], owner: str, hierarchy: Hierarchy) -> Member:
    if all(_agrees(member, other) for other in others):
        return member
    if member.form in _VALUES:
        return replace(member, type=ANY)
    functions = member.form in _FUNCTIONS and all(other.form in {member.form, Form.FACE} for other in others)
    if functions and (not member.coroutine or all(other.coroutine for other in others)):
        shapes = [other.shape for other in others if other.form is not Form.FACE]
        seen = loosened(member.shape, shapes, owner, hierarchy)
        runs = None if _names(seen) == _names(member.shape) else replace(member.shape, overloads=())
        return replace(member, shape=seen, runs=member.runs or runs)
    return replace(member, face=True)


def _names(shape: Shape) -> list[tuple[str, object, bool]]:
    return [(slot.name, slot.kind, slot.optional) for slot in shape.slots]


def _agrees(member: Member, other: Member) -> bool:
    """Say whether strict checkers let a member override another one."""
    if other.form is Form.FACE:
        return member.form in _FUNCTIONS | _VALUES | {Form.FACE}
    if member.form is Form.FACE:
        return True
    if member.form is not other.form or member.form is Form.CLASS:
        return False
    if member.form in _FUNCTIONS:
        if member.coroutine != other.coroutine:
            return False
        return takes_all_of(member.shape, other.shape)
    alike = _are_alike(member.type, other.type)
    return alike and (not other.settable or (member.settable and _are_alike(member.taken, other.taken)))


def _are_alike(one: Annotation, other: Annotation) -> bool:
    return one == other or ANY in {one, other}


_COPIED: Final = frozenset(
    {
        *("remote_members", "remote_text", "remote_traceback", "remote_type"),
        *(name for kind in (OSError, SyntaxError, UnicodeEncodeError) for name in dir(kind)),
    }
)
"""Attributes that built-in exceptions or `RemoteError` declare themselves."""


_FIXED: Final = frozenset({"mro", "name", "value"})
"""What an enum must keep: it is known to the library by its name."""


def _of_exception(
    symbol: Symbol, surface: Surface, hierarchy: Hierarchy, _ancestors: list[_Ancestor]
) -> Iterator[Member]:
    """Yield the members of an exception: its attributes are copied, its methods run over there."""
    kinds = [
        vars(builtins)[name]
        for each in (symbol.path, *hierarchy.ancestors[symbol.path])
        for name in hierarchy.builtins[each]
    ]
    for one in _listed(symbol, surface, hierarchy):
        if one.name.startswith("__") or (one.name in _COPIED and one.kind is Kind.FUNCTION):
            surface.omit(one.path, "an exception has what built-in exceptions have from Python itself")
        elif one.name not in _COPIED:
            member = _member(one, surface, symbol.path)
            copied = member.form in {Form.PROPERTY, Form.VARIABLE}
            # `SystemExit.code` has a type of its own.
            kind = ANY if any(hasattr(each, one.name) for each in kinds) else member.type
            yield replace(member, form=Form.ATTRIBUTE, type=kind) if copied else member


def _of_enum(symbol: Symbol, surface: Surface, hierarchy: Hierarchy, _ancestors: list[_Ancestor]) -> Iterator[Member]:
    """Yield the members of an enum that are no values of it: they run over there, with the value as `self`."""
    kept = _FIXED | {one.name for one in symbol.members}
    kind, mixed = kinds_of(symbol, surface, hierarchy)
    above = {name for each in (kind, mixed or kind) for part in each.__mro__[:-1] for name in vars(part)}
    for one in _listed(symbol, surface, hierarchy):
        shape = dunders.TEXTS.get(one.name) or dunders.SHAPES.get(one.name)
        if one.name in kept or (one.name.startswith("_") and shape is None):
            surface.omit(one.path, "an enum has its values, and what makes it an enum, from Python itself")
            continue
        member = _member(one, surface, symbol.path)
        # Checkers may not see what it makes of an inherited member; Python does not mind.
        face = one.name in above and one.name not in dunders.TEXTS
        yield replace(member, face=face, shape=shape or member.shape)


def _listed(symbol: Symbol, surface: Surface, hierarchy: Hierarchy) -> list[Symbol]:
    """Return the members of a class, with those of bases that no class of its kind can have here."""
    found = {one.name: one for one in surface.members.get(symbol.path, ())}
    for base in surface.definitions.bases(symbol, surface.classes):
        if base in surface.symbols and surface.symbols[base].kind is Kind.CLASS:
            for path in (base, *hierarchy.ancestors[base]):
                for one in surface.members.get(path, ()):
                    if one.kind in {Kind.FUNCTION, Kind.PROPERTY} and not one.name.startswith("__"):
                        found.setdefault(one.name, one)
    return [found[name] for name in sorted(found)]


def _of_class(symbol: Symbol, surface: Surface, _hierarchy: Hierarchy, ancestors: list[_Ancestor]) -> list[Member]:
    special: dict[str, Symbol | None] = dict.fromkeys(symbol.protocols)
    found: list[Member] = []
    for one in surface.members.get(symbol.path, ()):
        if one.name.startswith("__"):
            special[one.name] = one if one.kind is Kind.FUNCTION else None
        else:
            found.append(_member(one, surface, symbol.path))
    found += [
        member
        for name, one in sorted(special.items())
        if (member := _special(name, one, surface, symbol, ancestors)) is not None
    ]
    return found


def _member(symbol: Symbol, surface: Surface, owner: str) -> Member:
    match symbol.kind:
        case Kind.FUNCTION:
            form = {
                Binding.CLASS: Form.CLASS_METHOD,
                Binding.STATIC: Form.STATIC_METHOD,
            }.get(symbol.binding or Binding.INSTANCE, Form.METHOD)
            shape = shape_of(symbol, surface, owner=None if form is Form.STATIC_METHOD else owner)
            coroutine = Flag.COROUTINE in symbol.flags
            member = Member(name=symbol.name, form=form, symbol=symbol, shape=shape, coroutine=coroutine)
            if form is Form.STATIC_METHOD and shape.placed and shape.placed[0].name in _RECEIVERS:
                # pyright in strict mode takes it for a mistake.
                seen = replace(GRADUAL, returns=shape.returns)
                return replace(member, shape=seen, runs=replace(shape, overloads=()))
            return member
        case kind if kind in CLASS_KINDS:
            return Member(name=symbol.name, form=Form.CLASS, symbol=symbol)
        case Kind.CONSTANT | Kind.CALLABLE:
            found = _of_variable(symbol, surface, owner)
            return Member(name=symbol.name, form=Form.VARIABLE, symbol=symbol, type=found)
    found = resolve(symbol.type, surface, Position.RETURNED, owner=owner, tier=symbol.type_tier)
    # The type of a property is that of reading it; what it takes is often more, and written nowhere. Of a field, it is
    # the type of both.
    fields = surface.symbols[owner].fields
    taken = symbol.type if any(field.name == symbol.name for field in fields) else None
    return Member(
        name=symbol.name,
        form=Form.PROPERTY,
        symbol=symbol,
        type=ANY if found == NONE else found,
        settable=Flag.SETTABLE in symbol.flags,
        taken=resolve(taken, surface, Position.GIVEN, owner=owner, tier=symbol.type_tier),
    )


def _of_variable(symbol: Symbol, surface: Surface, owner: str) -> Annotation:
    """Return the type of a class attribute; of one that is `None`, instances have something else."""
    if symbol.kind is Kind.CALLABLE:
        return ANY
    found = resolve(symbol.type, surface, Position.RETURNED, owner=owner, tier=symbol.type_tier)
    value = constant_value(symbol)
    if found == ANY and value is not ...:
        found = type_of_value(value)
    return ANY if found == NONE else found


def _special(
    name: str, one: Symbol | None, surface: Surface, symbol: Symbol, ancestors: list[_Ancestor]
) -> Member | None:
    """Plan a special method, unless an ancestor has it already or `RemoteObject` does.

    `__call__` is planned again, as any method is: it alone may take other arguments than that of the class above.
    """
    shape = dunders.SHAPES.get(name)
    is_own_call = name == "__call__" and one is not None
    if shape is None or (not is_own_call and any(name in ancestor.members.own for ancestor in ancestors)):
        return None
    known = shape_of(one, surface, owner=symbol.path) if one is not None else None
    if name == "__call__" and known is not None:
        shape = known
    elif known is not None and (name in dunders.REFINED or _is_iterator(known.returns, shape.returns)):
        shape = replace(shape, returns=ANY if known.returns == NONE else known.returns)
    return Member(name=name, form=Form.METHOD, symbol=one, shape=shape, coroutine=name in dunders.ASYNC)


def _is_iterator(stated: Annotation, wanted: Annotation) -> bool:
    return isinstance(stated, Host) and isinstance(wanted, Host) and stated.name == wanted.name == "Iterator"
