# Observations → manifest: the only place where the parts meet.

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from snakebridge.introspect._annotations import Annotations, Scope
from snakebridge.introspect._ask import Progress
from snakebridge.introspect._classes import ADDRESS, CLASSES, Classes, dispatches_of, flags_of
from snakebridge.introspect._definitions import definitions, observed, without_lost
from snakebridge.introspect._documents import Documents
from snakebridge.introspect._drafts import Draft
from snakebridge.introspect._findings import findings, unreadable
from snakebridge.introspect._merge import Merge
from snakebridge.introspect._operators import OPERATORS
from snakebridge.introspect._signatures import Signatures
from snakebridge.manifest import Kind, Library, Manifest, Module, Symbol, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import Entry, ModuleFact
    from snakebridge.introspect._surface import ChosenSurface, Offer
    from snakebridge.introspect.sources import Sources

_MOST_ALIASES = 8
_REPORTED = 50  # symbols between two words about progress
_NAMED = {*CLASSES.values(), Kind.ALIAS}


def interpret(
    surface: ChosenSurface,
    facts: Sequence[ModuleFact],
    crashes: Mapping[str, str],
    open_sources: Callable[[Mapping[str, str]], Sources],
    on_progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Return the manifest of a library.

    Args:
        surface: What was chosen of it.
        facts: What the probe wrote; the root module is among them.
        crashes: What killed the probe, as sentences, by what was skipped after it.
        open_sources: Opens stubs and sources, given what an address is called publicly.
        on_progress: Told of each module whose symbols are complete.
    """
    public = _public(surface)
    library = surface.library
    sources = open_sources(public | _places(surface))
    variables = {address: fact for module in facts for address, fact in module.variables.items()}
    annotations = Annotations(public, sources.resolve, variables)
    drafts = list(_Drafts(surface, public, annotations).all())
    taken = {one.path for one in surface.choice.of_members([draft.symbol for draft in drafts])}
    drafts = [draft for draft in drafts if draft.symbol.path in taken]
    docs = {fact.module: fact.doc for fact in facts}
    merge = Merge(sources, Documents(_class_names(drafts), _uses(library, facts), sources.resolve, docs))
    symbols = tuple(_merged(merge, drafts, on_progress))
    del drafts, merge  # nobody collects cycles meanwhile, and what follows needs the room
    found = definitions(symbols, observed(variables, annotations), sources.definitions)
    root = next(fact for fact in facts if fact.module == library)
    failed = {fact.module for fact in facts if fact.failed is not None}
    return Manifest(
        library=Library(name=library, distribution=root.distribution, version=root.version, stubs=dict(sources.stubs)),
        selection=surface.choice.selection,
        modules=tuple(
            Module(
                name=name,
                package=module.fact.package,
                doc=module.fact.doc,
                exports={one: offer.path for one, offer in module.offers.items()} | module.submodules,
                external=module.external,
                lazy=module.fact.lazy,
                tier=Tier.STATIC if module.fact.is_read else Tier.RUNTIME,
            )
            for name, module in surface.modules.items()
        ),
        symbols=without_lost(library, symbols, found),
        definitions=found,
        findings=(
            *findings(facts, crashes, surface.modules.values()),
            *surface.choice.findings(),
            *unreadable({name: why for name, why in sources.unreadable.items() if name not in failed}),
        ),
    ).sorted()


def _merged(merge: Merge, drafts: Sequence[Draft], on_progress: Callable[[Progress], None] | None) -> Iterator[Symbol]:
    for place, draft in enumerate(drafts):
        if on_progress is not None and place % _REPORTED == 0:
            module = draft.symbol.module
            on_progress(Progress(module=module, done=place, total=len(drafts), phase="reading stubs"))
        yield merge.symbol(draft)


def _public(surface: ChosenSurface) -> dict[str, str]:
    # Public address of each class, by the address it gives itself.
    public: dict[str, str] = {}
    for offer in surface.offers:
        if offer.entry.kind in CLASSES:
            _name_public(offer.path, offer.entry, public)
    return public


def _places(surface: ChosenSurface) -> dict[str, str]:
    # Canonical address, by every place where the thing stands.
    return {place.address: offer.path for offer in surface.offers for place in offer.places}


def _class_names(drafts: Sequence[Draft]) -> dict[str, str]:
    # By bare name, where only one class has it.
    count = Counter(draft.symbol.name for draft in drafts if draft.symbol.kind in _NAMED)
    return {
        draft.symbol.name: draft.symbol.path
        for draft in drafts
        if draft.symbol.kind in _NAMED and count[draft.symbol.name] == 1
    }


def _uses(library: str, facts: Sequence[ModuleFact]) -> set[str]:
    # Top-level names of the libraries whose modules or objects stand in this one.
    found = {library.partition(".")[0]}
    for fact in facts:
        for entry in fact.members.values():
            origin = entry.name if entry.kind == "module" else entry.defined[0]
            if origin:
                found.add(origin.partition(".")[0])
    return found


class _Drafts:
    def __init__(self, surface: ChosenSurface, public: Mapping[str, str], annotations: Annotations) -> None:
        self._surface = surface
        described: dict[str, Entry] = {}
        for entry in (*(offer.entry for offer in surface.offers), *surface.described.values(), *surface.unmet):
            if entry.kind in CLASSES and entry.address:
                described.setdefault(entry.address, entry)
        own = frozenset(address for address, entry in described.items() if surface.owns(entry, declared=False))
        self._annotations = annotations
        self._signatures = Signatures(self._annotations)
        self._classes = Classes(described, public, own, self._annotations, self._signatures)

    def all(self) -> Iterator[Draft]:
        for offer in self._surface.offers:
            aliases = tuple(sorted({place.address for place in offer.ordered[1:]}))
            if offer.entry.kind in CLASSES:
                yield from self._classes.drafts(offer.path, offer.entry, aliases=aliases)
            else:
                yield self._draft(offer, aliases)

    def _draft(self, offer: Offer, aliases: tuple[str, ...]) -> Draft:
        entry = offer.entry
        scope = Scope(entry.defined[0] or offer.ordered[0].module)
        own = entry.address if entry.address and ADDRESS.fullmatch(entry.address) else offer.path
        return Draft(
            symbol=self._symbol(offer, aliases, scope),
            places=tuple(dict.fromkeys([offer.path, own, *aliases[:_MOST_ALIASES]])),
            scope=scope,
            overloads=self._signatures.overloads(entry, scope),
        )

    def _symbol(self, offer: Offer, aliases: tuple[str, ...], scope: Scope) -> Symbol:
        entry = offer.entry
        if entry.kind == "alias":
            alias = self._annotations.expression(entry.alias, scope)
            return Symbol(path=offer.path, kind=Kind.ALIAS, aliases=aliases, type=alias)
        if entry.kind == "constant":
            return Symbol(
                path=offer.path,
                kind=Kind.CONSTANT,
                aliases=aliases,
                type=self._annotations.of_class(entry.type),
                value=entry.value,
            )
        signature, tier = self._signatures.of(entry, scope)
        is_instance = entry.kind == "callable"
        return Symbol(
            path=offer.path,
            kind=Kind.CALLABLE if is_instance else Kind.FUNCTION,
            aliases=aliases,
            defined=entry.address if entry.address != offer.path else None,
            doc=entry.doc,
            signature=signature,
            tier=tier,
            flags=flags_of(entry),
            parameters=tuple(one for one in entry.parameters if ADDRESS.fullmatch(one)),
            protocols=tuple(name for name in entry.operators if name in OPERATORS),
            type=self._annotations.of_class(entry.type) if is_instance else None,
            dispatches=dispatches_of(entry, self._annotations),
            deprecated=entry.deprecated,
        )


def _name_public(path: str, entry: Entry, public: dict[str, str]) -> None:
    # The canonical place wins over the one inside a class, whichever is met first.
    if entry.address:
        public[entry.address] = path
    for name, member in entry.members.items():
        if member.kind in CLASSES and not name.startswith("_") and member.address:
            public.setdefault(member.address, f"{path}.{name}")
            _name_public(public[member.address], member, public)
