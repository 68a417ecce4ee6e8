"""Scalars of numpy: exact where both sides have it, the nearest value elsewhere."""

from __future__ import annotations

import datetime as dt
import struct
import subprocess
import sys
import textwrap

import msgpack
import pytest

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec


def refuse(*value: object) -> object:
    raise AssertionError(f"not a value: {value!r}")


SCALARS = {
    "a number": ([b"<i4".decode(), struct.pack("<i", 7), 7], 7),
    "a time": (["<M8[D]", struct.pack("<q", 1), "1970-01-02"], "1970-01-02"),
}


@pytest.mark.parametrize("kind", SCALARS)
def test_numpy_scalar_is_the_nearest_value_for_a_side_without_numpy(kind):
    """In a process of its own, because whatever else runs in this one may have imported numpy."""
    payload, expected = SCALARS[kind]
    body = msgpack.packb(msgpack.ExtType(frames.SCALAR, msgpack.packb(payload)))
    code = f"import sys; from snakebridge_guest.wire.codec import Codec; assert 'numpy' not in sys.modules; sys.stdout.write(repr(Codec(None, None).loads({body!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == repr(expected)


NUMPY = ["int8(-1)", "uint64(2**64-1)", "float32(0.1)", "longdouble(1)/3", "complex64(1j)", "bool_(True)", "str_('é')",
         "bytes_(b'x')", "str_('')", "bytes_(b'')", "str_('a\\0')", "bytes_(b'a\\0')", "datetime64('2024-01-02T03')", "timedelta64(5, 'ns')"]  # fmt: skip


def test_numpy_scalar_crosses_exactly_between_sides_with_numpy():
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    for text in NUMPY:
        scalar = eval(text, vars(numpy))
        both = Codec(refuse, refuse, lambda _kind, library: library == "numpy")
        found = both.loads(both.dumps([scalar]))[0]
        assert (type(found), found.dtype, found.tobytes()) == (type(scalar), scalar.dtype, scalar.tobytes()), text
        assert found == scalar, text


EXACT_TIMES = {
    "datetime64('2024-01-02')": dt.date(2024, 1, 2),
    "datetime64('2024-01-02T03', 'h')": dt.datetime(2024, 1, 2, 3),
    "datetime64('2024-01-02T03:04:05.000006')": dt.datetime(2024, 1, 2, 3, 4, 5, 6),
    "timedelta64(-5, 'D')": dt.timedelta(-5),
    "timedelta64(5, 'ms')": dt.timedelta(milliseconds=5),
}


@pytest.mark.parametrize("text", EXACT_TIMES)
def test_numpy_time_is_a_built_in_one_for_a_side_without_numpy_when_that_is_exact(text):
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    packed = msgpack.unpackb(Codec(refuse, refuse).dumps(eval(text, vars(numpy))))
    item = msgpack.unpackb(packed.data)[2]
    found = Codec(refuse, refuse).loads(msgpack.packb(item))
    assert (type(found), found) == (type(EXACT_TIMES[text]), EXACT_TIMES[text])


@pytest.mark.parametrize(
    "text",
    [
        *("datetime64('2024-01-02', 'ns')", "datetime64('2024-01', 'M')", "datetime64('2024')", "datetime64('NaT')"),
        *("timedelta64(5, 'ns')", "timedelta64(5, 'M')", "timedelta64(5)", "timedelta64('NaT')"),
        *("datetime64(10**6, 'Y')", "datetime64('20000-01-01')"),
    ],
)
def test_numpy_time_that_no_built_in_one_tells_is_a_reference_for_a_side_without_numpy(text):
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    scalar = eval(text, vars(numpy))
    referred: list[object] = []
    Codec(lambda value: (referred.append(value), (frames.OWNED, [1]))[1], refuse, lambda *_: False).dumps(scalar)
    assert referred[0] is scalar


def test_heir_of_a_numpy_scalar_is_not_flattened():
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    heir = type("Heir", (numpy.float64,), {})(1.5)
    referred: list[object] = []
    Codec(lambda value: (referred.append(value), (frames.OWNED, [1]))[1], refuse).dumps([heir])
    assert referred == [heir]
    assert referred[0] is heir


def test_numpy_scalar_stays_where_it_is_when_the_other_side_asks_for_that():
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    referred: list[object] = []
    codec = Codec(lambda value: (referred.append(value), (frames.OWNED, [1]))[1], refuse)
    codec.keeps_scalars = True
    codec.dumps([numpy.float64(1.5), 1.5])
    assert referred == [1.5]
    assert type(referred[0]) is numpy.float64


def test_generated_package_that_is_imported_as_numpy_is_none():
    code = """
        import sys, types
        sys.modules["numpy"] = types.ModuleType("numpy")  # it has no `generic`, nor anything else
        sys.modules["numpy._snakebridge"] = types.ModuleType("numpy._snakebridge")
        from snakebridge_guest.wire import arrays
        assert arrays.scalar(object()) is None
        assert not arrays.is_array(object())
        assert not arrays.is_here()
        assert arrays.read_scalar(["<i4", bytes(4), 7]) == 7
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=30, check=True)
