# How many workers a pool has, when one more is started, and which one is to go.
#
#   too few, and the breaker and a place allow it ─▶ one is started
#   too many, or one is due (`_pool/recycling.py`)      ─▶ it is leaving ─▶ another is ready ─▶ retired ─▶ it leaves
#
# Guarantees: of those in good health no more are replaced together than `Recycle.at_once`, and the new ones are ready
# first. Assumes: only the supervisor's thread is in here.

from __future__ import annotations

import time
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from snakebridge.runtime._pool.places import Places
from snakebridge.runtime._pool.recycling import Recycling
from snakebridge.runtime._pool.scaling import PATIENCE, Scaling
from snakebridge.runtime._workers.states import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._pool.recycling import Recycle
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Staffing"]

_LOOK_AGAIN = 0.1
_is_up = attrgetter("is_up")


class Staffing:
    """The workers of a pool, as far as their number goes.

    Args:
        pool: Whose.
        recycle: When workers are replaced although nothing is wrong with them.
    """

    def __init__(self, pool: Pool, recycle: Recycle | None) -> None:
        self._pool = pool
        self.workers: Collection[Worker] = ()
        """Every one that has not ended."""
        self.wanted = 0
        self.places = Places()
        self.recycling = Recycling(recycle)
        self.is_looking = False
        """Whether somebody waits, and another worker may be worth its start."""
        self._scaling = Scaling(0, 0)

    def want(self, least: int, most: int) -> None:
        """Have this many: more than the least while callers wait."""
        self._scaling = Scaling(least, most)
        self.wanted = min(max(self.wanted, least), most)
        self.places.forgive()

    def patience(self) -> float | None:
        """Return the seconds until there may be something to do that nobody tells; `None`: there is nothing."""
        limits = [_LOOK_AGAIN] if any(worker.leaving is not None for worker in self.workers) else []
        if self.is_looking:
            limits.append(PATIENCE)
        due = self._due()
        if due is not None:
            limits.append(max(due, self._pool.admission.opens_at()) - time.monotonic())
        return min(limits, default=None)

    def is_due(self) -> bool:
        """Return whether a worker is to be started now."""
        due, now = self._due(), time.monotonic()
        if due is None or due > now:
            return False
        staying = self._staying()
        starting = sum(worker.state is State.STARTING for worker in staying)
        return self._pool.admission.may_start(now, starting=starting, living=len(staying))

    def _due(self) -> float | None:
        staying = self._staying()
        return self.places.due(self.wanted, staying) if len(staying) < self.wanted else None

    def review(self) -> Iterator[Worker]:
        """Look whether there are too many, or one is to be replaced; yield each that leaves now."""
        if not self._scaling.is_fixed:
            self._scale()
        staying = self._staying()
        serving = sum(worker.is_up and not worker.is_retired for worker in self.workers)
        replaced = 0
        leaving = [each for each in self.workers if each.leaving is not None and each.state is not State.DRAINING]
        for worker in leaving:
            if not worker.is_retired:
                if serving - worker.is_up < self.wanted:
                    replaced += 1
                    continue
                self._pool.retire(worker)
                serving -= worker.is_up
            elif self.recycling.may_leave(worker) and worker.leave():
                yield worker
        if len(staying) > self.wanted:
            chosen = min([*filter(_is_up, staying)] or staying, key=lambda each: each.leased)
            chosen.leaving = "because the pool was made smaller"
        elif serving >= self.wanted:
            # Those that are gone and yet needed count too: no pool has more than twice the workers that are wanted.
            some = min(self.recycling.rule.at_once - replaced, self.wanted - len(leaving))
            for worker, reason in islice(self.recycling.due(filter(_is_up, staying)), max(0, some)):
                worker.leaving = reason

    def forget(self, worker: Worker) -> None:
        """Forget a worker that has ended."""
        self.recycling.forget(worker)
        if worker.leaving is None:
            self.places.lost(worker, time.monotonic())

    def _staying(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.leaving is None]

    def _scale(self) -> None:
        staying = self._staying()
        waits = self._pool.waits()
        self.is_looking = waits > 0
        self.wanted = self._scaling.wanted(
            time.monotonic(),
            wanted=self.wanted,
            ready=sum(worker.is_up for worker in staying),
            used=sum(worker.is_needed for worker in staying),
            waits=waits,
        )
