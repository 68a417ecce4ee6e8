# What is known about an interpreter, as values. Nothing here starts a process.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SPELLINGS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """Facts about a target interpreter, as it stated them itself."""

    executable: Path
    """The path to start it by; a venv's own link, never the interpreter behind it."""
    implementation: str
    """Such as `cpython` or `pypy`."""
    version: tuple[int, int, int]
    cache_tag: str
    """Such as `cpython-39`; empty when the implementation has none."""
    abi: str
    """The tag of its extension modules, such as `cpython-39-x86_64-linux-gnu`; empty when it has none."""
    platform: str
    """Such as `linux-x86_64` or `macosx-11.0-arm64`."""
    prefix: Path
    base_prefix: Path
    """The prefix of the interpreter that a venv was made from; equal to `prefix` outside a venv."""
    path: tuple[Path, ...]
    """Where it looks for modules, in order: its `sys.path`."""
    gil_disabled: bool
    """Whether it runs without the GIL right now, whatever it was built for."""
    distributions: Mapping[str, str]
    """Installed distributions, normalised name to version."""
    has_grpc: bool
    has_protobuf: bool
    has_msgpack: bool

    @property
    def label(self) -> str:
        """Its name for people, such as `CPython 3.9.18`."""
        name = _SPELLINGS.get(self.implementation, self.implementation)
        return f"{name} {'.'.join(str(part) for part in self.version)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """The folder with the guest's own dependencies for one kind of interpreter, or why there is none."""

    folder: Path | None
    reason: str | None = None
    """One sentence, when there is no folder."""
