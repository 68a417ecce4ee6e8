# The source files of modules that cannot be imported, found without the import system of the target.
#
# A path entry is a folder or a zip archive; what is inside an archive is named as if the archive were a folder. Stubs
# count where there is no source beside them. Guarantees: nothing is imported or written; unreadable folders are empty.

from __future__ import annotations

import functools
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    _Folder = Mapping[str, "_Folder | None"]
    """What a folder holds: folders by name, and files as `None`."""

_SUFFIXES = (".py", ".pyi")
_DEEPEST = 30


def find_source(module: str, path: Sequence[str]) -> Path | None:
    """Return the file that a module would be loaded from, if it is readable source.

    Args:
        module: Its dotted name.
        path: Folders and archives, as in `sys.path` of the target.
    """
    parts = module.split(".")
    for suffix in _SUFFIXES:
        for root in path:
            folder = Path(root).joinpath(*parts[:-1])
            for candidate in (folder / parts[-1] / f"__init__{suffix}", folder / f"{parts[-1]}{suffix}"):
                if _is_file(candidate):
                    return candidate
    return None


def static_modules(library: str, path: Sequence[str]) -> list[str]:
    """Return the names of a library's modules whose source can be read, itself first, sorted.

    Args:
        library: Its import name.
        path: Folders and archives, as in `sys.path` of the target.
    """
    found = {library} if find_source(library, path) is not None else set()
    for root in path:
        found.update(_below(library, _folder(Path(root).joinpath(*library.split(".")))))
    return sorted(found)


def read_bytes(file: Path) -> bytes:
    """Return the content of a file, which may be inside an archive.

    Raises:
        OSError: It cannot be read.
    """
    archive, inner = _split(file)
    if archive is None:
        return file.read_bytes()
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.read(inner)
    except (KeyError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        raise OSError(f"the archive does not give it ({error})") from None


def _is_file(file: Path) -> bool:
    try:
        if file.is_file():
            return True
        archive, inner = _split(file)
        return archive is not None and inner in _names(archive)
    except (OSError, ValueError):  # a name may hold what no file system takes
        return False


def _split(file: Path) -> tuple[Path | None, str]:
    # The archive that a file is inside of, and its name there.
    for parent in file.parents:
        if parent.is_dir():
            return None, ""
        if parent.is_file():
            return parent, file.relative_to(parent).as_posix()
    return None, ""


def _names(archive: Path) -> tuple[str, ...]:
    try:
        return _names_at(archive, archive.stat().st_mtime_ns)
    except (OSError, zipfile.BadZipFile):
        return ()


@functools.lru_cache(maxsize=16)
def _names_at(archive: Path, _time: int) -> tuple[str, ...]:
    with zipfile.ZipFile(archive) as opened:
        return tuple(opened.namelist())


# --- Everything below a package ---


def _folder(folder: Path) -> _Folder:
    try:
        if folder.is_dir():
            return _on_disk(folder, 0)
        archive, inner = _split(folder)
    except (OSError, ValueError):
        return {}
    return _in_archive(_names(archive), inner) if archive is not None else {}


def _on_disk(folder: Path, depth: int) -> _Folder:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return {}
    return {
        entry.name: _on_disk(entry, depth + 1) if entry.is_dir() and not entry.is_symlink() else None
        for entry in entries
        if depth < _DEEPEST and (entry.suffix in _SUFFIXES or entry.name.isidentifier())
    }


def _in_archive(names: Sequence[str], inner: str) -> _Folder:
    held: dict[str, list[str]] = {}
    for name in names:
        if name.startswith(f"{inner}/") and name.count("/") <= _DEEPEST:
            first, _, rest = name[len(inner) + 1 :].partition("/")
            held.setdefault(first, []).append(rest)
    return {
        first: _in_archive([f"{inner}/{first}/{rest}" for rest in rests if rest], f"{inner}/{first}")
        if any(rests) or not first.endswith(_SUFFIXES)
        else None
        for first, rests in sorted(held.items())
    }


def _below(package: str, held: _Folder) -> Iterator[str]:
    for name, inner in held.items():
        stem = name.rpartition(".")[0] if inner is None else name
        if not stem.isidentifier() or stem in {"__init__", "__main__"}:
            continue
        if inner is None:
            yield f"{package}.{stem}"
        elif any(f"__init__{suffix}" in inner for suffix in _SUFFIXES):
            yield f"{package}.{stem}"
            yield from _below(f"{package}.{stem}", inner)
