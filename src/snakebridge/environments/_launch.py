# How the guest is started in a target: by path, isolated, with a clean environment, its bytecode in our cache.
#
# `-I` keeps PYTHON* variables, the user site and the current folder out. The pycache prefix is one for all targets: the
# cached files mirror the sources' absolute paths and carry the interpreter's tag, and are checked against the source.

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments._cache import cache_root

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEAKS = ("PYTHON", "DYLD_", "CONDA_", "_CONDA_", "_CE_")
_LEAKING = {"LD_LIBRARY_PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "__PYVENV_LAUNCHER__"}


@cache
def guest_folder() -> Path:
    """Return the folder of the guest's package, which is never imported here."""
    spec = importlib.util.find_spec("snakebridge_guest")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))).absolute()


def guest_command(executable: Path, role: str, *arguments: str, isolation: str = "-I") -> list[str]:
    """Return the command that starts the guest in an interpreter.

    Args:
        executable: The target's interpreter.
        role: `describe`, `probe` or `worker`.
        arguments: What the role takes.
        isolation: `-s` lets it read variables of Python's; `guest_environment` leaves none but those that are given.
    """
    door = guest_folder() / "__main__.py"
    return [str(executable), isolation, "-X", f"pycache_prefix={_bytecode()}", str(door), role, *arguments]


def guest_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what describes the host's own interpreter, plus `extra`.

    The guest runs isolated and reads no variable of Python's. The one that is set is for interpreters which a library
    starts by itself, so that they leave no bytecode in the target either.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _LEAKING and not name.startswith(_LEAKS)}
    return {**kept, "PYTHONPYCACHEPREFIX": str(_bytecode()), **(extra or {})}


def _bytecode() -> Path:
    return cache_root() / "pycache"
