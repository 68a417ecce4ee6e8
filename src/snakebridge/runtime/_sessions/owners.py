# Owners: who entered a session, and what happens when a thread or a task ends without leaving it.
#
#   inside ──leave──▶ outside        its thread or task ended ──▶ it counts as having left
#
# Guarantees: an entry ends once, however many learn of its end; no lock is taken, since finalizers come here. Assumes:
# thread-local storage ends with its thread.

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._context import Context
    from snakebridge.runtime._sessions.session import Session

__all__ = ["Entry"]


class _Watch:
    """What a thread is inside of; ends with it, so nothing else may hold it."""

    def __init__(self) -> None:
        self.entries: dict[Entry, None] = {}

    def __del__(self, ends: Callable[[], bool] = sys.is_finalizing) -> None:
        if ends():  # the whole program, and the names of its modules are gone already
            return
        for entry in list(self.entries):
            entry.abandon("has ended with the thread that was in it")


class _Thread(threading.local):
    def __init__(self) -> None:
        self.watch = _Watch()


_thread = _Thread()


class Entry:
    """One `with` block that a thread or task is in.

    Args:
        session: Which was entered.
        before: What was in force outside.
    """

    def __init__(self, session: Session, before: Context) -> None:
        self.before = before
        self._session = ref(session)
        self._task: asyncio.Task[Any] | None = None
        try:
            self._task = asyncio.current_task()
        except RuntimeError:  # no event loop runs on this thread
            self._task = None
        if self._task is not None:
            self._task.add_done_callback(self._done)
        else:
            _thread.watch.entries[self] = None

    def forget(self) -> None:
        """Watch the owner no longer: it left."""
        if self._task is not None:
            self._task.remove_done_callback(self._done)
        else:
            _thread.watch.entries.pop(self, None)

    def abandon(self, why: str) -> None:
        """Leave for an owner that no longer can."""
        session = self._session()
        if session is not None:
            session.depart(self, why)

    def _done(self, _task: asyncio.Task[Any]) -> None:
        self.abandon("has ended with the task that was in it")
