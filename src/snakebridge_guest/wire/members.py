"""Members of enums by what both sides know them by: their name, or for a combination of flags its number.

Enums of the standard library are on both sides, so their members are values: `re.I` is `re.I` over there.
"""

from __future__ import annotations

import enum
import importlib
from typing import Any

# Those whose enums are for everybody. Importing one of them does nothing that a library could not do as well.
_STANDARD = frozenset(
    [
        "calendar",
        "http",
        "inspect",
        "plistlib",
        "pstats",
        "py_compile",
        "re",
        "signal",
        "socket",
        "ssl",
        "symtable",
        "uuid",
    ]
)


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
    try:
        return kind[key] if type(key) is str else kind(key)
    except KeyError:
        raise LookupError("%s.%s has no member %s on this side" % (kind.__module__, kind.__qualname__, key)) from None


def standard_address(kind: type[enum.Enum]) -> str | None:
    """Return the address of an enum of the standard library, or `None` of any other."""
    if kind.__module__ not in _STANDARD:
        return None
    address = kind.__module__ + ":" + kind.__qualname__
    return address if standard(address) is kind else None


def standard(address: str) -> Any:
    """Return the enum of the standard library that has an address, or `None` if there is none on this side."""
    module, _, name = address.partition(":")
    found = getattr(importlib.import_module(module), name, None) if module in _STANDARD else None
    return found if isinstance(found, enum.EnumMeta) else None
