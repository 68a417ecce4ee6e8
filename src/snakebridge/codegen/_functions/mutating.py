# What is said of functions and methods, by address. To the worker: which arguments they change in place, and how their
# results travel. To the host: how long a call may take, and whether it may be made again.
#
# Guarantees: functions stand under every address they are called by, methods under every name their class has over
# there, so that subclasses are found too.

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from snakebridge.manifest import Binding, Kind, ParameterKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.manifest import Symbol

__all__ = ["calling", "mutating", "results"]

T = TypeVar("T")

_STARS = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}
_UNPLACED = {ParameterKind.KEYWORD, ParameterKind.VARIADIC_KEYWORD}


def mutating(surface: Surface) -> dict[str, tuple[tuple[int | None, str], ...]]:
    """Return the marks of everything that changes an argument, by address."""
    return _said(surface, _marks)


def results(surface: Surface) -> dict[str, str]:
    """Return how results travel, `"value"` or `"reference"`, where that was decided, by address."""
    return _said(surface, _way)


def calling(surface: Surface) -> dict[str, dict[str, object]]:
    """Return what is said of making calls, `timeout` and `idempotent`, by address."""
    return _said(surface, _limits)


def _limits(symbol: Symbol) -> dict[str, object] | None:
    effects = symbol.effects
    if effects is None or symbol.kind is not Kind.FUNCTION:
        return None
    found = {"timeout": effects.timeout, "idempotent": effects.idempotent}
    return {name: value for name, value in found.items() if value}


def _said(surface: Surface, say: Callable[[Symbol], T | None]) -> dict[str, T]:
    found: dict[str, T] = {}
    for path, symbol in surface.symbols.items():
        said = say(symbol)
        if said:
            names = {path, surface.places[path].address}
            owner = surface.symbols.get(symbol.owner or "")
            if owner is not None and symbol.kind is Kind.FUNCTION and owner.defined:
                names.add(f"{owner.defined}.{symbol.name}")
            found |= dict.fromkeys(names, said)
    return found


def _way(symbol: Symbol) -> str | None:
    return None if symbol.effects is None or symbol.kind is not Kind.FUNCTION else symbol.effects.by


def _marks(symbol: Symbol) -> tuple[tuple[int | None, str], ...] | None:
    # The object of a method is the worker's own: nothing of it has to come back.
    if symbol.effects is None or symbol.signature is None:
        return None
    free = symbol.owner is None or symbol.binding in {Binding.CLASS, Binding.STATIC}
    names = {name for name in symbol.effects.mutates if free or name != "self"}
    return tuple(
        (None if one.kind in _UNPLACED else place, f"{_STARS.get(one.kind, '')}{one.name}")
        for place, one in enumerate(symbol.signature.parameters)
        if one.name in names
    )
