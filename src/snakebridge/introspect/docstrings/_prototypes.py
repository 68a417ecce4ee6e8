# C prototypes in the docstring of a module: `double binom(double, double)`. They give numbers of arguments, not names.
#
# Guarantees: a prototype with a pointer, through which results leave, or with anything but types says nothing.

from __future__ import annotations

import re

from snakebridge.manifest import Parameter, ParameterKind, Signature, Tier

_WORDS = r"[^\W\d]\w*(?: [^\W\d]\w*)*"
_LINE = re.compile(rf"^[ \t]*(?:{_WORDS}) ([^\W\d]\w*)\(({_WORDS}(?:, {_WORDS})*)?\)[ \t]*$", re.MULTILINE)


def prototypes(doc: str) -> dict[str, tuple[Signature, ...]]:
    """Return how functions are called, by name, as the docstring of their module says.

    A function for several types of numbers has a prototype for each; those of one length are one signature.
    """
    lengths: dict[str, dict[int, None]] = {}
    for name, inner in _LINE.findall(doc):
        lengths.setdefault(name, {})[inner.count(",") + 1 if inner else 0] = None
    return {name: tuple(_signature(length) for length in found) for name, found in lengths.items()}


def _signature(length: int) -> Signature:
    parameters = (Parameter(name=f"arg{place}", kind=ParameterKind.POSITIONAL_ONLY) for place in range(length))
    return Signature(parameters=tuple(parameters), tier=Tier.DOCSTRING)
