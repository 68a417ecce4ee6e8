# A pool: workers of one environment, and the calls that run on them.
#
#   call ─▶ encode (notes where its references live) ─▶ lease a channel ─▶ exchange ─▶ give back
#                                                        │ the references' worker's, else the session's, else any
#
# Guarantees: one lock, held for moments only.

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

from snakebridge import environments
from snakebridge.errors import PoolClosedError, WorkerStartError
from snakebridge.registry import Entry
from snakebridge.runtime._calls.requests import Requests
from snakebridge.runtime._objects.views import makes
from snakebridge.runtime._pool.admission import Admission
from snakebridge.runtime._pool.breaker import BreakerState, Guard
from snakebridge.runtime._pool.changes import Changes
from snakebridge.runtime._pool.folder import PrivateFolder
from snakebridge.runtime._pool.leases import Leases
from snakebridge.runtime._pool.poison import Poison
from snakebridge.runtime._pool.supervisor import Supervisor
from snakebridge.runtime._workers.resources import Resources, has_threads
from snakebridge.runtime._workers.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._calls.holding import Hold
    from snakebridge.runtime._pool.recycling import Recycle
    from snakebridge.runtime._pool.stats import PoolStats
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["LinkName", "Pool", "ProfileName", "StartName"]

LinkName = Literal["lane", "grpc"]
ProfileName = Literal["process", "thread", "auto"]
StartName = Literal["spawn", "zygote"]


class Pool(Requests):
    """Supervised workers of one environment.

    Args:
        interpreter: The target.
        name: Shown in errors and logs.
        workers: How many processes; a pair: how many at least and at most, by how long callers wait.
        profile: Whether each runs one call at a time or several; `"auto"`: several where its interpreter has no GIL.
        lanes: How many calls each runs at once when it runs several.
        dynamic: Whether workers may run what no adapter names.
        link: How frames travel.
        timeout: Seconds a call may take, queueing included; `None`: no limit.
        queue_size: Callers that may wait for a worker; more are refused.
        queue_timeout: Seconds a caller waits for a worker; `None`: no limit.
        environment: Variables to add to the workers' environment.
        max_references: Objects of a worker that may be referred to; more are refused. `None`: no limit.
        trace_references: Whether to note where each reference was made.
        recycle: When workers are replaced although nothing is wrong with them; `None`: only by hand.
        resources: What of the machine a worker may use.
        warm_up: Modules to import, and functions to call (`module:name`), in each worker before it is ready.
        start: Whether each worker is forked from a zygote, a process that has its libraries imported already.
        preload: What a zygote imports.
        start_timeout: Seconds from a worker's start until it is ready.
        guard: What it does about workers that die again and again.
        report: Told what takes long (building the overlay).
    """

    def __init__(
        self,
        interpreter: environments.Interpreter,
        *,
        name: str = "pool",
        workers: int | tuple[int, int] = 1,
        profile: ProfileName = "process",
        lanes: int = 4,
        dynamic: bool = False,
        link: LinkName = "lane",
        timeout: float | None = None,
        queue_size: int = 1000,
        queue_timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
        max_references: int | None = None,
        trace_references: bool = False,
        recycle: Recycle | None = None,
        resources: Resources | None = None,
        warm_up: Sequence[str] = (),
        start: StartName = "spawn",
        preload: Sequence[str] = (),
        start_timeout: float = 60.0,
        guard: Guard | None = None,
        report: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(timeout, trace_references=trace_references)
        self.interpreter = interpreter
        self.values = makes(interpreter.distributions)
        self.name = name
        self.dynamic = dynamic
        self.link = link
        self.profile = profile
        self.lanes = lanes if has_threads(profile, interpreter) else 1
        self.max_references = max_references
        self.environment = dict(environment or {})
        self.resources = resources or Resources()
        self.warm_up = tuple(warm_up)
        self.start: StartName = start
        self.preload = tuple(preload)
        """What a zygote imports, in order."""
        self.start_timeout = start_timeout
        self.workers: list[Worker] = []
        least, most = (workers, workers) if isinstance(workers, int) else workers
        self._least, self._size = least, most
        self._scales = least < most
        self.lock = threading.Lock()
        """Held for moments, while channels change hands or workers states."""
        self._changed = Changes(self.lock)
        self.guard = guard or Guard()
        self.poison = Poison(self.guard.poison)
        self.admission = Admission(self, self.guard)
        refusal = self.admission.refusal
        self._leases = Leases(self.lock, name=str(self), size=queue_size, patience=queue_timeout, refusal=refusal)
        self._limit = None if recycle is None else recycle.after_calls
        overlay = environments.overlay(interpreter, report=report)
        if link == "grpc" and overlay.folder is None and not (interpreter.has_grpc and interpreter.has_protobuf):
            raise WorkerStartError(
                f"{interpreter.executable} has no grpcio and no overlay could be built ({overlay.reason}); "
                'use link="lane", which needs nothing'
            )
        self._folder = PrivateFolder()
        self.entry = Entry(name, str(interpreter.executable), self._folder.path)
        self._supervisor = Supervisor(self, self._folder.path, overlay.folder, recycle)
        self._supervisor.want(least, most)

    def __repr__(self) -> str:
        return f"pool {self.name} ({self.interpreter.label})"

    # --- life -------------------------------------------------------------------------------------------------------

    def wait_ready(self, workers: int | None = 1, timeout: float | None = None) -> bool:
        """Wait until so many workers are ready, `None`: as many as there always are; return whether they were in time.

        Raises:
            WorkerStartError: None could be started.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._is_ready(workers), timeout)

    async def await_ready(self, workers: int | None = 1) -> None:
        """Wait like `wait_ready`, as a task."""
        await self._changed.await_for(lambda: self._is_ready(workers))

    def _is_ready(self, workers: int | None) -> bool:
        if self.closed:
            raise PoolClosedError(f"{self} was closed while it started")
        ready = sum(worker.is_up for worker in self.workers)
        state = self.admission.breaker.state(time.monotonic())
        if not ready and self.admission.failure is not None and state is BreakerState.OPEN:
            raise WorkerStartError(self.admission.failure)
        if state is BreakerState.CLOSED or self.admission.breaker.doubts_starts:
            return ready >= (self._least if workers is None else min(workers, self._size))
        return state is BreakerState.HALF_OPEN and ready > 0  # more come when a call has ended well

    def close(self) -> None:
        """Stop every worker; calls in flight fail with `PoolClosedError`. A second time does nothing."""
        with self._changed:
            if self.closed:
                return
            self.closed = True
            self._review()
        self._supervisor.stop()
        for worker in self.workers:
            worker.close_links()
        self.entry.close()
        self._folder.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False)  # its calls have ended; this may be one of them

    def resize(self, workers: int | tuple[int, int]) -> None:
        """Have another number of workers; those that are too many leave when nobody needs them."""
        least, most = (workers, workers) if isinstance(workers, int) else workers
        self._least, self._size, self._scales = least, most, least < most
        self._supervisor.want(least, most)

    def waits(self) -> float:
        """Return for how many seconds somebody has waited for any worker; 0 when nobody does."""
        with self.lock:
            return self._leases.waits()

    def preload_also(self, module: str) -> None:
        """Have a zygote import one more module, for the workers that are started from now on."""
        if module not in self.preload:
            self.preload = (*self.preload, module)
            self._supervisor.wake()

    def recycle(self) -> None:
        """Replace every worker that there is now, one after the other."""
        self._supervisor.recycle()

    def drain(self, timeout: float | None = None) -> bool:
        """Take no more calls, and wait for those that run or wait; return whether they ended in time."""
        with self._changed:
            self.admission.drains = self.admission.is_narrow = True
            self._review()
            return self._changed.wait_for(lambda: self.closed or not self._is_used, timeout)

    @property
    def _is_used(self) -> bool:
        return bool(self._leases.waiting) or any(worker.leased for worker in self.workers)

    def stats(self) -> PoolStats:
        """Return what the pool does and has done."""
        with self.lock:
            numbers = {
                "waiting": self._leases.waiting,
                "wait": self._leases.wait,
                "breaker": self.admission.breaker.state(time.monotonic()).value,
                "refused": self.admission.refused,
            }
        return self._supervisor.stats(**numbers, poisonous=self.poison.refused)

    def retire(self, worker: Worker) -> None:
        """Give a worker to nobody who does not need what lives in it (from the supervisor)."""
        with self.lock:
            self._leases.retire(worker)

    def worker_left(self, worker: Worker) -> None:
        """Tell those who wait for a worker that it is leaving (from the supervisor)."""
        with self._changed:
            self._leases.withdraw(worker)
            self._review()

    def worker_ready(self, worker: Worker) -> None:
        """Take a started worker in (from the supervisor)."""
        with self._changed:
            self.workers.append(worker)
            news = self.admission.got_ready()
            for channel in worker.channels:
                self._leases.offer(channel)
            self._changed.notify_all()
        self._announce(news)

    def worker_ended(self, worker: Worker, was: State, *, had_calls: bool) -> None:
        """Forget an ended worker (from the supervisor).

        Args:
            worker: Which.
            was: Where it was in its life.
            had_calls: Whether calls were running.
        """
        report, news = worker.report, None
        with self._changed:
            self._leases.withdraw(worker)
            self._forget(worker)
            if was is State.STARTING:
                failure = f"no worker starts on {self.interpreter.executable}: {report}"
                news = self.admission.did_not_start(failure, report)
            elif was is not State.DRAINING and had_calls and report is not None and report.reason is None:
                news = self.admission.died(report)
            self._review()
        self._announce(news)
        self.exports.release_all(worker.exported)

    def start_failed(self, failure: str) -> None:
        """Note that no process can be started (from the supervisor)."""
        with self._changed:
            news = self.admission.did_not_start(failure, None)
            self._review()
        self._announce(news)

    def reopen(self) -> None:
        """Take calls again, whatever happened to workers before."""
        with self._changed:
            news = self.admission.reset()
            self._changed.notify_all()
        self._announce(news)

    def forgive(self, label: str | None = None) -> int:
        """Let calls be made again that were refused because they crashed workers; return how many those were.

        Args:
            label: The address or name of those calls; `None`: all, and the pool takes calls again if it took none.
        """
        if label is None:
            self.reopen()
        return self.poison.forgive(label)

    def _announce(self, news: str | None) -> None:
        # Without the lock: what the program does with a record is its own business.
        if news is not None:
            self._supervisor.say(news)

    def lost(self, what: str) -> Exception | None:  # noqa: ARG002 - as a forked copy's
        """Return why a call has no outcome in this process; `None`: its worker died."""
        return None

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something on the supervisor's thread in a while."""
        self._supervisor.later(seconds, action)

    def flush(self, worker: Worker) -> None:
        """Tell an idle worker which proxies and sessions are gone; a busy one is told before its next call."""
        with (hold := threading.Lock()):
            with self.lock:
                channel = self._leases.take(worker, hold)
            if channel is not None:
                channel.flush()
                self.give_back(channel, after_call=False)

    def mend(self) -> None:
        """Finish what callers left undone who were interrupted in the middle (from the supervisor)."""
        with self._changed:
            self._leases.mend(self.workers)
            for worker in [each for each in self.workers if each.ended.is_set()]:
                self._forget(worker)
            self._changed.notify_all()

    # --- leases -----------------------------------------------------------------------------------------------------

    def lease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel of a certain worker, or of any; wait for it on this thread."""
        channel = self.free(wanted, hold)
        if channel is None:
            self._must_wait(wanted, label)
            channel = self._leases.lease(wanted, deadline, label, hold)
        return channel

    def free(self, wanted: Worker | None, hold: Hold) -> Channel | None:
        """Lease a free channel of a certain worker, or of any; `None` when there is none now."""
        with self.lock:
            if self.closed or (self.admission.is_narrow and self.admission.turns_away(wanted)):
                return None
            return self._leases.take(wanted, hold)

    @property
    def breadth(self) -> int:
        """How many calls its workers run at once."""
        return self._size * self.lanes

    @property
    def has_workers(self) -> bool:
        """Whether a worker is ready or busy."""
        return bool(self.workers)

    @property
    def waiting(self) -> int:
        """How many callers wait for a worker."""
        return self._leases.waiting

    def _must_wait(self, wanted: Worker | None, label: str) -> None:
        with self.lock:
            error = None if self.closed else self.admission.at_door(wanted, label)
            if error is not None:
                raise error
            if self._scales:
                self._supervisor.look_soon()

    async def alease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel; wait for it as a task."""
        self._must_wait(wanted, label)
        return await self._leases.alease(wanted, deadline, label, hold)

    def _review(self) -> None:
        self._leases.review()
        self._changed.notify_all()

    def give_back(self, channel: Channel, *, after_call: bool = True) -> None:
        """End a lease.

        Args:
            channel: What was leased.
            after_call: Whether a call was made over it, so that its end says something about the pool.
        """
        channel.worker.catch_up()
        news = None
        with self.lock:
            if channel.give_back():
                if after_call and self.admission.breaker.is_worried:
                    news = self.admission.succeeded()
                self._leases.offer(channel)
                if self._limit is not None or self.admission.drains:
                    self._note_end(channel.worker)
            elif channel.worker.ended.is_set() and not self.closed:
                self._forget(channel.worker)
        if news is not None:
            self._announce(news)

    def _note_end(self, worker: Worker) -> None:
        if self.admission.drains:
            self._changed.notify_all()
        if self._limit is not None and worker.leaving is None and worker.calls >= self._limit:
            self._supervisor.look(worker)

    def _forget(self, worker: Worker) -> None:
        # It ended; its descriptors are given back once nobody can be in its links any more.
        if worker in self.workers and not worker.leased:
            worker.close_links()
            self.workers.remove(worker)
