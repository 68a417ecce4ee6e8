# What flows from one example to the next, as far as names tell: which names hold something that an example made or
# changed, directly or by way of others.

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

__all__ = ["changed_copies", "loaded", "made", "reached"]


def loaded(source: str) -> set[str]:
    """Return the names that an example reads."""
    return _names(_parsed(source), ast.Load)


def reached(sources: Sequence[str], suspects: Container[int], modules: Iterable[str] = ()) -> set[str]:
    """Return the names that hold what some of the examples made or changed.

    Args:
        sources: All examples as far as the one that is asked about.
        suspects: Places of those that are asked about.
        modules: Names of modules: what is called there does nothing to them.
    """
    found: set[str] = set()
    untouched = {*modules, *(name for source in sources for name in _imported(_parsed(source)))}
    for place, source in enumerate(sources[:-1]):
        if place in suspects or found & loaded(source):
            tree = _parsed(source)
            found |= _bound(tree)
            if place in suspects:
                found |= _worked_on(tree) - untouched
    return found


def made(sources: Sequence[str]) -> set[str]:
    """Return the names that examples make."""
    return {name for source in sources for name in _bound(_parsed(source))}


def changed_copies(sources: Sequence[str]) -> set[str]:
    """Return the names of what holds a container that examples change elsewhere, and of what is made of it.

    That is an object whose insides are assigned to, as in `graph[0][1]["weight"] = 7`, and one that a list was given to
    which changes afterwards.
    """
    found: set[str] = set()
    given: dict[str, set[str]] = {}
    for source in sources:
        tree = _parsed(source)
        found |= set(_assigned_inside(tree))
        for name in _changed(tree):
            found |= given.get(name, set())
        _note_given(tree, given)
        if found & _names(tree, ast.Load):
            found |= _bound(tree)
    return found


def _assigned_inside(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            root = _handed_out(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            root = _handed_out(node.func.value)
        else:
            continue
        if root is not None:
            yield root


def _changed(tree: ast.AST) -> Iterator[str]:
    # `x.append(1)` and `x[0] = 1`, which change `x` itself.
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            owner = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            owner = node.func.value
        else:
            continue
        if isinstance(owner, ast.Name):
            yield owner.id


def _note_given(tree: ast.AST, given: dict[str, set[str]]) -> None:
    # With whom each name was passed to a call.
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = {
                one.id for one in (*node.args, *(each.value for each in node.keywords)) if isinstance(one, ast.Name)
            }
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            company = names | ({owner.id} if isinstance(owner, ast.Name) else set()) | _names(tree, ast.Store)
            for name in names:
                given.setdefault(name, set()).update(company - {name})


_CHANGING = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "setdefault", "update"}
)


def _handed_out(node: ast.expr) -> str | None:
    # The name at the root of what is taken out of it: of `g.nodes[0]`, `g`; of `g` alone there is none.
    depth = 0
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        depth += 1
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if depth and isinstance(node, ast.Name) else None


def _bound(tree: ast.AST) -> set[str]:
    found = _names(tree, ast.Store) | _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found


def _imported(tree: ast.AST) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {(one.asname or one.name).partition(".")[0] for node in imports for one in node.names}


def _worked_on(tree: ast.AST) -> set[str]:
    # `x.sort()`, `shuffle(x)`, `x[0] = 1`: what it was to do to `x` may not have happened.
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            found |= {one.id for one in (owner, *call.args) if isinstance(one, ast.Name)}
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            inner: ast.expr = node
            while isinstance(inner, (ast.Subscript, ast.Attribute)):
                inner = inner.value
            if isinstance(inner, ast.Name):
                found.add(inner.id)
    return found


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:  # of a newer Python than this one
        return ast.Module([], [])
