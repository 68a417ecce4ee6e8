# Docstrings made readable: what breaks every renderer is mended, and nothing else is touched.
#
# Guarantees: cleaning what is dedented twice is cleaning it once; no example of a doctest gains, loses or changes
# anything but the blank that its prompt lacks; quotes change in prose only, never in code, fenced, literal or inline.
# Assumes: a fence that is never closed ends where prose begins again, which is the author's slip, not their wish.

from __future__ import annotations

import ast
import inspect
import re
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["clean", "code_lines"]

_TERMINAL: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[^\n\x08]?\x08")
_FENCE: Final = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>[^`~]*)$")
_PROMPT: Final = re.compile(r" *>>>(?= |$)")
_TIGHT_PROMPT: Final = re.compile(r"^( *>>>)(?=[^\s>])")
_TIGHT_CONTINUATION: Final = re.compile(r"^( *\.\.\.)(?=[^\s.])")
_CONTINUED: Final = re.compile(r" *(?:>>>|\.\.\.)(?: |$)")
_RULE: Final = re.compile(r" *([=\-~^\"'#*+`_])\1{2,} *$|[ =+|-]*[=+-]{2}[ =+|-]*$")
_SENTENCE: Final = re.compile(r"[A-Z][\w'-]*,?(?: [^\s=]+){2,}$")
_SECTION: Final = re.compile(
    r"(?:Arg(?:ument)?s|Attributes|Examples?|Notes?|Raises|Returns|See Also|Warnings?|Yields):$"
)
# A span of inline code as reStructuredText and Markdown have it, or words between a backtick and an apostrophe.
_QUOTED: Final = re.compile(
    r"(?P<code>``(?!\s)[^`]*(?:`[^`]+)*?(?<!\s)``(?!`)|`(?!\s)[^`]*(?<!\s)`(?!\w))"
    r"|(?<![\w`\\])``(?P<double>[^\s`'](?:[^`'\n]*[^\s`'])?)''(?!')"
    r"|(?<![\w`\\])`(?P<single>[^\s`'](?:[^`'\n]*[^\s`'])?)'(?![\w'`])"
)


def clean(text: str) -> str:
    """Return a docstring without what breaks renderers, dedented as `inspect.cleandoc` does."""
    plain = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = _closed([line.rstrip() for line in inspect.cleandoc(plain).split("\n")])
    lines = _spaced(_prompted(lines))
    return "\n".join(_quoted(lines)).strip("\n")


def code_lines(lines: list[str]) -> set[int]:
    """Return the numbers of the lines that are code: fenced, in a doctest, or in a literal block."""
    found: set[int] = set()
    fence: re.Match[str] | None = None
    in_doctest = False
    literal: int | None = None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if literal is not None and line.strip() and indent <= literal:
            literal = None
        if fence is not None:
            found.add(number)
            fence = None if _closes(line, fence) else fence
        elif (in_doctest and line.strip()) or literal is not None:
            found.add(number)
        else:
            in_doctest = _PROMPT.match(line) is not None
            fence = _opens(line)
            if in_doctest or fence is not None:
                found.add(number)
            elif line.rstrip().endswith("::"):
                literal = indent
    return found


def _opens(line: str) -> re.Match[str] | None:
    match = _FENCE.match(line)
    # Tildes alone underline a title.
    return match if match is not None and (match["fence"][0] == "`" or match["info"].strip()) else None


def _closes(line: str, opening: re.Match[str]) -> bool:
    match = _FENCE.match(line)
    return match is not None and not match["info"].strip() and match["fence"].startswith(opening["fence"])


def _closed(lines: list[str]) -> list[str]:
    """Close each fence that is open at the end, or where the next one opens."""
    result: list[str] = []
    opening: re.Match[str] | None = None
    start = 0
    for line in lines:
        match = _opens(line)
        if opening is None:
            opening, start = match, len(result)
        elif _closes(line, opening):
            opening = None
        elif match is not None and match["info"].strip() and match["fence"] == opening["fence"]:
            # Only an opening fence names a language, so the one before was never closed.
            _close(result, opening, start)
            opening, start = match, len(result)
        result.append(line)
    if opening is not None:
        _close(result, opening, start)
    return result


def _close(lines: list[str], opening: re.Match[str], start: int) -> None:
    """Write the closing fence where prose begins again after the opening one, else behind the last line of text."""
    end = len(lines)
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    for number in range(start + 2, end):
        if not lines[number - 1].strip() and lines[number].strip() and _is_prose(lines, number, len(opening["indent"])):
            end = number
            while not lines[end - 1].strip():
                end -= 1
            break
    lines.insert(end, opening["indent"] + opening["fence"])


def _is_prose(lines: list[str], number: int, indent: int) -> bool:
    line = lines[number]
    words = line.strip()
    if len(line) - len(line.lstrip()) < indent or words.startswith(".. ") or _SECTION.match(words):
        return True
    if number + 1 < len(lines) and _RULE.match(lines[number + 1]):
        return True
    if len(line) - len(line.lstrip()) > indent or not _SENTENCE.match(words):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in somebody else's source
            ast.parse(words)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _prompted(lines: list[str]) -> list[str]:
    """Give prompts the blank that doctest asks for."""
    result: list[str] = []
    for line in lines:
        written = _TIGHT_PROMPT.sub(r"\1 ", line)
        if result and _CONTINUED.match(result[-1]):
            # After other lines it is an ellipsis in the output.
            written = _TIGHT_CONTINUATION.sub(r"\1 ", written)
        result.append(written)
    return result


def _spaced(lines: list[str]) -> list[str]:
    """Part examples from the prose above them, or renderers take both for one paragraph, or for a quotation."""
    code = code_lines(lines)
    result: list[str] = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        begins = number in code and number - 1 not in code and _PROMPT.match(line) is not None
        if begins and before.strip() and not _RULE.match(before) and _indent(before) == _indent(line):
            result.append("")
        result.append(line)
    return result


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _quoted(lines: list[str]) -> Iterator[str]:
    """Write the quotes of manual pages, ``so'' and `so', as other texts do, paragraph by paragraph."""
    code = code_lines(lines)
    paragraph: list[str] = []
    for number, line in enumerate(lines):
        if line.strip() and number not in code:
            paragraph.append(line)
            continue
        yield from _requoted(paragraph)
        paragraph = []
        yield line
    yield from _requoted(paragraph)


def _requoted(paragraph: list[str]) -> list[str]:
    return _QUOTED.sub(_quotation, "\n".join(paragraph)).split("\n") if paragraph else []


def _quotation(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return match["code"]
    return f'"{match["double"]}"' if match["double"] is not None else f"'{match['single']}'"
