# Which file each wrapper is written in.
#
# Usually it is the file of its module. A module is divided when importing it would load more than a program is likely
# to use, or when modules need each other for their base classes: what it defines then goes into files beside it, which
# are loaded when a name is first asked for.
#
# Guarantees: importing any file first never needs a class of a file that is still being imported; the same surface
# gives the same files; no file name is that of a module, whatever the file system thinks of capitals.
# Assumes: outside the outermost class it stands in, a class has only bases whose outermost classes come before it.

from __future__ import annotations

import graphlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._tree.names import is_identifier
from snakebridge.codegen._tree.surface import CLASS_KINDS, outermost
from snakebridge.manifest import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.manifest import Symbol

__all__ = ["Files", "arrange"]

_LARGE: Final = 100_000
"""Characters of a module, its largest definition left out, from which it is divided."""
_SMALL: Final = 20_000
"""Characters of a class below which it shares a file with other small ones."""
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(slots=True)
class Files:
    """The files of a library."""

    surface: Surface
    moved: dict[str, str] = field(default_factory=dict)
    """Path of a class or function of a module → dotted name of the file it is in, when that is not the module's."""

    def of(self, path: str) -> str:
        """Return the dotted name of the file that a symbol's wrapper is in."""
        return self.moved.get(outermost(path)) or self.surface.places[path].module

    def parts(self, module: str) -> dict[str, frozenset[str]]:
        """Return the files beside a module that hold its definitions, and what is in them."""
        found: dict[str, set[str]] = {}
        for path in self.surface.local.get(module, ()):
            if path in self.moved:
                found.setdefault(self.moved[path], set()).add(path)
        return {name: frozenset(paths) for name, paths in sorted(found.items())}


def arrange(surface: Surface, hierarchy: Hierarchy) -> Files:
    """Decide which file each class and function is written in; divided modules become packages."""
    extents = _extents(surface)
    plan = _Division(surface, extents)
    plan.divided = {module for module in surface.modules if plan.is_large(module)}
    while True:
        files = Files(surface, plan.moved())
        circle = _circle(files, hierarchy)
        if not circle:
            break
        plan.divide(circle, files)
    surface.packages |= plan.divided
    return files


def _extents(surface: Surface) -> Counter[str]:
    """Return about how many characters each module-level definition takes."""
    found: Counter[str] = Counter()
    for path, symbol in surface.symbols.items():
        if symbol.kind is not Kind.ALIAS:
            found[outermost(path)] += _extent(symbol)
    return found


def _extent(symbol: Symbol) -> int:
    signatures = (symbol.signature, *symbol.overloads)
    parameters = sum(len(one.parameters) for one in signatures if one is not None)
    return 150 + len(symbol.doc or "") + 80 * parameters + 50 * len(symbol.members)


@dataclass(slots=True)
class _Division:
    surface: Surface
    extents: Counter[str]
    divided: set[str] = field(default_factory=set)
    scattered: set[str] = field(default_factory=set)
    """Modules whose small classes have a file each."""

    def _definitions(self, module: str) -> Iterator[Symbol]:
        return (one for one in self.surface.here(module) if one.kind in CLASS_KINDS or one.kind is Kind.FUNCTION)

    def is_large(self, module: str) -> bool:
        extents = [self.extents[one.path] for one in self._definitions(module)]
        return bool(extents) and sum(extents) - max(extents) >= _LARGE

    def moved(self) -> dict[str, str]:
        return {path: name for module in sorted(self.divided) for path, name in self._files_of(module)}

    def _files_of(self, module: str) -> Iterator[tuple[str, str]]:
        classes = [one.path for one in self._definitions(module) if one.kind in CLASS_KINDS]
        functions = [one.path for one in self._definitions(module) if one.kind is Kind.FUNCTION]
        alone = [path for path in classes if module in self.scattered or self.extents[path] >= _SMALL]
        together = [path for path in classes if path not in alone]
        if len(together) == 1:
            alone, together = classes, []
        if sum(self.extents[path] for path in functions) < _SMALL:
            functions = []
        taken = {*map(str.lower, self.surface.exports[module])}
        groups = [("functions", functions), ("classes", together)]
        groups += [(_WORDS.sub("_", self.surface.places[path].qualname).lower(), [path]) for path in alone]
        for name, paths in groups:
            if paths:
                file = f"{module}.{self._fresh(name, module, taken)}"
                yield from ((path, file) for path in paths)

    def _fresh(self, name: str, module: str, taken: set[str]) -> str:
        wanted = f"_{name.lstrip('_')}" if is_identifier(name) else "_class"
        modules = {one.rpartition(".")[2].lower() for one in self.surface.modules if one.startswith(f"{module}.")}
        while wanted in taken | modules | {"_adapter", "_snakebridge"}:
            wanted += "_"
        taken.add(wanted)
        return wanted

    def divide(self, circle: Iterable[str], files: Files) -> None:
        """Divide the modules that need each other; where that is not enough, give every class a file."""
        names = set(circle)
        whole = {name for name in names if name in self.surface.modules and name not in self.divided}
        if whole:
            self.divided |= whole
        else:
            self.scattered |= {self.surface.places[path].module for path, file in files.moved.items() if file in names}


def _circle(files: Files, hierarchy: Hierarchy) -> list[str]:
    """Return files that need each other when they are imported, or nothing."""
    needs: dict[str, set[str]] = {}
    for path in hierarchy.order:
        here = files.of(path)
        for base in hierarchy.bases[path]:
            there = files.of(base)
            if there != here:
                needs.setdefault(here, set()).update(_imported(here, there))
    sorter = graphlib.TopologicalSorter({here: sorted(needs[here]) for here in sorted(needs)})
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _imported(here: str, there: str) -> set[str]:
    """Return what importing one file from another one runs: the packages above it too, unless they run already."""
    parts = there.split(".")
    needed = {".".join(parts[:length]) for length in range(1, len(parts))}
    return {name for name in needed if name != here and not here.startswith(f"{name}.")} | {there}
