# Work that nobody waits for yet: calls of workers as tasks of one event loop, code of the host's own on threads.
#
#   submit ─▶ one call of a worker ──▶ a task of the loop: it waits for a channel without a thread, and can be cancelled
#        ╰──▶ anything else        ──▶ a thread of the crew
#
# Guarantees: what is in force where it was submitted is in force for it; each future is settled once. The loop and the
# threads end as soon as there is nothing to do, and are made again. In a forked copy of the host, what was not done has
# failed, and both begin afresh. Assumes: whoever wants a result waits for it before the program ends; what is running
# then is finished, what is queued may not be.

from __future__ import annotations

import asyncio
import contextvars
import threading
import weakref
from collections import deque
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVarTuple, Unpack

from snakebridge.runtime import _fork

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from snakebridge.runtime._calls.asking import Asking
    from snakebridge.runtime._calls.channel import Channel

__all__ = ["Crew", "Job", "as_task", "on_thread"]

_MOST_THREADS: Final = 128
_LINGER: Final = 0.05
"""Seconds a thread waits for more; as long as the program's end may wait for it."""
_Ts = TypeVarTuple("_Ts")


class _EventLoop(asyncio.SelectorEventLoop):
    # A call that was cancelled still ends, on a thread that wants to tell the loop; by then it may be closed.

    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        try:
            return super().call_soon_threadsafe(callback, *args, context=context)
        except RuntimeError:
            if not self.is_closed():
                raise
            return asyncio.Handle(callback, args, self, context)


class _Loop:
    """An event loop on a thread of its own, while there are tasks."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin afresh."""
        self._lock = threading.Lock()
        self._loop: _EventLoop | None = None
        self._pending = 0

    def run(self, make: Callable[[], Coroutine[Any, Any, Any]], future: Future[Any]) -> None:
        """Run a coroutine as a task in a copy of this context."""
        with self._lock:
            if self._loop is None:
                loop = _EventLoop()
                threading.Thread(target=_serve, args=(loop,), name="snakebridge-submit").start()
                self._loop = loop
            loop = self._loop
            self._pending += 1
        loop.call_soon_threadsafe(self._begin, loop, make, future, context=contextvars.copy_context())

    def _begin(
        self, loop: asyncio.AbstractEventLoop, make: Callable[[], Coroutine[Any, Any, Any]], future: Future[Any]
    ) -> None:
        if future.cancelled():
            future.set_running_or_notify_cancel()
            self._end(loop)
            return
        task = loop.create_task(_outcome(make()))

        def settle(ended: asyncio.Task[tuple[Any, BaseException | None]]) -> None:
            if ended.cancelled():
                future.cancel()
                future.set_running_or_notify_cancel()
            elif future.set_running_or_notify_cancel():
                result, error = ended.result()
                if error is None:
                    future.set_result(result)
                else:
                    future.set_exception(_told(error))
            self._end(loop)

        def cancel(future: Future[Any]) -> None:
            if future.cancelled():
                loop.call_soon_threadsafe(task.cancel)

        task.add_done_callback(settle)
        future.add_done_callback(cancel)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            self._pending -= 1
            if not self._pending:
                self._loop = None
                loop.stop()


class Crew:
    """Threads that take what is queued, and end when there is nothing for a moment.

    Args:
        most: How many at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.forget()
        _crews.add(self)

    def forget(self) -> None:
        """Begin afresh."""
        self._changed = threading.Condition()
        self._queue: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._idle = 0

    def run(self, action: Callable[[], None]) -> None:
        """Do something on a thread."""
        with self._changed:
            self._queue.append(action)
            if self._idle >= len(self._queue):
                self._changed.notify()
                return
            if self._threads >= self._most:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="snakebridge-submit").start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._queue, _LINGER)
                self._idle -= 1
                if not self._queue:
                    self._threads -= 1
                    return
                action = self._queue.popleft()
            action()
            del action  # and what it holds


class Job(Future[Any]):
    """What becomes of something that is done on a thread.

    Args:
        pool: Whose call it is, if it is one call of a worker.
    """

    def __init__(self, pool: Asking | None) -> None:
        super().__init__()
        _futures.add(self)
        self._pool = pool
        self._lock = threading.Lock()
        self._is_stopped = False
        self._lease: tuple[Channel, int] | None = None

    def stop(self) -> None:
        """Cancel it, also while it runs if it is one call of a worker."""
        if self.cancel():
            return
        with self._lock:
            self._is_stopped = True
            if self._lease is not None:
                channel, lease = self._lease
                channel.cancel(lease)

    def forget(self) -> None:
        """Have no call that could be stopped."""
        self._lock = threading.Lock()
        self._lease = None

    def begin(self, channel: Channel) -> None:
        """Note the channel of the call (from the thread that makes it).

        Raises:
            CancelledError: It was stopped meanwhile.
        """
        with self._lock:
            if self._is_stopped:
                raise CancelledError
            self._lease = channel, channel.leases

    def run(self, context: contextvars.Context, action: Callable[[], Any]) -> None:
        """Do it here."""
        if not self.set_running_or_notify_cancel():
            return
        held = None if self._pool is None else self._pool.held
        if held is not None:
            held.job = self
        try:
            result = context.run(action)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where it is waited for
            settle = partial(self.set_exception, error)
        else:
            settle = partial(self.set_result, result)
        if held is not None:
            held.job = None
        with self._lock:
            self._lease = None
        settle()


_futures: weakref.WeakSet[Future[Any]] = weakref.WeakSet()
_crews: weakref.WeakSet[Crew] = weakref.WeakSet()
_loop = _Loop()
_crew = Crew(_MOST_THREADS)


@_fork.afresh
def _forget(original: int) -> None:
    _loop.forget()
    for crew in list(_crews):
        crew.forget()
    for future in list(_futures):
        # Its locks may be taken by threads that there are not here.
        future._condition = threading.Condition()  # noqa: SLF001 - nothing else makes it one that can be settled
        if isinstance(future, Job):
            future.forget()
        if not future.done():
            future.set_exception(_fork.forked("what was submitted", original))


def as_task(make: Callable[[], Coroutine[Any, Any, Any]]) -> Future[Any]:
    """Have a coroutine run; cancelling the future cancels it, also while it runs."""
    future: Future[Any] = Future()
    _futures.add(future)
    _loop.run(make, future)
    return future


def on_thread(action: Callable[[], Any], pool: Asking | None = None, *, crew: Crew = _crew) -> Job:
    """Have something done on a thread; its future can be cancelled until it begins.

    Args:
        action: What to do.
        pool: Whose call it is, if it is one call of a worker.
        crew: On whose thread.
    """
    job, context = Job(pool), contextvars.copy_context()
    crew.run(lambda: job.run(context, action))
    return job


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _outcome(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    try:
        return await coroutine, None
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 - a library may raise SystemExit, which would end the loop
        return None, error


def _told(error: BaseException) -> BaseException:
    # A coroutine cannot raise StopIteration, a library can (PEP 479).
    cause = error.__cause__
    return cause if type(error) is RuntimeError and isinstance(cause, (StopIteration, StopAsyncIteration)) else error
