# What is known of the standard library without asking it: which functions change an argument in place.
#
# Guarantees: what overrides say about the same function replaces it; what the table says of a parameter that the target
# does not have is passed over, because the table is about all versions.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.manifest import Binding, Effects, ParameterKind, Tier
from snakebridge_guest.wire import inplace

if TYPE_CHECKING:
    from snakebridge.manifest import Manifest, Symbol

_PLACED = {ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY}
_LIBRARIES = frozenset(
    address.partition(":")[0].partition(".")[0] for address in (*inplace.FUNCTIONS, *inplace.METHODS)
)


def with_known_effects(manifest: Manifest) -> Manifest:
    """Return a manifest with the effects that need nobody to say them."""
    if manifest.library.name.partition(".")[0] not in _LIBRARIES:
        return manifest
    owners = {symbol.path: symbol for symbol in manifest.symbols}
    symbols = tuple(_with_effects(symbol, owners.get(symbol.owner or "")) for symbol in manifest.symbols)
    return manifest.model_copy(update={"symbols": symbols})


def _with_effects(symbol: Symbol, owner: Symbol | None) -> Symbol:
    if symbol.signature is None:
        return symbol
    if owner is not None and symbol.binding is Binding.INSTANCE:
        table = inplace.METHODS
        names = [symbol.path, f"{owner.defined}.{symbol.name}"]
    else:
        table = inplace.FUNCTIONS
        names = [symbol.path, *symbol.aliases, symbol.defined or ""]
    places = next((table[name] for name in names if name in table), ())
    parameters = symbol.signature.parameters
    mutates = tuple(
        parameters[place].name for place in places if place < len(parameters) and parameters[place].kind in _PLACED
    )
    if not mutates:
        return symbol
    return symbol.model_copy(update={"effects": Effects(mutates=mutates, mutates_tier=Tier.BUILT_IN)})
