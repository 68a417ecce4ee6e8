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
from snakebridge.runtime import _arrival, _context, _translation
from snakebridge.runtime._mutation import Given
from snakebridge.runtime._outcome import raised
from snakebridge.runtime._tools import serve_tool
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec, MalformedError
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.failure import Describer
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable

    from snakebridge.runtime._awaiting import Errands
    from snakebridge.runtime._classes import Described
    from snakebridge.runtime._library import Library
    from snakebridge.runtime._life import Life
    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._references import Reference
    from snakebridge.runtime._worker import Worker
    from snakebridge.runtime.links import HostLink

__all__ = ["Channel"]

_INTERRUPT_GRACE = 1.0
"""Seconds an interrupted call has to stop before its worker is killed."""
_AGAIN = (0.05, 0.3)
"""Seconds until a call is interrupted again: the first time it may not have begun, and one that stops hears no more."""
_PULLING = frozenset({frames.NEXT, frames.SEND})
_REAP_GRACE = 5.0
_ANSWERS = (RemoteFailure, LinkTimeout, LinkEnd, MalformedError)
"""How a request ends without a value."""
"""Seconds the supervisor has to learn why a link ended."""


class Channel:
    """One link to a worker.

    Args:
        worker: Whose.
        link: Moves the frames.
        interruptible: Whether the guest's main thread serves it, the only one that a signal reaches.
        aside: Whether a thread of the library's own serves it.
    """

    def __init__(self, worker: Worker, link: HostLink, *, interruptible: bool, aside: bool = False) -> None:
        self.worker = worker
        self.pool: Pool = worker.pool
        self.link = link
        self.types: dict[int, Described] = {}
        self.library: Library | None = None
        """The generated package whose classes the running call's result takes."""
        self.session: Life | None = None
        self.given: Given | None = None
        """The arguments of the running call, while its reply is read and says what became of them."""
        self.arrivals: list[Reference] | None = None
        """The references of the running call's reply, while it is recorded."""
        self._interruptible = interruptible
        self._busy = False
        self.leases = 0
        """How often it was leased; tells one lease from the next."""
        self._codec = Codec(_nothing_leaves, lambda code, payload: _arrival.resolve(self, code, payload))
        self.loads = self._codec.loads
        self.describe = Describer(self.dumps, self._origin, _translation.name_of)
        # What is dropped would wait there for the next time that the conversation is used.
        self._endpoint = Endpoint(link, self._serve, self.describe, dropped=None if aside else worker.dropped)
        self.context: contextvars.Context | None = None
        """What is in force for the running call, when the library may call back."""
        self.deadline: float | None = None
        """Until when the running call may take, and whatever a callback calls."""
        self.awaited: set[Errands] = set()
        """Where the running call waits for coroutines of callbacks."""

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
        with contextlib.suppress(LinkEnd, RemoteFailure, IndexError):  # another channel may tell some of them
            while ended:
                self._endpoint.request(frames.END, ended[0])
                self.pool.exports.end_session(ended.popleft())
            self._endpoint.flush()

    def exchange(
        self,
        kind: int,
        rest: tuple[Any, ...],
        label: str,
        library: Library | None,
        session: Life | None,
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
        outer = self.library, self.session, self.deadline
        self.library, self.session, self.deadline = library, session, deadline
        self.worker.last_call = label
        number = 0 if session is None else session.number
        try:
            body = self._request(kind, number, rest, deadline, read)
            value = self._codec.loads(body)
            return value if read is None else read(self, value)
        except RemoteFailure as failure:
            if "mutated" in failure.error and isinstance(read, Given):
                read.failed(self, failure.error["mutated"])
            raised_there = self.raised(failure.error)
        except LinkTimeout:
            self._stop_call("its deadline passed", read)
            raise self._late(label) from None
        except LinkEnd:
            raise self._lost(label) from None
        except MalformedError as error:
            if str(error).startswith("a value"):
                raise NotTransferableError(f"the result of {label} cannot be read here: {error}") from None
            self.worker.kill("it sent something that is no frame")
            raise self._lost(label) from None
        finally:
            self.library, self.session, self.deadline = outer
        raise raised_there  # outside the handler, so that its cause and context are the library's

    def _request(self, kind: int, number: int, rest: tuple[Any, ...], deadline: float | None, read: Any) -> bytes:
        before = self._endpoint.open
        try:
            return self._endpoint.request(kind, number, *rest, deadline=deadline)
        except _ANSWERS:
            raise
        except BaseException:  # Ctrl-C, or what another signal handler of the program raises: the answer still comes
            if self._endpoint.open > before:
                self._stop_call("its caller was interrupted", read)
            raise

    def serve_one(self) -> None:
        """Wait for a request from over there and answer it."""
        self._endpoint.serve_one()

    def stand_in(self, caller: Channel | None) -> None:
        """Serve on behalf of another channel's running call, or of none."""
        if caller is None:
            self.library = self.session = self.deadline = None
            self.awaited = set()
        else:
            self.library, self.session, self.deadline = caller.library, caller.session, caller.deadline
            self.awaited = caller.awaited

    def load_adapters(self, paths: list[str]) -> None:
        """Make the worker load the adapters it has not."""
        loaded = self.worker.adapters
        for path in paths:
            if path not in loaded:
                self.exchange(frames.ADAPTER, (path,), f"loading {path}", None, None, None)
                loaded.add(path)

    def raised(self, error: dict[str, Any]) -> BaseException:
        """Return the exception that an error map of the last reply describes."""
        exception = raised(error, library=self.library, loads=self.loads, where=self.worker.place, channel=self)
        if isinstance(exception, StaleReferenceError):
            exception.report = self.worker.report
        return exception

    def cancel(self, lease: int) -> None:
        """Interrupt the call of a lease from another thread, and kill the worker if it goes on; nothing if it is over.

        Args:
            lease: What `leases` was while the call ran.
        """
        if self._busy and self.leases == lease:
            for errands in list(self.awaited):
                errands.cancel()
            self._interrupt()
            for pause in _AGAIN:
                self.pool.later(pause, lambda: self._interrupt_if_still(lease))
            self.pool.later(_INTERRUPT_GRACE, lambda: self._kill_if_still(lease))

    def _interrupt_if_still(self, lease: int) -> None:
        if self._busy and self.leases == lease:
            self._interrupt()

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
        try:
            body = self._settle()
        except RemoteFailure as failure:
            if "mutated" in failure.error and isinstance(read, Given):
                read.failed(self, failure.error["mutated"])
            self.raised(failure.error)
        except (LinkEnd, LinkTimeout, MalformedError):
            self.worker.kill(f"{reason}, and the call did not stop within {_INTERRUPT_GRACE:g} s of being interrupted")
        else:
            # Read although nobody waits for it: it may describe types, and hold references that must be released.
            with contextlib.suppress(MalformedError):
                value = self._codec.loads(body)
                if read is not None:
                    read(self, value)

    def _settle(self) -> bytes:
        # An interrupt is lost when it comes before the call is marked as one that may be interrupted; a second one of a
        # call that got the first does nothing.
        begin = time.monotonic()
        for pause in _AGAIN:
            self._interrupt()
            with contextlib.suppress(LinkTimeout):
                return self._endpoint.settle(begin + pause)
        self._interrupt()
        return self._endpoint.settle(begin + _INTERRUPT_GRACE)

    def _late(self, label: str) -> CallTimeoutError:
        worker, report = self.worker, None
        if worker.kill_reason is not None:
            worker.ended.wait(_REAP_GRACE)
            report = worker.report
        why = "" if report is None else f": {report}"
        return CallTimeoutError(f"{label} did not finish before its deadline{why}", may_have_run=True, report=report)

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
            self.pool.exports.take_back(self.worker.exported, frame[1])
            return b""
        if self.deadline is None:
            return self._answer(frame)
        with _context.scope(waiting=_context.Waiting(self.deadline)):  # for what the callback calls
            return self._answer(frame)

    def use_tool(self, name: str | None, arguments: Any) -> Any:
        """Answer what an adapter asks of the tools of the running call."""
        boxes = [self.pool.tools] if self.session is None else [self.pool.tools, self.session.tools]
        return serve_tool(boxes, name, arguments)

    def _answer(self, frame: list[Any]) -> bytes:
        if frame[0] in _PULLING:
            return _arrival.pull(self, frame, self.loads)
        return self.dumps(_arrival.serve(self, frame, self.loads))

    def dumps(self, value: object) -> bytes:
        """Encode what the worker that it is for will hold."""
        body, exported = self.pool.dumps(value)
        if exported:
            self.pool.exports.give(self.worker.exported, exported)
        return body

    def _origin(self, error: BaseException) -> list[int]:
        place = _translation.origin(self.pool, self.worker, error)
        if place[0] == frames.REFERENCE:
            self.pool.exports.give(self.worker.exported, [place[1]])
        return place


def _nothing_leaves(value: object) -> tuple[int, Any]:
    raise TypeError(f"{type(value).__name__} is encoded by the pool, not by a channel")
