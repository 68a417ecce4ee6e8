# Where the stub and the source of a module are, as the typing specification orders it: folders the user named, the
# standard library's typeshed, stub packages (PEP 561, partial ones included), stubs beside the code, the code.
#
# Guarantees: nothing is imported, and a folder that cannot be read is an empty one. A stub package that lacks a module
# never hides the stub beside the code, partial or not: two halves say more than one.

from __future__ import annotations

import importlib.metadata
import importlib.resources
import os
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RANGE = re.compile(r"^([\w.]+): (\d+)\.(\d+)-(?:(\d+)\.(\d+))?")
_DIST_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")
_NOTHING: frozenset[str] = frozenset()

_Listing = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The interpreter whose libraries are read."""

    version: tuple[int, int, int]
    platform: str
    """As `sys.platform` says."""
    implementation: str
    """As `sys.implementation.name` says."""
    path: tuple[Path, ...]
    """Its `sys.path`."""
    extra: tuple[Path, ...] = ()
    """Folders of stubs that are looked into first."""


@lru_cache(maxsize=1)
def _typeshed() -> str:
    return os.path.join(str(importlib.resources.files("typeshed_client")), "typeshed")  # noqa: PTH118 - see Files


@lru_cache(maxsize=1)
def _ranges() -> dict[str, tuple[tuple[int, int], tuple[int, int] | None]]:
    found: dict[str, tuple[tuple[int, int], tuple[int, int] | None]] = {}
    with open(f"{_typeshed()}/VERSIONS", encoding="utf-8") as lines:  # noqa: PTH123 - see Files
        for line in lines:
            match = _RANGE.match(line)
            if match:
                last = (int(match[4]), int(match[5])) if match[4] else None
                found[match[1]] = (int(match[2]), int(match[3])), last
    return found


class Files:
    """Finds the files of modules. Paths are plain strings: a library asks thousands of times, and `pathlib` is slow.

    Args:
        target: The interpreter whose folders are looked into.
    """

    def __init__(self, target: Target) -> None:
        self._version = target.version[:2]
        self._path = [str(root) for root in target.path]
        self._extra = [str(root) for root in target.extra]
        self._listed: dict[str, _Listing] = {}
        self._archives: set[str] = set()
        self._distributions: dict[str, dict[str, tuple[str, str]]] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self.stubs: dict[str, str] = {}
        """Distributions of the stubs that were found, with their versions."""

    def is_standard(self, module: str) -> bool:
        """Tell whether a module is of the target's standard library."""
        ranges = _ranges()
        name = module
        while name:
            if name in ranges:
                first, last = ranges[name]
                return first <= self._version and (last is None or self._version <= last)
            name = name.rpartition(".")[0]
        return False

    def stub(self, module: str) -> str | None:
        """Return the stub of a module."""
        if (module, ".pyi") not in self._found:
            self._found[module, ".pyi"] = self._find_stub(module)
        return self._found[module, ".pyi"]

    def bundled(self, module: str) -> str | None:
        """Return the stub beside the code of a module."""
        if (module, ".") not in self._found:
            self._found[module, "."] = self._first(module.split("."), ".pyi")
        return self._found[module, "."]

    def source(self, module: str) -> str | None:
        """Return the Python source of a module."""
        if (module, ".py") not in self._found:
            self._found[module, ".py"] = self._first(module.split("."), ".py")
        return self._found[module, ".py"]

    def is_namespace(self, module: str) -> bool:
        """Tell whether a module is a folder without an `__init__` (PEP 420)."""
        parts = module.split(".")
        for root in (*self._extra, *self._path):
            folder = root
            for part in parts:
                if part not in self._names(folder):
                    break
                folder = f"{folder}/{part}"
            else:
                if self._names(folder):
                    return True
        return False

    def beside(self, module: str, path: str) -> list[str]:
        """Return the sources and stubs of the whole package that a module's file belongs to, in order."""
        is_package = os.path.basename(path).startswith("__init__.")  # noqa: PTH119 - see the class
        up = module.count(".") - (0 if is_package else 1)
        if up < 0:
            return []  # a module of its own
        folder = os.path.normpath(os.path.join(os.path.dirname(path), *[".."] * up))  # noqa: PTH118, PTH120
        return sorted(
            os.path.join(around, name)  # noqa: PTH118 - see the class
            for around, _, names in os.walk(folder)
            for name in names
            if name.endswith((".py", ".pyi"))
        )

    def read(self, path: str) -> bytes:
        """Return the content of a file that was found.

        Raises:
            OSError: It cannot be read.
        """
        for archive in self._archives:
            if path.startswith(f"{archive}/"):
                return _unzipped(archive, path[len(archive) + 1 :])
        with open(path, "rb") as file:  # noqa: PTH123 - see the class
            return file.read()

    def _find_stub(self, module: str) -> str | None:
        parts = module.split(".")
        for root in self._extra:
            found = self._in_stub_package(root, parts) or self._below(root, parts, ".pyi")
            if found is not None:
                return found
        if self.is_standard(module):
            found = self._below(f"{_typeshed()}", parts, ".pyi")
            if found is not None:
                self.stubs["typeshed"] = _typeshed_version()
                return found
        for root in self._path:
            found = self._in_stub_package(root, parts)
            if found is not None:
                return found
        return self.bundled(module)

    def _first(self, parts: list[str], suffix: str) -> str | None:
        found = (self._below(root, parts, suffix) for root in self._path)
        return next((one for one in found if one is not None), None)

    def _in_stub_package(self, root: str, parts: list[str]) -> str | None:
        folder = f"{parts[0]}-stubs"
        if folder not in self._names(root):
            return None
        found = self._below(root, [folder, *parts[1:]], ".pyi")
        if found is not None:
            known = self._provided(root).get(folder)
            if known is not None:
                self.stubs[known[0]] = known[1]
        return found

    def _below(self, root: str, parts: list[str], suffix: str) -> str | None:
        folder = root
        for part in parts[:-1]:
            if part not in self._names(folder):
                return None
            folder = f"{folder}/{part}"
        held = self._names(folder)
        last = parts[-1]
        if last in held and f"__init__{suffix}" in self._names(f"{folder}/{last}"):
            return f"{folder}/{last}/__init__{suffix}"
        return f"{folder}/{last}{suffix}" if f"{last}{suffix}" in held else None

    def _names(self, folder: str) -> _Listing:
        known = self._listed.get(folder)
        if known is None:
            known = self._list(folder)
            self._listed[folder] = known
        return known

    def _list(self, folder: str) -> _Listing:
        try:
            return frozenset(os.listdir(folder))  # noqa: PTH208 - see the class
        except NotADirectoryError:
            return self._list_archive(folder)
        except OSError:
            return _NOTHING

    def _list_archive(self, archive: str) -> _Listing:
        # An egg or a zipped application: all of its folders at once.
        if archive.endswith((".py", ".pyi")) or any(archive.startswith(f"{one}/") for one in self._archives):
            return _NOTHING
        try:
            with zipfile.ZipFile(archive) as opened:
                files = opened.namelist()
        except (OSError, zipfile.BadZipFile):
            return _NOTHING
        self._archives.add(archive)
        held: dict[str, set[str]] = {"": set()}
        for name in files:
            while name:
                folder, _, last = name.rstrip("/").rpartition("/")
                held.setdefault(folder, set()).add(last)
                name = folder  # noqa: PLW2901 - up to the root
        for folder, names in held.items():
            self._listed[f"{archive}/{folder}" if folder else archive] = frozenset(names)
        return self._listed[archive]

    def _provided(self, root: str) -> dict[str, tuple[str, str]]:
        # Which distribution a `-stubs` folder belongs to, as their records say.
        if root not in self._distributions:
            self._distributions[root] = {
                folder: known for name in sorted(self._names(root)) for folder, known in _folders(root, name)
            }
        return self._distributions[root]


def _unzipped(archive: str, name: str) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.read(name)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise OSError(f"the archive does not give it: {error}") from error


def _folders(root: str, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    match = _DIST_INFO.fullmatch(name)
    if match is None or not ("stubs" in name.lower() or "types" in name.lower()):
        return  # reading the records of all that is installed takes seconds
    try:
        with open(f"{root}/{name}/RECORD", encoding="utf-8") as record:  # noqa: PTH123 - see Files
            tops = {line.partition("/")[0] for line in record}
    except (OSError, UnicodeDecodeError):
        return
    known = match["name"].replace("_", "-"), match["version"]
    yield from ((top, known) for top in sorted(tops) if top.endswith("-stubs"))


@lru_cache(maxsize=1)
def _typeshed_version() -> str:
    return importlib.metadata.version("typeshed-client")
