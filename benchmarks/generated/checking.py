"""What type checkers take for a package: processor time and memory of one cold run, strict, nothing cached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REPEATS = 3
FAILED = 2
"""Exit status from which a checker has not checked."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One checker's run over one package, the best of several."""

    seconds: float
    """Of processor time, all its threads and processes together."""
    memory: int
    complaints: int


def mypy(folder: Path, library: str) -> Check:
    """Check `bridges.<library>` of a folder with `mypy --strict`."""
    arguments = ["--strict", "--config-file=", "--no-incremental", f"--cache-dir={os.devnull}", "--python-version=3.11"]
    command = [sys.executable, "-m", "mypy", *arguments, "-p", f"bridges.{library}"]
    return _best(folder, command, lambda text: text.count(": error: "))


def pyright(folder: Path, library: str) -> Check:
    """Check `bridges/<library>` of a folder with pyright in strict mode."""
    configuration = folder / f"pyright-{library}.json"
    settings = {"typeCheckingMode": "strict", "include": [f"bridges/{library}"], "pythonVersion": "3.11"}
    configuration.write_text(json.dumps(settings))
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--pythonpath",
        sys.executable,
        "-p",
        str(configuration),
        "--outputjson",
    ]
    return _best(folder, command, lambda text: json.loads(text)["summary"]["errorCount"])


def _best(folder: Path, command: Sequence[str], count) -> Check:
    runs = [_run(folder, command) for _ in range(REPEATS)]
    text, seconds, memory = min(runs, key=lambda run: run[1])
    return Check(seconds=seconds, memory=memory, complaints=count(text))


def _run(folder: Path, command: Sequence[str]) -> tuple[str, float, int]:
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode >= FAILED:
        raise SystemExit(f"{' '.join(command)} failed:\n{text}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
