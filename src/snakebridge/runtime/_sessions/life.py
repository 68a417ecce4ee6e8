# The life of a session: what outlives its `Session` object, so that a session whose owner is gone can still be ended.
#
#   open ──close, last leave──▶ ended "has ended"
#     ├────not used for `ttl` seconds──▶ ended "has expired: …"
#     └────its thread or task ended, or nobody holds it──▶ ended "…"
#
# Guarantees: `end` and `abandon` take no lock and never block: they run in finalizers and in ending threads. Whoever
# adds a worker while it ends, ends it there too. References hold a life and no session, so they keep no session open.

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from typing import TYPE_CHECKING, Any
from weakref import ref

from snakebridge.runtime._calls.request import Request
from snakebridge.runtime._objects.tools import Toolbox
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.runtime._calls.asking import Asking
    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.references import Reference
    from snakebridge.runtime._sessions.session import Session
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Life"]

_numbers = itertools.count(1)
_SOONEST = 0.01  # seconds: a timer never asks more often


class Life:
    """A session as workers and references know it.

    Args:
        ttl: Seconds without a call after which it expires; `None`: never.
        metadata: What adapters may read.
        max_references: Objects it may have in a worker; `None`: as many as the worker.

    Raises:
        TypeError: The metadata hold what is no value.
    """

    def __init__(
        self,
        *,
        ttl: float | None = None,
        metadata: Mapping[str, object] | None = None,
        max_references: int | None = None,
    ) -> None:
        self.number = next(_numbers)
        self.ended: str | None = None
        """Why it is over, to be read after "the session"; `None` while it is open."""
        self.tools = Toolbox()
        self.workers: list[Worker] = []
        """Those that know of it."""
        self.owner: ref[Session] | None = None
        self.ttl = ttl
        """Seconds without a call after which it expires."""
        self._opening: tuple[Any, ...] | None = None
        if metadata or max_references is not None:
            body = Codec(_no_value, _nothing_arrives).dumps(dict(metadata or {}))
            self._opening = body, max_references
        self._running = 0
        self._used = time.monotonic()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"session {self.number}"

    # --- where it is ------------------------------------------------------------------------------------------------

    def visit(self, channel: Channel, deadline: float | None) -> None:
        """Make a worker know of it, before its first call there."""
        worker = channel.worker
        if self._opening is not None:
            channel.exchange(Request(frames.SESSION, self._opening, f"opening {self}"), self, deadline)
        self.workers.append(worker)
        worker.lives.add(self)
        if self.ended is not None:  # meanwhile: whoever ended it did not see this worker
            worker.ended_sessions.append(self.number)

    def forget(self, worker: Worker) -> None:
        """Leave a worker, which frees what it had there."""
        with contextlib.suppress(ValueError):
            self.workers.remove(worker)
            worker.ended_sessions.append(self.number)

    def end(self, why: str) -> list[Worker]:
        """Be over, and return the workers that are to be told."""
        if self.ended is not None:
            return []
        self.ended = why
        workers, self.workers = self.workers, []
        return workers

    def abandon(self, why: str) -> None:
        """Be over, and let its workers know with their next call, or when they are idle. Never blocks."""
        for worker in self.end(why):
            worker.ended_sessions.append(self.number)

    def revive(self, reference: Reference) -> bool:
        """Bring a reference of a dead worker to life again; return whether that was possible.

        Raises:
            SessionLostError: Its session should have been replayed, and cannot be.
        """
        session = None if self.owner is None else self.owner()
        if session is None or not session.replays:
            return False
        session.seat(reference.worker.pool)
        return not reference.worker.gone

    # --- how long it lives ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Note that a call is made; only of one that may expire."""
        with self._lock:
            self._running += 1

    def finish(self) -> None:
        """Note that a call is over."""
        with self._lock:
            self._running -= 1
            self._used = time.monotonic()

    def watch(self, pool: Asking) -> None:
        """End it in time even if nobody calls."""
        if self.ttl is not None:
            _check_later(pool, ref(self), self.ttl)

    def expire_if_late(self) -> float | None:
        """Expire when it is time; return the seconds that are left, or `None` when it is over or never expires."""
        if self.ended is not None or self.ttl is None:
            return None
        with self._lock:
            left = self.ttl if self._running else self.ttl - (time.monotonic() - self._used)
        if left > 0:
            return left
        self.abandon(f"has expired: it was not used for {self.ttl:g} s")
        return None


def _check_later(pool: Asking, life: ref[Life], seconds: float) -> None:
    # The timer holds the life weakly: who drops a session frees it before its time.
    def check() -> None:
        found = life()
        left = None if found is None else found.expire_if_late()
        if left is not None:
            _check_later(pool, life, left)

    pool.later(max(seconds, _SOONEST), check)


def _no_value(value: object) -> tuple[int, Any]:
    raise TypeError(f"the metadata of a session must be values; this {type(value).__name__} is none")


def _nothing_arrives(code: int, payload: Any) -> Any:
    raise LookupError(f"an unexpected extension {code}: {payload!r}")
