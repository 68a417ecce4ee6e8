# Which generated class derives from which.
#
# Guarantees: every class can really be created in the order given, and its method resolution order keeps that of the
# library as far as the bases are generated. That no file needs another one in a circle is the care of `_tree/files.py`.
# How: each class gets a stand-in built by Python itself, so linearisation and layout rules are not re-implemented here.

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from snakebridge.codegen._tree.surface import CLASS_KINDS, outermost
from snakebridge.codegen._types.nameable import EXCEPTIONS
from snakebridge.manifest import Kind, Symbol

if TYPE_CHECKING:
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["Hierarchy", "derive"]


class _Remote:
    """Stands for `RemoteObject`."""

    __slots__ = ("reference",)


class _RemoteError(Exception):
    """Stands for `RemoteError`."""


@dataclass(slots=True)
class Hierarchy:
    """The classes of a surface, bases first."""

    order: list[str] = field(default_factory=list)
    """Paths, every class after its bases and after the class it is nested in."""
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Generated direct bases."""
    builtins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Built-in exceptions among the direct bases."""
    ancestors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Generated classes in method resolution order, the class itself left out."""
    lost: dict[str, list[str]] = field(default_factory=dict)
    """Path of a class → those that derive from it over there and cannot here."""


def derive(surface: Surface) -> Hierarchy:
    """Derive the hierarchy of the generated classes."""
    hierarchy = Hierarchy()
    builder = _Builder(surface, hierarchy)
    for path in _bases_first(surface):
        builder.add(surface.symbols[path])
    return hierarchy


def _stated(surface: Surface, symbol: Symbol) -> list[str]:
    """Return the generated classes among the direct bases."""
    found = surface.definitions.bases(symbol, surface.classes)
    return [path for path in found if path in surface.symbols and path != symbol.path]


def _wanted(surface: Surface, symbol: Symbol) -> list[str]:
    """Return those that a class of this kind can have."""
    return [path for path in _stated(surface, symbol) if _fits(symbol, surface.symbols[path], surface)]


def _fits(symbol: Symbol, base: Symbol, surface: Surface) -> bool:
    if base.kind is not symbol.kind or (base.kind is Kind.ENUM and base.members):
        return False
    if not surface.records.isdisjoint({symbol.path, base.path}):
        return False
    here, there = surface.places[symbol.path], surface.places[base.path]
    # Inside one outermost class, the other one has no name yet, unless both are in one body.
    apart = here.module != there.module or here.head != there.head
    return apart or here.qualname.rpartition(".")[0] == there.qualname.rpartition(".")[0]


def _bases_first(surface: Surface) -> list[str]:
    waiting = {
        path: set(_wanted(surface, symbol))
        for path, symbol in sorted(surface.symbols.items())
        if symbol.kind in CLASS_KINDS
    }
    for path, needs in waiting.items():
        owner = surface.symbols[path].owner
        if owner is not None:
            needs.add(owner)
            # The outermost class must stand where its nested classes find their bases.
            outer = outermost(path)
            waiting[outer] |= {need for need in needs if need != outer and not need.startswith(f"{outer}.")}
    order: list[str] = []
    while waiting:
        ready = [path for path, needs in waiting.items() if not needs & waiting.keys()]
        # A circle of bases exists only in a damaged manifest; its first class then goes without.
        ready = ready or [next(iter(waiting))]
        order.extend(ready)
        for path in ready:
            del waiting[path]
    return order


class _Builder:
    def __init__(self, surface: Surface, hierarchy: Hierarchy) -> None:
        self.surface = surface
        self.hierarchy = hierarchy
        self.types: dict[str, type] = {}
        self.paths: dict[type, str] = {}
        self.ranks: dict[str, int] = {}

    def add(self, symbol: Symbol) -> None:
        rank = self.ranks.setdefault(outermost(symbol.path), len(self.ranks))
        wanted = [path for path in _wanted(self.surface, symbol) if path in self.types]
        for late in [path for path in wanted if self.ranks[outermost(path)] > rank]:
            # Nested classes can make their outermost ones need each other.
            self.surface.omit(symbol.path, f"its base {late} is left out: their outermost classes need each other")
            wanted.remove(late)
        wanted = self._nearest(wanted)
        named: list[str] = []
        if symbol.kind is Kind.EXCEPTION:
            bases = self.surface.definitions.bases(symbol, self.surface.classes)
            stated = [base.partition(":")[2] for base in bases if base.startswith("builtins:")]
            named = [name for name in stated if name in EXCEPTIONS and name not in {"Exception", "BaseException"}]
        made = self._make(symbol, wanted, named)
        self.types[symbol.path] = made
        self.paths[made] = symbol.path
        self.hierarchy.order.append(symbol.path)
        self.hierarchy.bases[symbol.path] = tuple(wanted)
        self.hierarchy.builtins[symbol.path] = tuple(named)
        ancestors = tuple(self.paths[one] for one in made.__mro__[1:] if one in self.paths)
        self.hierarchy.ancestors[symbol.path] = ancestors
        for base in _stated(self.surface, symbol):
            for one in (base, *self.hierarchy.ancestors.get(base, ())):
                if one not in ancestors and symbol.path not in self.hierarchy.lost.setdefault(one, []):
                    self.hierarchy.lost[one].append(symbol.path)

    def _nearest(self, wanted: list[str]) -> list[str]:
        return [path for path in wanted if not any(path in self.hierarchy.ancestors[other] for other in wanted)]

    def _make(self, symbol: Symbol, wanted: list[str], named: list[str]) -> type:
        """Create the stand-in, dropping the last base until Python agrees."""
        root: tuple[type, ...] = (_RemoteError,) if symbol.kind is Kind.EXCEPTION else (_Remote,)
        dropped: list[str] = []
        while True:
            parents = tuple(self.types[path] for path in wanted) or root
            named[:] = [name for name in named if not issubclass(parents[0], getattr(builtins, name))]
            try:
                made = type(symbol.name, (*parents, *(getattr(builtins, name) for name in named)), {"__slots__": ()})
            except TypeError:
                dropped.append((named or wanted).pop())
            else:
                if dropped:
                    self.surface.omit(symbol.path, f"its bases {', '.join(dropped)} do not go with its other ones")
                return made
