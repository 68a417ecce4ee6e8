# What of a library is taken, and under which address: policy, and no facts of its own.
#
# A module's public names are its `__all__` and what docstrings of the library mention beside it, or else what it holds
# without a leading underscore and the library owns; the surface widens or narrows that, and `_selection.py` knows the
# patterns. Identity decides what is one object: with several places it has one canonical address, and the others are
# aliases. `__module__` is only a hint about its owner.

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from snakebridge.introspect._choice import Choice, Documented
from snakebridge.introspect._mentioned import mentioned
from snakebridge.introspect._selection import Reason
from snakebridge.manifest import Surface

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import Entry, ModuleFact
    from snakebridge.manifest import Selection

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,199}")
_ADDRESS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
# Platform modules that are the inside of one public module and call themselves something else.
_INSIDES = {"os": ("posix", "posixpath", "nt", "ntpath", "genericpath")}
# Held by modules that import them for their own use; nobody reads them there.
_TOOLS = {"__future__:_Feature", "logging:Logger"}
_TOOL_MODULES = ("typing:", "typing_extensions:", "types:")  # aliases and variables for annotations
_TOOL_NAMES = {"TYPE_CHECKING"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A public name of a public module."""

    module: str
    name: str
    declared: bool
    """Named in `__all__`."""
    package: bool
    """Whether the module is a package without `__all__`, which offers what it holds."""
    mentioned: bool = False
    """Whether a docstring of the library spells it out, although `__all__` does not name it."""

    @property
    def address(self) -> str:
        """The place as an address."""
        return f"{self.module}:{self.name}"

    @property
    def private(self) -> bool:
        """Whether a leading underscore warns people off."""
        return self.name.startswith("_") or "._" in self.module


@dataclass(slots=True)
class Offer:
    """One object that the library offers."""

    entry: Entry
    places: list[Place] = field(default_factory=list)
    _ordered: list[Place] = field(default_factory=list, repr=False)

    @property
    def ordered(self) -> list[Place]:
        """Its places, the canonical one first.

        That is the shortest at which somebody meant to offer it: `__all__` names it, or a package without `__all__`
        holds it, or it was defined there. A module that merely imports it for its own use comes after those.
        """
        if len(self._ordered) == len(self.places):
            return self._ordered
        module, qualname = self.entry.defined
        own = (qualname or "").rpartition(".")[2]

        def rank(one: Place) -> tuple[bool, bool, int, bool, bool, bool, str]:
            is_meant = one.declared or one.package or one.mentioned or one.module == module
            dots = one.module.count(".")
            return (
                one.private,
                not is_meant,
                dots,
                not one.declared,
                one.name != own,
                one.module != module,
                one.address,
            )

        self._ordered = sorted(self.places, key=rank)
        return self._ordered

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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """A name that may be taken."""

    module: PublicModule
    name: str
    entry: Entry
    where: str
    """Where the object was described: the same for every place of it."""
    declared: bool


class ChosenSurface:
    """The part of one library's observations that was asked for.

    Args:
        library: Import name.
        facts: What the probe wrote.
        selection: What was asked for.
        inventory: What the documentation lists; the surface `docs` needs it.

    Raises:
        ConfigurationError: The selection would take nothing, or needs an inventory.
    """

    def __init__(
        self,
        library: str,
        facts: Sequence[ModuleFact],
        selection: Selection,
        inventory: Documented | None = None,
    ) -> None:
        self.library = library
        self.choice = Choice(library, selection, inventory)
        self._kind = selection.surface
        self._owned = (library, *_INSIDES.get(library, ()))
        self._root = library.partition(".")[0]
        walked = [fact for fact in facts if fact.module and fact.failed is None]
        walked = [fact for fact in walked if self._owns(fact.name or fact.module)]
        self.described: dict[str, Entry] = {}
        """Every description, by the place it was given at."""
        for fact in walked:
            self._index(f"{fact.module}:", fact.members)
        self.unmet = [entry for fact in facts for entry in fact.bases or ()]
        self._lineage = {one.address: one for one in (*self.described.values(), *self.unmet) if one.lineage}
        self.modules = {one.module: PublicModule(one) for one in walked if self.choice.takes_module(one.module)}
        self.offers: list[Offer] = []
        names = self.modules.keys()
        self._mentioned = mentioned(library, walked) if self._kind is Surface.PUBLIC else frozenset[str]()
        candidates = [one for module in self.modules.values() for one in self._candidates(module, names)]
        self._offer(self._exported(candidates) if self._kind is Surface.EXPORTS else candidates)
        for name in sorted(names):
            outer, _, inner = name.rpartition(".")
            if outer in self.modules and inner not in self.modules[outer].offers:
                self.modules[outer].submodules[inner] = name
        if self._kind is not Surface.PUBLIC or selection.include:
            self._drop_empty_modules()

    def _index(self, prefix: str, members: Mapping[str, Entry]) -> None:
        for name, entry in members.items():
            if entry.same is None:
                self.described[f"{prefix}{name}"] = entry
                self._index(f"{prefix}{name}.", entry.members)

    # --- Who owns what ---

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

    # --- Names of modules ---

    def _candidates(self, module: PublicModule, names: Collection[str]) -> Iterator[_Candidate]:
        for name, entry in sorted(module.fact.members.items()):
            address = f"{module.fact.module}:{name}"
            declared = module.fact.all is not None and name in module.fact.all
            reason = None if declared else self._reason_against_name(module, name, address)
            if reason is not None:
                self.choice.left_out[reason] += 1
            elif not _IDENTIFIER.fullmatch(name):
                module.unusable.append(name)
            else:
                where = entry.same or address
                known = self.described.get(where, entry)
                if self._is_described(module, name, known, names, declared=declared):
                    yield _Candidate(module=module, name=name, entry=known, where=where, declared=declared)

    def _reason_against_name(self, module: PublicModule, name: str, address: str) -> Reason | None:
        if self._kind in {Surface.ALL, Surface.DOCS} or self.choice.spells(address):
            return None
        if name.startswith("_"):
            return None if address == f"{self.library}:__version__" else Reason.PRIVATE_NAMES
        is_told = module.fact.all is None or self._is_mentioned(address)
        return None if is_told else Reason.UNDECLARED

    def _is_mentioned(self, address: str) -> bool:
        return address.replace(":", ".") in self._mentioned

    def _is_described(
        self, module: PublicModule, name: str, entry: Entry, names: Collection[str], *, declared: bool
    ) -> bool:
        # Whether it is a candidate for being offered; what else it is goes to its list here.
        address = f"{module.fact.module}:{name}"
        if entry.kind == "module":
            self._place_module(module, name, entry, names, declared=declared)
            return False
        is_unreadable = bool(entry.broken or entry.unavailable or entry.skipped)
        is_offered = bool(entry.kind) and self._is_offered(name, entry, declared=declared)
        is_external = declared and entry.address is not None and _ADDRESS.fullmatch(entry.address) is not None
        if not (is_unreadable or is_offered or is_external):
            self.choice.left_out[Reason.TOOLS if entry.kind in {"constant", "alias"} else Reason.FOREIGN] += 1
            return False
        members = self._member_names(entry) if self.choice.selection.include else ()
        reason = self.choice.reason_against(address, members)
        if reason is not None:
            self.choice.left_out[reason] += 1
        elif is_unreadable:
            module.unreadable[name] = entry
        elif is_offered:
            return True
        else:
            module.external[name] = str(entry.address)
        return False

    def _member_names(self, entry: Entry) -> set[str]:
        lineage = [self._lineage[one] for one in entry.lineage if one in self._lineage]
        return {name for one in (entry, *lineage) for name in (*one.members, *one.annotations)}

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
        elif declared and target and not self._owns(target) and all(map(_IDENTIFIER.fullmatch, target.split("."))):
            module.external[name] = target

    def _is_offered(self, name: str, entry: Entry, *, declared: bool) -> bool:
        if declared:
            return entry.kind in {"constant", "alias"} or self.owns(entry, declared=True)
        if entry.kind == "constant":
            return (
                entry.type not in _TOOLS
                and name not in _TOOL_NAMES
                and not (entry.type or "").startswith(_TOOL_MODULES)
            )
        if entry.kind == "alias" and entry.defined[0] is None:
            # `Optional` and its like, imported for annotations, have no arguments.
            return entry.alias is None or entry.alias.name is None or bool(entry.alias.args)
        return self.owns(entry, declared=False)

    # --- What is taken ---

    def _exported(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        # Modules without `__all__` export what their root package passes on.
        root = {one.where for one in candidates if one.module.fact.module == self.library}
        taken = [one for one in candidates if one.declared or one.where in root]
        self.choice.left_out[Reason.UNDECLARED] += len(candidates) - len(taken)
        return taken

    def _offer(self, candidates: Sequence[_Candidate]) -> None:
        known: dict[str, Offer] = {}
        for one in candidates:
            offer = known.get(one.where)
            if offer is None:
                offer = known[one.where] = Offer(one.entry)
                self.offers.append(offer)
            fact = one.module.fact
            is_gathering = fact.package and fact.all is None
            is_mentioned = fact.all is not None and self._is_mentioned(f"{fact.module}:{one.name}")
            offer.places.append(
                Place(
                    module=fact.module,
                    name=one.name,
                    declared=one.declared,
                    package=is_gathering,
                    mentioned=is_mentioned,
                )
            )
            one.module.offers[one.name] = offer

    def _drop_empty_modules(self) -> None:
        kept = {self.library}
        for name, module in self.modules.items():
            if module.offers or module.external or module.unreadable:
                parts = name.split(".")
                kept.update(".".join(parts[:length]) for length in range(1, len(parts) + 1))
        self.modules = {name: module for name, module in self.modules.items() if name in kept}
        for module in self.modules.values():
            module.submodules = {name: one for name, one in module.submodules.items() if one in kept}
