"""Members of enums by what both sides know them by: their name, or for a combination of flags its number."""

from __future__ import annotations

import enum
from typing import Any


def key_of(member: enum.Enum) -> Any:
    """Return the name of a member, the number of a combination that has none, or `None` when there is neither."""
    name = member.name
    if type(name) is str and name in type(member).__members__:
        return name
    number = member.value
    return number if isinstance(member, enum.Flag) and type(number) is int else None


def find(kind: Any, key: Any) -> Any:
    """Return the member of an enum that has a key.

    Raises:
        LookupError: There is none.
        ValueError: There is none with such a number.
    """
    return kind[key] if type(key) is str else kind(key)
