"""What generated code may use, and nothing else may: its interface has a number of its own, `API`.

Generated wrappers are plain functions and classes; each hands its arguments to its package's `Library`.
"""

from __future__ import annotations

from typing import Final

from snakebridge.errors import RemoteError
from snakebridge.runtime import API, Library, RemoteObject

__all__ = ["API", "DEFAULT", "Default", "Library", "RemoteError", "RemoteObject", "given", "tail"]

_PLAIN = frozenset({int, float, complex, str, bytes})


class Default:
    """The class of `DEFAULT`: stands for a default over there that has no literal here."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default()
"""A parameter with this value is not sent, so the library uses its own default."""


def _untouched(value: object, default: object) -> bool:
    if value is default:
        return True
    # By text, because 0.0 and -0.0 are equal and not the same.
    return type(value) is type(default) and type(value) in _PLAIN and value == default and repr(value) == repr(default)


def given(**pairs: tuple[object, object]) -> dict[str, object]:
    """Return the parameters whose value is not their default; each pair is `(value, default)`."""
    return {name: value for name, (value, default) in pairs.items() if not _untouched(value, default)}


def tail(*pairs: tuple[object, object]) -> tuple[object, ...]:
    """Return positional values without the untouched ones at the end.

    Raises:
        TypeError: An untouched parameter without a literal default stands before one that was given.
    """
    length = len(pairs)
    while length and _untouched(*pairs[length - 1]):
        length -= 1
    values = tuple(value for value, _ in pairs[:length])
    if any(value is DEFAULT for value in values):
        raise TypeError("a positional parameter whose default is only known to the library must be given as well")
    return values
