"""Distributions as files: fetched once per wish, without what they need, and said plainly when they cannot be had."""

from __future__ import annotations

import os
import zipfile

import pytest

from snakebridge.environments import unpacked
from snakebridge.errors import ProvisionError

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def stubs(tmp_path, monkeypatch):
    """A wheel of stubs that needs what no index has, with installers that reach none."""
    for name, value in {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip"))
    info = "zoo_stubs-1.0.dist-info"
    files = {
        "zoo-stubs/__init__.pyi": "def feed(kind: str) -> int: ...\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: zoo-stubs\nVersion: 1.0\nRequires-Dist: no-such-thing\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    path = tmp_path / "zoo_stubs-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_files_are_fetched_once_and_without_dependencies(stubs):
    told = []
    folder = unpacked([str(stubs)], report=told.append)
    assert (folder / "zoo-stubs" / "__init__.pyi").read_text() == "def feed(kind: str) -> int: ...\n"
    assert told == [f"fetching {stubs}"]
    assert unpacked([str(stubs)], report=told.append) == folder
    assert len(told) == 1


def test_what_cannot_be_had_is_said_and_leaves_nothing(stubs, own_cache):
    with pytest.raises(ProvisionError, match="fetching no-such-stubs failed"):
        unpacked(["no-such-stubs"])
    assert not [path for path in (own_cache / "files").iterdir() if path.is_dir()]
    assert (unpacked([str(stubs)]) / "zoo-stubs").is_dir()


def test_what_is_no_requirement_is_refused():
    with pytest.raises(ProvisionError, match="is no requirement"):
        unpacked(["--index-url"])
