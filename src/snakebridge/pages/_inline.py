# The markup inside a line of a docstring: code, names, emphasis and links, in reStructuredText and in Markdown.
#
# Guarantees: every character of the text is escaped exactly once; a link leads to a page of this site or to an http
# address, never anywhere else.

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["inline"]

_MARKUP: Final = re.compile(
    r"``(?P<literal>[^`]+(?:`[^`]+)*)``(?!`)"
    r"|:[\w:+.-]+:`(?P<role>[^`]+)`"
    r"|`(?P<text>[^`<>]*)<(?P<target>https?://[^\s<>`]+)>`__?"
    r"|(?<![\w`])`(?P<code>[^`\s](?:[^`]*[^`\s])?)`(?:__?(?!\w))?"
    r"|\[(?P<label>[^\[\]]+)\]\((?P<address>https?://[^\s()]+)\)"
    r"|(?<![\w*])\*\*(?P<strong>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|(?P<url>https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}])"
)
_TITLED: Final = re.compile(r"(?P<title>[^<>]*)<(?P<name>[^<>]+)>$")


def inline(text: str, find: Callable[[str], str | None]) -> Markup:
    """Write a text as HTML."""
    parts: list[Markup] = []
    end = 0
    for match in _MARKUP.finditer(text):
        parts += [escape(text[end : match.start()]), _element(match, find)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _element(match: re.Match[str], find: Callable[[str], str | None]) -> Markup:
    kind, found = match.lastgroup or "", match.groupdict()
    text = found[kind]
    match kind:
        case "literal" | "code":
            written = _code(text, find)
        case "role":
            written = _role(text, find)
        case "target":
            written = _link(found["text"].strip() or text, text)
        case "address":
            written = _link(found["label"], text)
        case "url":
            written = _link(text, text)
        case "strong":
            written = Markup("<strong>{}</strong>").format(text)
        case _:
            written = Markup("<em>{}</em>").format(text)
    return written


def _role(text: str, find: Callable[[str], str | None]) -> Markup:
    titled = _TITLED.match(text)
    name = titled["name"] if titled else text
    # A tilde asks for the last part of the name only, an exclamation mark for no link.
    shown = titled["title"].strip() if titled else text.rpartition(".")[2] if text.startswith("~") else text.lstrip("!")
    return _code(shown, find, name.lstrip("~!."))


def _code(text: str, find: Callable[[str], str | None], name: str | None = None) -> Markup:
    shown = Markup("<code>{}</code>").format(text)
    place = find((name or text).removesuffix("()"))
    return Markup('<a href="{}">{}</a>').format(place, shown) if place is not None else shown


def _link(text: str, address: str) -> Markup:
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, text)
