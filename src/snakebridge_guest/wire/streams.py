"""Iterators of this side, as the other side pulls them: which may be pulled ahead, how far, and how a batch is cut.

Pulling ahead is asking for items before somebody wants them. It makes streams fast, and it moves side effects:

    the built-in iterators over containers    ahead at once: nothing of anybody's runs
    generators, map, filter, zip, ...         ahead after 16 quick items in a row, and again after each pause
    a generator that uses what it is sent,    never: it would see something else
    or has `try` around a `yield`
    any other iterator (files, csv readers)   never

Guarantees: an item travels as it is when it is made, even if the same list is yielded again with other content; the
items before an error are delivered; a batch is bounded by count, bytes and time.
"""

from __future__ import annotations

import collections
import functools
import itertools
import struct
import time
import types
from typing import Any, Callable

from snakebridge_guest.wire._yields import waits_for_nothing
from snakebridge_guest.wire.frames import ATOMS

NONE = 0
ITERATOR = 1
GENERATOR = 2
ASYNC_GENERATOR = 3

MOST = 1024
"""Items of the largest batch."""

SEND = 0
THROW = 1
"""How a generator is resumed by a `SEND` frame."""

_ORDERED: Any = collections.OrderedDict()
_EMPTY: tuple[Any, ...] = (
    *([], (), {}, set(), "", "\xe9", b"", bytearray(), range(0), collections.deque()),
    *({}.keys(), {}.values(), {}.items(), _ORDERED, _ORDERED.values(), _ORDERED.items()),
)
_CONTAINED = (
    {type(iter(empty)) for empty in _EMPTY}
    | {type(reversed([])), type(reversed({})), type(iter(range(1 << 100)))}
    | {itertools.count, itertools.repeat, itertools.combinations, itertools.permutations, itertools.product}
    | {itertools.combinations_with_replacement}
)
_BATCHED = frozenset(
    {map, filter, zip, enumerate, reversed} | {kind for kind in vars(itertools).values() if isinstance(kind, type)}
) - {itertools.groupby}  # a group ends when the next one is pulled
_KINDS: dict[type, int] = {
    **dict.fromkeys(_BATCHED | _CONTAINED, ITERATOR),
    types.GeneratorType: GENERATOR,
    types.AsyncGeneratorType: ASYNC_GENERATOR,
}

_QUICK = 0.001  # seconds: an item that takes longer is a pause, and the ones after it are not pulled ahead
_WARM = 16
_BUDGET = 0.01  # seconds that a batch may take after its first item
_BYTES = 1 << 20
_GOES_ON, _ENDED = b"\xc2", b"\xc3"  # MessagePack's false and true
_SHORT, _LONG = 16, 1 << 16  # MessagePack's arrays


def kind_of(value: Any) -> int:
    """Return which of the kinds above an object is; `NONE` when it is used one operation at a time."""
    return _KINDS.get(type(value), NONE)


class Stream:
    """One iterator, generator or async generator of this side.

    Args:
        iterator: Which.
    """

    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator
        self._kind = kind_of(iterator)
        self._is_contained = type(iterator) in _CONTAINED
        self._was_sent = False
        self._quick = 0
        self._waiting: list[Any] = []  # an item that could not be sent together with others
        self._last: list[Any] = []  # the items of the last batch, if it was pulled ahead

    @property
    def is_async(self) -> bool:
        """Whether what makes its items is awaited."""
        return self._kind == ASYNC_GENERATOR

    def next(self) -> Callable[[], Any]:
        """Return what makes the next item."""
        return self.iterator.__anext__ if self.is_async else functools.partial(next, self.iterator)

    def resumed(self, how: int, value: Any) -> Callable[[], Any]:
        """Return what resumes a generator; from now on it is not pulled ahead, because it may notice.

        Args:
            how: `SEND` or `THROW`.
            value: What it is sent, or the exception.
        """
        self._was_sent = True
        name = ("a" if self.is_async else "") + ("send" if how == SEND else "throw")
        return functools.partial(getattr(self.iterator, name), value)

    def unread(self, count: int) -> list[Any]:
        """Return the last items of the last batch, which the other side has not used."""
        return self._last[-count:] + self._waiting

    def answer(
        self,
        count: int,
        resume: Callable[[], Any],
        dumps: Callable[[Any], bytes],
        describe: Callable[[BaseException], Any],
        complete: Callable[[Any], bytes],
    ) -> bytes:
        """Return the reply to `NEXT` or `SEND`.

        Args:
            count: How many items at most.
            resume: Makes the next item, or of an async generator what is awaited for it.
            dumps: Encodes an item.
            describe: Describes an exception for the other side.
            complete: Returns what a coroutine returns.

        Raises:
            BaseException: An item cannot be sent, or the call was interrupted before there was one.
        """
        if self.is_async:
            # Begun here: an event loop that is made for this would close, when it ends, what began on it.
            first = None if self._waiting else resume()
            return complete(self._work(count, resume, dumps, describe, first))
        try:
            self._work(count, resume, dumps, describe).send(None)
        except StopIteration as done:
            reply: bytes = done.value
            return reply
        raise RuntimeError("an iterator that is not async was awaited")

    async def _work(
        self,
        count: int,
        resume: Callable[[], Any],
        dumps: Callable[[Any], bytes],
        describe: Callable[[BaseException], Any],
        first: Any = None,
    ) -> bytes:
        # One loop for both kinds; it suspends for async generators only.
        bodies: list[bytes] = []
        last = self._last = []
        is_async = self.is_async
        size = 0
        failed: BaseException | None = None
        began = before = time.monotonic()
        while True:
            try:
                if self._waiting:
                    item = self._waiting.pop()
                elif failed is not None:
                    raise failed  # noqa: TRY301 - what was raised on the way here
                elif is_async:
                    begun, first = first or resume(), None
                    item = await begun
                else:
                    item = resume()
            except (StopIteration, StopAsyncIteration) as end:
                return _reply(len(last), bodies, dumps(None), _ENDED, dumps(getattr(end, "value", None)))
            except BaseException as error:  # whatever an iterator raises is told after the items before it
                if not bodies and getattr(error, "snakebridge_code", None) == "interrupted":
                    raise
                return _reply(len(last), bodies, dumps(describe(error)), _GOES_ON, dumps(None))
            now = time.monotonic()
            self._quick = self._quick + 1 if now - before < _QUICK else 0
            try:
                body = dumps(item)
            except BaseException:  # an item may refuse to be encoded in any way
                if not bodies:
                    raise
                self._waiting.append(item)  # such as a reference too many: the ones before it may be dropped first
                break
            bodies.append(body)
            last.append(item)
            size += len(body)
            before = time.monotonic()
            may_go_on = self._may_go_on()
            if may_go_on and type(item) in ATOMS and not is_async:
                room = max(_BYTES - size, 0) * len(last) // size
                atoms, failed = self._atoms(resume, min(count - len(last), len(last), room), before, began + _BUDGET)
                if atoms:
                    packed = dumps(atoms)
                    bodies.append(packed[_head_size(len(atoms)) :])
                    last += atoms
                    size += len(packed)
                if failed is not None or self._waiting:
                    continue
                before = time.monotonic()
            if len(last) >= count or size >= _BYTES or before - began >= _BUDGET or not may_go_on:
                break
        taken = len(last)
        if taken == 1:
            last.clear()  # whoever asked for it has it
        return _reply(taken, bodies, dumps(None), _GOES_ON, dumps(None))

    def _atoms(
        self, resume: Callable[[], Any], count: int, before: float, until: float
    ) -> tuple[list[Any], BaseException | None]:
        # Items that stay as they are whatever is resumed after them, and so may be encoded together; until one is none
        # (which then waits), or comes slowly.
        found: list[Any] = []
        iterator, kind, is_contained = self.iterator, self._kind, self._is_contained
        make = self.next() if is_contained else resume  # nothing of anybody's runs, so nothing can be interrupted
        try:
            while len(found) < count and (kind != GENERATOR or iterator.gi_yieldfrom is None):
                item = make()
                if type(item) not in ATOMS:
                    self._waiting.append(item)
                    break
                found.append(item)
                if is_contained:
                    continue
                now = time.monotonic()
                if now - before >= _QUICK:
                    self._quick = 0
                    break
                if now >= until:
                    break
                before = now
        except BaseException as error:  # told after the items before it
            return found, error
        return found, None

    def _may_go_on(self) -> bool:
        if self._is_contained:
            return True
        if self._was_sent or self._quick < _WARM:
            return False
        return self._kind != NONE and _is_free(self.iterator)


def _is_free(iterator: Any) -> bool:
    # Whether neither a generator nor what it delegates to just now cares who resumes it.
    while iterator is not None:
        kind = type(iterator)
        if kind is types.AsyncGeneratorType:
            return waits_for_nothing(iterator.ag_code)
        if kind is not types.GeneratorType:
            return kind in _KINDS
        if not waits_for_nothing(iterator.gi_code):
            return False
        iterator = iterator.gi_yieldfrom
    return True


def _head_size(count: int) -> int:
    # Of an array in MessagePack.
    return 1 if count < _SHORT else 3 if count < _LONG else 5


def _reply(count: int, bodies: list[bytes], error: bytes, ended: bytes, returned: bytes) -> bytes:
    # [items, ended, error, returned], of items that are encoded already.
    if count < _SHORT:
        head = struct.pack(">BB", 0x94, 0x90 | count)
    elif count < _LONG:
        head = struct.pack(">BBH", 0x94, 0xDC, count)
    else:
        head = struct.pack(">BBI", 0x94, 0xDD, count)
    return b"".join((head, *bodies, ended, error, returned))
