# Streams of the host over here, pulled in batches by the rules of `wire/streams`; and iterators of the library whose
# items the host gave back, because it passes the iterator on before it has used them.
from __future__ import annotations

from collections import deque
from typing import Any, Iterable

from snakebridge_guest.wire import streams
from snakebridge_guest.worker._callbacks import HostObject, in_thread


class HostIterator(HostObject):
    """An iterator of the host."""

    __slots__ = ("_snakebridge_ended", "_snakebridge_failed", "_snakebridge_items", "_snakebridge_more")

    def __init__(self, number: int, request: Any) -> None:
        super().__init__(number, request)
        object.__setattr__(self, "_snakebridge_items", deque())
        object.__setattr__(self, "_snakebridge_more", 1)
        object.__setattr__(self, "_snakebridge_failed", None)
        object.__setattr__(self, "_snakebridge_ended", False)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        items = self._snakebridge_items
        while not items:
            self._raise(StopIteration)
            self._take(self._snakebridge_request("next", self._snakebridge_number, "", self._snakebridge_more))
        return items.popleft()

    def _take(self, reply: Any) -> None:
        items, ended, failed, returned = reply
        self._snakebridge_items.extend(items)
        object.__setattr__(self, "_snakebridge_more", min(2 * len(items) or 1, streams.MOST))
        object.__setattr__(self, "_snakebridge_failed", failed)
        object.__setattr__(self, "_snakebridge_ended", (returned,) if ended else False)

    def _raise(self, end: Any) -> None:
        failed = self._snakebridge_failed
        if failed is not None:
            object.__setattr__(self, "_snakebridge_failed", None)
            raise failed
        if self._snakebridge_ended:
            returned = self._snakebridge_ended[0]
            object.__setattr__(self, "_snakebridge_ended", (None,))
            raise end(*([] if returned is None or end is StopAsyncIteration else [returned]))

    def _resumed(self, how: int, value: Any, end: Any) -> Any:
        items = self._snakebridge_items
        if how == streams.SEND and items:  # it is ahead, so its code does not look at what it is sent
            return items.popleft()
        items.clear()
        if self._snakebridge_ended:
            self._raise(end)
        self._take(self._snakebridge_request("send", self._snakebridge_number, how, value))
        if not items:
            self._raise(end)
        return items.popleft()


class HostGenerator(HostIterator):
    """A generator of the host."""

    __slots__ = ()

    def send(self, value: Any) -> Any:
        return self._resumed(streams.SEND, value, StopIteration)

    def throw(self, kind: Any, value: Any = None, _trace: Any = None) -> Any:
        return self._resumed(streams.THROW, _exception(kind, value), StopIteration)

    def close(self) -> Any:
        self._snakebridge_items.clear()
        if not self._snakebridge_ended:
            object.__setattr__(self, "_snakebridge_ended", (None,))
            return self._snakebridge_request("method", self._snakebridge_number, "close", (), {})
        return None


class HostAsyncGenerator(HostIterator):
    """An async generator of the host; also to be iterated by who has no event loop."""

    __slots__ = ()

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        items = self._snakebridge_items
        while not items:
            self._raise(StopAsyncIteration)
            more = self._snakebridge_more
            self._take(await in_thread(self._snakebridge_request, "next", self._snakebridge_number, "", more))
        return items.popleft()

    async def asend(self, value: Any) -> Any:
        return await in_thread(self._resumed, streams.SEND, value, StopAsyncIteration)

    async def athrow(self, kind: Any, value: Any = None, _trace: Any = None) -> Any:
        return await in_thread(self._resumed, streams.THROW, _exception(kind, value), StopAsyncIteration)

    async def aclose(self) -> None:
        self._snakebridge_items.clear()
        if not self._snakebridge_ended:
            object.__setattr__(self, "_snakebridge_ended", (None,))
            await in_thread(self._snakebridge_request, "method", self._snakebridge_number, "aclose", (), {})


CLASSES = {
    streams.ITERATOR: HostIterator,
    streams.GENERATOR: HostGenerator,
    streams.ASYNC_GENERATOR: HostAsyncGenerator,
}


class Unread:
    """An iterator of the library, with items before it that it has given already.

    Args:
        items: Those.
        iterator: What goes on after them.
    """

    def __init__(self, items: Iterable[Any], iterator: Any) -> None:
        self._items = deque(items)
        self._iterator = iterator

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self._items.popleft() if self._items else next(self._iterator)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iterator, name)

    def send(self, value: Any) -> Any:
        return self._items.popleft() if self._items else self._iterator.send(value)

    def throw(self, *error: Any) -> Any:
        self._items.clear()
        return self._iterator.throw(*error)

    def close(self) -> Any:
        self._items.clear()
        close = getattr(self._iterator, "close", None)
        return None if close is None else close()


def _exception(kind: Any, value: Any) -> Any:
    # As generators take them: an instance, a class, or a class and what makes its instance.
    if isinstance(kind, type):
        if isinstance(value, kind):
            return value
        arguments = () if value is None else value if isinstance(value, tuple) else (value,)
        return kind(*arguments)
    return kind
