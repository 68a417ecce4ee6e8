# Names of a generated package that a submodule has as well: `from glob import glob`, with `glob` a package.
#
# Guarantees: such a name stays the symbol's, as it does in the library, whether the submodule is imported before or
# after; and the symbol need not be loaded for that.
# Why like this: the import system binds a submodule in its parent whenever it loads one, with nothing to hook into but
# the parent's `__setattr__`.

from __future__ import annotations

import sys
from types import ModuleType

__all__ = ["keep"]


class _Package(ModuleType):
    """A package some of whose names no submodule may take."""

    _snakebridge_kept: frozenset[str]

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in self._snakebridge_kept and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def keep(module: str, names: tuple[str, ...]) -> None:
    """Keep names of a module for what the module itself says they are.

    Args:
        module: Import name of a package that is being imported.
        names: The names; those that are bound to modules already are freed.
    """
    package = sys.modules[module]
    for name in names:
        if isinstance(vars(package).get(name), ModuleType):
            delattr(package, name)
    vars(package)["_snakebridge_kept"] = frozenset(names)
    package.__class__ = _Package
