"""Finds the interpreters that cross-version tests run on; a test whose interpreter is absent is skipped, visibly."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest


@functools.cache
def find_interpreter(version: str) -> Path | None:
    """Return an interpreter of a version such as `3.9`, from pyenv, the search path or uv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [folder / "bin" / "python" for folder in sorted(root.glob(f"{version}*"))]
    on_path = shutil.which(f"python{version}")
    candidates += [Path(on_path)] if on_path else []
    uv = shutil.which("uv")
    if uv:
        found = subprocess.run(
            [uv, "python", "find", "--no-project", version], capture_output=True, text=True, check=False
        )
        candidates += [Path(found.stdout.strip())] if found.returncode == 0 else []
    for candidate in candidates:
        if candidate.exists() and _answers(candidate, version):
            return candidate
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
