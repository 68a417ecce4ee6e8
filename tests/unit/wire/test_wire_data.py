"""Arrays and tables as bytes and back; every test needs its library in the host's own environment."""

from __future__ import annotations

import subprocess
import sys

import pytest

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec

REFERRED: list[object] = []


def refer(value: object) -> tuple[int, list[int]]:
    REFERRED.append(value)
    return frames.OWNED, [len(REFERRED) - 1]


def through(value: object) -> object:
    """Send a value to a side that makes all data, and back."""
    REFERRED.clear()
    codec = Codec(refer, lambda _, payload: REFERRED[payload[0]], lambda *_: True)
    return codec.loads(codec.dumps(value))


ARRAYS = {
    "bool": "array([True, False])",
    "int8": "arange(3, dtype='i1')",
    "uint64": "array([2**64 - 1], dtype='u8')",
    "float16": "array([0.5, -0.0, inf], dtype='f2')",
    "nan payload": "frombuffer(b'\\x01\\x00\\x00\\x00\\x00\\x00\\xf8\\x7f')",
    "longdouble": "array([1, 2], dtype='longdouble') / 3",
    "complex": "array([1j, complex('nan')])",
    "clongdouble": "array([1j], dtype='clongdouble')",
    "big endian": "array([1, 2], dtype='>i4')",
    "bytes": "array([b'a', b'bcd'])",
    "text": "array(['a', 'é\\U0001f40d'])",
    "void": "array([b'ab'], dtype='V2')",
    "datetime": "array(['2024-01-02T03', 'NaT'], dtype='M8[h]')",
    "timedelta": "array([1, -1], dtype='m8[25us]')",
    "structured": "array([(1, 2.5)], dtype=[('a', 'i4'), ('b', '>f8')])",
    "titled": "zeros(2, dtype=[(('title', 'a'), 'i2')])",
    "nested structure": "zeros(2, dtype=[('a', [('b', 'u1'), ('c', 'f4', (2, 3))])])",
    "padded structure": "zeros(2, dtype=dtype({'names': ['a'], 'formats': ['i4'], 'offsets': [4], 'itemsize': 16}))",
    "aligned structure": "zeros(1, dtype=dtype([('a', 'i1'), ('b', 'i4')], align=True))",
    "structure without fields": "zeros(2, dtype=[])",
    "no dimensions": "array(5.0)",
    "no items": "zeros((0, 3), dtype='i2')",
    "empty in the middle": "zeros((2, 0, 3))",
    "C order": "arange(24).reshape(2, 3, 4)",
    "Fortran order": "arange(6).reshape(2, 3).copy('F')",
    "transposed": "arange(24).reshape(2, 3, 4).T",
    "not contiguous": "arange(24).reshape(4, 6)[::2, ::-3]",
    "broadcast": "broadcast_to(array([1, 2]), (3, 2))",
}


@pytest.mark.parametrize("name", ARRAYS)
def test_array_crosses_exactly(name):
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    array = eval(ARRAYS[name], {**vars(numpy), "complex": complex})
    for is_writable in (True, False):
        array = array.copy("K") if is_writable else array.view()
        array.flags.writeable = is_writable
        found = through([array])[0]
        assert found is not array
        assert type(found) is numpy.ndarray
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        # What lies between the fields of a structure is nobody's, and not copied.
        assert found.tobytes() == array.tobytes() or found.tolist() == array.tolist()
        assert (found.dtype.fields, found.dtype.isalignedstruct) == (array.dtype.fields, array.dtype.isalignedstruct)
        assert found.flags.writeable is is_writable
        if array.flags.c_contiguous or array.flags.f_contiguous:
            assert (found.flags.c_contiguous, found.flags.f_contiguous) == (
                array.flags.c_contiguous,
                array.flags.f_contiguous,
            )


OBJECTS = {
    "objects": "array([object(), None], dtype=object)",
    "objects in a structure": "zeros(1, dtype=[('a', object)])",
    "an heir": "array([1, 2]).view(type('Heir', (ndarray,), {}))",
    "a matrix of masks": "ma.array([1, 2], mask=[0, 1])",
    "metadata": "zeros(1, dtype=dtype('i4', metadata={'a': 1}))",
}


@pytest.mark.parametrize("name", OBJECTS)
def test_array_that_is_more_than_its_items_is_a_reference(name):
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    array = eval(OBJECTS[name], {**vars(numpy), "ma": numpy.ma})
    assert through([array])[0] is array


def test_array_is_a_reference_for_a_side_that_does_not_make_it():
    numpy = pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    array = numpy.arange(3)
    REFERRED.clear()
    codec = Codec(refer, lambda _, payload: REFERRED[payload[0]], lambda _, library: library != "numpy")
    assert codec.loads(codec.dumps({"a": array}))["a"] is array


def frames_of(pandas):
    index = pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None])
    zoned = pandas.date_range("2024-01-01", periods=2, tz="Europe/Paris", name="when")
    return {
        "numbers": pandas.DataFrame({"a": [1, 2], "b": [0.5, None]}),
        "texts": pandas.DataFrame({"a": ["x", None], "b": ["é", ""]}),
        "times": pandas.DataFrame({"a": [1, 2]}, index=zoned),
        "two levels": pandas.DataFrame({"a": [1.5, 2.5]}, index=index),
        "categories": pandas.DataFrame({"a": pandas.Categorical(["x", "y"], ordered=True)}),
        "empty": pandas.DataFrame({"a": []}),
        "nullable": pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64")}),
        "a series": pandas.Series([1, 2], name="s", index=["p", "q"]),
        "an unnamed series": pandas.Series([True, False]),
    }


FRAMES = (
    *("numbers", "texts", "times", "two levels", "categories", "empty", "nullable", "a series", "an unnamed series"),
)


@pytest.mark.parametrize("name", FRAMES)
def test_frame_of_pandas_crosses_exactly(name):
    pandas = pytest.importorskip("pandas", reason="needs pandas in the host's own environment")
    pytest.importorskip("pyarrow", reason="needs pyarrow in the host's own environment")
    frame = frames_of(pandas)[name]
    found = through([frame])[0]
    assert found is not frame
    check = pandas.testing.assert_frame_equal if frame.ndim == 2 else pandas.testing.assert_series_equal
    check(found, frame, check_freq=False)


def test_frame_that_arrow_would_change_is_a_reference():
    pandas = pytest.importorskip("pandas", reason="needs pandas in the host's own environment")
    pytest.importorskip("pyarrow", reason="needs pyarrow in the host's own environment")
    told = pandas.DataFrame({"a": [1]})
    told.attrs["unit"] = "m"
    mixed = pandas.DataFrame({"a": [1, "x", object()]})
    twice = pandas.DataFrame([[1, 2]], columns=["a", "a"])
    numbered = pandas.DataFrame({"a": [1]}, index=pandas.Index([1], dtype="int8"))
    for frame in (told, mixed, twice):
        assert through([frame])[0] is frame
    pandas.testing.assert_frame_equal(through([numbered])[0], numbered)


def test_tables_of_arrow_cross_exactly():
    pyarrow = pytest.importorskip("pyarrow", reason="needs pyarrow in the host's own environment")
    table = pyarrow.table({"a": [1, 2], "b": ["x", None]}).replace_schema_metadata({"k": "v"})
    batch = table.to_batches()[0]
    found = through([table, batch])
    assert found[0].equals(table, check_metadata=True)
    assert type(found[1]) is pyarrow.RecordBatch
    assert found[1].equals(batch)


POLARS = """
import polars
from snakebridge_guest.wire.codec import Codec

codec = Codec(None, None, lambda *_: True)
frame = polars.DataFrame({"a": [1, None], "b": [[1.5], []], "c": ["x", "é"]})
found = codec.loads(codec.dumps([frame, frame["b"]]))
assert found[0].equals(frame) and found[0].schema == frame.schema
assert found[1].equals(frame["b"]) and found[1].name == "b"
"""


def test_tables_of_polars_cross_exactly():
    """In a process of its own, because polars never gives back its threads."""
    pytest.importorskip("polars", reason="needs polars in the host's own environment")
    subprocess.run([sys.executable, "-c", POLARS], check=True, timeout=60)
