# The reference table: objects of this process that the host holds proxies for.
#
# Guarantees: the same object is the same number while it is referred to; an entry leaves when everything that was
# sent of it has been released (counts travel, so a release that crosses a new use on the way is harmless), or when
# its session ends. Live references are never evicted. Several threads may use it: each lane has one.
from __future__ import annotations

import threading
from typing import Any

from snakebridge_guest.wire.failure import address_of
from snakebridge_guest.wire.named import fields_of
from snakebridge_guest.wire.operators import OPERATORS
from snakebridge_guest.wire.streams import Stream
from snakebridge_guest.worker._refusal import Full, Stale

_SEQUENCES = (str, bytes, bytearray, list, tuple)
_SHOWN = 3
"""How many types a refusal names."""


class _Entry:
    __slots__ = ("count", "session", "stream", "value")

    def __init__(self, value: Any, session: int) -> None:
        self.value = value
        self.session = session
        self.stream: Stream | None = None
        self.count = 0


class References:
    """Numbers for objects, and objects for numbers."""

    def __init__(self) -> None:
        self.limit: int | None = None
        """How many objects may be referred to; more are refused, none is ever evicted."""
        self._limits: dict[int, int] = {}  # the same of single sessions
        self._sizes: dict[int, int] = {}  # how many objects those have
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

    def add(self, value: Any, session: int, *, limited: bool = True) -> int:
        """Return the object's number, counting one more use on the other side.

        Args:
            value: The object.
            session: Who made it.
            limited: Whether it may be refused.

        Raises:
            Full: There are as many as there may be.
        """
        key = (id(value), session)
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                if limited and self.limit is not None and len(self._entries) >= self.limit:
                    raise Full(self._refusal(value, "this worker", self.limit, None))
                if session in self._limits:
                    if limited and self._sizes[session] >= self._limits[session]:
                        raise Full(self._refusal(value, "this session", self._limits[session], session))
                    self._sizes[session] += 1
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

    def stream(self, number: int) -> Stream:
        """Return how far an iterator is pulled ahead; raises like `get`."""
        value = self.get(number)
        entry = self._entries[number]
        if entry.stream is None:
            entry.stream = Stream(value)
        return entry.stream

    def replace(self, number: int, value: Any) -> None:
        """Let a number be another object's."""
        with self._lock:
            entry = self._entries[number]
            old = entry.value
            self._numbers.pop((id(old), entry.session), None)
            entry.value, entry.stream = value, None
            self._numbers[id(value), entry.session] = number
        del old  # as above

    def release(self, pairs: list[int]) -> None:
        """Take back uses: `[number, count, number, count, …]`."""
        with self._lock:
            gone = [self._released(number, count) for number, count in zip(pairs[::2], pairs[1::2])]
        del gone  # objects end here, without the lock

    def limit_session(self, session: int, limit: int) -> None:
        """Refuse more objects of a session than this; those it has already count."""
        with self._lock:
            self._limits[session] = limit
            self._sizes[session] = sum(1 for entry in self._entries.values() if entry.session == session)

    def census(self, session: int | None, *, detailed: bool = False) -> list[list[Any]]:
        """Return `[type, count, numbers]` of the objects of a session, or of all (`None`); the most frequent first.

        Args:
            session: Which.
            detailed: Whether to tell the objects' numbers; else that list is empty.
        """
        with self._lock:
            entries = [
                (number, type(entry.value))
                for number, entry in self._entries.items()
                if session is None or entry.session == session
            ]
        found: dict[type, list[int]] = {}
        for number, kind in entries:
            found.setdefault(kind, []).append(number)
        counted = [[address_of(kind), len(numbers), numbers if detailed else []] for kind, numbers in found.items()]
        return sorted(counted, key=lambda each: (-each[1], each[0]))

    def _refusal(self, value: Any, whose: str, limit: int, session: int | None) -> str:
        most = ", ".join(str(count) + " x " + name for name, count, _ in self.census(session)[:_SHOWN])
        return (
            "a reference to " + address_of(type(value)) + " was refused: " + whose + " has its " + str(limit)
            + " references already (" + most + "); drop some, or raise max_references. The call itself has run"
        )  # fmt: skip

    def end_session(self, session: int) -> None:
        """Drop everything that was made in a session."""
        with self._lock:
            self._limits.pop(session, None)
            self._sizes.pop(session, None)
            gone = [entry for entry in self._entries.values() if entry.session == session]
            for number, entry in list(self._entries.items()):
                if entry.session == session:
                    self._drop(number, entry)
        del gone  # as above

    def describe_type(self, kind: type, described: set[int]) -> tuple[int, list[Any] | None]:
        """Return a number for a type and, the first time on a lane, its description.

        That is `[address, addresses of the MRO, operators, bases, fields]`; `bases` are the places in the MRO of each
        class's bases there, told of exceptions only, and `fields` what plain named tuples have, else `None`.

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
        bases = []
        if BaseException in mro:
            bases = [[mro.index(base) for base in each.__bases__] for each in mro]
        names = [address_of(each) for each in mro]
        fields = fields_of(kind)
        return number, [names[0], names, _operators(kind), bases, None if fields is None else list(fields)]

    def _released(self, number: int, count: int) -> _Entry | None:
        entry = self._entries.get(number)
        if entry is not None:
            entry.count -= count
            if entry.count <= 0:
                self._drop(number, entry)
        return entry

    def _drop(self, number: int, entry: _Entry) -> None:
        del self._entries[number]
        if entry.session in self._sizes:
            self._sizes[entry.session] -= 1
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
    found += ["-" + name for name in OPERATORS if name in names and names[name] is None]
    if "__radd__" not in names and issubclass(kind, _SEQUENCES):
        found.append("__radd__")  # there `[1] + subclass` is the list's own doing, which no proxy can be given
    if "__hash__" in names and names["__hash__"] is None:
        found.append("unhashable")
    return found
