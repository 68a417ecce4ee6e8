"""Folders of stubs and sources made from text, and what is read from them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from snakebridge.introspect.sources import Sources, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, by their paths, and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
    return folder


def target(
    *path: Path, version: tuple[int, int, int] = (3, 11, 0), platform: str = "linux", extra: tuple[Path, ...] = ()
) -> Target:
    """Return an interpreter that looks into some folders."""
    return Target(version=version, platform=platform, implementation="cpython", path=path, extra=extra)


def sources(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    version: tuple[int, int, int] = (3, 11, 0),
    platform: str = "linux",
    known: Mapping[str, str] | None = None,
    outline: Callable[[Sequence[Path]], Mapping[Path, str]] | None = None,
) -> Sources:
    """Return what reads a folder of files that are written first."""
    write(folder, files)
    return Sources(target(folder, version=version, platform=platform), known=(known or {}).get, outline=outline)
