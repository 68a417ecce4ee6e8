# Streams: iterators and generators of the library here. Items are pulled when they are needed, and as many at once as
# cannot matter (`wire/streams`): the first item arrives at once, backpressure is by construction, memory is bounded.
#
# Guarantees: an error arrives after the items before it; a generator that is dropped is closed over there at once, or
# after the call that its worker is in; items that came and were not used go back before the iterator is passed on.

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Self

from snakebridge.errors import CallTimeoutError
from snakebridge.runtime import _context
from snakebridge.runtime._objects.proxies import RemoteObject, operate
from snakebridge.runtime._objects.references import Reference
from snakebridge_guest.wire import streams
from snakebridge_guest.wire.copier import Copier

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["KINDS", "RemoteAsyncGenerator", "RemoteGenerator", "RemoteIterator", "StreamReference", "give_back"]


class StreamReference(Reference):
    """A handle to an iterator: dropped, it is told at once, because a generator may have something open."""

    __slots__ = ("is_open",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.is_open = True

    def __del__(self) -> None:
        super().__del__()
        worker = self.worker
        if self.is_open and not worker.gone:
            worker.pool.later(0, lambda: worker.pool.flush(worker))  # takes no lock


class RemoteIterator(RemoteObject):
    """An iterator that lives in a worker; `async for` takes it too, and lets the event loop go on."""

    __slots__ = ("_snakebridge_end", "_snakebridge_error", "_snakebridge_items", "_snakebridge_more")

    _snakebridge: StreamReference  # pyright: ignore[reportIncompatibleVariableOverride] - set once, by who makes it
    _snakebridge_items: deque[Any]
    _snakebridge_more: int
    _snakebridge_error: BaseException | None
    _snakebridge_end: tuple[Any, ...] | None

    def __init__(self) -> None:
        self._snakebridge_items = deque()
        self._snakebridge_more = 1
        self._snakebridge_error = None
        self._snakebridge_end = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        while True:
            try:
                return self._snakebridge_items.popleft()
            except IndexError:  # and not asked before: another thread may be as quick
                pass
            if _context.current().is_awaited:
                return self._awaited_next()
            self._raise(StopIteration)
            reference = self._snakebridge
            try:
                reference.worker.pool.next(reference, self._snakebridge_more, self._take)
            except CallTimeoutError as error:
                self._postpone(error)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        while True:
            try:
                return self._snakebridge_items.popleft()
            except IndexError:  # as above
                pass
            self._raise(StopAsyncIteration)
            reference = self._snakebridge
            with _context.scope(is_awaited=True):
                reply: Any = reference.worker.pool.next(reference, self._snakebridge_more, self._take)
            try:
                await reply
            except CallTimeoutError as error:
                self._postpone(error)

    async def _awaited_next(self) -> Any:
        try:
            return await self.__anext__()
        except StopAsyncIteration as end:
            raise RuntimeError("the iterator has ended, and a coroutine cannot say so; use `async for`") from end

    def _snakebridge_copy(self) -> Any:
        give_back(self)
        return operate(self, "__copy__")

    __copy__ = Copier(_snakebridge_copy)

    def __deepcopy__(self, memo: object) -> Any:
        give_back(self)
        return super().__deepcopy__(memo)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            give_back(self)
        return super().__getattr__(name)

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _take(self, items: list[Any], error: BaseException | None, end: tuple[Any, ...] | None) -> None:
        # Also called with what comes after a deadline.
        self._snakebridge_items.extend(items)
        self._snakebridge_error = error
        self._snakebridge_end = end
        self._snakebridge_more = min(2 * len(items) or 1, streams.MOST)
        if end is not None:
            self._snakebridge.is_open = False

    def _postpone(self, error: CallTimeoutError) -> None:
        if not self._snakebridge_items:
            raise error
        self._snakebridge_error = error  # after the items that came in time

    def _raise(self, end: type[StopIteration | StopAsyncIteration]) -> None:
        error, self._snakebridge_error = self._snakebridge_error, None
        if error is not None:
            raise error
        if self._snakebridge_end is not None:
            returned, self._snakebridge_end = self._snakebridge_end, ()
            raise end(*(returned if end is StopIteration else ()))


class RemoteGenerator(RemoteIterator):
    """A generator that lives in a worker."""

    __slots__ = ()

    def send(self, value: object) -> Any:
        """Resume it with a value; return what it yields next."""
        if self._snakebridge_items:  # pulled ahead, so the code over there does not look at what it is sent
            return self._snakebridge_items.popleft()
        self._raise(StopIteration)
        return self._resumed(streams.SEND, value)

    def throw(self, kind: Any, value: Any = None, trace: object = None) -> Any:  # noqa: ARG002 - as generators take it
        """Raise an exception where it is; return what it yields next."""
        error = _exception(kind, value)
        if self._snakebridge_end is not None and not self._snakebridge_items:
            raise error
        return self._resumed(streams.THROW, error)

    def close(self) -> Any:
        """Close it over there; what was pulled already is dropped."""
        return operate(self, "close") if _close(self) else None

    def _resumed(self, how: int, value: object) -> Any:
        self._snakebridge_items.clear()
        reference = self._snakebridge
        reply = reference.worker.pool.send(reference, how, value, self._take)
        if _context.current().is_awaited:
            return self._after(reply)
        return self._first(StopIteration)

    async def _after(self, reply: Coroutine[Any, Any, Any]) -> Any:
        await reply
        return self._first(StopAsyncIteration)

    def _first(self, end: type[StopIteration | StopAsyncIteration]) -> Any:
        if not self._snakebridge_items:
            self._raise(end)
        return self._snakebridge_items.popleft()


class RemoteAsyncGenerator(RemoteIterator):
    """An async generator that lives in a worker; `for` takes it too, and blocks."""

    __slots__ = ()

    async def asend(self, value: object) -> Any:
        """Resume it with a value; return what it yields next."""
        if self._snakebridge_items:
            return self._snakebridge_items.popleft()
        self._raise(StopAsyncIteration)
        return await self._resumed(streams.SEND, value)

    async def athrow(self, kind: Any, value: Any = None, trace: object = None) -> Any:  # noqa: ARG002 - as above
        """Raise an exception where it is; return what it yields next."""
        error = _exception(kind, value)
        if self._snakebridge_end is not None and not self._snakebridge_items:
            raise StopAsyncIteration
        return await self._resumed(streams.THROW, error)

    async def aclose(self) -> None:
        """Close it over there; what was pulled already is dropped."""
        if _close(self):
            with _context.scope(is_awaited=True):
                reply = operate(self, "aclose")
            await (await reply)

    async def _resumed(self, how: int, value: object) -> Any:
        self._snakebridge_items.clear()
        reference = self._snakebridge
        with _context.scope(is_awaited=True):
            reply: Any = reference.worker.pool.send(reference, how, value, self._take)
        await reply
        if not self._snakebridge_items:
            self._raise(StopAsyncIteration)
        return self._snakebridge_items.popleft()


KINDS: dict[int, type[RemoteIterator]] = {
    streams.ITERATOR: RemoteIterator,
    streams.GENERATOR: RemoteGenerator,
    streams.ASYNC_GENERATOR: RemoteAsyncGenerator,
}


def give_back(stream: RemoteIterator) -> None:
    """Give the items that came and were not used back to the iterator: something else is done with it."""
    items = stream._snakebridge_items  # noqa: SLF001 - the functions of this module are the classes' own
    if items and not isinstance(stream, RemoteAsyncGenerator):
        count = len(items)
        items.clear()
        reference = stream._snakebridge  # noqa: SLF001 - as above
        with _context.scope(is_awaited=False):
            reference.worker.pool.unread(reference, count)
        stream._snakebridge_error = stream._snakebridge_end = None  # noqa: SLF001 - they come again


def _close(stream: RemoteIterator) -> bool:
    # Whether it has to be closed over there too.
    stream._snakebridge_items.clear()  # noqa: SLF001 - as above
    is_open = stream._snakebridge_end is None  # noqa: SLF001 - as above
    stream._snakebridge_end = ()  # noqa: SLF001 - as above
    return is_open


def _exception(kind: Any, value: Any) -> BaseException:
    # As generators take them: an instance, a class, or a class and what makes its instance.
    made: Any = kind
    if isinstance(kind, type):
        if isinstance(value, kind):
            made = value
        else:
            made = kind(*(() if value is None else value if isinstance(value, tuple) else (value,)))
    if not isinstance(made, BaseException):
        raise TypeError(f"exceptions must be classes or instances of BaseException, not {type(made).__name__}")
    return made
