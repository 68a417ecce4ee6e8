"""Docstrings of every style become HTML, and nothing but HTML of ours."""

from __future__ import annotations

import html.parser
import re
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakebridge.pages._prose import prose

EXTERNAL = '<a href="{}" rel="noopener noreferrer">{}</a>'
PLACES = {"lib.f": "lib.html#f", "f": "lib.html#f"}


def written(text: str) -> str:
    return str(prose(textwrap.dedent(text).strip("\n"), PLACES.get))


CASES = {
    "paragraphs": ("One\nline.\n\nTwo.", "<p>One\nline.</p>\n<p>Two.</p>"),
    "a section of numpy": (
        "Returns\n-------\nx : int\n    The number.",
        "<h4>Returns</h4>\n<dl><dt>x : int</dt><dd><p>The number.</p></dd></dl>",
    ),
    "a section of Google": (
        "Args:\n    x: The number.\n\nThen.",
        "<h4>Args</h4>\n<p>x: The number.</p>\n<p>Then.</p>",
    ),
    "fields of Sphinx": (
        ":param x: The number.\n:returns: Another.",
        "<dl><dt>param x</dt><dd><p>The number.</p></dd><dt>returns</dt><dd><p>Another.</p></dd></dl>",
    ),
    "an example": (
        ">>> f(1) < 2\nTrue\n\nText.",
        '<pre class="example">&gt;&gt;&gt; f(1) &lt; 2\nTrue</pre>\n<p>Text.</p>',
    ),
    "a fence": ("```python\nf(1)\n\ng()\n```", "<pre>f(1)\n\ng()</pre>"),
    "a literal block": ("So::\n\n    f(1)\n\nText.", "<p>So:</p><pre>f(1)</pre>\n<p>Text.</p>"),
    "bullets": ("- one\n  two\n\n- three", "<ul><li><p>one\ntwo</p></li><li><p>three</p></li></ul>"),
    "numbers": ("1. one\n2. two", "<ol><li><p>one</p></li><li><p>two</p></li></ol>"),
    "a table": (
        "====  ====\na     b\n====  ====\n1     2\n====  ====",
        "<pre>====  ====\na     b\n====  ====\n1     2\n====  ====</pre>",
    ),
    "a note": (
        ".. note:: Mind\n\n    the gap.",
        '<div class="note"><p class="note-title">Note Mind</p><p>the gap.</p></div>',
    ),
    "a version": (
        ".. versionadded:: 1.2",
        '<div class="note"><p class="note-title">New in 1.2</p></div>',
    ),
    "mathematics": (".. math:: a < b", "<pre>a &lt; b</pre>"),
    "a footnote": (".. [1] A book.", '<div class="footnote"><span>[1]</span><div><p>A book.</p></div></div>'),
    "a comment": (".. hidden words\n\nText.", "\n<p>Text.</p>"),
    "code": ("``a < b`` and `c`", "<p><code>a &lt; b</code> and <code>c</code></p>"),
    "a name": (
        "See `f` and :func:`~lib.f`.",
        '<p>See <a href="lib.html#f"><code>f</code></a> and <a href="lib.html#f"><code>f</code></a>.</p>',
    ),
    "a role with a title": (":func:`this <lib.f>`", '<p><a href="lib.html#f"><code>this</code></a></p>'),
    "emphasis": ("**bold** and *light*, 2 * 3 * 4", "<p><strong>bold</strong> and <em>light</em>, 2 * 3 * 4</p>"),
    "links": (
        "`x <http://a.b>`_, [y](https://c.d), http://e.f.",
        "<p>"
        + ", ".join(map(EXTERNAL.format, ("http://a.b", "https://c.d", "http://e.f"), ["x", "y", "http://e.f"]))
        + ".</p>",
    ),
}


@pytest.mark.parametrize(("text", "shown"), CASES.values(), ids=CASES)
def test_style_is_understood(text, shown):
    assert written(text) == shown


HOSTILE = [
    "<script>alert(1)</script>",
    "`x <javascript:alert(1)>`_",
    '[x](javascript:"y")',
    '"><img src=x onerror=y>',
    "{{ 1 }}",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "``{}``",
        "`{}`",
        "**{}**",
        ">>> {}",
        ".. note:: {}",
        ":param {}: {}",
        "{}\n----",
        "- {}",
        "{}\n    {}",
        "[{}](http://a)",
    ],
)
def test_docstring_cannot_leave_its_text(words, form):
    shown = written(form.replace("{}", words))
    tags = re.findall(r"<(\w+)[^>]*>", shown)
    assert set(tags) <= {
        "p",
        "pre",
        "code",
        "strong",
        "em",
        "div",
        "dl",
        "dt",
        "dd",
        "h4",
        "ul",
        "li",
        "a",
        "blockquote",
    }
    assert all(link.startswith(("http://", "https://")) for link in re.findall(r'href="([^"]*)"', shown))


class Balance(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        if tag != "hr":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


LINES = st.sampled_from(
    ["", "Text here.", "    deeper", "        deepest", "- item", "1. item", ">>> f()", "```", "----", "====  ==", "::"]
)


MORE = st.sampled_from(["So::", ".. note:: x", ".. [1] y", ".. z", ":param x: y", "+--+", "*a* `b", "``c", "Args:"])


@given(st.lists(LINES | MORE, max_size=25))
def test_html_is_balanced_whatever_the_docstring_is(lines):
    balance = Balance()
    balance.feed(written("\n".join(lines)))
    balance.close()
    assert balance.open == []


@given(
    st.lists(
        st.sampled_from(["alpha", "- beta", "    gamma", "", ">>> delta", "epsilon::", ":param zeta: eta"]), max_size=20
    )
)
def test_no_word_is_lost(lines):
    balance = Balance()
    balance.feed(written("\n".join(lines)))
    shown = re.findall(r"[a-z]+", " ".join(balance.words))
    assert shown == re.findall(r"[a-z]+", "\n".join(lines))


LONG = {
    "blanks": "`" + " " * 20_000,
    "backticks": "``a`" * 5_000,
    "stars": "*a " * 10_000,
    "depth": "\n".join(" " * 2 * n + "x" for n in range(500)),
    "bullets": "- " * 5_000,
    "brackets": "[" * 20_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_hostile_length_ends_soon(text):
    start = time.process_time()
    written(text)
    assert time.process_time() - start < 5
