# What prose is read into: types whose names are not looked up yet.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._vocabulary import Asked
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotUnderstoodError(Exception):
    """A text, or a part of one, says nothing certain."""


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """A generic class with its arguments; without them where one is unknown."""

    address: str
    arguments: tuple[Part | None, ...]


Part = types.Type | Asked | Either | Holds

_SCALARS = {
    *("builtins:int", "builtins:float", "builtins:str", "builtins:bool", "builtins:complex", "builtins:bytes"),
    *("builtins:object", "typing:Callable"),
}


def either(parts: Iterable[Part]) -> Part:
    """Return one of several, flat and without repetitions."""
    flat: list[Part] = []
    for part in parts:
        flat += part.parts if isinstance(part, Either) else [part]
    unique = list(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Either(tuple(unique))


def choice(value: str | int) -> types.Name:
    """Return the type of a literal."""
    return types.Name("typing:Literal", (types.Constant(ascii(value)),))


def is_ambiguous(text: str, before: Part, part: Part) -> bool:
    """Tell whether the word after `list of int or` may belong inside or outside: both are plain, so nobody can tell."""
    if " of " not in text or not isinstance(before, Holds) or not before.arguments:
        return False
    inner = before.arguments[0]
    return _is_scalar(part) and inner is not None and inner != part and _is_scalar(inner)


def _is_scalar(part: Part) -> bool:
    return isinstance(part, types.Name) and part.address in _SCALARS
