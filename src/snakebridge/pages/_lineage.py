# Which class a member comes from: the ancestors of generated classes, as far as they are generated too.

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.pages._model import Class, Module

__all__ = ["Lineage"]


@dataclass(slots=True)
class Lineage:
    """The classes of a library by full dotted name."""

    _classes: dict[str, tuple[Module, Class]] = field(default_factory=dict)

    def add(self, module: Module) -> None:
        """Add the classes of a module, nested ones included."""
        for one in module.classes:
            self._add(module, one)

    def _add(self, module: Module, one: Class) -> None:
        self._classes[f"{module.name}.{one.name}"] = (module, one)
        for inner in one.classes:
            self._add(module, inner)

    def inherited(self, name: str) -> Iterator[tuple[str, list[str]]]:
        """Yield each ancestor and the names that come from it, in the order in which Python looks, nearly.

        Args:
            name: Full dotted name of a class.
        """
        known = set(self._classes[name][1].members) if name in self._classes else set()
        for ancestor in self._ancestors(name):
            members = [one for one in self._classes[ancestor][1].members if one not in known]
            known.update(members)
            if members:
                yield ancestor, members

    def _ancestors(self, name: str) -> list[str]:
        found: list[str] = []
        waiting = self._bases(name)
        while waiting:
            one = waiting.pop(0)
            if one not in found and one != name:
                found.append(one)
                waiting = [*self._bases(one), *waiting]
        return found

    def _bases(self, name: str) -> list[str]:
        if name not in self._classes:
            return []
        module, one = self._classes[name]
        outer = one.name.rpartition(".")[0]
        found: list[str] = []
        for base in one.bases:
            # Of `Generic[T]` and the like, the class alone.
            written = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
            head, _, rest = written.partition(".")
            full = ".".join(filter(None, (module.names.get(head, head), rest)))
            beside = f"{module.name}.{outer}.{written}"
            found += [each for each in (beside, full) if each in self._classes][:1]
        return found
