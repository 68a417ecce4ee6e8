"""Use any Python library that lives somewhere else through typed wrappers that feel like importing it.

`import snakebridge as sb` costs nothing: the names below load what they need when they are first used (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.client import (
        ArrayView,
        Client,
        Guard,
        Pipeline,
        PoolStats,
        Recycle,
        Resources,
        Results,
        Session,
        aconnect,
        aio,
        close_pools,
        connect,
        map,  # noqa: A004 - as the language's own, over workers
        options,
        pipeline,
        pool,
        session,
        share,
        submit,
        use,
        value,
    )
    from snakebridge.errors import (
        CallTimeoutError,
        RemoteError,
        SnakebridgeError,
        StaleReferenceError,
        WorkerLostError,
    )

__version__ = "0.1.0"

_HOMES = {
    "ArrayView": "snakebridge.client",
    "Client": "snakebridge.client",
    "Guard": "snakebridge.client",
    "Pipeline": "snakebridge.client",
    "Results": "snakebridge.client",
    "PoolStats": "snakebridge.client",
    "Recycle": "snakebridge.client",
    "Resources": "snakebridge.client",
    "Session": "snakebridge.client",
    "aconnect": "snakebridge.client",
    "aio": "snakebridge.client",
    "close_pools": "snakebridge.client",
    "connect": "snakebridge.client",
    "map": "snakebridge.client",
    "options": "snakebridge.client",
    "pipeline": "snakebridge.client",
    "pool": "snakebridge.client",
    "session": "snakebridge.client",
    "share": "snakebridge.client",
    "submit": "snakebridge.client",
    "use": "snakebridge.client",
    "value": "snakebridge.client",
    "CallTimeoutError": "snakebridge.errors",
    "RemoteError": "snakebridge.errors",
    "SnakebridgeError": "snakebridge.errors",
    "StaleReferenceError": "snakebridge.errors",
    "WorkerLostError": "snakebridge.errors",
}

__all__ = [
    "ArrayView",
    "CallTimeoutError",
    "Client",
    "Guard",
    "Pipeline",
    "PoolStats",
    "Recycle",
    "RemoteError",
    "Resources",
    "Results",
    "Session",
    "SnakebridgeError",
    "StaleReferenceError",
    "WorkerLostError",
    "__version__",
    "aconnect",
    "aio",
    "close_pools",
    "connect",
    "map",
    "options",
    "pipeline",
    "pool",
    "session",
    "share",
    "submit",
    "use",
    "value",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - the point of this module is to import nothing

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
