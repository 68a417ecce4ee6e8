# The queue of those who wait for a channel: each session's turn comes, however many calls another one has queued.
#
# Guarantees: within a session, and among calls outside of any, first come, first served. Assumes: the pool's lock.

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["FairQueue"]


class _Waits(Protocol):
    @property
    def turn(self) -> int: ...


W = TypeVar("W", bound=_Waits)


class FairQueue(dict[int, "OrderedDict[W, None]"]):
    """Waiters by session, in the order of their turns."""

    @property
    def size(self) -> int:
        """How many wait."""
        return sum(map(len, self.values()))

    def everyone(self) -> Iterator[W]:
        """Yield all that wait now."""
        for waiters in list(self.values()):
            yield from list(waiters)

    def add(self, waiter: W) -> None:
        """Let somebody wait."""
        self.setdefault(waiter.turn, OrderedDict())[waiter] = None

    def discard(self, waiter: W) -> None:
        """Let somebody go who has not been served."""
        waiters = self.get(waiter.turn)
        if waiters is not None:
            waiters.pop(waiter, None)
            if not waiters:
                del self[waiter.turn]

    def first(self, suits: Callable[[W], bool]) -> W | None:
        """Return the first one that something suits."""
        return next((waiter for waiters in self.values() for waiter in waiters if suits(waiter)), None)

    def serve(self, waiter: W) -> None:
        """Let somebody go who was served; the session's next turn comes after all others'."""
        self.discard(waiter)
        left = self.pop(waiter.turn, None)
        if left is not None:
            self[waiter.turn] = left
