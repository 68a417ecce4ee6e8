# What observations alone say about a symbol, and where other sources may know it.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.introspect._annotations import Scope
    from snakebridge.manifest import Signature, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A symbol before the sources are joined."""

    symbol: Symbol
    places: tuple[str, ...]
    """Addresses under which stubs and sources may know it, the likeliest first."""
    origins: tuple[str, ...] = ()
    """Addresses of what it really is, when that stands elsewhere: an inherited constructor, a function written in C."""
    scope: Scope
    """Where it is written."""
    overloads: tuple[Signature, ...] = ()
    """As the target remembers them."""
    class_doc: str | None = None
    """Of a constructor's class, when `symbol.doc` is another text."""
