# Python source for plain values: what `ast.literal_eval` reads, plus `nan`, `inf` and `-inf`.
#
# Guarantees: no `__repr__` of the library runs; the text is short, the same on every run, and names no folder.

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from typing import Any

from ._reading import Facts, address

_LONGEST = 400
_MOST_ITEMS = 50
_DEEPEST = 4
_PLAIN = frozenset(map(id, (type(None), bool, int, float, complex, str, bytes, type(...))))
_BRACKETS = {id(tuple): "()", id(list): "[]", id(set): "{}", id(dict): "{}"}
_FOLDERS = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.expanduser("~"), os.getcwd(), tempfile.gettempdir()}
_FOLDERS = {*_FOLDERS, *filter(os.path.isabs, sys.path)} - {"", "/", "~"}
_PID = os.getpid() if os.getpid() > 99 else "pid"
_PASSING = re.compile(rf"\b0x[\da-fA-F]{{6,}}|/proc/|(?<!\d){_PID}(?!\d)")
_NOW = time.time()


def is_plain(value: object) -> bool:
    return id(type(value)) in _PLAIN


def literal(value: object, depth: int = 0) -> str | None:
    source = _plain(value) if is_plain(value) else _container(value, depth)
    return source if source is not None and len(source) <= _LONGEST else None


def default_of(value: object) -> Facts:
    source = literal(value)
    return {"literal": source} if source is not None else {"opaque": address(type(value))}


def _plain(value: Any) -> str | None:
    if value is ...:
        return "..."
    kind = type(value)
    size = value.bit_length() if kind is int else 0
    if size > 4096 or (40 < size < 65 and 0 not in (value % 10**6, value % 2**20, -~value % 2**20)):
        return None  # newer interpreters refuse it; or an address or a hash, neither round nor a limit
    if kind in (int, float) and (abs(value - _NOW) < 86400 or value == os.getpid() > 99):
        return None
    if kind is complex and (value.real - value.real or value.imag - value.imag):
        return None  # a part is nan or inf
    if kind in (str, bytes):
        if len(value) > _LONGEST:
            return None
        shown = value if kind is str else value.decode("latin-1")
        if _PASSING.search(shown) or (os.sep in shown and any(folder in shown for folder in _FOLDERS)):
            return None
    return ascii(value)


def _container(value: Any, depth: int) -> str | None:
    kind, brackets = type(value), _BRACKETS.get(id(type(value)))
    if brackets is None or depth >= _DEEPEST or len(value) > _MOST_ITEMS or (kind is set and not value):
        return None  # `set()` is no literal before Python 3.9
    parts = [literal(one, depth + 1) for one in value]
    values = [literal(one, depth + 1) for one in value.values()] if kind is dict else []
    if any(one is None or one.lstrip("-") in ("nan", "inf") for one in (*parts, *values)):
        return None
    if kind is dict:
        parts = [f"{key}: {one}" for key, one in zip(parts, values)]
    joined = ", ".join(sorted(parts) if kind is set else parts)  # type: ignore[arg-type]
    return f"{brackets[0]}{joined}{',' if kind is tuple and len(parts) == 1 else ''}{brackets[1]}"
