# Seats: where a session sits in one pool, and how its calls get a channel.
#
#   a call's reference ties it to a worker ──▶ that one, whoever it is
#   else the session has a worker          ──▶ queue: wait for it │ fail_fast: it or an error │ hint: it, else any
#   else                                   ──▶ any; it becomes the session's
#
# Guarantees: a session has one worker in a pool, even if several threads make its first call at once: who leased
# another one gives it back. Assumes: under "hint" calls may run anywhere, so nothing of such a session can be lost.

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Literal

from snakebridge.errors import PoolSaturatedError, StaleReferenceError
from snakebridge.runtime._calls.holding import FOR_GOOD

if TYPE_CHECKING:
    from snakebridge.runtime._calls.asking import Asking
    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._calls.holding import Hold
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._sessions.replay import History
    from snakebridge.runtime._sessions.session import Session
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["PINNINGS", "Pinning", "Seat"]

Pinning = Literal["queue", "fail_fast", "hint"]
PINNINGS = ("queue", "fail_fast", "hint")


class Seat:
    """A session's place in a pool.

    Args:
        pool: Where.
        life: Whose.
        pinning: How strictly calls keep to the worker.
        history: Records the calls, when the session is to be replayed.
    """

    def __init__(self, pool: Asking, life: Life, pinning: Pinning, history: History | None) -> None:
        self.pool = pool
        self.home: Worker | None = None
        self.history = history
        self.recovering = False
        """Whether its state is being built again; only whoever does that may call meanwhile."""
        self._life = life
        self._pinning = pinning
        self._lock = threading.Lock()

    @property
    def is_lost(self) -> bool:
        """Whether what it had is gone with its worker."""
        home = self.home
        return home is not None and home.gone and self._pinning != "hint"

    def leave(self) -> Worker:
        """Give up the worker; return which."""
        home, self.home = self.home, None
        assert home is not None
        return home

    def life_on(self, worker: Worker) -> Life | None:
        """Return the session's life if calls on a worker belong to it; elsewhere they are outside any session."""
        return self._life if worker is self.home or self._pinning == "hint" else None

    def lease(
        self,
        session: Session,
        held: Channel | None,
        tie: Worker | None,
        deadline: float | None,
        label: str,
        hold: Hold,
    ) -> Channel:
        """Lease a channel for a call, or take the one this thread holds.

        Raises:
            PoolSaturatedError: The worker is busy, and the session does not wait.
            SessionLostError: The worker died while the call waited for it.
            SnakebridgeError: As `Pool.lease`.
        """
        home = self.home
        if home is not None and held is None and (tie is None or tie is home):
            channel = self.pool.free(home, hold)  # as ever
            if channel is not None:
                return channel
        while True:
            channel = self._at_once(held, tie, label, hold)
            try:
                channel = channel or self.pool.lease(self._awaited(tie), deadline, label, hold)
            except StaleReferenceError:
                if tie is not None or not self.is_lost:
                    raise
                session.recover(self)
                continue
            if self._settles(channel, tie):
                return channel
            if channel is not held:
                self.pool.give_back(channel)

    async def alease(self, session: Session, tie: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it as a task. Raises like `lease`."""
        while True:
            channel = self._at_once(None, tie, label, FOR_GOOD)
            try:
                channel = channel or await self.pool.alease(self._awaited(tie), deadline, label, FOR_GOOD)
            except StaleReferenceError:
                if tie is not None or not self.is_lost:
                    raise
                await asyncio.to_thread(session.recover, self)
                continue
            if self._settles(channel, tie):
                return channel
            self.pool.give_back(channel)

    def _at_once(self, held: Channel | None, tie: Worker | None, label: str, hold: Hold) -> Channel | None:
        hint = self._pinning == "hint"
        home = self.home
        if held is not None and held.worker is (tie or (None if hint else home) or held.worker):
            return held
        if hint and tie is None:
            preferred = None if home is None or home.gone else self.pool.free(home, hold)
            return preferred or self.pool.free(None, hold)
        wanted = tie or home
        channel = self.pool.free(wanted, hold)
        if channel is None and self._pinning == "fail_fast" and (wanted is None or not wanted.gone):
            which = "every worker" if wanted is None else "the worker it needs"
            if wanted is not None or self.pool.has_workers:
                raise PoolSaturatedError(
                    f"{label} was refused: {which} is busy, and {self._life} is pinned with fail_fast; "
                    'try again, or open it with pinning="queue"'
                )
        return channel

    def _awaited(self, tie: Worker | None) -> Worker | None:
        return tie or (None if self._pinning == "hint" else self.home)

    def _settles(self, channel: Channel, tie: Worker | None) -> bool:
        # Whether the call may run there; the first one decides where the session sits.
        worker = channel.worker
        with self._lock:
            home = self.home
            if home is None or (home.gone and self._pinning == "hint"):
                self.home = worker
                first = home is None
            else:
                return worker is home or tie is worker or self._pinning == "hint"
        if first:
            self._life.watch(self.pool)
            if self.history is not None:
                self.history.follow(worker)
        return True

    def replay(self) -> None:
        """Make everything again on another worker, which becomes the session's.

        Raises:
            UnrepeatableError: That is not possible.
            WorkerLostError: That worker died as well.
        """
        assert self.history is not None
        hold = threading.Lock()
        with hold:
            channel = self.pool.lease(None, None, f"the replay of {self._life}", hold)
            try:
                self.home = channel.worker
                self.pool.prepare(channel, [])
                self._life.visit(channel, self.pool.deadline())
                self.history.replay(channel, self.pool.deadline)
            finally:
                self.pool.give_back(channel)
