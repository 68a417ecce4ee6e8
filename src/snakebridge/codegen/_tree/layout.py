# Line breaking: a call that fits stays on one line, else one argument per line with a trailing comma.
#
# Guarantees: what is broken has the trailing commas that make a formatter keep it broken, so the output is final text.

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from snakebridge.codegen._functions.literals import Code

__all__ = ["WIDTH", "Brackets", "Piece", "lay_out"]

WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Brackets:
    """Items between brackets, such as the arguments of a call; `opening` holds the callee too."""

    opening: str
    items: tuple[Piece, ...]
    closing: str
    single: bool = False
    """A tuple, which needs its comma even with one item."""

    @property
    def is_whole(self) -> bool:
        """Whether it cannot be broken: a trailing comma would make a tuple of a lone type argument."""
        return not self.items or (len(self.items) == 1 and self.opening.endswith("["))

    def __str__(self) -> str:
        comma = "," if self.single and len(self.items) == 1 else ""
        return f"{self.opening}{', '.join(map(str, self.items))}{comma}{self.closing}"


Piece = str | Brackets


def lay_out(piece: Piece, column: int, before: str = "", after: str = "", *, indent: int = 4) -> Code:
    """Write a piece on a line that starts with `before`.

    Args:
        piece: What to write.
        column: Where the function stands whose body this is; the template indents by so much.
        before: What stands in front of the piece.
        after: What follows the piece.
        indent: Indentation of the line inside its function; only the first line is written without it.
    """
    flat = f"{before}{piece}{after}"
    if isinstance(piece, str) or piece.is_whole or column + indent + len(flat) <= WIDTH:
        return Code(flat)
    margin = " " * indent
    lines = [f"{margin}    {lay_out(item, column, after=',', indent=indent + 4)}" for item in piece.items]
    return Code("\n".join([f"{before}{piece.opening}", *lines, f"{margin}{piece.closing}{after}"]))
