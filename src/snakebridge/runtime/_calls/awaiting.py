# Coroutines that callbacks return: awaited on the event loop of the task that awaits the call, else on a loop that is
# made for it. The library waits for the result either way.
#
#   loop's thread:   task ─▶ await sb.aio(f)(callback) …            callback's coroutine ─▶ calls the worker ─┐
#   talking thread:           └▶ exchange ─▶ callback ─▶ wait_for ◀──────────── errand ───────────────────────┘
#
# Guarantees: what the coroutine calls of the same worker runs on the thread that talks to it, which is idle meanwhile:
# so it can be answered although the channel is taken. The coroutine has as long as the call that waits for it.

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from snakebridge.errors import CallTimeoutError
from snakebridge.runtime import _context
from snakebridge_guest.wire.loops import without_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from snakebridge.runtime._calls.asking import Asking
    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Errands", "complete"]


class Errands:
    """What a coroutine asks of the thread that waits for it.

    Args:
        pool: Whose channel that thread has.
        worker: Which worker's.
    """

    def __init__(self, pool: Asking, worker: Worker) -> None:
        self._pool = pool
        self._worker = worker
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._is_open = True
        self._is_cancelled = False
        self._awaited: concurrent.futures.Future[Any] | None = None
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def submit(
        self, pool: Asking, tie: Worker | None, action: Callable[[], Any]
    ) -> concurrent.futures.Future[Any] | None:
        """Have something done on the waiting thread, in the context that is in force here.

        Args:
            pool: What is called.
            tie: Which of its workers; `None`: any.
            action: Makes the call.

        Returns:
            Its outcome: a pair of the value and the error. `None` when that thread is no help.
        """
        if pool is not self._pool or tie not in {None, self._worker} or threading.get_ident() == self._thread:
            return None
        outcome: concurrent.futures.Future[Any] = concurrent.futures.Future()
        context = contextvars.copy_context()

        def run() -> None:
            try:
                outcome.set_result((context.run(action), None))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
                outcome.set_result((None, error))

        with self._lock:
            if not self._is_open:
                return None
            self._queue.put(run)
        return outcome

    def cancel(self) -> None:
        """Cancel the coroutine, from another thread; perhaps before there is one."""
        self._is_cancelled = True
        if self._awaited is not None:
            self._awaited.cancel()

    def wait_for(self, future: concurrent.futures.Future[Any], deadline: float | None) -> bool:
        """Run errands until a future is done; return whether it was in time."""
        self._awaited = future
        if self._is_cancelled:
            future.cancel()
        future.add_done_callback(lambda _: self._queue.put(None))
        try:
            while not future.done():
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                errand = self._queue.get(timeout=left)
                if errand is not None:
                    errand()
        except queue.Empty:
            return False
        finally:
            with self._lock:
                self._is_open = False
            while not self._queue.empty():
                late = self._queue.get()
                if late is not None:
                    late()
        return True


def complete(channel: Channel, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a callback's coroutine returns.

    Raises:
        CallTimeoutError: The call that waits for it has no more time.
    """
    loop, deadline = _context.current().loop, channel.deadline
    if loop is None or loop.is_closed():
        return _run(coroutine, deadline)
    errands = Errands(channel.pool, channel.worker)
    channel.awaited.add(errands)
    try:
        with _context.scope(waiting=_context.Waiting(deadline, errands)):  # the coroutine takes it along
            future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        if not errands.wait_for(future, deadline):
            future.cancel()
            raise _late()
        return future.result()
    except concurrent.futures.CancelledError:
        raise asyncio.CancelledError from None
    finally:
        channel.awaited.discard(errands)


def _run(coroutine: Coroutine[Any, Any, Any], deadline: float | None) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(None if deadline is None else max(0.0, deadline - time.monotonic())):
            return await coroutine

    # The caller may itself be a coroutine that blocks its loop with this call; that loop waits like its thread.
    try:
        with without_loop(), asyncio.Runner() as runner:
            return runner.run(bounded(), context=contextvars.copy_context())
    except TimeoutError:
        if deadline is None or time.monotonic() < deadline:
            raise  # its own
        raise _late() from None


def _late() -> CallTimeoutError:
    message = "an async callback did not finish before the deadline of the call that waits for it"
    return CallTimeoutError(message, may_have_run=True)
