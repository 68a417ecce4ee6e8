# Which distribution a library came in, and, when there is no such library, what there is instead: read from outside,
# in the folders that the target imports from.

from __future__ import annotations

import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SUFFIXES = {".py", ".pyc", ".so", ".pyd"}


def distribution_of(library: str, path: Sequence[str]) -> tuple[str, str | None] | None:
    """Return the name and version of the distribution that a library came in, or `None` when it came in none.

    Args:
        library: Import name.
        path: The folders and archives that the target imports from.
    """
    outer = library.partition(".")[0]
    # A namespace package comes in many distributions, so its own files decide; elsewhere the top level will do.
    candidates = sorted(_named(path), key=lambda pair: (pair[0].lower() != outer.lower(), pair[0]))
    for name, one in candidates:
        if ("." not in library and outer in _top_level(one)) or _holds(one, library):
            return name, _version(one)
    return None


def alternatives(path: Sequence[str]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the importable top-level names and, per distribution, its top-level names."""
    names = {file.partition(".")[0] for place in path for file in _files(Path(place))}
    modules = {name for name in names if name.isidentifier()} | set(sys.builtin_module_names)
    return tuple(sorted(modules)), {name: _top_level(one) for name, one in sorted(_named(path), key=lambda one: one[0])}


def _files(place: Path) -> Iterator[str]:
    # What may be a module: sources, compiled files and folders.
    try:
        if place.is_dir():
            yield from (one.name for one in place.iterdir() if one.suffix in _SUFFIXES or one.is_dir())
        elif place.is_file():
            with ZipFile(place) as archive:
                yield from {name.partition("/")[0] for name in archive.namelist()}
    except (OSError, BadZipFile):
        return


def _named(path: Sequence[str]) -> Iterator[tuple[str, Distribution]]:
    # The standard library never closes an archive that it looked for metadata in, and archives have hardly any.
    for one in distributions(path=[place for place in path if Path(place).is_dir()]):
        try:
            name = one.metadata["Name"]
        except Exception:  # noqa: BLE001, S112 - folders of metadata are left behind half deleted, with any text in them
            continue
        if name:
            yield name, one


def _top_level(distribution: Distribution) -> tuple[str, ...]:
    try:
        return tuple((distribution.read_text("top_level.txt") or "").split())
    except (OSError, ValueError):
        return ()


def _holds(distribution: Distribution, library: str) -> bool:
    stem = library.replace(".", "/")
    try:
        return any(str(file).startswith((f"{stem}/", f"{stem}.")) for file in distribution.files or ())
    except (OSError, ValueError):
        return False


def _version(distribution: Distribution) -> str | None:
    try:
        return distribution.version
    except (OSError, ValueError, KeyError):
        return None
