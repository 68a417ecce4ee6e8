"""The face for people: connect to an environment, use its libraries, open sessions, choose how calls are made."""

from snakebridge.client._calling import close_pools, options, pool, session, share, use, value
from snakebridge.client._client import Client
from snakebridge.client._connect import aconnect, connect
from snakebridge.runtime import (
    ArrayView,
    Guard,
    Pipeline,
    PoolStats,
    Recycle,
    Resources,
    Results,
    Session,
    aio,
    pipeline,
    submit,
)
from snakebridge.runtime import map_ as map  # noqa: A004 - its name in the face

__all__ = [
    "ArrayView",
    "Client",
    "Guard",
    "Pipeline",
    "PoolStats",
    "Recycle",
    "Resources",
    "Results",
    "Session",
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
