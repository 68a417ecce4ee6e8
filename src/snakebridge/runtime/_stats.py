# What a pool has done and is doing, in numbers.

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.runtime._recycling import memory_of

if TYPE_CHECKING:
    from snakebridge.runtime._worker import Worker

__all__ = ["PoolStats", "WorkerStats", "stats_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerStats:
    """One worker."""

    name: str
    pid: int
    state: str
    """`starting`, `ready`, `busy` or `draining`."""
    is_leaving: bool
    """Whether it is being replaced, and takes calls only for what lives in it."""
    age: float
    """Seconds since it was started."""
    calls: int
    running: int
    memory_mb: float | None
    """Resident memory in megabytes of 10⁶ bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolStats:
    """A pool and its workers."""

    name: str
    wanted: int
    """How many workers it is to have."""
    workers: tuple[WorkerStats, ...]
    waiting: int
    """Callers that wait for a worker now."""
    wait: float
    """Seconds that callers waited who had to: a moving average."""
    started: int
    lost: int
    """Workers that died on their own, or were killed."""
    recycled: int


def stats_of(worker: Worker) -> WorkerStats:
    """Return the numbers of a worker."""
    return WorkerStats(
        name=worker.name,
        pid=worker.process.popen.pid,
        state=worker.state.value,
        is_leaving=worker.leaving is not None,
        age=time.monotonic() - worker.since,
        calls=worker.calls,
        running=worker.leased,
        memory_mb=memory_of(worker),
    )
