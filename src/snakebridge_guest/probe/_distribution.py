# Which distribution a library came in, and, when there is no such library, what there is instead.

from __future__ import annotations

import importlib.metadata
import pkgutil
import sys
from typing import Dict, Iterator, List, Optional, Tuple

from snakebridge_guest.probe._reading import MISSING, Facts, attempt, text


def _distributions() -> Iterator[Tuple[str, importlib.metadata.Distribution]]:
    # Folders of metadata may be broken, and finders belong to the target.
    found = attempt(lambda: list(importlib.metadata.distributions()))
    for one in found if isinstance(found, list) else []:
        name = text(attempt(lambda one=one: one.metadata["Name"]))
        if name:
            yield name, one


def _top_level(distribution: importlib.metadata.Distribution) -> List[str]:
    written = attempt(distribution.read_text, "top_level.txt")
    return written.split() if isinstance(written, str) else []


def _holds(distribution: importlib.metadata.Distribution, library: str) -> bool:
    files = attempt(lambda: [str(file) for file in distribution.files or ()])
    stem = library.replace(".", "/")
    starts = (f"{stem}/", f"{stem}.")
    return isinstance(files, list) and any(file.startswith(starts) for file in files)


def distribution_of(library: str, held: Dict[str, object]) -> Facts:
    """Return the name and version of a library's distribution, or its own word for its version."""
    outer = library.partition(".")[0]
    if outer not in sys.builtin_module_names:
        # A namespace package comes in many distributions, so its own files decide; elsewhere the top level will do.
        candidates = sorted(_distributions(), key=lambda pair: (pair[0].lower() != outer.lower(), pair[0]))
        for name, one in candidates:
            if ("." not in library and outer in _top_level(one)) or _holds(one, library):
                version = attempt(lambda one=one: one.version)
                return {"distribution": name, "version": text(version)}
    version = held.get("__version__", MISSING)
    return {"distribution": None, "version": text(version)}


def alternatives() -> Facts:
    """Return the importable top-level names and, per distribution, its names."""
    names = attempt(lambda: sorted({one.name for one in pkgutil.iter_modules()} | set(sys.builtin_module_names)))
    distributions: Dict[str, Optional[List[str]]] = {name: _top_level(one) for name, one in _distributions()}
    return {"modules": names if isinstance(names, list) else [], "distributions": distributions}
