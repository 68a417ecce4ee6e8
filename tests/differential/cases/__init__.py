"""Every case, by name. Each module of this package adds its own when it is imported."""

import importlib
import pkgutil

from differential.registry import CASES

__all__ = ["CASES", "LIBRARY"]

LIBRARY = "circus"
"""Our own library, made anew for each case on both sides."""

for _module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(__name__ + "." + _module)
