# Types that hold types: `tuple of (int, str)`, `dict of str to int`, `(float, float) tuple`, `Dict[str, List[int]]`.
#
# What is inside is read by the reader that is handed in; where it says nothing, the container is named without it.

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Protocol

from snakebridge.introspect.docstrings._parts import Holds, NotUnderstoodError, choice, either
from snakebridge.introspect.docstrings._phrases import cut
from snakebridge.introspect.docstrings._vocabulary import CONTAINERS, TYPING
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.introspect.docstrings._parts import Part

_TUPLE = re.compile(r"(\(.*\))\s*tuples?|(?:\d-|n-)?tuples?\s*(\(.*\))|(\(.*\))", re.IGNORECASE | re.DOTALL)
_OF = re.compile(
    r"""(?:(?P<count>\d|n|k|length)[- ]?)?(?P<head>[\w-]+)(?:\s+of\s+(?:length|size)\s+\S+)?
    (?:\s+of\s+|:\s+|\s+(?=[({]))(?P<rest>.+)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(r"^(?:length|size)\s+\S+\s+(?:of\s+)?|^(?:\d+|two|three|four|n)\s+", re.IGNORECASE)
_TO = re.compile(r"\s*(?:->|→|=>|:)\s*|\s+(?:to|keyed\s+to|mapping\s+to)\s+", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:typing|t|collections\.abc)\.")
_MAPPINGS = {"dict", "dictionary", "mapping", "dict-like", "defaultdict"}
_ELLIPSIS = types.Name("types:EllipsisType")
_BARE_TUPLE = types.Name("builtins:tuple")
_DEEPEST = 6


class Reads(Protocol):
    """Reads a text inside another, one level deeper."""

    def __call__(self, text: str, depth: int, /) -> Part: ...


def _maybe(read: Reads, text: str, depth: int) -> Part | None:
    try:
        return read(text, depth + 1)
    except NotUnderstoodError:
        return None


def read_tuple(text: str, depth: int, read: Reads) -> Part | None:
    """Read `(int, str)`, also with the word `tuple` at either side; `None` when the text is something else."""
    match = _TUPLE.fullmatch(text)
    if match is None:
        return None
    shown = next(one for one in match.groups() if one is not None)
    found = [_maybe(read, " or ".join(item), depth) for item in cut(shown[1:-1])]
    if not found or None in found:
        if match[3] is None:
            return _BARE_TUPLE
        raise NotUnderstoodError  # only parentheses: a shape, or an explanation
    return Holds("builtins:tuple", tuple(found))


def read_container(text: str, depth: int, read: Reads) -> Part | None:
    """Read `list of int` and its like; `None` when the text is something else."""
    match = _OF.fullmatch(text)
    if match is None:
        return None
    head = match["head"].lower()
    noun = head if head in CONTAINERS else head.removesuffix("s")
    address = CONTAINERS.get(noun)
    if address is None:
        return None
    rest = _COUNT.sub("", match["rest"].strip())
    if noun in _MAPPINGS:
        return Holds(address, tuple(_pair(rest, depth, read)))
    if address == "builtins:tuple":
        count = 2 if noun == "pair" else int(match["count"]) if (match["count"] or "").isdigit() else 0
        return _tuple_of(rest, count, depth, read)
    if rest[:1] in {"(", "{", "["} and " of " not in text:
        return types.Name(address)  # `list (n,)`
    return Holds(address, (_maybe(read, rest, depth),))


def _tuple_of(rest: str, count: int, depth: int, read: Reads) -> Part:
    items = cut(rest[1:-1]) if rest[:1] == "(" and rest[-1:] == ")" else []
    if len(items) > 1:
        return Holds("builtins:tuple", tuple(_maybe(read, " or ".join(item), depth) for item in items))
    element = _maybe(read, rest, depth)
    if element is None:
        return _BARE_TUPLE
    return Holds("builtins:tuple", (element,) * count if count else (element, _ELLIPSIS))


def _pair(rest: str, depth: int, read: Reads) -> Sequence[Part | None]:
    sides = _TO.split(rest[1:-1] if rest[:1] in {"(", "{"} and rest[-1:] in {")", "}"} else rest)
    if len(sides) != 2:  # noqa: PLR2004 - key and value
        return [None]
    return [_maybe(read, side, depth) for side in sides]


# --- Annotations ---


def read_annotation(text: str, depth: int, read: Reads) -> Part:
    """Read an annotation as Python writes it.

    Raises:
        NotUnderstoodError: It is none.
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotUnderstoodError from None
    return _node(tree, depth, read)


def _node(node: ast.expr, depth: int, read: Reads) -> Part:
    if depth > _DEEPEST:
        raise NotUnderstoodError
    match node:
        case ast.Subscript(value=base, slice=inner):
            return _subscript(ast.unparse(base), inner, depth, read)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return either([_node(left, depth + 1, read), _node(right, depth + 1, read)])
        case ast.Constant(value=value) if value is ...:
            return _ELLIPSIS
        case ast.Constant(value=str(text)):
            return read(text, depth + 1)
        case ast.Name() | ast.Attribute() | ast.Constant(value=None):
            return read(ast.unparse(node), depth + 1)
        case _:
            raise NotUnderstoodError


def _subscript(base: str, inner: ast.expr, depth: int, read: Reads) -> Part:
    items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    address = TYPING.get(_PREFIX.sub("", base))
    match address:
        case None:
            return read(base, depth + 1)  # `ndarray[float]`
        case "typing:Callable":
            return types.Name(address)
        case "typing:Literal":
            return either([_choice(item) for item in items])
        case "typing:Optional" | "typing:Union":
            parts = [_node(item, depth + 1, read) for item in items]
            return either([*parts, *([types.NONE] if address == "typing:Optional" else [])])
        case _:
            return Holds(address, tuple(_node_or_none(item, depth + 1, read) for item in items))


def _node_or_none(node: ast.expr, depth: int, read: Reads) -> Part | None:
    try:
        return _node(node, depth, read)
    except NotUnderstoodError:
        return None


def _choice(node: ast.expr) -> Part:
    match node:
        case ast.Constant(value=None):
            return types.NONE
        case ast.Constant(value=bool() | str() | int() as value):
            return choice(value)
        case _:
            raise NotUnderstoodError
