# How much of a library is generated, and how much of that is typed.

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.codegen._annotations import ANY
from snakebridge.codegen._library import design
from snakebridge.codegen._signatures import GRADUAL, Shape, shape_of
from snakebridge.codegen._surface import CLASS_KINDS
from snakebridge.manifest import Kind, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snakebridge.codegen._annotations import Annotation
    from snakebridge.codegen._library import Design
    from snakebridge.manifest import Finding, Manifest

__all__ = ["Coverage", "Typed", "coverage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """How many types were learnt in one way, and how many of them annotate something."""

    tier: Tier
    parameters: int
    """Parameters whose type the manifest states."""
    typed_parameters: int
    """Those that are annotated with more than `Any`."""
    returns: int
    typed_returns: int

    @property
    def share(self) -> float:
        """The share of the stated types of parameters that reached generated code, between 0 and 1."""
        return self.typed_parameters / self.parameters if self.parameters else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was generated for a library."""

    symbols: int
    """Symbols that have something generated for them."""
    callables: int
    """Functions, methods and constructors among them."""
    unknown: int
    """Callables whose signature is only `(*args, **kwargs)`."""
    parameters: int
    typed_parameters: int
    """Parameters whose type is more than `Any`."""
    returns: int
    """Functions and methods."""
    typed_returns: int
    tiers: tuple[Typed, ...]
    """The same by where the types were learnt, best first; only those that occur."""
    omitted: tuple[Finding, ...]
    """What has no wrapper, and why."""

    @property
    def typed_share(self) -> float:
        """The share of parameters that have a type, between 0 and 1."""
        return self.typed_parameters / self.parameters if self.parameters else 1.0


def coverage(manifest: Manifest) -> Coverage:
    """Count what is generated for a manifest.

    Raises:
        ManifestError: The library's own name cannot be generated.
    """
    designed = design(manifest)
    shapes = list(_shapes(designed))
    slots = [slot for _, shape in shapes for slot in shape.slots]
    results = [shape.returns for constructor, shape in shapes if not constructor]
    return Coverage(
        symbols=len(designed.surface.symbols),
        callables=len(shapes),
        unknown=sum(shape.slots == GRADUAL.slots for _, shape in shapes),
        parameters=len(slots),
        typed_parameters=sum(slot.type != ANY for slot in slots),
        returns=len(results),
        typed_returns=sum(result != ANY for result in results),
        tiers=_by_tier(
            [(slot.tier, slot.type) for slot in slots],
            [(shape.tier, shape.returns) for constructor, shape in shapes if not constructor],
        ),
        omitted=tuple(sorted(designed.surface.omitted, key=lambda finding: (finding.path, finding.message))),
    )


def _by_tier(
    parameters: Iterable[tuple[Tier | None, Annotation]], returns: Iterable[tuple[Tier | None, Annotation]]
) -> tuple[Typed, ...]:
    taken = Counter((tier, found != ANY) for tier, found in parameters)
    given = Counter((tier, found != ANY) for tier, found in returns)
    return tuple(
        Typed(
            tier=tier,
            parameters=taken[tier, True] + taken[tier, False],
            typed_parameters=taken[tier, True],
            returns=given[tier, True] + given[tier, False],
            typed_returns=given[tier, True],
        )
        for tier in Tier
        if any(counts[tier, typed] for counts in (taken, given) for typed in (True, False))
    )


def _shapes(designed: Design) -> Iterator[tuple[bool, Shape]]:
    """Yield whether it is a constructor, and the shape, of each callable."""
    surface = designed.surface
    for path, symbol in surface.symbols.items():
        if symbol.kind is Kind.FUNCTION and symbol.owner is None:
            yield False, shape_of(symbol, surface)
        elif symbol.kind is Kind.CLASS:
            yield True, shape_of(symbol, surface)
        if symbol.kind in CLASS_KINDS:
            for member in designed.members[path].own.values():
                if member.symbol is not None and member.symbol.kind is Kind.FUNCTION:
                    yield False, member.shape
