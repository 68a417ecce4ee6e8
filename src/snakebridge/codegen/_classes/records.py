# Records: classes whose instances are nothing but their items. They are values, so they are generated as what they are:
# a `typing.NamedTuple` or a `typing.TypedDict`.
#
# Guarantees: a record has all fields of the library's class, in its order, and Python can create it. A class with
# anything beyond its fields is no record but a remote class.
# Assumes: what `snakebridge_guest.wire.named` takes for a plain named tuple is one here, as far as a manifest can say.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import Code, NoLiteralError, literal, read
from snakebridge.codegen._tree.names import ALIASES, is_identifier
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.manifest import Kind, Shape

if TYPE_CHECKING:
    from snakebridge.codegen._tree.plan import ClassPlan
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.codegen._types.spelling import Scope, Spelling
    from snakebridge.manifest import Field, Symbol

__all__ = ["find_records", "plan_record"]

_MADE: Final = frozenset({"__repr__"})
"""What every named tuple defines and a manifest lists."""


def find_records(surface: Surface) -> None:
    """Find the records of a surface; they have no members of their own but fields."""
    for path, symbol in surface.symbols.items():
        if symbol.kind is Kind.CLASS and _is_record(symbol, surface):
            surface.records.add(path)
    for path in surface.records:
        for member in surface.members.pop(path, ()):
            del surface.symbols[member.path]
            del surface.places[member.path]


def _is_record(symbol: Symbol, surface: Surface) -> bool:
    names = [field.name for field in symbol.fields]
    fitting = all(map(_is_field, names)) and len({*names}) == len(names)
    others = {one.name for one in surface.members.get(symbol.path, ())} - {*names}
    match symbol.shape:
        case Shape.NAMED_TUPLE if fitting:
            public = not any(name.startswith("_") for name in names)
            plain = symbol.bases == ("builtins:tuple",) and others <= _MADE
            return public and plain and all(map(_has_literal, symbol.fields))
        case Shape.TYPED_DICT:
            return fitting and bool(names) and not others
    return False


def _is_field(name: str) -> bool:
    return is_identifier(name) and name not in ALIASES and not name.startswith("__")


def _has_literal(field: Field) -> bool:
    if field.default is None:
        return field.required
    try:
        literal(read(field.default.literal or ""))
    except NoLiteralError:
        return False
    return True


def plan_record(symbol: Symbol, plan: ClassPlan, surface: Surface, spelling: Spelling, outside: Scope) -> ClassPlan:
    """Fill in the base and the fields of a record."""
    scope = outside.below(field.name for field in symbol.fields)
    if symbol.shape is Shape.NAMED_TUPLE:
        lines = [_item(field, surface, spelling, scope) for field in symbol.fields]
        return replace(plan, bases=(spelling.typing("NamedTuple"),), variables=tuple(lines))
    bases = [spelling.typing("TypedDict")]
    partial = not any(field.required for field in symbol.fields)
    if partial:
        bases.append(Code("total=False"))
    lines = [_key(field, surface, spelling, scope, total=not partial) for field in symbol.fields]
    return replace(plan, bases=tuple(bases), variables=tuple(lines))


def _item(field: Field, surface: Surface, spelling: Spelling, scope: Scope) -> Code:
    read_as, given = (resolve(field.type, surface, at, tier=field.tier) for at in (Position.RETURNED, Position.GIVEN))
    # The one type is what is read and what makes an instance; checkers want that of `tuple.count` kept.
    kind = read_as if read_as == given and not hasattr(tuple, field.name) else ANY
    default = field.default.literal if field.default is not None else None
    shown = "" if default is None else f" = {spelling.value(read(default), scope)}"
    return Code(f"{field.name}: {spelling.spell(kind, scope)}{shown}")


def _key(field: Field, surface: Surface, spelling: Spelling, scope: Scope, *, total: bool) -> Code:
    kind: Annotation = resolve(field.type, surface, Position.RETURNED, tier=field.tier)
    spelled = spelling.spell(ANY if kind == NONE else kind, scope)
    if total and not field.required:
        spelled = Code(f"{spelling.typing('NotRequired')}[{spelled}]")
    return Code(f"{field.name}: {spelled}")
