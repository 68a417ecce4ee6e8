# Python source for plain values: what `ast.literal_eval` reads, plus `nan`, `inf` and `-inf`.
#
# Guarantees: only values of the exact built-in types are written, so no `__repr__` of the library runs; the text is
# short, the same on every run (sets are sorted), and names no folder of this machine.

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from typing import List, Optional

_LONGEST = 400
_MOST_ITEMS = 50
_DEEPEST = 4
_MOST_BITS = 4096  # `repr` of a longer int is slow, and refused by newer interpreters
_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))
_CONTAINERS = (tuple, list, dict, set)


def _folders() -> List[str]:
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.expanduser("~"), os.getcwd()}
    folders |= {tempfile.gettempdir(), *filter(os.path.isabs, sys.path)}
    return sorted(folder for folder in folders if len(folder) > 1)


_FOLDERS = _folders()
_PASSING = re.compile(
    r"\b0x[0-9a-fA-F]{{6,}}|/proc/|(?<!\d){}(?!\d)".format(os.getpid() if os.getpid() > 99 else "pid")
)
_DAY = 86400.0


def is_plain(value: object) -> bool:
    """Tell whether a value is of exactly one of the types that have literals and hold nothing."""
    return any(type(value) is one for one in _PLAIN)


def literal(value: object, depth: int = 0) -> Optional[str]:
    """Return the source of a value, or `None` when it has no short literal."""
    source = _plain(value) if is_plain(value) else _container(value, depth)
    return source if source is not None and len(source) <= _LONGEST else None


def _plain(value: object) -> Optional[str]:
    if value is ...:
        return "..."
    if type(value) is int and value.bit_length() > _MOST_BITS:
        return None
    if type(value) in (int, float) and (abs(value - time.time()) < _DAY or value == os.getpid() > 99):  # type: ignore[operator]
        return None
    if type(value) is complex and (value.real - value.real or value.imag - value.imag):
        return None  # a part is nan or inf
    if type(value) in (str, bytes):
        if len(value) > _LONGEST:  # type: ignore[arg-type]
            return None
        shown = value if type(value) is str else value.decode("latin-1")  # type: ignore[attr-defined]
        if _PASSING.search(shown) or any(folder in shown for folder in _FOLDERS):
            return None
    return ascii(value)


def _container(value: object, depth: int) -> Optional[str]:
    kind = type(value)
    if not any(kind is one for one in _CONTAINERS) or depth >= _DEEPEST or len(value) > _MOST_ITEMS:  # type: ignore[arg-type]
        return None
    if kind is dict:
        pairs = [(literal(key, depth + 1), literal(held, depth + 1)) for key, held in value.items()]  # type: ignore[attr-defined]
        shown = [f"{key}: {held}" for key, held in pairs if key is not None and held is not None]
        return "{" + ", ".join(shown) + "}" if len(shown) == len(pairs) else None
    items = [literal(item, depth + 1) for item in value]  # type: ignore[attr-defined]
    known = [item for item in items if item is not None]
    if len(known) != len(items) or (kind is set and not items):
        return None  # `set()` is no literal before Python 3.9
    # `ast.literal_eval` does not know `nan` and `inf`, which are only written when they stand alone.
    if any(item.lstrip("-") in ("nan", "inf") for item in known):
        return None
    if kind is set:
        return "{" + ", ".join(sorted(known)) + "}"
    if kind is list:
        return "[" + ", ".join(known) + "]"
    return "(" + ", ".join(known) + ("," if len(known) == 1 else "") + ")"
