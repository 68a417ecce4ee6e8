# Source → the part of its syntax tree that says what the module offers in the target.
#
# Branches on version and platform are decided for the target, which griffe does not do (of `if`/`else` it keeps what
# comes last); function bodies go, except their docstring and whether they yield, which griffe does not say either.

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect._static_files import read_bytes
from snakebridge.introspect.sources import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from snakebridge.introspect.sources import Target

GENERATOR = "__yields__"
"""Decorator that stands for a body that yields."""

_LARGEST = 20_000_000
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A module that cannot be read either."""

    module: str
    reason: str
    """A part of a sentence that names no folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a module offers, as source, and where its names come from."""

    source: str
    imports: Mapping[str, str]
    """By local name: `module:name`, or a dotted module."""
    stars: tuple[str, ...]
    """Modules of which all public names are imported."""
    hinted: Mapping[str, str]
    """What is imported for type checkers only: lazy modules say there what their names are."""


def outline(module: str, file: Path, target: Target) -> Outline | Unreadable:
    """Return what a module offers."""
    try:
        source = read_bytes(file)
    except OSError as error:
        return Unreadable(module, f"its file cannot be read ({error.strerror or 'damaged archive'})")
    if len(source) > _LARGEST:
        return Unreadable(module, f"its file has {len(source)} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the compiler, about the library's own text
            tree = ast.parse(source)
            package = module if file.stem == "__init__" else module.rpartition(".")[0]
            guarded = [
                inner for one in tree.body if isinstance(one, ast.If) and _is_hint(one.test) for inner in one.body
            ]
            hinted, _ = _imports(guarded, package)
            tree.body = _pruned(tree.body, target)
            imports, stars = _imports(tree.body, package)
            return Outline(source=ast.unparse(tree), imports=imports, stars=stars, hinted=hinted)
    except SyntaxError as error:
        line = f" in line {error.lineno}" if error.lineno else ""
        return Unreadable(
            module, f"its source is broken, wrongly encoded, or too new for this Python ({error.msg}{line})"
        )
    except (ValueError, RecursionError, MemoryError) as error:
        return Unreadable(module, f"its source cannot be parsed ({type(error).__name__})")


def _imports(body: Sequence[ast.stmt], package: str) -> tuple[dict[str, str], tuple[str, ...]]:
    found: dict[str, str] = {}
    stars: list[str] = []
    for statement in body:
        match statement:
            case ast.Import(names=names):
                for one in names:
                    found[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0]
                    )
            case ast.ImportFrom(module=module, names=names, level=level):
                source = _absolute(module, level, package)
                stars += [source for one in names if one.name == "*"]
                found |= {one.asname or one.name: f"{source}:{one.name}" for one in names if one.name != "*"}
            case _:
                pass
    return found, tuple(stars)


def _absolute(module: str | None, level: int, package: str) -> str:
    if not level:
        return module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])


def _pruned(body: Sequence[ast.stmt], target: Target) -> list[ast.stmt]:
    return [kept for statement in body for kept in _kept(statement, target)]


def _kept(statement: ast.stmt, target: Target) -> Iterator[ast.stmt]:
    match statement:
        case ast.If(test=test, body=body, orelse=orelse):
            yield from _decided(test, body, orelse, target)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            # What the body defines is meant; handlers define what stands in for it.
            fallback = [inner for handler in handlers for inner in handler.body]
            yield from _pruned([*_unless_defined(fallback, [*body, *orelse]), *body, *orelse, *final], target)
        case ast.With(body=body):
            yield from _pruned(body, target)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield _emptied(statement)
        case ast.ClassDef():
            statement.body = _pruned(statement.body, target) or [ast.Pass()]
            yield statement
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
            yield from (ast.Assign([name], value, lineno=0) for name, value in zip(names, values, strict=True))
        case ast.Assign(targets=targets, value=value):
            yield from (ast.Assign([one], value, lineno=0) for one in targets if isinstance(one, ast.Name))
        case ast.For() | ast.While() | ast.AsyncFor() | ast.Delete() | ast.Assert() | ast.Raise():
            return
        case _:
            yield statement


def _decided(
    test: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], target: Target
) -> Iterator[ast.stmt]:
    truth = holds(test, target)
    if _is_hint(test):
        truth = False  # nothing of it is there at run time
    elif isinstance(test, ast.UnaryOp) and _is_hint(test.operand):
        truth = True
    if truth is None:
        yield from _pruned([*_unless_defined(orelse, body), *body], target)
    else:
        yield from _pruned(body if truth else orelse, target)


def _is_hint(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and ast.unparse(test).endswith("TYPE_CHECKING")


def _unless_defined(body: Sequence[ast.stmt], others: Sequence[ast.stmt]) -> list[ast.stmt]:
    taken = {name for statement in others for name in _defines(statement)}
    return [one for one in body if not taken.intersection(_defines(one))]


def _defines(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (one.id for one in targets if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (one.asname or one.name.partition(".")[0] for one in names)
        case _:
            return


def _emptied(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
    if _yields(function.body):
        function.decorator_list = [ast.Name(GENERATOR, ast.Load()), *function.decorator_list]
    doc = ast.get_docstring(function, clean=False)
    function.body = [ast.Pass() if doc is None else ast.Expr(ast.Constant(doc))]
    return function


def _yields(body: Sequence[ast.AST]) -> bool:
    left = list(body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, (*_Function, ast.ClassDef, ast.Lambda)):
            left.extend(ast.iter_child_nodes(node))
    return False
