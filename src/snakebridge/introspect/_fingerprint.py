# What an answer of the probe depends on, as one hash: the probe, the interpreter, and what is installed there.
#
# The target's folders are read from outside: installers write the hash of every file into a distribution's RECORD, so
# the RECORDs stand for what is installed. The library's own files count by size and time as well, so that an edit by
# hand is noticed.
#
# Guarantees: no fingerprint rather than a wrong one. There is none when something is installed editable or without a
# RECORD, or when the library came from neither a distribution nor the standard library.
# Assumes: who edits another distribution by hand, or makes an import depend on the time of day, asks for a refresh.

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments import guest_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snakebridge.environments import Interpreter

_METADATA = (".dist-info", ".egg-info")
_GUEST = ("__main__.py", "__init__.py", "probe")
_HOST = ("_ask*.py", "_cache.py", "_distribution.py", "_observations.py", "_operators.py")
_READERS = ("docstring-parser", "griffelib", "packaging", "pydantic", "typeshed-client")


def fingerprint(library: str, interpreter: Interpreter, arguments: Sequence[str]) -> str | None:
    """Return a hash that is the same as long as the probe would answer the same, or `None` when nothing could tell.

    Args:
        library: Its import name.
        interpreter: The target.
        arguments: What else the probe is told.
    """
    try:
        installed = [line for folder in interpreter.path for line in _installed(folder)]
        content = _content(library.partition(".")[0], interpreter)
        program = [_digest(file.read_bytes()) for file in _program()]
        executable = _stamp(interpreter.executable.resolve())
    except OSError:  # unreadable, or changed while it was read
        return None
    if content is None or None in installed:
        return None
    facts = {
        "snakebridge": version("snakebridge"),
        "program": program,
        "library": library,
        "arguments": list(arguments),
        # Observations name files by absolute path, so an environment that moved is another one.
        "path": list(map(str, interpreter.path)),
        "interpreter": [
            str(interpreter.executable),
            interpreter.implementation,
            list(interpreter.version),
            interpreter.abi,
            interpreter.platform,
            interpreter.gil_disabled,
            executable,
        ],
        "installed": installed,
        "content": content,
    }
    return _digest(json.dumps(facts, sort_keys=True).encode())


def reading(key: str, selection: str, documented: Iterable[str], stubs: Sequence[Path]) -> str | None:
    """Return a hash that is the same as long as the same manifest is made of one answer.

    Args:
        key: The answer's own fingerprint.
        selection: What of it is taken.
        documented: Names that count as documented.
        stubs: Folders with stubs that are read besides those of the target.
    """
    try:
        state = [f"{file} {_stamp(file)}" for folder in stubs for file in _files_below(folder.absolute())]
        program = [_digest(file.read_bytes()) for file in _reading_program()]
    except OSError:
        return None
    facts = [key, selection, sorted(documented), state, program, list(sys.version_info), *map(version, _READERS)]
    return _digest(json.dumps(facts).encode())


def _reading_program() -> Iterator[Path]:
    here = Path(__file__).parent
    for folder in (here, here.parent / "manifest"):
        yield from sorted(folder.rglob("*.py"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _program() -> Iterator[Path]:
    # The probe, and who starts it and reads what it wrote: a change of theirs is a change of the question.
    for name in _GUEST:
        place = guest_folder() / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]
    for pattern in _HOST:
        yield from sorted(Path(__file__).parent.glob(pattern))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):  # an archive, or a folder that never was
        return []


def _installed(folder: Path) -> Iterator[str | None]:
    # One line per distribution and `.pth` file of a folder; `None` for one that cannot vouch for its files.
    for entry in _entries(folder):
        if entry.suffix == ".pth" and entry.is_file():
            yield f"{entry.name} {_digest(entry.read_bytes())}"
        elif entry.suffix == ".egg-link":
            yield None
        elif entry.suffix in _METADATA:
            record = entry / "RECORD"
            vouches = record.is_file() and not _is_editable(entry / "direct_url.json")
            yield f"{entry.name} {_digest(record.read_bytes())}" if vouches else None


def _is_editable(file: Path) -> bool:
    try:
        return bool(json.loads(file.read_bytes())["dir_info"]["editable"])
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):  # no word of it: an archive or a repository
        return False


def _content(top: str, interpreter: Interpreter) -> list[str] | None:
    # The state of the library's own files, or `None` when nobody vouches for them.
    first = True
    found: list[str] = []
    for folder in interpreter.path:
        places = [one for one in _entries(folder) if one.name == top or one.name.startswith(f"{top}.")]
        places = [one for one in places if one.suffix not in _METADATA]
        if places and first and not (_is_standard(folder, interpreter) or _is_recorded(folder, top)):
            return None
        first = first and not places
        stubs = [one for one in (folder / f"{top}-stubs",) if one.is_dir()]
        found += (f"{file} {_stamp(file)}" for place in (*places, *stubs) for file in _files_below(place))
    return None if first and top not in sys.stdlib_module_names else found


def _is_standard(folder: Path, interpreter: Interpreter) -> bool:
    is_theirs = folder.is_relative_to(interpreter.base_prefix)
    return is_theirs and not {"site-packages", "dist-packages"} & set(folder.parts)


def _is_recorded(folder: Path, top: str) -> bool:
    # Lines of a RECORD begin with the file's path, which may be quoted.
    line = re.compile(rb'^"?' + re.escape(top.encode()) + rb"[/.]", re.MULTILINE)
    records = (entry / "RECORD" for entry in _entries(folder) if entry.suffix in _METADATA)
    return any(record.is_file() and line.search(record.read_bytes()) for record in records)


def _files_below(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        yield from (Path(folder, file) for file in sorted(files))


def _stamp(file: Path) -> str:
    try:
        state = file.stat()
    except FileNotFoundError:  # a link that leads nowhere; also a fact
        return "gone"
    return f"{state.st_size} {state.st_mtime_ns}"
