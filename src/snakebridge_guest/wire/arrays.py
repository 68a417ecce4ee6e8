"""Scalars, arrays and dtypes of numpy, exact: every one that holds no Python objects, in either order, writable or not.

Subclasses of `ndarray` and of the scalars are not flattened: they are no values. Nothing imports numpy to send; to
receive an array it is imported, because it was promised.
"""

from __future__ import annotations

import datetime  # noqa: ICN001 - the guest reads like the standard library
import sys
from importlib import import_module
from typing import Any, Callable

from snakebridge_guest.wire import frames
from snakebridge_guest.wire._leaves import LEAVES
from snakebridge_guest.wire._packing import ext, per_thread, unpack

_SCALARS = "biufcmMSU"
_ITEMS = _SCALARS + "V?"
_TIMES = "mM"
_PERIODS = frozenset({"Y", "M", "W"})  # of which `item` tells the first day
_BUILT_IN_TIMES = frozenset({datetime.date, datetime.datetime, datetime.timedelta})
_WORD = 8


def _loaded() -> Any:
    # A generated package that is imported as numpy is none: everything in it is over there.
    return None if "numpy._snakebridge" in sys.modules else sys.modules.get("numpy")


def scalar(value: Any, takes: Callable[[type, str], bool] | None = None) -> Any:
    """Return a scalar as an extension with the nearest built-in value beside it; `None` when it is none.

    Args:
        value: Anything.
        takes: Tells whether the other side makes the same of it; `None`: it does not. A time that no built-in value
            tells exactly is no value then.
    """
    numpy = _loaded()
    if numpy is None or not isinstance(value, numpy.generic):
        return None
    dtype = value.dtype
    if dtype.type is not type(value) or dtype.kind not in _SCALARS:
        return None
    item = _item(value) if dtype.kind not in _TIMES else _time(numpy, value)
    if item is None and (takes is None or not takes(type(value), "numpy")):
        return None
    leaf = LEAVES.get(type(item))
    return ext(frames.SCALAR, [dtype.str, value.tobytes(), item if leaf is None else leaf(item)])


def _item(scalar: Any) -> Any:
    # The nearest built-in value, for a side without numpy.
    kind = scalar.dtype.kind
    if kind in "SU":  # `item` would drop the zeros at the end
        return "".join(scalar) if kind == "U" else bytes(scalar)
    if kind in "fc":  # the `item` of a long double is a long double again
        return float(scalar) if kind == "f" else complex(scalar)
    return scalar.item()


def _time(numpy: Any, scalar: Any) -> Any:
    # A date, time or duration that is exactly this one; None when there is none: nanoseconds, months, not a time.
    item = scalar.item()
    if scalar.dtype.kind == "M" and numpy.datetime_data(scalar.dtype)[0] in _PERIODS:
        return None
    return item if type(item) in _BUILT_IN_TIMES else None


def read_scalar(payload: Any) -> Any:
    """Return the scalar, or the nearest built-in value on a side without numpy."""
    dtype, data, item = payload
    numpy = _loaded()
    if numpy is None:
        return item
    exact = numpy.dtype(dtype)
    # An array of texts drops the zeros at the end of each, and none can be made of an empty one's bytes.
    return exact.type(item) if exact.kind in "SU" else numpy.frombuffer(data, dtype=exact)[0]


def is_array(value: Any) -> bool:
    """Tell whether something is an array that can travel by value."""
    numpy = _loaded()
    return numpy is not None and type(value) is numpy.ndarray and _described(value.dtype) is not None


def array(value: Any) -> bytes:
    """Return an array as bytes: the length of a head, the head, the items."""
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    head = per_thread.pack([_described(value.dtype), list(value.shape), order, bool(value.flags.writeable)])
    return b"".join((len(head).to_bytes(_WORD, "little"), head, value.tobytes(order)))


def is_here() -> bool:
    """Tell whether this side has numpy, which is imported if it has."""
    try:
        import_module("numpy")
    except ImportError:
        return False
    return _loaded() is not None


def read_array(data: bytes) -> Any:
    """Return the array; one that was read-only looks into the bytes that came."""
    numpy = sys.modules["numpy"]
    dtype, shape, order, is_writable, items = parts(data)
    exact = _dtype(numpy, dtype)
    if exact.hasobject:
        raise ValueError("an array that arrives holds objects")
    found = numpy.ndarray(tuple(shape), exact, items, order=order)
    return found.copy(order) if is_writable else found


def parts(data: bytes) -> tuple[Any, list[int], str, bool, memoryview]:
    """Return what the bytes of an array say: dtype, shape, order, whether it may be written to, and its items."""
    length = int.from_bytes(data[:_WORD], "little")
    dtype, shape, order, is_writable = unpack(data[_WORD : _WORD + length], _nothing)
    return dtype, shape, order, is_writable, memoryview(data)[_WORD + length :]


def _described(dtype: Any) -> Any:
    """Return a dtype as text and lists, of which `_dtype` makes the same again; `None` when there is no such thing."""
    if dtype.hasobject or dtype.kind not in _ITEMS or dtype.metadata is not None:
        return None
    if dtype.subdtype is not None:
        inner = _described(dtype.subdtype[0])
        return None if inner is None else ["of", inner, list(dtype.shape)]
    if dtype.names is None:
        return dtype.str
    fields = []
    for name in dtype.names:
        kind, offset, *title = dtype.fields[name]
        inner = _described(kind)
        if inner is None or (title and type(title[0]) is not str):
            return None
        fields.append([name, inner, offset, title[0] if title else None])
    return ["fields", fields, dtype.itemsize, bool(dtype.isalignedstruct)]


def _dtype(numpy: Any, described: Any) -> Any:
    if type(described) is str:
        return numpy.dtype(described)
    word, inner, *rest = described
    if word == "of":
        return numpy.dtype((_dtype(numpy, inner), tuple(rest[0])))
    names, kinds, offsets, titles = map(list, zip(*inner)) if inner else ([], [], [], [])
    fields = {
        "names": names,
        "formats": [_dtype(numpy, one) for one in kinds],
        "offsets": offsets,
        "itemsize": rest[0],
    }
    if any(one is not None for one in titles):
        fields["titles"] = titles
    return numpy.dtype(fields, align=rest[1])


def kind(value: Any) -> Any:
    """Return a dtype or a class of numpy's as text and lists; `None` of anything else."""
    numpy = _loaded()
    if numpy is None:
        return None
    if isinstance(value, numpy.dtype):
        return "O" if value.type is numpy.object_ and value.metadata is None else _described(value)
    if not isinstance(value, type) or not issubclass(value, _classes(numpy)):
        return None
    name: str = value.__name__
    return ["class", name] if vars(numpy).get(name) is value else None


def _classes(numpy: Any) -> tuple[type, ...]:
    return numpy.generic, numpy.ndarray, numpy.dtype


def read_kind(described: Any) -> Any:
    """Return the dtype or class."""
    numpy = import_module("numpy")
    if type(described) is str or described[0] != "class":
        return _dtype(numpy, described)
    found = getattr(numpy, "bool_" if described[1] == "bool" else described[1])  # `bool` is none before numpy 2
    return found if issubclass(found, _classes(numpy)) else None


def _nothing(_code: int, _data: bytes) -> Any:
    raise ValueError("an array's head holds no extension")
