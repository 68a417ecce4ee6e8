# The members of generated classes, and which of them may keep their types.
#
# Guarantees: after `settle`, no member contradicts one of any ancestor in the eyes of a strict checker: what would, is
# made gradual (`*args, **kwargs`), or gets a face of type `Any` when the kinds differ. Equal members keep their types.

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen import _dunders
from snakebridge.codegen._annotations import ANY, NONE, Annotation, Host
from snakebridge.codegen._overrides import takes_all_of
from snakebridge.codegen._resolution import Position, resolve
from snakebridge.codegen._signatures import GRADUAL, Shape, shape_of
from snakebridge.codegen._surface import CLASS_KINDS
from snakebridge.codegen._values import constant_value, type_of_value
from snakebridge.manifest import Binding, Flag, Kind, Symbol

if TYPE_CHECKING:
    from snakebridge.codegen._hierarchy import Hierarchy
    from snakebridge.codegen._surface import Surface

__all__ = ["Form", "Member", "Members", "settle"]


class Form(enum.Enum):
    """How a member is written."""

    METHOD = enum.auto()
    CLASS_METHOD = enum.auto()
    STATIC_METHOD = enum.auto()
    PROPERTY = enum.auto()
    VARIABLE = enum.auto()
    """A class constant with a literal value."""
    CLASS = enum.auto()
    ATTRIBUTE = enum.auto()
    """An attribute of an exception, which is copied."""
    FACE = enum.auto()
    """Type checkers see `Any`, since ancestors disagree."""


_FUNCTIONS = frozenset({Form.METHOD, Form.CLASS_METHOD, Form.STATIC_METHOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, with types but without text."""

    name: str
    form: Form
    symbol: Symbol | None = None
    shape: Shape = GRADUAL
    """Of a function."""
    type: Annotation = ANY
    """Of a property or variable."""
    settable: bool = False
    taken: Annotation = ANY
    """What a settable property takes."""
    coroutine: bool = False
    variable: bool = False
    """A face that stands for a class variable."""
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


def settle(surface: Surface, hierarchy: Hierarchy) -> dict[str, Members]:
    """Return the members of every class, made consistent."""
    settled: dict[str, Members] = {}
    for path in hierarchy.order:
        symbol = surface.symbols[path]
        ancestors = [settled[one] for one in hierarchy.ancestors[path]]
        members = settled[path] = Members()
        found = {Kind.CLASS: _members, Kind.EXCEPTION: _attributes}.get(symbol.kind, _nothing)
        for member in found(symbol, surface, ancestors):
            others = [seen for one in ancestors if (seen := one.seen(member.name)) is not None]
            members.own[member.name] = _fitted(member, others)
        if len(hierarchy.bases[path]) > 1:
            for name in sorted({name for one in ancestors for name in (*one.own, *one.faces)} - members.own.keys()):
                first, *rest = [seen for one in ancestors if (seen := one.seen(name)) is not None]
                # pyright lets a class declare `Any` over a property, but not inherit the two side by side.
                apart = first.form is Form.FACE and any(other.form is Form.PROPERTY for other in rest)
                if apart or not all(_agrees(first, other) for other in rest):
                    members.faces[name] = _face(first, rest)
    return settled


def _fitted(member: Member, others: list[Member]) -> Member:
    if all(_agrees(member, other) for other in others):
        return member
    if member.form in {Form.VARIABLE, Form.ATTRIBUTE}:
        # No class variable may stand for what an ancestor declares per instance.
        instance = any(other.form is Form.ATTRIBUTE or _is_attribute(other) for other in others)
        return replace(member, type=ANY, form=Form.ATTRIBUTE if instance else member.form)
    methods = member.form is Form.METHOD and all(other.form in {Form.METHOD, Form.FACE} for other in others)
    if methods and (not member.coroutine or all(other.coroutine for other in others)):
        return replace(member, shape=GRADUAL)
    return replace(member, face=True, variable=_face(member, others).variable)


def _is_attribute(member: Member) -> bool:
    return member.form is Form.FACE and not member.variable


def _face(first: Member, rest: list[Member]) -> Member:
    variable = any(one.variable or one.form is Form.VARIABLE for one in (first, *rest))
    return Member(name=first.name, form=Form.FACE, variable=variable)


def _agrees(member: Member, other: Member) -> bool:
    """Say whether strict checkers let a member override another one."""
    if other.form is Form.FACE:
        return member.form in _FUNCTIONS or (member.form is Form.FACE and member.variable == other.variable)
    if member.form is Form.FACE:
        return member.variable or other.form is not Form.VARIABLE
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


def _nothing(_symbol: Symbol, _surface: Surface, _ancestors: list[Members]) -> list[Member]:
    return []


_COPIED: Final = frozenset(
    {"remote_traceback", "remote_type", *dir(UnicodeEncodeError), *dir(OSError), *dir(SyntaxError)}
)
"""Attributes that built-in exceptions or `RemoteError` declare themselves."""


def _attributes(symbol: Symbol, surface: Surface, _ancestors: list[Members]) -> list[Member]:
    found = [one for one in surface.members.get(symbol.path, ()) if one.name not in _COPIED and one.name[:2] != "__"]
    members = [_member(one, surface, symbol.path) for one in found]
    return [
        replace(member, form=Form.ATTRIBUTE) if member.form in {Form.PROPERTY, Form.VARIABLE} else member
        for member in members
    ]


def _members(symbol: Symbol, surface: Surface, ancestors: list[Members]) -> list[Member]:
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
            return Member(name=symbol.name, form=form, symbol=symbol, shape=shape, coroutine=coroutine)
        case kind if kind in CLASS_KINDS:
            return Member(name=symbol.name, form=Form.CLASS, symbol=symbol)
        case Kind.CONSTANT if (value := constant_value(symbol)) is not ...:
            return Member(name=symbol.name, form=Form.VARIABLE, symbol=symbol, type=type_of_value(value))
    expression = None if symbol.kind is Kind.CALLABLE else symbol.type
    found = resolve(expression, surface, Position.RETURNED, owner=owner, tier=symbol.type_tier)
    # The type of a property is that of reading it; what it takes is often more, and written nowhere. Of a field, it is
    # the type of both.
    fields = surface.symbols[owner].fields
    taken = expression if any(field.name == symbol.name for field in fields) else None
    return Member(
        name=symbol.name,
        form=Form.PROPERTY,
        symbol=symbol,
        type=ANY if found == NONE else found,
        settable=Flag.SETTABLE in symbol.flags,
        taken=resolve(taken, surface, Position.GIVEN, owner=owner, tier=symbol.type_tier),
    )


def _special(
    name: str, one: Symbol | None, surface: Surface, symbol: Symbol, ancestors: list[Members]
) -> Member | None:
    """Plan a special method, unless an ancestor has it already or `RemoteObject` does."""
    shape = _dunders.SHAPES.get(name)
    if shape is None or any(name in ancestor.own for ancestor in ancestors):
        return None
    known = shape_of(one, surface, owner=symbol.path) if one is not None else None
    if name == "__call__" and known is not None:
        shape = known
    elif known is not None and (name in _dunders.REFINED or _is_iterator(known.returns, shape.returns)):
        shape = replace(shape, returns=ANY if known.returns == NONE else known.returns)
    return Member(name=name, form=Form.METHOD, symbol=one, shape=shape, coroutine=name in _dunders.ASYNC)


def _is_iterator(stated: Annotation, wanted: Annotation) -> bool:
    return isinstance(stated, Host) and isinstance(wanted, Host) and stated.name == wanted.name == "Iterator"
