# Which interpreter a command works with: flags, the variable, the configuration, then what was generated before.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from snakebridge import config
from snakebridge.cli._terminal import note
from snakebridge.environments import Interpreter, describe, find, provision
from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["PYTHON", "PYTHON_VERSION", "REQUIREMENTS", "flags", "interpreter_of", "target_of"]

PYTHON = Annotated[
    str | None, typer.Option("--python", help="Interpreter (a path, a command, a version), or a venv or conda folder.")
]
REQUIREMENTS = Annotated[
    list[str] | None,
    typer.Option("--requirements", help="Build a managed environment with this in it; may be given several times."),
]
PYTHON_VERSION = Annotated[
    str | None, typer.Option("--python-version", help="Version of the managed environment, such as 3.10.")
]


def flags(python: str | None, requirements: Sequence[str] | None, python_version: str | None) -> config.Target | None:
    """Return the target that flags name, or `None` when they name none.

    Raises:
        ConfigurationError: They contradict each other.
    """
    if python is not None and requirements:
        raise ConfigurationError("--python and --requirements exclude each other; give one of them")
    if python_version is not None and not requirements:
        raise ConfigurationError("--python-version goes with --requirements; to name an interpreter, use --python")
    if python is None and not requirements:
        return None
    return config.Target(python=python, requirements=tuple(requirements or ()), python_version=python_version)


def target_of(library: str, settings: config.Config, output: Path) -> config.Target:
    """Return where a library lives when no flag says so.

    Raises:
        ConfigurationError: Nothing says where.
    """
    target = config.interpreter_for(library, output=output, config=settings)
    if target is None:
        raise ConfigurationError(
            f"nothing says which interpreter has {library}: give --python or --requirements, set "
            f"{config.PYTHON_VARIABLE}, or add it to [tool.snakebridge.libraries]"
        )
    return target


def interpreter_of(target: config.Target) -> Interpreter:
    """Find a target's interpreter, or build its environment, and ask it what it is.

    Raises:
        ConfigurationError: There is none, it is too old, or it cannot be built; the message names who chose it.
    """
    with target.named_in_errors():
        if target.python is not None:
            return describe(find(target.python))
        return describe(provision(target.requirements, python_version=target.python_version, report=note))
