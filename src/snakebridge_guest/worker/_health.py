# What the control service may see of a worker's work, and how it answers for its health: the standard `grpc.health.v1`.
#
# Guarantees: SERVING means that every lane has its thread and takes calls, or runs one; a worker that is not ready yet,
# leaves, or has lost a lane is NOT_SERVING. Busy is healthy, whatever it is busy with: that it goes on is seen in
# `cpu_seconds` and the calls of its lanes. A library that holds the GIL lets nobody answer, which is an answer too.
# Assumes: messages of two fields need no generated code (and the target may have no `grpc_health`).
from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Iterator

from snakebridge_guest.worker._interrupts import Interrupts

if TYPE_CHECKING:
    from snakebridge_guest.worker._executor import Executor

SERVICE = "grpc.health.v1.Health"
SERVING = 1
NOT_SERVING = 2
_UNKNOWN = 3
_NAME = 0x0A  # field 1, bytes
_STATUS = 0x08  # field 1, a number
_HEAD = 2
_SHORT = 0x80
_WATCHERS = 2
_LOOK = 0.5

STARTING, READY, LEAVING = "starting", "ready", "leaving"


class Progress:
    """What a worker does, for others than those it works for.

    Args:
        interrupts: Of its main thread.
    """

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self.executors: list[Executor] = []
        self.phase = STARTING
        self._threads: list[threading.Thread] = []
        self.changed = threading.Event()

    def begin(self, threads: list[threading.Thread]) -> None:
        """Note that calls are taken: on this thread and on others."""
        self._threads = [threading.current_thread(), *threads]
        self.phase = READY

    def end(self) -> None:
        """Note that it leaves."""
        self.phase = LEAVING
        self.changed.set()

    @property
    def status(self) -> int:
        """SERVING or NOT_SERVING."""
        alive = self.phase == READY and all(thread.is_alive() for thread in self._threads)
        return SERVING if alive else NOT_SERVING

    @property
    def calls(self) -> int:
        """Requests that were executed, or are."""
        return sum(each.calls for each in self.executors)

    @property
    def lanes(self) -> list[int]:
        """The same of each lane."""
        return [each.calls for each in self.executors]

    @property
    def cpu_seconds(self) -> float:
        """Time of processors that the process has used."""
        return time.process_time()

    @property
    def call(self) -> str:
        """What runs on the main thread."""
        return self._interrupts.call if self._interrupts.running else ""

    @property
    def references(self) -> int:
        """How many objects the host refers to."""
        return len(self.executors[0].references) if self.executors else 0

    def interrupt(self) -> bool:
        """Interrupt what runs on the main thread; return whether something did."""
        running = self._interrupts.running
        if running:
            self._interrupts.raise_here()
        return running


class Health:
    """Answers `grpc.health.v1`.

    Args:
        grpc: The module.
        progress: Of this worker.
        services: Names that may be asked for, beside that of all together.
        authenticate: Refuses who shows a wrong token.
    """

    def __init__(self, grpc: Any, progress: Progress, services: tuple[str, ...], authenticate: Any) -> None:
        self._grpc = grpc
        self._progress = progress
        self._services = frozenset({"", *services})
        self._authenticate = authenticate
        self._watchers = threading.BoundedSemaphore(_WATCHERS)

    def handlers(self) -> dict[str, Any]:
        """Return the methods of the service."""
        return {
            "Check": self._grpc.unary_unary_rpc_method_handler(self._check),
            "Watch": self._grpc.unary_stream_rpc_method_handler(self._watch),
        }

    def _check(self, request: bytes, context: Any) -> bytes:
        self._authenticate(context)
        if self._asked(request, context) not in self._services:
            context.abort(self._grpc.StatusCode.NOT_FOUND, "this worker has no such service")
        return _answer(self._progress.status)

    def _watch(self, request: bytes, context: Any) -> Iterator[bytes]:
        self._authenticate(context)
        known = self._asked(request, context) in self._services
        if not self._watchers.acquire(blocking=False):
            context.abort(self._grpc.StatusCode.RESOURCE_EXHAUSTED, "this worker is watched already; use Check")
        try:
            told = None
            while context.is_active():
                status = self._progress.status if known else _UNKNOWN
                if status != told:
                    told = status
                    yield _answer(status)
                if self._progress.changed.wait(_LOOK):
                    yield _answer(NOT_SERVING if known else _UNKNOWN)
                    return
        finally:
            self._watchers.release()

    def _asked(self, request: bytes, context: Any) -> str:
        try:
            return _service(request)
        except ValueError:
            context.abort(self._grpc.StatusCode.INVALID_ARGUMENT, "this is no HealthCheckRequest")
            raise


def _service(request: bytes) -> str:
    if not request:
        return ""
    if request[0] != _NAME or len(request) < _HEAD or request[1] >= _SHORT or len(request) != request[1] + _HEAD:
        raise ValueError("not the name of a service")
    return request[_HEAD:].decode()


def _answer(status: int) -> bytes:
    return bytes((_STATUS, status))
