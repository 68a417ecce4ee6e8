# What a pool has done and is doing, in numbers.

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.runtime._pool.recycling import memory_of

if TYPE_CHECKING:
    from snakebridge.runtime._workers.worker import Worker

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
    cpu: float | None
    """Seconds of processor time it had used a moment ago; one that computes uses more and more."""
    is_stopped: bool
    """Whether it was stopped (SIGSTOP) a moment ago, and so can do nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolStats:
    """A pool and its workers."""

    name: str
    wanted: int
    """How many workers it is to have."""
    start: str
    """How workers start: `spawn`, or `zygote`; a pool that was to have a zygote and cannot says `spawn`."""
    workers: tuple[WorkerStats, ...]
    waiting: int
    """Callers that wait for a worker now."""
    wait: float
    """Seconds that callers waited, of those who had to wait: a moving average."""
    started: int
    lost: int
    """Workers that died on their own, or were killed."""
    recycled: int
    breaker: str
    """`closed`: calls are taken; `open`: none for a while, because workers died in a row; `half-open`: one, a trial."""
    refused: int
    """Calls that were not made because the breaker was open."""
    poisonous: tuple[str, ...]
    """Calls that are refused because they crashed workers, by address or name."""


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
        cpu=None if worker.vitals is None else worker.vitals.cpu,
        is_stopped=worker.vitals is not None and worker.vitals.stopped_since is not None,
    )
