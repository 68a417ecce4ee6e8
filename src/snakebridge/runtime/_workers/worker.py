# One worker as the host sees it: a process, its channels, and where it is in its life (drawn in `_workers/states.py`).
#
# Guarantees: when the process dies, callers that wait in its channels are woken at once, even if a forked child of the
# library still holds the sockets. Assumes: `begin` and `finish` happen on callers' threads, every other transition on
# the supervisor's, and each under the pool's lock. One that is retired serves those alone who need what lives in it.

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, WeakValueDictionary

from snakebridge.errors import StaleReferenceError, WorkerStartError
from snakebridge.runtime._calls.aside import Aside
from snakebridge.runtime._calls.channel import Channel
from snakebridge.runtime._objects.exports import Holder
from snakebridge.runtime._workers.states import Stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.errors import DeathReport
    from snakebridge.registry import Mark
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._sessions.replay import History
    from snakebridge.runtime._workers.output import Output
    from snakebridge.runtime._workers.process import Process
    from snakebridge.runtime._workers.states import State
    from snakebridge.runtime._workers.vitals import Vitals
    from snakebridge.runtime.links import Control, HostLink

__all__ = ["Worker"]


class Worker(Stages):
    """A supervised guest process."""

    def __init__(self, pool: Pool, name: str, process: Process, address: str, token: str, mark: Mark) -> None:
        super().__init__()
        self.pool = pool
        self.name = name
        self.process = process
        self.mark = mark
        """What it and all that it starts carries."""
        self.vitals: Vitals | None = None
        """What the supervisor sees of it."""
        self.output: Output | None = None
        """What it says."""
        self.report: DeathReport | None = None
        self.control: Control | None = None
        self.channels: tuple[Channel, ...] = ()
        self.aside: Aside | None = None
        self.adapters: set[str] = set()
        self.exported = Holder()
        """Objects of the host that it holds, with how often each was sent; the pool's `exports` count."""
        self.ended_sessions: deque[int] = deque()
        self.histories: list[History] = []
        """Those of sessions that are to be replayed; every call may concern them."""
        self.dropped: deque[tuple[int, int]] = deque()
        """Objects over there that are no longer used here, with how often each was sent; any channel tells."""
        self.ended = threading.Event()
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
        self._address = address, token

    def __repr__(self) -> str:
        return f"worker {self.name} (pid {self.process.popen.pid}, {self.state.value})"

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
        return bool(self.leased or self.proxies) or any(life.ended is None for life in list(self.lives))

    # --- transitions, with what goes with them ----------------------------------------------------------------------

    def become_ready(self, links: Sequence[HostLink]) -> None:
        """Make a channel of each link: it reported, and this is how to reach it.

        Its main thread serves the first link, and the last one is the aside.
        """
        *lanes, aside = links
        self.channels = tuple(Channel(self, link, interruptible=place == 0) for place, link in enumerate(lanes))
        self.aside = Aside(self, aside)
        with self.pool.lock:
            self.ready()

    def drain(self) -> None:
        """Tell it to leave in order: the end of the links does."""
        with self.pool.lock:
            is_new = self.drained()
        if is_new:
            self._finish_links()

    def leave(self) -> bool:
        """Tell it to leave because another one has taken its place; return whether no call ran, so that it could."""
        with self.pool.lock:
            leaves = self.left(f"it was recycled {self.leaving}")
        if leaves:
            self._finish_links()
        return leaves

    def end(self, report: DeathReport) -> State:
        """Wake whoever waits for it: its process is gone; return where it was in its life."""
        self.report = report
        with self.pool.lock:
            was = self.ended_as()
        if self.channels:
            for link in self._links():
                link.hang_up()
        else:
            self.process.close_lanes()
        if self.control is not None:
            self.control.close()
        self.ended.set()
        return was

    def kill(self, reason: str, *, show: bool = True) -> None:
        """End the process; the supervisor replaces it.

        Args:
            reason: Why, for the death report.
            show: Whether it can still write where its threads are.
        """
        if self.condemn(reason) and show and not self.ended.is_set():
            self.process.show_stacks()
        self.process.kill()

    def _finish_links(self) -> None:
        for link in self._links():
            link.finish()

    def connect(self, timeout: float = 20.0) -> Control:
        """Return the connection to its control service, made and shaken hands on first use.

        Raises:
            WorkerStartError: It has none, or does not answer.
        """
        if self.control is None:
            if self.trouble is not None:
                raise WorkerStartError(f"worker {self.name} has no control service: {self.trouble}")
            from snakebridge.runtime.links import Control  # noqa: PLC0415 - importing grpc takes longer than a start

            Control.check_listener(self._address[0], self.process.popen.pid)
            control = Control(*self._address, self.pool.resources.message_size)
            control.hello(timeout)
            self.control = control
        return self.control

    def catch_up(self) -> None:
        """Take what it has printed and logged as said by the calls that run."""
        if self.output is not None:
            self.output.catch_up()

    def close_links(self) -> None:
        """Give the links' descriptors back; only once no caller can be in them."""
        for channel in self.channels:
            channel.link.close()

    def _links(self) -> list[HostLink]:
        asides = [] if self.aside is None else [self.aside.link]
        return [*(channel.link for channel in self.channels), *asides]

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
