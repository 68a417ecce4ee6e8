# Sessions: a scope on one worker of each pool it touches. References made in it live until it ends.

from __future__ import annotations

import asyncio
import itertools
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Self

from snakebridge.errors import SessionClosedError, SessionLostError
from snakebridge.runtime import _context

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._requests import Requests
    from snakebridge.runtime._worker import Worker

__all__ = ["Session"]

_numbers = itertools.count(1)
# The scopes of the `with` blocks that this thread or task is in: several may be in one session at once, and each must
# leave its own.
_entered: ContextVar[tuple[AbstractContextManager[None], ...]] = ContextVar("snakebridge sessions", default=())


class Session:
    """A scope in which every call of a pool goes to the same worker and references stay alive.

    Use it as a context manager (`with`, or `async with`); calls made inside the block belong to it. Leaving the block
    frees its objects over there; proxies made in it then raise `StaleReferenceError`. When its worker dies, the next
    call raises `SessionLostError`: state was lost, and only you know how to build it again.

    Args:
        pool: Calls of generated code inside the block go to this pool; `None`: each library's configured pool.
    """

    def __init__(self, pool: Pool | None = None) -> None:
        self.number = next(_numbers)
        self.ended = False
        self._pool = pool
        self._workers: dict[Requests, Worker] = {}
        self._lock = threading.Lock()
        self._inside = 0

    def __repr__(self) -> str:
        return f"session {self.number}"

    def __enter__(self) -> Self:
        if self.ended:
            raise SessionClosedError(f"{self} has ended; open a new one")
        changes: dict[str, object] = {"session": self}
        if self._pool is not None:
            changes["pool"] = self._pool
        scope = _context.scope(**changes)
        scope.__enter__()
        _entered.set((*_entered.get(), scope))
        with self._lock:
            self._inside += 1
        return self

    def __exit__(self, *exception: object) -> None:
        if self._leave():
            self.close()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *exception: object) -> None:
        if self._leave():
            await asyncio.to_thread(self.close)  # it may have to talk to the worker

    def _leave(self) -> bool:
        # Whether nobody is inside any more.
        *outer, scope = _entered.get()
        _entered.set(tuple(outer))
        scope.__exit__(None, None, None)
        with self._lock:
            self._inside -= 1
            return self._inside == 0

    def close(self) -> None:
        """End the session and free its objects; a second time does nothing."""
        with self._lock:
            if self.ended:
                return
            self.ended = True
            workers, self._workers = self._workers, {}
        for pool, worker in workers.items():
            pool.end_session(worker, self.number)

    def worker(self, pool: Requests) -> Worker | None:
        """Return the worker this session has in a pool, or `None` when it has none yet.

        Raises:
            SessionClosedError: The session has ended.
            SessionLostError: The worker died, and the session's references with it.
        """
        with self._lock:
            if self.ended:
                raise SessionClosedError(f"{self} has ended; open a new one")
            worker = self._workers.get(pool)
        if worker is not None and worker.gone:
            report = worker.report
            raise SessionLostError(
                f"{self} lost its worker and its objects: {report or 'it was stopped'}; open a new session",
                report=report,
                may_have_run=False,
            )
        return worker

    def pin(self, pool: Requests, worker: Worker) -> None:
        """Keep to a worker from now on."""
        with self._lock:
            self._workers.setdefault(pool, worker)
