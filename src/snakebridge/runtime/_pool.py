# A pool: workers of one environment, and the calls that run on them.
#
#   call ─▶ encode (notes where its references live) ─▶ lease a worker ─▶ exchange ─▶ give back
#                                                        │ the references' worker, else the session's, else any idle one
#
# Guarantees: a worker is leased to one caller at a time; a caller that is served a callback keeps its worker for nested
# calls, so they ride the same link. One lock, held for moments only.

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from snakebridge import environments
from snakebridge.errors import CallTimeoutError, PoolClosedError, PoolSaturatedError, WorkerStartError
from snakebridge.runtime import _arrival, _context, _translation
from snakebridge.runtime._folder import PrivateFolder
from snakebridge.runtime._supervisor import Supervisor
from snakebridge_guest.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._library import Library
    from snakebridge.runtime._proxies import RemoteObject
    from snakebridge.runtime._references import Reference
    from snakebridge.runtime._worker import Worker

__all__ = ["LinkName", "Pool"]

LinkName = Literal["lane", "grpc"]


class _Held(threading.local):
    """The worker this thread has leased, for nested calls."""

    worker: Worker | None = None


class Pool:
    """Supervised workers of one environment.

    Args:
        interpreter: The target.
        name: Shown in errors and logs.
        workers: How many processes.
        dynamic: Whether workers may run what no adapter names.
        link: How frames travel.
        timeout: Seconds a call may take, queueing included; `None`: no limit.
        queue_size: Callers that may wait for a worker; more are refused.
        queue_timeout: Seconds a caller waits for a worker; `None`: no limit.
        environment: Variables to add to the workers' environment.
        report: Told what takes long (building the overlay).
    """

    def __init__(
        self,
        interpreter: environments.Interpreter,
        *,
        name: str = "pool",
        workers: int = 1,
        dynamic: bool = False,
        link: LinkName = "lane",
        timeout: float | None = None,
        queue_size: int = 1000,
        queue_timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.interpreter = interpreter
        self.name = name
        self.dynamic = dynamic
        self.link = link
        self.environment = dict(environment or {})
        self.adapters: dict[str, None] = {}
        """Adapter files every worker must load, in order."""
        self.exports = _translation.Exports()
        self.closed = False
        self.workers: list[Worker] = []
        self._size = workers
        self._timeout = timeout
        self._queue_size = queue_size
        self._queue_timeout = queue_timeout
        self.lock = threading.Lock()
        """Held for moments, while workers change hands or states."""
        self._condition = threading.Condition(self.lock)
        self._idle: list[Worker] = []
        self._waiting = 0
        self._failure: WorkerStartError | None = None
        self._held = _Held()
        self._outgoing = _translation.Outgoing()
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

    def wait_ready(self, timeout: float | None = None) -> None:
        """Wait until a worker is ready.

        Raises:
            WorkerStartError: None could be started.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._condition:
            while not self.workers:
                if self.closed:
                    raise PoolClosedError(f"{self} was closed while it started")
                if self._failure is not None:
                    raise self._failure
                self._wait(deadline, None, "starting")

    def close(self) -> None:
        """Stop every worker; calls in flight fail with `PoolClosedError`. A second time does nothing."""
        with self._condition:
            if self.closed:
                return
            self.closed = True
            self._condition.notify_all()
        self._supervisor.stop()
        for worker in self.workers:
            worker.close_link()
        self._folder.close()

    def worker_ready(self, worker: Worker) -> None:
        """Take a started worker in (from the supervisor)."""
        with self._condition:
            self.workers.append(worker)
            self._failure = None
            self._idle.append(worker)
            self._condition.notify_all()

    def worker_ended(self, worker: Worker) -> None:
        """Forget an ended worker (from the supervisor)."""
        with self._condition:
            if worker in self._idle:
                self._idle.remove(worker)
                self._forget(worker)
            self._condition.notify_all()
        for number in worker.exported:
            self.exports.release(number)

    def start_failed(self, error: WorkerStartError) -> None:
        """Tell everyone who waits that no worker starts (from the supervisor)."""
        with self._condition:
            self._failure = error
            self._condition.notify_all()

    def flush(self, worker: Worker) -> None:
        """Tell an idle worker which proxies and sessions are gone; a busy one is told before its next call."""
        with self._condition:
            if self._take(worker) is None:
                return
        worker.flush()
        self._give_back(worker)

    # --- requests ---------------------------------------------------------------------------------------------------

    def call(
        self,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None = None,
    ) -> Any:
        """Call what an address names; return its value."""
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (address, frames.BY_DEFAULT, body)
        return self._request(frames.CALL, rest, address, library, tie, exported)

    def construct(
        self,
        instance: RemoteObject,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None,
    ) -> None:
        """Call a class and make `instance` the proxy of the result, whatever its type."""
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (address, frames.BY_REFERENCE, body)

        def adopt(worker: Worker, described: list[Any]) -> None:
            _arrival.adopt(worker, instance, described)

        self._request(frames.CALL, rest, address, library, tie, exported, adopt)

    def method(
        self,
        reference: Reference,
        name: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
    ) -> Any:
        """Call a method or operator of a remote object."""
        reference.check()
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (reference.number, name, body)
        return self._on(reference, frames.METHOD, rest, name, tie, exported)

    def get(self, reference: Reference, name: str) -> Any:
        """Read an attribute of a remote object."""
        reference.check()
        return self._on(reference, frames.GET, (reference.number, name), name, None, [])

    def set(self, reference: Reference, name: str, value: object) -> None:
        """Assign an attribute of a remote object."""
        reference.check()
        body, tie, exported = self._outgoing.value(self, value)
        self._on(reference, frames.SET, (reference.number, name, body), name, tie, exported)

    def next(self, reference: Reference, count: int) -> tuple[list[Any], bool, BaseException | None]:
        """Pull items of a remote iterator: the items, whether it ended, and what it raised after them."""
        reference.check()

        def read(worker: Worker, pulled: list[Any]) -> tuple[list[Any], bool, BaseException | None]:
            items, done, error = pulled
            return items, done, None if error is None else worker.raised(error)

        rest = (reference.number, count)
        batch: tuple[list[Any], bool, BaseException | None]
        batch = self._on(reference, frames.NEXT, rest, "__next__", None, [], read)
        return batch

    def read(self, address: str, *, library: Library | None = None) -> Any:
        """Read a module, constant, function or class by address."""
        return self._request(frames.GET, (address, None), address, library, None, [])

    def dumps(self, value: object) -> bytes:
        """Encode a value for the worker that this thread is talking to."""
        return self._outgoing.value(self, value)[0]

    def end_session(self, worker: Worker, number: int) -> None:
        """Free a session's objects: now when its worker is idle, else before the worker's next call."""
        worker.ended_sessions.append(number)
        if worker is self._held.worker:
            worker.flush()
        else:
            self.flush(worker)

    # --- leases -----------------------------------------------------------------------------------------------------

    def _on(
        self,
        reference: Reference,
        kind: int,
        rest: tuple[Any, ...],
        name: str,
        tie: Worker | None,
        exported: list[int],
        read: Callable[[Worker, Any], Any] | None = None,
    ) -> Any:
        if tie is not None and tie is not reference.worker:
            raise _translation.apart(reference, tie)
        label = f"{reference.type_name}.{name}"
        return self._request(kind, rest, label, reference.library, reference.worker, exported, read)

    def _request(
        self,
        kind: int,
        rest: tuple[Any, ...],
        label: str,
        library: Library | None,
        tie: Worker | None,
        exported: list[int],
        read: Callable[[Worker, Any], Any] | None = None,
    ) -> Any:
        context = _context.current()
        timeout = self._timeout if context.timeout is None else context.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        session = context.session
        pinned = None if session is None else session.worker(self)
        wanted = tie or pinned
        held = self._held.worker
        nested = held is not None and (wanted is None or wanted is held)
        try:
            worker = held if nested and held is not None else self._lease(wanted, deadline, label)
        except BaseException:  # it goes on; but no worker will ever release these
            for number in exported:
                self.exports.release(number)
            raise
        try:
            self._held.worker = worker
            if session is not None and pinned is None:
                session.pin(self, worker)
            if worker.ended_sessions:
                worker.flush()
            if len(worker.adapters) != len(self.adapters):
                worker.load_adapters(list(self.adapters))
            if exported:
                worker.exported.update(exported)
            return worker.exchange(
                kind, rest, label=label, library=library, session=session, deadline=deadline, read=read
            )
        finally:
            self._held.worker = held
            if not nested:
                self._give_back(worker)

    def _lease(self, wanted: Worker | None, deadline: float | None, label: str) -> Worker:
        with self.lock:  # the condition's own; entering that one costs a Python call
            worker = None if self.closed else self._take(wanted)
            return worker or self._queue(wanted, deadline, label)

    def _take(self, wanted: Worker | None) -> Worker | None:
        idle = self._idle
        while idle and (wanted is None or wanted in idle):
            worker = idle.pop() if wanted is None else wanted
            if wanted is not None:
                idle.remove(wanted)
            if worker.lease():
                return worker
            self._forget(worker)
        return None

    def _forget(self, worker: Worker) -> None:
        # It ended, and nobody can be in its link any more.
        worker.close_link()
        if worker in self.workers:
            self.workers.remove(worker)

    def _queue(self, wanted: Worker | None, deadline: float | None, label: str) -> Worker:
        if self._waiting >= self._queue_size:
            raise PoolSaturatedError(
                f"{label} was refused: {self._waiting} calls already wait for the {self._size} workers of {self}; "
                "add workers, or call less at once"
            )
        queue_end = None if self._queue_timeout is None else time.monotonic() + self._queue_timeout
        if not self.workers and self._failure is not None and not self.closed:
            self._failure = None
            self._supervisor.want(self._size)  # somebody asks again: try again
        self._waiting += 1
        try:
            while True:
                if self.closed:
                    raise PoolClosedError(f"{self} is closed; connect again to call {label}")
                if wanted is not None and wanted.gone:
                    raise wanted.lost_before(label)
                if wanted is None and self._failure is not None:
                    raise self._failure
                worker = self._take(wanted)
                if worker is not None:
                    return worker
                self._wait(deadline, queue_end, label)
        finally:
            self._waiting -= 1

    def _wait(self, deadline: float | None, queue_end: float | None, label: str) -> None:
        ends = [end for end in (deadline, queue_end) if end is not None]
        if not ends:
            self._condition.wait()
            return
        left = min(ends) - time.monotonic()
        if left > 0:
            self._condition.wait(left)
            return
        if deadline is not None and min(ends) == deadline:
            raise CallTimeoutError(f"no worker was free for {label} before its deadline", may_have_run=False)
        raise PoolSaturatedError(
            f"no worker was free for {label} within {self._queue_timeout:g} s; "
            f"{self._waiting} calls wait for the {self._size} workers of {self}"
        )

    def _give_back(self, worker: Worker) -> None:
        with self.lock:
            if worker.give_back():
                self._idle.append(worker)
            elif not self.closed:
                self._forget(worker)
            if self._waiting:
                self._condition.notify_all()
