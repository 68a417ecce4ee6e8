"""How many parameters of generated code say something: counted in the code itself, as checkers and editors see it.

Counted are the named parameters of public functions, methods and constructors; `*args`, `**kwargs`, operands of
operators and setters are not, as in the figures that the bars come from. A parameter of an overloaded function is typed
when it is in one of the overloads. What is written `int | Any` is a hint: readers and editors see what the
documentation says, and checkers refuse nothing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANY = "_t.Any"
_NOTHING = {_ANY, "_sb.Default", "None"}
_CALLED = {"__init__", "__call__", "__new__"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Share:
    """The parameters of a library."""

    typed: int = 0
    hinted: int = 0
    untyped: int = 0

    @property
    def parameters(self) -> int:
        return self.typed + self.hinted + self.untyped

    def add(self, other: Share) -> None:
        self.typed += other.typed
        self.hinted += other.hinted
        self.untyped += other.untyped


def share(package: Path) -> Share:
    """Count the parameters in a generated package."""
    found = Share()
    for file in sorted(package.rglob("*.py")):
        said: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, function, visible in _functions(ast.parse(file.read_text(encoding="utf-8")).body, "", visible=True):
            for parameter in _named(function, is_method="." in name):
                text = ast.unparse(parameter.annotation) if parameter.annotation and visible else _ANY
                said[name, parameter.arg].add(text)
        for texts in said.values():
            members = [_members(text) for text in texts]
            if any(_ANY not in one for one in members):
                found.typed += 1
            elif any(one - _NOTHING for one in members):
                found.hinted += 1
            else:
                found.untyped += 1
    return found


def _members(text: str) -> set[str]:
    """Return the alternatives of an annotation."""
    node: ast.expr = ast.parse(text, mode="eval").body
    found = set()
    while isinstance(node, ast.BinOp):
        found.add(ast.unparse(node.right))
        node = node.left
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "_t.Union" and isinstance(node.slice, ast.Tuple):
        return found.union(*(_members(ast.unparse(one)) for one in node.slice.elts))
    return {*found, ast.unparse(node)}


def _functions(body: list[ast.stmt], owner: str, *, visible: bool) -> Iterator[tuple[str, _Function, bool]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                setter = any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in node.decorator_list)
                if (not node.name.startswith("_") or node.name in _CALLED) and not setter:
                    yield f"{owner}{node.name}", node, visible
            case ast.ClassDef():
                yield from _functions(node.body, f"{owner}{node.name}.", visible=visible)
            case ast.If():
                negated = isinstance(node.test, ast.UnaryOp)
                checking = "TYPE_CHECKING" in ast.unparse(node.test)
                yield from _functions(node.body, owner, visible=visible and not (checking and negated))
                yield from _functions(node.orelse, owner, visible=visible and not (checking and not negated))


def _named(function: _Function, *, is_method: bool) -> list[ast.arg]:
    placed = [*function.args.posonlyargs, *function.args.args]
    static = any(ast.unparse(one).endswith("staticmethod") for one in function.decorator_list)
    return [*(placed[1:] if is_method and not static else placed), *function.args.kwonlyargs]
