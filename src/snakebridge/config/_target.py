# Where a library lives, and who says so.

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.config._local import LOCAL_FILE, read_local
from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from snakebridge.config._model import Config, EnvironmentConfig

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

    @property
    def place(self) -> str:
        """Where, in a few words."""
        return str(self.python) if self.python is not None else ", ".join(self.requirements)

    @contextmanager
    def named_in_errors(self) -> Iterator[None]:
        """Let the errors of a block about this target say who chose it: that is where it can be mended."""
        try:
            yield
        except ConfigurationError as error:
            if not self.source:
                raise
            raise type(error)(f"{error} (chosen by {self.source})") from error


def interpreter_for(library: str, *, output: Path | None, config: Config | None) -> Target | None:
    """Return where a library lives, or `None` when nothing says so.

    The variable `SNAKEBRIDGE_PYTHON` wins, then the library's own section, its pool's, and the machine-local file.

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
    if config is not None and settings is not None:
        for section in (settings, None if pool is None else config.pools.get(pool)):
            if section is not None and section.has_environment:
                return _stated(section, pool, config)
    local = read_local(output).get(library) if output is not None else None
    if output is None or local is None:
        return None
    return Target(python=local, pool=pool, source=f"{output / LOCAL_FILE}, which `snakebridge generate` wrote")


def target_of_pool(name: str, *, config: Config) -> Target:
    """Return where the libraries of a pool live.

    Raises:
        ConfigurationError: There is no such pool, nothing says where, or its libraries live in several environments.
    """
    section = config.pools.get(name)
    if section is None:
        known = f"known are {', '.join(sorted(config.pools))}" if config.pools else "no pool is configured"
        raise ConfigurationError(f"there is no section [tool.snakebridge.pools.{name}]; {known}")
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        return Target(python=named, pool=name, source=PYTHON_VARIABLE)
    if section.has_environment:
        return _stated(section, name, config)
    libraries = sorted(library for library, settings in config.libraries.items() if settings.pool == name)
    found = {library: interpreter_for(library, output=config.output, config=config) for library in libraries}
    places = {(each.python, each.requirements, each.python_version): each for each in found.values() if each}
    if len(places) > 1:
        said = ", ".join(f"{library}: {each.place}" for library, each in found.items() if each)
        raise ConfigurationError(
            f"the libraries of pool {name} live in several environments ({said}), and each has workers of its own; "
            "give each a pool with a name of its own"
        )
    if not places:
        raise ConfigurationError(
            f"nothing says which environment pool {name} has; write python or requirements into "
            f"[tool.snakebridge.pools.{name}]"
        )
    return next(iter(places.values()))


def _stated(section: EnvironmentConfig, pool: str | None, config: Config) -> Target:
    return Target(
        python=section.python,
        requirements=section.requirements,
        python_version=section.python_version,
        pool=pool,
        source=str(config.file),
    )
