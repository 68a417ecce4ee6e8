"""A generated package with every type replaced by `Any`: the least that a client with the same names could cost.

Kept are modules, classes, their bases, functions, parameters and their kinds, docstrings, and what is re-exported. Gone
are overloads, annotations, the imports that only they need, and what functions do.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY = "_t.Any"


def skeletons(tree: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of the skeleton of a tree."""
    for path, text in tree.items():
        if not path.endswith(".py"):
            yield path, text
        elif not path.endswith(("/_adapter.py", "/_snakebridge.py")):
            yield path, ast.unparse(ast.fix_missing_locations(_Skeleton().visit(ast.parse(text)))) + "\n"


class _Skeleton(ast.NodeTransformer):
    def visit_Module(self, node: ast.Module) -> ast.Module:
        body = _kept(node.body)
        future = next((index for index, one in enumerate(body) if isinstance(one, ast.ImportFrom)), 0)
        node.body = [self.visit(one) for one in body]
        text = ast.unparse(node)
        node.body = [
            one for one in node.body if not (isinstance(one, ast.Import) and f"{one.names[0].asname}." not in text)
        ]
        if ANY in text:
            node.body.insert(future + 1, ast.parse("import typing as _t").body[0])
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.bases = [_bare(base) for base in node.bases if not ast.unparse(base).startswith(("_sb.", "_t."))]
        node.body = [self.visit(one) for one in _kept(node.body)] or [ast.Pass()]
        node.keywords, node.decorator_list = [], []
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        given = node.args
        node.decorator_list = [one for one in node.decorator_list if not ast.unparse(one).startswith("_sb.")]
        named = [*given.posonlyargs, *given.args]
        receiver = named[:1] if named and named[0].arg in {"self", "cls"} else []
        for one in (*named, *given.kwonlyargs, given.vararg, given.kwarg):
            if one is not None and one not in receiver:
                one.annotation = _any()
        given.defaults = [ast.Constant(...) for _ in given.defaults]
        given.kw_defaults = [default and ast.Constant(...) for default in given.kw_defaults]
        node.returns = ast.Constant(None) if node.name == "__init__" or _is_setter(node) else _any()
        doc = [node.body[0]] if ast.get_docstring(node, clean=False) is not None else []
        node.body = [*doc, *ast.parse("raise NotImplementedError").body]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self.visit_FunctionDef(node)  # type: ignore[arg-type] - the two have the same fields
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if ast.unparse(node.target) == "__all__":
            return node
        node.annotation, node.value = _any(), None
        return node


def _any() -> ast.expr:
    return ast.parse(ANY, mode="eval").body


def _bare(base: ast.expr) -> ast.expr:
    # Without `Generic` among the bases a class takes no arguments.
    return base.value if isinstance(base, ast.Subscript) and not ast.unparse(base).startswith("_b.") else base


def _is_setter(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(one).endswith(".setter") for one in node.decorator_list)


def _kept(body: list[ast.stmt], *, checking: bool = False) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for one in body:
        match one:
            case ast.ImportFrom(module="__future__") | ast.ClassDef() | ast.AnnAssign() | ast.Expr(ast.Constant()):
                found.append(one)
            case ast.ImportFrom() if one.level and one.names[0].name != "library":
                # An alias with an underscore is of a class that only annotations name.
                found += [one] if not checking or not (one.names[0].asname or "").startswith("_") else []
            case ast.Import() if one.names[0].asname in {"_b", "_enum"}:
                found.append(one)
            case ast.If() if ast.unparse(one.test) == "_t.TYPE_CHECKING":
                found += _kept(one.body, checking=True)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if not _is_overload(one):
                found.append(one)
            case ast.Assign(targets=[ast.Name(name)]) if name == "__all__" or not name.startswith("__"):
                found += [one] if isinstance(one.value, ast.Name | ast.Attribute | ast.Constant | ast.List) else []
    return found


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(one).endswith("overload") for one in node.decorator_list)
