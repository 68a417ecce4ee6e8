"""Buffers of the standard library with the type of their items: `array.array` and `memoryview`.

A `memoryview` is a value only on its way to the library: one of the library shows what lives there.
"""

from __future__ import annotations

import array
from typing import Any


def items(value: array.array[Any]) -> list[Any]:
    """Return what an array is made of."""
    return [value.typecode, value.tobytes()]


def read_items(payload: Any) -> array.array[Any]:
    """Return the array."""
    found = array.array(payload[0])
    found.frombytes(payload[1])
    return found


def view(value: memoryview) -> list[Any] | None:
    """Return what a `memoryview` is made of, or `None` if it cannot be made again."""
    try:
        payload = [value.format, list(value.shape or ()), value.readonly, value.tobytes()]
        read_view(payload)
    except (TypeError, ValueError):  # released, a format that only numpy knows, or several dimensions without items
        return None
    return payload


def read_view(payload: Any) -> memoryview:
    """Return the view, of a copy."""
    code, shape, is_read_only, copied = payload
    found = memoryview(copied if is_read_only else bytearray(copied))
    return found.cast(code) if len(shape) == 1 else found.cast(code, shape)
