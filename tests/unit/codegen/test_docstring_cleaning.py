"""Docstrings are cleaned of what breaks renderers, and of nothing else."""

from __future__ import annotations

import doctest
import importlib
import inspect
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakebridge.codegen._texts.cleaning import clean


def cleaned(text: str) -> str:
    return clean(textwrap.dedent(text).strip("\n"))


CASES = {
    "a fence that is open at the end": (
        """
        Run it.

        ```python
        run()
        """,
        """
        Run it.

        ```python
        run()
        ```
        """,
    ),
    "an open fence before prose": (
        """
        ```python
        first = 1

        second = 2

        The result is the second one.
        """,
        """
        ```python
        first = 1

        second = 2
        ```

        The result is the second one.
        """,
    ),
    "an open fence before a section": (
        """
        Example:
            ```
            run()

        Returns:
            Something.
        """,
        """
        Example:
            ```
            run()
            ```

        Returns:
            Something.
        """,
    ),
    "an open fence before the next one": (
        """
        ```python
        first()

        And then comes this:

        ```python
        second()
        ```
        """,
        """
        ```python
        first()
        ```

        And then comes this:

        ```python
        second()
        ```
        """,
    ),
    "a prompt without its blank": (
        """
        >>>total = add(1,
        ...2)
        >>>total
        3
        """,
        """
        >>> total = add(1,
        ... 2)
        >>> total
        3
        """,
    ),
    "an example that touches prose": (
        """
        Add two numbers:
        >>> add(1, 2)
        3
        """,
        """
        Add two numbers:

        >>> add(1, 2)
        3
        """,
    ),
    "quotes of manual pages": (
        """
        Send `s' to the server, as ``raw'' bytes (see `send_all', or the `--' option).
        """,
        """
        Send 's' to the server, as "raw" bytes (see 'send_all', or the '--' option).
        """,
    ),
    "overstruck and coloured text": ("N\bNA\bAME of \x1b[1mit\x1b[0m", "NAME of it"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_slip_is_mended(before, after):
    assert cleaned(before) == textwrap.dedent(after).strip("\n")


KEPT = {
    "closed fences": "```python\nrun()\n\nNot prose at all here.\n```\n\n~~~text\nleft open on purpose\n~~~",
    "a title that is underlined with tildes": "Title\n~~~~~\n\nText, and more text.",
    "inline code with apostrophes": "Use `f('a')`, ``it's``, `x = ''`, and `A' @ B`.",
    "the same over two lines": "Use `a name\nof two lines' length` and\n`don't`.",
    "a role": "See :func:`open`'s documentation, and `name`'s.",
    "quotes in a doctest": ">>> print(\"`a'\")\n`a'",
    "quotes in a literal block": "As it says::\n\n    use `this' command\n\nThen more.",
    "an ellipsis in what is expected": ">>> big()\n[1,\n...9]",
    "a marker of a merge": ">>>>>>> branch",
    "an example below a rule": "Examples\n--------\n>>> add(1, 2)\n3",
    "an example in a section": "Add.\n\nExample:\n    >>> add(1, 2)\n    3",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_is_no_slip_is_kept(text):
    assert clean(text) == text


@given(
    st.lists(st.sampled_from(["", "```", "```py", "~~~", ">>> a", ">>>a", "...b", "`q'", "``q''", "Text.", "  b::"]))
)
def test_cleaning_twice_is_cleaning_once(lines):
    once = clean("\n".join(["First.", *lines, "Last."]))
    assert clean(once) == once


@given(st.text(st.sampled_from("`'~>. \nAa:=\x08")))
def test_any_text_can_be_cleaned(text):
    once = clean(f"First.\n{text}\nLast.")
    assert clean(once) == once


@pytest.mark.parametrize(
    "name",
    ["collections", "difflib", "doctest", "email.message", "fractions", "heapq", "random", "statistics", "string"],
)
def test_examples_of_the_standard_library_stay_what_they_are(name):
    parser = doctest.DocTestParser()
    module = importlib.import_module(name)
    found = [module, *(one for one in vars(module).values() if getattr(one, "__module__", None) == name)]
    members = [member for one in found if isinstance(one, type) for member in vars(one).values()]
    docs = [one.__doc__ for one in (*found, *members) if isinstance(getattr(one, "__doc__", None), str)]
    assert docs
    for doc in docs:
        before, after = (parser.get_examples(text) for text in (inspect.cleandoc(doc), clean(doc)))
        assert [(one.source, one.want) for one in after] == [(one.source, one.want) for one in before]
