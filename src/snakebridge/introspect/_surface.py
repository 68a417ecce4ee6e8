# What of a library is public, and under which address: policy, and no facts of its own.
#
# Public modules are those that the library's root reaches through names without a leading underscore, tests left out.
# A module's public names are its `__all__`, or else what it holds without a leading underscore and the library owns. An
# object with several public places has one canonical address; the others are aliases.

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from snakebridge.introspect._observations import Entry, ModuleFact

NOT_VISITED = ("_*", "test", "tests", "conftest")
"""Patterns of submodule names that are never public."""

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,199}")
_ADDRESS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
# Platform modules that are the inside of one public module and call themselves something else.
_INSIDES = {"os": ("posix", "posixpath", "nt", "ntpath", "genericpath")}
# Held by modules that import them for their own use; nobody reads them there.
_TOOLS = {"__future__:_Feature", "logging:Logger"}
_TOOL_MODULES = ("typing:", "typing_extensions:", "types:")  # aliases and variables for annotations
_TOOL_NAMES = {"TYPE_CHECKING"}


@dataclass(slots=True)
class Place:
    """A public name of a public module."""

    module: str
    name: str
    declared: bool
    """Named in `__all__`."""

    @property
    def address(self) -> str:
        """The place as an address."""
        return f"{self.module}:{self.name}"


@dataclass(slots=True)
class Offer:
    """One object that the library offers."""

    entry: Entry
    places: list[Place] = field(default_factory=list)

    @property
    def ordered(self) -> list[Place]:
        """Its places, the canonical one first.

        Fewest dots come first, then names in `__all__`, then the object's own name, then the module it was defined in.
        """
        module, qualname = self.entry.defined
        own = (qualname or "").rpartition(".")[2]

        def rank(one: Place) -> tuple[int, bool, bool, bool, str]:
            return (one.module.count("."), not one.declared, one.name != own, one.module != module, one.address)

        return sorted(self.places, key=rank)

    @property
    def path(self) -> str:
        """The canonical address."""
        return self.ordered[0].address


@dataclass(slots=True)
class PublicModule:
    """A public module and what its names mean."""

    fact: ModuleFact
    offers: dict[str, Offer] = field(default_factory=dict)
    submodules: dict[str, str] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)
    unusable: list[str] = field(default_factory=list)
    """Declared names that are no identifiers."""
    unreadable: dict[str, Entry] = field(default_factory=dict)


class Surface:
    """The public part of one library's observations."""

    def __init__(self, library: str, facts: Sequence[ModuleFact]) -> None:
        self.library = library
        walked = [fact for fact in facts if fact.module and fact.failed is None]
        self._owned = (library, *_INSIDES.get(library, ()))
        self._root = library.partition(".")[0]
        walked = [fact for fact in walked if self._owns(fact.name or fact.module)]
        self.described: dict[str, Entry] = {}
        """Every description, by the place it was given at."""
        for fact in walked:
            self._index(f"{fact.module}:", fact.members)
        self.unmet = [entry for fact in facts for entry in fact.bases or ()]
        names = {fact.module for fact in walked}
        self.modules = {fact.module: PublicModule(fact) for fact in walked}
        self.offers: list[Offer] = []
        known: defaultdict[str, Offer | None] = defaultdict(lambda: None)
        for module in self.modules.values():
            for name, entry in sorted(module.fact.members.items()):
                self._place(module, name, entry, known, names)
        for name in sorted(names):
            outer, _, inner = name.rpartition(".")
            if outer in self.modules and inner not in self.modules[outer].offers:
                self.modules[outer].submodules[inner] = name

    def _index(self, prefix: str, members: Mapping[str, Entry]) -> None:
        for name, entry in members.items():
            if entry.same is None:
                self.described[f"{prefix}{name}"] = entry
                self._index(f"{prefix}{name}.", entry.members)

    def _owns(self, module: str) -> bool:
        return any(module == one or module.startswith(f"{one}.") for one in self._owned)

    def owns(self, entry: Entry, *, declared: bool) -> bool:
        """Tell whether the library owns an object, as far as the object says where it comes from."""
        module = entry.defined[0]
        if module is None or self._owns(module):
            return True
        top = module.partition(".")[0]
        # `_json`, `_sqlite3`: the compiled half of a library. A library that declares a name of any other private
        # top-level module (`_thread` in `threading`) is the public face of it.
        return top.startswith("_") and (declared or top.lstrip("_") == self._root)

    def _place(
        self,
        module: PublicModule,
        name: str,
        entry: Entry,
        known: defaultdict[str, Offer | None],
        names: Collection[str],
    ) -> None:
        declared = module.fact.all is not None and name in module.fact.all
        if not declared and (module.fact.all is not None or name.startswith("_")):
            return
        if not _IDENTIFIER.fullmatch(name):
            module.unusable.append(name)
            return
        where = entry.same or f"{module.fact.module}:{name}"
        entry = self.described.get(where, entry)
        if entry.broken or entry.unavailable or entry.skipped:
            module.unreadable[name] = entry
        elif entry.kind == "module":
            self._place_module(module, name, entry, names, declared=declared)
        elif entry.kind and self._is_offered(name, entry, declared=declared):
            offer = known[where]
            if offer is None:
                offer = known[where] = Offer(entry)
                self.offers.append(offer)
            offer.places.append(Place(module.fact.module, name, declared))
            module.offers[name] = offer
        elif declared and entry.address and _ADDRESS.fullmatch(entry.address):
            module.external[name] = entry.address

    def _place_module(
        self, module: PublicModule, name: str, entry: Entry, names: Collection[str], *, declared: bool
    ) -> None:
        outer = module.fact.module
        inner = f"{outer}.{name}"
        target = inner if inner in names else entry.name
        if target in names:
            # Packages offer modules of their own under shorter names; elsewhere, and upwards, it is a mere import.
            if declared or (module.fact.package and not f"{outer}.".startswith(f"{target}.")):
                module.submodules[name] = str(target)
        elif declared and target and all(map(_IDENTIFIER.fullmatch, target.split("."))):
            module.external[name] = target

    def _is_offered(self, name: str, entry: Entry, *, declared: bool) -> bool:
        if entry.kind == "constant":
            is_tool = entry.type in _TOOLS or name in _TOOL_NAMES or (entry.type or "").startswith(_TOOL_MODULES)
            return declared or not is_tool
        return self.owns(entry, declared=declared)
