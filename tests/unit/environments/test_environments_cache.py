"""The claim on a folder, and the file that declares it built."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from snakebridge.environments._cache import claimed, is_built, write_lock


def is_claimed(folder) -> bool:
    with folder.with_name(f"{folder.name}.claim").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_claim_is_held_inside_and_free_afterwards(tmp_path):
    folder = tmp_path / "new" / "thing"
    with claimed(folder, None):
        assert is_claimed(folder)
    assert not is_claimed(folder)
    with pytest.raises(KeyError), claimed(folder, None):
        raise KeyError
    assert not is_claimed(folder)


def test_second_thread_waits_and_says_so(tmp_path):
    folder = tmp_path / "thing"
    order: list[str] = []
    told = threading.Event()

    def second() -> None:
        def report(sentence: str) -> None:
            order.append(sentence)
            told.set()

        with claimed(folder, report):
            order.append("second")

    thread = threading.Thread(target=second)
    with claimed(folder, None):
        thread.start()
        assert told.wait(60)
        order.append("first")
    thread.join(60)
    assert order == ["waiting for another process that builds thing", "first", "second"]


def test_second_thread_waits_without_a_report(tmp_path):
    folder = tmp_path / "thing"
    order: list[str] = []

    def second() -> None:
        with claimed(folder, None):
            order.append("second")

    thread = threading.Thread(target=second)
    with claimed(folder, None):
        thread.start()
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


def test_installer_that_outlives_its_killed_host_keeps_the_claim(tmp_path):
    folder = tmp_path / "thing"
    code = (
        "import os, signal, subprocess, sys\n"
        "from pathlib import Path\n"
        "from snakebridge.environments._cache import claimed\n"
        "with claimed(Path(sys.argv[1]), None) as claim:\n"
        "    subprocess.Popen(['/bin/cat'], pass_fds=[claim])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    host = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE)
    assert host.wait(60) == -signal.SIGKILL
    assert is_claimed(folder)
    host.stdin.close()
    with claimed(folder, None):
        assert is_claimed(folder)


def test_claim_ends_although_a_fork_still_has_its_descriptor(tmp_path):
    folder = tmp_path / "thing"
    read, write = os.pipe()
    with claimed(folder, None) as claim:
        child = subprocess.Popen(["/bin/cat"], stdin=read, pass_fds=[claim])
    try:
        assert not is_claimed(folder)
    finally:
        os.close(read)
        os.close(write)
        assert child.wait(60) == 0


def test_folder_is_built_only_when_it_was_declared(tmp_path):
    assert not is_built(tmp_path)
    write_lock(tmp_path, {"b": 1, "a": [2]})
    assert is_built(tmp_path)
    text = (tmp_path / "snakebridge-lock.json").read_text()
    assert json.loads(text) == {"a": [2], "b": 1}
    assert text.index('"a"') < text.index('"b"')
    assert [path.name for path in tmp_path.iterdir()] == ["snakebridge-lock.json"]
