# One worker as the host sees it: a process, its channels, and where it is in its life.
#
#             report line               first lease
#   STARTING ─────────────▶ READY ◀──────────────▶ BUSY
#      │                      │   last give_back     │
#      │                      └───────┬──────────────┘
#      │                 drain, leave │           (any of them)
#      │                              ▼                │ the process ended and nobody asked for it
#      └──────────────────────▶   DRAINING             ▼
#          drain                      │ it ended     LOST
#                                     ▼
#                                  STOPPED
#
# Guarantees: when the process dies, callers that wait in its channels are woken at once, even if a forked child of the
# library still holds the sockets. Assumes: READY ⇄ BUSY happen on callers' threads, every other transition on the
# supervisor's, and each under the pool's lock. One that is retired serves those alone who
# need what lives in it.

from __future__ import annotations

import enum
import signal
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, WeakValueDictionary

from snakebridge.errors import DeathReport, StaleReferenceError, WorkerStartError
from snakebridge.runtime._aside import Aside
from snakebridge.runtime._channel import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.runtime._library import Library
    from snakebridge.runtime._life import Life
    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._process import Process
    from snakebridge.runtime._replay import History
    from snakebridge.runtime.links import Control, HostLink

__all__ = ["State", "Worker", "death_report"]


class State(enum.Enum):
    """Where a worker is in its life; see the drawing above."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    DRAINING = "draining"
    STOPPED = "stopped"
    LOST = "lost"


class Worker:
    """A supervised guest process."""

    def __init__(self, pool: Pool, name: str, process: Process, address: str, token: str) -> None:
        self.pool = pool
        self.name = name
        self.process = process
        self.state = State.STARTING
        self.report: DeathReport | None = None
        self.control: Control | None = None
        self.channels: tuple[Channel, ...] = ()
        self.aside: Aside | None = None
        self.adapters: set[str] = set()
        self.exported: Counter[int] = Counter()
        """Objects of the host that it holds, with how often each was sent; the pool's `exports` count."""
        self.ended_sessions: deque[int] = deque()
        self.histories: list[History] = []
        """Those of sessions that are to be replayed; every call may concern them."""
        self.dropped: deque[tuple[int, int]] = deque()
        """Objects over there that are no longer used here, with how often each was sent; any channel tells."""
        self.ended = threading.Event()
        self.kill_reason: str | None = None
        self.last_call: str | None = None
        self.since = time.monotonic()
        self.leaving: str | None = None
        """Why another one takes its place, when one does."""
        self.is_retired = False
        """Whether it takes only callers who need what lives in it; under the pool's lock."""
        self.lives: WeakSet[Life] = WeakSet()
        """Sessions that were here."""
        self.trouble: str | None = None
        """Why it has no control service, when it has none."""
        self.proxies: WeakValueDictionary[tuple[int, Library | None], Any] = WeakValueDictionary()
        self.proxies_lock = threading.Lock()
        self.place = f"worker {name}, pid {process.popen.pid}, {pool.interpreter.label}"
        self._leased = 0
        self._address = address, token

    def __repr__(self) -> str:
        return f"worker {self.name} (pid {self.process.popen.pid}, {self.state.value})"

    @property
    def gone(self) -> bool:
        """Whether its objects can no longer be reached."""
        return self.kill_reason is not None or self.state in {State.STOPPED, State.LOST, State.DRAINING}

    @property
    def is_stopping(self) -> bool:
        """Whether it ends, or has ended, because it was told to."""
        return self.state in {State.DRAINING, State.STOPPED}

    @property
    def ending(self) -> str:
        """How it ended, as far as that is known yet: the beginning of a sentence."""
        if self.report is not None:
            return str(self.report)
        return f"worker {self.name} was " + ("stopped" if self.kill_reason is None else f"ended: {self.kill_reason}")

    @property
    def calls(self) -> int:
        """How often a caller had one of its channels."""
        return sum(channel.leases for channel in self.channels)

    @property
    def is_needed(self) -> bool:
        """Whether a call, a session or a proxy would miss it."""
        return bool(self._leased or self.proxies) or any(life.ended is None for life in list(self.lives))

    # --- transitions ------------------------------------------------------------------------------------------------

    def become_ready(self, links: Sequence[HostLink]) -> None:
        """STARTING → READY: it reported, and this is how to reach it.

        Its main thread serves the first link, and the last one is the aside.
        """
        assert self.state is State.STARTING
        *lanes, aside = links
        self.channels = tuple(Channel(self, link, interruptible=place == 0) for place, link in enumerate(lanes))
        self.aside = Aside(self, aside)
        self.state = State.READY

    def begin(self) -> bool:
        """→ BUSY, under the pool's lock: a channel is leased; return whether the worker can take a call."""
        if self.kill_reason is not None or self.state not in {State.READY, State.BUSY}:
            return False
        self._leased += 1
        self.state = State.BUSY
        return True

    def finish(self) -> bool:
        """→ READY after the last channel came back, under the pool's lock; return whether it can take another call."""
        self._leased -= 1
        if self.kill_reason is not None or self.state is not State.BUSY:
            return False
        if not self._leased:
            self.state = State.READY
        return True

    def drain(self) -> None:
        """→ DRAINING: no more calls; the end of the links tells the guest to leave in order."""
        if self._move({State.STARTING, State.READY, State.BUSY}, State.DRAINING):
            for link in self._links():
                link.finish()

    def leave(self) -> bool:
        """→ DRAINING because another one has taken its place; return whether no call ran, so that it could."""
        with self.pool.lock:
            if self._leased or self.state not in {State.READY, State.BUSY}:
                return False
            self.state = State.DRAINING
            self.kill_reason = f"it was recycled {self.leaving}"
        for link in self._links():
            link.finish()
        return True

    def end(self, report: DeathReport) -> None:
        """→ STOPPED when it was draining, else LOST; wakes whoever waits for it."""
        self.report = report
        if not self._move({State.DRAINING}, State.STOPPED):
            self._move({State.STARTING, State.READY, State.BUSY}, State.LOST)
        if self.channels:
            for link in self._links():
                link.hang_up()
        else:
            self.process.close_lanes()
        if self.control is not None:
            self.control.close()
        self.ended.set()

    def _move(self, before: set[State], after: State) -> bool:
        # A caller leases it while the supervisor sees it end: whichever comes first, the other must notice.
        with self.pool.lock:
            moves = self.state in before
            if moves:
                self.state = after
            return moves

    def connect(self, timeout: float = 20.0) -> Control:
        """Return the connection to its control service, made and shaken hands on first use.

        Raises:
            WorkerStartError: It has none, or does not answer.
        """
        if self.control is None:
            if self.trouble is not None:
                raise WorkerStartError(f"worker {self.name} has no control service: {self.trouble}")
            from snakebridge.runtime.links import Control  # noqa: PLC0415 - importing grpc takes longer than a start

            control = Control(*self._address)
            control.hello(timeout)
            self.control = control
        return self.control

    def close_links(self) -> None:
        """Give the links' descriptors back; only once no caller can be in them."""
        for channel in self.channels:
            channel.link.close()

    def _links(self) -> list[HostLink]:
        asides = [] if self.aside is None else [self.aside.link]
        return [*(channel.link for channel in self.channels), *asides]

    @property
    def leased(self) -> int:
        """How many of its channels callers have."""
        return self._leased

    # --- its objects ------------------------------------------------------------------------------------------------

    def drop(self, number: int, count: int) -> None:
        """Note that a proxy is gone; told to the worker with the next frame. Never blocks."""
        self.dropped.append((number, count))

    @property
    def has_dropped(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.channels) and bool(self.dropped or self.ended_sessions)

    def lost_before(self, label: str) -> StaleReferenceError:
        """Return the error for a call that needs this worker, which is gone."""
        return StaleReferenceError(f"{label} needs an object that is gone: {self.ending}", report=self.report)

    def kill(self, reason: str) -> None:
        """End the process; the supervisor replaces it."""
        if self.kill_reason is None:
            self.kill_reason = reason
            if not self.ended.is_set():
                self.process.show_stacks()
        self.process.kill()


def death_report(worker: Worker, status: int, stderr: tuple[str, ...], stacks: str) -> DeathReport:
    """Return what is known about an end.

    Args:
        worker: Whose.
        status: As `subprocess` has it: the exit status, or minus the signal's number.
        stderr: Its last lines.
        stacks: What `faulthandler` wrote.
    """
    return DeathReport(
        worker=worker.name,
        pid=worker.process.popen.pid,
        exit_code=status if status >= 0 else None,
        signal=_signal_name(-status) if status < 0 else None,
        reason=worker.kill_reason,
        last_call=worker.last_call,
        stderr=stderr,
        stacks=stacks,
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
