"""Files of Python source, rewritten so that an older Python can parse what they define.

Where it runs: in the target, on the standard library alone; nothing of the target is imported. Only what says which
names a module has is kept: imports, assignments, classes and functions without their bodies, and the conditions around
them. Type parameters become calls, `__type_parameters__(TypeVar("T", bound=int))` as a decorator and
`__type_alias__(...)` as an annotation, so that their names, bounds and defaults stay. A file that cannot be read or
parsed is left out.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from typing import Any, Dict, Iterable, List, Optional, Sequence

_MARK = "__type_parameters__"
_ALIAS_MARK = "__type_alias__"
_DEFINITIONS = ("FunctionDef", "AsyncFunctionDef", "ClassDef")
_TEMPLATES = ("JoinedStr", "TemplateStr")
_ATTEMPTS = ("Try", "TryStar")
_KEPT = ("Import", "ImportFrom", "Assign", "AnnAssign")


def outline(source: bytes, *, is_stub: bool) -> Optional[str]:
    """Return what a source defines, in the syntax of Python 3.8; `None` when it cannot be parsed here."""
    unparse = getattr(ast, "unparse", None)
    if unparse is None:  # Python 3.8 knows no syntax that the host does not
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        tree.body = _Outline(is_stub=is_stub).statements(tree.body)
        return str(unparse(ast.fix_missing_locations(_plain(tree))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Outline:
    def __init__(self, *, is_stub: bool) -> None:
        self._is_stub = is_stub

    def statements(self, statements: Iterable[ast.stmt]) -> List[ast.stmt]:
        kept = [made for one in statements for made in self._statement(one)]
        return kept or [ast.Pass()]

    def _statement(self, node: Any) -> Sequence[ast.stmt]:
        kind = type(node).__name__
        if kind in _DEFINITIONS:
            node.decorator_list = [*node.decorator_list, *_marks(node)]
            node.type_params = []
            node.body = self.statements(node.body) if kind == "ClassDef" else self._documented(node.body)
        elif kind == "TypeAlias":
            mark = _call(_ALIAS_MARK, [_parameter(one) for one in node.type_params])
            return [ast.AnnAssign(target=node.name, annotation=mark, value=node.value, simple=1)]
        elif kind == "If":
            node.body = self.statements(node.body)
            node.orelse = self.statements(node.orelse) if node.orelse else []
        elif kind in _ATTEMPTS:
            return [self._attempt(node)]
        elif kind in ("With", "AsyncWith"):
            return self.statements(node.body)
        elif kind not in _KEPT and not _is_export(node):
            return []
        return [node]

    def _attempt(self, node: Any) -> ast.stmt:
        # What is caught says nothing about names, and is written in more ways than one.
        body = self.statements([*node.body, *node.orelse])
        caught = self.statements(one for handler in node.handlers for one in handler.body)
        handler = ast.ExceptHandler(type=None, name=None, body=caught)
        last = self.statements(node.finalbody) if node.finalbody else []
        return ast.Try(body=body, handlers=[handler] if node.handlers else [], orelse=[], finalbody=last)

    def _documented(self, body: List[ast.stmt]) -> List[ast.stmt]:
        first = body[0]
        if self._is_stub and isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            return [first]
        return [ast.Pass()]


def _is_export(node: ast.stmt) -> bool:
    if isinstance(node, ast.AugAssign):
        return getattr(node.target, "id", None) == "__all__"
    call = node.value if isinstance(node, ast.Expr) else None
    held = getattr(getattr(call, "func", None), "value", None)
    return isinstance(call, ast.Call) and getattr(held, "id", None) == "__all__"


def _marks(node: Any) -> List[ast.expr]:
    declared = getattr(node, "type_params", None)
    return [_call(_MARK, [_parameter(one) for one in declared])] if declared else []


def _parameter(node: Any) -> ast.expr:
    arguments: List[ast.expr] = [ast.Constant(value=node.name)]
    keywords: Dict[str, ast.expr] = {}
    bound = getattr(node, "bound", None)
    if isinstance(bound, ast.Tuple):
        arguments.extend(bound.elts)
    elif bound is not None:
        keywords["bound"] = bound
    default = getattr(node, "default_value", None)
    if default is not None:
        keywords["default"] = default.value if isinstance(default, ast.Starred) else default
    call = _call(type(node).__name__, arguments)
    call.keywords = [ast.keyword(arg=name, value=value) for name, value in keywords.items()]
    return call


def _call(name: str, arguments: List[ast.expr]) -> ast.Call:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[])


def _plain(tree: ast.Module) -> ast.Module:
    # The text of an f-string is no type, and newer ones nest quotes.
    return _Plain().visit(tree)  # type: ignore[no-any-return]


class _Plain(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        if type(node).__name__ in _TEMPLATES:
            return ast.copy_location(ast.Constant(value=""), node)
        return super().generic_visit(node)


def main(argv: List[str]) -> int:
    """Rewrite the files that a JSON list of paths names, and write a JSON object of texts by path.

    Args:
        argv: The file of the list, and the file for the object.
    """
    listed, out = argv
    with open(listed, encoding="ascii") as file:
        paths: List[str] = json.load(file)
    found: Dict[str, str] = {}
    for path in paths:
        try:
            with open(path, "rb") as file:
                text = outline(file.read(), is_stub=path.endswith(".pyi"))
        except OSError as error:
            sys.stderr.write("%s cannot be read (%s)\n" % (path, error.strerror))
            continue
        if text is not None:
            found[path] = text
    with open(out, "w", encoding="ascii", newline="\n") as file:
        json.dump(found, file)
    return 0
