# MessagePack in pure Python, for interpreters where neither the target nor the overlay has the compiled one.
#
# Guarantees: the same bytes and the same objects as `msgpack.Packer(strict_types=True, use_bin_type=True)` and
# `msgpack.unpackb(raw=False, strict_map_key=False)` for everything the codec hands over; a test compares the two.
# Assumes: the codec has already turned everything but None, bool, int, float, str, bytes, list, dict and ExtType into
# ExtType. Specification: https://github.com/msgpack/msgpack/blob/master/spec.md
from __future__ import annotations

import struct
from collections import namedtuple
from typing import Any, Callable

ExtType = namedtuple("ExtType", "code data")  # noqa: PYI024 - the compiled one is exactly this

_ERRORS = "surrogatepass"


def _sized(length: int, small: Any, codes: Any) -> bytes:
    # `small` is (first byte, limit) of the form that keeps the length in the type byte, or None.
    if small is not None and length < small[1]:
        return bytes((small[0] | length,))
    for code, layout, limit in codes:
        if length < limit:
            return struct.pack(">B" + layout, code, length)
    raise ValueError("too large for a frame")


_STR = ((0xD9, "B", 1 << 8), (0xDA, "H", 1 << 16), (0xDB, "I", 1 << 32))
_BIN = ((0xC4, "B", 1 << 8), (0xC5, "H", 1 << 16), (0xC6, "I", 1 << 32))
_EXT = ((0xC7, "B", 1 << 8), (0xC8, "H", 1 << 16), (0xC9, "I", 1 << 32))
_LIST = ((0xDC, "H", 1 << 16), (0xDD, "I", 1 << 32))
_DICT = ((0xDE, "H", 1 << 16), (0xDF, "I", 1 << 32))
_FIXEXT = {1: 0xD4, 2: 0xD5, 4: 0xD6, 8: 0xD7, 16: 0xD8}
_UNSIGNED = ((0xCC, "B", 1 << 8), (0xCD, "H", 1 << 16), (0xCE, "I", 1 << 32), (0xCF, "Q", 1 << 64))
_SIGNED = ((0xD0, "b", 1 << 7), (0xD1, "h", 1 << 15), (0xD2, "i", 1 << 31), (0xD3, "q", 1 << 63))


def _pack_int(value: int) -> bytes | None:
    if -32 <= value < 128:
        return struct.pack(">b", value)
    if value >= 0:
        for code, layout, limit in _UNSIGNED:
            if value < limit:
                return struct.pack(">B" + layout, code, value)
        return None
    for code, layout, limit in _SIGNED:
        if value >= -limit:
            return struct.pack(">B" + layout, code, value)
    return None


def _pack(value: Any, default: Callable[[Any], Any], out: list[bytes]) -> None:
    kind = type(value)
    if value is None:
        out.append(b"\xc0")
    elif kind is bool:
        out.append(b"\xc3" if value else b"\xc2")
    elif kind is int:
        packed = _pack_int(value)
        if packed is None:
            _pack(default(value), default, out)
        else:
            out.append(packed)
    elif kind is float:
        out.append(struct.pack(">Bd", 0xCB, value))
    elif kind is str:
        data = value.encode("utf-8", _ERRORS)
        out.append(_sized(len(data), (0xA0, 32), _STR) + data)
    elif kind is bytes:
        out.append(_sized(len(value), None, _BIN))
        out.append(value)
    elif kind is list:
        out.append(_sized(len(value), (0x90, 16), _LIST))
        for item in value:
            _pack(item, default, out)
    elif kind is dict:
        out.append(_sized(len(value), (0x80, 16), _DICT))
        for key, item in value.items():
            _pack(key, default, out)
            _pack(item, default, out)
    elif kind is ExtType:
        size = len(value.data)
        fixed = _FIXEXT.get(size)
        head = bytes((fixed,)) if fixed else _sized(size, None, _EXT)
        out.append(head + struct.pack(">b", value.code))
        out.append(value.data)
    else:
        _pack(default(value), default, out)


class Packer:
    """The part of `msgpack.Packer` that the codec uses."""

    def __init__(self, *, default: Callable[[Any], Any], **_options: Any) -> None:
        self._default = default

    def pack(self, value: Any) -> bytes:
        """Return a value as bytes."""
        out: list[bytes] = []
        _pack(value, self._default, out)
        return b"".join(out)


class _Reader:
    def __init__(self, data: bytes, ext_hook: Callable[[int, bytes], Any]) -> None:
        self.data = data
        self.at = 0
        self.ext_hook = ext_hook

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise ValueError("a frame ends too early")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def number(self, layout: str) -> Any:
        return struct.unpack(">" + layout, self.take(struct.calcsize(layout)))[0]

    def text(self, size: int) -> str:
        return self.take(size).decode("utf-8", _ERRORS)

    def items(self, size: int) -> list[Any]:
        return [self.value() for _ in range(size)]

    def pairs(self, size: int) -> dict[Any, Any]:
        found = {}
        for _ in range(size):
            key = self.value()
            found[key] = self.value()
        return found

    def ext(self, size: int) -> Any:
        code = self.number("b")
        return self.ext_hook(code, self.take(size))

    def value(self) -> Any:
        first = self.take(1)[0]
        if first < 0x80:
            return first
        if first < 0x90:
            return self.pairs(first & 0x0F)
        if first < 0xA0:
            return self.items(first & 0x0F)
        if first < 0xC0:
            return self.text(first & 0x1F)
        if first >= 0xE0:
            return first - 0x100
        action = _ACTIONS.get(first)
        if action is None:
            raise ValueError("a frame holds an unknown type")
        return action(self)


_ACTIONS: dict[int, Callable[[_Reader], Any]] = {
    0xC0: lambda _: None,
    0xC2: lambda _: False,
    0xC3: lambda _: True,
    0xCA: lambda reader: reader.number("f"),
    0xCB: lambda reader: reader.number("d"),
}


def _register(method: str, codes: Any) -> None:
    for code, layout, _ in codes:
        _ACTIONS[code] = _action(method, layout)


def _action(method: str, layout: str) -> Callable[[_Reader], Any]:
    if method == "number":
        return lambda reader: reader.number(layout)
    return lambda reader: getattr(reader, method)(reader.number(layout))


def _fixed(size: int) -> Callable[[_Reader], Any]:
    return lambda reader: reader.ext(size)


for _method, _codes in (
    ("number", _UNSIGNED),
    ("number", _SIGNED),
    ("text", _STR),
    ("take", _BIN),
    ("ext", _EXT),
    ("items", _LIST),
    ("pairs", _DICT),
):
    _register(_method, _codes)
for _size, _code in _FIXEXT.items():
    _ACTIONS[_code] = _fixed(_size)


def unpackb(data: bytes, *, ext_hook: Callable[[int, bytes], Any], **_options: Any) -> Any:
    """Return the one value that `data` holds; raise ValueError when it is malformed."""
    reader = _Reader(data, ext_hook)
    value = reader.value()
    if reader.at != len(data):
        raise ValueError("a frame holds more than one value")
    return value
