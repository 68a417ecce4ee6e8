"""Which folders of pools and commands are removed, and which somebody still has."""

from __future__ import annotations

import fcntl
import os
import resource
import time
from pathlib import Path

import pytest

from snakebridge.registry import LOCK, PREFIX, sweep_folders
from snakebridge.runtime._pool import folder as room

DAY = 24 * 3600.0


def made(root, name: str, *, age: float, lock: bool) -> Path:
    """Return a folder with something in it that was last changed so long ago."""
    path = root / name
    (path / "deep").mkdir(parents=True)
    (path / "deep" / "facts.json").write_text("{}")
    if lock:
        (path / LOCK).touch()
    then = time.time() - age
    os.utime(path, (then, then))
    return path


KEPT = {
    "being made": (f".{PREFIX}a", 1.0, False),
    "of a command that runs": (f"{PREFIX}b", DAY / 2, False),
    "somebody else's": ("other", 9 * DAY, False),
}
REMOVED = {
    "never locked": (f".{PREFIX}a", 90.0, False),
    "never renamed": (f".{PREFIX}a", 90.0, True),
    "of a killed command": (f"{PREFIX}b", 2 * DAY, False),
    "of a dead pool": (f"{PREFIX}c", 1.0, True),
}


@pytest.mark.parametrize("which", KEPT)
def test_folder_that_may_be_in_use_stays(tmp_path, which):
    name, age, lock = KEPT[which]
    path = made(tmp_path, name, age=age, lock=lock)
    assert sweep_folders(str(tmp_path)) == []
    assert path.is_dir()


@pytest.mark.parametrize("which", REMOVED)
def test_folder_that_nobody_has_is_removed(tmp_path, which):
    name, age, lock = REMOVED[which]
    path = made(tmp_path, name, age=age, lock=lock)
    assert sweep_folders(str(tmp_path)) == [str(path)]
    assert not path.exists()


def test_folder_whose_lock_is_held_stays_however_old(tmp_path):
    path = made(tmp_path, f"{PREFIX}d", age=9 * DAY, lock=True)
    with (path / LOCK).open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert sweep_folders(str(tmp_path)) == []
    assert sweep_folders(str(tmp_path)) == [str(path)]


def test_link_to_a_folder_is_left_alone(tmp_path):
    target = made(tmp_path, "mine", age=9 * DAY, lock=False)
    (tmp_path / f"{PREFIX}e").symlink_to(target)
    assert sweep_folders(str(tmp_path)) == []
    assert (target / "deep" / "facts.json").exists()


def test_pool_that_gets_no_descriptor_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "roots", lambda: [str(tmp_path)])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    first = os.dup(0)
    os.close(first)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            room.PrivateFolder()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
