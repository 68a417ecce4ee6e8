# Where everything is described: one page per module and per class, and an anchor per name on it.
#
# Guarantees: each page has a file name of its own on file systems that ignore case or the form of a letter, too; every
# link is relative, so the pages work from any folder and any server.

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snakebridge.pages._model import Class, Module

__all__ = ["Places"]

_LONGEST: Final = 100


@dataclass(slots=True)
class Places:
    """The pages of a site, and what is on them."""

    symbols: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Full dotted name → page and anchor; the anchor is empty for what has a page of its own."""
    _taken: set[str] = field(default_factory=set)

    def add(self, modules: Iterable[Module], library: str) -> str:
        """Give the modules of a library, and what is in them, their places; return the path of its first page."""
        found = list(modules)
        first = self._free(f"{_safe(library)}/index", ".html")
        for module in found:
            stem = _safe(module.name)
            page = self._free(f"{_safe(library)}/{stem}", ".html")
            self.symbols[module.name] = (page, "")
            for name in (*(one.name for one in module.functions), *(one.name for one in module.values)):
                self.symbols[f"{module.name}.{name}"] = (page, name)
            for one in module.classes:
                self._class(module.name, one, self._free(f"{_safe(library)}/{stem}/{_safe(one.name)}", ".html"), "")
        for module in found:
            for name, target in module.elsewhere.items():
                if target in self.symbols:
                    self.symbols.setdefault(f"{module.name}.{name}", self.symbols[target])
        return first

    def _class(self, module: str, one: Class, page: str, anchor: str) -> None:
        self.symbols[f"{module}.{one.name}"] = (page, anchor)
        before = f"{anchor}." if anchor else ""
        for name in one.members:
            self.symbols[f"{module}.{one.name}.{name}"] = (page, f"{before}{name}")
        for inner in one.classes:
            self._class(module, inner, page, before + inner.name.rpartition(".")[2])

    def _free(self, stem: str, suffix: str) -> str:
        """Return a path that no other one equals without regard to case."""
        path, count = stem + suffix, 1
        while path.casefold() in self._taken:
            count += 1
            path = f"{stem}-{count}{suffix}"
        self._taken.add(path.casefold())
        return path

    def page(self, name: str) -> str:
        """Return the path of the page of a module or class."""
        return self.symbols[name][0]

    def link(self, name: str, page: str) -> str | None:
        """Return how a page refers to where a full dotted name is described, `None` when it is nowhere."""
        found = self.symbols.get(name)
        if found is None:
            return None
        target, anchor = found
        fragment = f"#{quote(anchor)}" if anchor else ""
        return f"{'../' * page.count('/')}{quote(target)}{fragment}"

    def finder(self, page: str, *around: str) -> Callable[[str], str | None]:
        """Return a function that finds a name as it is written on a page.

        Args:
            page: Where the link will stand.
            around: Dotted names that what is written may be relative to, the nearest first.
        """

        def find(name: str) -> str | None:
            written = (*(f"{outer}.{name}" for outer in around), name)
            return next((link for full in written if (link := self.link(full, page)) is not None), None)

        return find


def _safe(name: str) -> str:
    """Return a name as part of a path: itself, unless a file system could mistake or refuse it."""
    if name.isascii() and len(name) <= _LONGEST:
        return name
    start = "".join(c if c.isascii() else "-" for c in name[:40])
    return f"{start}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
