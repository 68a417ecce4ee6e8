"""What importing a generated package costs beyond `import snakebridge`: time and memory, with byte code present.

A figure is the best of several fresh processes. Of the submodules, each is imported in a process of its own, and the
slowest ones are measured again like the root.
"""

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

REPEATS = 7
SLOWEST = 3

_ONE = """
import json, os, sys, time
import snakebridge
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
start = time.perf_counter()
__import__(sys.argv[1])
seconds = time.perf_counter() - start
print(json.dumps([seconds, resident() - before]))
"""

_EACH = """
import json, os, sys, time
import snakebridge
found = []
for name in sys.argv[1:]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        start = time.perf_counter()
        __import__(name)
        os.write(write, repr(time.perf_counter() - start).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        found.append([float(file.read()), name])
    os.waitpid(child, 0)
print(json.dumps(found))
"""


@dataclass(frozen=True, kw_only=True)
class Import:
    """What one import costs."""

    module: str
    seconds: float
    memory: int


def root(folder: Path, library: str) -> Import:
    """Measure the import of a package that lies in a folder named `bridges`."""
    return _best(folder, f"bridges.{library}")


def submodules(folder: Path, library: str) -> list[Import]:
    """Return the slowest submodules, the slowest first."""
    package = folder / "bridges" / library
    names = [
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(package.rglob("*.py"))
        if path.name != "_adapter.py" and path != package / "__init__.py"
    ]
    _run(folder, _EACH, names)  # compiles them all
    slowest = sorted(_run(folder, _EACH, names), reverse=True)[:SLOWEST]
    return sorted((_best(folder, name) for _, name in slowest), key=lambda one: -one.seconds)


def _best(folder: Path, module: str) -> Import:
    runs = [_run(folder, _ONE, [module]) for _ in range(REPEATS + 1)][1:]
    return Import(module=module, seconds=min(run[0] for run in runs), memory=min(run[1] for run in runs))


def _run(folder: Path, code: str, arguments: Sequence[str]) -> list:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "pycache"), "PYTHONPATH": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, cwd=folder, capture_output=True, check=True
    )
    return json.loads(done.stdout)
