# What reading a constant, an attribute or a property gives.

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._parameters import is_type_statement
from snakebridge.introspect.sources._places import dotted_name, is_marked_alias
from snakebridge.introspect.sources._signatures import FUNCTIONS, is_property, tier_of
from snakebridge.introspect.sources._stated import StatedValue
from snakebridge.manifest import types

if TYPE_CHECKING:
    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._places import Place
    from snakebridge.introspect.sources._signatures import Function, Signatures

_CACHED = "functools:cached_property"
_PLAIN = (bool, int, float, complex, str, bytes)


class Values:
    """Reads the types of what is not called.

    Args:
        meanings: Follows names.
        signatures: Reads annotations.
    """

    def __init__(self, meanings: Meanings, signatures: Signatures) -> None:
        self._meanings = meanings
        self._signatures = signatures

    def of(self, asked: Place) -> StatedValue | None:
        """Return what reading what stands at a place gives; `None` for what is called, and for what nobody says."""
        place = self._meanings.behind(asked)
        if not place.table.is_stub:
            return None
        functions = [one for one in place.nodes if isinstance(one, FUNCTIONS)]
        if functions:
            return self._property(place, functions)
        for node in place.nodes:
            if isinstance(node, ast.AnnAssign) and not is_marked_alias(node) and not is_type_statement(node):
                return self._variable(place, node)
            if isinstance(node, ast.Assign):
                return _stated(place, _of_literal(node.value), is_settable=True)
        return None

    def _property(self, place: Place, functions: list[Function]) -> StatedValue | None:
        getter = next((one for one in functions if is_property(one)), None)
        text = self._signatures.type_of(getter.returns, place) if getter is not None else None
        marks = {one.attr for other in functions for one in other.decorator_list if isinstance(one, ast.Attribute)}
        if text is None:
            return None
        return StatedValue(
            tier=tier_of(place), type=text, is_settable="setter" in marks, is_deletable="deleter" in marks
        )

    def _variable(self, place: Place, node: ast.AnnAssign) -> StatedValue | None:
        written = node.annotation.value if isinstance(node.annotation, ast.Subscript) else node.annotation
        is_final = (dotted_name(written) or "").rpartition(".")[2] == "Final"
        if is_final and written is node.annotation:
            return _stated(place, _of_literal(node.value), is_settable=False)
        text = self._signatures.type_of(node.annotation, place)
        read = types.parse(text) if text is not None and text.startswith(f"{_CACHED}[") else None
        if isinstance(read, types.Name):
            text = str(read.arguments[0])
        return _stated(place, text, is_settable=not is_final)


def _stated(place: Place, text: str | None, *, is_settable: bool) -> StatedValue | None:
    return None if text is None else StatedValue(tier=tier_of(place), type=text, is_settable=is_settable)


def _of_literal(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return type(value).__name__ if isinstance(value, _PLAIN) else None
