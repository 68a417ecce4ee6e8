# One worker as the host sees it.
#
#             report line               lease
#   STARTING ─────────────▶ READY ◀──────────────▶ BUSY
#      │                      │     give_back        │
#      │                      └───────┬──────────────┘
#      │                        drain │           (any of them)
#      │                              ▼                │ the process ended and nobody asked for it
#      └──────────────────────▶   DRAINING             ▼
#          drain                      │ it ended     LOST
#                                     ▼
#                                  STOPPED
#
# Guarantees: a call gets exactly one outcome; when the process dies, the caller that waits in the link is woken at
# once, even if a forked child of the library still holds the socket. Assumes: READY ⇄ BUSY happen on callers' threads,
# every other transition on the supervisor's, and each under the pool's lock.

from __future__ import annotations

import contextlib
import enum
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from snakebridge.errors import (
    CallTimeoutError,
    DeathReport,
    NotTransferableError,
    PoolClosedError,
    StaleReferenceError,
    WorkerLostError,
    WorkerStartError,
)
from snakebridge.runtime import _arrival
from snakebridge.runtime._outcome import raised
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec, MalformedError
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.failure import describe
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._library import Library
    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._process import Process
    from snakebridge.runtime._session import Session
    from snakebridge.runtime.links import Control, HostLink

__all__ = ["State", "Worker"]

_INTERRUPT_GRACE = 1.0
"""Seconds an interrupted call has to stop before its worker is killed."""
_REAP_GRACE = 5.0
"""Seconds the supervisor has to learn why a link ended."""


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
        self.adapters: set[str] = set()
        self.exported: set[int] = set()
        self.ended_sessions: deque[int] = deque()
        self.ended = threading.Event()
        self.kill_reason: str | None = None
        self.last_call: str | None = None
        self._address = address, token
        self.trouble: str | None = None
        """Why it has no control service, when it has none."""
        self.types: dict[int, tuple[str, list[str], tuple[str, ...]]] = {}
        self.proxies: WeakValueDictionary[tuple[int, Library | None], Any] = WeakValueDictionary()
        self.library: Library | None = None
        self.session: Session | None = None
        self._codec = Codec(_nothing_leaves, lambda code, payload: _arrival.resolve(self, code, payload))
        self._link: HostLink | None = None
        self._endpoint: Endpoint | None = None

    def __repr__(self) -> str:
        return f"worker {self.name} (pid {self.process.popen.pid}, {self.state.value})"

    @property
    def gone(self) -> bool:
        """Whether its objects can no longer be reached."""
        return self.kill_reason is not None or self.state in {State.STOPPED, State.LOST, State.DRAINING}

    # --- transitions ------------------------------------------------------------------------------------------------

    def become_ready(self, link: HostLink) -> None:
        """STARTING → READY: it reported, and this is how to reach it."""
        assert self.state is State.STARTING
        self._link = link
        self._endpoint = Endpoint(link, self._serve, lambda error: describe(error, self.pool.dumps))
        self.state = State.READY

    def lease(self) -> bool:
        """READY → BUSY, under the pool's lock: one caller has it; return whether it was there to be had."""
        if self.state is not State.READY:
            return False
        self.state = State.BUSY
        return True

    def give_back(self) -> bool:
        """BUSY → READY, under the pool's lock; return whether it can take another call."""
        if self.state is not State.BUSY or self.kill_reason is not None:
            return False
        self.state = State.READY
        return True

    def drain(self) -> None:
        """→ DRAINING: no more calls; the end of the link tells the guest to leave in order."""
        if self._move({State.STARTING, State.READY, State.BUSY}, State.DRAINING) and self._link is not None:
            self._link.finish()

    def end(self, report: DeathReport) -> None:
        """→ STOPPED when it was draining, else LOST; wakes whoever waits for it."""
        self.report = report
        if not self._move({State.DRAINING}, State.STOPPED):
            self._move({State.STARTING, State.READY, State.BUSY}, State.LOST)
        if self._link is not None:
            self._link.hang_up()
        else:
            self.process.lane.close()
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

    def close_link(self) -> None:
        """Give the link's descriptor back; only once no caller can be in it."""
        if self._link is not None:
            self._link.close()

    # --- calls ------------------------------------------------------------------------------------------------------

    def drop(self, number: int, count: int) -> None:
        """Note that a proxy is gone; told to the worker with the next frame. Never blocks."""
        if self._endpoint is not None:
            self._endpoint.dropped.extend((number, count))

    @property
    def has_dropped(self) -> bool:
        """Whether there is something to tell."""
        return self._endpoint is not None and bool(self._endpoint.dropped or self.ended_sessions)

    def flush(self) -> None:
        """Tell the worker which proxies and sessions are gone; only while leased."""
        endpoint = self._endpoint
        assert endpoint is not None
        with contextlib.suppress(LinkEnd, RemoteFailure):
            while self.ended_sessions:
                endpoint.request(frames.END, self.ended_sessions.popleft())
            endpoint.flush()

    def exchange(
        self,
        kind: int,
        rest: tuple[Any, ...],
        *,
        label: str,
        library: Library | None,
        session: Session | None,
        deadline: float | None,
        read: Callable[[Worker, Any], Any] | None = None,
    ) -> Any:
        """Send a request and return the value of its reply; only while leased.

        Args:
            kind: One of the request kinds of `frames`.
            rest: What follows the session in the frame.
            label: What is called, for messages.
            library: The generated package whose classes the result takes.
            session: Whose references the result's are.
            deadline: In the time of `time.monotonic`.
            read: Makes something of the value while the worker still knows library and session.

        Raises:
            RemoteError: The library raised.
            CallTimeoutError: The deadline passed.
            WorkerLostError: The worker died.
        """
        endpoint = self._endpoint
        assert endpoint is not None
        outer = self.library, self.session
        self.library, self.session = library, session
        self.last_call = label
        number = 0 if session is None else session.number
        try:
            body = endpoint.request(kind, number, *rest, deadline=deadline)
            value = self._codec.loads(body)
            return value if read is None else read(self, value)
        except RemoteFailure as failure:
            raised_there = self.raised(failure.error)
        except LinkTimeout:
            self._stop_call("its deadline passed", read)
            raise CallTimeoutError(f"{label} did not finish before its deadline", may_have_run=True) from None
        except LinkEnd:
            raise self._lost(label) from None
        except MalformedError as error:
            if str(error).startswith("a value"):
                raise NotTransferableError(f"the result of {label} cannot be read here: {error}") from None
            self.kill("it sent something that is no frame")
            raise self._lost(label) from None
        except KeyboardInterrupt:
            self._stop_call("its caller was interrupted", read)
            raise
        finally:
            self.library, self.session = outer
        raise raised_there  # outside the handler, so that its cause and context are the library's

    def load_adapters(self, paths: list[str]) -> None:
        """Make the worker load the adapters it has not; only while leased."""
        for path in paths:
            if path not in self.adapters:
                self.exchange(
                    frames.ADAPTER, (path,), label=f"loading {path}", library=None, session=None, deadline=None
                )
                self.adapters.add(path)

    def lost_before(self, label: str) -> StaleReferenceError:
        """Return the error for a call that needs this worker, which is gone."""
        return StaleReferenceError(f"{label} needs {self.report or self!r}, which is gone", report=self.report)

    def kill(self, reason: str) -> None:
        """End the process; the supervisor replaces it."""
        self.kill_reason = self.kill_reason or reason
        self.process.kill()

    def _stop_call(self, reason: str, read: Callable[[Worker, Any], Any] | None) -> None:
        # The ladder: interrupt the guest's main thread, wait, kill. The caller never waits longer than the grace.
        endpoint = self._endpoint
        assert endpoint is not None
        self.process.interrupt()
        try:
            body = endpoint.settle(time.monotonic() + _INTERRUPT_GRACE)
        except RemoteFailure as failure:
            self.raised(failure.error)
        except (LinkEnd, LinkTimeout, MalformedError):
            self.kill(f"{reason}, and the call did not stop within {_INTERRUPT_GRACE:g} s of being interrupted")
        else:
            # Read although nobody waits for it: it may describe types, and hold references that must be released.
            with contextlib.suppress(MalformedError):
                value = self._codec.loads(body)
                if read is not None:
                    read(self, value)

    def raised(self, error: dict[str, Any]) -> BaseException:
        """Return the exception that an error map of the last reply describes."""
        exception = raised(
            error,
            library=self.library,
            loads=self._codec.loads,
            where=f"worker {self.name}, pid {self.process.popen.pid}, {self.pool.interpreter.label}",
        )
        if isinstance(exception, StaleReferenceError):
            exception.report = self.report
        return exception

    def _lost(self, label: str) -> Exception:
        self.ended.wait(_REAP_GRACE)
        if self.state in {State.DRAINING, State.STOPPED}:
            return PoolClosedError(f"the pool was closed while {label} was running")
        report = self.report
        what = f"{report}" if report is not None else f"{label} was running when {self!r} stopped answering"
        return WorkerLostError(f"{what}; the call may have run, the next one gets another worker", report=report)

    # --- requests from over there -----------------------------------------------------------------------------------

    def _serve(self, frame: list[Any]) -> bytes:
        if frame[0] == frames.RELEASE:
            for number in frame[1][::2]:
                self.pool.exports.release(number)
                self.exported.discard(number)
            return b""
        return self.pool.dumps(_arrival.serve(self, frame, self._codec.loads))


def _nothing_leaves(value: object) -> tuple[int, Any]:
    raise TypeError(f"{type(value).__name__} is encoded by the pool, not by a worker")
