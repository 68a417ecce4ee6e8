# Observed signatures → those of the manifest, with the tier they were learnt at.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.manifest import Default, Parameter, ParameterKind, Signature, Tier

if TYPE_CHECKING:
    from snakebridge.introspect._annotations import Annotations
    from snakebridge.introspect._observations import Entry, SignatureFact

_KINDS = tuple(ParameterKind)  # in the order in which `inspect` counts them
_TIERS = {"runtime": Tier.RUNTIME, "text_signature": Tier.TEXT_SIGNATURE}
_ARGUMENTS = Parameter(name="args", kind=ParameterKind.VARIADIC)
_KEYWORDS = Parameter(name="kwargs", kind=ParameterKind.VARIADIC_KEYWORD)


class Signatures:
    """Turns observed signatures into those of the manifest."""

    def __init__(self, annotations: Annotations) -> None:
        self._annotations = annotations

    def of(self, entry: Entry) -> tuple[tuple[Signature, ...], Tier]:
        """Return how a function, class or callable is called, and the tier of that knowledge."""
        fact = entry.signature
        if entry.kind == "exception" and (fact is None or fact.source != "runtime"):
            # `BaseException` says `(*args, **kwargs)` or nothing, and takes no keywords.
            tier = Tier.VARIADIC if fact is None else Tier.TEXT_SIGNATURE
            return (Signature(parameters=(_ARGUMENTS,)),), tier
        made = self._signature(fact) if fact is not None else None
        if fact is None or made is None:
            return (Signature(parameters=(_ARGUMENTS, _KEYWORDS)),), Tier.VARIADIC
        tier = _TIERS[fact.source]
        if tier is Tier.TEXT_SIGNATURE and made.parameters == (_ARGUMENTS, _KEYWORDS):
            tier = Tier.VARIADIC  # what every slot written in C says when nobody described it
        return (made,), tier

    def _signature(self, fact: SignatureFact) -> Signature | None:
        # A signature that a library made up may hold what no source could say, such as the name `.0`.
        if not all(one.name.isidentifier() for one in fact.parameters):
            return None
        parameters = tuple(
            Parameter(
                name=one.name,
                kind=_KINDS[one.kind],
                default=None if one.default is None else Default(**one.default.model_dump()),
                type=self._annotations.expression(one.annotation),
            )
            for one in fact.parameters
        )
        return Signature(parameters=parameters, returns=self._annotations.expression(fact.returns))
