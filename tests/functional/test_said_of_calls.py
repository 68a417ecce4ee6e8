"""What a manifest says of calling something, its time limit and whether it may be repeated, acts when it is called."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

LIBRARY = """
import os, time

def _die_so_often(file, times):
    with open(file, "a") as log:
        log.write("x")
    count = os.path.getsize(file)
    if count <= times:
        os._exit(3)
    return count

def steady(file: str, times: int) -> int: return _die_so_often(file, times)
def careless(file: str, times: int) -> int: return _die_so_often(file, times)
async def later(file: str, times: int) -> int: return _die_so_often(file, times)
def slow(seconds: float) -> None: time.sleep(seconds)
def call(function): return function()

class Thing:
    def steady(self, file: str, times: int) -> int: return _die_so_often(file, times)
    def slow(self, seconds: float) -> None: time.sleep(seconds)
    @staticmethod
    def apart(file: str, times: int) -> int: return _die_so_often(file, times)

class Heir(Thing): pass
"""

OVERRIDES = """
library = "flaky"
[symbols."flaky:steady"]
idempotent = true
[symbols."flaky:later"]
idempotent = true
[symbols."flaky:slow"]
timeout = 0.3
[symbols."flaky:Thing.*"]
idempotent = true
[symbols."flaky:Thing.slow"]
timeout = 0.3
"""

PROGRAM = """
import asyncio, sys, time
import snakebridge as sb
from o import flaky
from snakebridge.errors import PoisonCallError, SessionLostError

numbers = iter(range(99))

def fresh():
    return f"{sys.argv[1]}/{next(numbers)}.log"

def lost(call, *args, kind=sb.WorkerLostError):
    try:
        call(*args)
    except sb.SnakebridgeError as error:
        assert type(error) is kind, (type(error), error)
        return error
    raise AssertionError("nothing was raised")

def late(call, *args):
    flaky.careless(fresh(), 0)  # the time until a worker is there counts
    error = lost(call, *args, kind=sb.CallTimeoutError)
    assert error.may_have_run
"""

CASES = {
    "repeated": "assert flaky.steady(fresh(), 2) == 3",
    "not repeated": "file = fresh(); lost(flaky.careless, file, 1); assert flaky.careless(file, 1) == 2",
    "repeated as an option says": "assert sb.options(idempotent=True)(flaky.careless)(fresh(), 2) == 3",
    "not repeated as an option says": "lost(sb.options(idempotent=False)(flaky.steady), fresh(), 1)",
    "repeated by one of two": """
        file = fresh()
        call = sb.options(idempotent=True)(lambda: flaky.steady(file, 3))  # the third death in a row is the last one
        lost(call, kind=PoisonCallError)
        assert open(file).read() == "xxx"
    """,
    "coroutine repeated": "assert asyncio.run(flaky.later(fresh(), 2)) == 3",
    "repeated as a task": "assert asyncio.run(sb.aio(flaky.steady)(fresh(), 2)) == 3",
    "repeated when submitted": "assert sb.submit(flaky.steady, fresh(), 2).result(60) == 3",
    "lost in a session": """
        with sb.session():
            flaky.careless(fresh(), 0)
            lost(flaky.steady, fresh(), 1, kind=SessionLostError)
    """,
    "not repeated in a pipeline": """
        with sb.session():
            pass
        pipeline = sb.pipeline(flaky.steady, flaky.slow)
        lost(pipeline, fresh(), 1)
    """,
    "late": "late(flaky.slow, 60)",
    "later as an option says": "sb.options(timeout=30)(flaky.slow)(0.6)",
    "method late": "late(flaky.Thing().slow, 60); late(flaky.Heir().slow, 60)",
    "method of an object that died": "assert 'status 3' in str(lost(flaky.Thing().steady, fresh(), 1))",
    "static method repeated": "assert flaky.Thing.apart(fresh(), 1) == 2",
    "callback not repeated": """
        file = fresh()
        lost(flaky.call, lambda: flaky.steady(file, 1))
        assert open(file).read() == "x"
    """,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory, target) -> Path:
    """A folder with a generated package of a library that only its own environment has."""
    folder = tmp_path_factory.mktemp("flaky")
    subprocess.run([str(target), "-m", "venv", "--without-pip", str(folder / "venv")], check=True, timeout=120)
    (site,) = folder.glob("venv/lib/python3.*/site-packages")
    (site / "flaky.py").write_text(LIBRARY)
    (folder / "flaky.toml").write_text(OVERRIDES)
    command = [sys.executable, "-m", "snakebridge", "generate", "flaky", "--python", str(folder / "venv")]
    options = ["--out", "o", "--manifests", "m", "--overrides", "flaky.toml"]
    done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder


@pytest.mark.parametrize("case", CASES)
def test_call_is_made_as_its_manifest_says(home, tmp_path, case):
    program = PROGRAM + textwrap.dedent(CASES[case]) + "\nprint('ran')\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        cwd=home,
        env={**os.environ, "SNAKEBRIDGE_PYTHON": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "ran\n", done.stderr


def test_only_what_is_said_is_generated(home):
    text = (home / "o/flaky/_snakebridge.py").read_text()
    assert '"flaky:steady": {"idempotent": True}' in text
    assert '"flaky:Thing.slow": {"timeout": 0.3, "idempotent": True}' in text
    assert "careless" not in text
