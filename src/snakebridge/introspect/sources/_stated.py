# What a stub states about one thing, as values.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.manifest import Binding, Flag, Signature, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """How something is called."""

    tier: Tier
    signatures: tuple[Signature, ...]
    """More than one: overloads, in order."""
    flags: tuple[Flag, ...] = ()
    deprecated: str | None = None
    """Unless only some overloads are."""
    doc: str | None = None
    binding: Binding | None = None
    """Of a member."""
    condition: str | None = None
    """On version or platform."""
    is_property: bool = False
    """Whether it is a property, and the signatures those of what reading it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedValue:
    """What reading something gives."""

    tier: Tier
    type: str
    is_settable: bool = False
    is_deletable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedClass:
    """What a class is."""

    tier: Tier
    bases: tuple[str, ...] = ()
    """Type expressions, with their arguments, in order; `object`, `Generic` and `Protocol` are left out."""
    parameters: tuple[str, ...] = ()
    """Addresses of its type parameters, in order."""
    is_protocol: bool = False
    flags: tuple[Flag, ...] = ()
    deprecated: str | None = None
    doc: str | None = None
    condition: str | None = None
