"""Older schemas: which parts their files had, and how their content is said today.

A migration works on plain JSON values, one schema at a time, and only on files whose hashes were verified. It adds no
facts: what an older schema did not record stays unknown until the library is introspected again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snakebridge.manifest.model import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OLDEST_SCHEMA", "migrate", "sections"]

Plain = dict[str, Any]

OLDEST_SCHEMA = 1
"""The oldest schema that can be read."""

# In the order in which they stand in the file, with what they are when they are empty; lists have a line per record.
_SECTIONS: Mapping[int, Mapping[str, object]] = {
    1: {"library": {}, "surface": "public", "modules": [], "symbols": [], "findings": []},
    2: {"library": {}, "selection": {}, "modules": [], "symbols": [], "definitions": [], "findings": []},
}
_ANYTHING = [{"name": "args", "kind": "variadic"}, {"name": "kwargs", "kind": "variadic_keyword"}]


def sections(schema: int) -> Mapping[str, object]:
    """Return the parts of a file between its `schema` and its `hash`, with the empty value of each."""
    return _SECTIONS[schema]


def migrate(data: Plain, schema: int) -> Plain:
    """Return the content of a file of an older schema as the schema in force says it.

    Args:
        data: The file's parts, without `schema` and hashes.
        schema: Its schema.
    """
    for older in range(schema, SCHEMA_VERSION):
        data = _STEPS[older](data)
    return data


def _from_1(data: Plain) -> Plain:
    # 2 says what was selected instead of the surface's name alone, and keeps overloads apart from the one signature
    # that accepts them all; 1 knew types from the object itself only, which is what 2 assumes where no tier stands.
    moved = {name: value for name, value in data.items() if name != "surface"}
    moved["selection"] = {"surface": data.get("surface", "public")}
    moved["symbols"] = [_symbol_from_1(symbol) for symbol in data.get("symbols", [])]
    return moved


def _symbol_from_1(symbol: Plain) -> Plain:
    signatures = symbol.get("signatures", [])
    moved = {name: value for name, value in symbol.items() if name != "signatures"}
    if len(signatures) == 1:
        moved["signature"] = signatures[0]
    elif signatures:
        moved["signature"] = {"parameters": _ANYTHING}
        moved["overloads"] = signatures
        moved["overloads_tier"] = symbol.get("tier", "runtime")
    return moved


_STEPS: Mapping[int, Callable[[Plain], Plain]] = {1: _from_1}
