"""Calls: links, codec hooks, workers, supervision, pools, sessions, references, streams, outcomes.

Generated code imports this room through `snakebridge.support`, so what a first call needs is loaded by the first call:
the names below load their modules when they are first used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.runtime._calls.direct import direct
    from snakebridge.runtime._calls.mapping import Results, map_
    from snakebridge.runtime._calls.pipeline import Pipeline, pipeline
    from snakebridge.runtime._calls.styles import aio, changed, submit
    from snakebridge.runtime._context import Context, current, scope
    from snakebridge.runtime._objects.exports import Shared
    from snakebridge.runtime._objects.library import API, Library
    from snakebridge.runtime._objects.proxies import RemoteMethod, RemoteObject, reference_of
    from snakebridge.runtime._objects.references import ReferenceCount
    from snakebridge.runtime._objects.streams import RemoteIterator
    from snakebridge.runtime._objects.symbols import RemoteModule, RemoteSymbol
    from snakebridge.runtime._objects.views import ArrayView
    from snakebridge.runtime._pool.breaker import Guard
    from snakebridge.runtime._pool.defaults import (
        close_all,
        open_pool,
        options_of,
        pool_named,
        refuse_at_the_end,
        remember,
    )
    from snakebridge.runtime._pool.pool import LinkName, Pool, ProfileName, StartName
    from snakebridge.runtime._pool.recycling import Recycle
    from snakebridge.runtime._pool.stats import PoolStats, WorkerStats
    from snakebridge.runtime._sessions.pinning import Pinning
    from snakebridge.runtime._sessions.session import Session
    from snakebridge.runtime._workers.resources import Resources, has_threads

_HOMES = {
    "API": "_objects.library",
    "ArrayView": "_objects.views",
    "Context": "_context",
    "Guard": "_pool.breaker",
    "Library": "_objects.library",
    "LinkName": "_pool.pool",
    "Pinning": "_sessions.pinning",
    "Pipeline": "_calls.pipeline",
    "Pool": "_pool.pool",
    "PoolStats": "_pool.stats",
    "ProfileName": "_pool.pool",
    "Recycle": "_pool.recycling",
    "ReferenceCount": "_objects.references",
    "RemoteIterator": "_objects.streams",
    "RemoteMethod": "_objects.proxies",
    "RemoteModule": "_objects.symbols",
    "RemoteObject": "_objects.proxies",
    "RemoteSymbol": "_objects.symbols",
    "Resources": "_workers.resources",
    "Results": "_calls.mapping",
    "Session": "_sessions.session",
    "Shared": "_objects.exports",
    "StartName": "_pool.pool",
    "WorkerStats": "_pool.stats",
    "aio": "_calls.styles",
    "changed": "_calls.styles",
    "close_all": "_pool.defaults",
    "current": "_context",
    "direct": "_calls.direct",
    "has_threads": "_workers.resources",
    "map_": "_calls.mapping",
    "open_pool": "_pool.defaults",
    "options_of": "_pool.defaults",
    "pipeline": "_calls.pipeline",
    "pool_named": "_pool.defaults",
    "reference_of": "_objects.proxies",
    "refuse_at_the_end": "_pool.defaults",
    "remember": "_pool.defaults",
    "scope": "_context",
    "submit": "_calls.styles",
}

__all__ = [
    "API",
    "ArrayView",
    "Context",
    "Guard",
    "Library",
    "LinkName",
    "Pinning",
    "Pipeline",
    "Pool",
    "PoolStats",
    "ProfileName",
    "Recycle",
    "ReferenceCount",
    "RemoteIterator",
    "RemoteMethod",
    "RemoteModule",
    "RemoteObject",
    "RemoteSymbol",
    "Resources",
    "Results",
    "Session",
    "Shared",
    "StartName",
    "WorkerStats",
    "aio",
    "changed",
    "close_all",
    "current",
    "direct",
    "has_threads",
    "map_",
    "open_pool",
    "options_of",
    "pipeline",
    "pool_named",
    "reference_of",
    "refuse_at_the_end",
    "remember",
    "scope",
    "submit",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - the point of this module is to import nothing

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
