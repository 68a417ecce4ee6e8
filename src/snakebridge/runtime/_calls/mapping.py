# Maps: a function for each of many items, several calls at once.
#
#   items ─▶ window: so many are submitted and not read yet ─▶ results, in the order of the items or of their ends
#
# Guarantees: an item is taken when there is room for it, on the thread that reads the results; whoever stops reading,
# or meets an error, leaves no call queued, and interrupts those that run. Assumes: one reader at a time.

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, cast, overload

from snakebridge.errors import ConfigurationError
from snakebridge.runtime._calls.background import Crew, Job, on_thread
from snakebridge.runtime._calls.direct import is_direct, makes_coroutines, pool_of
from snakebridge.runtime._calls.styles import submit
from snakebridge.runtime._context import current
from snakebridge.runtime._pool import defaults
from snakebridge.runtime._pool.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from snakebridge.runtime._calls.requests import Requests

__all__ = ["Results", "map_"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_FIRST: Final = concurrent.futures.FIRST_COMPLETED


class _Bell:
    # Rings when a call is done. A future holds it, not the results: those may be dropped while calls run.

    def __init__(self) -> None:
        self.ring: Callable[[], object] | None = None

    def __call__(self, _: Future[Any]) -> None:
        ring = self.ring
        if ring is not None:
            ring()


class Results(Generic[R_co]):
    """The results of `sb.map`: an iterator, also for `async for`. Leaving a `with` block ends what is not read."""

    def __init__(
        self,
        function: Callable[..., Any],
        items: Iterator[tuple[Any, ...]],
        room: int,
        most: int,
        *,
        ordered: bool,
    ) -> None:
        self._function = function
        # What is direct and no coroutine is stopped by way of its pool's channels.
        self._is_task = makes_coroutines(function)
        self._pool = pool_of(function) if is_direct(function) else None
        # As few threads as calls can run: what waits for one can still be cancelled. They are faster than tasks.
        self._crew = Crew(most)
        self._items = items
        self._room = room
        self._ordered = ordered
        self._waiting: deque[Future[Any]] = deque()
        self._bell = _Bell()
        self._is_over = False
        self._fill()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R_co:
        if not self._waiting:
            raise StopIteration
        try:
            concurrent.futures.wait(self._wanted(), return_when=_FIRST)
            return self._take()
        except BaseException:  # Ctrl-C included
            self.close()
            raise

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R_co:
        if not self._waiting:
            raise StopAsyncIteration
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._bell.ring = lambda: loop.call_soon_threadsafe(event.set)
        try:
            while not any(each.done() for each in self._wanted()):
                await event.wait()
                event.clear()
            return self._take()
        except BaseException:  # cancelled included
            self.close()
            raise
        finally:
            self._bell.ring = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Read no more: what is queued is not called, and calls of bridges that run are interrupted."""
        self._is_over = True
        waiting, self._waiting = self._waiting, deque()
        for future in waiting:
            if isinstance(future, Job):
                future.stop()
            else:
                future.cancel()

    def _wanted(self) -> list[Future[Any]]:
        return [self._waiting[0]] if self._ordered else list(self._waiting)

    def _take(self) -> R_co:
        done = next(each for each in self._waiting if each.done()) if not self._ordered else self._waiting[0]
        self._waiting.remove(done)
        self._fill()  # first, so that the workers go on while this result is used
        return cast("R_co", done.result())

    def _fill(self) -> None:
        while not self._is_over and len(self._waiting) < self._room:
            try:
                arguments = next(self._items, None)
            except Exception as error:  # noqa: BLE001 - the iterable's own: raised after the results of what it gave
                arguments, failed = None, Future[Any]()
                failed.set_exception(error)
                self._waiting.append(failed)
            if arguments is None:
                self._is_over = True
                return
            future = self._begin(arguments)
            future.add_done_callback(self._bell)
            self._waiting.append(future)

    def _begin(self, arguments: tuple[Any, ...]) -> Future[Any]:
        if self._is_task:
            return submit(self._function, *arguments)
        return on_thread(partial(self._function, *arguments), self._pool, crew=self._crew)


@overload
def map_(
    function: Callable[[A], R], items: Iterable[A], /, *, at_once: int | None = None, ordered: bool = True
) -> Results[R]: ...
@overload
def map_(
    function: Callable[[A, B], R],
    items: Iterable[A],
    second: Iterable[B],
    /,
    *,
    at_once: int | None = None,
    ordered: bool = True,
) -> Results[R]: ...
@overload
def map_(
    function: Callable[[A, B, C], R],
    items: Iterable[A],
    second: Iterable[B],
    third: Iterable[C],
    /,
    *,
    at_once: int | None = None,
    ordered: bool = True,
) -> Results[R]: ...
def map_(
    function: Callable[..., Any], /, *items: Iterable[Any], at_once: int | None = None, ordered: bool = True
) -> Results[Any]:
    """Call a function for each item, several calls at once: over all workers of its pool.

    Items are taken as results are read, so they may be endless. The first error is raised where its result would be,
    and ends the rest; so does leaving a loop over a `with` block's results.

        with sb.map(np.linalg.norm, rows) as norms:
            for norm in norms: ...

    Args:
        function: What to call: a function of a bridge, a pipeline, or a function of yours that calls some.
        items: One iterable for each parameter; the shortest one ends it.
        at_once: Calls that may run or wait to be read; `None`: twice as many as the pool runs at once.
        ordered: Whether results come in the order of the items; else as they are done.

    Raises:
        ConfigurationError: `at_once` is less than 1, or there is no iterable.
    """
    if at_once is not None and at_once < 1:
        raise ConfigurationError(f"at_once must be at least 1, not {at_once}")
    if not items:
        raise ConfigurationError("map needs something to call the function for: sb.map(f, items)")
    most = _breadth(pool_of(function))
    room = 2 * most if at_once is None else at_once  # so that no worker waits for the reader
    return Results(function, zip(*items, strict=False), room, min(most, room), ordered=ordered)


def _breadth(pool: Requests | None) -> int:
    # How many calls can run at once: in a session as many as one worker runs.
    in_session = current().session is not None
    pools = [pool] if isinstance(pool, Pool) else defaults.open_pools()
    return max((each.lanes if in_session else each.breadth for each in pools), default=1)
