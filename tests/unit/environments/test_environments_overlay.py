"""The guest's own dependencies: fetched once per kind of interpreter, never into the target."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from interpreters import interpreter

from snakebridge.environments import Overlay, describe, find, overlay
from snakebridge.environments._cache import claimed, is_built, write_lock
from snakebridge.environments._overlay import build

IMPORTS = """
import sys
sys.path.append(sys.argv[1])
import google.protobuf.message, grpc, msgpack
for module in (google.protobuf, grpc, msgpack):
    print(module.__file__)
print(msgpack.unpackb(msgpack.packb([1])))
"""


@pytest.fixture
def offline(tmp_path, monkeypatch):
    for name, value in {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))


def imports_from(executable: Path, folder: Path) -> list[str]:
    command = [executable, "-I", "-B", "-c", IMPORTS, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.network
@pytest.mark.parametrize("version", ["3.8", "3.9", "3.13"])
def test_bare_target_can_use_the_overlay_and_is_untouched(version, make_venv, contents):
    venv = make_venv(version)
    before = contents(venv)
    told: list[str] = []
    made = overlay(describe(find(venv)), report=told.append)
    assert made.reason is None
    *modules, value = imports_from(venv / "bin" / "python", made.folder)
    assert all(Path(module).is_relative_to(made.folder) for module in modules)
    assert value == "[1]"
    assert contents(venv) == before
    told.clear()
    assert overlay(describe(find(venv)), report=told.append) == made
    assert told == []


@pytest.mark.network
def test_overlay_is_one_for_all_targets_of_a_kind(make_venv):
    first, second = (describe(find(make_venv("3.9", name))) for name in ("one", "two"))
    assert overlay(first) == overlay(second)


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("by", ["target", "host"])
def test_overlay_is_built_with_pip_when_there_is_no_uv(by, contents, tmp_path):
    venv = tmp_path / "venv"
    # The target's pip is that of the interpreter behind it.
    pip_or_not = "--system-site-packages" if by == "target" else "--without-pip"
    subprocess.run([interpreter("3.9"), "-m", "venv", "--without-pip", pip_or_not, venv], check=True)
    described, before = describe(find(venv)), contents(venv)
    assert ("pip" in described.distributions) is (by == "target")
    pip = interpreter("3.10") if by == "host" else None
    folder = tmp_path / "overlays" / "made"
    with claimed(folder, None) as claim:
        assert build(folder, described, claim=claim, report=None, uv=None, pip=pip) is None
    assert imports_from(described.executable, folder)[-1] == "[1]"
    assert contents(venv) == before


@pytest.mark.usefixtures("offline", "own_cache")
def test_failure_is_one_sentence_and_is_not_tried_again(make_venv, own_cache):
    target = describe(find(make_venv("3.9")))
    told: list[str] = []
    first = overlay(target, report=told.append)
    assert first.folder is None
    assert first.reason.startswith(f"the overlay for {target.label} could not be built: ")
    assert "\n" not in first.reason
    assert told
    told.clear()
    assert overlay(target, report=told.append) == first
    assert told == []
    assert [path.suffix for path in (own_cache / "overlays").iterdir()] == [".claim"]


def test_next_way_is_tried_when_one_fails(make_venv, tmp_path):
    target = describe(find(make_venv("3.9")))
    failing = tmp_path / "uv"
    failing.write_text("#!/bin/sh\necho 'no route to anywhere' >&2\nexit 3\n")
    failing.chmod(0o755)
    working = tmp_path / "pip"
    working.write_text("#!/bin/sh\nexit 0\n")
    working.chmod(0o755)
    told: list[str] = []
    folder = tmp_path / "overlays" / "made"
    with claimed(folder, None) as claim:
        assert build(folder, target, claim=claim, report=told.append, uv=failing, pip=working) is None
        assert [line.rpartition(" with ")[2] for line in told] == ["uv", "the host's pip"]
        assert is_built(folder)
        assert build(folder, target, claim=claim, report=told.append, uv=failing, pip=None) is None, "it is built"


@pytest.mark.parametrize(
    ("words", "gist"),
    [
        ("no route\n  to anywhere\n", " (no route to anywhere)"),
        ("Using Python\nerror: it failed\n  cause: this\n  cause: that\n", " (error: it failed; cause: that)"),
        ("WARNING: again\nERROR: no such wheel\n", " (ERROR: no such wheel)"),
        ("word " * 100, f" ({'word ' * 59}…)"),
        ("", ""),
    ],
    ids=["no-mark", "causes", "warnings", "long", "silent"],
)
def test_reason_holds_the_gist_of_the_installers_words(words, gist, make_venv, tmp_path):
    target = describe(find(make_venv("3.9")))
    failing = tmp_path / "uv"
    failing.write_text(f"#!/bin/sh\ncat >&2 <<END\n{words}\nEND\nexit 3\n")
    failing.chmod(0o755)
    folder = tmp_path / "overlays" / "made"
    with claimed(folder, None) as claim:
        reason = build(folder, target, claim=claim, report=None, uv=failing, pip=None)
    assert reason == f"the overlay for {target.label} could not be built: uv ended with status 3{gist}"


def test_reason_is_told_when_there_is_no_installer(make_venv, tmp_path):
    target = describe(find(make_venv("3.9")))
    folder = tmp_path / "overlays" / "made"
    with claimed(folder, None) as claim:
        reason = build(folder, target, claim=claim, report=None, uv=None, pip=None)
    assert reason.endswith(f"there is neither uv nor a pip that can choose wheels for {target.label}")


def test_left_over_of_a_killed_process_is_replaced(make_venv, tmp_path):
    target = describe(find(make_venv("3.9")))
    working = tmp_path / "uv"
    working.write_text("#!/bin/sh\nexit 0\n")
    working.chmod(0o755)
    folder = tmp_path / "overlays" / "made"
    for left in (folder, folder.with_name("made.building")):
        left.mkdir(parents=True)
        (left / "half").touch()
    with claimed(folder, None) as claim:
        assert build(folder, target, claim=claim, report=None, uv=working, pip=None) is None
    assert [path.name for path in folder.iterdir()] == ["snakebridge-lock.json"]
    assert not folder.with_name("made.building").exists()


def test_reason_names_the_cache_when_it_cannot_be_written(make_venv, tmp_path, monkeypatch):
    target = describe(find(make_venv("3.9")))
    (tmp_path / "file").touch()
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(tmp_path / "file"))
    found = overlay(target)
    assert found.folder is None
    assert "set SNAKEBRIDGE_CACHE to another folder" in found.reason


def test_overlay_that_is_there_is_used_without_being_asked_for_again(make_venv, own_cache):
    target = describe(find(make_venv("3.9")))
    folder = own_cache / "overlays" / f"cpython-3.9-{target.abi}-{target.platform}-1"
    folder.mkdir(parents=True)
    write_lock(folder, {})
    assert overlay(target) == Overlay(folder=folder)
