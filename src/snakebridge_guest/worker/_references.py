# The reference table: objects of this process that the host holds proxies for.
#
# Guarantees: the same object is the same number while it is referred to; an entry leaves when everything that was
# sent of it has been released (counts travel, so a release that crosses a new use on the way is harmless), or when
# its session ends. Live references are never evicted. Several threads may use it: each lane has one.
from __future__ import annotations

import threading
from typing import Any

from snakebridge_guest.wire.failure import address_of
from snakebridge_guest.wire.operators import OPERATORS
from snakebridge_guest.worker._refusal import Stale


class _Entry:
    __slots__ = ("count", "session", "value")

    def __init__(self, value: Any, session: int) -> None:
        self.value = value
        self.session = session
        self.count = 0


class References:
    """Numbers for objects, and objects for numbers."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._numbers: dict[
            tuple[int, int], int
        ] = {}  # (id, session) → number; entries keep the object and so its id alive
        self._last = 0
        self._types: dict[type, int] = {}
        # Reentrant: letting go of an object may run its `__del__`, which may drop others.
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, value: Any, session: int) -> int:
        """Return the object's number, counting one more use on the other side."""
        key = (id(value), session)
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                self._last = number = self._last + 1
                self._numbers[key] = number
                self._entries[number] = _Entry(value, session)
            self._entries[number].count += 1
            return number

    def get(self, number: int) -> Any:
        """Return the object.

        Raises:
            Stale: It was released, or its session ended.
        """
        entry = self._entries.get(number)
        if entry is None:
            raise Stale("the object behind this reference is gone: its session ended or it was released")
        return entry.value

    def release(self, pairs: list[int]) -> None:
        """Take back uses: `[number, count, number, count, …]`."""
        with self._lock:
            gone = [self._released(number, count) for number, count in zip(pairs[::2], pairs[1::2])]
        del gone  # objects end here, without the lock

    def end_session(self, session: int) -> None:
        """Drop everything that was made in a session."""
        with self._lock:
            gone = [entry for entry in self._entries.values() if entry.session == session]
            for number, entry in list(self._entries.items()):
                if entry.session == session:
                    self._drop(number, entry)
        del gone  # as above

    def describe_type(self, kind: type, described: set[int]) -> tuple[int, list[Any] | None]:
        """Return a number for a type and, the first time on a lane, `[address, addresses of the MRO, operators]`.

        Args:
            kind: The type.
            described: The numbers that this lane has described; it grows.
        """
        with self._lock:
            number = self._types.get(kind)
            if number is None:
                number = self._types[kind] = len(self._types) + 1
        if number in described:
            return number, None
        described.add(number)
        try:
            mro = kind.__mro__
        except Exception:  # a metaclass may do anything
            mro = (kind, object)
        return number, [address_of(kind), [address_of(each) for each in mro], _operators(kind)]

    def _released(self, number: int, count: int) -> _Entry | None:
        entry = self._entries.get(number)
        if entry is not None:
            entry.count -= count
            if entry.count <= 0:
                self._drop(number, entry)
        return entry

    def _drop(self, number: int, entry: _Entry) -> None:
        del self._entries[number]
        self._numbers.pop((id(entry.value), entry.session), None)


def _operators(kind: type) -> list[str]:
    # As the language looks them up: in the classes of the MRO, not on the metaclass, and None blocks.
    try:
        classes = kind.__mro__[:-1]
    except Exception:  # a metaclass may do anything
        classes = ()
    names: dict[str, Any] = {}
    for each in reversed(classes):
        names.update(each.__dict__)
    found = [name for name in OPERATORS if names.get(name) is not None]
    if "__hash__" in names and names["__hash__"] is None:
        found.append("unhashable")
    return found
