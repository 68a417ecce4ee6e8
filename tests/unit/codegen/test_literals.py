"""Every string and value of generated code goes through one function; nothing gets out of it."""

from __future__ import annotations

import ast
import inspect
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakebridge.codegen._functions.literals import NoLiteralError, docstring, literal, read, words

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.binary(max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(VALUES)
def test_literal_reads_back_as_the_value(value):
    try:
        text = literal(value)
    except NoLiteralError:
        return
    assert ast.literal_eval(text) == value
    assert text.isprintable()


@given(st.text())
def test_text_stays_inside_its_literal(text):
    assert ast.literal_eval(literal(text)) == text


@given(st.text(st.characters() | st.sampled_from("\"'\\\n\t ")))
def test_docstring_stays_inside_its_quotes(text):
    written = docstring(text, "    ")
    if written is None:
        assert not inspect.cleandoc(text.replace("\r", "\n")).strip()
        return
    module = ast.parse(f"def f() -> None:\n    {written}\n")
    function = module.body[0]
    assert len(module.body) == 1
    assert len(function.body) == 1
    assert isinstance(ast.get_docstring(function), str)


def test_docstrings_and_literals_are_left_alone_by_a_formatter(tmp_path):
    texts = [
        "plain",
        'ends with "quotes"',
        '"starts" with them',
        "ends with \\",
        "two\n\n   indented\n\ttab\n",
        'three """ quotes\nand """',
        "a\r\nb\x0cc\u2028d\u202ee",
        "\\\n\\\\",
        '"',
        "'''",
    ]
    functions = "\n\n".join(f"def f{n}() -> None:\n    {docstring(text, '    ')}\n" for n, text in enumerate(texts))
    values = [*texts, 1e16, 1.5e-7, 2j, b"'\"\xff", ("a",), ["a", {"b": {1, 2}}], -1, 'it\'s "both"']
    constants = "\n".join(f"x{n} = {literal(value)}" for n, value in enumerate(values))
    path = tmp_path / "sample.py"
    path.write_text(f"{constants}\n\n\n{functions}", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--isolated",
            "--no-cache",
            "--line-length",
            "320",
            "--diff",
            str(path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("__import__('os').system('true')", id="call"),
        pytest.param("f'{1}'", id="f-string"),
        pytest.param("[1 for _ in (1,)]", id="comprehension"),
        pytest.param("1; import os", id="two-statements"),
        pytest.param("[" * 90 + "]" * 90, id="deep"),
        pytest.param("'" + "x" * 1000 + "'", id="long"),
        pytest.param("lambda: 1", id="lambda"),
        pytest.param("", id="empty"),
        pytest.param("\x00", id="null"),
    ],
)
def test_what_is_no_short_literal_is_refused(source):
    with pytest.raises(NoLiteralError):
        literal(read(source))


@pytest.mark.parametrize(
    "value", [object(), set(), 1 + 2j, ..., 1 << 2000, frozenset({1})], ids=lambda value: type(value).__name__
)
def test_value_without_a_literal_is_refused(value):
    with pytest.raises(NoLiteralError):
        literal(value)


def test_special_floats_need_the_builtin_and_name_it_where_it_is_shadowed():
    assert math.isnan(read("nan"))
    assert literal(read("-inf")) == 'float("-inf")'
    assert literal((read("nan"),), builtins="_b.") == '(_b.float("nan"),)'


def test_sets_are_written_in_one_order():
    assert literal({"b", "a", "c"}) == '{"a", "b", "c"}'


def test_invalid_escapes_of_a_library_do_not_warn():
    assert read(r"'\d'") == r"\d"


def test_words_read_back_as_the_addresses():
    assert ast.literal_eval(words(["lib:f", "lib.é:C.__get__"], "    ")).split() == ["lib:f", "lib.é:C.__get__"]


@pytest.mark.parametrize("text", ["", "a b", 'a"""', "a\\", "a\n", "a\u2028b", "a()"])
def test_words_refuse_what_is_no_address(text):
    with pytest.raises(NoLiteralError):
        words(["lib:f", text], "")
