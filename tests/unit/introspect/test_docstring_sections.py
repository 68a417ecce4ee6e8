"""Docstrings in the three styles, and their deprecations."""

from __future__ import annotations

import time

import pytest

from snakebridge.introspect.docstrings import Documented, read

_NUMPY = """Do it.

.. deprecated:: 1.2
    Use `other`
    instead.

Parameters
------------------
x, y : int
    Two numbers.
mode : {'a',
        'b'}, optional
    Several lines.
*args : float
    More.
**kwargs : dict
    Others.
.. versionadded:: 1.1
z: str, default "a"
    Without a space.

Other Parameters
----------------
w : bool
    Rarely used.

Returns
-------
out : int
    It.

Examples
--------
v : int
    Not a parameter.
"""
_GOOGLE = """Do it.

Args:
    x (int): A number.
    mode (str, optional): How.
    rest (List[str]): Others.

Returns:
    bool: Whether it worked.
"""
_SPHINX = """Do it.

:param int x: A number.
:param mode: How.
:type mode: str or None
:returns: Whether it worked.
:rtype: bool
"""


def _read(doc: str, **given) -> Documented:
    return read(doc, resolve=lambda _: None, **given)


def _shown(told: Documented) -> dict[str, str]:
    return {name: str(found) for name, found in told.parameters.items()}


def test_numpydoc_sections_are_read():
    told = _read(_NUMPY)
    assert _shown(told) == {
        "x": "int",
        "y": "int",
        "mode": "typing:Literal['a', 'b']",
        "args": "float",
        "z": "str",
        "w": "bool",
    }
    assert str(told.returns) == "int"
    assert told.deprecated == "since 1.2: Use `other` instead."


def test_indented_numpydoc_is_read():
    told = _read("Do it.\n\n    Parameters\n    ----------\n    x : int\n        A number.\n\n    More text.\n")
    assert _shown(told) == {"x": "int"}


def test_google_style_is_read():
    told = _read(_GOOGLE)
    assert _shown(told) == {"x": "int", "mode": "str", "rest": "list[str]"}
    assert str(told.returns) == "bool"
    assert told.deprecated is None


def test_sphinx_style_is_read():
    told = _read(_SPHINX)
    assert _shown(told) == {"x": "int", "mode": "str | None"}
    assert str(told.returns) == "bool"


def test_yields_are_no_returns():
    told = _read("Do it.\n\nYields\n------\nint\n    One.\n")
    assert (told.returns, str(told.yields)) == (None, "int")


def test_class_docstring_counts_where_the_constructor_is_silent():
    told = _read(
        "Make one.\n\nParameters\n----------\nx : int\n",
        class_doc="One.\n\nParameters\n----------\nx : str\ny : str\n",
    )
    assert _shown(told) == {"x": "int", "y": "str"}


def test_ignored_parameter_takes_anything():
    told = _read("Fit.\n\nParameters\n----------\ny : None\n    Ignored.\nz\n    Not used, present for consistency.\n")
    assert _shown(told) == {"y": "object", "z": "object"}


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Do it.", None),
        ("Do it.\n\n.. deprecated:: 1.2\n", "since 1.2"),
        ("Do it.\n\n.. deprecated::\n", ""),
        ("DEPRECATED: use `other`.", "use `other`."),
        ("Deprecated since version 2.0: gone soon.", "gone soon."),
        ("`thing` is deprecated, use `other` instead!", "`thing` is deprecated, use `other` instead!"),
        ("Do it.\n\nParameters\n----------\nx : int\n    .. deprecated:: 1.2\n", None),
        ("Tells whether something is deprecated: yes or no.", None),
    ],
    ids=["none", "version", "bare", "capitals", "sentence", "name", "of-a-parameter", "about"],
)
def test_deprecation_is_that_of_the_whole(doc, expected):
    assert _read(doc).deprecated == expected


@pytest.mark.parametrize(
    "doc",
    [
        "",
        "\0",
        "\ud800\n\nParameters\n----------\n\ud800 : int\n",
        "Parameters\n----------\n" + "x : int\n" * 200_000,
        "Parameters\n----------\n" * 100_000,
        "-" * 10_000_000,
        "\n---\n" * 1_000_000,
        "Args:\n" + "    x (int): y\n" * 300_000,
        ":param int x: y\n" * 300_000,
        ":param" + " " * 1_000_000,
        "Parameters\n----------\nx : (" + "(\n" * 500_000,
        ".. deprecated:: 1\n" + " \n" * 2_000_000,
        "Parameters\n----------\n" + "a, " * 1_000_000 + ": int",
    ],
    ids=range(13),
)
def test_hostile_docstring_is_read_in_bounded_time(doc):
    before = time.monotonic()
    _read(doc, class_doc=doc)
    assert time.monotonic() - before < 10
