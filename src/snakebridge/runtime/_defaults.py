# The pools that generated code uses when nobody chose one: one per environment (and configured pool name), started on
# first use, closed when the program ends.
# Assumes: type checkers follow every import from generated code, and the models of the settings would cost mypy more
# than all the rest of this room; so they are not told where settings come from, only what these are like.

from __future__ import annotations

import atexit
import importlib
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from snakebridge import environments
from snakebridge.errors import ConfigurationError
from snakebridge.runtime._pool import Pool
from snakebridge.runtime._recycling import Recycle
from snakebridge.runtime._resources import Resources

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["close_all", "open_pools", "options_of", "pool_for", "remember"]

_lock = threading.Lock()
_pools: dict[tuple[str, str | None], Pool] = {}
_open: weakref.WeakSet[Pool] = weakref.WeakSet()


class _Target(Protocol):
    """Where a library lives: `snakebridge.config.Target`."""

    @property
    def python(self) -> Path | str | None: ...
    @property
    def requirements(self) -> tuple[str, ...]: ...
    @property
    def python_version(self) -> str | None: ...


class _Settings(Protocol):
    """The settings of a project: `snakebridge.config.Config`."""

    @property
    def pools(self) -> Mapping[str, Any]: ...


def pool_for(library: str, folder: Path) -> Pool:
    """Return the configured pool of a generated library.

    Args:
        library: Import name over there.
        folder: The output folder its package is in.

    Raises:
        ConfigurationError: Nothing says which interpreter has the library.
    """
    # Not above either: validating takes longer to import than the rest of a wrapper's needs.
    config = importlib.import_module("snakebridge.config")
    settings = config.load(Path.cwd())
    target = config.interpreter_for(library, output=folder, config=settings)
    if target is None:
        raise ConfigurationError(
            f"nothing says which interpreter has {library}: generate it again with `--python PATH`, set "
            f"{config.PYTHON_VARIABLE}, add it to [tool.snakebridge.libraries], or call inside `with sb.use(client):`"
        )
    executable = _executable_of(target)
    key = (str(executable), target.pool)
    with _lock:
        pool = _pools.get(key)
        if pool is None or pool.closed:
            name = target.pool or executable.parent.parent.name or "pool"
            options = options_of(settings, target.pool)
            pool = _pools[key] = remember(Pool(environments.describe(executable), name=name, **options))
        return pool


def _executable_of(target: _Target) -> Path:
    """Return a target's interpreter; build its environment when it is given by requirements."""
    if target.python is not None:
        return environments.find(target.python)
    return environments.provision(target.requirements, python_version=target.python_version)


def options_of(settings: _Settings, pool: str | None) -> dict[str, Any]:
    """Return a configured pool's settings as arguments of `Pool`."""
    if pool is None or pool not in settings.pools:
        return {}
    chosen = settings.pools[pool]
    options: dict[str, Any] = {
        "workers": (chosen.workers.min, chosen.workers.max),
        "link": chosen.link,
        "timeout": chosen.timeout,
        "queue_timeout": chosen.queue.timeout,
        "environment": chosen.env,
        "recycle": Recycle(**dict(chosen.recycle)),
        "resources": Resources(**dict(chosen.resources)),
    }
    if chosen.queue.size is not None:
        options["queue_size"] = chosen.queue.size
    return options


def open_pools() -> list[Pool]:
    """Return the pools that are open."""
    return [pool for pool in list(_open) if not pool.closed]


def remember(pool: Pool) -> Pool:
    """Close a pool when the program ends, unless it was closed before."""
    _open.add(pool)
    return pool


@atexit.register
def close_all() -> None:
    """Close every open pool."""
    for pool in list(_open):
        pool.close()
