# The manifest, indexed for generation: which modules there will be, where each symbol's wrapper lives, what each module
# exports.
#
# Guarantees: every name in here is an `Identifier` or part of a `DottedPath`, every place is inside the library, no two
# symbols share a place, and whatever was left out is a finding that says why.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._tree.names import ALIASES, DottedPath, is_identifier, is_public
from snakebridge.codegen._types.definitions import Definitions, define
from snakebridge.manifest import Finding, Kind, Level, Manifest, Module, Symbol, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.codegen._functions.shapes import Shape
    from snakebridge.codegen._types.annotations import Annotation

__all__ = ["CLASS_KINDS", "Place", "Surface", "outermost", "survey"]

CLASS_KINDS: Final = frozenset({Kind.CLASS, Kind.ENUM, Kind.EXCEPTION})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a wrapper lives; its address is what the wrapper sends."""

    module: str
    qualname: str

    @property
    def address(self) -> str:
        """The place as `module:qualname`."""
        return f"{self.module}:{self.qualname}"

    @property
    def head(self) -> str:
        """The module-level name, of a nested class its outermost one's."""
        return self.qualname.partition(".")[0]


@dataclass(slots=True)
class Surface:
    """What will be generated, before any text."""

    library: DottedPath
    version: str = ""
    """Of the library; empty when it has none, or one that is no version."""
    modules: dict[str, Module] = field(default_factory=dict)
    """Every module to generate, parents included."""
    symbols: dict[str, Symbol] = field(default_factory=dict)
    """By canonical path, only those that have a place."""
    places: dict[str, Place] = field(default_factory=dict)
    """Canonical path → place."""
    members: dict[str, list[Symbol]] = field(default_factory=dict)
    """Path of a class → its members, sorted."""
    classes: dict[str, str] = field(default_factory=dict)
    """Any address of a class, as defined too → its canonical path."""
    exports: dict[str, dict[str, str]] = field(default_factory=dict)
    """Module → public name → canonical path of a symbol, or dotted name of a module."""
    local: dict[str, list[str]] = field(default_factory=dict)
    """Module → canonical paths of the symbols whose wrappers live there, sorted by name."""
    generics: dict[str, dict[str, str]] = field(default_factory=dict)
    """Path of a class that is generated as a generic one → address of each type variable, in order → its name."""
    records: set[str] = field(default_factory=set)
    """Paths of the classes that are generated as what they are: named tuples and typed dictionaries."""
    packages: set[str] = field(default_factory=set)
    """Modules that are generated as folders."""
    definitions: Definitions = field(default_factory=Definitions)
    resolved: dict[object, Annotation] = field(default_factory=dict)
    """What type expressions became, kept by `_types/resolution.py`: a library says few different things often."""
    shapes: dict[tuple[str, str | None], Shape] = field(default_factory=dict)
    """What signatures became, kept by `_functions/signatures.py`: overloads take long to compare."""
    omitted: list[Finding] = field(default_factory=list)

    def omit(self, path: str, why: str) -> None:
        """Record that something has no wrapper."""
        self.omitted.append(Finding(rule="not-generated", level=Level.NOTE, path=path, message=why))

    def remove(self, path: str, why: str) -> None:
        """Leave out a class and everything in it after all."""
        self.omit(path, why)
        for member in tuple(self.members.get(path, ())):
            self.remove(member.path, "its class is not generated")
        symbol = self.symbols.pop(path)
        self.places.pop(path)
        self.members[symbol.owner or ""].remove(symbol)
        self.classes = {address: target for address, target in self.classes.items() if target != path}

    def here(self, module: str) -> Iterator[Symbol]:
        """Yield the module-level symbols whose wrappers live in a module, sorted by name."""
        return (self.symbols[path] for path in self.local.get(module, ()))

    def public(self, module: str) -> list[str]:
        """Return what `__all__` of a module lists: its exports, and no submodule the library does not export."""
        stated = self.modules[module].exports
        names = (name for name, target in self.exports[module].items() if ":" in target or name in stated)
        # `from library import *` may not change the version of who says so.
        return sorted(name for name in names if is_public(name) and name != "__version__")


def survey(manifest: Manifest) -> Surface:
    """Decide what is generated and where.

    Raises:
        ManifestError: The library's own name cannot be generated.
    """
    version = "".join(c for c in (manifest.library.version or "") if c.isalnum() or c in "._+-!")
    surface = Surface(DottedPath(manifest.library.name), version, definitions=define(manifest))
    _modules(surface, manifest)
    _settle(surface, [symbol for symbol in manifest.symbols if symbol.owner is None])
    # Owners come before their members, however deep.
    for symbol in sorted(manifest.symbols, key=lambda one: (one.qualname.count("."), one.path)):
        if symbol.owner is not None:
            _adopt(surface, symbol)
    _classes(surface)
    _exports(surface)
    return surface


def _modules(surface: Surface, manifest: Manifest) -> None:
    listed = {module.name: module for module in manifest.modules}
    for name in sorted({*listed, surface.library, *(s.module for s in manifest.symbols)}):
        if name != surface.library and not name.startswith(f"{surface.library}."):
            surface.omit(name, f"the module is outside {surface.library}")
        elif name in listed and listed[name].tier is Tier.STATIC:
            surface.omit(name, "the module cannot be imported in the target, so no call could reach it")
        elif not DottedPath.accepts(name):
            surface.omit(name, "the module's name is a keyword, or one that a generated package needs")
        else:
            parts = name.split(".")
            for length in range(len(surface.library.split(".")), len(parts) + 1):
                parent = ".".join(parts[:length])
                surface.modules.setdefault(parent, listed.get(parent) or Module(name=parent))
    surface.packages = {
        surface.library,
        *(name.rpartition(".")[0] for name in surface.modules if name != surface.library),
    }


def _settle(surface: Surface, symbols: list[Symbol]) -> None:
    """Give module-level symbols their places: where they are defined if that is public, else their canonical path."""
    paths = {symbol.path for symbol in symbols}
    for symbol in sorted(symbols, key=lambda one: one.path):
        defined = symbol.defined or ""
        module, _, name = defined.partition(":")
        free = defined in symbol.aliases and defined not in paths and module in surface.modules and is_public(name)
        if not free or surface.modules[module].exports.get(name, symbol.path) != symbol.path:
            module, name = symbol.module, symbol.name
        nameless = _why_nameless(surface, symbol)
        if module not in surface.modules:
            surface.omit(symbol.path, f"its module {module} is not generated")
        elif not is_public(name):
            surface.omit(symbol.path, f"{name!r} cannot be defined in a generated module")
        elif nameless is not None:
            surface.omit(symbol.path, nameless)
        else:
            paths.add(f"{module}:{name}")
            surface.places[symbol.path] = Place(module, name)
            surface.symbols[symbol.path] = symbol
    for path, place in sorted(surface.places.items(), key=lambda item: item[1]):
        surface.local.setdefault(place.module, []).append(path)


def _why_nameless(surface: Surface, symbol: Symbol) -> str | None:
    """Say why a name for a type is not generated; annotations that use it are written out."""
    if symbol.kind is not Kind.ALIAS:
        return None
    if surface.definitions.is_generic(symbol.path):
        return "a generic alias has no wrapper; annotations say what it stands for"
    return "a type variable has no wrapper" if surface.definitions.is_variable(symbol.path) else None


def _can_be_member(name: str) -> bool:
    # A class body must not hide what it is written with, and mangles names.
    mangled = name.startswith("__") and not name.endswith("__")
    return is_identifier(name) and name not in ALIASES and not mangled


def _adopt(surface: Surface, symbol: Symbol) -> None:
    owner = surface.symbols.get(symbol.owner or "")
    if owner is None or owner.kind not in CLASS_KINDS:
        surface.omit(symbol.path, "its class is not generated")
    elif symbol.kind is Kind.ALIAS:
        surface.omit(symbol.path, "an alias in a class has no wrapper; annotations say what it stands for")
    elif owner.kind is Kind.ENUM and symbol.kind not in {Kind.FUNCTION, Kind.PROPERTY}:
        surface.omit(symbol.path, "an enum is generated with its values, methods and properties only")
    elif owner.kind is Kind.EXCEPTION and symbol.kind is Kind.CALLABLE:
        surface.omit(symbol.path, "an exception arrives as a copy, which has attributes and methods only")
    elif not _can_be_member(symbol.name) or (symbol.kind in CLASS_KINDS and symbol.name.startswith("__")):
        surface.omit(symbol.path, f"{symbol.name!r} cannot be defined in a generated class")
    else:
        place = surface.places[owner.path]
        surface.places[symbol.path] = Place(place.module, f"{place.qualname}.{symbol.name}")
        surface.symbols[symbol.path] = symbol
        surface.members.setdefault(owner.path, []).append(symbol)


def _classes(surface: Surface) -> None:
    classes = [symbol for symbol in surface.symbols.values() if symbol.kind in CLASS_KINDS]
    for symbol in classes:
        surface.classes[symbol.path] = symbol.path
    # Canonical addresses win over what else a class is called.
    for symbol in classes:
        for address in (surface.places[symbol.path].address, symbol.defined, *symbol.aliases):
            surface.classes.setdefault(address or symbol.path, symbol.path)


def _exports(surface: Surface) -> None:
    for name in surface.modules:
        surface.exports[name] = {}
    for path, place in surface.places.items():
        if "." not in place.qualname:
            surface.exports[place.module][place.qualname] = path
    _stated_exports(surface)
    for path, symbol in surface.symbols.items():
        for address in (path, *symbol.aliases) if symbol.owner is None else ():
            module, _, public = address.partition(":")
            if module in surface.exports and is_public(public):
                surface.exports[module].setdefault(public, path)
    for name in surface.modules:
        parent, _, child = name.rpartition(".")
        if parent in surface.exports:
            surface.exports[parent].setdefault(child, name)


def _stated_exports(surface: Surface) -> None:
    known = {alias: path for path, symbol in surface.symbols.items() for alias in (*symbol.aliases, symbol.defined)}
    known |= {path: path for path in surface.symbols}
    for name, module in surface.modules.items():
        for public, target in sorted(module.exports.items()):
            found = known.get(target) if ":" in target else target if target in surface.modules else None
            if found is None or not is_public(public) or "." in found.partition(":")[2]:
                surface.omit(f"{name}:{public}", f"{target} has no wrapper of its own to re-export")
            else:
                surface.exports[name].setdefault(public, found)


def outermost(path: str) -> str:
    """Return the path of the module-level symbol that a symbol is part of."""
    module, _, qualname = path.partition(":")
    return f"{module}:{qualname.partition('.')[0]}"
