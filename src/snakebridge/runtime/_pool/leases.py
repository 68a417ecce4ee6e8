# Leases: who has which channel. Sessions take turns; within one it is first come, first served.
#
#   lease ─▶ a free channel? ── yes ─▶ leased
#                 │ no
#                 ▼
#              waiting ──offer──▶ leased      a freed channel is handed to one waiter, never put up for a race
#                 │ deadline, queue's end, pool closed, worker gone, cancelled
#                 ▼
#               refused
#
# Guarantees: a channel has one holder at a time; who gives up while a channel is handed over gives it back. Threads
# wait on a lock of their own; tasks wait as tasks, so thousands of them need no thread. Everything is done in an order
# in which `mend` finds what a caller left who was interrupted (Ctrl-C) in the middle. Assumes: methods marked so run
# under the pool's lock.

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING

from snakebridge.errors import CallTimeoutError, PoolSaturatedError
from snakebridge.runtime._context import current
from snakebridge.runtime._pool.queue import FairQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._calls.holding import Hold
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Leases"]

_WEIGHT = 0.2


class _Waiter:
    """Somebody who waits for a channel."""

    __slots__ = ("channel", "error", "hold", "label", "since", "turn", "wake", "wanted")

    def __init__(self, wanted: Worker | None, label: str, hold: Hold, wake: Callable[[], None]) -> None:
        self.wanted = wanted
        self.label = label
        self.hold = hold
        self.wake = wake
        """Called once, under the lock, from any thread; raises RuntimeError when nobody can be woken any more."""
        session = current().session
        self.turn = 0 if session is None else session.number
        self.since = time.monotonic()
        self.channel: Channel | None = None
        self.error: BaseException | None = None


class Leases:
    """The free channels of a pool, and those who wait for one.

    Args:
        lock: The pool's.
        name: Of the pool, for messages.
        size: Callers that may wait; more are refused.
        patience: Seconds a caller waits; `None`: no limit.
        refusal: Says, under the lock, why somebody waits in vain for a worker, or for any; `None`: they do not.
    """

    def __init__(
        self,
        lock: threading.Lock,
        *,
        name: str,
        size: int,
        patience: float | None,
        refusal: Callable[[Worker | None, str], BaseException | None],
    ) -> None:
        self._lock = lock
        self._name = name
        self._size = size
        self._patience = patience
        self._refusal = refusal
        self._idle: list[Channel] = []
        self._retired: list[Channel] = []  # the same of workers that take only callers who need what lives in them
        self._waiters: FairQueue[_Waiter] = FairQueue()
        self.wait = 0.0
        """Seconds that those waited who had to: a moving average."""

    def take(self, wanted: Worker | None, hold: Hold) -> Channel | None:
        """Lease a free channel, of a certain worker or of any; under the lock."""
        idle = self._idle
        if wanted is None:
            while idle:
                channel = idle.pop()
                if channel.lease(hold):
                    return channel
            return None
        if wanted.is_retired:
            idle = self._retired
        place = len(idle)
        while place:
            place -= 1
            channel = idle[place]
            if channel.worker is wanted:
                del idle[place]
                if channel.lease(hold):
                    return channel
        return None

    def retire(self, worker: Worker) -> None:
        """Keep a worker's channels for those who want that very worker; under the lock."""
        worker.is_retired = True
        self._retired += [channel for channel in self._idle if channel.worker is worker]
        self._idle = [channel for channel in self._idle if channel.worker is not worker]

    def waits(self) -> float:
        """Return for how many seconds somebody has waited for any worker; 0 when nobody does; under the lock."""
        oldest = min((each.since for each in self._waiters.everyone() if each.wanted is None), default=None)
        return 0.0 if oldest is None else time.monotonic() - oldest

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiters.size

    def lease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel; wait for it on this thread.

        Raises:
            CallTimeoutError: The deadline passed.
            PoolSaturatedError: Too many wait already, or it took too long.
            SnakebridgeError: What `refusal` says.
        """
        gate = threading.Lock()
        gate.acquire()  # a lock is the cheapest thing to wait on, and may be released by another thread
        with self._lock:
            channel = self.take(wanted, hold)
            if channel is not None:
                return channel
            waiter = self._enter(wanted, label, hold, gate.release)
        try:
            left, error = self._limit(deadline, label)
            if gate.acquire(timeout=-1 if left is None else left):
                error = None
            return self._outcome(waiter, error)
        except BaseException:  # Ctrl-C included: nobody may keep what they do not know they have
            self._leave(waiter)
            raise

    async def alease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel; wait for it as a task. Raises like `lease`."""
        loop = asyncio.get_running_loop()
        event = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(event.set)

        with self._lock:
            channel = self.take(wanted, hold)
            if channel is not None:
                return channel
            waiter = self._enter(wanted, label, hold, wake)
        try:
            left, error = self._limit(deadline, label)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await event.wait()
                    error = None
            return self._outcome(waiter, error)
        except BaseException:  # cancelled, or the loop is closing
            self._leave(waiter)
            raise

    def offer(self, channel: Channel) -> None:
        """Hand a channel that nobody has to the first who can use it, else keep it; under the lock."""
        idle, anybody = (self._retired, False) if channel.worker.is_retired else (self._idle, True)
        if not self._waiters:
            idle.append(channel)
            return
        worker = channel.worker
        if not worker.is_up:
            return
        waiter = self._waiters.first(lambda each: (each.wanted is None and anybody) or each.wanted is worker)
        if waiter is None:
            idle.append(channel)
            return
        self.wait += _WEIGHT * (time.monotonic() - waiter.since - self.wait)
        waiter.channel = channel
        channel.lease(waiter.hold)
        try:
            waiter.wake()
        except RuntimeError:  # its event loop is closed
            waiter.channel = None
            self._waiters.discard(waiter)
            channel.give_back()
            self.offer(channel)
        else:
            self._waiters.serve(waiter)

    def mend(self, workers: Iterable[Worker]) -> None:
        """Finish what callers left undone who were interrupted while they took or gave back a channel; under the lock.

        Args:
            workers: Those of the pool.
        """
        for waiter in list(self._waiters.everyone()):
            if not waiter.hold.locked():  # nobody waits there any longer
                self._waiters.discard(waiter)
            elif waiter.channel is not None:
                self._waiters.discard(waiter)
                waiter.channel.lease(waiter.hold)
                with contextlib.suppress(RuntimeError):  # it was woken, and comes as soon as it gets the lock
                    waiter.wake()
        free = {*self._idle, *self._retired}
        for worker in workers:
            for channel in worker.channels:
                channel.end_if_left()
            worker.recount(sum(channel.is_busy for channel in worker.channels))
            for channel in worker.channels:
                if worker.is_up and not channel.is_busy and channel not in free:
                    self.offer(channel)

    def withdraw(self, worker: Worker) -> None:
        """Forget a worker's free channels; under the lock."""
        self._idle = [channel for channel in self._idle if channel.worker is not worker]
        self._retired = [channel for channel in self._retired if channel.worker is not worker]

    def review(self) -> None:
        """Refuse those who wait in vain from now on; under the lock."""
        for waiter in self._waiters.everyone():
            error = self._refusal(waiter.wanted, waiter.label)
            if error is not None:
                waiter.error = error
                self._waiters.discard(waiter)
                with contextlib.suppress(RuntimeError):
                    waiter.wake()

    def _enter(self, wanted: Worker | None, label: str, hold: Hold, wake: Callable[[], None]) -> _Waiter:
        error = self._refusal(wanted, label)
        if error is not None:
            raise error
        if self.waiting >= self._size:
            raise PoolSaturatedError(
                f"{label} was refused: {self.waiting} calls already wait for the workers of {self._name}; "
                "add workers, or call less at once"
            )
        waiter = _Waiter(wanted, label, hold, wake)
        self._waiters.add(waiter)
        return waiter

    def _limit(self, deadline: float | None, label: str) -> tuple[float | None, Exception | None]:
        # How long to wait, and what to say when that was too long.
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if self._patience is not None and (left is None or self._patience < left):
            return self._patience, PoolSaturatedError(
                f"no worker was free for {label} within {self._patience:g} s; "
                f"{self.waiting} calls wait for the workers of {self._name}"
            )
        return left, CallTimeoutError(f"no worker was free for {label} before its deadline", may_have_run=False)

    def _outcome(self, waiter: _Waiter, late: Exception | None) -> Channel:
        with self._lock:
            if waiter.channel is not None:  # perhaps at the last moment
                self._waiters.discard(waiter)  # already done, unless whoever woke it was interrupted
                return waiter.channel
            self._waiters.discard(waiter)
        raise waiter.error or late or AssertionError("woken without a reason")

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            self._waiters.discard(waiter)
            channel, waiter.channel = waiter.channel, None
            if channel is not None and channel.give_back():
                self.offer(channel)
