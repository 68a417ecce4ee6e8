# Recycling: workers that are replaced although nothing is wrong with them, so that leaks and fragments do not add up.
#
#   due ─▶ another one is started ─▶ it is ready: the old one takes no new callers ─▶ nobody needs it: it leaves
#                                                            │ `grace` is over, and no call runs
#                                                            ╰──────────────────▶ it leaves: its references are stale
#
# Guarantees: no call fails that needs no object of the old worker; a call that runs is waited for. Assumes: only the
# supervisor's thread is in here.

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Recycle", "Recycling"]

_JITTER = 0.1
_MEGABYTE = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Recycle:
    """When a worker is replaced although nothing is wrong with it: whatever comes first.

    The new worker is started first, so no call fails or waits for it. Sessions and proxies that live in the old one
    keep it for up to `grace` seconds; a call that runs keeps it longer.

    Raises:
        ConfigurationError: A limit is not positive.
    """

    after_calls: int | None = None
    after_seconds: float | None = None
    """Up to a tenth less, by chance, so that the workers of a pool do not leave together."""
    above_mb: float | None = None
    """Resident memory of the process, in megabytes of 10⁶ bytes."""
    grace: float = 60.0
    at_once: int = 1
    """Workers that are replaced together: each of them and its successor take memory while it waits for that one."""

    def __post_init__(self) -> None:
        for name in ("after_calls", "after_seconds", "above_mb", "at_once"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigurationError(f"recycle: {name} must be more than 0, not {value}")
        if self.grace < 0:
            raise ConfigurationError(f"recycle: grace must not be negative, not {self.grace}")


class Recycling:
    """Decides which worker is to leave, and when it may.

    Args:
        rule: When; `None`: only by hand.
    """

    def __init__(self, rule: Recycle | None) -> None:
        self.rule = rule or Recycle()
        self.asked: set[Worker] = set()
        """Those that are to be replaced by hand."""
        self._until: dict[Worker, float] = {}
        self._lifetime: dict[Worker, float] = {}

    def due(self, workers: Iterable[Worker]) -> Iterator[tuple[Worker, str]]:
        """Yield each worker that is to be replaced, and why."""
        for worker in workers:
            reason = "by hand" if worker in self.asked else self._reason(worker)
            if reason is not None:
                self.asked.discard(worker)
                yield worker, reason

    def _reason(self, worker: Worker) -> str | None:
        rule = self.rule
        if rule.after_calls is not None and worker.calls >= rule.after_calls:
            return f"after {worker.calls} calls"
        if rule.after_seconds is not None:
            if worker not in self._lifetime:
                self._lifetime[worker] = rule.after_seconds * (1 - random.random() * _JITTER)  # noqa: S311 - no secret
            age = time.monotonic() - worker.since
            if age >= self._lifetime[worker]:
                return f"after {age:.0f} s"
        if rule.above_mb is not None:
            memory = memory_of(worker)
            if memory is not None and memory > rule.above_mb:
                return f"with {memory:.0f} MB of memory"
        return None

    def may_leave(self, worker: Worker) -> bool:
        """Return whether a worker that takes no new callers may leave: nobody needs it, or it has waited enough."""
        until = self._until.setdefault(worker, time.monotonic() + self.rule.grace)
        return not worker.is_needed or time.monotonic() >= until

    def forget(self, worker: Worker) -> None:
        """Forget a worker that has ended."""
        self.asked.discard(worker)
        self._until.pop(worker, None)
        self._lifetime.pop(worker, None)


def memory_of(worker: Worker) -> float | None:
    """Return the resident memory of a worker in megabytes; `None` when it is gone."""
    import psutil  # noqa: PLC0415 - few pools ask, and it takes longer to import than the rest of this room

    try:
        return float(psutil.Process(worker.process.popen.pid).memory_info().rss) / _MEGABYTE
    except psutil.Error:  # it ended, or is about to
        return None
