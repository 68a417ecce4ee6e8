"""The yardstick: every public callable of a library, as a plain walk with `inspect` sees it.

    walk.py LIBRARY OUT.jsonl [SKIPPED...]

Runs in the target and knows nothing of snakebridge. The rules are those of the baselines that the bars come from:

modules   the library and every submodule that can be imported, none of whose names begins with `_` or is in `_LEFT_OUT`
names     `__all__` where there is one, else what does not begin with `_`
owned     what says that it was made in the library (`__module__`); what says nothing counts when `__all__` names it,
          or when its class is the library's. Each object counts once; its other addresses are aliases
methods   of each class: public names whose first definition along the MRO is in a class of the library; each
          definition counts once

One JSON record per callable, after one that holds the counts.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import io
import json
import pkgutil
import sys
import types
import typing
import warnings
from pathlib import Path

_LEFT_OUT = {"tests", "test", "conftest", "setup", "__main__", "_test"}
_ROUTINES = {
    *("function", "builtin_function_or_method", "method", "method_descriptor", "cython_function_or_method"),
    *("fused_cython_function", "ufunc", "_ArrayFunctionDispatcher", "nb_func"),
}
_REST = int(inspect.Parameter.VAR_KEYWORD)
_ALIASES = (types.GenericAlias, type(typing.List[int]))  # noqa: UP006 - the class behind `typing` aliases
_READ_ONLY = (
    *(property, functools.cached_property, types.GetSetDescriptorType, types.MemberDescriptorType),
    type,
)


class Walk:
    """One library."""

    def __init__(self, library, skipped=()):
        self.library = library
        self.skipped = frozenset(skipped)
        self.said = io.StringIO()
        self.modules = {}
        self.failed = []
        self.records = []
        self.known = {}  # id → its record; `kept` keeps the ids unique
        self.kept = []
        self.methods = set()

    def run(self):
        """Walk all of it."""
        root = self.load(self.library)
        if root is None:
            raise SystemExit(f"{self.library} cannot be imported: {self.failed[0][1]}")
        self.find_modules(root)
        for name in sorted(self.modules, key=lambda name: (name.count("."), name)):
            self.module(name, self.modules[name])

    def load(self, name):
        """Import a module, or note that it cannot be."""
        try:
            with contextlib.redirect_stdout(self.said), contextlib.redirect_stderr(self.said):
                return importlib.import_module(name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a library's modules raise and exit as they like
            self.failed.append([name, type(error).__name__])
            return None

    def find_modules(self, module):
        """Note a module and all below it."""
        self.modules[module.__name__] = module
        for found in sorted(pkgutil.iter_modules(getattr(module, "__path__", None) or []), key=lambda one: one.name):
            name = f"{module.__name__}.{found.name}"
            if found.name.startswith("_") or found.name in _LEFT_OUT or name in self.skipped:
                continue
            below = self.load(name)
            if isinstance(below, types.ModuleType):
                self.find_modules(below)

    def is_own(self, thing):
        """Tell whether something says that the library made it, or `None` when it does not say."""
        module = getattr(thing, "__module__", None)
        return module.split(".")[0] in (self.library, f"_{self.library}") if isinstance(module, str) else None

    def module(self, name, module):
        """Note the public callables of a module."""
        listed = vars(module).get("__all__")
        names = vars(module) if listed is None else {one for one in listed if isinstance(one, str)}
        for one in sorted(names):
            if listed is None and one.startswith("_"):
                continue
            thing = self.read(module, one)
            if isinstance(thing, (types.ModuleType, typing.TypeVar, typing.ParamSpec)) or not callable(thing):
                continue
            if not isinstance(thing, _ALIASES) and self.counts(thing, listed):
                self.note(f"{name}.{one}", thing)

    def counts(self, thing, listed):
        """Tell whether a callable belongs to the library."""
        own = self.is_own(thing)
        if isinstance(thing, type) or own:
            return bool(own)
        own_type = bool(self.is_own(type(thing)))
        return (own is None or own_type) and (listed is not None or own_type)

    def note(self, path, thing):
        """Record a callable of a module, or one more address of it."""
        if id(thing) in self.known:
            self.known[id(thing)].setdefault("aliases", []).append(path)
            return
        self.kept.append(thing)
        if isinstance(thing, type):
            self.known[id(thing)] = self.record("class", path, thing, thing)
            self.members(thing, path)
        else:
            routine = isinstance(thing, (types.FunctionType, types.BuiltinFunctionType, types.MethodType))
            kind = "function" if routine or type(thing).__name__ in _ROUTINES else "callable_instance"
            self.known[id(thing)] = self.record(kind, path, thing, thing)

    def members(self, owner, path):
        """Record the methods of a class."""
        try:
            names = [name for name in dir(owner) if not name.startswith("_")]
        except BaseException:  # noqa: BLE001 - a metaclass may answer `dir` as it likes
            return
        for name in names:
            definer = next((one for one in owner.__mro__ if name in vars(one)), None)
            if definer is None or not self.is_own(definer) or (id(definer), name) in self.methods:
                continue
            self.methods.add((id(definer), name))
            raw = vars(definer)[name]
            bound = None if isinstance(raw, _READ_ONLY) else self.read(owner, name)
            if not callable(bound):
                continue
            if isinstance(getattr(type(owner), name, None), property):
                bound = raw  # what the metaclass computes for the class is no method of it (sympy.Abs.xreplace)
            kind = "staticmethod" if isinstance(raw, staticmethod) else "method"
            if isinstance(raw, (classmethod, types.ClassMethodDescriptorType)):
                kind = "classmethod"
            self.record(kind, f"{path}.{name}", bound, raw)

    def read(self, owner, name):
        """Read an attribute; `None` when that fails."""
        try:
            with contextlib.redirect_stdout(self.said), contextlib.redirect_stderr(self.said):
                return getattr(owner, name)
        except BaseException:  # noqa: BLE001 - a library's attributes raise what they like
            return None

    def record(self, kind, path, thing, raw):
        """Keep what `inspect` says about one callable."""
        module, qualname = self.read(thing, "__module__"), self.read(thing, "__qualname__")
        record = {
            "kind": kind,
            "path": path,
            "module": module if isinstance(module, str) else None,
            "qualname": qualname if isinstance(qualname, str) else None,
            "type": type(raw).__name__,
            "binds": not isinstance(thing, type) and not self.is_own(type(thing)),
            "parameters": signature_of(thing),
        }
        if kind == "class" and "__signature__" in dir(type(thing)):
            record["rest"] = rest_of(thing)
        self.records.append(record)
        return record


def signature_of(thing):
    """Return names, kinds, whether there is an annotation and a default, or `None` where `inspect` gives up."""
    try:
        parameters = inspect.signature(thing).parameters.values()
        return [
            [one.name, int(one.kind), one.annotation is not one.empty, one.default is not one.empty]
            for one in parameters
        ]
    except BaseException:  # noqa: BLE001 - ValueError, TypeError, and what properties named `__signature__` raise
        return None


def rest_of(owner):
    """Return the name of the `**` that a class's makers take, whatever its metaclass tells instead of them."""
    definers = (
        (next((one for one in owner.__mro__[:-1] if name in vars(one)), None), name) for name in ("__new__", "__init__")
    )
    makers = [vars(one)[name] for one, name in definers if one is not None]
    rests = [
        [one[0] for one in signature_of(getattr(each, "__func__", each)) or () if one[1] == _REST] for each in makers
    ]
    return rests[0][0] if rests and all(rests) else None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    walk = Walk(sys.argv[1], sys.argv[3:])
    walk.run()
    counts = {"library": walk.library, "modules": sorted(walk.modules), "failed": sorted(walk.failed)}
    lines = [json.dumps(one, sort_keys=True) + "\n" for one in [counts, *walk.records]]
    Path(sys.argv[2]).write_text("".join(lines), encoding="utf-8")
