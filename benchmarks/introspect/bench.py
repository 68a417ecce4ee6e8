"""What the parts of the benchmark share: environments, manifests that are made once, rows of the table."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measured

from snakebridge.manifest import Manifest, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from places import Places

HERE = Path(__file__).parent
WALKED = "stubs"
"""The environment that the figures about callables and types are taken in."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    figure: str
    peer: str
    bar: str
    ours: str
    reached: bool | None
    """`None`: it was not measured."""

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "**missed**", None: "not measured"}[self.reached]


@dataclass
class Result:
    """What one part found out."""

    rows: list[Row] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    """Paragraphs and tables below the main one."""
    causes: list[str] = field(default_factory=list)
    """What went wrong, for the one who mends it; not for the document."""


@dataclass
class Bench:
    """One run of the benchmark.

    Args:
        places: The environments.
        folder: Where what is made in passing goes.
        only: The libraries that are measured; none: all of the corpus.
        quick: Whether what takes minutes is left out.
    """

    places: Places
    folder: Path
    only: tuple[str, ...] = ()
    quick: bool = False

    def libraries(self, place: str) -> tuple[str, ...]:
        """Return the libraries that are measured in an environment."""
        named = self.places.named(place).libraries
        return tuple(one for one in named if not self.only or one in self.only)

    def manifest_file(self, place: str, library: str) -> Path:
        """Return where the manifest of a library in an environment is kept."""
        return self.folder / "manifests" / place / f"{library}.json"

    def introspect(self, place: str, library: str) -> measured.Run:
        """Make a manifest, whether there is one or not."""
        out = self.manifest_file(place, library)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.unlink(missing_ok=True)
        python = self.places.python(place)
        assert python is not None, place
        include = self.places.named(place).include.get(library, ())
        return measured.introspect(library, python, out, cache=self.folder / "cache", include=include)

    def manifest(self, place: str, library: str) -> Manifest | None:
        """Return the manifest of a library, made if need be; `None` when it could not be made."""
        out = self.manifest_file(place, library)
        if not out.exists():
            self.introspect(place, library)
        return read(out) if out.exists() else None

    def prepare(self, place: str, libraries: Iterable[str]) -> None:
        """Make the manifests that are missing, as many at a time as there are cores."""
        missing = [one for one in libraries if not self.manifest_file(place, one).exists()]
        for library, run in self.at_once(missing, lambda one: self.introspect(place, one)):
            say(f"introspected {library} in {place}: {run.seconds:.1f} s")

    def at_once(self, items: Iterable[str], action: Callable[[str], Any]) -> list[tuple[str, Any]]:
        """Do something with each item, as many at a time as there are cores; results come in order."""
        given = list(items)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(zip(given, pool.map(action, given), strict=True))

    def walk(self, place: str, library: str) -> Path:
        """Walk a library with `inspect` in its environment."""
        out = self.folder / "walks" / place / f"{library}.jsonl"
        if not out.exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            python = self.places.python(place)
            with tempfile.TemporaryDirectory() as work:
                command = [str(python), "-I", "-B", str(HERE / "walk.py"), library, str(out)]
                subprocess.run(command, check=True, cwd=work, stdout=subprocess.DEVNULL, timeout=measured.PATIENCE)
        return out

    def analysis(self, place: str, library: str) -> Path | None:
        """Let mypy analyse a library in its environment; `None` when that is left out or not possible."""
        out = self.folder / "analyses" / place / f"{library}.json"
        tools = None if self.quick else self.places.python("tools")
        if not out.exists() and tools is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            version = self.places.named(place).version
            command = [str(tools), "-I", str(HERE / "analyse.py"), str(self.walk(place, library))]
            begin = time.monotonic()
            run = measured.run([*command, str(self.places.python(place)), version, str(out)])
            say(f"mypy analysed {library} in {place}: {time.monotonic() - begin:.1f} s")
            if run.code:
                raise RuntimeError(f"mypy's analysis of {library} failed: {run.said}")
        return out if out.exists() else None


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


def percent(part: int, whole: int) -> float | None:
    """Return a share in percent."""
    return 100 * part / whole if whole else None


def shown(value: float | None, digits: int = 2) -> str:
    """Return a share as it is printed: never rounded up to what is not reached."""
    if value is None:
        return "-"
    scale = 10**digits
    return f"{int(value * scale + 1e-6) / scale:.{digits}f} %"
