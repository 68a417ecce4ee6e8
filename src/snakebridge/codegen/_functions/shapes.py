# How a callable is called: its parameters and its result, with host types, free of scopes and imports.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._types.annotations import ANY
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from snakebridge.codegen._types.annotations import Annotation
    from snakebridge.manifest import Tier

__all__ = ["GRADUAL", "PLACED", "Shape", "Slot"]

PLACED: Final = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
"""The kinds that are taken by position, one value each."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of a shape."""

    name: str
    """Its name over there."""
    kind: ParameterKind
    type: Annotation = ANY
    optional: bool = False
    default: str | None = None
    """Literal source from the manifest, already known to be readable; `None` when required or opaque."""
    tier: Tier | None = field(default=None, compare=False)
    """Where the type was learnt, if the manifest states one."""
    stated: str | None = field(default=None, compare=False)
    """The manifest's expression for the type."""

    @property
    def opaque(self) -> bool:
        """Whether the default is the sentinel."""
        return self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a callable is called, free of scopes and imports."""

    slots: tuple[Slot, ...]
    returns: Annotation = ANY
    tier: Tier | None = field(default=None, compare=False)
    """Where the type of the result was learnt, if the manifest states one."""
    overloads: tuple[Shape, ...] = ()
    """What type checkers see instead; each is a way to call that the shape itself accepts."""
    deprecated: str | None = field(default=None, compare=False)
    """What checkers say of a use."""

    def of(self, *kinds: ParameterKind) -> tuple[Slot, ...]:
        """Return the slots of some kinds, in order."""
        return tuple([slot for slot in self.slots if slot.kind in kinds])  # faster than a generator

    @property
    def placed(self) -> tuple[Slot, ...]:
        """The slots that are taken by position, one value each."""
        return self.of(*PLACED)

    @property
    def star(self) -> Slot | None:
        """The slot of `*args`."""
        return next((slot for slot in self.slots if slot.kind is ParameterKind.VARIADIC), None)

    @property
    def rest(self) -> Slot | None:
        """The slot of `**kwargs`."""
        return next(iter(self.of(ParameterKind.VARIADIC_KEYWORD)), None)

    def named(self, name: str) -> Slot | None:
        """Return the slot that is taken by a name."""
        kinds = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
        return next((slot for slot in self.of(*kinds) if slot.name == name), None)


GRADUAL: Final = Shape(
    (Slot("args", ParameterKind.VARIADIC), Slot("kwargs", ParameterKind.VARIADIC_KEYWORD)),
)
"""What is known to take something: checkers let it stand for everything."""
