# Observed signatures → those of the manifest, with the tier they were learnt at.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.introspect._annotations import NOWHERE, Annotations, Scope
from snakebridge.introspect._combine import ANYTHING, ARGUMENTS
from snakebridge.manifest import Default, Parameter, ParameterKind, Signature, Tier

if TYPE_CHECKING:
    from snakebridge.introspect._observations import Entry, ParameterFact, SignatureFact

_KINDS = tuple(ParameterKind)  # in the order in which `inspect` counts them
_TIERS = {"runtime": Tier.RUNTIME, "text_signature": Tier.TEXT_SIGNATURE, "static": Tier.STATIC}


class Signatures:
    """Turns observed signatures into those of the manifest."""

    def __init__(self, annotations: Annotations) -> None:
        self._annotations = annotations

    def of(self, entry: Entry, scope: Scope = NOWHERE) -> tuple[Signature, Tier]:
        """Return how a function, class or callable is called, and the tier of that knowledge."""
        fact = entry.signature
        if entry.kind == "exception" and (fact is None or fact.source == "text_signature"):
            # `BaseException` says `(*args, **kwargs)` or nothing, and takes no keywords.
            tier = Tier.VARIADIC if fact is None else Tier.TEXT_SIGNATURE
            return Signature(parameters=(ARGUMENTS,)), tier
        made = self._signature(fact, scope) if fact is not None else None
        if fact is None or made is None:
            return ANYTHING, Tier.VARIADIC
        tier = _TIERS[fact.source]
        if tier is Tier.TEXT_SIGNATURE and made.parameters == ANYTHING.parameters:
            tier = Tier.VARIADIC  # what every slot written in C says when nobody described it
        return made, tier

    def overloads(self, entry: Entry, scope: Scope = NOWHERE) -> tuple[Signature, ...]:
        """Return the overloads that the target itself remembers."""
        made = [self._signature(fact, scope) for fact in entry.overloads]
        return tuple(one for one in made if one is not None)

    def _signature(self, fact: SignatureFact, scope: Scope) -> Signature | None:
        # A signature that a library made up may hold what no source could say, such as the name `.0`.
        if not all(one.name.isidentifier() for one in fact.parameters):
            return None
        if fact.scope is not None and fact.scope != scope.module:
            scope = Scope(fact.scope)
        tier = Tier.STATIC if fact.source == "static" else Tier.RUNTIME
        return Signature(
            parameters=tuple(self._parameter(one, scope, tier) for one in fact.parameters),
            returns=self._annotations.expression(fact.returns, scope),
            tier=tier if fact.returns is not None else Tier.RUNTIME,
        )

    def _parameter(self, fact: ParameterFact, scope: Scope, tier: Tier) -> Parameter:
        return Parameter(
            name=fact.name,
            kind=_KINDS[fact.kind],
            default=None if fact.default is None else Default(literal=fact.default.literal, opaque=fact.default.opaque),
            type=self._annotations.expression(fact.annotation, scope),
            tier=tier if fact.annotation is not None else Tier.RUNTIME,
        )
