# Pipelines: functions one after the other, each called with what the one before returned.
#
#   f ─▶ g ─▶ h of one pool      one call: the worker hands the results on, and only the last one travels
#   f ─▶ mine ─▶ h               three: what is not the pool's own is called here
#
# Guarantees: the result is that of `h(g(f(x)))`. Every address is looked up, and refused if no adapter names it, before
# the first function runs.

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast, overload

from snakebridge.errors import ConfigurationError, ReferencesApartError
from snakebridge.runtime import _context
from snakebridge.runtime._calls.direct import Remote, pool_of, remote_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from snakebridge.runtime._calls.requests import Requests
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._workers.worker import Worker

    _Call = Callable[[Any, tuple[object, ...], dict[str, object]], Awaitable[Any]]

__all__ = ["Pipeline", "Then", "pipeline"]

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")


@dataclass(slots=True)
class Then:
    """What a worker calls with the result of a call, before it answers."""

    library: Library | None = None
    """Whose classes the last result takes."""
    steps: list[list[object]] = field(default_factory=list)
    """Address and packed further arguments of each."""
    exported: list[int] = field(default_factory=list)
    tie: Worker | None = None

    def follow(self, fields: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return what follows the session in the frame of a call."""
        return ([fields[0], *self.steps], *fields[1:])

    def worker(self, tie: Worker | None, exported: list[int]) -> Worker | None:
        """Return which worker must make the call, and add what this exports to what the call does.

        Raises:
            ReferencesApartError: Its references live in two workers.
        """
        agreed = self._agreed(tie)
        exported += self.exported
        self.exported = []
        return agreed

    def add(self, stage: _Stage) -> None:
        """Add a step."""
        pool = stage.remote.pool
        body, tie, exported, _ = pool._outgoing.call(pool, stage.args, stage.kwargs)  # noqa: SLF001 - one machinery
        self.library = stage.remote.library
        self.exported += exported
        self.steps.append([stage.remote.address, body])
        self.tie = self._agreed(tie)

    def _agreed(self, tie: Worker | None) -> Worker | None:
        if tie is not None and self.tie is not None and tie is not self.tie:
            raise ReferencesApartError(
                f"one object of this pipeline lives in worker {tie.name}, another one in worker {self.tie.name}; "
                "make both in one session: `with sb.session():`"
            )
        return tie or self.tie


class Pipeline(Generic[P, R]):
    """Functions one after the other, as one; made by `pipeline`."""

    def __init__(self, *functions: Callable[..., Any]) -> None:
        self._functions = functions

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the first function with these arguments, and each next one with the result of the one before."""
        value: Any = None
        for first, joined in self._parts():
            with _followed(joined):
                value = first(*args, **kwargs)  # of the second and so on, the arguments are the value
            args, kwargs = (value,), {}  # type: ignore[assignment]
        return cast("R", value)

    async def acall(self, call: _Call, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        """Do the same as a task.

        Args:
            call: Awaits one call.
            args: Of the first function.
            kwargs: Of the first function.
        """
        value: Any = None
        for first, joined in self._parts():
            with _followed(joined):
                value = await call(first, args, kwargs)
            args, kwargs = (value,), {}
        return value

    def __repr__(self) -> str:
        return f"<pipeline of {', '.join(getattr(each, '__name__', repr(each)) for each in self._functions)}>"

    @property
    def _snakebridge_direct(self) -> bool:
        parts = self._parts()
        return len(parts) == 1 and bool(parts[0][1])

    @property
    def pool(self) -> Requests | None:
        """The pool that its first function calls."""
        return pool_of(self._functions[0])

    def _parts(self) -> list[tuple[Callable[..., Any], list[_Stage]]]:
        # Each function that is called here, with those that the worker calls after it.
        parts: list[tuple[Callable[..., Any], list[_Stage]]] = []
        before: Requests | None = None
        for function in self._functions:
            stage = _stage(function)
            if stage is not None and before is stage.remote.pool:
                parts[-1][1].append(stage)
                continue
            parts.append((function, []))
            before = None if stage is None or stage.remote.is_made_here else stage.remote.pool
        return parts


@dataclass(frozen=True, slots=True)
class _Stage:
    remote: Remote
    args: tuple[object, ...] = ()
    kwargs: dict[str, object] = field(default_factory=dict)


def _stage(function: Any) -> _Stage | None:
    remote = remote_of(function.func if isinstance(function, partial) else function)
    if remote is None:
        return None
    return _Stage(remote, function.args, function.keywords) if isinstance(function, partial) else _Stage(remote)


@contextmanager
def _followed(stages: list[_Stage]) -> Iterator[None]:
    # The call that is made inside is followed by these.
    if not stages:
        yield
        return
    then = Then()
    try:
        for stage in stages:
            then.add(stage)
        with _context.scope(then=then):
            yield
    finally:
        for number in then.exported:  # no call took them
            stages[0].remote.pool.exports.release(number)


@overload
def pipeline(f: Callable[P, R], /) -> Pipeline[P, R]: ...
@overload
def pipeline(f: Callable[P, A], g: Callable[[A], R], /) -> Pipeline[P, R]: ...
@overload
def pipeline(f: Callable[P, A], g: Callable[[A], B], h: Callable[[B], R], /) -> Pipeline[P, R]: ...
@overload
def pipeline(f: Callable[P, A], g: Callable[[A], B], h: Callable[[B], C], i: Callable[[C], R], /) -> Pipeline[P, R]: ...
@overload
def pipeline(
    f: Callable[P, A], g: Callable[[A], B], h: Callable[[B], C], i: Callable[[C], D], j: Callable[[D], R], /
) -> Pipeline[P, R]: ...
@overload
def pipeline(
    f: Callable[P, A],
    g: Callable[[A], B],
    h: Callable[[B], C],
    i: Callable[[C], D],
    j: Callable[[D], E],
    k: Callable[[E], R],
    /,
) -> Pipeline[P, R]: ...
def pipeline(*functions: Callable[..., Any]) -> Pipeline[..., Any]:
    """Join functions: `sb.pipeline(f, g, h)(x)` gives what `h(g(f(x)))` does.

    Neighbours that run in one pool are one call: what they hand on stays in the worker. A `functools.partial` of one
    counts as one; any other function is called here. It can be used in `aio`, `submit`, `map` and `options`.

    Args:
        functions: Each takes what the one before returns; the first one takes what the pipeline is called with.

    Raises:
        ConfigurationError: There is no function.
    """
    if not functions:
        raise ConfigurationError("a pipeline needs at least one function: sb.pipeline(f, g)")
    return Pipeline(*functions)
