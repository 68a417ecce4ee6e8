# The sources of facts, joined: what the target shows, what stubs state, what docstrings tell.
#
# Runtime is truth for names, kinds and defaults, so that every call the library takes can be made, and none that it
# refuses is offered. A type comes from the first source that states one: the object's own annotation, then a stub, then
# a docstring. Overloads come from the stub, which alone has them, else from what the target remembers. Parameters are
# joined by name; positional-only ones, whose names nobody can use, also by place.
#
# Guarantees: a source that disagrees is noted, never followed blindly; every fact keeps the tier it was learnt at.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from snakebridge.introspect._combine import ANYTHING, combine, is_anything, union
from snakebridge.introspect._definitions import is_known
from snakebridge.manifest import Flag, Kind, Note, Parameter, ParameterKind, Signature, Symbol, Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.introspect._documents import Documents
    from snakebridge.introspect._drafts import Draft
    from snakebridge.introspect.docstrings import Documented
    from snakebridge.introspect.sources import Sources, Stated

_PLACED = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
_REST = (ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD)
# A value of one of these says little about its type: what the container holds, what will replace `None`.
_VAGUE = {"None", "dict", "frozenset", "list", "set", "tuple"}
_CALLED = {Kind.FUNCTION, Kind.CALLABLE, Kind.CLASS, Kind.EXCEPTION}
_CLASSES = {Kind.CLASS, Kind.EXCEPTION}
_ITERATORS = {Flag.GENERATOR: "collections.abc:Iterator", Flag.ASYNC_GENERATOR: "collections.abc:AsyncIterator"}
_FROM_STUBS = {Flag.DEPRECATED, Flag.FINAL, Flag.ABSTRACT}


class Merge:
    """Completes drafts from the other sources."""

    def __init__(self, sources: Sources, documents: Documents) -> None:
        self._sources = sources
        self._documents = documents

    def symbol(self, draft: Draft) -> Symbol:
        """Return the complete symbol."""
        symbol = draft.symbol
        if symbol.kind in _CALLED:
            changes = self._called(draft)
            if symbol.kind in _CLASSES:
                changes |= self._declared(draft)
        elif symbol.kind in {Kind.PROPERTY, Kind.CONSTANT}:
            changes = self._valued(draft)
        else:
            changes = {}
        condition = self._sources.condition(draft.places[0])
        if condition is not None:
            changes["condition"] = condition
            changes["notes"] = (*changes.get("notes", ()), Note.CONDITIONAL)
        notes = tuple(sorted(set(changes.get("notes", ()))))
        if notes:
            changes["notes"] = notes
        return symbol.model_copy(update=changes) if changes else symbol

    # --- What can be called ---

    def _called(self, draft: Draft) -> dict[str, Any]:
        symbol = draft.symbol
        is_class = symbol.kind in _CLASSES
        find = self._sources.constructor if is_class else self._sources.callable
        stated = find(draft.places)
        if stated is None and symbol.tier is not Tier.RUNTIME and is_anything(symbol.signature or ANYTHING):
            stated = self._inherited(draft.origins) if is_class else find(draft.origins)
        changes = self._described(symbol, stated, is_class=is_class)
        signature, tier, notes = self._base(draft, stated)
        if stated is not None and tier is not Tier.STUB and is_drifted(signature, stated.signatures):
            notes.append(Note.STUB_DRIFTED)
        is_unknown = stated is None and not self._sources.knows(draft.places)
        if is_unknown and self._sources.has_stubs(draft.scope.module or symbol.module):
            notes.append(Note.STUB_MISSING)
        if stated is not None:
            signature = typed(signature, stated.signatures, stated.tier)
            if len(stated.signatures) > 1:
                changes |= {"overloads": stated.signatures, "overloads_tier": stated.tier}
        if "overloads" not in changes and len(draft.overloads) > 1:
            changes |= {"overloads": draft.overloads, "overloads_tier": Tier.RUNTIME}
            signature = typed(signature, draft.overloads, Tier.RUNTIME)
        told = self._documents.read(draft, signature)
        if told is not None:
            signature = documented(signature, told, None if is_class else _result(told, symbol))
            if told.deprecated is not None and Flag.DEPRECATED not in symbol.flags:
                flags = {*changes.get("flags", symbol.flags), Flag.DEPRECATED}
                changes |= {"flags": tuple(sorted(flags)), "deprecated": told.deprecated}
        return changes | {"signature": signature, "tier": tier, "notes": (*symbol.notes, *notes)}

    def _inherited(self, bases: Sequence[str]) -> Stated | None:
        # The constructor of the nearest base that states one. What the type parameters of a generic one (`dict`) stand
        # for in its subclass is written nowhere, so its types say nothing here.
        for base in bases:
            stated = self._sources.constructor([base])
            if stated is not None:
                declared = self._sources.declared(base)
                return untyped(stated) if declared is not None and declared.parameters else stated
        return None

    def _base(self, draft: Draft, stated: Stated | None) -> tuple[Signature, Tier, list[Note]]:
        symbol = draft.symbol
        signature = symbol.signature or ANYTHING
        tier = symbol.tier or Tier.VARIADIC
        if tier is not Tier.VARIADIC and not is_anything(signature):
            return signature, tier, []
        is_silent = tier is Tier.VARIADIC
        if stated is not None:
            combined = combine(stated.signatures)
            if not is_anything(combined):
                return combined, stated.tier, [] if is_silent else [Note.RUNTIME_VARIADIC]
            if is_silent:
                return combined, stated.tier, []
        if is_silent:
            lines = self._documents.signatures(draft)
            if lines:
                return combine(lines), Tier.DOCSTRING, []
        return signature, tier, []

    def _described(self, symbol: Symbol, stated: Stated | None, *, is_class: bool) -> dict[str, Any]:
        if stated is None:
            return {}
        changes: dict[str, Any] = {}
        if symbol.doc is None and stated.doc and not is_class:
            changes |= {"doc": stated.doc, "doc_tier": stated.tier}
        added = (set(stated.flags) & _FROM_STUBS) - set(symbol.flags)
        if stated.deprecated is None:
            added.discard(Flag.DEPRECATED)  # one overload is, and says so itself
        if added and not is_class:
            changes["flags"] = tuple(sorted({*symbol.flags, *added}))
        if symbol.deprecated is None and stated.deprecated is not None:
            changes["deprecated"] = stated.deprecated
        return changes

    def _declared(self, draft: Draft) -> dict[str, Any]:
        # A class may be generic in its stub alone.
        if draft.symbol.parameters:
            return {}
        stated = next((found for one in draft.places if (found := self._sources.declared(one))), None)
        if stated is None or not stated.parameters:
            return {}
        return {"parameters": stated.parameters, "generic_bases": draft.symbol.generic_bases or stated.bases}

    # --- What is read ---

    def _valued(self, draft: Draft) -> dict[str, Any]:
        symbol = draft.symbol
        is_told = symbol.kind is Kind.PROPERTY or "[" in str(symbol.type) or symbol.value
        if is_known(symbol.type) and is_told and symbol.type not in _VAGUE:
            return {}
        stated = self._sources.value(draft.places)
        if stated is not None and is_known(stated.type):
            return {"type": stated.type, "type_tier": stated.tier}
        if symbol.kind is Kind.PROPERTY and symbol.type is None:
            told = self._documents.returned(draft)
            if told is not None:
                return {"type": told, "type_tier": Tier.DOCSTRING}
        return {}


def untyped(stated: Stated) -> Stated:
    """Return what a stub states without its types."""
    bare = [
        one.model_copy(update={"parameters": tuple(it.model_copy(update={"type": None}) for it in one.parameters)})
        for one in stated.signatures
    ]
    return replace(stated, signatures=tuple(bare))


def is_drifted(signature: Signature, stated: Sequence[Signature]) -> bool:
    """Tell whether a stub calls the parameters something else than the object does."""
    if is_anything(signature):
        return False
    # A name that one of them says nobody can use is no name to disagree about.
    nameless = {
        place
        for one in (signature, *stated)
        for place, parameter in enumerate(one.parameters)
        if parameter.kind is ParameterKind.POSITIONAL_ONLY
    }
    return _names(signature, nameless) != {name for one in stated for name in _names(one, nameless)}


def _names(signature: Signature, nameless: set[int]) -> set[str]:
    return {
        one.name.lstrip("_")
        for place, one in enumerate(signature.parameters)
        if one.kind not in _REST and not (one.kind in _PLACED and place in nameless)
    }


def typed(signature: Signature, stated: Sequence[Signature], tier: Tier) -> Signature:
    """Fill in the types that a signature lacks from those that overloads, or one signature, state."""
    parameters = tuple(
        one if is_known(one.type) else _filled(one, _stated_type(place, one, stated), tier)
        for place, one in enumerate(signature.parameters)
    )
    changes: dict[str, Any] = {"parameters": parameters}
    if not is_known(signature.returns):
        returns = union(one.returns for one in stated)
        if is_known(returns) or signature.returns is None:
            changes |= {"returns": returns, "tier": tier if returns is not None else Tier.RUNTIME}
    return signature.model_copy(update=changes)


def _filled(parameter: Parameter, expression: str | None, tier: Tier) -> Parameter:
    if expression is None or (parameter.type is not None and not is_known(expression)):
        return parameter  # a part of what the object says is better than a part of what another says
    return parameter.model_copy(update={"type": expression, "tier": tier})


def _stated_type(place: int, parameter: Parameter, stated: Sequence[Signature]) -> str | None:
    found = [_counterpart(place, parameter, one) for one in stated]
    return union(one.type for one in found if one is not None)


def _counterpart(place: int, parameter: Parameter, stated: Signature) -> Parameter | None:
    bare = parameter.name.lstrip("_")
    is_rest = parameter.kind in {ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD}
    for one in stated.parameters:
        if is_rest and one.kind is parameter.kind:
            return one
        if (
            not is_rest
            and one.name.lstrip("_") == bare
            and one.kind
            not in {
                ParameterKind.VARIADIC,
                ParameterKind.VARIADIC_KEYWORD,
            }
        ):
            return one
    if place < len(stated.parameters):
        other = stated.parameters[place]
        are_placed = other.kind in _PLACED and parameter.kind in _PLACED
        if are_placed and ParameterKind.POSITIONAL_ONLY in {other.kind, parameter.kind}:
            return other
    return None


def documented(signature: Signature, told: Documented, returns: str | None) -> Signature:
    """Fill in the types that a signature still lacks from those that a docstring tells."""
    parameters = tuple(
        one if one.type is not None else _filled(one, _told(told, one), Tier.DOCSTRING) for one in signature.parameters
    )
    changes: dict[str, Any] = {"parameters": parameters}
    if signature.returns is None and returns is not None:
        changes |= {"returns": returns, "tier": Tier.DOCSTRING}
    return signature.model_copy(update=changes)


def _result(told: Documented, symbol: Symbol) -> str | None:
    # Docstrings of generators tell under "Returns" what they yield, or what nobody gets.
    for flag, kind in _ITERATORS.items():
        if flag in symbol.flags:
            return f"{kind}[{told.yields}]" if told.yields is not None else None
    return None if told.returns is None else str(told.returns)


def _told(told: Documented, parameter: Parameter) -> str | None:
    found = told.parameters.get(parameter.name)
    return None if found is None else str(found)
