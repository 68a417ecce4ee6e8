# Overloads → the one signature that accepts what each of them accepts.
#
# Guarantees: the result names only what some overload names; a parameter has a type only when every overload that has
# the parameter states one. Overloads that no single parameter list can say become `(*args, **kwargs)`.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.manifest import Default, Parameter, ParameterKind, Signature, Tier, types

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ARGUMENTS = Parameter(name="args", kind=ParameterKind.VARIADIC)
KEYWORDS = Parameter(name="kwargs", kind=ParameterKind.VARIADIC_KEYWORD)
ANYTHING = Signature(parameters=(ARGUMENTS, KEYWORDS))
"""What is said when nothing is known."""
UNTOLD = Default(opaque="types:EllipsisType")
"""The parameter may be left out, and nobody says what it is then; stubs write `...`."""

_REST = (ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD)
_PLACED = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
_MOST_MEMBERS = 12
_WIDEST = 400


def is_anything(signature: Signature) -> bool:
    """Tell whether a signature names no parameter and takes any."""
    return bool(signature.parameters) and all(one.kind in _REST for one in signature.parameters)


def named(signature: Signature) -> tuple[Parameter, ...]:
    """Return the parameters that are not `*args` or `**kwargs`."""
    return tuple(one for one in signature.parameters if one.kind not in _REST)


def union(expressions: Iterable[str | None]) -> str | None:
    """Return the union of type expressions, or `None` when one is unknown or the whole too wide to be read."""
    found = list(dict.fromkeys(expressions))
    if not found or None in found:
        return None
    known = [one for one in found if one is not None]
    if len(known) == 1:
        return known[0]
    joined = types.join(*map(types.parse, known))
    if "Any" in known:
        return "Any"
    too_many = isinstance(joined, types.Union) and len(joined.members) > _MOST_MEMBERS
    text = str(joined)
    return None if too_many or len(text) > _WIDEST else text


def combine(signatures: Sequence[Signature]) -> Signature:
    """Return one signature for all overloads."""
    if len(signatures) == 1:
        return signatures[0]
    returns = union(one.returns for one in signatures)
    tier = signatures[0].tier if returns is not None else Tier.RUNTIME
    parameters = _parameters(signatures)
    if parameters is None:
        return ANYTHING.model_copy(update={"returns": returns, "tier": tier})
    return Signature(parameters=parameters, returns=returns, tier=tier)


def _parameters(signatures: Sequence[Signature]) -> tuple[Parameter, ...] | None:
    longest = max(signatures, key=lambda one: len(one.parameters))
    tables = [{one.name: (place, one) for place, one in enumerate(signature.parameters)} for signature in signatures]
    known = {one.name for one in longest.parameters}
    if any(name not in known for table in tables for name in table):
        return None
    found: list[Parameter] = []
    is_optional = False
    for place, parameter in enumerate(longest.parameters):
        same = [table[parameter.name] for table in tables if parameter.name in table]
        kinds = {one.kind for _, one in same}
        if kinds == set(_PLACED):
            kinds = {ParameterKind.POSITIONAL}
        if len(kinds) > 1 or (parameter.kind in _PLACED and any(at != place for at, _ in same)):
            return None
        kind = kinds.pop()
        default = next((one.default for _, one in same if one.default is not None), None)
        if default is None and len(same) < len(signatures):
            default = UNTOLD
        if kind in _PLACED:
            # What follows an optional parameter is optional: overloads say so only together.
            is_optional = is_optional or default is not None
            default = default or (UNTOLD if is_optional else None)
        found.append(
            parameter.model_copy(
                update={
                    "kind": kind,
                    "default": None if kind in _REST else default,
                    "type": union(one.type for _, one in same),
                }
            )
        )
    return tuple(found)
