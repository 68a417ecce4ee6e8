"""The face for people: connect to an environment, use its libraries, open sessions, choose limits."""

from __future__ import annotations

import asyncio
import functools
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, cast, overload

from snakebridge import config, environments
from snakebridge.errors import ConfigurationError
from snakebridge.runtime import (
    ArrayView,
    Pool,
    RemoteModule,
    Session,
    Shared,
    current,
    executable_of,
    reference_of,
    remember,
    scope,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from snakebridge.runtime import LinkName, Pinning, ProfileName, ReferenceCount

__all__ = [
    "ArrayView",
    "Client",
    "Session",
    "aconnect",
    "aio",
    "connect",
    "options",
    "session",
    "share",
    "use",
    "value",
]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
F = TypeVar("F", bound="Callable[..., Any]")


class Client:
    """A connection to one environment: a pool of workers in which its libraries run. Made by `connect`."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def __repr__(self) -> str:
        return f"<client of {self.pool!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await asyncio.to_thread(self.close)

    def module(self, name: str) -> RemoteModule:
        """Return a module of the environment, without generated code: its attributes are looked up over there.

        Raises:
            RemoteError: It cannot be imported; also an `ImportError`.
        """
        self.pool.read(f"{name}:__name__")
        return RemoteModule(self.pool, name)

    def call(self, address: str, /, *args: object, **kwargs: object) -> Any:
        """Call a function or class by address, such as `"statistics:median"`."""
        return self.pool.call(address, args, kwargs)

    def session(
        self,
        *,
        pinning: Pinning = "queue",
        ttl: float | None = None,
        max_references: int | None = None,
        metadata: Mapping[str, object] | None = None,
        rebuild: Callable[[Session], object] | None = None,
        replay: bool = False,
    ) -> Session:
        """Open a session on this client; generated code called inside the block uses this client too.

        The arguments are those of `Session`.
        """
        return Session(
            self.pool,
            pinning=pinning,
            ttl=ttl,
            max_references=max_references,
            metadata=metadata,
            rebuild=rebuild,
            replay=replay,
        )

    @overload
    def tool(self, function: F, *, name: str | None = None, description: str | None = None) -> F: ...
    @overload
    def tool(
        self, function: None = None, *, name: str | None = None, description: str | None = None
    ) -> Callable[[F], F]: ...
    def tool(
        self, function: F | None = None, *, name: str | None = None, description: str | None = None
    ) -> F | Callable[[F], F]:
        """Offer a function to adapters in the workers, by name; also as a decorator, `@client.tool`.

        Its parameters are described by its annotations. A name that is offered again means the later function.

        Args:
            function: Any callable; a coroutine function is awaited as a callback is.
            name: What it is called over there; `None`: as it is here.
            description: What it is for; `None`: its docstring.

        Raises:
            ConfigurationError: It has no name that a tool can have.
        """
        return self.pool.tools.register(function, name, description)

    def health(self) -> list[dict[str, object]]:
        """Return what each worker is doing, as its control service tells (`pid`, `calls`, `running`, `references`).

        Raises:
            WorkerStartError: A worker has no control service.
        """
        return [
            {"worker": worker.name, "pid": worker.process.popen.pid, **worker.connect().health()}
            for worker in self.pool.workers
            if not worker.gone
        ]

    def references(self) -> list[ReferenceCount]:
        """Count the objects that the workers keep because they are referred to, by type; the most frequent first.

        With `connect(trace_references=True)` each says where it was made.
        """
        counted = [each for worker in self.pool.workers if not worker.gone for each in self.pool.census(worker)]
        return sorted(counted, key=lambda each: -each.count)

    def close(self) -> None:
        """Stop the workers; a second time does nothing."""
        self.pool.close()


def connect(
    *,
    python: str | os.PathLike[str] | None = None,
    venv: str | os.PathLike[str] | None = None,
    requirements: Sequence[str] = (),
    python_version: str | None = None,
    workers: int = 1,
    profile: ProfileName = "process",
    lanes: int = 4,
    link: LinkName = "lane",
    timeout: float | None = None,
    queue_size: int = 1000,
    queue_timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    max_references: int | None = None,
    trace_references: bool = False,
    report: Callable[[str], None] | None = None,
) -> Client:
    """Start workers in an environment and return a client for it.

    The environment is named by exactly one of `python`, `venv` and `requirements`. Nothing is installed into it.

    Args:
        python: An interpreter, or a venv or conda folder.
        venv: The same, for whoever finds it clearer.
        requirements: Requirements of a managed environment, built once and kept in a cache.
        python_version: Such as `"3.10"`; only with `requirements`.
        workers: How many processes.
        profile: `"process"`: a worker runs one call at a time, on its main thread. `"thread"`: it runs several, which
            share its objects; for libraries that wait, or release the GIL, and are thread-safe.
        lanes: How many calls a worker of the thread profile runs at once.
        link: `"lane"` (a Unix socket, fast) or `"grpc"`.
        timeout: Seconds a call may take, queueing included; `None`: no limit. `options(timeout=…)` overrides it.
        queue_size: Calls that may wait for a worker; more raise `PoolSaturatedError`.
        queue_timeout: Seconds a call may wait for a worker before `PoolSaturatedError`.
        env: Variables to add to the workers' environment.
        max_references: Objects of a worker that may be referred to at once; a result that would be one more raises
            `ReferenceLimitError`, and nothing is ever evicted. `None`: no limit.
        trace_references: Whether to note where each reference was made, for `Client.references`; it costs microseconds.
        report: Called with a sentence before something that takes long.

    Raises:
        ConfigurationError: The environment cannot be found, is too old, or cannot be built.
        WorkerStartError: No worker starts in it.
    """
    chosen = [given for given in (python, venv, requirements or None) if given is not None]
    if len(chosen) != 1:
        raise ConfigurationError("connect needs exactly one of python=, venv= and requirements=")
    if workers < 1:
        raise ConfigurationError(f"workers must be at least 1, not {workers}")
    if lanes < 1:
        raise ConfigurationError(f"lanes must be at least 1, not {lanes}")
    path = python if python is not None else venv
    target = config.Target(
        python=None if path is None else environments.find(path),
        requirements=tuple(requirements),
        python_version=python_version,
    )
    interpreter = environments.describe(executable_of(target, report))
    pool = Pool(
        interpreter,
        name=interpreter.prefix.name or "pool",
        workers=workers,
        lanes=lanes if profile == "thread" else 1,
        dynamic=True,
        link=link,
        timeout=timeout,
        queue_size=queue_size,
        queue_timeout=queue_timeout,
        environment=env,
        max_references=max_references,
        trace_references=trace_references,
        report=report,
    )
    try:
        pool.wait_ready()
    except BaseException:  # Ctrl-C included: no worker may stay
        pool.close()
        raise
    return Client(remember(pool))


async def aconnect(**options: Any) -> Client:
    """Start workers like `connect`, with the same arguments, while the event loop goes on.

    Use the client with `async with`. When the awaiting task is cancelled, what was started is stopped.
    """
    threads = ThreadPoolExecutor(1, thread_name_prefix="snakebridge-connect")
    connecting = threads.submit(connect, **options)
    threads.shutdown(wait=False)
    try:
        return await asyncio.shield(asyncio.wrap_future(connecting))
    except asyncio.CancelledError:
        connecting.add_done_callback(_discard)
        raise


def _discard(connecting: Future[Client]) -> None:
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()


def aio(function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Call without blocking the event loop: `await sb.aio(f)(x)` gives what `f(x)` does.

    Waiting for a worker takes no thread, so thousands of tasks may wait. Cancelling the task cancels the call.

    Args:
        function: One function, method or class of a bridge; not a function of yours that calls several.
    """

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(function, type):  # its `__init__` cannot be awaited
            return await asyncio.to_thread(function, *args, **kwargs)
        session = current().session
        if session is not None:
            await session.settle()
        with scope(is_awaited=True):
            reply: Any = function(*args, **kwargs)
        return cast("R", await reply if inspect.isawaitable(reply) else reply)

    return call


def value(remote: object) -> Any:
    """Copy the value of a remote object: what lives over there, here.

    Arrays and tables become those of the host's own library (of numpy's arrays an `ArrayView` without it), heirs of
    built-in types become those types. Anything that is no remote object is returned as it is.

    Raises:
        NotTransferableError: It has no value.
    """
    reference = reference_of(remote)
    return remote if reference is None else reference.worker.pool.value(reference)


def use(client: Client) -> AbstractContextManager[None]:
    """Make generated code called inside the `with` block use a client instead of its configured pool."""
    return scope(pool=client.pool)


def session(
    *,
    pinning: Pinning = "queue",
    ttl: float | None = None,
    max_references: int | None = None,
    metadata: Mapping[str, object] | None = None,
    rebuild: Callable[[Session], object] | None = None,
    replay: bool = False,
) -> Session:
    """Open a session for generated code: inside its `with` block each pool's calls go to one worker.

    The arguments are those of `Session`.
    """
    return Session(
        current().pool,
        pinning=pinning,
        ttl=ttl,
        max_references=max_references,
        metadata=metadata,
        rebuild=rebuild,
        replay=replay,
    )


def share(value: T) -> T:
    """Return something that passes a value of yours by reference, whatever it is: `f(sb.share([1, 2]))`.

    The library gets a stand-in with the methods and operators of its class, and changes yours. What it returns of it is
    your very object. Code that insists on a real `list` or `dict`, as much of C does, refuses it.

    Args:
        value: Anything of yours, also inside a container that is passed.
    """
    return cast("T", Shared(value))


def options(
    *, timeout: float | None = None, mutates: Sequence[str | int] | int = (), repeatable: bool | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Change how a call is made: `sb.options(timeout=2)(f)(x)` calls `f(x)` with those limits.

    Args:
        timeout: Seconds the call may take, queueing included; `CallTimeoutError` after that.
        mutates: Parameters whose arguments the call changes in place, by name or place: the change is made to your own
            objects too. See [mutation](../docs/explanation/mutation.md).
        repeatable: `False`: a session that is replayed after its worker's death must not make this call again, and is
            lost if it would have to.
    """
    changed_ones = (mutates,) if isinstance(mutates, (str, int)) else tuple(mutates)
    given = {"timeout": timeout, "mutates": changed_ones or None, "repeatable": repeatable}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}

    def changed(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wait(*args: P.args, **kwargs: P.kwargs) -> Any:  # the call is made when it is awaited
                with scope(**changes):
                    return await function(*args, **kwargs)

            return cast("Callable[P, R]", wait)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with scope(**changes):
                return function(*args, **kwargs)

        return call

    return changed
