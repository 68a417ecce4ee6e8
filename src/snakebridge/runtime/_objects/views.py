# Data that is a value on one side and may have no class on the other: which libraries make values, and arrays without
# numpy.

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakebridge_guest.wire import arrays

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ArrayView", "makes", "makes_here", "stood_in_for"]

_NEEDS = {
    "numpy": ("numpy",),
    "pandas": ("pandas", "pyarrow"),
    "polars": ("polars",),
    "pyarrow": ("pyarrow",),
    "torch": ("torch",),
}
"""What making a library's data takes, by library."""
_FORMATS = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q"} | {
    "f2": "e",
    "f4": "f",
    "f8": "d",
}
"""How `memoryview` spells the dtypes that it knows, in the machine's own byte order."""
_NATIVE = ("<", "|") if sys.byteorder == "little" else (">", "|")


def makes(distributions: Iterable[str]) -> frozenset[str]:
    """Return the libraries whose data an environment with some distributions makes."""
    found = set(distributions)
    return frozenset(library for library, needed in _NEEDS.items() if found.issuperset(needed))


@cache
def makes_here() -> frozenset[str]:
    """Return the libraries whose data this process makes; none is imported to find out."""
    found = {name for name in _NEEDS if importlib.util.find_spec(name) is not None}
    return makes(found - stood_in_for())


@cache
def stood_in_for() -> frozenset[str]:
    """Return the libraries that this process imports as generated packages, by their own names."""
    specs = {name: importlib.util.find_spec(name) for name in _NEEDS}
    return frozenset(
        name
        for name, spec in specs.items()
        if spec is not None and spec.origin and Path(spec.origin).with_name("_snakebridge.py").exists()
    )


class ArrayView:
    """The items of a numpy array on a host without numpy: a read-only copy with the array's shape.

    Give it to whatever reads buffers (`memoryview(view)` from Python 3.12 on, `view.data` before), or understands
    `__array_interface__`.
    """

    __slots__ = ("_dtype", "_items", "_order", "shape")

    def __init__(self, body: bytes) -> None:
        dtype, shape, order, _, items = arrays.parts(body)
        self._dtype = dtype
        self._order = order
        self._items = items
        self.shape: tuple[int, ...] = tuple(shape)
        """Lengths of the dimensions."""

    @property
    def dtype(self) -> str | list[Any]:
        """The items' type as numpy writes it, such as `<f8`; of structures, a list that begins with `"fields"`."""
        found: str | list[Any] = self._dtype
        return found

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """The size of the items in bytes."""
        return self._items.nbytes

    @property
    def data(self) -> memoryview:
        """The items: with shape and format where `memoryview` knows them, else plain bytes."""
        code = _FORMATS.get(self._dtype[1:]) if isinstance(self._dtype, str) else None
        if code is None or self._dtype[0] not in _NATIVE or self._order != "C" or 0 in self.shape:
            return self._items
        items: Any = self._items  # `cast` is typed for formats that are written out
        found: memoryview = items.cast(code, self.shape) if self.shape else items.cast(code)
        return found

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """What numpy and others make an array of (version 3 of the protocol)."""
        is_structured = not isinstance(self._dtype, str)
        interface: dict[str, Any] = {"version": 3, "shape": self.shape, "data": self._items}
        interface["typestr"] = f"|V{self._itemsize()}" if is_structured else self._dtype
        if self._order == "F":
            interface["strides"] = self._strides()
        return interface

    def __buffer__(self, _flags: int) -> memoryview:
        return self.data

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an array without dimensions has no length")
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<array of shape {self.shape} and dtype {self._dtype}>"

    def tobytes(self) -> bytes:
        """Return the items, in the order of the array."""
        return self._items.tobytes()

    def tolist(self) -> Any:
        """Return the items as nested lists.

        Raises:
            TypeError: Their type has no Python value without numpy.
        """
        if self.data is self._items and self._dtype != "|u1":
            raise TypeError(f"items of dtype {self._dtype} need numpy; install it here, or call `tolist` over there")
        return self.data.tolist()

    def _itemsize(self) -> int:
        count = 1
        for length in self.shape:
            count *= length
        return self._items.nbytes // count if count else 0

    def _strides(self) -> tuple[int, ...]:
        strides, step = [], self._itemsize()
        for length in self.shape:
            strides.append(step)
            step *= length
        return tuple(strides)
