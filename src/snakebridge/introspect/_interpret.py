# Observations → manifest: pure, and the only place where the parts meet.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.introspect._annotations import Annotations
from snakebridge.introspect._classes import CLASSES, Classes, flags_of
from snakebridge.introspect._findings import findings
from snakebridge.introspect._operators import OPERATORS
from snakebridge.introspect._signatures import Signatures
from snakebridge.introspect._surface import Offer, Surface
from snakebridge.manifest import Kind, Library, Manifest, Module, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import Entry, ModuleFact


def interpret(library: str, facts: Sequence[ModuleFact], crashes: Mapping[str, str]) -> Manifest:
    """Return the manifest of a library.

    Args:
        library: Its import name.
        facts: What the probe wrote; the root module is among them.
        crashes: What killed the probe, as sentences, by what was skipped after it.
    """
    surface = Surface(library, facts)
    root = next(fact for fact in facts if fact.module == library)
    return Manifest(
        library=Library(name=library, distribution=root.distribution, version=root.version),
        modules=tuple(
            Module(
                name=name,
                package=module.fact.package,
                doc=module.fact.doc,
                exports={one: offer.path for one, offer in module.offers.items()} | module.submodules,
                external=module.external,
            )
            for name, module in surface.modules.items()
        ),
        symbols=tuple(_Symbols(surface).all()),
        findings=tuple(findings(facts, crashes, surface.modules.values())),
    ).sorted()


class _Symbols:
    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        public: dict[str, str] = {}
        for offer in surface.offers:
            if offer.entry.kind in CLASSES:
                _name_public(offer.path, offer.entry, public)
        described: dict[str, Entry] = {}
        for entry in (*(offer.entry for offer in surface.offers), *surface.described.values(), *surface.unmet):
            if entry.kind in CLASSES and entry.address:
                described.setdefault(entry.address, entry)
        own = frozenset(address for address, entry in described.items() if surface.owns(entry, declared=False))
        self._annotations = Annotations(public)
        self._signatures = Signatures(self._annotations)
        self._classes = Classes(described, public, own, self._annotations, self._signatures)

    def all(self) -> Iterator[Symbol]:
        for offer in self._surface.offers:
            aliases = tuple(sorted({place.address for place in offer.ordered[1:]}))
            if offer.entry.kind in CLASSES:
                yield from self._classes.symbols(offer.path, offer.entry, aliases=aliases)
            else:
                yield self._symbol(offer, aliases)

    def _symbol(self, offer: Offer, aliases: tuple[str, ...]) -> Symbol:
        entry = offer.entry
        if entry.kind == "constant":
            return Symbol(
                path=offer.path,
                kind=Kind.CONSTANT,
                aliases=aliases,
                type=self._annotations.of_class(entry.type),
                value=entry.value,
            )
        signatures, tier = self._signatures.of(entry)
        is_instance = entry.kind == "callable"
        return Symbol(
            path=offer.path,
            kind=Kind.CALLABLE if is_instance else Kind.FUNCTION,
            aliases=aliases,
            defined=entry.address if entry.address != offer.path else None,
            doc=entry.doc,
            signatures=signatures,
            tier=tier,
            flags=flags_of(entry),
            protocols=tuple(name for name in entry.operators if name in OPERATORS),
            type=self._annotations.of_class(entry.type) if is_instance else None,
        )


def _name_public(path: str, entry: Entry, public: dict[str, str]) -> None:
    # The canonical place wins over the one inside a class, whichever is met first.
    if entry.address:
        public[entry.address] = path
    for name, member in entry.members.items():
        if member.kind in CLASSES and not name.startswith("_") and member.address:
            public.setdefault(member.address, f"{path}.{name}")
            _name_public(public[member.address], member, public)
