# Names that a library's own docstrings spell out, which its `__all__` may forget: `pandas.api.types.is_numeric_dtype`.
#
# A docstring mentions `module.name`, also by the short name that examples import the library by (`pd.api.types`), or
# `from module import name`.
#
# Guarantees: nothing but names of the library itself; whether there is anything under them is for others to see.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snakebridge.introspect._observations import Entry, ModuleFact


def mentioned(library: str, facts: Iterable[ModuleFact]) -> frozenset[str]:
    """Return the dotted names of a library that its docstrings mention."""
    text = "\n".join(_texts(facts))
    own = rf"{re.escape(library)}(?:\.\w+)*"
    short = {alias: module for module, alias in re.findall(rf"\bimport +({own}) +as +(\w+)", text)}
    found: set[str] = set()
    heads = "|".join(map(re.escape, sorted({library, *short})))
    for head, rest in set(re.findall(rf"(?<![\w.])({heads})((?:\.\w+)+)", text)):
        found.add(f"{short.get(head, head)}{rest}")
    for module, names in set(re.findall(rf"\bfrom +({own}) +import +([\w, ]+)", text)):
        found.update(f"{module}.{name.split()[0]}" for name in names.split(",") if name.strip())
    return frozenset(prefix for name in found for prefix in _prefixes(name))


def _texts(facts: Iterable[ModuleFact]) -> Iterator[str]:
    for fact in facts:
        yield fact.doc or ""
        yield from _docs(fact.members)


def _docs(members: Mapping[str, Entry]) -> Iterator[str]:
    for entry in members.values():
        yield entry.doc or ""
        yield from _docs(entry.members)


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))
