"""The examples run as they stand, and print what they promise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROMISES = {
    "typed_client": [
        "2",
        "100.0 ± 15.0: 0.9772 below 130",
        '{"a": true, "b": [1, null]}',
        "JSONDecodeError at column 5",
    ],
    "crash_isolation": ["lost to SIGSEGV", "next call: 4.0", "did not finish before its deadline", "next call: 5.0"],
    "sessions_and_streams": ["2 True ['first', 'second']", "[0.0, 1.0, 1.41, 1.73, 2.0]", "after the session: "],
    "callbacks": ["123", "['fig', 'pear', 'apple']", "2"],
}


def test_every_example_has_a_promise():
    assert {folder.name for folder in EXAMPLES.iterdir() if (folder / "main.py").exists()} == set(PROMISES)


@pytest.mark.parametrize("name", PROMISES)
def test_example_prints_what_it_promises(name, target, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name / "main.py"],
        env={**os.environ, "SNAKEBRIDGE_PYTHON": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for promise in PROMISES[name]:
        assert promise in done.stdout
