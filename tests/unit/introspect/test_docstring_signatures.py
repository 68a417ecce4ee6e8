"""Signatures that docstrings of compiled code open with."""

from __future__ import annotations

import time

import pytest

from snakebridge.introspect.docstrings import doc_signatures
from snakebridge.manifest import ParameterKind, Signature, Tier

_OVERLOADED = """scale(*args, **kwargs)
Overloaded function.

1. scale(self: m.Shape, by: int) -> None

Doc.

2. scale(self: m.Shape, by: float, about: Tuple[float, float] = (0, 0)) -> m.Shape
"""


def _text(signature: Signature) -> str:
    parts: list[str] = []
    kinds = [one.kind for one in signature.parameters]
    for place, one in enumerate(signature.parameters):
        stars = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}.get(one.kind, "")
        is_first = ParameterKind.KEYWORD not in kinds[:place] and ParameterKind.VARIADIC not in kinds[:place]
        if one.kind is ParameterKind.KEYWORD and is_first:
            parts.append("*")
        shown = stars + one.name + (f": {one.type}" if one.type else "")
        parts.append(shown + (f"={one.default.literal or '...'}" if one.default else ""))
        if one.kind is ParameterKind.POSITIONAL_ONLY and one.kind not in kinds[place + 1 :]:
            parts.append("/")
    return f"({', '.join(parts)})" + (f" -> {signature.returns}" if signature.returns else "")


@pytest.mark.parametrize(
    ("name", "doc", "expected"),
    [
        ("f", "f(a, b=1, *, key=None) -> int\n\nText.", ["(a, b=1, *, key=None) -> int"]),
        ("f", "f(a[, b[, c]])", ["(a, b=..., c=...)"]),
        ("f", "f(a [, b] [, c])\n", ["(a, b=..., c=...)"]),
        ("range", "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn it.",
         ["(stop) -> range", "(start, stop, step=...) -> range"]),
        ("arange", "arange([start,] stop[, step,], dtype=None, *, like=None)",
         ["(stop, step=..., dtype=None, *, like=None)", "(start, stop, step=..., dtype=None, *, like=None)"]),
        ("add", "add(x1, x2, /[, out], *, where=True, casting='same_kind', subok=True[, signature])",
         ["(x1, x2, /, out=..., *, where=True, casting='same_kind', subok=True, signature=...)"]),
        ("frexp", "frexp(x[, out1, out2], / [, out=(None, None)], *, where=True[, signature, extobj])",
         ["(x, out1=..., out2=..., /, out=(None, None), *, where=True, signature=..., extobj=...)"]),
        ("rand", "rand(d0, d1, ..., dn)\n\nRandom.", ["(*args)"]),
        ("set_ops", "set_ops(op1=func1, op2=func2, ...)", ["(**kwargs)"]),
        ("f", "f(x, ...)", ["(x, *args, **kwargs)"]),
        ("f", "f(x, y=1, ...)", ["(x, y=1, **kwargs)"]),
        ("concatenate", "concatenate((a1, a2, ...), axis=0, out=None)", ["(arg1, /, axis=0, out=None)"]),
        ("solve", "x,info = solve(a,b,[overwrite_a,lwork])", ["(a, b, overwrite_a=..., lwork=...)"]),
        ("as_euler", "Rotation.as_euler(self, seq, degrees=False)\nRepresent.", ["(seq, degrees=False)"]),
        ("f", "f(int a, double b=3, ndarray[double] e)", []),
        ("f", "f(int a, double[:] x, double b=3, bint c=True, str d=None)",
         ["(a: int, x, b: float=3, c: bool=True, d=None)"]),
        ("make", "make(type cls, quat)", ["(quat)"]),
        ("open", "open(module, self_test=False)", ["(module, self_test=False)"]),
        ("compile", "compile($module, source)", ["(source)"]),
        ("dtype", "dtype(dtype, align=False, copy=False, [metadata])",
         ["(dtype, align=False, copy=False, metadata=...)"]),
        ("array", "array(object, dtype=None,\n      order='K')\n\nText", ["(object, dtype=None, order='K')"]),
        ("f", "f(a, b=<no value>, c=np.float64, d=[1, 2], e={'x': 1}, g=np.inf)",
         ["(a, b=..., c=..., d=[1, 2], e={'x': 1}, g=inf)"]),
        ("qspline", "out = qspline(input, lambda=0.0, precision=-1.0)", ["(input, lambda=0.0, /, precision=-1.0)"]),
        ("conj", "conjugate(x, /, out=None)\n\nText", ["(x, /, out=None)"]),
        ("scale", _OVERLOADED,
         ["(by: int) -> None", "(by: float, about: tuple[float, float]=(0, 0))"]),
        ("f", "Do it.\n\nParameters\n----------\ncost : ndarray\nmaximize : bool, optional\n",
         ["(cost, maximize=...)"]),
        ("geterr", "Get it.\n\nReturns\n-------\nerr : dict\n    All.\n", ["()"]),
        ("f", "f() -> value", ["()"]),
        ("view", "a.view([dtype][, type])", ["(dtype=..., type=...)"]),
    ],
)  # fmt: skip
def test_opening_lines_are_signatures(name, doc, expected):
    assert [_text(one) for one in doc_signatures(doc, name)] == expected


@pytest.mark.parametrize(
    ("name", "doc"),
    [
        ("f", ""),
        ("f", "Do it."),
        ("f", "f(x) is the value of f at x."),
        ("f", "f(a, a)"),
        ("f", "f(a=1, b)"),
        ("f", "f(a, 1)"),
        ("f", "f(**k, a)"),
        ("f", "f(the first argument, and more)"),
        ("f", "f(a, b"),
        ("f", "Text first.\n\nf(a, b)"),
        ("f", "f(*, *, a)"),
        ("f", "Call g(x) for more."),
    ],
)
def test_text_that_is_no_signature_is_none(name, doc):
    assert doc_signatures(doc, name) == ()


def test_types_keep_their_tier():
    (signature,) = doc_signatures("f(a, int b) -> str", "f")
    assert [one.tier for one in signature.parameters] == [Tier.RUNTIME, Tier.DOCSTRING]
    assert signature.tier is Tier.DOCSTRING


@pytest.mark.parametrize(
    "doc",
    [
        "f(" * 100_000,
        "f(" + "[" * 5_000_000,
        "f(" + "a," * 1_000_000 + ")",
        "f(" + "(" * 3_000 + ")" * 3_000 + ")",
        "f(a='" + "x" * 1_000_000 + "')",
        "f(a\0, b\ud800)",
        "f(a)\n" * 1_000_000,
        "x = " * 1_000_000 + "f(a)",
        "Overloaded function.\n" + "1. f(a)\n" * 1_000_000,
        "f(a=" + "-" * 2_000 + "1)",
        "f" * 10_000_000,
        "f(a, b=<" + "<" * 3_000,
    ],
    ids=range(12),
)
def test_hostile_docstring_is_searched_in_bounded_time(doc):
    before = time.monotonic()
    doc_signatures(doc, "f")
    assert time.monotonic() - before < 5
