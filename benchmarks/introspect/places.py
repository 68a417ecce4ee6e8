"""The environments of `corpus.toml`: found ready in the user's cache, or built there with uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Mapping

CORPUS = Path(__file__).with_name("corpus.toml")
PATIENCE = 900


@dataclass(frozen=True, kw_only=True)
class Place:
    """One environment, as it is described."""

    name: str
    version: str
    """Of Python, such as `3.11`."""
    packages: tuple[str, ...]
    libraries: tuple[str, ...]
    include: Mapping[str, tuple[str, ...]]
    """What is described beyond the defaults, by library."""
    """Import names of what is measured in it."""


class Places:
    """Makes environments as they are asked for.

    Args:
        folder: Where they are.
        given: Interpreters by version, which nothing is searched for.
    """

    def __init__(self, folder: Path | None = None, given: dict[str, str] | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("snakebridge", appauthor=False) / "bench"
        self.given = given or {}
        self.corpus = tomllib.loads(CORPUS.read_text(encoding="utf-8"))
        self.lock = threading.Lock()
        self.ready: dict[str, Path | None] = {}

    def named(self, name: str) -> Place:
        """Return the description of an environment, with that of what it extends."""
        table = self.corpus["environments"][name]
        base = self.named(table["extends"]) if "extends" in table else None
        return Place(
            name=name,
            version=table.get("python", ""),
            packages=(*(base.packages if base else ()), *table.get("packages", ())),
            libraries=tuple(table.get("libraries", base.libraries if base else ())),
            include={library: tuple(patterns) for library, patterns in table.get("include", {}).items()},
        )

    def python(self, name: str) -> Path | None:
        """Return the interpreter of an environment, built if need be; `None` when its version cannot be had."""
        with self.lock:
            if name not in self.ready:
                self.ready[name] = self._made(self.named(name))
            return self.ready[name]

    def bare(self, version: str) -> Path | None:
        """Return an interpreter of a version, with nothing installed for it."""
        if version in self.given:
            return Path(self.given[version])
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
        candidates = [folder / "bin" / "python" for folder in sorted(pyenv.glob(f"{version}.*"))]
        on_path = shutil.which(f"python{version}")
        candidates += [Path(on_path)] if on_path else []
        return next((one for one in candidates if _answers(one, version)), None) or _from_uv(version)

    def _made(self, place: Place) -> Path | None:
        python = self.folder / place.name / "bin" / "python"
        if not _answers(python, place.version):
            base = self.bare(place.version)
            if base is None:
                return None
            print(f"building the environment {place.name}", file=sys.stderr, flush=True)
            _uv("venv", "--clear", "--python", str(base), str(self.folder / place.name))
        if missing := sorted(set(place.packages) - installed(python)):
            print(f"installing {len(missing)} packages in {place.name}", file=sys.stderr, flush=True)
            _uv("pip", "install", "--no-deps", "--python", str(python), *missing)
        return python


def installed(python: Path) -> set[str]:
    """Return the distributions of an environment as `name==version`."""
    return set(_uv("pip", "list", "--format", "freeze", "--python", str(python)).split())


def site_packages(python: Path) -> Path:
    """Return the folder of an environment's libraries."""
    return next(python.parent.parent.glob("lib/python3.*/site-packages"))


def newest_syntax(folder: Path) -> int:
    """Count the files of a library that use type parameters or `type` statements (PEP 695)."""
    new = re.compile(r"^\s*(?:type \w+(?:\[[^]]*\])? =|(?:async )?def \w+\[|class \w+\[)", re.MULTILINE)
    return sum(bool(new.search(file.read_text("utf-8", "replace"))) for file in folder.rglob("*.py"))


def asynchronous(folder: Path) -> int:
    """Count the `async` functions and statements of a library."""
    words = re.compile(r"^\s*async (?:def|with|for)\b", re.MULTILINE)
    return sum(len(words.findall(file.read_text("utf-8", "replace"))) for file in folder.rglob("*.py"))


def _answers(python: Path, version: str) -> bool:
    code = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout == version


def _from_uv(version: str) -> Path | None:
    for command in (["find", "--no-project"], ["install", "--no-progress"], ["find", "--no-project"]):
        try:
            found = _uv("python", *command, version).strip()
        except subprocess.CalledProcessError:
            continue
        if command[0] == "find" and _answers(Path(found), version):
            return Path(found)
    return None


def _uv(*arguments: str) -> str:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        sys.exit("uv is missing; run `make bench-introspect`, which installs it in .venv")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [uv, *arguments], stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE, env=environment
    )
    return done.stdout
