# Signatures that a docstring opens with, since compiled code has no other way to say them:
#
#     range(start, stop[, step]) -> range object         add(x1, x2, /[, out], *, where=True, subok=True[, signature])
#     x,info = solve(a,b,[overwrite_a,lwork])            Rotation.as_euler(self, seq, double scale=1.0)
#     1. scale(self: m.Shape, by: int) -> None           randn(d0, d1, ..., dn)
#
# Where there is no such line, the section that lists the parameters says the same. Bounded time for any text.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._calls import (
    ARGUMENTS,
    KEYWORDS,
    UNTOLD,
    NoSignatureError,
    check_order,
    read_call,
)
from snakebridge.introspect.docstrings._sections import read_sections
from snakebridge.manifest import Parameter, ParameterKind, Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 40_000
_LONGEST_LIST = 4_000
_MOST_LINES = 40
_OVERLOADED = "Overloaded function."
_RESULTS = r"(?:[\w ,\[\]().]{{1,300}}?= ?)?"
_TYPED = r"(?:(?:unsigned |long |const )*(?:int|long|short|char|float|double|bool|bint|void|size_t|object) ?\*? )?"
_HEAD = rf"[ \t]*{_RESULTS}{_TYPED}{{}}[ \t]?\("
_ANY_HEAD = re.compile(r"[^\W\d]\w+\((?=[^\n]*\)[ \t]*(?:\n|$))")
_AFTER = re.compile(r"[ \t]*(?:(?:->|→|-->)[ \t]*(?P<returns>[^\n]*)|(?:--?|:|#)[^\n]*)?[ \t]*(?:\n|$)")
_UNDERLINED = "\n-----"
_LEFT_OUT = re.compile(r"\b(?:optional|default)", re.IGNORECASE)
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


def doc_signatures(doc: str, name: str) -> tuple[Signature, ...]:
    """Return the signatures that a docstring opens with; several are overloads.

    Args:
        doc: The docstring, without its indentation.
        name: What the documented object is called.
    """
    text = doc[:_LONGEST].lstrip()
    try:
        found = [one for inner, returns in _lines(text, name) for one in read_call(inner, returns)]
        if not found:
            found = _listed(doc)
    except NoSignatureError:
        return ()
    return tuple(dict.fromkeys(found))


# --- Finding the lines ---


def _lines(text: str, name: str) -> list[tuple[str, str | None]]:
    if "(" not in text[:_LONGEST_LIST]:
        return []
    if _OVERLOADED in text[:_LONGEST_LIST]:
        return list(_numbered(text, name))
    found = list(_leading(text, re.compile(_HEAD.format(rf"(?:[^\W\d][\w.]*\.)?{re.escape(name)}"))))
    # A synonym has the docstring of what it is a synonym of: `conj` of numpy begins with `conjugate(x, /, ...)`.
    return found or list(_leading(text, _ANY_HEAD))[:1]


def _leading(text: str, head: re.Pattern[str]) -> Iterator[tuple[str, str | None]]:
    position = 0
    for _ in range(_MOST_LINES):
        match = head.match(text, position)
        if match is None:
            return
        found = _rest(text, match.end())
        if found is None:
            return
        inner, returns, position = found
        yield inner, returns


def _numbered(text: str, name: str) -> Iterator[tuple[str, str | None]]:
    # As pybind11 lists overloads.
    for count, match in enumerate(re.finditer(rf"^[ \t]*\d+\.[ \t]+{re.escape(name)}\(", text, re.MULTILINE)):
        found = _rest(text, match.end())
        if found is not None and count < _MOST_LINES:
            yield found[0], found[1]


def _rest(text: str, start: int) -> tuple[str, str | None, int] | None:
    end = _closing(text, start)
    after = _AFTER.match(text, end + 1) if end is not None else None
    if end is None or after is None:
        return None
    return text[start:end], after["returns"], after.end()


def _closing(text: str, start: int) -> int | None:
    # `<` counts nowhere: it opens `<no value>`, and stands in `x<y`.
    opened: list[str] = [")"]
    place = start
    end = min(len(text), start + _LONGEST_LIST)
    while place < end:
        mark = text[place]
        if mark in "'\"":
            closing = text.find(mark, place + 1, end)
            if closing < 0:
                return None
            place = closing
        elif mark in "([{":
            opened.append(_CLOSED_BY[mark])
        elif mark in ")]}":
            if mark != opened.pop():
                return None
            if not opened:
                return place
        place += 1
    return None


# --- Where there are no lines ---


def _listed(doc: str) -> list[Signature]:
    if _UNDERLINED not in doc:
        return []
    sections = read_sections(doc)
    parameters: list[Parameter] = []
    kind = ParameterKind.POSITIONAL
    for entry in sections.parameters:
        is_optional = _LEFT_OUT.search(entry.type or "") is not None
        for name in entry.names:
            if name.startswith("*"):
                parameters.append(KEYWORDS if name.startswith("**") else ARGUMENTS)
                kind = ParameterKind.KEYWORD
            else:
                parameters.append(Parameter(name=name, kind=kind, default=UNTOLD if is_optional else None))
    check_order(parameters)
    # What says at length what it returns, and lists no parameter, has none.
    return [Signature(parameters=tuple(parameters))] if parameters or sections.returns else []
