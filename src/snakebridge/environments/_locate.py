# Where an interpreter of a wanted version may be: this process, the search path, pyenv, uv. Nothing is downloaded here.

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments._describe import ask
from snakebridge.environments._installer import find_uv, installer_environment
from snakebridge.errors import EnvironmentNotFoundError, UnsupportedInterpreterError

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = re.compile(r"(?:python)?(3\.\d+(?:\.\d+)?)")
_UV_DEADLINE = 60.0


def version_in(name: str) -> str | None:
    """Return the version that `3.9`, `3.9.18` or `python3.9` asks for."""
    match = _VERSION.fullmatch(name)
    return match[1] if match else None


def on_path(name: str) -> Iterator[Path]:
    """Yield every executable of that name on the search path, in its order."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = Path(folder or os.curdir, name).absolute()
        if candidate.is_file() and os.access(candidate, os.X_OK):
            yield candidate


def locate(version: str) -> Path | None:
    """Return an interpreter of a version such as `3.9` or `3.9.18`."""
    wanted = [int(part) for part in version.split(".")]
    if list(sys.version_info[: len(wanted)]) == wanted and sys.executable:
        return Path(sys.executable)
    for candidate in _candidates(*wanted[:2]):
        try:
            facts = ask(candidate)
        except (EnvironmentNotFoundError, UnsupportedInterpreterError):
            continue
        if facts["version"][: len(wanted)] == wanted:
            return Path(facts["executable"]) if candidate.parent.name == "shims" else candidate
    return _from_uv(version)


def _candidates(major: int, minor: int) -> Iterator[Path]:
    yield from on_path(f"python{major}.{minor}")
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (
        folder / "bin" / "python" for folder in sorted(versions.glob(f"{major}.{minor}.*"), key=_patch, reverse=True)
    )


def _patch(folder: Path) -> int:
    # A development build (`3.14-dev`, `3.13.0rc1`) comes after every release.
    last = folder.name.rpartition(".")[2]
    return int(last) if last.isdigit() else -1


def _from_uv(version: str) -> Path | None:
    uv = find_uv()
    if uv is None:
        return None
    try:
        found = subprocess.run(
            [uv, "python", "find", "--no-project", "--system", "--no-python-downloads", version],
            env=installer_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_UV_DEADLINE,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(found.stdout.strip())
