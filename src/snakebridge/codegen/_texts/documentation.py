# The docstrings of generated code: the library's own, cleaned, with a last line that says whose symbol of which version
# this is.
#
# Guarantees: the same manifest gives the same text; a method that has no docstring gets none, so that editors go on to
# show the one it inherits.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.codegen._functions.literals import Code, docstring
from snakebridge.codegen._texts.cleaning import clean
from snakebridge.manifest import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.manifest import Symbol

__all__ = ["documented", "documented_module", "documented_part"]

_INDENT = "    "


def documented(symbol: Symbol | None, surface: Surface) -> Code | None:
    """Write a symbol's docstring, saying that it is deprecated when nothing else does, and where it comes from."""
    if symbol is None:
        return None
    text = clean(symbol.doc or "")
    if Flag.DEPRECATED in symbol.flags and "deprecated" not in text.lower():
        why = f": {clean(symbol.deprecated)}" if symbol.deprecated else " in the library."
        text = f"{text}\n\nDeprecated{why}".strip()
    if not text.strip() and symbol.owner is not None:
        return None
    name = surface.places[symbol.path].address.replace(":", ".")
    return docstring(_ended(text, name, surface), _INDENT)


def documented_module(name: str, surface: Surface) -> Code:
    """Write a module's docstring."""
    text = clean(surface.modules[name].doc or "")
    return docstring(_ended(text, name, surface)) or Code('""""""')


def documented_part(module: str, names: Sequence[str]) -> Code:
    """Write the docstring of a file that holds what belongs to a module."""
    what = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    return docstring(f"Part of {module}: {what}.") or Code('""""""')


def _ended(text: str, name: str, surface: Surface) -> str:
    # A last line in the first column: what was dedented once stays as it is when it is dedented again.
    library = f", {surface.library} {surface.version}" if surface.version else ""
    return f"{text}\n\nSource: {name}{library}".lstrip("\n")
