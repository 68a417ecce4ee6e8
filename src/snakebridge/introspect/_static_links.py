# Modules that were read, completed by each other and by what the probe wrote: what re-exports mean, star imports, what
# classes inherit, and which of them are exceptions and enums.

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from snakebridge.introspect._observations import Entry, ParameterFact, SignatureFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import FieldFact, ModuleFact

_MOST_LINKS = 30
_OBJECT = "builtins:object"
_CLASSES = {"class", "exception", "enum"}
_ENUMS = {f"enum:{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")}
_EXCEPTIONS = {
    f"builtins:{name}"
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
_WORDS = ("Error", "Exception", "Warning")
_WITHOUT_CONSTRUCTOR = {"typed_dict", "protocol"}


def complete(
    facts: Sequence[ModuleFact], stars: Mapping[str, Sequence[str]], known: Sequence[ModuleFact]
) -> list[ModuleFact]:
    """Return the facts with everything in them that other modules say.

    Args:
        facts: What was read.
        stars: By module: those of which it imports all public names.
        known: What the probe wrote.
    """
    members = {fact.module: dict(fact.members) for fact in (*known, *facts) if fact.module and fact.failed is None}
    exported = {fact.module: fact.all for fact in (*known, *facts) if fact.module and fact.failed is None}
    for _ in range(_MOST_LINKS):
        news = [_spread(module, sources, members, exported) for module, sources in sorted(stars.items())]
        if not any(news):
            break
    read = {fact.module for fact in facts}
    links = _Links(members, read)
    return [fact.model_copy(update={"members": links.members(fact.module)}) for fact in facts]


def _spread(
    module: str,
    sources: Iterable[str],
    members: Mapping[str, dict[str, Entry]],
    exported: Mapping[str, tuple[str, ...] | None],
) -> bool:
    # Whether a star import brought something new.
    own = members[module]
    before = len(own)
    for source in sources:
        for name, entry in list(members.get(source, {}).items()):
            declared = exported.get(source)
            is_public = name in declared if declared is not None else not name.startswith("_")
            if is_public and entry.kind != "module":
                own.setdefault(name, Entry(same=f"{source}:{name}"))
    return len(own) > before


class _Links:
    """Follows names through modules."""

    def __init__(self, members: Mapping[str, dict[str, Entry]], read: set[str]) -> None:
        self._members = members
        self._read = read
        self._by_address: dict[str, Entry] = {}
        for module in sorted(members):
            self._index(members[module].values())
        self._lineages: dict[str, tuple[str, ...]] = {}

    def _index(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.kind in _CLASSES and entry.address:
                self._by_address.setdefault(entry.address, entry)
                self._index(entry.members.values())

    def members(self, module: str) -> dict[str, Entry]:
        """Return the complete members of a module that was read."""
        found = {name: self._linked(entry) for name, entry in self._members[module].items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def _linked(self, entry: Entry) -> Entry | None:
        if entry.same is None:
            return self._class(entry) if entry.kind in _CLASSES else entry
        place = self._place(entry.same)
        return Entry(same=place) if place is not None else None

    def _place(self, address: str) -> str | None:
        # Where the thing that stands at an address is described.
        for _ in range(_MOST_LINKS):
            module, _, name = address.partition(":")
            entry = self._members.get(module, {}).get(name)
            if entry is None:
                return None
            if entry.same is None:
                return address
            address = entry.same
        return None

    def _described(self, address: str) -> Entry | None:
        found = self._by_address.get(address)
        if found is None:
            place = self._place(address)
            module, _, name = (place or "").partition(":")
            found = self._members.get(module, {}).get(name)
        return found if found is not None and found.kind in _CLASSES else None

    # --- Classes ---

    def _lineage(self, address: str, depth: int = 0) -> tuple[str, ...]:
        entry = self._described(address)
        if entry is None or entry.address is None or depth > _MOST_LINKS:
            return (address,)
        if entry.lineage:
            return entry.lineage
        known = self._lineages.get(entry.address)
        if known is None:
            above = [one for base in entry.bases for one in self._lineage(base, depth + 1)]
            # A base that several bases share comes after all of them.
            ordered = dict.fromkeys(reversed([entry.address, *above]))
            known = (*(one for one in reversed(ordered) if one != _OBJECT), _OBJECT)
            self._lineages[entry.address] = known
        return known

    def _class(self, entry: Entry) -> Entry:
        if entry.address is None:
            return entry
        lineage = self._lineage(entry.address)
        above = [one for address in lineage[1:] if (one := self._described(address)) is not None]
        kind = self._kind(lineage, above)
        inner = {name: one for name, member in entry.members.items() if (one := self._linked(member)) is not None}
        choices = {name: one.value for name, one in inner.items() if kind == "enum" and _is_choice(name, one)}
        changes: dict[str, object] = {
            "kind": kind,
            "lineage": lineage,
            "bases": tuple(self._named(base) for base in entry.bases),
            "members": {name: one for name, one in inner.items() if name not in choices},
            "enum": tuple(choices.items()),
        }
        shape = entry.shape or next((one.shape for one in above if one.shape in {"pydantic", "typed_dict"}), None)
        fields = _merged(above, entry.fields) if shape else ()
        if shape:
            changes |= {"shape": shape, "fields": fields}
        if entry.signature is None and kind != "enum" and shape not in _WITHOUT_CONSTRUCTOR:
            changes["signature"] = _constructor(shape, fields, above, is_known=self._is_known(lineage, kind))
        return entry.model_copy(update=changes)

    def _named(self, base: str) -> str:
        found = self._described(base)
        return found.address if found is not None and found.address else base

    def _kind(self, lineage: Sequence[str], above: Sequence[Entry]) -> str:
        for address in lineage[1:]:
            if address in _ENUMS:
                return "enum"
            if address in _EXCEPTIONS or (address.endswith(_WORDS) and self._described(address) is None):
                return "exception"
        return next((one.kind for one in above if one.kind in {"exception", "enum"}), "class")

    def _is_known(self, lineage: Sequence[str], kind: str) -> bool:
        return kind == "class" and all(one == _OBJECT or self._described(one) is not None for one in lineage[1:])


def _is_choice(name: str, entry: Entry) -> bool:
    return entry.kind == "constant" and not name.startswith("_")


def _merged(above: Sequence[Entry], own: Sequence[FieldFact]) -> tuple[FieldFact, ...]:
    found: dict[str, FieldFact] = {}
    for one in reversed(above):
        found |= {field.name: field for field in one.fields}
    found |= {field.name: field for field in own}
    return tuple(found.values())


def _constructor(
    shape: str | None, fields: Sequence[FieldFact], above: Sequence[Entry], *, is_known: bool
) -> SignatureFact | None:
    if shape is not None:
        return SignatureFact(parameters=tuple(_of_fields(fields)), source="static")
    inherited = next((one.signature for one in above if one.signature is not None), None)
    if inherited is not None:
        return inherited
    return SignatureFact(parameters=(), source="static") if is_known else None


def _of_fields(fields: Sequence[FieldFact]) -> Iterator[ParameterFact]:
    taken = [one for one in fields if one.init]
    for field in sorted(taken, key=lambda one: one.keyword_only):
        kind = 3 if field.keyword_only else 1
        yield ParameterFact(
            name=field.alias or field.name, kind=kind, default=field.default, annotation=field.annotation
        )
