# Conditions on version and platform, evaluated for the target as a type checker does.

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.introspect.sources._files import Target

_COMPARED: dict[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_FIELDS = ("major", "minor", "micro")
_UNKNOWN = object()


def holds(test: ast.expr, target: Target) -> bool | None:
    """Tell whether a condition holds in the target; `None` when only running it could tell."""
    value = _value(test, target)
    return None if value is _UNKNOWN else bool(value)


def as_text(test: ast.expr, *, is_else: bool = False) -> str | None:
    """Return a condition, or its opposite, as text; `None` when it does not ask for the version or platform."""
    text = ast.unparse(test)
    if not any(word in text for word in ("version_info", "sys.platform", "sys.implementation")):
        return None
    return ast.unparse(_opposite(test)) if is_else else text


def _opposite(test: ast.expr) -> ast.expr:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return inner
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE:
            return ast.Compare(left, [_OPPOSITE[type(op)]()], [right])
        case ast.BoolOp(op=op, values=parts):
            return ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), [_opposite(one) for one in parts])
        case _:
            return ast.UnaryOp(ast.Not(), test)


def both(outer: str | None, inner: str | None) -> str | None:
    """Return the condition that two conditions hold."""
    if not outer or not inner or outer == inner:
        return outer or inner
    return " and ".join(f"({one})" if " or " in one else one for one in (outer, inner))


def _value(node: ast.expr, target: Target) -> object:  # noqa: C901, PLR0911, PLR0912 - one case per form
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case ast.Name(id="MYPY"):
            return False
        case ast.Attribute(value=ast.Name(id="sys"), attr="version_info") | ast.Name(id="version_info"):
            return target.version
        case ast.Attribute(value=ast.Attribute(attr="version_info"), attr=part) if part in _FIELDS:
            return target.version[_FIELDS.index(part)]
        case ast.Attribute(value=ast.Name(id="sys"), attr="platform"):
            return target.platform
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="sys"), attr="implementation"), attr="name"):
            return target.implementation
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            values = tuple(_value(item, target) for item in items)
            return _UNKNOWN if _UNKNOWN in values else values
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            value = _value(inner, target)
            return _UNKNOWN if value is _UNKNOWN else not value
        case ast.BoolOp(op=op, values=parts):
            return _joined(isinstance(op, ast.Or), [_value(part, target) for part in parts])
        case ast.Subscript(value=inner, slice=index):
            return _part(_value(inner, target), index)
        case ast.Call(func=ast.Attribute(value=inner, attr="startswith"), args=[ast.Constant(value=str(prefix))]):
            value = _value(inner, target)
            return value.startswith(prefix) if isinstance(value, str) else _UNKNOWN
        case ast.Compare(left=left, ops=ops, comparators=rights):
            sides = [_value(one, target) for one in (left, *rights)]
            return _joined(False, [_compared(*one) for one in zip(sides, ops, sides[1:], strict=False)])  # noqa: FBT003
        case _:
            return _UNKNOWN


def _joined(is_or: bool, values: list[object]) -> object:  # noqa: FBT001 - one of two words
    for value in values:
        if value is not _UNKNOWN and bool(value) is is_or:
            return is_or
    return _UNKNOWN if _UNKNOWN in values else not is_or


def _part(value: object, index: ast.expr) -> object:
    if not isinstance(value, tuple):
        return _UNKNOWN
    match index:
        case ast.Constant(value=int(place)) if -len(value) <= place < len(value):
            return value[place]
        case ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None):
            return value[:end]
        case _:
            return _UNKNOWN


def _is_in(one: object, many: object) -> bool:
    return one in many if isinstance(many, tuple) else str(one) in str(many)


def _compared(left: object, op: ast.cmpop, right: object) -> object:
    if left is _UNKNOWN or right is _UNKNOWN:
        return _UNKNOWN
    if isinstance(op, ast.In | ast.NotIn):
        return _is_in(left, right) is isinstance(op, ast.In)
    compare = _COMPARED.get(type(op))
    if compare is None:
        return _UNKNOWN
    try:
        return compare(left, right)
    except TypeError:
        return _UNKNOWN
