"""The type language of manifests: what an annotation says, in one canonical spelling.

A type expression is a string, so that a manifest reads and diffs well. Grammar (whitespace as printed):

    type    = member ("|" member)*              union, in source order, without duplicates
    member  = address | address "[" arg ("," arg)* "]" | "None" | "..." | unknown
    arg     = type | "[" [type ("," type)*] "]" | constant
    address = dotted [":" qualname]             `int` is `builtins:int`; everything else is `module:qualname`
    unknown = "?" string literal                an annotation that could not be read, as it stands in the source
    constant = a Python literal, only below `typing:Literal`

`typing:Optional` and `typing:Union` never appear: they are unions. `typing:Any` is written `Any`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from snakebridge.errors import ManifestError

__all__ = ["ANY", "NONE", "Constant", "Name", "Parameters", "Type", "Union", "Unknown", "join", "parse"]


@dataclass(frozen=True, slots=True)
class Name:
    """A class, alias or special form by address, with its arguments: `collections.abc:Iterable[int]`."""

    address: str
    """`module:qualname`; built-ins with their module, `builtins:int`."""
    arguments: tuple[Type, ...] = ()

    def __str__(self) -> str:
        shown = self.address.removeprefix("builtins:")
        shown = {"typing:Any": "Any", "types:EllipsisType": "...", "types:NoneType": "None"}.get(shown, shown)
        return shown + (f"[{', '.join(map(str, self.arguments))}]" if self.arguments else "")


@dataclass(frozen=True, slots=True)
class Union:
    """Two or more alternatives, none of them a union."""

    members: tuple[Type, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.members))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The bracketed parameter list of `typing:Callable[[int, str], bool]`."""

    members: tuple[Type, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.members))}]"


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal below `typing:Literal`, as Python source."""

    source: str

    def __str__(self) -> str:
        return self.source


@dataclass(frozen=True, slots=True)
class Unknown:
    """An annotation nobody could read, kept as it stands in the source."""

    source: str

    def __str__(self) -> str:
        return f"?{self.source!r}"


Type = Name | Union | Parameters | Constant | Unknown

ANY = Name("typing:Any")
NONE = Name("types:NoneType")

_SPECIAL = {"Any": "typing:Any", "...": "types:EllipsisType", "None": "types:NoneType"}
_STRING = r"""[bB]?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_TOKEN = re.compile(
    rf"""\s*(?: (?P<unknown>\?{_STRING}) | (?P<constant>{_STRING}|-?\d[\w.+-]*) | (?P<punctuation>\.\.\.|[\[\],|])
    | (?P<address>[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*(?:\.[^\W\d]\w*)*)?) )""",
    re.VERBOSE,
)
_DEEPEST = 60


def join(*members: Type) -> Type:
    """Make a union: flattened, without duplicates, and just the member when only one is left."""
    flat: list[Type] = []
    for member in members:
        flat.extend(member.members if isinstance(member, Union) else (member,))
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Union(unique)


@lru_cache(maxsize=8192)  # a library has tens of thousands of annotations, and few that differ
def parse(text: str) -> Type:
    """Read a type expression.

    Raises:
        ManifestError: The text is not in the grammar.
    """
    reader = _Reader(text)
    result = reader.union(0)
    if reader.kind:
        raise reader.error()
    return result


class _Reader:
    """A recursive-descent reader with one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.kind = self.token = ""
        self.advance()

    def advance(self) -> str:
        taken = self.token
        if self.text[self.position :].strip():
            match = _TOKEN.match(self.text, self.position)
            if match is None:
                raise self.error()
            self.kind, self.token, self.position = match.lastgroup or "", match[match.lastgroup or 0], match.end()
        else:
            self.kind = self.token = ""
        return taken

    def error(self) -> ManifestError:
        return ManifestError(f"not a type expression: {self.text!r} (near character {self.position})")

    def union(self, depth: int) -> Type:
        if depth > _DEEPEST:
            raise ManifestError(f"a type expression is nested more than {_DEEPEST} deep: {self.text[:80]!r}")
        members = [self.member(depth)]
        while self.token == "|":  # noqa: S105 - a token of the grammar, not a secret
            self.advance()
            members.append(self.member(depth))
        return join(*members)

    def member(self, depth: int) -> Type:
        if self.kind == "unknown":
            return Unknown(str(ast.literal_eval(self.advance()[1:])))
        if self.kind == "constant":
            return Constant(self.advance())
        if self.token == "[":  # noqa: S105
            return Parameters(self.arguments(depth))
        if self.kind == "address" or self.token == "...":  # noqa: S105
            word = self.advance()
            if word in {"True", "False"}:
                return Constant(word)
            address = _SPECIAL.get(word) or (word if ":" in word else f"builtins:{word}")
            return Name(address, self.arguments(depth) if self.token == "[" else ())  # noqa: S105
        raise self.error()

    def arguments(self, depth: int) -> tuple[Type, ...]:
        self.advance()
        found: list[Type] = []
        while self.token != "]":  # noqa: S105
            found.append(self.union(depth + 1))
            if self.token == ",":  # noqa: S105
                self.advance()
            elif self.token != "]":  # noqa: S105
                raise self.error()
        self.advance()
        return tuple(found)
