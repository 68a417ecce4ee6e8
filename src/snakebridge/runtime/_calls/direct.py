# What a callable stands for: one call of a worker, or code of the host's own that may make any number of them.
#
# Guarantees: what is told to be direct makes exactly one call when it is called, and returns what that gave; so it may
# be awaited, cancelled, and sent together with others. Nothing is asked of a worker to find out.

from __future__ import annotations

import inspect
import sys
import types
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from snakebridge.runtime import _context
from snakebridge.runtime._objects.classes import home_of
from snakebridge.runtime._objects.library import Library, address_of
from snakebridge.runtime._objects.proxies import RemoteMethod, RemoteObject, reference_of
from snakebridge.runtime._objects.symbols import RemoteSymbol
from snakebridge.runtime._pool.defaults import pool_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.runtime._calls.requests import Requests

__all__ = [
    "Remote",
    "changes_of",
    "direct",
    "in_force",
    "is_direct",
    "makes_coroutines",
    "note_changes",
    "pool_of",
    "remote_of",
]

F = TypeVar("F")

_DIRECT = "_snakebridge_direct"
_CHANGES = "_snakebridge_changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A function or class that is called by its address."""

    pool: Requests
    address: str
    library: Library | None
    is_made_here: bool = False
    """A generated class, whose object is made first, and filled with what the call gives."""


def direct(function: F) -> F:
    """Mark a method that makes one call of its object's `pool`."""
    setattr(function, _DIRECT, True)
    return function


def note_changes(function: Any, changes: Mapping[str, object]) -> None:
    """Note on a wrapper, which has `__wrapped__`, what it changes about how that is called."""
    setattr(function, _CHANGES, changes)


def changes_of(function: Any) -> Mapping[str, object] | None:
    """Return what a wrapper changes; `None` when it is none."""
    return vars(function).get(_CHANGES) if isinstance(function, types.FunctionType) else None


def in_force(changes: Mapping[str, object]) -> Mapping[str, object]:
    """Return changes with the pool that is meant by a name, which is opened by the first call and not before."""
    name = changes.get("pool")
    return {**changes, "pool": pool_named(name)} if isinstance(name, str) else changes


def is_direct(function: Any) -> bool:
    """Say whether calling it is one call of a worker; a class is none, since its object is made here."""
    if isinstance(function, partial):
        return is_direct(function.func)
    if isinstance(function, (RemoteSymbol, RemoteMethod)):
        return True
    if isinstance(function, types.MethodType):
        function = function.__func__
    if not isinstance(function, types.FunctionType):
        return bool(getattr(type(function), _DIRECT, False)) and bool(getattr(function, _DIRECT))
    if changes_of(function) is not None:
        return is_direct(vars(function)["__wrapped__"])
    return _DIRECT in vars(function) or _library_of(function) is not None


def makes_coroutines(function: Any) -> bool:
    """Say whether it is a coroutine function; `inspect` alone would ask a worker about what is there."""
    if isinstance(function, partial):
        return makes_coroutines(function.func)
    return isinstance(function, (types.FunctionType, types.MethodType)) and inspect.iscoroutinefunction(function)


def remote_of(function: Any) -> Remote | None:
    """Return where a plain function or class of a library is; `None` of methods and of the host's own."""
    if isinstance(function, RemoteSymbol):
        pool, address, library = function._pool, function._address, function._library  # noqa: SLF001 - one machinery
        return Remote(pool=pool, address=address, library=library)
    home = home_of(function)
    if home is not None:
        return Remote(pool=home.pool, address=home.address, library=home.library)
    if not isinstance(function, (types.FunctionType, type)) or changes_of(function) is not None:
        return None
    library = _library_of(function)
    found = None if library is None else address_of(function)
    if library is None or found is None:
        return None
    pool = library._pool()  # noqa: SLF001 - one machinery
    return Remote(pool=pool, address=found, library=library, is_made_here=isinstance(function, type))


def pool_of(function: Any) -> Requests | None:
    """Return the pool that a callable calls; of the host's own, which may call any, the one in force, if any."""
    if isinstance(function, partial):
        return pool_of(function.func)
    changes = changes_of(function)
    if changes is not None:
        with _context.scope(**in_force({"pool": changes["pool"]} if "pool" in changes else {})):
            return pool_of(vars(function)["__wrapped__"])
    owner = function if isinstance(function, RemoteObject) else getattr(function, "__self__", None)
    reference = reference_of(owner)
    if reference is not None:
        return reference.worker.pool
    if isinstance(function, types.MethodType):
        function = function.__func__
    remote = remote_of(function)
    if remote is not None:
        return remote.pool
    pool: Requests | None = getattr(owner, "pool", None) if is_direct(function) else None
    return pool if pool is not None else _context.current().pool


def _library_of(function: types.FunctionType | type) -> Library | None:
    # Generated modules call their library so; a wrapper of the host's own has other globals.
    if isinstance(function, types.FunctionType):
        names: Mapping[str, object] = function.__globals__
    else:
        names = getattr(sys.modules.get(function.__module__), "__dict__", {})
    found = names.get("_lib")
    return found if isinstance(found, Library) else None
