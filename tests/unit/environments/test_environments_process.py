"""Foreign commands end: by themselves, at the deadline, or with us."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from snakebridge.environments._process import run

SHELL = ["/bin/sh", "-c"]


@pytest.fixture
def lifeline():
    """A pipe whose reading end says when the last process that holds the writing end is gone."""
    read, write = os.pipe()
    yield read, write
    os.close(read)


def everyone_is_gone(read: int) -> bool:
    ready, _, _ = select.select([read], [], [], 60)
    return bool(ready) and os.read(read, 1) == b""


@pytest.mark.parametrize(
    ("command", "status", "ending"),
    [
        ("exit 0", 0, "ended with status 0"),
        ("exit 3", 3, "ended with status 3"),
        ("kill -KILL $$", -signal.SIGKILL, "was killed by SIGKILL"),
    ],
    ids=["well", "badly", "killed"],
)
def test_ending_is_told_when_the_command_ends(command, status, ending):
    finished = run([*SHELL, command], environment={}, deadline=60)
    assert (finished.status, finished.ending, finished.errors) == (status, ending, "")


def test_whole_group_is_killed_at_the_deadline(lifeline):
    read, write = lifeline
    command = "echo waiting >&2; sleep 600 & wait"
    finished = run([*SHELL, command], environment=dict(os.environ), deadline=1, keep_open=[write])
    os.close(write)
    assert (finished.status, finished.ending) == (None, "did not finish in time")
    assert finished.tail() == "\n    waiting"
    assert everyone_is_gone(read)


def test_end_is_not_awaited_from_a_child_that_holds_its_descriptors(lifeline):
    read, write = lifeline
    code = "import subprocess, sys; subprocess.Popen(['/bin/cat'], stdin=int(sys.argv[1])); sys.exit(4)"
    finished = run([sys.executable, "-S", "-c", code, str(read)], environment={}, deadline=60, keep_open=[read])
    os.close(write)
    assert finished.status == 4


def test_command_ends_with_us_when_we_are_interrupted(lifeline):
    read, write = lifeline
    code = (
        "import os, sys\n"
        "from snakebridge.environments._process import run\n"
        "os.dup2(int(sys.argv[1]), 9)\n"
        "try:\n"
        "    run(sys.argv[2:], environment=dict(os.environ), deadline=600, keep_open=[9])\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(5)\n"
    )
    command = [sys.executable, "-c", code, str(write), *SHELL, "sleep 600 & echo >&9; wait"]
    process = subprocess.Popen(command, pass_fds=[write])
    os.close(write)
    assert os.read(read, 1) == b"\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 5
    assert everyone_is_gone(read)


def test_only_the_last_lines_are_kept():
    command = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i >&2; done; echo >&2; exit 1"
    finished = run([*SHELL, command], environment={}, deadline=60)
    assert len(finished.errors) <= 64 * 1024
    assert finished.tail(2) == "\n    line 19999\n    line 20000"
    assert finished.tail().count("\n") == 12


def test_command_reads_an_empty_input():
    assert run(["/bin/cat"], environment={}, deadline=60).status == 0


def test_environment_is_what_was_given():
    finished = run([*SHELL, "echo $WHO >&2"], environment={"WHO": "guest"}, deadline=60)
    assert finished.errors == "guest\n"


def test_missing_command_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        run([str(tmp_path / "gone")], environment={}, deadline=60)
