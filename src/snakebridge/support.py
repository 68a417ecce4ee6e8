"""What generated code may use, and nothing else may: its interface has a number of its own, `API`.

Generated wrappers are plain functions and classes; each hands its arguments to its package's `Library`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from snakebridge.errors import RemoteError
from snakebridge.runtime import API, Library, RemoteObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer, deprecated  # the standard library has them from Python 3.12 and 3.13 on
else:
    Buffer = bytes | bytearray | memoryview

__all__ = [
    "API",
    "DEFAULT",
    "Buffer",
    "DType",
    "Default",
    "Library",
    "RemoteError",
    "RemoteObject",
    "SupportsArithmetic",
    "SupportsArray",
    "SupportsDType",
    "SupportsRead",
    "SupportsWrite",
    "deprecated",
    "given",
    "tail",
]

_PLAIN = frozenset({int, float, complex, str, bytes})


class Default:
    """The class of `DEFAULT`: stands for a default over there that has no literal here."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default()
"""A parameter with this value is not sent, so the library uses its own default."""


class SupportsArray(Protocol):
    """What numpy makes an array of: arrays and scalars of the host's own numpy, its series, columns and tensors."""

    def __array__(self) -> Any:
        """Return the array."""


class SupportsDType(Protocol):
    """What has the data type of its elements."""

    @property
    def dtype(self) -> Any:
        """The data type."""


class SupportsArithmetic(Protocol):
    """What is added, subtracted and multiplied: numbers, arrays, and what behaves like them."""

    def __add__(self, other: Any, /) -> Any:
        """Add."""

    def __sub__(self, other: Any, /) -> Any:
        """Subtract."""

    def __mul__(self, other: Any, /) -> Any:
        """Multiply."""


class SupportsRead(Protocol):
    """What is read from, like an open file."""

    @property
    def read(self) -> Callable[..., Any]:
        """Read."""
        ...


class SupportsWrite(Protocol):
    """What is written to, like an open file."""

    @property
    def write(self) -> Callable[..., Any]:
        """Write."""
        ...


class DType(Protocol):
    """What describes the elements of an array, as a data type of the host's own numpy does."""

    @property
    def kind(self) -> str:
        """The letter of what they are."""
        ...

    @property
    def itemsize(self) -> int:
        """The bytes of each."""
        ...


if not TYPE_CHECKING:

    def deprecated(message: str, /) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Mark a function for type checkers and editors (PEP 702); the warning itself is the library's."""

        def mark(function: Callable[..., Any]) -> Callable[..., Any]:
            function.__deprecated__ = message
            return function

        return mark


def _untouched(value: object, default: object) -> bool:
    if value is default:
        return True
    if type(value) is not type(default):
        return False
    if type(value) is tuple:
        others = cast("tuple[object, ...]", default)
        return len(value) == len(others) and all(map(_untouched, value, others))
    # By text, because 0.0 and -0.0 are equal and not the same, and nan is not even equal to itself.
    return type(value) in _PLAIN and (value == default or value != value) and repr(value) == repr(default)  # noqa: PLR0124 - nan


# Pairs are `tuple[object, object]`; checkers would compare each one in every wrapper with that.
def given(**pairs: Any) -> dict[str, object]:
    """Return the parameters whose value is not their default; each pair is `(value, default)`."""
    return {name: value for name, (value, default) in pairs.items() if not _untouched(value, default)}


def tail(*pairs: Any) -> tuple[object, ...]:
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
