# What a module's text binds its names to, without running it. One table per stub or source, made when it is first asked
# for; function bodies are dropped at once, so a whole library's tables stay small.
#
# Guarantees: conditions on version and platform are evaluated for the target, others are taken to hold both ways, the
# first binding first. A file that cannot be parsed gives no table and is remembered in `unreadable`.

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._conditions import as_text, both, holds
from snakebridge.introspect.sources._parameters import is_type_statement
from snakebridge.introspect.sources._skim import skim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from snakebridge.introspect.sources._files import Files, Target

_NEWER = re.compile(rb"^[ \t]*(?:type[ \t]+\w+[ \t]*[\[=]|(?:class|def|async[ \t]+def)[ \t]+\w+[ \t]*\[)", re.MULTILINE)
_LARGEST = 8_000_000  # bytes; generated tables of data are no interfaces


@dataclass(frozen=True, slots=True)
class Import:
    """A name that is bound to a module, or to a name in one."""

    module: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name is bound."""

    what: ast.stmt | Import
    condition: str | None = None


Names = dict[str, list[Binding]]


@dataclass(slots=True, eq=False)
class Table:
    """The names of one module's text."""

    module: str
    is_package: bool
    is_stub: bool
    names: Names = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Modules whose names are all imported."""
    exported: list[str] | None = None
    """`__all__`, as far as it is written out."""
    is_export_open: bool = False
    """Whether more than what is written out belongs to `__all__`."""
    classes: dict[ast.ClassDef, Names] = field(default_factory=dict)


class Tables:
    """Makes the tables of a target's modules.

    Args:
        target: The interpreter.
        files: Finds the files of modules.
        outline: Rewrites files whose syntax is newer than this Python's.
    """

    def __init__(
        self, target: Target, files: Files, outline: Callable[[Sequence[Path]], Mapping[Path, str]] | None = None
    ) -> None:
        self._target = target
        self._files = files
        self._outline = outline
        self._stubs: dict[str, Table | None] = {}
        self._sources: dict[str, Table | None] = {}
        self._bundled: dict[str, Table | None] = {}
        self._conditional: dict[str, bool] = {}
        self._outlines: dict[str, str | None] = {}
        self.unreadable: dict[str, str] = {}
        """Why a module's file could not be read, by module."""

    def stub(self, module: str) -> Table | None:
        """Return the table of a module's stub."""
        if module not in self._stubs:
            path = self._files.stub(module)
            self._stubs[module] = None if path is None else self._read(module, path, is_stub=True)
        return self._stubs[module]

    def source(self, module: str) -> Table | None:
        """Return the table of a module's source."""
        if module not in self._sources:
            path = self._files.source(module)
            self._sources[module] = None if path is None else self._read(module, path, is_stub=False)
        return self._sources[module]

    def bundled(self, module: str) -> Table | None:
        """Return the table of the stub beside a module's code, where another stub comes before it."""
        path = self._files.bundled(module)
        if path is None or path == self._files.stub(module):
            return None
        if module not in self._bundled:
            self._bundled[module] = self._read(module, path, is_stub=True)
        return self._bundled[module]

    def either(self, module: str, *, stub_first: bool) -> Table | None:
        """Return a module's stub or source; or what the library itself brings, its source or the stub beside it."""
        if stub_first:
            return self.stub(module) or self.source(module)
        return self.source(module) or self.bundled(module) or self.stub(module)

    def has_conditions(self, module: str) -> bool:
        """Tell whether a module's source may hold conditions on the target, without parsing it."""
        if module not in self._conditional:
            path = self._files.source(module)
            text = self._content(path) if path is not None else b""
            self._conditional[module] = b"version_info" in text or b"sys.platform" in text
        return self._conditional[module]

    def members(self, table: Table, node: ast.ClassDef) -> Names:
        """Return what a class binds."""
        if node not in table.classes:
            walk = _Walk(self._target, Table(table.module, table.is_package, table.is_stub))
            walk.statements(node.body, None)
            table.classes[node] = walk.table.names
        return table.classes[node]

    def _read(self, module: str, path: str, *, is_stub: bool) -> Table | None:
        tree = self._parse(module, path)
        if tree is None:
            return None
        walk = _Walk(self._target, Table(module, path.endswith(("/__init__.py", "/__init__.pyi")), is_stub))
        walk.statements(tree.body, None)
        return walk.table

    def _parse(self, module: str, path: str) -> ast.Module | None:
        try:
            content = self._files.read(path)
        except OSError as error:
            self.unreadable[module] = f"it cannot be read ({error.strerror or error})"
            return None
        if len(content) > _LARGEST:
            self.unreadable[module] = f"it is larger than {_LARGEST // 1_000_000} MB"
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in the library's strings
            is_stub = path.endswith(".pyi")
            skimmed = None if is_stub else _parsed(skim(content), is_stub=False)
            tree = skimmed or _parsed(content, is_stub=is_stub) or self._newer(module, path, is_stub=is_stub)
        if tree is None:
            self.unreadable[module] = "it is no Python that can be read here"
        return tree

    def _newer(self, module: str, path: str, *, is_stub: bool) -> ast.Module | None:
        if self._outline is None or not Path(path).is_file():
            return None
        if path not in self._outlines:
            # Where one file is written so, others are: they are all asked for at once, because asking takes a process.
            others = [one for one in self._files.beside(module, path) if _NEWER.search(self._content(one))]
            asked = sorted({path, *others} - set(self._outlines))
            found = self._outline([Path(one) for one in asked])
            self._outlines.update({one: found.get(Path(one)) for one in asked})
        outline = self._outlines[path]
        return _parsed(outline.encode(), is_stub=is_stub) if outline is not None else None

    def _content(self, path: str) -> bytes:
        try:
            return self._files.read(path)
        except OSError:
            return b""


def _parsed(content: bytes, *, is_stub: bool) -> ast.Module | None:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    _empty(tree.body, is_stub=is_stub)
    return tree


def _empty(statements: Iterable[ast.stmt], *, is_stub: bool) -> None:
    # A table lives as long as the introspection. Of a stub's function only the interface is kept; of a source's only
    # that it is one, since the target itself has shown how it is called.
    for statement in statements:
        match statement:
            case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
                first = body[0]
                is_doc = is_stub and isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                statement.body = [first] if is_doc else []
                if not is_stub:
                    statement.args, statement.decorator_list, statement.returns = _NO_ARGUMENTS, [], None
            case ast.ClassDef(body=body) | ast.With(body=body):
                _empty(body, is_stub=is_stub)
            case ast.If(body=body, orelse=orelse):
                _empty([*body, *orelse], is_stub=is_stub)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
                _empty([*body, *(one for handler in handlers for one in handler.body)], is_stub=is_stub)
                _empty([*orelse, *last], is_stub=is_stub)
            case _:
                pass


_NO_ARGUMENTS = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


class _Walk:
    def __init__(self, target: Target, table: Table) -> None:
        self._target = target
        self.table = table

    def statements(self, body: Iterable[ast.stmt], condition: str | None) -> None:
        for statement in body:
            self._statement(statement, condition)

    def _bind(self, name: str, what: ast.stmt | Import, condition: str | None) -> None:
        self.table.names.setdefault(name, []).append(Binding(what, condition))

    def _statement(  # noqa: C901, PLR0912 - one case per form
        self, statement: ast.stmt, condition: str | None
    ) -> None:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._bind(name, statement, condition)
            case ast.Import(names=aliases):
                for alias in aliases:
                    outer = alias.name.partition(".")[0]
                    self._bind(alias.asname or outer, Import(alias.name if alias.asname else outer), condition)
            case ast.ImportFrom():
                self._import_from(statement, condition)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._assign(target.id, statement, value, condition)
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                self._assign(name, statement, value, condition)
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                self._export(value)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="__all__"), attr=how), args=[argument])):
                self._export(argument if how == "extend" else ast.List(elts=[argument]))
            case ast.If(test=test, body=body, orelse=orelse):
                self._branch(test, body, orelse, condition)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
                self.statements([*body, *orelse], condition)
                self.statements([one for handler in handlers for one in handler.body], condition)
                self.statements(last, condition)
            case ast.With(body=body):
                self.statements(body, condition)
            case _ if is_type_statement(statement):  # PEP 695, which Python 3.11 does not know
                self._bind(statement.name.id, statement, condition)  # type: ignore[attr-defined]
            case _:
                pass

    def _assign(self, name: str, statement: ast.stmt, value: ast.expr | None, condition: str | None) -> None:
        if name == "__all__" and value is not None:
            self.table.exported = []
            self.table.is_export_open = False
            self._export(value)
        self._bind(name, statement, condition)

    def _export(self, value: ast.expr) -> None:
        match value:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                names = [one.value for one in items if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                self.table.exported = [*(self.table.exported or ()), *names]
                self.table.is_export_open = self.table.is_export_open or len(names) < len(items)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                self._export(left)
                self._export(right)
            case _:
                self.table.is_export_open = True

    def _branch(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], outer: str | None) -> None:
        verdict = holds(test, self._target)
        if verdict is not False:
            self.statements(body, both(outer, as_text(test)))
        if verdict is not True:
            self.statements(orelse, both(outer, as_text(test, is_else=True)))

    def _import_from(self, statement: ast.ImportFrom, condition: str | None) -> None:
        module = statement.module or ""
        if statement.level:
            parts = self.table.module.split(".")
            up = statement.level - 1 if self.table.is_package else statement.level
            parts = parts[: len(parts) - up] if up else parts
            module = ".".join([*parts, *([module] if module else [])])
        for alias in statement.names:
            if alias.name == "*":
                self.table.stars.append(module)
            else:
                self._bind(alias.asname or alias.name, Import(module, alias.name), condition)
