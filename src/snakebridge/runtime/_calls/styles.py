# Call styles: how a call is made, apart from what is called.
#
# Guarantees: each style takes whatever the others return, in any order; the type of what is called stays.

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, overload

from snakebridge.errors import ConfigurationError
from snakebridge.runtime import _context
from snakebridge.runtime._calls import background, repeating
from snakebridge.runtime._calls.direct import in_force, is_direct, makes_coroutines, note_changes
from snakebridge.runtime._calls.pipeline import Pipeline
from snakebridge.runtime._objects.proxies import RemoteMethod
from snakebridge.runtime._objects.symbols import RemoteSymbol
from snakebridge.runtime._pool.defaults import pool_named

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import Future

    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._sessions.session import Session

__all__ = ["aio", "changed", "submit"]

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound="Callable[..., Any]")


@overload
def aio(function: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]: ...
@overload
def aio(function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]: ...
def aio(function: Callable[P, Any]) -> Callable[P, Coroutine[Any, Any, Any]]:
    """Call without blocking the event loop: `await sb.aio(f)(x)` gives what `f(x)` does.

    Waiting for a worker takes no thread, so thousands of tasks may wait. Cancelling the task cancels the call.

    Args:
        function: One function, method or class of a bridge, or a pipeline; not a function of yours that calls several.
    """

    @_named_after(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        return await _call(function, args, kwargs)

    return call


async def _call(function: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
    if isinstance(function, Pipeline) and not is_direct(function):
        return await function.acall(_call, args, kwargs)
    if isinstance(function, type):  # its `__init__` cannot be awaited
        return await asyncio.to_thread(function, *args, **kwargs)
    session = _context.current().session
    if session is not None:
        await session.settle()
    with _context.scope(is_awaited=True):
        reply = function(*args, **kwargs)
    return await reply if inspect.isawaitable(reply) else reply


def _named_after(function: Any) -> Callable[[F], F]:
    # Of what is looked up in a worker the name is known here; the rest would be asked for.
    if isinstance(function, (RemoteSymbol, RemoteMethod)):
        return functools.wraps(function, assigned=("__name__",), updated=())  # type: ignore[return-value]
    return functools.wraps(function)  # type: ignore[return-value]


@overload
def submit(function: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...
@overload
def submit(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...
def submit(function: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Future[Any]:
    """Begin a call and go on: `sb.submit(f, x).result()` gives what `f(x)` does.

    A call of a bridge waits for a worker without a thread, and cancelling its future also stops it while it runs. A
    function of yours, or a class, runs on a thread; cancelling helps until it begins. Either runs under the session,
    client and options that are in force here.

    Args:
        function: What to call.
        *args: Its arguments; do not change them before it is done.
        **kwargs: Its arguments by name.
    """
    if is_direct(function):
        return background.as_task(lambda: _call(function, args, kwargs))
    if makes_coroutines(function):
        return background.as_task(lambda: function(*args, **kwargs))
    return background.on_thread(lambda: function(*args, **kwargs))


def changed(
    *,
    timeout: float | None = None,
    mutates: Sequence[str | int] | int = (),
    repeatable: bool | None = None,
    idempotent: bool | None = None,
    pool: Pool | str | None = None,
    session: Session | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what makes a function be called so; `sb.options` says how."""
    if timeout is not None and not timeout > 0:
        raise ConfigurationError(f"timeout must be more than 0 seconds, not {timeout}")
    given = {
        "timeout": timeout,
        "mutates": ((mutates,) if isinstance(mutates, (str, int)) else tuple(mutates)) or None,
        "repeatable": repeatable,
        "idempotent": idempotent,
        "pool": pool if session is None else _pool_with(session, pool),
        "session": session,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    again = bool(idempotent)

    def change(function: Callable[P, R]) -> Callable[P, R]:
        if makes_coroutines(function):

            @_named_after(function)
            async def wait(*args: P.args, **kwargs: P.kwargs) -> Any:  # the call is made when it is awaited
                return await repeating.acall(lambda: function(*args, **kwargs), in_force(changes), again=again)

            note_changes(wait, changes)
            return cast("Callable[P, R]", wait)

        @_named_after(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            said = in_force(changes)
            if again and _context.current().is_awaited:
                said = {**said, "is_awaited": True}
                return cast("R", repeating.acall(lambda: function(*args, **kwargs), said, again=True))
            return cast("R", repeating.call(lambda: function(*args, **kwargs), said, again=again))

        note_changes(call, changes)
        return call

    return change


def _pool_with(session: Session, pool: Pool | str | None) -> Pool | None:
    chosen = pool_named(pool) if isinstance(pool, str) else pool
    if chosen is not None and session.pool not in {None, chosen}:
        raise ConfigurationError(f"{session} belongs to {session.pool}, not to {chosen}; leave pool= out")
    return session.pool if chosen is None else chosen
