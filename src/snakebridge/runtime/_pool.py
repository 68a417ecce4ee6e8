# A pool: workers of one environment, and the calls that run on them.
#
#   call ─▶ encode (notes where its references live) ─▶ lease a channel ─▶ exchange ─▶ give back
#                                                        │ the references' worker's, else the session's, else any
#
# Guarantees: one lock, held for moments only.

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

from snakebridge import environments
from snakebridge.errors import PoolClosedError, WorkerStartError
from snakebridge.runtime._context import current
from snakebridge.runtime._folder import PrivateFolder
from snakebridge.runtime._leases import Leases
from snakebridge.runtime._requests import Requests
from snakebridge.runtime._resources import Resources
from snakebridge.runtime._supervisor import Supervisor
from snakebridge.runtime._views import makes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._channel import Channel
    from snakebridge.runtime._recycling import Recycle
    from snakebridge.runtime._stats import PoolStats
    from snakebridge.runtime._worker import Worker

__all__ = ["LinkName", "Pool", "ProfileName"]

LinkName = Literal["lane", "grpc"]
ProfileName = Literal["process", "thread"]

_MOST_TALKERS = 10_000


class Pool(Requests):
    """Supervised workers of one environment.

    Args:
        interpreter: The target.
        name: Shown in errors and logs.
        workers: How many processes; a pair: how many at least and at most, by how long callers wait.
        lanes: How many calls each runs at once: 1 is the process profile, more the thread profile.
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
        report: Told what takes long (building the overlay).
    """

    def __init__(
        self,
        interpreter: environments.Interpreter,
        *,
        name: str = "pool",
        workers: int | tuple[int, int] = 1,
        lanes: int = 1,
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
        report: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(timeout, trace_references=trace_references)
        self.interpreter = interpreter
        self.values = makes(interpreter.distributions)
        self.name = name
        self.dynamic = dynamic
        self.link = link
        self.lanes = lanes
        self.max_references = max_references
        self.environment = dict(environment or {})
        self.resources = resources or Resources()
        self.workers: list[Worker] = []
        least, most = (workers, workers) if isinstance(workers, int) else workers
        self._size = most
        self._scales = least < most
        self.lock = threading.Lock()
        """Held for moments, while channels change hands or workers states."""
        self._changed = threading.Condition(self.lock)
        self._leases = Leases(self.lock, name=str(self), size=queue_size, patience=queue_timeout, refusal=self._refusal)
        self._failure: WorkerStartError | None = None
        self._drains = False
        self._limit = None if recycle is None else recycle.after_calls
        overlay = environments.overlay(interpreter, report=report)
        if link == "grpc" and overlay.folder is None and not (interpreter.has_grpc and interpreter.has_protobuf):
            raise WorkerStartError(
                f"{interpreter.executable} has no grpcio and no overlay could be built ({overlay.reason}); "
                'use link="lane", which needs nothing'
            )
        self._folder = PrivateFolder()
        self._supervisor = Supervisor(self, self._folder.path, overlay.folder, recycle)
        self._supervisor.want(least, most)

    def __repr__(self) -> str:
        return f"pool {self.name} ({self.interpreter.label})"

    # --- life -------------------------------------------------------------------------------------------------------

    def wait_ready(self) -> None:
        """Wait until a worker is ready.

        Raises:
            WorkerStartError: None could be started.
        """
        with self._changed:
            while not self.workers:
                if self.closed:
                    raise PoolClosedError(f"{self} was closed while it started")
                if self._failure is not None:
                    raise self._failure
                self._changed.wait()

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
        self._folder.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False)  # its calls have ended; this may be one of them

    def resize(self, workers: int | tuple[int, int]) -> None:
        """Have another number of workers; those that are too many leave when nobody needs them."""
        least, most = (workers, workers) if isinstance(workers, int) else workers
        self._size, self._scales = most, least < most
        self._supervisor.want(least, most)

    def waits(self) -> float:
        """Return for how many seconds somebody has waited for any worker; 0 when nobody does."""
        with self.lock:
            return self._leases.waits()

    def recycle(self) -> None:
        """Replace every worker that there is now, one after the other."""
        self._supervisor.recycle()

    def drain(self, timeout: float | None = None) -> bool:
        """Take no more calls, and wait for those that run or wait; return whether they ended in time."""
        with self._changed:
            self._drains = True
            self._review()
            return self._changed.wait_for(lambda: self.closed or not self._is_used, timeout)

    @property
    def _is_used(self) -> bool:
        return bool(self._leases.waiting) or any(worker.leased for worker in self.workers)

    def stats(self) -> PoolStats:
        """Return what the pool does and has done."""
        with self.lock:
            waiting, wait = self._leases.waiting, self._leases.wait
        return self._supervisor.stats(waiting, wait)

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
            self._failure = None
            for channel in worker.channels:
                self._leases.offer(channel)
            self._changed.notify_all()

    def worker_ended(self, worker: Worker) -> None:
        """Forget an ended worker (from the supervisor)."""
        with self._changed:
            self._leases.withdraw(worker)
            self._forget(worker)
            self._review()
        self.exports.release_all(worker.exported)

    def start_failed(self, error: WorkerStartError) -> None:
        """Tell everyone who waits that no worker starts (from the supervisor)."""
        with self._changed:
            self._failure = error
            self._review()

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something on the supervisor's thread in a while."""
        self._supervisor.later(seconds, action)

    def flush(self, worker: Worker) -> None:
        """Tell an idle worker which proxies and sessions are gone; a busy one is told before its next call."""
        with self.lock:
            channel = self._leases.take(worker)
        if channel is not None:
            channel.flush()
            self.give_back(channel)

    # --- leases -----------------------------------------------------------------------------------------------------

    def lease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel of a certain worker, or of any; wait for it on this thread."""
        channel = self.free(wanted)
        if channel is None:
            self._must_wait(wanted, label)
            channel = self._leases.lease(wanted, deadline, label)
        return channel

    def free(self, wanted: Worker | None) -> Channel | None:
        """Lease a free channel of a certain worker, or of any; `None` when there is none now."""
        with self.lock:
            return None if self.closed or self._refuses(wanted) else self._leases.take(wanted)

    @property
    def breadth(self) -> int:
        """How many calls its workers run at once."""
        return self._size * self.lanes

    @property
    def has_workers(self) -> bool:
        """Whether a worker is ready or busy."""
        return bool(self.workers)

    def _must_wait(self, wanted: Worker | None, label: str) -> None:
        with self.lock:
            if self._refuses(wanted):
                raise self._drained(label)
            if not self.workers and self._failure is not None and not self.closed:
                self._failure = None
                self._supervisor.try_again()
            if self._scales:
                self._supervisor.look_soon()

    async def alease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it as a task."""
        self._must_wait(wanted, label)
        return await self._leases.alease(wanted, deadline, label)

    def _refusal(self, wanted: Worker | None, label: str) -> BaseException | None:
        if self.closed:
            return PoolClosedError(f"{self} is closed; connect again to call {label}")
        if wanted is not None and wanted.gone:
            return wanted.lost_before(label)
        if self._refuses(wanted):
            return self._drained(label)
        return self._failure if wanted is None and not self.workers else None

    def _drained(self, label: str) -> PoolClosedError:
        return PoolClosedError(f"{self} takes no more calls such as {label}: it is drained, to be closed")

    def _refuses(self, wanted: Worker | None) -> bool:
        # What needs no worker in particular is new; what runs may still need its own.
        return self._drains and wanted is None and current().session is None

    def _review(self) -> None:
        self._leases.review()
        self._changed.notify_all()

    def give_back(self, channel: Channel) -> None:
        """End a lease."""
        with self.lock:
            if channel.give_back():
                self._leases.offer(channel)
                if self._limit is not None or self._drains:
                    self._note_end(channel.worker)
            elif channel.worker.ended.is_set() and not self.closed:
                self._forget(channel.worker)

    def _note_end(self, worker: Worker) -> None:
        if self._drains:
            self._changed.notify_all()
        if self._limit is not None and worker.leaving is None and worker.calls >= self._limit:
            self._supervisor.look(worker)

    def _forget(self, worker: Worker) -> None:
        # It ended; its descriptors are given back once nobody can be in its links any more.
        if worker in self.workers and not worker.leased:
            worker.close_links()
            self.workers.remove(worker)
