# Sessions: a scope on one worker of each pool it touches. References made in it live until it ends.
#
#   with ──▶ a call ──▶ its seat in the pool (`_sessions/pinning.py`) ──▶ lost? ── no ─▶ the session's worker
#                                                                 │ yes
#                                            replay, rebuild, or SessionLostError
#
# Guarantees: whatever becomes of its owner, its objects are freed (`life.py`, `owners.py`); what was lost is built
# again by one thread, and the others wait for it.

from __future__ import annotations

import asyncio
import threading
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from snakebridge.errors import ConfigurationError, SessionClosedError, SessionLostError
from snakebridge.runtime import _context
from snakebridge.runtime._sessions.life import Life
from snakebridge.runtime._sessions.owners import Entry
from snakebridge.runtime._sessions.pinning import PINNINGS, Pinning, Seat
from snakebridge.runtime._sessions.replay import History, UnrepeatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._calls.asking import Asking
    from snakebridge.runtime._objects.references import ReferenceCount
    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Session"]

F = TypeVar("F", bound="Callable[..., Any]")

# The blocks that this thread or task is in: several may be in one session at once, and each must leave its own.
_entered: ContextVar[tuple[Entry, ...]] = ContextVar("snakebridge sessions", default=())


class Session:
    """A scope in which every call of a pool goes to the same worker and references stay alive.

    Use it as a context manager (`with`, or `async with`); calls made inside the block belong to it. Leaving the block
    frees its objects over there; proxies made in it then raise `StaleReferenceError`. It also ends when the thread or
    task that is in it ends, when nobody holds it any more, and when its `ttl` has passed.

    When its worker dies, the next call raises `SessionLostError`, unless `rebuild` or `replay` says how to go on.

    Args:
        pool: Calls of generated code inside the block go to this pool; `None`: each library's configured pool.
        pinning: What a call does when the session's worker is busy. `"queue"`: it waits. `"fail_fast"`: it raises
            `PoolSaturatedError`. `"hint"`: unless it has a reference, it goes to another worker.
        ttl: Seconds without a call after which the session expires.
        max_references: Objects that the session may have in a worker; a result that would be one more raises
            `ReferenceLimitError`, and nothing is ever evicted.
        metadata: Values that adapters in the worker may read.
        rebuild: After the worker's death, called with the session before the next call, on a new worker. It makes its
            calls on its own thread.
        replay: Whether to record the calls that made the live references, and to make them again on a new worker
            after a death, so that the same proxies work again.

    Raises:
        ConfigurationError: The arguments do not go together.
        TypeError: The metadata hold what is no value.
    """

    def __init__(
        self,
        pool: Pool | None = None,
        *,
        pinning: Pinning = "queue",
        ttl: float | None = None,
        max_references: int | None = None,
        metadata: Mapping[str, object] | None = None,
        rebuild: Callable[[Session], object] | None = None,
        replay: bool = False,
    ) -> None:
        _check(pinning, ttl, max_references, rebuild=rebuild is not None, replay=replay)
        self.life = Life(ttl=ttl, metadata=metadata, max_references=max_references)
        self.life.owner = weakref.ref(self)
        self.replays = replay
        self._pool = pool
        self._pinning: Pinning = pinning
        self._rebuild = rebuild
        self._seats: dict[Asking, Seat] = {}
        self._lock = threading.Lock()
        self._recovery = threading.RLock()
        self._inside: dict[Entry, bool] = {}
        weakref.finalize(self, _dropped, self.life, self._seats).atexit = False

    def __repr__(self) -> str:
        return repr(self.life)

    @property
    def number(self) -> int:
        """What it is called in messages and over there."""
        return self.life.number

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.life.ended is not None

    @property
    def pool(self) -> Pool | None:
        """The pool that calls of generated code inside the block go to; `None`: each library's configured one."""
        return self._pool

    # --- in and out -------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._check_open()
        changes: dict[str, object] = {"session": self}
        if self._pool is not None:
            changes["pool"] = self._pool
        entry = Entry(self, _context.change(**changes))
        self._inside[entry] = True
        _entered.set((*_entered.get(), entry))
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
        *outer, entry = _entered.get()
        _entered.set(tuple(outer))
        _context.restore(entry.before)
        entry.forget()
        self._inside.pop(entry, None)
        return not self._inside

    def depart(self, entry: Entry, why: str) -> None:
        """Leave for an owner that ended. Never blocks."""
        if self._inside.pop(entry, False) and not self._inside:
            _abandon(self.life, self._seats, why)

    def close(self) -> None:
        """End the session and free its objects; a second time does nothing."""
        for worker in self.life.end("has ended"):
            worker.pool.end_session(worker, self.number)
        _stop(self._seats)

    # --- calls ------------------------------------------------------------------------------------------------------

    def seat(self, pool: Asking) -> Seat:
        """Return where this session sits in a pool; build up again what it lost.

        Raises:
            SessionClosedError: The session is over.
            SessionLostError: The worker died, and the session's references with it.
        """
        life, seat = self.life, self._seats.get(pool)
        if seat is None or life.ended is not None or life.ttl is not None:
            seat = self._seat(pool)
        if seat.recovering or seat.is_lost:
            self.recover(seat)
        return seat

    async def aseat(self, pool: Asking) -> Seat:
        """Do what `seat` does, while the event loop goes on."""
        seat = self._seat(pool)
        if seat.is_lost or seat.recovering:
            await asyncio.to_thread(self.recover, seat)
        return seat

    async def settle(self) -> None:
        """Build up what was lost and can be, while the event loop goes on; for what a proxy itself could not await."""
        if self.replays or self._rebuild is not None:
            for seat in list(self._seats.values()):
                if seat.is_lost or seat.recovering:
                    await asyncio.to_thread(self.recover, seat)

    @overload
    def tool(self, function: F, *, name: str | None = None, description: str | None = None) -> F: ...
    @overload
    def tool(
        self, function: None = None, *, name: str | None = None, description: str | None = None
    ) -> Callable[[F], F]: ...
    def tool(
        self, function: F | None = None, *, name: str | None = None, description: str | None = None
    ) -> F | Callable[[F], F]:
        """Offer a function to adapters while the session is open, by name; also as a decorator, `@session.tool`.

        It shadows the client's tool of that name. Its parameters are described by its annotations. A name that is
        offered again means the later function.

        Args:
            function: Any callable; a coroutine function is awaited as a callback is.
            name: What it is called over there; `None`: as it is here.
            description: What it is for; `None`: its docstring.

        Raises:
            ConfigurationError: It has no name that a tool can have.
        """
        return self.life.tools.register(function, name, description)

    def references(self) -> list[ReferenceCount]:
        """Count the objects that the session has over there, by type; the most frequent first.

        Raises:
            SessionClosedError: The session is over.
        """
        self._check_open()
        workers = [worker for worker in self.life.workers if not worker.gone]
        counted = [each for worker in workers for each in worker.pool.census(worker, self.number)]
        return sorted(counted, key=lambda each: -each.count)

    def _check_open(self) -> None:
        self.life.expire_if_late()
        if self.life.ended is not None:
            raise SessionClosedError(f"{self} {self.life.ended}; open a new one")

    def _seat(self, pool: Asking) -> Seat:
        self._check_open()
        seat = self._seats.get(pool)
        if seat is None:
            with self._lock:
                seat = self._seats.get(pool)
                if seat is None:
                    history = History(self.life) if self.replays else None
                    seat = self._seats[pool] = Seat(pool, self.life, self._pinning, history)
        return seat

    # --- after a death ----------------------------------------------------------------------------------------------

    def recover(self, seat: Seat) -> None:
        """Build up again what was lost in a pool; on the one thread that came first.

        Raises:
            SessionLostError: Nothing says how, or it cannot be done.
        """
        with self._recovery:
            if seat.recovering or not seat.is_lost:  # this thread does it, or another one did
                return
            lost, seat.recovering = seat.leave(), True
            try:
                changes = {} if self._pool is None else {"pool": self._pool}
                ours = {"session": self, "timeout": None, "is_awaited": False, "mutates": (), "then": None}
                with _context.scope(**ours, **changes):
                    self._build(seat)
            except BaseException as error:  # also an interrupted caller must find it as lost as it was
                if seat.home is not None:
                    self.life.forget(seat.home)
                seat.home = lost
                if isinstance(error, UnrepeatableError):
                    raise self._lost(lost, error) from error.__cause__
                raise
            else:
                self.life.forget(lost)
            finally:
                seat.recovering = False

    def _build(self, seat: Seat) -> None:
        if seat.history is not None:
            seat.replay()
        elif self._rebuild is not None:
            self._rebuild(self)
        else:
            raise UnrepeatableError

    def _lost(self, worker: Worker, error: Exception) -> SessionLostError:
        why = f"; it could not be replayed: {error}" if str(error) else ""
        return SessionLostError(
            f"{self} lost its worker and its objects: {worker.ending}{why}; open a new session",
            report=worker.report,
            may_have_run=False,
        )


def _check(pinning: str, ttl: float | None, max_references: int | None, *, rebuild: bool, replay: bool) -> None:
    if pinning not in PINNINGS:
        raise ConfigurationError(f"pinning must be one of {', '.join(map(repr, PINNINGS))}, not {pinning!r}")
    if ttl is not None and ttl <= 0:
        raise ConfigurationError(f"ttl must be more than 0 seconds, not {ttl}")
    if max_references is not None and max_references < 1:
        raise ConfigurationError(f"max_references must be at least 1, not {max_references}")
    if rebuild and replay:
        raise ConfigurationError("a session is either rebuilt by your function or replayed: give rebuild= or replay=")
    if pinning == "hint" and (rebuild or replay):
        raise ConfigurationError('a session with pinning="hint" has no worker of its own to lose; leave rebuild= out')


def _dropped(life: Life, seats: Mapping[Asking, Seat]) -> None:
    _abandon(life, seats, "was dropped without being closed")


def _abandon(life: Life, seats: Mapping[Asking, Seat], why: str) -> None:
    life.abandon(why)
    _stop(seats)


def _stop(seats: Mapping[Asking, Seat]) -> None:
    for seat in list(seats.values()):
        if seat.history is not None:
            seat.history.stop()
