# Type parameters of PEP 695, in either of two spellings: what this Python's parser makes of them, and what the guest's
# outline writes when this Python is too old to parse them. There, `class A[T: int]` is a class A that is decorated with
# `__type_parameters__(TypeVar("T", bound=int))`, and `type X[T] = list[T]` an X that is annotated with
# `__type_alias__(TypeVar("T"))`.

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.manifest import DefinitionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MARK = "__type_parameters__"
ALIAS_MARK = "__type_alias__"
_KINDS = {
    "TypeVar": DefinitionKind.VARIABLE,
    "ParamSpec": DefinitionKind.PARAMETERS,
    "TypeVarTuple": DefinitionKind.VARIABLES,
}


@dataclass(frozen=True, slots=True)
class TypeParameter:
    """One type parameter, as it is written where it is declared."""

    name: str
    kind: DefinitionKind
    bound: ast.expr | None = None
    constraints: tuple[ast.expr, ...] = ()
    default: ast.expr | None = None


def type_parameters(node: ast.AST) -> tuple[TypeParameter, ...]:
    """Return the type parameters that a class, function or `type` statement declares."""
    native = getattr(node, "type_params", None)
    if native:
        return tuple(_native(one) for one in native)
    for call in _marks(node):
        return tuple(made for one in call.args if (made := _made(one)) is not None)
    return ()


def is_type_statement(node: ast.AST | None) -> bool:
    """Tell whether a statement is `type X = ...` (PEP 695)."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Call):
        return _called(node.annotation) == ALIAS_MARK
    return type(node).__name__ == "TypeAlias"


def made_by_call(call: ast.Call, kind: DefinitionKind) -> TypeParameter | None:
    """Return the type parameter that `TypeVar("T", bound=int)` makes."""
    name = call.args[0] if call.args else None
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return None
    given = {one.arg: one.value for one in call.keywords if one.arg}
    return TypeParameter(name.value, kind, given.get("bound"), tuple(call.args[1:]), given.get("default"))


def _marks(node: ast.AST) -> Iterable[ast.Call]:
    candidates: Sequence[ast.expr] = ()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        candidates = node.decorator_list
    elif isinstance(node, ast.AnnAssign):
        candidates = [node.annotation]
    return (one for one in candidates if isinstance(one, ast.Call) and _called(one) in {MARK, ALIAS_MARK})


def _called(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else None


def _made(node: ast.expr) -> TypeParameter | None:
    if not isinstance(node, ast.Call):
        return None
    return made_by_call(node, _KINDS.get(_called(node) or "", DefinitionKind.VARIABLE))


def _native(node: ast.AST) -> TypeParameter:
    bound = getattr(node, "bound", None)
    is_constrained = isinstance(bound, ast.Tuple)
    return TypeParameter(
        str(getattr(node, "name", "")),
        _KINDS[type(node).__name__],
        None if is_constrained else bound,
        tuple(bound.elts) if isinstance(bound, ast.Tuple) else (),
        getattr(node, "default_value", None),
    )
