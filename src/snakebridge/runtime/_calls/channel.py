# One lane of a worker: a caller at a time, a request at a time, and what the library asks back meanwhile.
#
# A worker has one channel, or in the thread profile several that share its objects. Each learns types by itself: what
# one was told, another may be asked about before the first has read it.
#
# Guarantees: a call gets exactly one outcome. Assumes: only whoever leased it calls `exchange` and `flush`.

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from snakebridge.errors import (
    CallTimeoutError,
    NotTransferableError,
    PoolClosedError,
    SnakebridgeError,
    StaleReferenceError,
    WorkerLostError,
)
from snakebridge.runtime import _context
from snakebridge.runtime._calls.outcome import raised, sound
from snakebridge.runtime._calls.request import Request
from snakebridge.runtime._calls.stopping import Stopping
from snakebridge.runtime._objects import arrival, translation
from snakebridge.runtime._objects.mutation import Given
from snakebridge.runtime._objects.tools import serve_tool
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec, MalformedError
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.failure import Describer
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout, OversizedError

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable

    from snakebridge.runtime._calls.awaiting import Errands
    from snakebridge.runtime._calls.holding import Hold
    from snakebridge.runtime._objects.classes import Described
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._objects.references import Reference
    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._workers.worker import Worker
    from snakebridge.runtime.links import HostLink

__all__ = ["Channel"]

_PULLING = frozenset({frames.NEXT, frames.SEND})
_REAP_GRACE = 5.0
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
        self._hold: Hold | None = None
        self.unsent: BaseException | None = None
        """What was raised for the request that could not be sent to its dead worker, if there was one."""
        self.leases = 0
        """How often it was leased; tells one lease from the next."""
        self._codec = Codec(_nothing_leaves, lambda code, payload: arrival.resolve(self, code, payload))
        self.loads = self._codec.loads
        self.describe = Describer(self.dumps, self._origin, translation.name_of)
        # What is dropped would wait there for the next time that the conversation is used.
        self._endpoint = Endpoint(link, self._serve, self.describe, dropped=None if aside else worker.dropped)
        self._stopping = Stopping(self, self._endpoint, interruptible=interruptible)
        self.called: tuple[str, int, str | None] = "", 0, None
        """What the last request called, in which session (0: none), and for which generated package."""
        self.context: contextvars.Context | None = None
        """What is in force for the running call, when the library may call back."""
        self.deadline: float | None = None
        """Until when the running call may take, and whatever a callback calls."""
        self.awaited: set[Errands] = set()
        """Where the running call waits for coroutines of callbacks."""

    def __repr__(self) -> str:
        return f"channel of {self.worker!r}"

    @property
    def is_busy(self) -> bool:
        """Whether a caller has it."""
        return self._hold is not None

    @property
    def request(self) -> int:
        """The number of the last request that was made."""
        return self._endpoint.last

    # --- leases, under the pool's lock ------------------------------------------------------------------------------

    def lease(self, hold: Hold) -> bool:
        """Give it to one caller; return whether it was there to be had."""
        if self._hold is not None or not self.worker.begin():
            return False
        self._hold = hold
        self.leases += 1
        return True

    def give_back(self) -> bool:
        """Take it back from its caller; return whether another can have it."""
        if self._endpoint.open and self.worker.is_up:  # interrupted: the next caller would get that answer
            self._stopping.abandon("its caller was interrupted and left in the middle of an exchange")
        self._hold = None
        if self.worker.finish():
            return True
        self._stopping.note_end()
        return False

    def end_if_left(self) -> None:
        """Take it back if its caller has gone without giving it back."""
        if self._hold is not None and not self._hold.locked():
            self.give_back()

    def is_leased(self, lease: int) -> bool:
        """Return whether a lease, which is told by what `leases` was, has not ended."""
        return self._hold is not None and self.leases == lease

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for the call that runs here."""
        return self._hold is not None and not self._stopping.is_abandoned

    @property
    def is_abandoned(self) -> bool:
        """Whether a call goes on here that did not stop."""
        return self._stopping.is_abandoned

    # --- requests ---------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Tell the worker which proxies and sessions are gone."""
        ended = self.worker.ended_sessions
        with contextlib.suppress(LinkEnd, RemoteFailure, IndexError):  # another channel may tell some of them
            while ended:
                self._endpoint.request(frames.END, ended[0])
                self.pool.exports.end_session(ended.popleft())
            self._endpoint.flush()

    def exchange(self, request: Request, life: Life | None = None, deadline: float | None = None) -> Any:
        """Send a request and return what is made of the value of its reply.

        Args:
            request: What is asked.
            life: The session whose references the result's are.
            deadline: In the time of `time.monotonic`.

        Raises:
            RemoteError: The library raised.
            CallTimeoutError: The deadline passed.
            WorkerLostError: The worker died.
        """
        label, library, read = request.label, request.library, request.read
        outer = self.library, self.session, self.deadline
        self.library, self.session, self.deadline = library, life, deadline
        self.worker.last_call = label
        number = 0 if life is None else life.number
        self.called = label, number, None if library is None else library.name
        before, body = self._endpoint.open, None
        try:
            body = self._endpoint.request(request.kind, number, *request.fields, deadline=deadline)
            value = self._codec.loads(body)
            return value if read is None else self._read(read, value, label)
        except RemoteFailure as failure:
            raised_there = self._failed(failure.error, read)
        except LinkTimeout:
            self._stop_call("its deadline passed", label, read)
            raise self._late(label) from None
        except LinkEnd as end:
            # What could not be sent as a whole was never read as a frame. The answer to a callback is something else:
            # the call that waits for it runs.
            unsent = body is None and self._endpoint.open == before and isinstance(end.__cause__, BrokenPipeError)
            error = self._lost(label, may_have_run=not unsent)
            self.unsent = error if unsent else None
            raise error from None
        except OversizedError as error:
            raise NotTransferableError(
                f"{label} cannot be asked: {error} (`message_mb` of the pool's resources); pass less at once"
            ) from None
        except MalformedError as error:
            if str(error).startswith("a value"):
                raise NotTransferableError(f"the result of {label} cannot be read here: {error}") from None
            self.worker.kill("it sent something that is no frame")
            raise self._lost(label) from None
        except BaseException:  # Ctrl-C, or what another signal handler of the program raises: the answer still comes
            if body is None and self._endpoint.open > before:
                self._stop_call("its caller was interrupted", label, read)
            raise
        finally:
            self.library, self.session, self.deadline = outer
        raise raised_there  # outside the handler, so that its cause and context are the library's

    def _read(self, read: Callable[[Channel, Any], Any], value: Any, label: str) -> Any:
        try:
            return read(self, value)
        except SnakebridgeError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise NotTransferableError(f"the result of {label} is not what its call returns: {error!r}") from error

    def _failed(self, error: dict[str, Any], read: Callable[[Channel, Any], Any] | None) -> BaseException:
        error = sound(error)
        if "mutated" in error and isinstance(read, Given):
            with contextlib.suppress(MalformedError, NotTransferableError):  # the exception tells more
                self._read(read.failed, error["mutated"], "a call")
        return self.raised(error)

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
                self.exchange(Request(frames.ADAPTER, (path,), f"loading {path}"))
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
        with self.pool.lock:
            if not self.is_leased(lease):
                return
            awaited = list(self.awaited)
        for errands in awaited:
            errands.cancel()
        self._stopping.cancel(lease)

    def _stop_call(self, reason: str, label: str, read: Callable[[Channel, Any], Any] | None) -> None:
        answer = self._stopping.stop(reason, label)
        if isinstance(answer, RemoteFailure):
            self._failed(answer.error, read)
        elif answer is not None:
            # Read although nobody waits for it: it may describe types, and hold references that must be released.
            with contextlib.suppress(MalformedError):
                value = self._codec.loads(answer)
                if read is not None:
                    read(self, value)

    def _late(self, label: str) -> CallTimeoutError:
        worker, report = self.worker, None
        if self._stopping.is_spared:
            why = "; it goes on, so its worker takes no more calls, and is ended with it when the others there have"
        else:
            if worker.kill_reason is not None:
                worker.ended.wait(_REAP_GRACE)
                report = worker.report
            why = "" if report is None else f": {report}"
        return CallTimeoutError(f"{label} did not finish before its deadline{why}", may_have_run=True, report=report)

    def _lost(self, label: str, *, may_have_run: bool = True) -> Exception:
        worker = self.worker
        error = self.pool.lost(label)
        if error is not None:
            return error
        worker.ended.wait(_REAP_GRACE)
        if worker.is_stopping:
            return PoolClosedError(f"the pool was closed while {label} was running")
        report = worker.report
        what = f"{report}" if report is not None else f"{label} was running when {worker!r} stopped answering"
        which = "may have run" if may_have_run else "was not made"
        message = f"{what}; the call {which}, the next one gets another worker"
        return WorkerLostError(message, report=report, may_have_run=may_have_run)

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
            return arrival.pull(self, frame, self.loads)
        value = arrival.serve(self, frame, self.loads)
        # What the callback let go of is gone over there before it returns: a library may use its memory for the next.
        self._endpoint.flush()
        return self.dumps(value)

    def dumps(self, value: object) -> bytes:
        """Encode what the worker that it is for will hold."""
        body, exported = self.pool.dumps(value, self.worker)
        if exported:
            self.pool.exports.give(self.worker.exported, exported)
        return body

    def _origin(self, error: BaseException) -> list[int]:
        place = translation.origin(self.pool, self.worker, error)
        if place[0] == frames.REFERENCE:
            self.pool.exports.give(self.worker.exported, [place[1]])
        return place


def _nothing_leaves(value: object) -> tuple[int, Any]:
    raise TypeError(f"{type(value).__name__} is encoded by the pool, not by a channel")
