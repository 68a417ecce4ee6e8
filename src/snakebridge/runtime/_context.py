# What is in force for calls made here and now: which client, which session, which limits. A context variable, so
# threads and tasks each have their own and `with` blocks nest.

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._session import Session

__all__ = ["Context", "current", "scope"]


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


_current: ContextVar[Context] = ContextVar("snakebridge", default=Context())  # noqa: B039 - it is frozen

current = _current.get


@contextmanager
def scope(**changes: object) -> Iterator[None]:
    """Change what is in force inside a `with` block."""
    token = _current.set(replace(_current.get(), **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        _current.reset(token)
