# A docstring as HTML: paragraphs, sections, lists, definitions, examples and tables, whichever of the usual styles it
# is written in.
#
# Guarantees: no word is lost but those of comments; what is not understood is shown as it stands; any text takes time
# in proportion to its length, and nesting has an end.

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from snakebridge.pages._inline import inline

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["prose"]

_DEEPEST: Final = 12
_RULE: Final = re.compile(r"([=\-~^\"'#*+_])\1{2,}$")
_TABLE: Final = re.compile(r"=+(?: +=+)+$|\+[-=+]+\+$|\|.*\|$")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})\s*[\w{}.+-]*\s*$")
_PROMPT: Final = re.compile(r">>>(?: |$)")
_ITEM: Final = re.compile(r"(?:[-*+\u2022]|(?P<number>\d+|#|[a-z])[.)]|\((?:\d+|[a-z])\)) +(?=\S)")
_DIRECTIVE: Final = re.compile(r"\.\. +(?P<name>[\w:+.-]+?)::(?: +(?P<words>.*))?$")
_COMMENT: Final = re.compile(r"\.\.(?: +_[^\s:]*:.*| +[^\s\[].*)?$")
_NOTE: Final = re.compile(r"\.\. +(?P<name>\[[^\]]+\])(?: +(?P<words>.*))?$")
_FIELD: Final = re.compile(r":(?P<name>[a-z]+(?: [^:`]+)?):(?: +(?P<words>.*))?$")
_SECTIONS: Final = frozenset(
    "Args: Arguments: Attributes: Example: Examples: Note: Notes: Raises: Returns: See Also: Todo: Warning: Warnings: "
    "Yields: References: Parameters: Usage:".replace(": ", ":|").split("|")
)
_CODE: Final = frozenset({"code", "code-block", "doctest", "ipython", "math", "parsed-literal", "plot", "sourcecode"})


def prose(text: str, find: Callable[[str], str | None]) -> Markup:
    """Write a docstring as HTML.

    Args:
        text: The docstring, dedented.
        find: Takes a dotted name and returns where it is described, `None` when it is not.
    """
    return _Writer(find).blocks(text.split("\n"), 0)


@dataclass(slots=True)
class _Cursor:
    lines: list[str]
    at: int = 0

    @property
    def line(self) -> str:
        return self.lines[self.at] if self.at < len(self.lines) else ""

    @property
    def following(self) -> str:
        return self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""

    def __bool__(self) -> bool:
        return self.at < len(self.lines)

    def take(self) -> str:
        self.at += 1
        return self.lines[self.at - 1]

    def skip_blank(self) -> None:
        while self and not self.line.strip():
            self.at += 1

    def until_blank(self) -> list[str]:
        found: list[str] = []
        while self and self.line.strip():
            found.append(self.take())
        return found

    def inside(self, indent: int) -> list[str]:
        """Take the lines that are indented by more, and the blank ones between them."""
        found: list[str] = []
        while self and (not self.line.strip() or _indent(self.line) > indent):
            found.append(self.take())
        while found and not found[-1].strip():
            found.pop()
            self.at -= 1
        return _dedented(found)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _dedented(lines: list[str]) -> list[str]:
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def _shown(lines: list[str], kind: str = "") -> Markup:
    text = "\n".join(lines).strip("\n")
    return Markup('<pre class="{}">{}</pre>').format(kind, text) if kind else Markup("<pre>{}</pre>").format(text)


@dataclass(frozen=True, slots=True)
class _Writer:
    find: Callable[[str], str | None]

    def blocks(self, lines: list[str], depth: int) -> Markup:
        if depth > _DEEPEST:
            return _shown(lines)
        cursor = _Cursor(lines)
        parts: list[Markup] = []
        cursor.skip_blank()
        while cursor:
            parts.append(self._block(cursor, depth))
            cursor.skip_blank()
        return Markup("\n").join(parts)

    def _inline(self, text: str) -> Markup:
        return inline(text, self.find)

    def _block(self, cursor: _Cursor, depth: int) -> Markup:
        words, indent = cursor.line.strip(), _indent(cursor.line)
        if _FENCE.match(words):
            found = self._fenced(cursor)
        elif _PROMPT.match(words):
            found = _shown(_dedented(cursor.until_blank()), "example")
        elif _TABLE.match(words):
            found = self._table(cursor)
        elif _RULE.match(words):
            found = self._overlined(cursor)
        elif words.startswith(".."):
            found = self._directive(cursor, depth)
        elif _FIELD.match(words):
            found = self._fields(cursor, indent, depth)
        elif _ITEM.match(words):
            found = self._items(cursor, indent, depth)
        elif _RULE.match(cursor.following.strip()) and _indent(cursor.following) == indent:
            found = Markup("<h4>{}</h4>").format(cursor.take().strip())
            cursor.take()
        else:
            found = self._text(cursor, indent, depth)
        return found

    def _fenced(self, cursor: _Cursor) -> Markup:
        opening = cursor.take()
        mark = opening.strip()[:3]
        found: list[str] = []
        while cursor and not (cursor.line.strip().startswith(mark) and not cursor.line.strip().strip(mark[0])):
            found.append(cursor.take())
        if cursor:
            cursor.take()
        return _shown(_dedented(found))

    def _table(self, cursor: _Cursor) -> Markup:
        found = cursor.until_blank()
        # A simple table may have blank lines in it, and ends with its third rule.
        if found[0].strip().startswith("="):
            while cursor and sum(line.strip() == found[0].strip() for line in found) < 3:  # noqa: PLR2004
                found.append(cursor.take())
        return _shown(_dedented(found))

    def _overlined(self, cursor: _Cursor) -> Markup:
        rule = cursor.take().strip()
        if cursor.following.strip() == rule and cursor.line.strip():
            title = cursor.take().strip()
            cursor.take()
            return Markup("<h4>{}</h4>").format(title)
        return Markup("<hr>")

    def _directive(self, cursor: _Cursor, depth: int) -> Markup:
        line = cursor.take()
        body = cursor.inside(_indent(line))
        words = line.strip()
        if note := _NOTE.match(words):
            text = self.blocks([note["words"] or "", *body], depth + 1)
            return Markup('<div class="footnote"><span>{}</span><div>{}</div></div>').format(note["name"], text)
        match = _DIRECTIVE.match(words)
        if match is None:
            return Markup("") if _COMMENT.match(words) else Markup("<p>{}</p>").format(words)
        name = match["name"].lower()
        if name in _CODE:
            options = [line for line in body if not re.match(r":[\w-]+:", line.strip())]
            return _shown([match["words"] or "", *options] if name == "math" else options)
        title = name.replace("versionadded", "new in").replace("versionchanged", "changed in").replace("-", " ")
        text = Markup("{} {}").format(title.capitalize(), self._inline(match["words"] or ""))
        content = self.blocks(body, depth + 1)
        return Markup('<div class="note"><p class="note-title">{}</p>{}</div>').format(text, content)

    def _fields(self, cursor: _Cursor, indent: int, depth: int) -> Markup:
        rows: list[Markup] = []
        while match := _FIELD.match(cursor.line.strip()) if cursor else None:
            cursor.take()
            body = self.blocks([match["words"] or "", *cursor.inside(indent)], depth + 1)
            rows.append(Markup("<dt>{}</dt><dd>{}</dd>").format(match["name"], body))
        return Markup("<dl>{}</dl>").format(Markup("").join(rows))

    def _items(self, cursor: _Cursor, indent: int, depth: int) -> Markup:
        first = _ITEM.match(cursor.line.strip())
        numbered = first is not None and first["number"] is not None
        rows: list[Markup] = []
        while cursor and _indent(cursor.line) == indent and (match := _ITEM.match(cursor.line.strip())):
            words = cursor.take().strip()[match.end() :]
            body = self.blocks([words, *cursor.inside(indent)], depth + 1)
            rows.append(Markup("<li>{}</li>").format(body))
            if _ITEM.match(cursor.following.strip()) and _indent(cursor.following) == indent:
                cursor.skip_blank()
        whole = Markup("<ol>{}</ol>") if numbered else Markup("<ul>{}</ul>")
        return whole.format(Markup("").join(rows))

    def _text(self, cursor: _Cursor, indent: int, depth: int) -> Markup:
        """Write a paragraph, a definition, a section that is a word and a colon, or what is only indented."""
        if indent > 0:
            return Markup("<blockquote>{}</blockquote>").format(self.blocks(cursor.inside(0), depth + 1))
        found: list[str] = [cursor.take()]
        while cursor and cursor.line.strip() and _indent(cursor.line) == 0 and not self._begins(cursor):
            found.append(cursor.take())
        is_deeper = cursor.line.strip() != "" and _indent(cursor.line) > 0
        if len(found) == 1 and found[0].strip() in _SECTIONS and is_deeper:
            title = Markup("<h4>{}</h4>\n").format(found[0].strip()[:-1])
            return title + self.blocks(cursor.inside(0), depth + 1)
        if found[-1].rstrip().endswith("::"):
            return self._literal(cursor, found)
        if is_deeper:
            body = self.blocks(cursor.inside(0), depth + 1)
            *before, term = found
            intro = Markup("<p>{}</p>").format(self._inline("\n".join(before))) if before else Markup("")
            return intro + Markup("<dl><dt>{}</dt><dd>{}</dd></dl>").format(self._inline(term), body)
        return Markup("<p>{}</p>").format(self._inline("\n".join(found)))

    def _begins(self, cursor: _Cursor) -> bool:
        words = cursor.line.strip()
        if _RULE.match(cursor.following.strip()):
            return True
        return any(kind.match(words) for kind in (_FENCE, _PROMPT, _DIRECTIVE, _FIELD))

    def _literal(self, cursor: _Cursor, found: list[str]) -> Markup:
        text = "\n".join(found).rstrip()
        text = text[:-2].rstrip() if text.endswith(" ::") or text == "::" else text[:-1]
        cursor.skip_blank()
        body = cursor.inside(0)
        shown = _shown(body) if body else Markup("")
        return (Markup("<p>{}</p>").format(self._inline(text)) if text else Markup("")) + shown
