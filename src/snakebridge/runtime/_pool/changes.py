# A condition that threads and tasks can wait for.
#
# Guarantees: a task waits without a thread, and is woken by whoever notifies. Assumes: what is notified under the lock
# calls nothing that waits for it.

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Changes"]


class Changes(threading.Condition):
    """A condition variable over a pool's lock."""

    def __init__(self, lock: threading.Lock) -> None:
        super().__init__(lock)
        self._wakers: list[Callable[[], object]] = []

    def notify_all(self) -> None:
        """Wake every thread and task that waits; under the lock."""
        super().notify_all()
        for wake in self._wakers:
            with contextlib.suppress(RuntimeError):  # its event loop is closed
                wake()

    async def await_for(self, predicate: Callable[[], bool]) -> None:
        """Wait as a task until a predicate, which is asked under the lock, holds."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(event.set)

        with self:
            self._wakers.append(wake)
        try:
            while True:
                with self:
                    if predicate():
                        return
                    event.clear()
                await event.wait()
        finally:
            with self:
                self._wakers.remove(wake)
