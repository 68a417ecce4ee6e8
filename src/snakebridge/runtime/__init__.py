"""Calls: links, codec hooks, workers, supervision, pools, sessions, references, streams, outcomes.

Generated code imports this room through `snakebridge.support`, so what a first call needs is loaded by the first call:
the names below load their modules when they are first used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.runtime._breaker import Guard
    from snakebridge.runtime._context import Context, current, scope
    from snakebridge.runtime._defaults import close_all, open_pool, options_of, pool_named, refuse_at_the_end, remember
    from snakebridge.runtime._direct import direct
    from snakebridge.runtime._exports import Shared
    from snakebridge.runtime._library import API, Library
    from snakebridge.runtime._mapping import Results, map_
    from snakebridge.runtime._pinning import Pinning
    from snakebridge.runtime._pipeline import Pipeline, pipeline
    from snakebridge.runtime._pool import LinkName, Pool, ProfileName, StartName
    from snakebridge.runtime._proxies import RemoteMethod, RemoteObject, reference_of
    from snakebridge.runtime._recycling import Recycle
    from snakebridge.runtime._references import ReferenceCount
    from snakebridge.runtime._resources import Resources, has_threads
    from snakebridge.runtime._session import Session
    from snakebridge.runtime._stats import PoolStats, WorkerStats
    from snakebridge.runtime._streams import RemoteIterator
    from snakebridge.runtime._styles import aio, changed, submit
    from snakebridge.runtime._symbols import RemoteModule, RemoteSymbol
    from snakebridge.runtime._views import ArrayView

_HOMES = {
    "API": "_library",
    "ArrayView": "_views",
    "Context": "_context",
    "Guard": "_breaker",
    "Library": "_library",
    "LinkName": "_pool",
    "Pinning": "_pinning",
    "Pipeline": "_pipeline",
    "Pool": "_pool",
    "PoolStats": "_stats",
    "ProfileName": "_pool",
    "Recycle": "_recycling",
    "ReferenceCount": "_references",
    "RemoteIterator": "_streams",
    "RemoteMethod": "_proxies",
    "RemoteModule": "_symbols",
    "RemoteObject": "_proxies",
    "RemoteSymbol": "_symbols",
    "Resources": "_resources",
    "Results": "_mapping",
    "Session": "_session",
    "Shared": "_exports",
    "StartName": "_pool",
    "WorkerStats": "_stats",
    "aio": "_styles",
    "changed": "_styles",
    "close_all": "_defaults",
    "current": "_context",
    "direct": "_direct",
    "has_threads": "_resources",
    "map_": "_mapping",
    "open_pool": "_defaults",
    "options_of": "_defaults",
    "pipeline": "_pipeline",
    "pool_named": "_defaults",
    "reference_of": "_proxies",
    "refuse_at_the_end": "_defaults",
    "remember": "_defaults",
    "scope": "_context",
    "submit": "_styles",
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
