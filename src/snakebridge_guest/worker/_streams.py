# Streams: which iterators are pulled in batches, and how a batch is cut.
#
# Pulling ahead changes when a generator's side effects happen, so only generators and the built-in iterators stream in
# batches; any other object with `__next__` (a csv reader, a file) is an ordinary reference, one item a call.
from __future__ import annotations

import collections
import itertools
import time
import types
from typing import Any, Iterator

_ORDERED: Any = collections.OrderedDict()
_EMPTY: tuple[Any, ...] = (
    *([], (), {}, set(), "", "\xe9", b"", bytearray(), range(0), collections.deque()),
    *({}.keys(), {}.values(), {}.items(), _ORDERED, _ORDERED.values(), _ORDERED.items()),
)
_BATCHED = frozenset(
    {types.GeneratorType, map, filter, zip, enumerate, reversed}
    | {type(iter(empty)) for empty in _EMPTY}
    | {type(reversed([])), type(reversed({})), type(iter(range(1 << 100)))}
    | {kind for kind in vars(itertools).values() if isinstance(kind, type)}
)
_BUDGET = 0.01  # seconds: a slow generator's item is not held back for its successors
_BYTES = 1 << 20


def streams(value: Any) -> bool:
    """Return whether an object is pulled in batches."""
    return type(value) in _BATCHED


def take(iterator: Iterator[Any], count: int) -> tuple[list[Any], bool, BaseException | None]:
    """Pull up to `count` items, the first one however long it takes.

    Returns:
        The items, whether the iterator ended, and what it raised after them: the items before an error are delivered.
    """
    items: list[Any] = []
    end = time.monotonic() + _BUDGET
    size = 0
    try:
        for item in iterator:
            items.append(item)
            if type(item) in (bytes, str, bytearray):
                size += len(item)
            if len(items) >= count or size >= _BYTES or time.monotonic() >= end:
                return items, False, None
    except Exception as error:  # the library's generator may raise anything; the host raises it after the items
        return items, True, error
    return items, True, None
