# Coroutines that the library returns: run to their end on one event loop of the lane, which stands still between calls.
#
# Guarantees: a coroutine whose call was interrupted does not go on beside the next call; it is cancelled, and waited
# for. What else it started stays on the loop, as it would in a program whose loop stands still.
from __future__ import annotations

from typing import Any


class Coroutines:
    """The event loop of one lane, made when it is first needed."""

    def __init__(self) -> None:
        self._loop: Any = None

    def complete(self, coroutine: Any) -> Any:
        """Return what a coroutine returns, or raise what it raises."""
        import asyncio  # noqa: PLC0415 - only a library with coroutines needs it

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        if not self._loop.is_running():
            return _run(self._loop, coroutine)
        # A callback of a coroutine that runs here called again.
        from snakebridge_guest.wire.loops import without_loop  # noqa: PLC0415 - imports asyncio

        loop = asyncio.new_event_loop()
        try:
            with without_loop():
                return _run(loop, coroutine)
        finally:
            loop.close()

    def close_dropped(self) -> None:
        """Let the loop close async generators that were dropped, which happens only while it runs."""
        loop = self._loop
        if loop is not None and not loop.is_running():
            try:
                self.complete(_ticks())
            except BaseException:  # a task of the library that ends the program; nobody waits for it here
                return


def _run(loop: Any, coroutine: Any) -> Any:
    task = loop.create_task(coroutine)
    try:
        return loop.run_until_complete(task)
    except BaseException:  # it goes on; interrupted between its steps, the coroutine would go on as well
        if not task.done():
            task.cancel()
            loop.run_until_complete(_ended(task))
        raise


async def _ended(task: Any) -> None:
    import asyncio  # noqa: PLC0415 - it is there: a loop runs

    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # asked for, so that nobody complains that it was not


async def _ticks() -> None:
    import asyncio  # noqa: PLC0415 - as above

    for _ in range(3):  # to learn of it, to begin, and to go on after one that waits
        await asyncio.sleep(0)
