# Tables: pyarrow's tables and batches, frames and series of polars and pandas, as Arrow's own format; and tensors.
#
# Guarantees: what arrives equals what was sent, types and index included; where Arrow's form would lose something
# (objects, attributes, odd indexes), it is no value and stays a reference. Libraries are imported when they are needed.
from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import Any, Callable

from snakebridge_guest.wire._tensors import read_tensor, tensor

_LARGEST_CHECKED = 1 << 16  # rows; of longer ones the first and the last are compared


def dumps(value: Any) -> list[Any] | None:
    """Return `[kind, content]`, or `None` when it is no table or would lose something."""
    module, name = type(value).__module__.partition(".")[0], type(value).__name__
    write = _WRITERS.get((module, name))
    if write is None or getattr(sys.modules.get(module), name, None) is not type(value):
        return None
    try:
        content = write(value)
    except Exception:  # each library has errors of its own for what it cannot say in Arrow's terms
        return None
    return None if content is None else [module + "." + name, content]


def loads(payload: Any) -> Any:
    """Return the table.

    Raises:
        LookupError: This side lacks its library.
        ValueError: It is no table.
    """
    kind, content = payload
    read = _READERS.get(kind)
    if read is None or type(content) is not bytes:
        raise ValueError("a table of an unknown kind")
    try:
        return read(content)
    except ImportError as error:
        raise LookupError("this Python cannot make a " + kind + ": " + str(error)) from None
    except Exception as error:  # the library's own errors; the bytes come from elsewhere
        raise ValueError("a " + kind + " that cannot be read: " + str(error)) from None


def _arrow(value: Any) -> bytes:
    pyarrow = sys.modules["pyarrow"]
    sink = io.BytesIO()
    with pyarrow.ipc.new_stream(sink, value.schema) as writer:
        writer.write(value)
    return sink.getvalue()


def _read_arrow(content: bytes) -> Any:
    with import_module("pyarrow").ipc.open_stream(content) as reader:
        return reader.read_all()


def _read_batch(content: bytes) -> Any:
    with import_module("pyarrow").ipc.open_stream(content) as reader:
        return reader.read_next_batch()


def _polars(value: Any) -> bytes | None:
    if any(str(kind).startswith("Object") for kind in value.dtypes):
        return None
    sink = io.BytesIO()
    value.write_ipc(sink)
    return sink.getvalue()


def _polars_series(value: Any) -> bytes | None:
    return _polars(value.to_frame())


def _read_polars(content: bytes) -> Any:
    return import_module("polars").read_ipc(io.BytesIO(content))


def _read_polars_series(content: bytes) -> Any:
    return _read_polars(content).to_series()


def _pandas(value: Any) -> bytes | None:
    if value.attrs or not value.columns.is_unique:
        return None
    content = _arrow(import_module("pyarrow").Table.from_pandas(value))
    # What Arrow says of it must be the same again, down to the index; long ones are compared at both ends.
    back = _read_arrow(content).to_pandas()
    same = back.shape == value.shape and (back.dtypes == value.dtypes).all() and _same_index(back.index, value.index)
    part = slice(None) if len(value) <= _LARGEST_CHECKED else [*range(100), *range(-100, 0)]
    return content if same and type(back) is type(value) and back.iloc[part].equals(value.iloc[part]) else None


def _same_index(one: Any, other: Any) -> bool:
    return bool(type(one) is type(other) and one.dtype == other.dtype and list(one.names) == list(other.names))


def _pandas_series(value: Any) -> bytes | None:
    name = value.name
    if name is not None and type(name) is not str:
        return None
    if value.attrs:
        return None
    return _pandas(value.to_frame(_UNNAMED if name is None else name))


def _read_pandas(content: bytes) -> Any:
    import_module("pandas")
    return _read_arrow(content).to_pandas()


def _read_pandas_series(content: bytes) -> Any:
    found = _read_pandas(content).iloc[:, 0]
    return found.rename(None) if found.name == _UNNAMED else found


_UNNAMED = "__snakebridge_unnamed__"
_WRITERS: dict[tuple[str, str], Callable[[Any], bytes | None]] = {
    ("pyarrow", "Table"): _arrow,
    ("pyarrow", "RecordBatch"): _arrow,
    ("polars", "DataFrame"): _polars,
    ("polars", "Series"): _polars_series,
    ("pandas", "DataFrame"): _pandas,
    ("pandas", "Series"): _pandas_series,
    ("torch", "Tensor"): tensor,
}
_READERS: dict[str, Callable[[bytes], Any]] = {
    "pyarrow.Table": _read_arrow,
    "pyarrow.RecordBatch": _read_batch,
    "polars.DataFrame": _read_polars,
    "polars.Series": _read_polars_series,
    "pandas.DataFrame": _read_pandas,
    "pandas.Series": _read_pandas_series,
    "torch.Tensor": read_tensor,
}
