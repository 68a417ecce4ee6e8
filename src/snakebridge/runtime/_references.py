# Handles: what a proxy holds. One `Reference` stands for one object of one worker, and tells it when it is dropped.
#
# Guarantees: the worker frees an object once every handle is gone or its session ends; a handle of a dead worker or an
# ended session fails at once, and says why. Dropping never blocks and never takes a lock: it may run anywhere, in any
# thread, in the middle of a garbage collection.

from __future__ import annotations

from typing import TYPE_CHECKING

from snakebridge.errors import StaleReferenceError

if TYPE_CHECKING:
    from snakebridge.runtime._library import Library
    from snakebridge.runtime._session import Session
    from snakebridge.runtime._worker import Worker

__all__ = ["Reference"]


class Reference:
    """A handle to an object in a worker."""

    __slots__ = ("count", "library", "number", "session", "type_name", "worker")

    def __init__(
        self, worker: Worker, number: int, type_name: str, session: Session | None, library: Library | None
    ) -> None:
        self.worker = worker
        self.number = number
        self.count = 1
        """How often the worker has sent it; released all at once."""
        self.type_name = type_name
        self.session = session
        self.library = library
        """The generated package whose classes its results become."""

    def check(self) -> None:
        """Make sure that the object can still be there.

        Raises:
            StaleReferenceError: Its worker died or was stopped, or its session ended.
        """
        if self.session is not None and self.session.ended:
            raise StaleReferenceError(
                f"this {self.type_name} lived in {self.session}, which has ended; "
                "make it again, or keep the session open"
            )
        if self.worker.gone:
            report = self.worker.report
            why = str(report) if report is not None else f"worker {self.worker.name} was stopped"
            raise StaleReferenceError(f"this {self.type_name} is gone: {why}; make it again", report=report)

    def __del__(self) -> None:
        self.worker.drop(self.number, self.count)
