"""Arrays and tables: values where both sides make them, references elsewhere, and copied on request."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import snakebridge as sb


@pytest.fixture(scope="module")
def both(link):
    """A client whose workers have what this process has."""
    pytest.importorskip("numpy", reason="needs numpy in the host's own environment")
    with sb.connect(python=Path(sys.prefix), link=link, timeout=60) as connected:
        yield connected


def test_array_is_a_value_both_ways(both):
    numpy = pytest.importorskip("numpy")
    given = numpy.arange(6, dtype="f4").reshape(2, 3)
    doubled = both.call("numpy:multiply", given, 2)
    assert type(doubled) is numpy.ndarray
    assert (doubled == given * 2).all()
    assert doubled.dtype == given.dtype
    assert both.module("numpy").linalg.norm(given) == numpy.linalg.norm(given)


def test_array_inside_a_container_and_a_keyword_is_a_value(both):
    numpy = pytest.importorskip("numpy")
    found = both.call("builtins:dict", a=[numpy.arange(2)], b=numpy.float32(0.5))
    assert type(found["a"][0]) is numpy.ndarray
    assert type(found["b"]) is numpy.float32


@pytest.mark.parametrize("name", ["int8", "bool_", "number", "datetime64", "ndarray", "dtype"])
def test_class_of_numpy_that_is_given_is_the_same_over_there(both, name):
    numpy = pytest.importorskip("numpy")
    given = getattr(numpy, name)
    assert both.call("operator:is_", given, both.module("numpy").generic) is False
    assert both.call("builtins:repr", [given]) == repr([given])
    assert both.call("builtins:isinstance", given, type) is True


@pytest.mark.parametrize("text", ["i4", "O", "m8[ns]", ">f8", "i4,f8", "(2,3)u1", "U3"])
def test_dtype_that_is_given_is_one_over_there(both, text):
    numpy = pytest.importorskip("numpy")
    given = numpy.dtype(text)
    assert both.call("builtins:repr", given) == repr(given)
    assert both.module("numpy").zeros(2, dtype=given).dtype == numpy.zeros(2, dtype=given).dtype


def test_frame_takes_types_and_patterns_of_the_host(both):
    numpy = pytest.importorskip("numpy")
    pandas = both.module("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["foo", "FOO"]})
    assert pandas.api.types.is_numeric_dtype(numpy.uint64)
    assert both.call("builtins:str", pandas.Series([1, 2], dtype=numpy.int8).dtype) == "int8"
    replaced = frame.replace(re.compile("^fo+", flags=re.IGNORECASE), "new", regex=True)
    assert list(replaced["b"]) == ["new", "new"]


def test_array_that_is_given_is_a_copy(both):
    numpy = pytest.importorskip("numpy")
    given = numpy.zeros(3)
    both.call("numpy:copyto", given, 1.0)
    assert given.tolist() == [0, 0, 0]


def test_array_of_objects_is_a_reference_that_behaves(both):
    numpy = pytest.importorskip("numpy")
    found = both.call("numpy:array", [both.call("builtins:object"), None], dtype=object)
    assert not isinstance(found, numpy.ndarray)
    assert len(found) == 2


def test_large_array_crosses(both):
    numpy = pytest.importorskip("numpy")
    large = numpy.arange(3_000_000, dtype="f8")
    assert (both.call("numpy:negative", large) == -large).all()


def test_value_copies_what_stays_over_there(both):
    counted = both.call("collections:OrderedDict", [("b", 1), ("a", [2])])
    assert type(counted) is not dict
    assert sb.value(counted) == {"b": 1, "a": [2]}
    assert type(sb.value(counted)) is dict
    assert sb.value("mine") == "mine"
    with pytest.raises(sb.SnakebridgeError, match="a threading:Thread has no value"):
        sb.value(both.call("threading:Thread"))


def test_frame_of_pandas_crosses(both):
    pandas = pytest.importorskip("pandas", reason="needs pandas in the host's own environment")
    pytest.importorskip("pyarrow", reason="needs pyarrow in the host's own environment")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["p", "q"])
    found = both.call("copy:copy", frame)
    pandas.testing.assert_frame_equal(found, frame)


def test_tensor_crosses_unless_it_has_more_than_items(both):
    torch = pytest.importorskip("torch", reason="needs torch in the host's own environment")
    kinds = (torch.float32, torch.bfloat16, torch.bool, torch.int64, torch.complex64)
    given = [torch.arange(6).reshape(2, 3).t().to(kind) for kind in kinds]
    given += [torch.tensor(1.5), torch.empty(0, 3), torch.arange(10)[::3]]
    for tensor in given:
        found = both.call("copy:copy", tensor)
        assert type(found) is torch.Tensor
        assert (found.dtype, found.shape) == (tensor.dtype, tensor.shape)
        assert torch.equal(found, tensor)
    found[0] = 7  # writable, and a copy
    assert given[-1][0] == 0
    grown = both.call("torch:ones", 2, requires_grad=True)
    assert not isinstance(grown, torch.Tensor)
    assert sb.value(grown.detach()).tolist() == [1, 1]
    with_gradient = torch.ones(2, requires_grad=True)
    assert both.call("builtins:list", [with_gradient])[0] is with_gradient


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None  # as if it were not installed
import snakebridge as sb
with sb.connect(python=sys.argv[1], timeout=60) as client:
    remote = client.module("numpy").arange(6, dtype="i4").reshape(2, 3)
    assert remote.sum() == 15
    view = sb.value(remote)
    assert type(view) is sb.ArrayView, view
    assert (view.shape, view.dtype, view.ndim, view.nbytes, len(view)) == ((2, 3), "<i4", 2, 24, 2)
    assert view.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert view.data[1, 2] == 5 and view.data.readonly
    assert view.__array_interface__["typestr"] == "<i4"
    if sys.version_info >= (3, 12):
        assert memoryview(view)[1, 2] == 5
    times = sb.value(client.module("numpy").array(["2024-01-01"], dtype="M8[D]"))
    try:
        times.tolist()
    except TypeError as error:
        assert "need numpy" in str(error)
    assert len(times.tobytes()) == 8
print("done")
"""


def test_program_without_numpy_gets_a_view(both, tmp_path):
    # `find_spec` finds it although importing fails, so what is hidden is hidden from both.
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text(
        "import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda n, p=None: None if n == 'numpy' else f(n, p)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMPY, sys.prefix],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert done.stdout == "done\n", done.stderr
