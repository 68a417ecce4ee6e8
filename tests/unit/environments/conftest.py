"""A cache folder of the tests' own, and venvs made fast."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from interpreters import interpreter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(shared_cache, monkeypatch):
    """One cache for all tests, so that each interpreter's standard library is compiled once."""
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(shared_cache))
    return shared_cache


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """An empty cache, for tests about what is built in it."""
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def make_venv(tmp_path):
    def make(version: str, name: str = "venv") -> Path:
        subprocess.run([interpreter(version), "-m", "venv", "--without-pip", tmp_path / name], check=True)
        return tmp_path / name

    return make


@pytest.fixture
def contents():
    """Tell what is in a folder: every path, with its time and the hash of what is there."""
    return _contents


def _contents(folder: Path) -> dict[str, str]:
    """Return every path below a folder, with the hash of what is there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        state = str(path.readlink()) if path.is_symlink() else "folder"
        if path.is_file() and not path.is_symlink():
            state = hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(folder))] = f"{path.lstat().st_mtime_ns} {state}"
    return found
