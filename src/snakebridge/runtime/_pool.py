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
from snakebridge.runtime._folder import PrivateFolder
from snakebridge.runtime._leases import Leases
from snakebridge.runtime._requests import Requests
from snakebridge.runtime._supervisor import Supervisor
from snakebridge.runtime._views import makes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._channel import Channel
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
        workers: How many processes.
        lanes: How many calls each runs at once: 1 is the process profile, more the thread profile.
        dynamic: Whether workers may run what no adapter names.
        link: How frames travel.
        timeout: Seconds a call may take, queueing included; `None`: no limit.
        queue_size: Callers that may wait for a worker; more are refused.
        queue_timeout: Seconds a caller waits for a worker; `None`: no limit.
        environment: Variables to add to the workers' environment.
        max_references: Objects of a worker that may be referred to; more are refused. `None`: no limit.
        trace_references: Whether to note where each reference was made.
        report: Told what takes long (building the overlay).
    """

    def __init__(
        self,
        interpreter: environments.Interpreter,
        *,
        name: str = "pool",
        workers: int = 1,
        lanes: int = 1,
        dynamic: bool = False,
        link: LinkName = "lane",
        timeout: float | None = None,
        queue_size: int = 1000,
        queue_timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
        max_references: int | None = None,
        trace_references: bool = False,
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
        self.workers: list[Worker] = []
        self._size = workers
        self.lock = threading.Lock()
        """Held for moments, while channels change hands or workers states."""
        self._changed = threading.Condition(self.lock)
        self._leases = Leases(self.lock, name=str(self), size=queue_size, patience=queue_timeout, refusal=self._refusal)
        self._failure: WorkerStartError | None = None
        overlay = environments.overlay(interpreter, report=report)
        if link == "grpc" and overlay.folder is None and not (interpreter.has_grpc and interpreter.has_protobuf):
            raise WorkerStartError(
                f"{interpreter.executable} has no grpcio and no overlay could be built ({overlay.reason}); "
                'use link="lane", which needs nothing'
            )
        self._folder = PrivateFolder()
        self._supervisor = Supervisor(self, self._folder.path, overlay.folder)
        self._supervisor.want(workers)

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
            self._revive()
            channel = self._leases.lease(wanted, deadline, label)
        return channel

    def free(self, wanted: Worker | None) -> Channel | None:
        """Lease a free channel of a certain worker, or of any; `None` when there is none now."""
        with self.lock:
            return None if self.closed else self._leases.take(wanted)

    @property
    def has_workers(self) -> bool:
        """Whether a worker is ready or busy."""
        return bool(self.workers)

    async def alease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it as a task."""
        self._revive()
        return await self._leases.alease(wanted, deadline, label)

    def _revive(self) -> None:
        with self.lock:
            if not self.workers and self._failure is not None and not self.closed:
                self._failure = None
                self._supervisor.want(self._size)  # somebody asks again: try again

    def _refusal(self, wanted: Worker | None, label: str) -> BaseException | None:
        if self.closed:
            return PoolClosedError(f"{self} is closed; connect again to call {label}")
        if wanted is not None and wanted.gone:
            return wanted.lost_before(label)
        return self._failure if wanted is None else None

    def _review(self) -> None:
        self._leases.review()
        self._changed.notify_all()

    def give_back(self, channel: Channel) -> None:
        """End a lease."""
        with self.lock:
            if channel.give_back():
                self._leases.offer(channel)
            elif channel.worker.ended.is_set() and not self.closed:
                self._forget(channel.worker)

    def _forget(self, worker: Worker) -> None:
        # It ended; its descriptors are given back once nobody can be in its links any more.
        if worker in self.workers and not worker.leased:
            worker.close_links()
            self.workers.remove(worker)
