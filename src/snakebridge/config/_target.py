# Where a library lives, and who says so.

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.config._local import LOCAL_FILE, read_local

if TYPE_CHECKING:
    from pathlib import Path

    from snakebridge.config._model import Config

__all__ = ["PYTHON_VARIABLE", "Target", "interpreter_for"]

PYTHON_VARIABLE = "SNAKEBRIDGE_PYTHON"
"""Environment variable that names the interpreter of every library."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where a library lives: an interpreter or a folder, or requirements for a managed environment."""

    python: Path | str | None = None
    requirements: tuple[str, ...] = ()
    python_version: str | None = None
    pool: str | None = None
    source: str = ""
    """What said so, for messages: a variable, a file."""


def interpreter_for(library: str, *, output: Path | None, config: Config | None) -> Target | None:
    """Return where a library lives, or `None` when nothing says so.

    The variable `SNAKEBRIDGE_PYTHON` wins, then the configuration, then the machine-local file.

    Args:
        library: Import name.
        output: Folder of the generated packages, where the machine-local file is.
        config: What `load` returned.

    Raises:
        ConfigurationError: The machine-local file is damaged.
    """
    settings = config.libraries.get(library) if config is not None else None
    pool = settings.pool if settings is not None else None
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        return Target(python=named, pool=pool, source=PYTHON_VARIABLE)
    if config is not None and settings is not None and (settings.python or settings.requirements):
        return Target(
            python=settings.python,
            requirements=settings.requirements,
            python_version=settings.python_version,
            pool=pool,
            source=str(config.file),
        )
    local = read_local(output).get(library) if output is not None else None
    return Target(python=local, pool=pool, source=LOCAL_FILE) if local is not None else None
