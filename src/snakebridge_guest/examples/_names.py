# Where the names come from that an example uses and does not make itself.
#
# In the target they are simply there: a doctest runs with the names of the module it stands in. Elsewhere each must be
# found again: under a public address, in another library, as a literal, or not at all.

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from types import CodeType, ModuleType
from typing import Any, Iterable

_LITERALS = (type(None), bool, int, float, str, bytes)


class Origins:
    """Knows the public addresses of objects."""

    def __init__(self, symbols: Iterable[str], modules: Iterable[str], aliases: dict[str, str]) -> None:
        self._symbols = list(symbols)
        self._public = frozenset(self._symbols)
        self._modules = frozenset(modules)
        self._aliases = aliases
        self._addresses: dict[int, str] = {}
        for symbol in reversed(self._symbols):
            module, _, qualname = symbol.partition(":")
            found = getattr(sys.modules.get(module), qualname, None)
            if found is not None and not isinstance(found, _LITERALS):
                self._addresses[id(found)] = symbol

    def of(self, names: Iterable[str], module: str) -> dict[str, dict[str, Any]]:
        """Return where each name comes from that is no builtin and that a module, or documentation at large, gives."""
        here = vars(sys.modules[module])
        found: dict[str, dict[str, Any]] = {}
        for name in sorted(names):
            if name in here:
                found[name] = origin = self._origin(name, here[name], module)
                if "private" in origin and name in self._aliases and isinstance(here[name], ModuleType):
                    found[name] = {"module": self._aliases[name]}  # polars has a module by which it means itself
            elif name in self._aliases and not hasattr(builtins, name) and _can_import(self._aliases[name]):
                found[name] = {"module": self._aliases[name], "taken for granted": True}
        return found

    def _origin(self, name: str, value: Any, module: str) -> dict[str, Any]:
        if f"{module}:{name}" in self._public:
            return {"address": f"{module}:{name}"}
        if isinstance(value, ModuleType):
            own = value.__name__.partition(".")[0] == module.partition(".")[0]
            return (
                {"private": value.__name__}
                if own and value.__name__ not in self._modules
                else {"module": value.__name__}
            )
        if id(value) in self._addresses:
            return {"address": self._addresses[id(value)]}
        if isinstance(value, _LITERALS) and not name.startswith("__"):
            return {"literal": repr(value)}
        home, called = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(home, str) and isinstance(called, str) and home.partition(".")[0] != module.partition(".")[0]:
            return {"address": f"{home}:{called}"}
        return {"private": f"{module}:{name}"}


def used(sources: Iterable[str]) -> set[str]:
    """Return the global names that examples use."""
    names: set[str] = set()
    for source in sources:
        try:
            code = compile(source, "<example>", "single", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        names |= _names_in(code)
    return names


def _names_in(code: CodeType) -> set[str]:
    found = set(code.co_names)
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found |= _names_in(one)
    return found


def _can_import(module: str) -> bool:
    try:
        importlib.import_module(module)
    except BaseException:  # whatever it does, it is not there
        return False
    return True


def elsewhere(names: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the names that can be had where the library is not, each from its public place, and why others cannot."""
    found: dict[str, Any] = {}
    lacking: dict[str, str] = {}
    for name, origin in names.items():
        try:
            if "module" in origin:
                found[name] = importlib.import_module(origin["module"])
            elif "address" in origin:
                module, _, qualname = origin["address"].partition(":")
                value: Any = importlib.import_module(module)
                for part in qualname.split("."):
                    value = getattr(value, part)
                found[name] = value
            elif "literal" in origin:
                found[name] = ast.literal_eval(origin["literal"])
        except Exception as error:  # of a library, while it is imported: the example that uses the name tells it
            lacking[name] = "%s: %s" % (type(error).__name__, error)
    return found, lacking


def beside(names: dict[str, dict[str, Any]], module: str) -> dict[str, Any]:
    """Return the names of a module, and those taken for granted."""
    granted = {name: origin for name, origin in names.items() if "taken for granted" in origin}
    return {**vars(importlib.import_module(module)), **elsewhere(granted)[0]}
