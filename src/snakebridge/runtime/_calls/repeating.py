# Calls that may be made again: when their worker dies, and only because somebody said that twice does what once does.
#
#   make ─▶ the worker died ─▶ a pause, longer each time and by chance ─▶ make again ─▶ … ─▶ given up
#                    │ in a session, which is lost with its worker; from a callback, whose worker it was; with an
#                    │ object that lived there
#                    ╰──────────────────────────────────────────────────────────────────────▶ given up
#
# Guarantees: a time limit holds for all attempts together; of nested options one makes it again, never both.

from __future__ import annotations

import asyncio
import inspect
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from snakebridge.errors import SessionLostError, StaleReferenceError, WorkerLostError
from snakebridge.runtime import _context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Said", "acall", "call"]

_PAUSES: Final = (0.05, 0.2, 1.0)
"""Seconds before a call whose worker died is made again, up to half of them less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the manifest says of calling something."""

    timeout: float | None = None
    """Seconds it may take."""
    idempotent: bool = False
    """Whether twice does what once does."""

    def call(self, make: Callable[[], Any], *, is_nested: bool) -> Any:
        """Make a call as the manifest says, unless options that are in force say otherwise.

        Args:
            make: Makes it, under what is in force; an awaitable when calls are awaited.
            is_nested: Whether it is made from a callback, on the worker of the call that called back.
        """
        context = _context.current()
        changes: dict[str, Any] = {}
        if self.timeout is not None and context.timeout is None:
            changes["timeout"] = self.timeout
        again = self.idempotent and context.idempotent is None and context.then is None and not is_nested
        if context.is_awaited:
            return _within(context, make, changes, again=again)
        return call(make, changes, again=again)


class _Attempts:
    # What is in force for each attempt, and how long to wait for the next one.

    def __init__(self, changes: Mapping[str, object], *, again: bool) -> None:
        timeout = changes.get("timeout")
        self._pauses = iter(_PAUSES if again else ())
        self._until = time.monotonic() + timeout if again and isinstance(timeout, (int, float)) else None
        self._lost: WorkerLostError | None = None
        self.changes = {**changes, "idempotent": True} if again else changes

    def pause(self, error: WorkerLostError) -> float:
        """Return how long to wait until the call is made again; raises when it is not."""
        self._lost = error
        pause = None if isinstance(error, SessionLostError) else next(self._pauses, None)
        if pause is None:
            raise error
        pause *= 1 - random.random() / 2  # noqa: S311 - no secret
        if self._until is not None:
            left = self._until - time.monotonic() - pause
            if left <= 0:
                raise error
            self.changes = {**self.changes, "timeout": left}
        return pause

    def stale(self, error: StaleReferenceError) -> Exception:
        """Return what is raised when an object of the call is gone: the death that took it, if that was in the call."""
        return error if self._lost is None else self._lost


def call(make: Callable[[], Any], changes: Mapping[str, object], *, again: bool) -> Any:
    """Make a call.

    Args:
        make: Makes it.
        changes: What is in force for it.
        again: Whether it is made again when its worker dies.
    """
    attempts = _Attempts(changes, again=again)
    while True:
        try:
            with _context.scope(**attempts.changes):
                return make()
        except StaleReferenceError as error:
            raise attempts.stale(error) from None
        except WorkerLostError as error:
            time.sleep(attempts.pause(error))


async def acall(make: Callable[[], Any], changes: Mapping[str, object], *, again: bool) -> Any:
    """Make a call, and await it if it is awaitable; the arguments are those of `call`."""
    attempts = _Attempts(changes, again=again)
    while True:
        try:
            with _context.scope(**attempts.changes):
                reply = make()
                return await reply if inspect.isawaitable(reply) else reply
        except StaleReferenceError as error:
            raise attempts.stale(error) from None
        except WorkerLostError as error:
            await asyncio.sleep(attempts.pause(error))


async def _within(
    context: _context.Context, make: Callable[[], Any], changes: Mapping[str, object], *, again: bool
) -> Any:
    # It is awaited later, when other things may be in force.
    outer = _context.current()
    _context.restore(context)
    try:
        return await acall(make, changes, again=again)
    finally:
        _context.restore(outer)
