"""A manifest's facts as text, so that a table of expectations reads like source.

A type learnt elsewhere than from the object says where: `x: int @stub`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.manifest import ParameterKind, Tier

if TYPE_CHECKING:
    from snakebridge.manifest import Default, Field, Parameter, Signature

_STARS = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}


def signature(one: Signature | None) -> str:
    """Return a signature as in a `def`."""
    if one is None:
        return "none"
    parts: list[str] = []
    kinds = [parameter.kind for parameter in one.parameters]
    for place, parameter in enumerate(one.parameters):
        if parameter.kind is ParameterKind.KEYWORD and not {ParameterKind.VARIADIC, parameter.kind} & set(
            kinds[:place]
        ):
            parts.append("*")
        parts.append(_STARS.get(parameter.kind, "") + _parameter(parameter))
        if parameter.kind is ParameterKind.POSITIONAL_ONLY and ParameterKind.POSITIONAL_ONLY not in kinds[place + 1 :]:
            parts.append("/")
    returns = f" -> {_type(one.returns, one.tier)}" if one.returns else ""
    return f"({', '.join(parts)}){returns}"


def field(one: Field) -> str:
    """Return a field as in a class body, with its particulars in brackets."""
    particulars = {
        "optional": not one.required,
        "keyword": one.keyword_only,
        "not in init": not one.init,
        f"alias {one.alias}": one.alias is not None,
    }
    shown = ", ".join(name for name, holds in particulars.items() if holds)
    text = one.name + (f": {_type(one.type, one.tier)}" if one.type else "") + _default(one.default)
    return f"{text} [{shown}]" if shown else text


def _parameter(one: Parameter) -> str:
    return one.name + (f": {_type(one.type, one.tier)}" if one.type else "") + _default(one.default)


def _type(expression: str | None, tier: Tier) -> str:
    return f"{expression}" if tier is Tier.RUNTIME else f"{expression} @{tier}"


def _default(one: Default | None) -> str:
    return "" if one is None else f" = {one.literal or f'<{one.opaque}>'}"
