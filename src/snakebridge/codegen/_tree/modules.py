# Modules: what is defined, what is re-exported lazily, and what a submodule of the same name must not hide.
#
# Guarantees: importing a module imports nothing of the library but its parents and the homes of its base classes, and a
# divided module not even those; each public name is the same object wherever it is exported; a symbol wins over a
# submodule of the same name, as it does in the library.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from snakebridge.codegen._classes.classes import ClassWriter
from snakebridge.codegen._functions.functions import Target, plan_function
from snakebridge.codegen._functions.literals import Code, literal
from snakebridge.codegen._functions.signatures import shape_of
from snakebridge.codegen._functions.values import constant_value, type_of_value
from snakebridge.codegen._texts.documentation import documented, documented_module, documented_part
from snakebridge.codegen._tree.names import FUTURE, DottedPath
from snakebridge.codegen._tree.plan import ClassPlan, FunctionPlan, Imports, LazyPlan, ModulePlan
from snakebridge.codegen._tree.surface import CLASS_KINDS
from snakebridge.codegen._types.annotations import ANY, Annotation, Host
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.codegen._types.spelling import Scope, Spelling, import_order, relative
from snakebridge.manifest import DefinitionKind, Flag, Kind, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._classes.members import Members
    from snakebridge.codegen._tree.files import Files
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["plan_module"]

_SCOPE = Scope()


def plan_module(
    name: str, surface: Surface, hierarchy: Hierarchy, settled: dict[str, Members], files: Files
) -> Iterator[ModulePlan]:
    """Plan one module, and the files beside it that hold its definitions."""
    parts = files.parts(name)
    for part, paths in parts.items():
        names = {surface.places[path].qualname: path for path in paths}
        yield _Writer(name, surface, hierarchy, settled, files, Spelling(surface, files, part, names)).part(paths)
    moved = frozenset(path for paths in parts.values() for path in paths)
    names = surface.exports[name]
    yield _Writer(name, surface, hierarchy, settled, files, Spelling(surface, files, name, names)).plan(moved)


@dataclass(frozen=True, slots=True)
class _Writer:
    name: str
    surface: Surface
    hierarchy: Hierarchy
    settled: dict[str, Members]
    files: Files
    spelling: Spelling

    def part(self, paths: frozenset[str]) -> ModulePlan:
        """Plan a file beside the module."""
        here = [symbol for symbol in self.surface.here(self.name) if symbol.path in paths]
        classes, functions = self._classes(here), self._functions(here)
        names = sorted(self.surface.places[path].qualname for path in paths)
        return ModulePlan(
            name=DottedPath(self.spelling.module),
            path=self._file(),
            doc=documented_part(self.name, names),
            imports=self._imports(lazy=False),
            exports=tuple(map(literal, names)),
            part=True,
            variables=self.spelling.declared(),
            classes=classes,
            functions=functions,
        )

    def plan(self, moved: frozenset[str]) -> ModulePlan:
        """Plan the module itself, but for what has moved into other files."""
        here = [symbol for symbol in self.surface.here(self.name) if symbol.path not in moved]
        planned, functions = self._classes(here), self._functions(here)
        values = [symbol for symbol in here if symbol.kind not in CLASS_KINDS and symbol.kind is not Kind.FUNCTION]
        variables = tuple(self._variable(symbol) for symbol in values)
        aliases = self._aliases()
        lazy = self._lazy()
        return ModulePlan(
            name=DottedPath(self.name),
            path=self._file(),
            doc=documented_module(self.name, self.surface),
            imports=self._imports(lazy=lazy is not None),
            exports=tuple(literal(name) for name in self.surface.public(self.name)),
            variables=(*self.spelling.declared(), *variables),
            classes=planned,
            functions=functions,
            aliases=aliases,
            lazy=lazy,
        )

    def _classes(self, symbols: Iterable[Symbol]) -> tuple[ClassPlan, ...]:
        writer = ClassWriter(self.surface, self.hierarchy, self.settled, self.spelling)
        defined = {symbol.path for symbol in symbols if symbol.kind in CLASS_KINDS}
        return tuple(writer.plan(path, _SCOPE) for path in self.hierarchy.order if path in defined)

    def _functions(self, symbols: Iterable[Symbol]) -> tuple[FunctionPlan, ...]:
        return tuple(self._function(symbol) for symbol in symbols if symbol.kind is Kind.FUNCTION)

    def _file(self) -> str:
        file = self.spelling.module
        path = file.replace(".", "/")
        return f"{path}/__init__.py" if file in self.surface.packages else f"{path}.py"

    def _function(self, symbol: Symbol) -> FunctionPlan:
        coroutine = Flag.COROUTINE in symbol.flags
        place = self.surface.places[symbol.path]
        target = Target(method="acall" if coroutine else "call", first=(literal(place.address),), coroutine=coroutine)
        shape = shape_of(symbol, self.surface)
        if symbol.path in self.files.moved:
            # pyright in strict mode would say of the import that brings it back that it is deprecated.
            shape = replace(shape, deprecated=None)
        return plan_function(
            place.qualname,
            shape,
            target,
            self.spelling,
            _SCOPE,
            column=0,
            doc=documented(symbol, self.surface),
        )

    def _variable(self, symbol: Symbol) -> Code:
        name = self.surface.places[symbol.path].qualname
        if symbol.kind is Kind.ALIAS:
            return self._alias(name, symbol)
        value = constant_value(symbol)
        if value is ...:
            return Code(f"{name}: {self.spelling.spell(self._read(symbol), _SCOPE)}")
        kind: Annotation = type_of_value(value)
        return Code(f"{name}: {self.spelling.spell(kind, _SCOPE)} = {self.spelling.value(value, _SCOPE)}")

    def _read(self, symbol: Symbol) -> Annotation:
        """Return the type of a value that is read over there."""
        if symbol.kind is Kind.CALLABLE:
            return ANY
        return resolve(symbol.type, self.surface, Position.RETURNED, tier=symbol.type_tier)

    def _alias(self, name: str, symbol: Symbol) -> Code:
        """Name a type. Checkers see it; at run time it is `Any`, since the classes in it may not be loaded."""
        stated = resolve(symbol.path, self.surface, Position.RETURNED)
        meaning = self.surface.definitions.meanings.get(symbol.path)
        spelled = self.spelling.spell(stated, _SCOPE)
        alias, gradual = self.spelling.typing("TypeAlias"), self.spelling.typing("Any")
        if meaning is not None and meaning.kind is DefinitionKind.NEW_TYPE and _is_plain(stated):
            return Code(f"{name} = {self.spelling.typing('NewType')}({literal(name)}, {spelled})")
        if stated == ANY or _is_plain(stated):
            return Code(f"{name}: {alias} = {spelled}")
        checking = self.spelling.typing("TYPE_CHECKING")
        seen = f"{name}: {alias} = {literal(str(spelled))}"
        return Code(f"if {checking}:\n    {seen}\nelse:\n    {name} = {gradual}")

    def _names(self) -> Iterable[tuple[str, str]]:
        return sorted(self.surface.exports[self.name].items())

    def _is_defined(self, path: str) -> bool:
        """Say whether a symbol is bound in this module when it is imported."""
        return self.files.of(path) == self.name and not self._is_remote(path)

    def _is_remote(self, path: str) -> bool:
        symbol = self.surface.symbols[path]
        return symbol.kind in {Kind.CONSTANT, Kind.CALLABLE, Kind.PROPERTY} and constant_value(symbol) is ...

    def _aliases(self) -> tuple[Code, ...]:
        """A second name for something of this very module."""
        found: list[Code] = []
        for name, path in self._names():
            if ":" not in path:
                continue
            place = self.surface.places[path]
            if self._is_namesake(path):
                found.append(Code(f"{name}: {self.spelling.spell(self._read(self.surface.symbols[path]), _SCOPE)}"))
                continue
            if place.module != self.name or name == place.qualname or path in self.files.moved:
                continue
            if self._is_remote(path):
                stated = self._read(self.surface.symbols[path])
                found.append(Code(f"{name}: {self.spelling.spell(stated, _SCOPE)}"))
            else:
                found.append(Code(f"{name} = {place.qualname}"))
        return tuple(found)

    def _is_namesake(self, path: str) -> bool:
        """Say whether it is a value of another module, which has a submodule of the same name.

        mypy takes an import of it for two.
        """
        place = self.surface.places[path]
        is_module = f"{place.module}.{place.qualname}" in self.surface.modules
        return is_module and place.module != self.name and self._is_remote(path)

    def _lazy(self) -> LazyPlan | None:
        homes: list[tuple[Code, Code]] = []
        constants: list[tuple[Code, Code]] = []
        kept: list[Code] = []
        for name, target in self._names():
            if ":" not in target:
                homes.append((literal(name), Code(f"({literal(self._inside(target))}, None)")))
                if name != FUTURE:
                    self.spelling.submodule(name, target)
                continue
            place, file = self.surface.places[target], self.files.of(target)
            if file != self.name and not self._is_namesake(target):
                self.spelling.export(name, target)
            if self._is_remote(target):
                constants.append((literal(name), literal(place.address)))
            elif not self._is_defined(target) and not self._is_bound(name):
                homes.append((literal(name), Code(f"({literal(self._inside(file))}, {literal(place.qualname)})")))
            if f"{self.name}.{name}" in self.surface.modules:
                kept.append(literal(name))
        # The name of a future statement is a global like any other; only a submodule may have it.
        freed = FUTURE in self.surface.exports[self.name]
        if not (homes or constants or kept or freed):
            return None
        names = ("AttributeError", "getattr", "globals", "sorted")
        return LazyPlan(
            homes=tuple(homes),
            constants=tuple(constants),
            statements=(Code(f"del {FUTURE}"),) if freed else (),
            kept=tuple(kept),
            builtins={name: self.spelling.builtin(name, _SCOPE) for name in names} if homes or constants else {},
        )

    def _is_bound(self, name: str) -> bool:
        return any(line.split()[-1] == name for line in self.spelling.bound)

    def _inside(self, module: str) -> str:
        """Return a module's name relative to the generated package; the package itself is empty."""
        return module[len(self.surface.library) + 1 :]

    def _imports(self, *, lazy: bool) -> Imports:
        spelling = self.spelling
        if lazy or spelling.checking or spelling.seen:
            spelling.typing("TYPE_CHECKING")
        bound = set(spelling.bound)
        if lazy:
            spelling.library = True
        if spelling.library:
            state = f"{self.surface.library}._snakebridge"
            source = relative(spelling.module, state, package=spelling.module in self.surface.packages)
            bound.add(Code(f"from {source} import library as _lib"))
        return Imports(
            standard=tuple(sorted(spelling.running, key=import_order)),
            support=spelling.support,
            relative=tuple(sorted(bound, key=import_order)),
            checking=tuple(sorted(spelling.checking - spelling.running, key=import_order)),
            checking_relative=tuple(sorted(spelling.seen - spelling.bound, key=import_order)),
        )


def _is_plain(annotation: Annotation) -> bool:
    """Say whether it is a built-in class, which can be named at run time."""
    return isinstance(annotation, Host) and annotation.module == "builtins" and not annotation.arguments
