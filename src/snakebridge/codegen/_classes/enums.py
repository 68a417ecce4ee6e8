# Enums: real ones, with the library's members and values. Their methods and properties run over there.
#
# Guarantees: Python itself has created an enum of these members and bases before it is generated; when it refuses, as
# it does for a value that has no literal in an integer enum, the class becomes a plain `Enum` of names.

from __future__ import annotations

import enum
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import Code, NoLiteralError, literal, read
from snakebridge.codegen._tree.names import ALIASES, is_identifier

if TYPE_CHECKING:
    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._tree.plan import ClassPlan
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.codegen._types.spelling import Scope, Spelling
    from snakebridge.manifest import Symbol

__all__ = ["kinds_of", "omit_members", "plan_enum"]

_KINDS: Final[dict[str, type[enum.Enum]]] = {
    f"enum:{kind.__name__}": kind for kind in (enum.Enum, enum.Flag, enum.IntEnum, enum.IntFlag, enum.StrEnum)
}
_MIXED: Final[dict[str, type]] = {f"builtins:{kind.__name__}": kind for kind in (bytes, float, int, str)}


def kinds_of(symbol: Symbol, surface: Surface, hierarchy: Hierarchy) -> tuple[type[enum.Enum], type | None]:
    """Return the kind of enum that a class is stated to be, and the type that is mixed in."""
    # A generated enum further up may state it.
    stated = [base for path in (symbol.path, *hierarchy.ancestors[symbol.path]) for base in surface.symbols[path].bases]
    mixed = next((_MIXED[base] for base in stated if base in _MIXED), None)
    return next((_KINDS[base] for base in stated if base in _KINDS), enum.Enum), mixed


def plan_enum(
    symbol: Symbol, plan: ClassPlan, surface: Surface, hierarchy: Hierarchy, spelling: Spelling, scope: Scope
) -> ClassPlan:
    """Fill in the bases and members of an enum."""
    members = {one.name: _value(one.name, one.value) for one in symbol.members if _is_member(one.name)}
    kind, mixed = kinds_of(symbol, surface, hierarchy)
    generated = plan.bases
    if not _works(members, mixed, kind):
        generated, mixed, kind = (), None, enum.Enum
    if not _works(members, mixed, kind):
        members = {}
    inside = scope.below(members)
    lines = [(name, Code(f"{name} = {spelling.value(value, inside)}")) for name, value in members.items()]
    # Checkers refuse members that hide something of the bases; Python does not.
    awkward = {name for name in members if name in {"name", "value"} or hasattr(kind, name) or hasattr(mixed, name)}
    bases: tuple[Code, ...] = generated
    if not generated:
        alias = spelling.standard("enum", scope)
        bases = (
            *([spelling.builtin(mixed.__name__, scope)] if mixed is not None else []),
            Code(f"{alias}.{kind.__name__}"),
        )
    if awkward:
        spelling.typing("TYPE_CHECKING")
    return replace(
        plan,
        bases=bases,
        variables=tuple(line for name, line in lines if name not in awkward),
        hidden=tuple(line for name, line in lines if name in awkward),
    )


def omit_members(surface: Surface) -> None:
    """Record the members that no enum can have."""
    for symbol in surface.symbols.values():
        for one in symbol.members:
            if not _is_member(one.name):
                surface.omit(f"{symbol.path}.{one.name}", "no enum can have a member of that name")


def _is_member(name: str) -> bool:
    fitting = is_identifier(name) and name not in ALIASES and name != "mro"
    return fitting and not name.startswith("__") and not (name[0] == name[-1] == "_")


def _value(name: str, source: str | None) -> object:
    try:
        value = read(source) if source is not None else name
        literal(value)
    except NoLiteralError:
        return name
    return value


def _works(members: dict[str, object], mixed: type | None, kind: type[enum.Enum]) -> bool:
    """Ask Python whether there can be such an enum, with every value as stated."""
    integral = issubclass(kind, int | enum.Flag) or mixed is int
    wanted = int if integral else str if issubclass(kind, enum.StrEnum) else mixed
    if wanted is not None and not all(isinstance(value, wanted) for value in members.values()):
        return False
    try:
        bases = (mixed, kind) if mixed is not None else (kind,)
        body = enum.EnumType.__prepare__("_Trial", bases)
        for name, value in members.items():
            body[name] = value
        enum.EnumType("_Trial", bases, body)
    except (TypeError, ValueError):
        return False
    return True
