# Handles: what a proxy holds. One `Reference` stands for one object of one worker, and tells it when it is dropped.
#
# Guarantees: the worker frees an object once every handle is gone or its session ends; a handle of a dead worker or an
# ended session fails at once, and says why. Dropping never blocks and never takes a lock: it may run anywhere, in any
# thread, in the middle of a garbage collection.

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakebridge.errors import StaleReferenceError

if TYPE_CHECKING:
    from types import FrameType

    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Reference", "ReferenceCount", "counts"]

_OURS = str(Path(__file__).parents[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceCount:
    """How many objects of one type a worker keeps because they are referred to."""

    type: str
    """Address of their class."""
    count: int
    made: tuple[tuple[str, int], ...] = ()
    """Where the host made them, `file:line`, and how many there; only of a client with `trace_references`."""


def _caller() -> str:
    # The nearest frame that is not of this package.
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - `inspect.stack` reads source files
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


class Reference:
    """A handle to an object in a worker."""

    __slots__ = ("count", "library", "made", "number", "session", "type_name", "worker")

    def __init__(
        self, worker: Worker, number: int, type_name: str, session: Life | None, library: Library | None
    ) -> None:
        self.worker = worker
        self.number = number
        self.count = 1
        """How often the worker has sent it; released all at once."""
        self.type_name = type_name
        self.session = session
        self.library = library
        """The generated package whose classes its results become."""
        self.made = _caller() if worker.pool.trace_references else ""

    def check(self) -> None:
        """Make sure that the object can still be there.

        Raises:
            StaleReferenceError: Its worker died or was stopped, or its session ended.
        """
        life = self.session
        if life is not None and life.ended is not None:
            error = self.worker.pool.lost(f"this {self.type_name}")
            if error is not None:
                raise error
            raise StaleReferenceError(
                f"this {self.type_name} lived in {life}, which {life.ended}; make it again, or keep the session open"
            )
        if self.worker.gone and (life is None or not life.revive(self)):
            raise StaleReferenceError(
                f"this {self.type_name} is gone: {self.worker.ending}; make it again", report=self.worker.report
            )

    def __del__(self) -> None:
        self.worker.drop(self.number, self.count)


def counts(worker: Worker, counted: list[Any]) -> list[ReferenceCount]:
    """Return a worker's census, with where its objects were made as far as that was noted."""
    with worker.proxies_lock:
        proxies = {number: proxy for (number, _), proxy in worker.proxies.items()}
    places = {number: proxy._snakebridge.made for number, proxy in proxies.items()}  # noqa: SLF001 - one machinery
    return [
        ReferenceCount(
            type=name,
            count=count,
            made=tuple(Counter(places[each] for each in numbers if places.get(each)).most_common()),
        )
        for name, count, numbers in counted
    ]
