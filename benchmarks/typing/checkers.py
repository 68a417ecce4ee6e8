"""`mypy --strict` and pyright in strict mode, asked about a generated package."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from corpus import HERE

SOURCE = HERE.parents[1] / "src"
PATIENCE = 1_500


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one checker said."""

    complaints: list[str]
    seconds: float


def mypy(folder: Path, library: str, cache: Path) -> Verdict:
    """Check `bridges/LIBRARY` of a folder with mypy."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir",
        str(cache),
        "--no-error-summary",
    ]
    begin = time.monotonic()
    done = subprocess.run(
        [*command, "-p", f"bridges.{library}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=PATIENCE,
        env={**os.environ, "MYPYPATH": f"{folder}{os.pathsep}{SOURCE}"},
    )
    if done.returncode > 1 or done.stderr:
        raise RuntimeError(f"mypy failed on {library}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Verdict(
        complaints=[line for line in done.stdout.splitlines() if re.search(r": (?:error|note|warning):", line)],
        seconds=time.monotonic() - begin,
    )


def pyright(folder: Path, library: str, _cache: Path) -> Verdict:
    """Check `bridges/LIBRARY` of a folder with pyright."""
    configuration = folder / f"pyright-{library}.json"
    settings = {"typeCheckingMode": "strict", "include": [f"bridges/{library}"], "extraPaths": [str(SOURCE)]}
    configuration.write_text(json.dumps(settings), encoding="utf-8")
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(configuration), "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, "NODE_OPTIONS": "--max-old-space-size=6000"},
    )
    found = json.loads(done.stdout)
    files = found["summary"]["filesAnalyzed"]
    if files < _files(folder, library):
        raise RuntimeError(f"pyright saw {files} of {_files(folder, library)} files of {library}")
    return Verdict(
        complaints=[
            f"{Path(one['file']).relative_to(folder)}:{one['range']['start']['line'] + 1}: {one['message']}"
            f" [{one.get('rule', one['severity'])}]"
            for one in found["generalDiagnostics"]
        ],
        seconds=time.monotonic() - begin,
    )


def _files(folder: Path, library: str) -> int:
    return sum(1 for _ in (folder / "bridges" / library).rglob("*.py"))


CHECKERS = {"mypy": mypy, "pyright": pyright}
