# Overrides, applied: a manifest and what people say about it become the manifest that says so.
#
# An entry is about the symbols whose address, or one of whose other addresses, its key matches. A key without `*` and
# `?` wins over a pattern, and a longer pattern over a shorter one, fact by fact. What a pattern says is taken where it
# fits; what is said about one symbol must fit it.
#
# Guarantees: everything that was said and could not be done is a finding, with what is there instead; nothing else of
# the manifest changes. The order of files and of their entries does not matter.

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from snakebridge.introspect._definitions import expressions_of, named_in
from snakebridge.introspect._overridden import Unfit, overridden
from snakebridge.introspect._written import Meanings
from snakebridge.manifest import Definition, DefinitionKind, Finding, Kind, Level, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.introspect._overrides import Overrides, OverridesFile, SymbolOverride
    from snakebridge.manifest import Symbol

_MEND = "mend the entry, or remove it"
_WILD = re.compile(r"[*?]")
_SOURCES = {"*": ".*", "?": ".", ".": "[.:]"}  # as in patterns of a selection: a dot also stands for the colon
_ORDER = ("signature", "returns", "parameters", "type", "doc", "effects")
_WHERE_IT_FITS = {"override-misfit", "override-parameter"}
_CLASSES = {Kind.CLASS, Kind.ENUM, Kind.EXCEPTION}
_CLOSE = 0.6


def apply(manifest: Manifest, overrides: Overrides) -> Manifest:
    """Return a manifest as overrides say it is.

    Args:
        manifest: What was introspected.
        overrides: What was written; files about other libraries are passed over.
    """
    library = manifest.library.name
    files = [one for one in overrides.files if f"{library}.".startswith(f"{one.content.library}.")]
    return _Work(manifest).apply(files) if files else manifest


class _Entry:
    """What one file says under one key."""

    def __init__(self, file: str, key: str, said: SymbolOverride) -> None:
        self.file = file
        self.key = key
        self.facts = dict(said.facts())
        self.is_pattern = _WILD.search(key) is not None
        self.rank = (not self.is_pattern, len(_WILD.sub("", key)))
        self.is_used = False


class _Work:
    """One manifest, while it is changed."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._library = manifest.library.name
        self._meanings = Meanings(manifest)
        self._findings: dict[Finding, None] = {}
        self._symbols = {symbol.path: symbol for symbol in manifest.symbols}
        self._places = {symbol.path: symbol.path for symbol in manifest.symbols}
        for symbol in manifest.symbols:
            for place in self._other_places(symbol):
                self._places.setdefault(place, symbol.path)

    def apply(self, files: Sequence[OverridesFile]) -> Manifest:
        covering = [one for one in files if self._covers(one, is_only=len(files) == 1)]
        entries = [_Entry(one.name, key, said) for one in covering for key, said in one.content.symbols.items()]
        said_of: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in entries:
            for path in self._matching(entry):
                said_of[path].append(entry)
        changed = {path: self._changed(self._symbols[path], said) for path, said in said_of.items()}
        for entry in entries:
            if not entry.is_used and entry.facts and self._is_here(entry.key):
                self._report_unused(entry)
        return self._rewritten(changed)

    def _find(self, rule: str, path: str, message: str, hint: str = _MEND, level: Level = Level.ERROR) -> None:
        self._findings[Finding(rule=rule, level=level, path=path, message=message, hint=hint)] = None

    # --- Which symbols an entry is about ---

    def _other_places(self, symbol: Symbol) -> Iterator[str]:
        yield from symbol.aliases
        owner = self._symbols.get(symbol.owner or "")
        while owner is not None:
            yield from (f"{alias}{symbol.path.removeprefix(owner.path)}" for alias in owner.aliases)
            owner = self._symbols.get(owner.owner or "")

    def _matching(self, entry: _Entry) -> list[str]:
        source = "".join(_SOURCES.get(one) or re.escape(one) for one in entry.key)
        whole = re.compile(f"(?:{re.escape(self._library)}[.:])?{source}")
        return sorted({path for place, path in self._places.items() if whole.fullmatch(place)})

    def _covers(self, file: OverridesFile, *, is_only: bool) -> bool:
        version = self._manifest.library.version
        if file.content.covers(version):
            return True
        self._find(
            "overrides-version",
            self._library,
            f"{file.name} is about {file.content.library} {file.content.versions} and this is "
            f"{version or 'of no known version'}, so nothing of it was applied",
            "check its entries against this version, then widen `versions`",
            # One file per range of versions is a way to keep several.
            Level.WARNING if is_only else Level.NOTE,
        )
        return False

    def _is_here(self, key: str) -> bool:
        # A file about the whole library may be applied to a part of it, such as `numpy.linalg`.
        outer = self._library.rpartition(".")[0]
        return not outer or not f"{key}:".startswith((f"{outer}:", f"{outer}."))

    # --- What is said about one symbol ---

    def _changed(self, symbol: Symbol, entries: Sequence[_Entry]) -> Symbol | None:
        """Return the symbol as it is said to be, or `None` when it is to be left out."""
        facts = self._agreed(symbol, entries)
        hidden, by = facts.pop("hidden", (False, None))
        if by is not None:
            by.is_used = True
        if hidden:
            return None
        for key in sorted(facts, key=lambda key: (_ORDER.index(key.partition(".")[0]), key)):
            value, entry = facts[key]
            symbol = self._overridden(symbol, key, value, entry)
        return symbol

    def _agreed(self, symbol: Symbol, entries: Sequence[_Entry]) -> dict[str, tuple[Any, _Entry]]:
        # The value of each fact, from the entry that says it most exactly.
        agreed: dict[str, tuple[Any, _Entry]] = {}
        for key in sorted({key for entry in entries for key in entry.facts}):
            said = [entry for entry in entries if key in entry.facts]
            best = max(entry.rank for entry in said)
            first, *others = [entry for entry in said if entry.rank == best]
            contrary = [entry for entry in others if entry.facts[key] != first.facts[key]]
            for entry in said:
                entry.is_used = entry.is_used or entry is not first or bool(contrary)
            if contrary:
                names = " and ".join(sorted({f"{entry.file} ({entry.key})" for entry in (first, *contrary)}))
                message = f"{names} say different things about `{key}` of {symbol.path}, so it stays as it is"
                self._find("override-conflict", symbol.path, message, "remove one of them")
            else:
                agreed[key] = (first.facts[key], first)
        return agreed

    def _overridden(self, symbol: Symbol, key: str, value: object, entry: _Entry) -> Symbol:
        try:
            changed = overridden(symbol, key, value, self._meanings)
        except Unfit as problem:
            if not entry.is_pattern or problem.rule not in _WHERE_IT_FITS:
                entry.is_used = True
                path = entry.key if entry.is_pattern else symbol.path
                self._find(problem.rule, path, f"{entry.file}: {problem}", problem.hint or _MEND)
            return symbol
        entry.is_used = True
        return changed

    def _report_unused(self, entry: _Entry) -> None:
        what = "fits nothing" if self._matching(entry) else "names nothing"
        close = difflib.get_close_matches(entry.key, self._places, n=3, cutoff=_CLOSE)
        hint = f"did you mean {' or '.join(close)}? If it is gone, remove the entry" if close else _MEND
        message = f"{entry.file} says something about {entry.key}, which {what} in {self._library}"
        self._find("override-unused", entry.key, message, hint)

    # --- The manifest that comes of it ---

    def _rewritten(self, changed: Mapping[str, Symbol | None]) -> Manifest:
        hidden = {path for path, symbol in changed.items() if symbol is None}
        for path in sorted(self._symbols, key=len):
            if self._symbols[path].owner in hidden:
                hidden.add(path)
        symbols = [changed.get(path) or symbol for path, symbol in self._symbols.items() if path not in hidden]
        modules = [
            module.model_copy(
                update={"exports": {name: path for name, path in module.exports.items() if path not in hidden}}
            )
            for module in self._manifest.modules
        ]
        return self._manifest.model_copy(
            update={
                "modules": tuple(modules),
                "symbols": tuple(symbols),
                "definitions": (*self._manifest.definitions, *self._left_over(hidden, symbols)),
                "findings": (*self._manifest.findings, *self._findings),
            }
        ).sorted()

    def _left_over(self, hidden: set[str], symbols: Sequence[Symbol]) -> Iterator[Definition]:
        # A class that is left out and that types still name is known like any other that is not public.
        named = {name for symbol in symbols for one in expressions_of(symbol) for name in named_in(one)}
        for path in sorted(hidden & named):
            symbol = self._symbols[path]
            if symbol.kind in _CLASSES:
                yield Definition(path=path, kind=DefinitionKind.CLASS, bases=symbol.generic_bases or symbol.bases)
