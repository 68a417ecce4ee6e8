# The configured pools: one per environment and name, for generated code when nobody chose a client, and for `sb.pool`.
#
#   library, or a name ─▶ target ─▶ interpreter and name ─▶ open already? ── yes ─▶ that pool
#                                                               │ no
#                                                               ▼
#                                               a new one, with the settings of that name
#
# Guarantees: a pool is started by the first thing that needs it, and closed when the program ends; a forked copy of the
# host begins without any. Assumes: type checkers follow every import from generated code, and the models of settings
# would cost mypy more than all the rest of this room; so they are not told where settings come from, only what these
# are like.

from __future__ import annotations

import atexit
import importlib
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from snakebridge import environments
from snakebridge.errors import ConfigurationError, PoolClosedError
from snakebridge.runtime import _fork
from snakebridge.runtime._pool.breaker import Guard
from snakebridge.runtime._pool.disowned import disown
from snakebridge.runtime._pool.pool import Pool
from snakebridge.runtime._pool.recycling import Recycle
from snakebridge.runtime._workers.resources import Resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = [
    "close_all",
    "open_pool",
    "open_pools",
    "options_of",
    "pool_for",
    "pool_named",
    "refuse_at_the_end",
    "remember",
]

_lock = threading.Lock()
_pools: dict[tuple[Path | None, str, str | None], Pool] = {}  # file of the settings, interpreter, name → pool
_open: weakref.WeakSet[Pool] = weakref.WeakSet()
_ended = False
_is_child = False


class _Target(Protocol):
    """Where a library lives: `snakebridge.config.Target`."""

    @property
    def python(self) -> Path | str | None: ...
    @property
    def requirements(self) -> tuple[str, ...]: ...
    @property
    def python_version(self) -> str | None: ...
    @property
    def pool(self) -> str | None: ...
    def named_in_errors(self) -> AbstractContextManager[None]: ...


class _Settings(Protocol):
    """The settings of a project: `snakebridge.config.Config`."""

    @property
    def file(self) -> Path | None: ...
    @property
    def pools(self) -> Mapping[str, Any]: ...


def pool_for(library: str, folder: Path) -> Pool:
    """Return the configured pool of a generated library.

    Args:
        library: Import name over there.
        folder: The output folder its package is in.

    Raises:
        ConfigurationError: Nothing says which interpreter has the library.
        PoolClosedError: The program is ending.
    """
    # Not above either: validating takes longer to import than the rest of a wrapper's needs.
    config = importlib.import_module("snakebridge.config")
    settings = config.load()
    target = config.interpreter_for(library, output=folder, config=settings)
    if target is None:
        raise ConfigurationError(
            f"nothing says which interpreter has {library}: generate it again with `--python PATH`, set "
            f"{config.PYTHON_VARIABLE}, add it to [tool.snakebridge.libraries], or call inside `with sb.use(client):`"
        )
    pool = _pool_of(target, settings, (library,))
    pool.preload_also(library)
    return pool


def pool_named(name: str) -> Pool:
    """Return a configured pool by its name; start it unless it is open.

    Raises:
        ConfigurationError: There is no such pool, or not exactly one environment for it.
        PoolClosedError: The program is ending.
    """
    config = importlib.import_module("snakebridge.config")
    settings = config.load()
    return _pool_of(config.target_of_pool(name, config=settings), settings)


def open_pool(name: str) -> Pool | None:
    """Return a configured pool by its name if it is open.

    Raises:
        ConfigurationError: As `pool_named`.
    """
    config = importlib.import_module("snakebridge.config")
    settings = config.load()
    config.target_of_pool(name, config=settings)
    found = (pool for key, pool in list(_pools.items()) if (key[0], key[2]) == (settings.file, name))
    return next((pool for pool in found if not pool.closed), None)


def _pool_of(target: _Target, settings: _Settings, libraries: tuple[str, ...] = ()) -> Pool:
    interpreter = _interpreter_of(target)
    key = (settings.file, str(interpreter.executable), target.pool)
    with _lock:
        pool = _pools.get(key)
        if pool is None or pool.closed:
            name = target.pool or interpreter.executable.parent.parent.name or "pool"
            refuse_at_the_end(name)
            options = options_of(settings, target.pool)
            options["preload"] = tuple(dict.fromkeys((*options.get("preload", ()), *libraries)))
            pool = _pools[key] = remember(Pool(interpreter, name=name, **options))
        return pool


def _interpreter_of(target: _Target) -> environments.Interpreter:
    """Return a target's interpreter; build its environment when it is given by requirements."""
    with target.named_in_errors():
        if target.python is not None:
            return environments.describe(environments.find(target.python))
        return environments.describe(environments.provision(target.requirements, python_version=target.python_version))


def options_of(settings: _Settings, pool: str | None) -> dict[str, Any]:
    """Return a configured pool's settings as arguments of `Pool`."""
    if pool is None or pool not in settings.pools:
        return {}
    chosen = settings.pools[pool]
    options: dict[str, Any] = {
        "workers": (chosen.workers.min, chosen.workers.max),
        "profile": chosen.profile,
        "lanes": chosen.lanes,
        "dynamic": chosen.dynamic,
        "link": chosen.link,
        "timeout": chosen.timeout,
        "queue_timeout": chosen.queue.timeout,
        "environment": chosen.env,
        "max_references": chosen.max_references,
        "recycle": Recycle(**dict(chosen.recycle)),
        "resources": Resources(**dict(chosen.resources)),
        "guard": _guard(chosen.guard),
        "warm_up": chosen.warm_up,
        "start": chosen.start,
        "preload": chosen.preload,
        "start_timeout": chosen.start_timeout,
    }
    if chosen.queue.size is not None:
        options["queue_size"] = chosen.queue.size
    return options


def _guard(chosen: Any) -> Guard:
    # 0 in the settings is no limit here.
    limits: dict[str, Any] = {name: value or None for name, value in chosen}
    return Guard(**limits)


def open_pools() -> list[Pool]:
    """Return the pools that are open."""
    return [pool for pool in list(_open) if not pool.closed]


def refuse_at_the_end(name: str) -> None:
    """Make sure that a pool may still be started.

    Raises:
        PoolClosedError: The program is ending.
    """
    if _ended or sys.is_finalizing():
        raise PoolClosedError(f"pool {name} cannot be started: the program is ending, and its pools are closed")


def remember(pool: Pool) -> Pool:
    """Close a pool when the program ends, unless it was closed before."""
    _open.add(pool)
    _close_at_the_end_of_a_child()
    return pool


def _close_at_the_end_of_a_child() -> None:
    # A process of multiprocessing ends without `atexit`, and forgets what its parent registered for its own end.
    global _is_child  # noqa: PLW0603 - of the process
    processes = sys.modules.get("multiprocessing.process")
    if not _is_child and processes is not None and processes.parent_process() is not None:
        _is_child = True
        importlib.import_module("multiprocessing.util").Finalize(None, close_all, exitpriority=0)


def close_all() -> None:
    """Close every open pool; one that is configured starts anew when it is needed again."""
    for pool in list(_open):
        pool.close()


@atexit.register
def _end() -> None:
    global _ended  # noqa: PLW0603 - of the process
    _ended = True
    close_all()


@_fork.afresh
def _forget(original: int) -> None:
    global _lock, _is_child
    _lock, _is_child = threading.Lock(), False
    for pool in list(_open):
        disown(pool, original)
    _open.clear()
    _pools.clear()
