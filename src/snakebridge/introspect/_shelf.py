# A folder of packed texts by key: what was made once and can be made again.
#
# Guarantees: it never makes anything fail. What is damaged is not there; a folder that cannot be written keeps nothing.
# Files are replaced as a whole, so processes that work at once see each other's texts or none. What has not been used
# for longest goes when the folder is too large.

from __future__ import annotations

import contextlib
import gzip
import os
import zlib
from typing import TYPE_CHECKING

from snakebridge.environments import cache_root
from snakebridge.errors import OutputError
from snakebridge.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 500 << 20
"""Bytes that the whole folder may take."""

_FAST = 1  # gzip's level: 9 saves a fifth of the space and takes five times as long


def take(key: str) -> bytes | None:
    """Return what was put under a key, if it is still there and whole."""
    file = _file(key)
    try:
        text = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None
    with contextlib.suppress(OSError):
        os.utime(file)
    return text


def put(key: str, text: bytes) -> None:
    """Keep a text under a key."""
    # Without a time in it, so that equal texts are equal files.
    packed = gzip.compress(text, _FAST, mtime=0)
    with contextlib.suppress(OutputError, OSError):
        replace_file(_file(key), packed)
        shrink(LARGEST)


def shrink(largest: int) -> None:
    """Remove what was not used for longest, until the whole folder takes no more bytes than that."""
    # Newest first: what no longer fits goes; files that a killed process left half written grow old like any other.
    total = 0
    found = []
    for file in _folder().iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process shrinks too
            state = file.stat()
            found.append((-state.st_mtime_ns, file.name, state.st_size))
    for _, name, size in sorted(found):
        total += size
        if total > largest:
            (_folder() / name).unlink(missing_ok=True)


def _folder() -> Path:
    return cache_root() / "observations"


def _file(key: str) -> Path:
    return _folder() / f"{key}.gz"
