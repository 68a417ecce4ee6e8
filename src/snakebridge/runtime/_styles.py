# Call styles: how a call is made, apart from what is called.
#
# Guarantees: each style takes whatever the others return, in any order; the type of what is called stays.

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast, overload

from snakebridge.errors import ConfigurationError, SessionLostError, WorkerLostError
from snakebridge.runtime import _background, _context
from snakebridge.runtime._direct import is_direct, makes_coroutines, note_changes
from snakebridge.runtime._pipeline import Pipeline
from snakebridge.runtime._proxies import RemoteMethod
from snakebridge.runtime._symbols import RemoteSymbol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._session import Session

__all__ = ["aio", "changed", "submit"]

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound="Callable[..., Any]")

_PAUSES: Final = (0.05, 0.2, 1.0)
"""Seconds before a call whose worker died is made again."""


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
        return _background.as_task(lambda: _call(function, args, kwargs))
    if makes_coroutines(function):
        return _background.as_task(lambda: function(*args, **kwargs))
    return _background.on_thread(lambda: function(*args, **kwargs))


def changed(
    *,
    timeout: float | None = None,
    mutates: Sequence[str | int] | int = (),
    repeatable: bool | None = None,
    idempotent: bool = False,
    pool: Pool | None = None,
    session: Session | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what makes a function be called so; `sb.options` says how."""
    if timeout is not None and not timeout > 0:
        raise ConfigurationError(f"timeout must be more than 0 seconds, not {timeout}")
    if pool is not None and session is not None and session.pool not in {None, pool}:
        raise ConfigurationError(f"{session} belongs to {session.pool}, not to {pool}; leave pool= out")
    given = {
        "timeout": timeout,
        "mutates": ((mutates,) if isinstance(mutates, (str, int)) else tuple(mutates)) or None,
        "repeatable": repeatable,
        "pool": pool if session is None or pool is not None else session.pool,
        "session": session,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    pauses = _PAUSES if idempotent else ()

    def change(function: Callable[P, R]) -> Callable[P, R]:
        if makes_coroutines(function):

            @_named_after(function)
            async def wait(*args: P.args, **kwargs: P.kwargs) -> Any:  # the call is made when it is awaited
                return await _awaited(lambda: function(*args, **kwargs), changes, pauses)

            note_changes(wait, changes)
            return cast("Callable[P, R]", wait)

        @_named_after(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if pauses and _context.current().is_awaited:
                return cast("R", _awaited(lambda: function(*args, **kwargs), {**changes, "is_awaited": True}, pauses))
            waits = iter(pauses)
            while True:
                try:
                    with _context.scope(**changes):
                        return function(*args, **kwargs)
                except WorkerLostError as error:
                    time.sleep(_pause(error, waits))

        note_changes(call, changes)
        return call

    return change


async def _awaited(make: Callable[[], Any], changes: Mapping[str, object], pauses: Sequence[float]) -> Any:
    waits = iter(pauses)
    while True:
        try:
            with _context.scope(**changes):
                reply = make()
                return await reply if inspect.isawaitable(reply) else reply
        except WorkerLostError as error:
            await asyncio.sleep(_pause(error, waits))


def _pause(error: WorkerLostError, waits: Iterator[float]) -> float:
    # How long until the call is made again; raises when it is not.
    pause = None if isinstance(error, SessionLostError) else next(waits, None)
    if pause is None:
        raise error
    return pause
