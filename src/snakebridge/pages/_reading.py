# Generated code, read back: what a caller and a type checker see of it, without importing anything.
#
# Guarantees: pages say what the generated code says, since they are made from its text and nothing else.
# Assumes: the text is what `codegen.render` made, so its imports and blocks have the forms that templates give them.

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from snakebridge.pages._model import Callable, Class, Form, Module, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["read_package"]

_SOURCE = re.compile(r"(?:\A|\n\n)Source: [^\n]+\Z")
_FORMS = {"classmethod": Form.CLASS_METHOD, "staticmethod": Form.STATIC_METHOD, "property": Form.PROPERTY}


def read_package(tree: Mapping[str, str], library: str) -> dict[str, Module]:
    """Return the modules of a generated package, by name.

    Args:
        tree: What `codegen.render` returned.
        library: Whose package it is.
    """
    folder = library.replace(".", "/")
    found: dict[str, Module] = {}
    parts: dict[str, str] = {}
    for path, text in tree.items():
        own = path.removeprefix(f"{folder}/")
        if not path.startswith(f"{folder}/") or not path.endswith(".py") or own in {"_snakebridge.py", "_adapter.py"}:
            continue
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        body = ast.parse(text)
        # A part defines symbols of its package in a file of its own.
        is_part = any(_assigned(node) == "__name__" for node in body.body)
        owner = name.rpartition(".")[0] if is_part else name
        if is_part:
            parts[name] = owner
        module = found.setdefault(owner, Module(name=owner))
        _Reader(module, name, is_package=path.endswith("/__init__.py"), is_part=is_part).read(body)
    for module in found.values():
        _settle(module, parts)
    return dict(sorted(found.items()))


def _settle(module: Module, parts: Mapping[str, str]) -> None:
    """Sort out what a module defines and what it passes on; what is in a part belongs to the module around it."""
    for names in (module.names, module.elsewhere):
        for name, target in names.items():
            home, _, rest = target.rpartition(".")
            names[name] = f"{parts[home]}.{rest}" if home in parts else target
    defined: list[Value | Callable | Class] = [*module.values, *module.functions, *module.classes]
    for name in [one.name for one in defined]:
        module.names[name] = f"{module.name}.{name}"
        module.elsewhere.pop(name, None)
    public = set(module.exports)
    module.values = sorted((one for one in module.values if one.name in public), key=lambda one: one.name)
    module.functions = sorted((one for one in module.functions if one.name in public), key=lambda one: one.name)
    module.classes = sorted((one for one in module.classes if one.name in public), key=lambda one: one.name)
    # Of what is imported, only the public names are passed on.
    module.elsewhere = {name: where for name, where in sorted(module.elsewhere.items()) if name in public}


def _assigned(node: ast.stmt) -> str | None:
    """Return the name that a statement gives a value or a type to."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _is_checking(node: ast.If) -> bool:
    """Say whether a condition is `TYPE_CHECKING`, under whichever alias."""
    return not isinstance(node.test, ast.UnaryOp) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"


class _Reader:
    def __init__(self, module: Module, file: str, *, is_package: bool, is_part: bool) -> None:
        self._module = module
        self._file = file
        self._is_package = is_package
        self._is_part = is_part

    def read(self, body: ast.Module) -> None:
        if not self._is_part:
            self._module.doc = _doc(body)
        self._statements(body.body)

    def _statements(self, body: list[ast.stmt]) -> None:
        functions: dict[str, Callable] = {}
        for node in body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    self._imports(node)
                case ast.If() if _is_checking(node):
                    self._statements(node.body)
                case ast.ClassDef():
                    self._module.classes.append(_class(node, node.name))
                case ast.FunctionDef() | ast.AsyncFunctionDef() if not node.name.startswith("__"):
                    _add(functions, node, bound=False)
                case ast.Assign() | ast.AnnAssign() if (name := _assigned(node)) is not None:
                    self._assign(name, node)
        self._module.functions += functions.values()

    def _assign(self, name: str, node: ast.Assign | ast.AnnAssign) -> None:
        if name == "__all__":
            if not self._is_part:
                self._module.exports = [str(one) for one in ast.literal_eval(node.value)] if node.value else []
        else:
            self._module.values.append(_value(name, node))

    def _imports(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            source = ""
        elif node.level == 0:
            source = node.module or ""
        else:
            parts = self._file.split(".")
            up = node.level - 1 if self._is_package else node.level
            parents = parts[: len(parts) - up]
            source = ".".join([*parents, *([node.module] if node.module else [])])
        for one in node.names:
            name, target = one.asname or one.name, f"{source}.{one.name}".lstrip(".")
            self._module.names[name] = target
            if not self._is_part:
                self._module.elsewhere[name] = target


def _doc(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    # The last line of each says where it comes from, and so does the page.
    return _SOURCE.sub("", ast.get_docstring(node) or "")


def _value(name: str, node: ast.Assign | ast.AnnAssign) -> Value:
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    return Value(name=name, annotation=annotation, value=None if _is_remote(node.value) else node.value)


def _is_remote(value: ast.expr | None) -> bool:
    """Say whether a value is asked for over there each time, whichever way that is spelled."""
    return value is not None and any(isinstance(one, ast.Name) and one.id == "_lib" for one in ast.walk(value))


def _class(node: ast.ClassDef, qualname: str) -> Class:
    found = Class(name=qualname, bases=list(node.bases), doc=_doc(node), deprecated=_deprecation(node.decorator_list))
    functions: dict[str, Callable] = {}
    values: dict[str, Value] = {}
    for one in _body(node.body):
        match one:
            case ast.ClassDef():
                found.classes.append(_class(one, f"{qualname}.{one.name}"))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _add(functions, one, bound=True)
            case ast.Assign() | ast.AnnAssign() if (name := _assigned(one)) is not None and not name.startswith("__"):
                values.setdefault(name, _value(name, one))
    found.constructor = functions.pop("__init__", None) or functions.pop("__new__", None)
    found.callables = sorted(functions.values(), key=lambda one: (one.name.startswith("__"), one.name))
    # An enum's members stand in the order of their definition.
    found.values = [one for name, one in values.items() if name not in functions]
    return found


def _body(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a class, those for type checkers and those hidden from them alike."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _body([*node.orelse, *node.body])
        else:
            yield node


def _add(found: dict[str, Callable], node: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> None:
    """Add a function, one of its overloads, its implementation, or the setter of a property."""
    decorators = {ast.unparse(one).rpartition(".")[2]: one for one in node.decorator_list}
    known = found.get(node.name)
    if "setter" in decorators or "deleter" in decorators:
        if known is not None:
            known.settable = known.settable or "setter" in decorators
        return
    form = next((_FORMS[name] for name in decorators if name in _FORMS), Form.FUNCTION)
    arguments = _without_receiver(node.args) if bound and form is not Form.STATIC_METHOD else node.args
    if known is None or not known.signatures:
        known = found[node.name] = Callable(name=node.name, form=form)
    # Behind overloads stands one implementation, which checkers and callers do not see.
    if "overload" in decorators or not known.signatures:
        known.signatures.append(arguments)
        known.returns.append(node.returns)
        known.deprecated = known.deprecated or (
            _deprecation(node.decorator_list) if "overload" not in decorators else None
        )
    known.coroutine = known.coroutine or isinstance(node, ast.AsyncFunctionDef)
    known.doc = known.doc or _doc(node)


def _without_receiver(arguments: ast.arguments) -> ast.arguments:
    """Return the parameters without `self` or `cls`, and their positional-only mark if nothing else needs it."""
    placed = [*arguments.posonlyargs, *arguments.args]
    if not placed:
        return arguments
    first = placed[0]
    return ast.arguments(
        posonlyargs=[one for one in arguments.posonlyargs if one is not first],
        args=[one for one in arguments.args if one is not first],
        vararg=arguments.vararg,
        kwonlyargs=arguments.kwonlyargs,
        kw_defaults=arguments.kw_defaults,
        kwarg=arguments.kwarg,
        defaults=arguments.defaults,
    )


def _deprecation(decorators: list[ast.expr]) -> str | None:
    for one in decorators:
        if isinstance(one, ast.Call) and ast.unparse(one.func).rpartition(".")[2] == "deprecated":
            told = one.args[0] if one.args else None
            return str(told.value) if isinstance(told, ast.Constant) else ""
    return None
