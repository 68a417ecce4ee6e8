# Applies a selection: patterns of addresses, hidden names, depth, and how many members a class may have. It judges
# names and addresses; what things are is for `_surface.py`.
#
# A pattern is an address, absolute (`numpy.linalg:norm`) or from the library on (`linalg:norm`). `*` and `?` stand for
# any characters; a dot also stands for the colon, a colon only for itself. What matches takes all that is below it.
#
# Guarantees: the answers depend on the selection and the address alone; each pattern knows whether it ever matched.

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Protocol

from snakebridge.errors import ConfigurationError
from snakebridge.introspect._selection import SEPARATOR, WILD, Reason, is_hidden, require_patterns
from snakebridge.manifest import Finding, Flag, Level, Surface

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from snakebridge.manifest import Selection, Symbol


class Documented(Protocol):
    """What a documentation lists, as `_inventory.py` reads it."""

    @property
    def names(self) -> Collection[str]:
        """Dotted names."""
        ...


class _Pattern:
    """One pattern, and whether it ever matched."""

    def __init__(self, text: str, library: str) -> None:
        self.text = text
        self.is_used = False
        prefix = f"(?:{re.escape(library)}[.:])?"
        self._covering = re.compile(f"{prefix}{_source(text)}(?:[.:].*)?")
        ends = [match.start() for match in SEPARATOR.finditer(text)] + [len(text)]
        spelled = [text[:end] for end in ends]
        literal = [one for one in spelled if not WILD.search(SEPARATOR.split(one)[-1])]
        self._spelling = [re.compile(f"{prefix}{_source(one)}") for one in literal]

    def covers(self, address: str) -> bool:
        covered = self._covering.fullmatch(address) is not None
        self.is_used = self.is_used or covered
        return covered

    def spells(self, address: str) -> bool:
        return any(one.fullmatch(address) for one in self._spelling)


def _source(pattern: str) -> str:
    special = {"*": ".*", "?": ".", ".": "[.:]", ":": ":"}
    return "".join(special.get(character) or re.escape(character) for character in pattern)


class Choice:
    """Decides by address what of a library is taken, and counts what is not.

    Args:
        library: Import name.
        selection: What was asked for.
        documented: What the documentation lists; the surface `docs` needs it.

    Raises:
        ConfigurationError: The selection would take nothing, or needs what is not there.
    """

    def __init__(self, library: str, selection: Selection, documented: Documented | None = None) -> None:
        require_patterns(library, selection)
        if selection.surface is Surface.DOCS and documented is None:
            raise ConfigurationError(
                f"the surface of {library} is docs and there is no objects.inv in the library; name its file or URL "
                "with `--inventory` or the key `inventory`, or choose another surface"
            )
        self.selection = selection
        self.left_out: Counter[Reason] = Counter()
        self._library = library
        self._include = [_Pattern(text, library) for text in selection.include]
        self._exclude = [_Pattern(text, library) for text in selection.exclude]
        self._documented = documented if selection.surface is Surface.DOCS else None
        if self._documented is not None:
            found = self._documented.names
            self._names_below = {name.rpartition(".")[0] for name in found}

    # --- Modules and their names ---

    def takes_module(self, name: str) -> bool:
        """Tell whether names of a module can be taken at all; counts it when not."""
        reason = self._module_reason(name)
        if reason is not None:
            self.left_out[reason] += 1
        return reason is None

    def _module_reason(self, name: str) -> Reason | None:
        below = name[len(self._library) :].lstrip(".")
        parts = below.split(".") if below else []
        # Asked first, so that the pattern counts as used.
        is_excluded = _covered(self._exclude, name)
        _covered(self._include, name)
        reached = self._library
        for part in parts:
            reached = f"{reached}.{part}"
            reason = is_hidden(part, self.selection)
            if reason is not None and not self.spells(reached) and not self._is_documented(reached):
                return reason
        if self.selection.depth is not None and len(parts) > self.selection.depth:
            return Reason.DEPTH
        return Reason.EXCLUDED if is_excluded else None

    def spells(self, address: str) -> bool:
        """Tell whether an include pattern names exactly this, so that it need not be public otherwise."""
        return any(one.spells(address) for one in self._include)

    def _is_documented(self, address: str) -> bool:
        if self._documented is None:
            return False
        dotted = address.replace(":", ".")
        return dotted in self._documented.names or dotted in self._names_below

    def reason_against(self, address: str, members: Iterable[str] = ()) -> Reason | None:
        """Return why an address is not taken, or `None` when it is.

        Args:
            address: Of a name in a module.
            members: Of a class: the names below it, any of which may be what a pattern is about.
        """
        # Both are asked before either answers, so that both kinds of patterns know that they matched.
        is_excluded, is_included = _covered(self._exclude, address), _covered(self._include, address)
        if is_excluded:
            return Reason.EXCLUDED
        if self._documented is not None and address.replace(":", ".") not in self._documented.names:
            return Reason.UNDOCUMENTED
        if self._include and not is_included:
            below = [_covered(self._include, f"{address}.{name}") for name in members]
            return None if any(below) else Reason.NOT_INCLUDED
        return None

    # --- Members of classes ---

    def of_members(self, symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
        """Return the symbols without the members that are not taken.

        Operators are always taken. When a class has more members than the limit, those stay that are not deprecated,
        then those with a docstring, then the first by name.
        """
        gone: set[str] = set()
        places = {one.path: (one.path, *one.aliases) for one in symbols if one.owner is None}
        for symbol in sorted(symbols, key=lambda one: one.path):
            owner = symbol.owner
            if owner is None:
                continue
            reason = self._member_reason(symbol, places)
            if owner in gone or reason is not None:
                gone.add(symbol.path)
                self.left_out[reason or Reason.EXCLUDED] += 1
        kept = [one for one in symbols if one.path not in gone]
        if self.selection.members is not None:
            cut = set(limited(kept, self.selection.members))
            self.left_out[Reason.MEMBER_LIMIT] += len(cut)
            kept = [one for one in kept if one.path not in cut]
        return tuple(kept)

    def _member_reason(self, symbol: Symbol, places: dict[str, tuple[str, ...]]) -> Reason | None:
        top, _, rest = symbol.qualname.partition(".")
        outer = f"{symbol.module}:{top}"
        addresses = [f"{place}.{rest}" for place in places.get(outer, (outer,))]
        excluded = [_covered(self._exclude, one) for one in addresses]
        if _is_operator(symbol.name):
            return None
        if any(excluded):
            return Reason.EXCLUDED
        included = [_covered(self._include, one) for one in addresses]
        if self._include and not any(included):
            return Reason.NOT_INCLUDED
        if self._documented is not None:
            dotted = [one.replace(":", ".") for one in addresses]
            lists_members = any(one.rpartition(".")[0] in self._names_below for one in dotted)
            if lists_members and not any(one in self._documented.names for one in dotted):
                return Reason.UNDOCUMENTED
        return None

    # --- What was written in vain ---

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each pattern that matched nothing; ask when everything was decided."""
        for key, patterns in (("include", self._include), ("exclude", self._exclude)):
            for pattern in patterns:
                if pattern.is_used:
                    continue
                hint = f"mend or remove it; patterns are compared with addresses such as {self._library}:name"
                if key == "exclude" and is_hidden(SEPARATOR.split(pattern.text)[-1], self.selection):
                    hint = "remove it; this is left out anyway"
                yield Finding(
                    rule="pattern-unused",
                    level=Level.WARNING,
                    path=self._library,
                    message=f"the {key} pattern {pattern.text!r} matches nothing in {self._library}",
                    hint=hint,
                )


def limited(symbols: Iterable[Symbol], limit: int) -> Iterator[str]:
    """Yield the members that classes have above a limit; those of a nested class that goes go with it."""
    members: defaultdict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        if symbol.owner is not None:
            members[symbol.owner].append(symbol)
    gone: set[str] = set()
    for owner, found in sorted(members.items()):
        ranked = sorted(found, key=lambda one: (Flag.DEPRECATED in one.flags, one.doc is None, one.name))
        listed = [one for one in ranked if not _is_operator(one.name)]
        gone.update(one.path for one in (found if owner in gone else listed[limit:]))
    yield from sorted(gone)


def _covered(patterns: Sequence[_Pattern], address: str) -> bool:
    # Every pattern is asked, so that each knows whether it matched.
    answers = [one.covers(address) for one in patterns]
    return any(answers)


def _is_operator(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
