# Objects of the host that workers hold, by number.
#
# Guarantees: the same object is the same number while a worker holds it, per session; it leaves when everything that
# was sent of it has been released (counts travel, so a release that crosses a new use on the way is harmless), when the
# last worker that has it ends, or when the session it was passed in ends. A worker reaches what was sent to it, and
# nothing else: the numbers of another one mean nothing when they come from it.

from __future__ import annotations

import inspect
import threading
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from snakebridge.errors import StaleReferenceError
from snakebridge.runtime import _context
from snakebridge_guest.wire.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.runtime._sessions.life import Life

__all__ = ["Exports", "Holder", "Shared", "is_async"]


class Shared:
    """What `sb.share` returns: it is passed by reference, whatever it is."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"<shared {self.value!r}>"


class Holder(Counter[int]):
    """The numbers that a worker was sent and has not released, each with how often."""

    has_ended = False
    """Whether it is gone, and will not release what is still on its way to it."""


class _Entry:
    __slots__ = ("count", "life", "stream", "value")

    def __init__(self, value: object, life: Life | None) -> None:
        self.value = value
        self.life = life
        self.stream: Stream | None = None
        self.count = 0


class Exports:
    """Numbers for objects, and objects for numbers."""

    def __init__(self) -> None:
        # Reentrant: letting go of an object may run its `__del__`, which may make a call.
        self._lock = threading.RLock()
        self._entries: dict[int, _Entry] = {}
        self._numbers: dict[tuple[int, int], int] = {}  # (id, session) → number; entries keep the object alive
        self._last = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, value: object) -> int:
        """Return an object's number, counting one more use; it belongs to the session that is in force."""
        session = _context.current().session
        life = None if session is None else session.life
        key = id(value), 0 if life is None else life.number
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                self._last = number = self._last + 1
                self._numbers[key] = number
                self._entries[number] = _Entry(value, life)
            self._entries[number].count += 1
            return number

    def get(self, number: int, holder: Mapping[int, int]) -> Any:
        """Return the object that a worker names.

        Args:
            number: Of the object.
            holder: What the worker was sent.

        Raises:
            StaleReferenceError: The worker does not have it, or the session it was passed in has ended.
        """
        if number not in holder:
            raise StaleReferenceError(
                "the worker names an object of the host that it does not have: it was never passed to that worker, "
                "or the worker has given it back"
            )
        entry = self._entries.get(number)
        if entry is None or (entry.life is not None and entry.life.ended is not None):
            raise StaleReferenceError(
                "an object of the host that the library kept was passed in a session which has ended; "
                "pass it outside of sessions, or keep that one open"
            )
        return entry.value

    def stream(self, number: int, holder: Mapping[int, int]) -> Stream:
        """Return how far an iterator is pulled ahead; takes and raises what `get` does."""
        value = self.get(number, holder)
        entry = self._entries[number]
        if entry.stream is None:
            entry.stream = Stream(value)
        return entry.stream

    def release(self, number: int, count: int = 1) -> None:
        """Take back uses."""
        with self._lock:
            entry = self._entries.get(number)
            if entry is not None:
                entry.count -= count
                if entry.count <= 0:
                    self._drop(number, entry)
        del entry  # the object ends here, without the lock

    def end_session(self, session: int) -> None:
        """Forget what was passed in a session."""
        with self._lock:
            gone = {
                number: entry
                for number, entry in self._entries.items()
                if entry.life is not None and entry.life.number == session
            }
            for number, entry in gone.items():
                self._drop(number, entry)
        del gone  # as above

    # --- who has them -----------------------------------------------------------------------------------------------

    def give(self, holder: Holder, numbers: list[int]) -> None:
        """Note what a worker is sent; one that has ended will release nothing."""
        with self._lock:
            if not holder.has_ended:
                holder.update(numbers)
                return
        for number in numbers:
            self.release(number)

    def take_back(self, holder: Holder, pairs: list[int]) -> None:
        """Note what a worker released, as far as it had that: `[number, count, number, count, …]`."""
        for number, count in zip(pairs[::2], pairs[1::2], strict=True):
            with self._lock:
                had = holder.get(number, 0)
                released = max(0, min(count, had))
                if released == had:
                    holder.pop(number, None)
                else:
                    holder[number] = had - released
            self.release(number, released)

    def release_all(self, holder: Holder) -> None:
        """Take back everything that a worker had, which has ended."""
        with self._lock:
            holder.has_ended = True
            had = list(holder.items())
            holder.clear()
        for number, count in had:
            self.release(number, count)

    def _drop(self, number: int, entry: _Entry) -> None:
        del self._entries[number]
        self._numbers.pop((id(entry.value), 0 if entry.life is None else entry.life.number), None)


def is_async(value: object) -> bool:
    """Return whether calling an object gives a coroutine."""
    while isinstance(value, partial):
        value = value.func
    call = getattr(type(value), "__call__", None)  # noqa: B004 - which function it is
    return inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(call)
