# Every string and value in generated code is written here, and nowhere else. It is a security rule: a hostile manifest
# must not be able to leave the literal it is in.
#
# Guarantees: what `literal` and `docstring` return is one expression (or one docstring) that a formatter leaves alone;
# what `read` accepts went through `ast.literal_eval` and is written anew, never pasted.

from __future__ import annotations

import ast
import inspect
import math
import re
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Code", "NoLiteralError", "docstring", "literal", "read", "words"]

_LONGEST: Final = 200
_DEEPEST: Final = 8
_INT_BITS: Final = 1024
_WORD: Final = re.compile(r"[\w.:]+")


class Code(str):
    """Python source that this room wrote itself: safe to paste into a template."""

    __slots__ = ()


class NoLiteralError(ValueError):
    """The text is no literal, or one that is too large to show."""


_FREQUENT: Final = {
    **{source: float(source) for source in ("nan", "inf", "-inf")},
    **{str(value): value for value in (None, True, False, 0, 1, -1)},
}


def read(source: str) -> object:
    """Return the value of literal source from a manifest; `nan`, `inf` and `-inf` are floats.

    Raises:
        NoLiteralError: The source is anything but a literal.
    """
    if source in _FREQUENT:
        return _FREQUENT[source]
    if len(source) > _LONGEST:
        raise NoLiteralError("too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in somebody else's source
            value: object = ast.literal_eval(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise NoLiteralError(str(error)) from None
    return value


def literal(value: object, *, builtins: str = "") -> Code:
    """Write a value as a literal.

    Args:
        value: What `read` returned, or any text of ours.
        builtins: Prefix for names of builtins (`_b.`) where they are shadowed.

    Raises:
        NoLiteralError: The value has no literal, or a very long one.
    """
    text = _write(value, builtins, 0)
    if len(text) > _LONGEST and not isinstance(value, str):
        raise NoLiteralError("too long")
    return Code(text)


_BRACKETS: Final = {tuple: ("(", ")"), list: ("[", "]"), set: ("{", "}")}


def _write(value: object, builtins: str, depth: int) -> str:  # noqa: C901, PLR0911 - one case per type
    if depth > _DEEPEST:
        raise NoLiteralError("too deep")
    match value:
        case None | bool():
            return str(value)
        case int() if value.bit_length() <= _INT_BITS:
            return str(value)
        case float():
            return _float(value, builtins)
        case complex() if value.real == 0 and math.copysign(1, value.real) > 0 and math.isfinite(value.imag):
            return f"{_float(value.imag, builtins)}j"
        case str():
            return _quote(value)
        case bytes():
            return "b" + _quote(value.decode("latin-1"), octets=True)
        case tuple() if len(value) == 1:
            return f"({_write(value[0], builtins, depth + 1)},)"
        case tuple() | list() | set() if value or not isinstance(value, set):
            opening, closing = _BRACKETS[type(value)]
            items = [_write(item, builtins, depth + 1) for item in value]
            return opening + ", ".join(sorted(items) if isinstance(value, set) else items) + closing
        case dict():
            pairs = ((_write(k, builtins, depth + 1), _write(v, builtins, depth + 1)) for k, v in value.items())
            return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
    raise NoLiteralError(f"no literal for {type(value).__name__}")


def _float(value: float, builtins: str) -> str:
    return repr(value).replace("e+", "e") if math.isfinite(value) else f'{builtins}float("{value}")'


def _quote(text: str, *, octets: bool = False) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join("\\" + c if c == quote else _escape(c, octets=octets) for c in text) + quote


_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(character: str, *, octets: bool = False) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() and (character.isascii() or not octets):
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - the widths of Python's three escapes
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def _escaped(text: str) -> str:
    # Nearly every line of a docstring is plain.
    return text if text.isprintable() and "\\" not in text else "".join(map(_escape, text))


def words(addresses: Iterable[str], indent: str) -> Code:
    """Write addresses as one text of words, one per line.

    Raises:
        NoLiteralError: One of them has something in it that no address has.
    """
    found = list(addresses)
    for one in found:
        if not _WORD.fullmatch(one):
            raise NoLiteralError(f"{one!r} is no address")
    return Code("\n".join(['"""', *found, '"""']).replace("\n", f"\n{indent}"))


def docstring(text: str | None, indent: str = "") -> Code | None:
    """Write a docstring, cleaned as `inspect.cleandoc` does; `None` when there is nothing to say."""
    lines = [
        _escaped(line.rstrip()).replace('"""', '\\"\\"\\"')
        for line in inspect.cleandoc((text or "").replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    ]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return None
    first = lines[0].lstrip()
    first = " " + first if first.startswith('"') else first
    if len(lines) == 1:
        # A last quote must not touch the closing ones; a last backslash is a pair.
        return Code(f'"""{first}{" " if first.endswith(chr(34)) else ""}"""')
    rest = "\n".join(indent + line if line else "" for line in lines[1:])
    return Code(f'"""{first}\n{rest}\n{indent}"""')
