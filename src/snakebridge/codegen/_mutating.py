# Which arguments functions and methods change in place, as the worker looks for them: by address, place and name.
#
# Guarantees: functions stand under every address they are called by, methods under every name their class has over
# there, so that heirs are found too.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.manifest import Binding, Kind, ParameterKind

if TYPE_CHECKING:
    from snakebridge.codegen._surface import Surface
    from snakebridge.manifest import Symbol

__all__ = ["mutating"]

_STARS = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}
_UNPLACED = {ParameterKind.KEYWORD, ParameterKind.VARIADIC_KEYWORD}


def mutating(surface: Surface) -> dict[str, tuple[tuple[int | None, str], ...]]:
    """Return the marks of everything that changes an argument, by address."""
    found: dict[str, tuple[tuple[int | None, str], ...]] = {}
    for path, symbol in surface.symbols.items():
        marks = _marks(symbol)
        if marks:
            names = {path, surface.places[path].address}
            owner = surface.symbols.get(symbol.owner or "")
            if owner is not None and symbol.kind is Kind.FUNCTION and owner.defined:
                names.add(f"{owner.defined}.{symbol.name}")
            found |= dict.fromkeys(names, marks)
    return found


def _marks(symbol: Symbol) -> tuple[tuple[int | None, str], ...]:
    # The object of a method is the worker's own: nothing of it has to come back.
    if symbol.effects is None or symbol.signature is None:
        return ()
    free = symbol.owner is None or symbol.binding in {Binding.CLASS, Binding.STATIC}
    names = {name for name in symbol.effects.mutates if free or name != "self"}
    return tuple(
        (None if one.kind in _UNPLACED else place, f"{_STARS.get(one.kind, '')}{one.name}")
        for place, one in enumerate(symbol.signature.parameters)
        if one.name in names
    )
