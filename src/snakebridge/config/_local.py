# The machine-local file in the output folder: which interpreter each library runs on here.
#
# Guarantees: the file is sorted, replaced atomically and only when it changes; runs at once keep each other's entry.

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from snakebridge.errors import ConfigurationError, OutputError
from snakebridge.files import read_toml, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["LOCAL_FILE", "read_local", "write_local"]

LOCAL_FILE = ".snakebridge.local.toml"
"""Name of the machine-local file in the output folder."""

_HEAD = "# Written by `snakebridge generate`: where each library's interpreter is on this machine. Do not commit.\n"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def read_local(out: Path) -> Mapping[str, str]:
    """Return the interpreter of each library on this machine, as `generate` wrote it into an output folder.

    Raises:
        ConfigurationError: The file is damaged.
    """
    file = out / LOCAL_FILE
    if not file.is_file():
        return {}
    libraries = read_toml(file).get("libraries", {})
    entries = libraries.values() if isinstance(libraries, dict) else [None]
    if not all(isinstance(entry, dict) and isinstance(entry.get("python"), str) for entry in entries):
        raise ConfigurationError(f"{file} is damaged; delete it and run `snakebridge generate` again")
    return {name: entry["python"] for name, entry in libraries.items()}


def write_local(out: Path, library: str, python: Path | str) -> bool:
    """Record a library's interpreter on this machine; the other entries stay. Return whether anything changed.

    Raises:
        OutputError: The file cannot be written; what was there is untouched.
    """
    try:
        with _alone(out):
            entries = {**read_local(out), library: str(python)}
            return replace_file(out / LOCAL_FILE, _local_text(entries))
    except OSError as error:
        raise OutputError(f"cannot write {out / LOCAL_FILE}: {error.strerror or error}") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    # Two runs at once must not lose each other's entry: both read, change and write the same file.
    import fcntl  # noqa: PLC0415 - absent on Windows, where reading must still work

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _local_text(entries: Mapping[str, str]) -> str:
    keys = {name: name if _BARE_KEY.fullmatch(name) else _quoted(name) for name in sorted(entries)}
    return _HEAD + "".join(f"\n[libraries.{key}]\npython = {_quoted(entries[name])}\n" for name, key in keys.items())


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = (
        f"\\u{ord(character):04x}" if character < " " or character == "\x7f" else character
        for character in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{"".join(escaped)}"'
