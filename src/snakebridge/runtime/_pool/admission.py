# Whether a pool takes a call, and what a caller hears who comes or waits in vain.
#
# Guarantees: costs the look at one flag while a pool takes every call. Assumes: every method but those that say so runs
# under the pool's lock.

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from snakebridge.errors import PoolClosedError, PoolUnavailableError, WorkerStartError
from snakebridge.runtime._context import current
from snakebridge.runtime._pool.breaker import Breaker, BreakerState

if TYPE_CHECKING:
    from snakebridge.errors import DeathReport
    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._pool.breaker import Guard
    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Admission"]


class Admission:
    """The door of a pool.

    Args:
        pool: Whose.
        guard: When the breaker opens.
    """

    def __init__(self, pool: Pool, guard: Guard) -> None:
        self._pool = pool
        self.breaker = Breaker(guard)
        self.is_narrow = False
        """Whether some calls are not taken."""
        self.drains = False
        self.failure: str | None = None
        """Why no worker starts, when none does."""
        self.refused = 0
        """Calls that were not made because the breaker was open."""
        self._report: DeathReport | None = None
        self._older: set[tuple[Channel, int]] = set()  # calls that ran when the breaker opened, and are no trial

    # --- callers ----------------------------------------------------------------------------------------------------

    def turns_away(self, wanted: Worker | None) -> bool:
        """Return whether a call is not taken, when `is_narrow`."""
        if wanted is not None:
            return False
        if self.drains and current().session is None:
            return True  # what needs no worker in particular is new; what runs may still need its own
        if self.failure is not None and self._is_served:
            return False
        state = self.breaker.state(time.monotonic())
        return state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._is_tried)

    def at_door(self, wanted: Worker | None, label: str) -> Exception | None:
        """Return why a call is not taken; `None`: it is."""
        if not self.is_narrow or not self.turns_away(wanted):
            return None
        if self.drains and current().session is None:
            return self._drained(label)
        self.refused += 1
        return self._unavailable(label)

    def refusal(self, wanted: Worker | None, label: str) -> Exception | None:
        """Return why waiting for a worker, or for any, is in vain; `None`: it is not."""
        pool = self._pool
        if pool.closed:
            return PoolClosedError(f"{pool} is closed; connect again to call {label}")
        if wanted is not None:
            return wanted.lost_before(label) if wanted.gone else None
        if self.drains and current().session is None:
            return self._drained(label)
        if self.breaker.state(time.monotonic()) is not BreakerState.OPEN:
            return None
        if self.failure is not None:
            return None if self._is_served else WorkerStartError(self.failure)
        self.refused += 1
        return self._unavailable(label)

    def _drained(self, label: str) -> PoolClosedError:
        return PoolClosedError(f"{self._pool} takes no more calls such as {label}: it is drained, to be closed")

    def _unavailable(self, label: str) -> PoolUnavailableError:
        left = max(0.0, self.opens_at() - time.monotonic())
        when = f"in {left:.1f} s" if left else "now, and waits for the outcome"
        return PoolUnavailableError(
            f"{label} was not called: {self._pool} takes no calls for a while, because {self._reason()}; "
            f"it tries another one {when}",
            retry_after=left,
            report=self._report,
        )

    def _reason(self) -> str:
        if self.failure is not None:
            return self.failure
        deaths = self.breaker.deaths
        return f"{deaths} workers died in a row without one call that ended well, the last so: {self._report}"

    @property
    def _is_served(self) -> bool:
        # That no further worker starts is no reason to refuse what those can do that there are.
        return any(not worker.gone for worker in self._pool.workers)

    @property
    def _is_tried(self) -> bool:
        if self._pool.waiting:
            return True
        channels = (channel for worker in self._pool.workers for channel in worker.channels)
        return any(channel.is_busy and (channel, channel.leases) not in self._older for channel in channels)

    # --- workers: each returns a sentence for the log when that opens or closes the breaker ---------------------------

    def did_not_start(self, failure: str, report: DeathReport | None) -> str | None:
        """Note that a worker did not get ready."""
        self._report = report
        if not self.breaker.did_not_start(time.monotonic()):
            return None
        self.failure = failure
        return self._opened()

    def died(self, report: DeathReport) -> str | None:
        """Note that a worker died in a call."""
        self._report = report
        return self._opened() if self.breaker.died(time.monotonic()) else None

    def got_ready(self) -> str | None:
        """Note that a worker is ready."""
        self.failure = None
        return self._closed() if self.breaker.got_ready() else None

    def succeeded(self) -> str | None:
        """Note that a call ended, and its worker lives."""
        return self._closed() if self.breaker.succeeded() else None

    def reset(self) -> str | None:
        """Forget what happened."""
        self.failure = None
        return self._closed() if self.breaker.reset() else None

    def _opened(self) -> str:
        self.is_narrow = True
        running = (channel for worker in self._pool.workers for channel in worker.channels if channel.is_busy)
        self._older = {(channel, channel.leases) for channel in running}
        left = self.opens_at() - time.monotonic()
        what = "starts no more workers" if self.failure is not None and self._is_served else "takes no calls"
        return f"{self._pool} {what} for {left:.1f} s: {self._reason()}"

    def _closed(self) -> str:
        self.is_narrow = self.drains
        self._older.clear()
        return f"{self._pool} takes calls again"

    # --- the supervisor, without the lock -----------------------------------------------------------------------------

    def opens_at(self) -> float:
        """Return when the pause is over."""
        until = self.breaker.until
        return 0.0 if until is None else until

    def may_start(self, now: float, *, starting: int, living: int) -> bool:
        """Return whether a worker may be started: while it is half open, only one to try.

        Args:
            now: In the time of `time.monotonic`.
            starting: How many are being started.
            living: How many there are, with those.
        """
        state = self.breaker.state(now)
        if state is BreakerState.HALF_OPEN:
            return not (starting if self.breaker.doubts_starts else living)
        return state is BreakerState.CLOSED
