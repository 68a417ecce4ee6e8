# Tensors of torch in main memory, as their items in C order.
#
# Guarantees: dtype, shape and items are the same; a tensor that has more to it (a gradient, a device, a sparse or
# quantized form, attributes) is no value. Nothing needs numpy.
from __future__ import annotations

import ctypes
import sys
from importlib import import_module
from typing import Any

from snakebridge_guest.wire._packing import per_thread, unpack


def tensor(value: Any) -> bytes | None:
    """Return a tensor as bytes, or `None` when it would lose something."""
    torch = sys.modules["torch"]
    if value.device.type != "cpu" or value.layout is not torch.strided or value.requires_grad or value.is_quantized:
        return None
    if vars(value) or value.is_conj() or value.is_neg() or value.is_inference():
        return None
    items = value.contiguous()
    data = ctypes.string_at(items.data_ptr(), items.numel() * items.element_size()) if items.numel() else b""
    return per_thread.pack([str(value.dtype).rpartition(".")[2], list(value.shape), data])


def read_tensor(content: bytes) -> Any:
    """Return the tensor.

    Raises:
        ValueError: It is none.
    """
    name, shape, data = unpack(content, _nothing)
    torch = import_module("torch")
    dtype = getattr(torch, name, None)
    if type(dtype) is not torch.dtype:
        raise ValueError("torch has no dtype " + name)
    if not data:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


def _nothing(_code: int, _data: bytes) -> Any:
    raise ValueError("a tensor holds no extension")
