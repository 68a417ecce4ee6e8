# Names that reach generated code.
#
# Guarantees: an `Identifier` or `DottedPath` can be pasted into Python source and into a file path: it is normalised,
# no keyword, and holds nothing but word characters. What does not fit is refused here, never escaped later.
# Assumes: names whose source spelling Python would normalise to something else cannot be reached by source at all.

from __future__ import annotations

import keyword
import unicodedata
from typing import TYPE_CHECKING, Final, Self

from snakebridge.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = ["ALIASES", "FUTURE", "DottedPath", "Identifier", "fresh", "is_identifier", "is_public", "parameter_names"]

_LONGEST = 200

ALIASES: Final = frozenset({"_b", "_lib", "_sb", "_t"})
"""What generated modules call builtins, their library, `snakebridge.support` and typing."""

FUTURE: Final = "annotations"
"""What `from __future__ import annotations` binds in every generated module."""

# Names with a meaning of their own in a module, or that generated modules define themselves.
_MODULE_NAMES: Final = ALIASES | {
    FUTURE,
    "_CONSTANTS",
    "_HOMES",
    "__all__",
    "__annotations__",
    "__builtins__",
    "__cached__",
    "__class__",
    "__dict__",
    "__dir__",
    "__doc__",
    "__file__",
    "__getattr__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
}
_FILE_NAMES: Final = frozenset({"__init__", "__main__", "__pycache__", "_adapter", "_adapter_hooks", "_snakebridge"})


def is_identifier(text: str) -> bool:
    """Say whether a name can be written in source and means itself there."""
    return (
        text.isidentifier()
        and len(text) <= _LONGEST
        and not keyword.iskeyword(text)
        and text != "__debug__"
        and unicodedata.normalize("NFKC", text) == text
    )


def is_public(text: str) -> bool:
    """Say whether a module-level name can be defined without breaking the generated module."""
    return is_identifier(text) and text not in _MODULE_NAMES


class Identifier(str):
    """A name that can be written in Python source."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Validate a name.

        Raises:
            ManifestError: The text is no usable identifier.
        """
        if not is_identifier(text):
            raise ManifestError(f"{text[:80]!r} is no name that Python source can hold; introspect the library again")
        return super().__new__(cls, text)


class DottedPath(str):
    """A module's dotted name, every part of it an identifier and a safe file name."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Validate a dotted name.

        Raises:
            ManifestError: A part of the text is no usable module name.
        """
        if not all(is_identifier(part) and part not in _FILE_NAMES for part in text.split(".")):
            raise ManifestError(
                f"{text[:80]!r} is no module name that can be generated; leave it out or rename the module"
            )
        return super().__new__(cls, text)

    @classmethod
    def accepts(cls, text: str) -> bool:
        """Say whether a text is a usable dotted name."""
        try:
            cls(text)
        except ManifestError:
            return False
        return True


def fresh(wanted: str, taken: Container[str]) -> Identifier:
    """Return the wanted name, with trailing underscores when it is taken or no identifier."""
    while wanted in taken or not is_identifier(wanted):
        wanted += "_"
    return Identifier(wanted)


def parameter_names(
    names: Iterable[str], reserved: Iterable[str], private: Container[str] = ()
) -> tuple[Identifier, ...]:
    """Choose the names that generated parameters bear, in order.

    Keywords, duplicates and names that the body needs get a trailing underscore. Leading double underscores go, but for
    those of `private` names: inside a class Python would mangle them, and type checkers take them for positional-only.
    """
    taken = set(reserved)
    chosen: list[Identifier] = []
    for position, name in enumerate(names):
        bare = unicodedata.normalize("NFKC", name)
        if bare.startswith("__") and not bare.endswith("__") and name not in private:
            bare = bare.lstrip("_")
        plain = bare[: _LONGEST // 2]
        found = fresh(plain if (plain + "_").isidentifier() else f"parameter{position}", taken)
        taken.add(found)
        chosen.append(found)
    return tuple(chosen)
