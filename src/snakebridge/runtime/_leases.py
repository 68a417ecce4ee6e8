# Leases: who has which channel. First come, first served among those whom a free channel can serve.
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
# wait on a lock of their own; tasks wait as tasks, so thousands of them need no thread. Assumes: methods marked so run
# under the pool's lock.

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from snakebridge.errors import CallTimeoutError, PoolSaturatedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._channel import Channel
    from snakebridge.runtime._worker import Worker

__all__ = ["Leases"]


class _Waiter:
    """Somebody who waits for a channel."""

    __slots__ = ("channel", "error", "label", "wake", "wanted")

    def __init__(self, wanted: Worker | None, label: str, wake: Callable[[], None]) -> None:
        self.wanted = wanted
        self.label = label
        self.wake = wake
        """Called once, under the lock, from any thread; raises RuntimeError when nobody can be woken any more."""
        self.channel: Channel | None = None
        self.error: BaseException | None = None


class Leases:
    """The free channels of a pool, and those who wait for one.

    Args:
        lock: The pool's.
        name: Of the pool, for messages.
        size: Callers that may wait; more are refused.
        patience: Seconds a caller waits; `None`: no limit.
        refusal: Says, under the lock, why somebody waits in vain for a worker, or for any; `None`: he does not.
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
        self._waiters: deque[_Waiter] = deque()

    def take(self, wanted: Worker | None) -> Channel | None:
        """Lease a free channel, of a certain worker or of any; under the lock."""
        idle = self._idle
        if wanted is None:
            while idle:
                channel = idle.pop()
                if channel.lease():
                    return channel
            return None
        place = len(idle)
        while place:
            place -= 1
            channel = idle[place]
            if channel.worker is wanted:
                del idle[place]
                if channel.lease():
                    return channel
        return None

    def lease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it on this thread.

        Raises:
            CallTimeoutError: The deadline passed.
            PoolSaturatedError: Too many wait already, or it took too long.
            SnakebridgeError: What `refusal` says.
        """
        gate = threading.Lock()
        gate.acquire()  # a lock is the cheapest thing to wait on, and may be released by another thread
        with self._lock:
            channel = self.take(wanted)
            if channel is not None:
                return channel
            waiter = self._enter(wanted, label, gate.release)
        try:
            left, error = self._limit(deadline, label)
            if gate.acquire(timeout=-1 if left is None else left):
                error = None
            return self._outcome(waiter, error)
        except BaseException:  # Ctrl-C included: nobody may keep what he does not know he has
            self._leave(waiter)
            raise

    async def alease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it as a task. Raises like `lease`."""
        loop = asyncio.get_running_loop()
        event = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(event.set)

        with self._lock:
            channel = self.take(wanted)
            if channel is not None:
                return channel
            waiter = self._enter(wanted, label, wake)
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
        if not self._waiters:
            self._idle.append(channel)
            return
        for waiter in self._waiters:
            if waiter.wanted is None or waiter.wanted is channel.worker:
                if not channel.lease():
                    return
                self._waiters.remove(waiter)
                waiter.channel = channel
                try:
                    waiter.wake()
                except RuntimeError:  # his event loop is closed
                    channel.give_back()
                    self.offer(channel)
                return
        self._idle.append(channel)

    def withdraw(self, worker: Worker) -> None:
        """Forget a worker's free channels; under the lock."""
        self._idle = [channel for channel in self._idle if channel.worker is not worker]

    def review(self) -> None:
        """Refuse those who wait in vain from now on; under the lock."""
        for waiter in list(self._waiters):
            error = self._refusal(waiter.wanted, waiter.label)
            if error is not None:
                waiter.error = error
                self._waiters.remove(waiter)
                with contextlib.suppress(RuntimeError):
                    waiter.wake()

    def _enter(self, wanted: Worker | None, label: str, wake: Callable[[], None]) -> _Waiter:
        error = self._refusal(wanted, label)
        if error is not None:
            raise error
        if len(self._waiters) >= self._size:
            raise PoolSaturatedError(
                f"{label} was refused: {len(self._waiters)} calls already wait for the workers of {self._name}; "
                "add workers, or call less at once"
            )
        waiter = _Waiter(wanted, label, wake)
        self._waiters.append(waiter)
        return waiter

    def _limit(self, deadline: float | None, label: str) -> tuple[float | None, Exception | None]:
        # How long to wait, and what to say when that was too long.
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if self._patience is not None and (left is None or self._patience < left):
            return self._patience, PoolSaturatedError(
                f"no worker was free for {label} within {self._patience:g} s; "
                f"{len(self._waiters)} calls wait for the workers of {self._name}"
            )
        return left, CallTimeoutError(f"no worker was free for {label} before its deadline", may_have_run=False)

    def _outcome(self, waiter: _Waiter, late: Exception | None) -> Channel:
        with self._lock:
            if waiter.channel is not None:  # perhaps at the last moment
                channel, waiter.channel = waiter.channel, None
                return channel
            if waiter in self._waiters:
                self._waiters.remove(waiter)
        raise waiter.error or late or AssertionError("woken without a reason")

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            channel, waiter.channel = waiter.channel, None
            if channel is not None and channel.give_back():
                self.offer(channel)
