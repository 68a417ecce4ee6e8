# What is in force for calls made here and now: which client, which session, which limits. A context variable, so
# threads and tasks each have their own and `with` blocks nest.

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from snakebridge.runtime._calls.awaiting import Errands
    from snakebridge.runtime._calls.pipeline import Then
    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._sessions.session import Session

__all__ = ["Context", "Waiting", "change", "current", "restore", "scope"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The call that waits for the callback which runs here."""

    deadline: float | None
    """Until when it may take."""
    errands: Errands | None = None
    """Where a coroutine of it finds the thread that waits."""


@dataclass(frozen=True, slots=True)
class Context:
    """What calls made here go by."""

    pool: Pool | None = None
    """The pool generated code uses instead of the configured one."""
    session: Session | None = None
    timeout: float | None = None
    """Seconds each call may take, queueing included; `None`: the pool's own."""
    is_awaited: bool = False
    """Whether calls return awaitables at once, instead of their values later."""
    idempotent: bool | None = None
    """Whether the call may be made again: `True` when somebody around it does so, `None`: as its manifest says."""
    mutates: tuple[str | int, ...] = ()
    """Parameters that the call changes in place, by name or place."""
    repeatable: bool = True
    """Whether a call may be made again when its session is replayed."""
    then: Then | None = None
    """What the worker does with the result of the call before it answers."""
    waiting: Waiting | None = None
    loop: asyncio.AbstractEventLoop | None = None
    """Where callbacks that are coroutine functions run, when a task awaits the call."""


_current: ContextVar[Context] = ContextVar("snakebridge", default=Context())  # noqa: B039 - it is frozen

current = _current.get


def change(**changes: object) -> Context:
    """Change what is in force until `restore`; return what was."""
    before = _current.get()
    _current.set(replace(before, **changes))  # type: ignore[arg-type]
    return before


def restore(before: Context) -> None:
    """Put in force what was."""
    _current.set(before)


@contextmanager
def scope(**changes: object) -> Iterator[None]:
    """Change what is in force inside a `with` block."""
    token = _current.set(replace(_current.get(), **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        _current.reset(token)
