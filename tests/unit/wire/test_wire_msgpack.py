"""The pure-Python MessagePack and the compiled one: the same bytes, the same objects, the same refusals."""

from __future__ import annotations

import struct

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakebridge_guest.wire import _msgpack

BIG = 77
ERRORS = "surrogatepass"


def big(kind):
    # What the codec does with what does not fit 64 bits.
    return lambda value: kind(BIG, str(value).encode())


def compiled_pack(value: object) -> bytes:
    options = {"strict_types": True, "use_bin_type": True, "unicode_errors": ERRORS}
    return msgpack.Packer(default=big(msgpack.ExtType), **options).pack(value)


def compiled_unpack(data: bytes) -> object:
    return msgpack.unpackb(
        data, raw=False, strict_map_key=False, ext_hook=msgpack.ExtType, unicode_errors=ERRORS, timestamp=0
    )


def pure_pack(value: object) -> bytes:
    return _msgpack.Packer(default=big(_msgpack.ExtType), strict_types=True).pack(value)


def pure_unpack(data: bytes) -> object:
    return _msgpack.unpackb(data, ext_hook=_msgpack.ExtType)


def pure(value: object) -> object:
    """Return the value with the extension type of the pure one."""
    if isinstance(value, msgpack.ExtType):
        return _msgpack.ExtType(value.code, value.data)
    if type(value) is list:
        return [pure(item) for item in value]
    if type(value) is dict:
        return {pure(key): pure(item) for key, item in value.items()}
    return value


EXTENSIONS = st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=20))
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)
KEYS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=40) | EXTENSIONS
VALUES = st.recursive(
    KEYS, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(KEYS, inner, max_size=20), max_leaves=15
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_both_make_the_same_bytes_and_read_the_same_objects(value):
    data = compiled_pack(value)
    assert pure_pack(pure(value)) == data
    # By text, because a NaN equals nothing, and 0.0 equals -0.0.
    assert repr(pure_unpack(data)) == repr(pure(compiled_unpack(data)))


EDGES = sorted({edge + near for edge in (0, 16, 32, 128, 256, 1 << 16) for near in (-1, 0, 1)} - {-1})
INTEGERS = sorted({
    sign * (1 << bits) + near for sign in (1, -1) for bits in (0, 5, 7, 8, 15, 16, 31, 32, 63, 64, 65) for near in (-1, 0, 1)
})  # fmt: skip
SIZED = {
    "str": lambda size: "x" * size,
    "wide str": lambda size: "é" * (size // 2) + "x" * (size % 2),
    "bytes": lambda size: b"x" * size,
    "extension": lambda size: msgpack.ExtType(5, b"x" * size),
    "list": lambda size: [None] * size,
    "dict": lambda size: dict.fromkeys(range(size)),
}


@pytest.mark.parametrize("kind", SIZED)
def test_sizes_at_every_boundary_agree(kind):
    for size in EDGES:
        value = SIZED[kind](size)
        data = compiled_pack(value)
        assert pure_pack(pure(value)) == data, size
        assert pure_unpack(data) == pure(value), size


def test_integers_at_every_boundary_agree():
    for number in INTEGERS:
        data = compiled_pack(number)
        assert pure_pack(number) == data, number
        assert pure_unpack(data) == pure(compiled_unpack(data)), number


def test_float32_of_another_writer_is_read():
    data = b"\xca" + struct.pack(">f", 1.5)
    assert pure_unpack(data) == compiled_unpack(data) == 1.5


WIDER = {
    "uint64 for 1": b"\xcf" + b"\0" * 7 + b"\x01",
    "int64 for 1": b"\xd3" + b"\0" * 7 + b"\x01",
    "str32 for x": b"\xdb\0\0\0\x01x",
    "bin32 for x": b"\xc6\0\0\0\x01x",
    "array32 of nil": b"\xdd\0\0\0\x01\xc0",
    "map32 of nil": b"\xdf\0\0\0\x01\xc0\xc0",
    "ext32 of x": b"\xc9\0\0\0\x01\x05x",
}


@pytest.mark.parametrize("data", WIDER.values(), ids=WIDER)
def test_wider_forms_of_another_writer_are_read(data):
    assert pure_unpack(data) == pure(compiled_unpack(data))


BROKEN = {
    "nothing": b"",
    "a type without its value": b"\xcd\x01",
    "a string cut short": b"\xa5abc",
    "a list cut short": b"\x93\x01",
    "a huge list that is not there": b"\xdd\xff\xff\xff\xff",
    "a map without its value": b"\x81\x01",
    "the type that is never used": b"\xc1",
    "two values": b"\x01\x02",
    "text that is no UTF-8": b"\xa1\xff",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_both_refuse_broken_bytes_as_value_errors(data):
    for unpack in (pure_unpack, compiled_unpack):
        with pytest.raises(ValueError):
            unpack(data)


def test_an_unhashable_key_is_a_type_error_in_both():
    for unpack in (pure_unpack, compiled_unpack):
        with pytest.raises(TypeError):
            unpack(b"\x81\x90\xc0")


def outcome(unpack, data: bytes) -> str:
    try:
        return repr(pure(unpack(data)))
    except (ValueError, TypeError):
        return "refused"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes_are_read_alike(data):
    # Negative codes are MessagePack's own; neither side sends one, and the compiled one makes a Timestamp of -1.
    def hook(code: int, data: bytes) -> object:
        return (code & 0x7F, data)

    def compiled(data: bytes) -> object:
        found = msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=hook, unicode_errors=ERRORS)
        return "Timestamp" if "Timestamp(" in repr(found) else found

    expected = outcome(compiled, data)
    if "Timestamp" not in expected:
        assert outcome(lambda data: _msgpack.unpackb(data, ext_hook=hook), data) == expected


def test_what_fits_no_form_is_refused():
    with pytest.raises(ValueError, match="too large"):
        _msgpack._sized(1 << 32, None, _msgpack._BIN)
