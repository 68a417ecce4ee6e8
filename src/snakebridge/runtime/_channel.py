# One lane of a worker: a caller at a time, a request at a time, and what the library asks back meanwhile.
#
# A worker has one channel, or in the thread profile several that share its objects. Each learns types by itself: what
# one was told, another may be asked about before the first has read it.
#
# Guarantees: a call gets exactly one outcome. Assumes: only whoever leased it calls `exchange` and `flush`.

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from snakebridge.errors import (
    CallTimeoutError,
    NotTransferableError,
    PoolClosedError,
    StaleReferenceError,
    WorkerLostError,
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
    from snakebridge.runtime._session import Session
    from snakebridge.runtime._worker import Worker
    from snakebridge.runtime.links import HostLink

__all__ = ["Channel"]

_INTERRUPT_GRACE = 1.0
"""Seconds an interrupted call has to stop before its worker is killed."""
_REAP_GRACE = 5.0
"""Seconds the supervisor has to learn why a link ended."""


class Channel:
    """One link to a worker.

    Args:
        worker: Whose.
        link: Moves the frames.
        interruptible: Whether the guest's main thread serves it, the only one that a signal reaches.
    """

    def __init__(self, worker: Worker, link: HostLink, *, interruptible: bool) -> None:
        self.worker = worker
        self.pool: Pool = worker.pool
        self.link = link
        self.types: dict[int, tuple[str, list[str], tuple[str, ...]]] = {}
        self.library: Library | None = None
        """The generated package whose classes the running call's result takes."""
        self.session: Session | None = None
        self._interruptible = interruptible
        self._busy = False
        self.leases = 0
        """How often it was leased; tells one lease from the next."""
        self._codec = Codec(_nothing_leaves, lambda code, payload: _arrival.resolve(self, code, payload))
        self._endpoint = Endpoint(
            link, self._serve, lambda error: describe(error, self.pool.dumps), dropped=worker.dropped
        )

    def __repr__(self) -> str:
        return f"channel of {self.worker!r}"

    # --- leases, under the pool's lock ------------------------------------------------------------------------------

    def lease(self) -> bool:
        """Give it to one caller; return whether it was there to be had."""
        if self._busy or not self.worker.begin():
            return False
        self._busy = True
        self.leases += 1
        return True

    def give_back(self) -> bool:
        """Take it back from its caller; return whether another can have it."""
        self._busy = False
        return self.worker.finish()

    # --- requests ---------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Tell the worker which proxies and sessions are gone."""
        ended = self.worker.ended_sessions
        with contextlib.suppress(LinkEnd, RemoteFailure):
            while ended:
                self._endpoint.request(frames.END, ended.popleft())
            self._endpoint.flush()

    def exchange(
        self,
        kind: int,
        rest: tuple[Any, ...],
        label: str,
        library: Library | None,
        session: Session | None,
        deadline: float | None,
        read: Callable[[Channel, Any], Any] | None = None,
    ) -> Any:
        """Send a request and return the value of its reply.

        Args:
            kind: One of the request kinds of `frames`.
            rest: What follows the session in the frame.
            label: What is called, for messages.
            library: The generated package whose classes the result takes.
            session: Whose references the result's are.
            deadline: In the time of `time.monotonic`.
            read: Makes something of the value while the channel still knows library and session.

        Raises:
            RemoteError: The library raised.
            CallTimeoutError: The deadline passed.
            WorkerLostError: The worker died.
        """
        outer = self.library, self.session
        self.library, self.session = library, session
        self.worker.last_call = label
        number = 0 if session is None else session.number
        try:
            body = self._endpoint.request(kind, number, *rest, deadline=deadline)
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
            self.worker.kill("it sent something that is no frame")
            raise self._lost(label) from None
        except KeyboardInterrupt:
            self._stop_call("its caller was interrupted", read)
            raise
        finally:
            self.library, self.session = outer
        raise raised_there  # outside the handler, so that its cause and context are the library's

    def load_adapters(self, paths: list[str]) -> None:
        """Make the worker load the adapters it has not."""
        loaded = self.worker.adapters
        for path in paths:
            if path not in loaded:
                self.exchange(frames.ADAPTER, (path,), f"loading {path}", None, None, None)
                loaded.add(path)

    def raised(self, error: dict[str, Any]) -> BaseException:
        """Return the exception that an error map of the last reply describes."""
        exception = raised(error, library=self.library, loads=self._codec.loads, where=self.worker.place)
        if isinstance(exception, StaleReferenceError):
            exception.report = self.worker.report
        return exception

    def cancel(self, lease: int) -> None:
        """Interrupt the call of a lease from another thread, and kill the worker if it goes on; nothing if it is over.

        Args:
            lease: What `leases` was while the call ran.
        """
        if self._busy and self.leases == lease:
            self._interrupt()
            self.pool.later(_INTERRUPT_GRACE, lambda: self._kill_if_still(lease))

    def _kill_if_still(self, lease: int) -> None:
        if self._busy and self.leases == lease:
            self.worker.kill(
                f"its call was cancelled, and did not stop within {_INTERRUPT_GRACE:g} s of being interrupted"
            )

    def _interrupt(self) -> None:
        if self._interruptible:
            self.worker.process.interrupt()

    def _stop_call(self, reason: str, read: Callable[[Channel, Any], Any] | None) -> None:
        # The ladder: interrupt the guest's main thread, wait, kill. The caller never waits longer than the grace.
        self._interrupt()
        try:
            body = self._endpoint.settle(time.monotonic() + _INTERRUPT_GRACE)
        except RemoteFailure as failure:
            self.raised(failure.error)
        except (LinkEnd, LinkTimeout, MalformedError):
            self.worker.kill(f"{reason}, and the call did not stop within {_INTERRUPT_GRACE:g} s of being interrupted")
        else:
            # Read although nobody waits for it: it may describe types, and hold references that must be released.
            with contextlib.suppress(MalformedError):
                value = self._codec.loads(body)
                if read is not None:
                    read(self, value)

    def _lost(self, label: str) -> Exception:
        worker = self.worker
        worker.ended.wait(_REAP_GRACE)
        if worker.is_stopping:
            return PoolClosedError(f"the pool was closed while {label} was running")
        report = worker.report
        what = f"{report}" if report is not None else f"{label} was running when {worker!r} stopped answering"
        return WorkerLostError(f"{what}; the call may have run, the next one gets another worker", report=report)

    # --- requests from over there -----------------------------------------------------------------------------------

    def _serve(self, frame: list[Any]) -> bytes:
        if frame[0] == frames.RELEASE:
            for number in frame[1][::2]:
                self.pool.exports.release(number)
                self.worker.exported.discard(number)
            return b""
        body: bytes = self.pool.dumps(_arrival.serve(self, frame, self._codec.loads))
        return body


def _nothing_leaves(value: object) -> tuple[int, Any]:
    raise TypeError(f"{type(value).__name__} is encoded by the pool, not by a channel")
