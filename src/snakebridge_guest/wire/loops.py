"""Event loops inside each other: a call that blocks a coroutine may need a coroutine itself, on the same thread."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Iterator


@contextlib.contextmanager
def without_loop() -> Iterator[None]:
    """Let another event loop run on this thread, inside the task of the one that runs; that one waits.

    The names are private or nearly so, and the only ones there are; since Python 3.14 the task counts as well.
    """
    loop = asyncio._get_running_loop()
    if loop is None:
        yield
        return
    task = asyncio.current_task()
    if task is not None:
        asyncio.tasks._leave_task(loop, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)
        if task is not None:
            asyncio.tasks._enter_task(loop, task)
