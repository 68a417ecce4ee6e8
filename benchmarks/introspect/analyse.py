"""The oracle: what mypy's semantic analysis knows about the callables of a walk. Runs where a pinned mypy is.

    analyse.py WALK.jsonl PYTHON VERSION OUT.json

`PYTHON` is the target's interpreter, of `VERSION` such as `3.11`. Writes, by the path of the walk, every overload with
the kind and type of each parameter; what every alias stands for; and the ancestors of each class that a type names. A
type is nested lists:

    ["name", address, type...]    a class and its arguments; also `Any`, `None`, and `?` for what cannot be read
    ["union", type...]   ["literal", text]   ["call", [type...] or null, type]   ["variable", name, type...]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mypy import build, nodes
from mypy import types as mypy_types
from mypy.fscache import FileSystemCache
from mypy.modulefinder import BuildSource, FindModuleCache, compute_search_paths
from mypy.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("method", "classmethod", "staticmethod")
DEEPEST = 12

Plain = list[Any]


def analyse(paths: list[str], python: str, version: str) -> dict[str, nodes.MypyFile]:
    """Return the files that mypy read for the modules of some paths."""
    options = Options()
    major, minor = version.split(".")
    options.python_version = (int(major), int(minor))
    options.python_executable = python
    options.incremental = False
    options.cache_dir = os.devnull
    options.ignore_errors = options.ignore_missing_imports = True
    options.follow_untyped_imports = options.semantic_analysis_only = True
    search = compute_search_paths([], options, str(Path(build.__file__).parent))
    finder = FindModuleCache(search, FileSystemCache(), options)
    modules = sorted({path[:at] for path in paths for at, letter in enumerate(path) if letter == "."})
    found = [(name, finder.find_module(name)) for name in modules]
    return build.build([BuildSource(file, name, None) for name, file in found if isinstance(file, str)], options).files


class Oracle:
    """Answers by path."""

    def __init__(self, files: dict[str, nodes.MypyFile]) -> None:
        self.files = files
        self.classes: dict[str, dict[str, Any]] = {}

    def callable(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what mypy knows about one callable, and by its other addresses what it knows there beside that."""
        names = [record["path"], *record.get("aliases", ())]
        if record["kind"] not in METHODS and record["module"] and record["qualname"]:
            names.append(f"{record['module']}.{record['qualname']}")
        nodes_by_name = [(name, node) for name in names if (node := self.find(name)) is not None]
        first = next((node for _, node in nodes_by_name), None)
        others = {name: self.described(node) for name, node in nodes_by_name if node is not first}
        found = {**others, record["path"]: self.described(first)}
        return {name: one for name, one in found.items() if one}

    def described(self, node: Any) -> dict[str, Any] | None:
        """Return the overloads of a node, or `None` when it is nothing that can be called."""
        if isinstance(node, nodes.TypeAlias):
            node = _class_of(node.target)
        functions = list(self.functions(node))
        if isinstance(node, nodes.Var):
            said = mypy_types.get_proper_type(node.type)
            if isinstance(said, mypy_types.CallableType):
                overload = {"parameters": list(self.arguments(said)), "returns": self.plain(said.ret_type)}
                return {"overloads": [overload], "file": ""}
        if node is None or not functions:
            return None
        return {"overloads": [self.overload(one) for one in functions], "file": self.source(functions[0])}

    def find(self, path: str) -> Any:
        """Return the node of a dotted path."""
        parts = path.split(".")
        at = next((at for at in range(len(parts), 0, -1) if ".".join(parts[:at]) in self.files), 0)
        node: Any = self.files.get(".".join(parts[:at]))
        for name in parts[at:] if at < len(parts) else ():
            if isinstance(node, nodes.TypeAlias):
                node = _class_of(node.target)
            if isinstance(node, nodes.Var):
                node = _class_of(node.type)
            if isinstance(node, nodes.TypeInfo):
                found = node.get(name)
            else:
                found = node.names.get(name) if isinstance(node, nodes.MypyFile) else None
            node = found.node if found else None
        return None if isinstance(node, (nodes.MypyFile, nodes.PlaceholderNode)) else node

    def functions(self, node: Any) -> Iterator[nodes.FuncDef]:
        """Yield the overloads of a node, or the one function that it is; of a class its constructor's."""
        if isinstance(node, nodes.Var):
            owner = _class_of(node.type)
            found = owner.get("__call__") if owner else None
            node = found.node if found else None
        if isinstance(node, nodes.TypeInfo):
            known = [one for name in ("__init__", "__new__") if (one := node.get(name)) is not None]
            depth = {
                id(one): next((at for at, up in enumerate(node.mro) if one in up.names.values()), 99) for one in known
            }
            node = min(known, key=lambda one: depth[id(one)]).node if known else None
        if isinstance(node, nodes.OverloadedFuncDef):
            for one in node.items:
                yield from self.functions(one)
        elif isinstance(node, nodes.Decorator):
            yield node.func
        elif isinstance(node, nodes.FuncDef):
            yield node

    def overload(self, function: nodes.FuncDef) -> dict[str, Any]:
        """Return parameters and result of one definition."""
        said = function.type
        if isinstance(said, mypy_types.CallableType) and len(said.arg_types) == len(function.arguments):
            return {"parameters": list(self.arguments(said, function)), "returns": self.plain(said.ret_type)}
        plain = [[one.variable.name, one.kind.name, None] for one in function.arguments]
        return {"parameters": plain, "returns": None}

    def arguments(self, said: mypy_types.CallableType, function: nodes.FuncDef | None = None) -> Iterator[Plain]:
        """Yield name, kind and type of each parameter."""
        for at, (name, kind, one) in enumerate(zip(said.arg_names, said.arg_kinds, said.arg_types, strict=True)):
            real = function.arguments[at].variable.name if function else name or f"__{at}"
            yield [real, kind.name, self.plain(one)]

    def source(self, function: nodes.FuncDef) -> str:
        """Return where a definition stands: `stub` or `source`."""
        name = function.fullname
        while name and name not in self.files:
            name = name.rpartition(".")[0]
        return "stub" if name and self.files[name].path.endswith(".pyi") else "source"

    def plain(  # noqa: C901, PLR0911 - one line per kind of type
        self, one: mypy_types.Type | None, depth: int = 0
    ) -> Plain | None:
        """Return a type as lists; `None` when nobody wrote one."""
        if isinstance(one, mypy_types.UnboundType):
            return ["name", "?"]
        one = mypy_types.get_proper_type(one)
        below = depth + 1
        if one is None or depth > DEEPEST:
            return None
        if isinstance(one, mypy_types.AnyType):
            unwritten = (mypy_types.TypeOfAny.unannotated, mypy_types.TypeOfAny.implementation_artifact)
            missing = (mypy_types.TypeOfAny.from_unimported_type, mypy_types.TypeOfAny.from_error)
            return None if one.type_of_any in unwritten else ["name", "?" if one.type_of_any in missing else "Any"]
        if isinstance(one, mypy_types.UnionType):
            return ["union", *(self.plain(each, below) for each in one.items)]
        if isinstance(one, mypy_types.LiteralType):
            return [
                "literal",
                f"{one.fallback.type.fullname}.{one.value}" if one.is_enum_literal() else repr(one.value),
            ]
        if isinstance(one, (mypy_types.TypeVarType, mypy_types.ParamSpecType, mypy_types.TypeVarTupleType)):
            limits = getattr(one, "values", None) or [one.upper_bound]
            return ["variable", one.name, *(self.plain(each, below) for each in limits)]
        if isinstance(one, mypy_types.CallableType):
            arguments = None if one.is_ellipsis_args else [self.plain(each, below) for each in one.arg_types]
            return ["call", arguments, self.plain(one.ret_type, below)]
        if isinstance(one, mypy_types.TupleType):
            fallback = one.partial_fallback.type
            items = one.items if fallback.fullname == "builtins.tuple" else ()
            return ["name", self.named(fallback), *(self.plain(each, below) for each in items)]
        if isinstance(one, mypy_types.TypeType):
            return ["name", "typing.TypeForm" if one.is_type_form else "builtins.type", self.plain(one.item, below)]
        if isinstance(one, mypy_types.UnpackType):
            return self.plain(one.type, below)
        if isinstance(one, mypy_types.TypedDictType):
            return ["name", self.named(one.fallback.type)]
        if isinstance(one, mypy_types.Instance):
            arguments = [self.plain(each, below) for each in one.args]
            endless = [["name", "..."]] if one.type.fullname == "builtins.tuple" else []
            return ["name", self.named(one.type), *arguments, *endless]
        names = {mypy_types.NoneType: "None", mypy_types.UninhabitedType: "Never"}
        return ["name", names.get(type(one), type(one).__name__)]

    def named(self, info: nodes.TypeInfo) -> str:
        """Return the full name of a class, and remember its ancestors."""
        mro = [each.fullname for each in info.mro]
        self.classes.setdefault(info.fullname, {"mro": mro, "protocol": info.is_protocol})
        return info.fullname

    def aliases(self) -> dict[str, Plain]:
        """Return, by every address, the parameters and the meaning of each alias that is no mere second name."""
        found: dict[str, Plain] = {}
        meanings: dict[str, Plain] = {}
        for module, file in self.files.items():
            for name, entry in file.names.items():
                one = entry.node
                if isinstance(one, nodes.TypeAlias) and not one.fullname.startswith(("typing.", "builtins.")):
                    if one.fullname not in meanings:
                        meanings[one.fullname] = [self.variables(one), self.plain(one.target)]
                    found[f"{module}.{name}"] = meanings[one.fullname]
        return found

    def variables(self, alias: nodes.TypeAlias) -> list[Plain]:
        """Return name and default of the type parameters of an alias; `Any` where nobody gave one."""
        defaults = [one.default if one.has_default() else None for one in alias.alias_tvars]
        plain = [["name", "Any"] if one is None else self.plain(one) for one in defaults]
        return [[one.name, default] for one, default in zip(alias.alias_tvars, plain, strict=True)]

    def name_all(self, module: str) -> None:
        """Remember the ancestors of every class of a module."""
        for found in self.files[module].names.values() if module in self.files else ():
            if isinstance(found.node, nodes.TypeInfo):
                self.named(found.node)


def _class_of(said: mypy_types.Type | None) -> nodes.TypeInfo | None:
    said = mypy_types.get_proper_type(said)
    return said.type if isinstance(said, mypy_types.Instance) else None


def main(walk: str, python: str, version: str, out: str) -> None:
    sys.setrecursionlimit(20_000)
    records = [json.loads(line) for line in Path(walk).read_text(encoding="utf-8").splitlines()][1:]
    oracle = Oracle(analyse([one["path"] for one in records], python, version))
    for module in ("builtins", "typing", "numbers", "os", "pathlib"):
        oracle.name_all(module)
    known: dict[str, Any] = {}
    for record in records:
        known |= oracle.callable(record)
    text = json.dumps({"callables": known, "aliases": oracle.aliases(), "classes": oracle.classes})
    Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
