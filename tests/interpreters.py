"""Finds the interpreters that cross-version tests run on; a test whose interpreter cannot be had is skipped, visibly."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_DOWNLOAD_LIMIT = 180


@functools.cache
def find_interpreter(version: str) -> Path | None:
    """Return an interpreter of a version such as `3.9`: from pyenv, the search path, or uv, which may download it."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [folder / "bin" / "python" for folder in sorted(root.glob(f"{version}.*"))]
    on_path = shutil.which(f"python{version}")
    candidates += [Path(on_path)] if on_path else []
    for candidate in candidates:
        if candidate.exists() and _answers(candidate, version):
            return candidate
    return _from_uv(version)


def _from_uv(version: str) -> Path | None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        return None
    for command in (["find"], ["install", "--quiet"], ["find"]):
        found = subprocess.run(
            [uv, "python", *command, "--no-project" if command == ["find"] else "--no-progress", version],
            capture_output=True,
            text=True,
            check=False,
            timeout=_DOWNLOAD_LIMIT,
        )
        if command == ["find"] and found.returncode == 0:
            candidate = Path(found.stdout.strip())
            return candidate if _answers(candidate, version) else None
    return None


def _answers(candidate: Path, version: str) -> bool:
    code = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(candidate), "-c", code], capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout == version


def interpreter(version: str) -> Path:
    """Return an interpreter of that version, or skip the test with a reason."""
    found = find_interpreter(version)
    if found is None:
        pytest.skip(f"needs a Python {version} interpreter (pyenv, the search path or uv)")
    return found
