# Streams: a remote iterator here. Batches are pulled when they are needed, the first of one item, each later one twice
# as large: the first item arrives at once, backpressure is by construction, and memory is bounded.

from __future__ import annotations

from collections import deque
from typing import Any, Self

from snakebridge.runtime._proxies import RemoteObject

__all__ = ["RemoteIterator"]

_LARGEST_BATCH = 1024


class RemoteIterator(RemoteObject):
    """An iterator or generator that lives in a worker."""

    __slots__ = ("_snakebridge_batch", "_snakebridge_end", "_snakebridge_items")

    _snakebridge_items: deque[Any]
    _snakebridge_batch: int
    _snakebridge_end: bool | BaseException

    def __init__(self) -> None:
        self._snakebridge_items = deque()
        self._snakebridge_batch = 1
        self._snakebridge_end = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        items = self._snakebridge_items
        if not items and not self._snakebridge_end:
            reference = self._snakebridge
            batch = self._snakebridge_batch
            pulled, done, error = reference.worker.pool.next(reference, batch)
            items.extend(pulled)
            self._snakebridge_end = error or done
            self._snakebridge_batch = min(batch * 2, _LARGEST_BATCH)
        if items:
            return items.popleft()
        end, self._snakebridge_end = self._snakebridge_end, True
        if isinstance(end, BaseException):
            raise end
        raise StopIteration

    def close(self) -> None:
        """Close the generator over there; what was pulled already is dropped."""
        self._snakebridge_items.clear()
        if self._snakebridge_end is False:
            self._snakebridge_end = True
            reference = self._snakebridge
            reference.worker.pool.method(reference, "close", (), None)
