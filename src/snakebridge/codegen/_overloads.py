# What overloads, which checkers are not shown, mean for the one signature that they are shown.
#
# Guarantees: a parameter keeps its type only if each overload that can be meant by passing something there says so
# itself. `reshape(shape)` and `reshape(*sizes)` are one `reshape(*shape)`, whose `shape` is of neither type.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from snakebridge.manifest import ParameterKind, Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.manifest import Parameter, Signature

__all__ = ["settled"]

_PLACED: Final = frozenset({ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL})
_BY_NAME: Final = frozenset({ParameterKind.POSITIONAL, ParameterKind.KEYWORD})


def settled(signature: Signature, overloads: Sequence[Signature]) -> Signature:
    """Return a signature without the types that some overload may not mean."""
    names = {_bare(one) for one in signature.parameters}
    parameters = tuple(
        one
        if one.tier is Tier.OVERRIDE or all(_agrees(place, one, other, names) for other in overloads)
        else one.model_copy(update={"type": None})
        for place, one in enumerate(signature.parameters)
    )
    return signature.model_copy(update={"parameters": parameters})


def _bare(parameter: Parameter) -> str:
    return parameter.name.lstrip("_")


def _agrees(place: int, parameter: Parameter, overload: Signature, names: set[str]) -> bool:
    """Say whether nothing but the parameter's namesake takes what is passed at its place or by its name."""
    placed = [one for one in overload.parameters if one.kind in _PLACED]
    rest = {one.kind for one in overload.parameters} - _PLACED - {ParameterKind.KEYWORD}
    match parameter.kind:
        case ParameterKind.VARIADIC:
            return len(placed) <= place
        case ParameterKind.VARIADIC_KEYWORD:
            return all(_bare(one) in names for one in overload.parameters if one.kind in _BY_NAME)
        case ParameterKind.KEYWORD:
            known = any(_bare(one) == _bare(parameter) for one in overload.parameters)
            return known or ParameterKind.VARIADIC_KEYWORD not in rest
    if place < len(placed):
        return _bare(placed[place]) == _bare(parameter) or (
            # Nobody can use the names of positional-only parameters, so stubs choose their own.
            {parameter.kind, placed[place].kind} == {ParameterKind.POSITIONAL_ONLY}
        )
    return ParameterKind.VARIADIC not in rest
