# Signatures and types as HTML: the names that a reader knows instead of a module's aliases, linked to where they are
# described.
#
# Guarantees: what is shown parses as Python again but for `…`, which stands for a default that only the library knows.

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Speller"]

_WIDTH: Final = 88
_PLACE: Final = re.compile(r"link_(\d+)_")
_SILENT: Final = ("typing.", "typing_extensions.", "builtins.", "snakebridge.support.")
_UNKNOWN: Final = "\u2026"


@dataclass(slots=True)
class Speller:
    """Writes what one module says about types."""

    names: Mapping[str, str]
    """Name in the module → the dotted name that it stands for."""
    find: Callable[[str], str | None]
    """Takes a full dotted name and returns where it is described."""
    _links: list[Markup] = field(default_factory=list)

    def type(self, node: ast.expr) -> Markup:
        """Write an annotation."""
        return self._written(_unparsed(self._renamed(node)))

    def value(self, node: ast.expr) -> Markup:
        """Write a default or the value of a constant."""
        full = self.dotted(node)
        if full is not None and full.startswith("snakebridge.support."):
            return escape(_UNKNOWN)
        return escape(_unparsed(_Renamed(self).visit(copy.deepcopy(node))))

    def signature(self, name: str, arguments: ast.arguments, returns: ast.expr | None) -> Markup:
        """Write a signature, on one line if it is short."""
        parts = self._parameters(arguments)
        result = Markup(" -&gt; {}").format(self.type(returns)) if returns is not None else Markup("")
        flat = Markup("{}({}){}").format(name, Markup(", ").join(parts), result)
        if len(flat.striptags()) <= _WIDTH:
            return flat
        lines = [Markup("    {},\n").format(part) for part in parts]
        return Markup("{}(\n{}){}").format(name, Markup("").join(lines), result)

    def _parameters(self, arguments: ast.arguments) -> list[Markup]:
        placed = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(placed) - len(arguments.defaults))
        pairs = list(zip(placed, [*defaults, *arguments.defaults], strict=True))
        parts = [self._parameter(one, default) for one, default in pairs]
        if arguments.posonlyargs:
            parts.insert(len(arguments.posonlyargs), Markup("/"))
        if arguments.vararg is not None:
            parts.append(Markup("*{}").format(self._parameter(arguments.vararg, None)))
        elif arguments.kwonlyargs:
            parts.append(Markup("*"))
        parts += [
            self._parameter(one, default)
            for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        ]
        if arguments.kwarg is not None:
            parts.append(Markup("**{}").format(self._parameter(arguments.kwarg, None)))
        return parts

    def _parameter(self, one: ast.arg, default: ast.expr | None) -> Markup:
        kind = Markup(": {}").format(self.type(one.annotation)) if one.annotation is not None else Markup("")
        if default is None:
            return Markup("<b>{}</b>{}").format(one.arg, kind)
        equal = " = " if kind else "="
        return Markup("<b>{}</b>{}{}{}").format(one.arg, kind, equal, self.value(default))

    def dotted(self, node: ast.expr) -> str | None:
        """Return the full dotted name of a name or attribute."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            head = self.dotted(node.value)
            return f"{head}.{node.attr}" if head is not None else None
        return None

    def _renamed(self, node: ast.expr) -> ast.expr:
        """Return a copy in which each name is the one that readers know, or stands for a link."""
        full = self.dotted(node)
        if full is not None:
            return ast.Name(self._known(full))
        found = node
        match node:
            case ast.Constant(value=str(text)) if (inner := _parsed(text)) is not None:
                found = self._renamed(inner)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                found = self._union(left, right)
            case ast.Subscript(value=value, slice=inside):
                is_literal = self.dotted(value) in {"typing.Literal", "typing_extensions.Literal"}
                found = ast.Subscript(self._renamed(value), inside if is_literal else self._renamed(inside))
            case ast.Tuple(elts=items):
                found = ast.Tuple([self._renamed(item) for item in items])
            case ast.List(elts=items):
                found = ast.List([self._renamed(item) for item in items])
            case ast.Starred(value=value):
                found = ast.Starred(self._renamed(value))
        return found

    def _union(self, left: ast.expr, right: ast.expr) -> ast.expr:
        # The sentinel of an opaque default is no type that a caller would give.
        if self._is_sentinel(right):
            return self._renamed(left)
        return ast.BinOp(self._renamed(left), ast.BitOr(), self._renamed(right))

    def _is_sentinel(self, node: ast.expr) -> bool:
        return self.dotted(node) == "snakebridge.support.Default"

    def _known(self, full: str) -> str:
        place = self.find(full)
        if place is not None:
            shown = full.rpartition(".")[2]
            self._links.append(Markup('<a href="{}" title="{}">{}</a>').format(place, full, shown))
            return f"link_{len(self._links) - 1}_"
        return _short(full)

    def _written(self, text: str) -> Markup:
        parts: list[Markup] = []
        end = 0
        for match in _PLACE.finditer(text):
            if int(match[1]) < len(self._links):
                parts += [escape(text[end : match.start()]), self._links[int(match[1])]]
                end = match.end()
        parts.append(escape(text[end:]))
        self._links.clear()
        return Markup("").join(parts)


class _Renamed(ast.NodeTransformer):
    """Gives the names in a value those that readers know."""

    def __init__(self, speller: Speller) -> None:
        self._speller = speller

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(_short(self._speller.dotted(node) or node.id))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        full = self._speller.dotted(node)
        return ast.Name(_short(full)) if full is not None else self.generic_visit(node)  # type: ignore[return-value]


def _short(full: str) -> str:
    return next((full[len(prefix) :] for prefix in _SILENT if full.startswith(prefix)), full)


def _parsed(text: str) -> ast.expr | None:
    """Return the type that a string annotation says."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _unparsed(node: ast.expr) -> str:
    return ast.unparse(ast.fix_missing_locations(node))
