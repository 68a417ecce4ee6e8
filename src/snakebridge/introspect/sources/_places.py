# Where something is defined, as a value; and the order in which a class's bases are asked.

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from snakebridge.introspect.sources._conditions import both
from snakebridge.introspect.sources._parameters import is_type_statement
from snakebridge.introspect.sources._tables import Binding, Import, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Given:
    """Type arguments, where they are written: `[int]` of `intp = signedinteger[int]`; none: the defaults count."""

    table: Table
    owner: str | None
    arguments: tuple[ast.expr, ...]

    @classmethod
    def of(cls, table: Table, owner: str | None, written: ast.expr) -> Given:
        """Return the arguments of `X[int, str]`; of a bare `X`, none."""
        if not isinstance(written, ast.Subscript):
            return cls(table, owner, ())
        inner = written.slice
        return cls(table, owner, tuple(inner.elts) if isinstance(inner, ast.Tuple) and inner.elts else (inner,))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name is defined."""

    table: Table
    qualname: str
    nodes: Sequence[ast.stmt]
    """The statements that bind it, in order."""
    condition: str | None = None
    """On version or platform, of the first."""
    via: Place | None = None
    """Of a member: the class that was asked, when one of its bases has it or when it has type arguments."""
    given: Given | None = None
    """Of a class: its type arguments, when an alias or a variable gives some."""

    @classmethod
    def of(
        cls, table: Table, qualname: str, bindings: Iterable[Binding], *, owner: Place | None = None, via: Place | None
    ) -> Place:
        """Return the place of what some bindings define; imports are no definitions."""
        written = [one for one in bindings if not isinstance(one.what, Import)]
        nodes = [one.what for one in written if not isinstance(one.what, Import)]
        condition = written[0].condition if written else None
        if owner is not None:
            condition = both(owner.condition, condition)
        return cls(table, qualname, nodes, condition, via)

    @property
    def address(self) -> str:
        """The place as an address."""
        return f"{self.table.module}:{self.qualname}"

    @property
    def owner(self) -> str | None:
        """The class around it."""
        return self.qualname.rpartition(".")[0] or None

    @property
    def as_class(self) -> ast.ClassDef | None:
        """The class that it is."""
        for node in self.nodes:
            if isinstance(node, ast.ClassDef):
                return node
        return None


def dotted_name(node: ast.expr | None) -> str | None:
    """Return `a.b.c` as written, or `None` for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted_name(node.value)
        return f"{head}.{node.attr}" if head else None
    return None


def is_marked_alias(node: ast.stmt | None) -> TypeGuard[ast.AnnAssign]:
    """Tell whether a statement is `X: TypeAlias = ...` (PEP 613)."""
    return isinstance(node, ast.AnnAssign) and (dotted_name(node.annotation) or "").rpartition(".")[2] == "TypeAlias"


def aliased(node: ast.stmt | None) -> ast.expr | None:
    """Return what a statement makes its name another name of: of `X = Y`, with or without a mark, `Y`."""
    if is_marked_alias(node):
        return node.value
    value = node.value if isinstance(node, ast.Assign) else None
    if isinstance(value, ast.Call) and len(value.args) > 1:
        is_alias = (dotted_name(value.func) or "").rpartition(".")[2] == "TypeAliasType"
        return value.args[1] if is_alias else None
    return value


def may_be_type(node: ast.stmt) -> bool:
    """Tell whether what a statement binds may stand in an annotation: no function, variable or number can."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return False
        case ast.AnnAssign():
            return is_marked_alias(node) or is_type_statement(node)
        case ast.Assign(value=ast.Constant(value=value)):
            return isinstance(value, str)
        case _:
            return True


def linearised(owner: Place, bases: Sequence[Place], lineages: Sequence[Sequence[Place]]) -> list[Place]:
    """Return a class and its bases in the order in which Python asks them (C3), or depth first when there is none."""
    rest = [list(one) for one in (*lineages, bases) if one]
    found = [owner]
    while rest:
        later = {one.address for chain in rest for one in chain[1:]}
        head = next((chain[0] for chain in rest if chain[0].address not in later), rest[0][0])
        found.append(head)
        rest = [left for chain in rest if (left := [one for one in chain if one.address != head.address])]
    return found
