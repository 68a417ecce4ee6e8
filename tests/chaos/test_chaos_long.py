"""Storms, recycling under load and soaks, in short: scenarios 8 and 24. `make bench-storm` runs them at their length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from extent import IS_FULL

STORM = Path(__file__).parents[2] / "benchmarks" / "storm"
SECONDS = "60" if IS_FULL else "5"
CALLS = "20000" if IS_FULL else "6000"  # a machine that calls faster replaces no faster
GROWN = "8e6" if IS_FULL else "40e6"  # a few seconds do not tell growth from the first use of everything
RUNS = {
    "storm": ("storm.py", "--seconds", SECONDS, "--most", GROWN),
    "storm over grpc": ("storm.py", "--seconds", SECONDS, "--most", GROWN, "--link", "grpc", "--workers", "4"),
    "recycling": ("recycling.py", "--calls", CALLS),
    "recycling of threads": ("recycling.py", "--calls", CALLS, "--profile", "thread", "--workers", "2"),
    "soak": ("soak.py", "--seconds", SECONDS, "--most", GROWN, "--every", "1", "--workers", "2"),
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RUNS)
def test_every_call_has_one_outcome_and_nothing_is_left_or_grown(target, name):
    program, *arguments = RUNS[name]
    command = [sys.executable, str(STORM / program), "--python", str(target), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
