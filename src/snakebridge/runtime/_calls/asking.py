# How an asking goes: lease a channel, exchange, give back.
#
#   request ─▶ lease: of the references' worker, of the session's, or any ─▶ exchange ─▶ give back
#      │ awaited                    a task waits ──────────────────────────▶ on a thread of as many as channels
#      ╰ from a callback            its channel is kept ───────────────────▶ on the thread that waits for the callback
#
# Guarantees: a caller that is served a callback keeps its channel for nested calls, so they ride the same link; host
# objects that were exported for a request that could not be made are released.

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from snakebridge.errors import ReferencesApartError, RemoteError, WorkerLostError
from snakebridge.runtime import _context
from snakebridge.runtime._calls.holding import FOR_GOOD, Held
from snakebridge.runtime._objects import translation
from snakebridge.runtime._pool.poison import Poison
from snakebridge.runtime._sessions import recording
from snakebridge_guest.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._calls.holding import Hold
    from snakebridge.runtime._calls.request import Request
    from snakebridge.runtime._context import Context
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._sessions.session import Session
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Asking"]

_MOST_TALKERS = 10_000
_CALLS = frozenset({frames.CALL, frames.METHOD})


class Asking(ABC):
    """The asking half of a pool, without what can be asked.

    Args:
        timeout: Seconds a call may take, queueing included; `None`: no limit.
    """

    closed = False

    def __init__(self, timeout: float | None) -> None:
        self.adapters: dict[str, None] = {}
        """Adapter files every worker must load, in order."""
        self.exports = translation.Exports()
        self.held = Held()
        self.poison = Poison(None)
        self._timeout = timeout
        self._threads: ThreadPoolExecutor | None = None

    @abstractmethod
    def lease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel of a certain worker, or of any; wait for it on this thread."""

    @abstractmethod
    async def alease(self, wanted: Worker | None, deadline: float | None, label: str, hold: Hold) -> Channel:
        """Lease a channel; wait for it as a task."""

    @abstractmethod
    def free(self, wanted: Worker | None, hold: Hold) -> Channel | None:
        """Lease a free channel of a certain worker, or of any; `None` when there is none now."""

    @property
    @abstractmethod
    def has_workers(self) -> bool:
        """Whether a worker is ready or busy."""

    @abstractmethod
    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something on the supervisor's thread in a while."""

    @abstractmethod
    def flush(self, worker: Worker) -> None:
        """Tell an idle worker which proxies and sessions are gone; a busy one is told before its next call."""

    @abstractmethod
    def give_back(self, channel: Channel, *, after_call: bool = True) -> None:
        """End a lease.

        Args:
            channel: What was leased.
            after_call: Whether a call was made over it, so that its end says something about the pool.
        """

    def deadline(self) -> float | None:
        """Return until when a call that is made now may take, as far as the pool says."""
        return None if self._timeout is None else time.monotonic() + self._timeout

    def ask(self, request: Request) -> Any:  # noqa: C901 - a request from its beginning to its end
        """Make a request and return what is made of its reply; where the caller awaits, a coroutine that does so."""
        context = _context.current()
        if context.is_awaited or context.mutates or context.then is not None:
            return self._ask_specially(context, request)
        deadline = self._deadline_in(context)
        waiting = context.waiting
        if waiting is not None and waiting.errands is not None:
            with _context.scope(loop=None):  # this may be its thread, and waits
                errand = waiting.errands.submit(self, request.tie, lambda: self.ask(request))
            if errand is not None:
                return _value(*errand.result())
        session, life, tie = context.session, None, request.tie
        mine, hold = self.held, threading.Lock()
        held = None if mine.taken is None else mine.channel
        before = mine.taken
        with hold:
            try:
                if self.poison.suspects:
                    self.poison.check(request)
                if session is not None:
                    seat = session.seat(self)
                    channel = seat.lease(session, held, tie, deadline, request.label, hold)
                    life = seat.life_on(channel.worker)
                elif held is not None and (tie is None or tie is held.worker):
                    channel = held
                else:
                    channel = self.lease(tie, deadline, request.label, hold)
            except BaseException:  # it goes on; but no worker will ever release these
                self.release(request)
                raise
            mine.taken = channel, hold, before
            try:
                return self._exchange(channel, request, life, deadline)
            except WorkerLostError as error:
                if channel is held or not _can_move(error, channel, session, request):
                    raise
            finally:
                mine.taken = before
                if channel is not held:
                    self.give_back(channel)
        return self.ask(request)  # it was dead before it had the call

    def _ask_specially(self, context: Context, request: Request) -> Any:
        changes: dict[str, Any] = {}
        if context.mutates and request.kind in _CALLS:
            *before, body = request.fields
            changes["fields"] = (*before, list(context.mutates), body)
        then = context.then
        if then is not None and request.kind == frames.CALL:
            changes["fields"] = then.follow(changes.get("fields", request.fields))
            changes["library"] = then.library
            try:
                changes["tie"] = then.worker(request.tie, request.exported)
            except ReferencesApartError:
                self.release(request)
                raise
        if changes:
            request = replace(request, **changes)
        if context.is_awaited:
            return self._ask_awaited(context, request)
        with _context.scope(mutates=(), then=None):  # what a callback calls is another call
            return self.ask(request)

    async def _ask_awaited(  # noqa: C901 - a request from its beginning to its end
        self, context: Context, request: Request
    ) -> Any:
        # Waiting for a channel needs no thread; talking over it takes one of as many as there are channels.
        deadline = self._deadline_in(context)
        if context.waiting is not None or self.held.channel is not None:
            errand = self._errand(context, lambda: self.ask(request), request.tie)
            if errand is not None:
                return _value(*await asyncio.wrap_future(errand))
        session, life = context.session, None
        try:
            if self.poison.suspects:
                self.poison.check(request)
            if session is None:
                channel = await self.alease(request.tie, deadline, request.label, FOR_GOOD)
            else:
                seat = await session.aseat(self)
                channel = await seat.alease(session, request.tie, deadline, request.label)
                life = seat.life_on(channel.worker)
        except BaseException:  # as above
            self.release(request)
            raise

        loop = asyncio.get_running_loop()

        def talk() -> tuple[Any, BaseException | None]:
            # Both outcomes are returned: a future takes no StopIteration, and a library may raise one.
            self.held.taken = channel, FOR_GOOD, None
            try:
                with _context.scope(is_awaited=False, mutates=(), then=None, loop=loop):  # for what a callback calls
                    return self._exchange(channel, request, life, deadline), None
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where it is awaited
                return None, error
            finally:
                self.held.taken = None
                self.give_back(channel)

        lease = channel.leases
        try:
            running = loop.run_in_executor(self.talkers(), contextvars.copy_context().run, talk)
        except BaseException:  # the program is ending, and threads cannot be had
            self.give_back(channel)
            raise
        try:
            value, error = await asyncio.shield(running)
        except asyncio.CancelledError:
            channel.cancel(lease)
            raise
        if error is None:
            return value
        if not _can_move(error, channel, session, request):
            raise error
        return await self._ask_awaited(context, request)

    def _deadline_in(self, context: Context) -> float | None:
        # That of the pool or of the call, and never later than that of the call whose callback makes this one.
        timeout = self._timeout if context.timeout is None else context.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        return deadline if context.waiting is None else _sooner(deadline, context.waiting.deadline)

    def release(self, request: Request) -> None:
        """Let go of the host's objects that a request would have passed: it is not made."""
        for number in request.exported:
            self.exports.release(number)

    def _exchange(self, channel: Channel, request: Request, life: Life | None, deadline: float | None) -> Any:
        # One frame of the stack from the lease to the channel: calls and callbacks may nest.
        worker = channel.worker
        timed = life if life is not None and life.ttl is not None else None
        if timed is not None:
            timed.begin()
        try:
            self.prepare(channel, request.exported)
            if life is not None and worker not in life.workers:
                life.visit(channel, deadline)
            if worker.histories:
                value = recording.exchange(channel, request, life, deadline)
            else:
                value = channel.exchange(request, life, deadline)
        except WorkerLostError as error:
            if error.may_have_run and error.report is worker.report:  # not one that a callback met elsewhere
                self.poison.blame(request, error.report)
            raise
        except RemoteError:  # it ended well, as far as its worker goes
            if self.poison.suspects:
                self.poison.clear(request)
            raise
        finally:
            if timed is not None:
                timed.finish()
        if self.poison.suspects:
            self.poison.clear(request)
        return value

    def _errand(self, context: Context, action: Callable[[], Any], tie: Worker | None) -> Future[Any] | None:
        # The outcome of an awaited call that a callback makes, if the thread that has the channel can make it: this
        # very one, with a loop of the callback's own, or the one that waits for the callback.
        waiting = context.waiting
        with _context.scope(is_awaited=False, mutates=(), then=None):
            if waiting is not None and waiting.errands is not None:
                return waiting.errands.submit(self, tie, action)
            if self.held.channel is None:
                return None
            outcome: Future[Any] = Future()
            try:
                outcome.set_result((action(), None))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
                outcome.set_result((None, error))
            return outcome

    def prepare(self, channel: Channel, exported: list[int]) -> None:
        """Let a worker know what it must before the next request."""
        if self.held.job is not None:
            self.held.job.begin(channel)
        worker = channel.worker
        if worker.ended_sessions:
            channel.flush()
        if len(worker.adapters) != len(self.adapters):
            channel.load_adapters(list(self.adapters))
        if exported:
            self.exports.give(worker.exported, exported)
        channel.context = contextvars.copy_context() if worker.exported else None

    def talkers(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_MOST_TALKERS, thread_name_prefix="snakebridge-call")
        return self._threads


def _can_move(error: BaseException, channel: Channel, session: Session | None, request: Request) -> bool:
    # A call that certainly was not made is made on another worker, unless it needs that very one, or what was exported
    # for it is gone with it. The same error of another call may come by way of a callback: then this one was made.
    return error is channel.unsent and session is None and request.tie is None and not request.exported


def _sooner(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)


def _value(value: Any, error: BaseException | None) -> Any:
    if error is not None:
        raise error
    return value
