# How a client comes about.

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from snakebridge import environments
from snakebridge.client._client import Client, require_workers
from snakebridge.errors import ConfigurationError
from snakebridge.runtime import Pool, refuse_at_the_end, remember

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from snakebridge.runtime import Guard, LinkName, ProfileName, Recycle, Resources, StartName

__all__ = ["aconnect", "connect"]


def connect(
    *,
    python: str | os.PathLike[str] | None = None,
    venv: str | os.PathLike[str] | None = None,
    requirements: Sequence[str] = (),
    python_version: str | None = None,
    workers: int | tuple[int, int] = 1,
    profile: ProfileName = "process",
    lanes: int = 4,
    link: LinkName = "lane",
    timeout: float | None = None,
    queue_size: int = 1000,
    queue_timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    max_references: int | None = None,
    trace_references: bool = False,
    recycle: Recycle | None = None,
    resources: Resources | None = None,
    guard: Guard | None = None,
    warm_up: Sequence[str] = (),
    start: StartName = "spawn",
    preload: Sequence[str] = (),
    start_timeout: float = 60.0,
    report: Callable[[str], None] | None = None,
) -> Client:
    """Start workers in an environment and return a client for it.

    The environment is named by exactly one of `python`, `venv` and `requirements`. Nothing is installed into it.

    Args:
        python: An interpreter, or a venv or conda folder.
        venv: The same, for whoever finds it clearer.
        requirements: Requirements of a managed environment, built once and kept in a cache.
        python_version: Such as `"3.10"`; only with `requirements`.
        workers: How many processes; a pair: at least and at most, and more are started while callers wait.
        profile: `"process"`: a worker runs one call at a time, on its main thread. `"thread"`: it runs several, which
            share its objects; for libraries that wait, or release the GIL, and are thread-safe. `"auto"`: it is
            `"thread"` where the interpreter runs without the GIL, and still does when the worker is ready.
        lanes: How many calls a worker of the thread profile runs at once.
        link: `"lane"` (a Unix socket, fast) or `"grpc"`.
        timeout: Seconds a call may take, queueing included; `None`: no limit. `options(timeout=…)` overrides it.
        queue_size: Calls that may wait for a worker; more raise `PoolSaturatedError`.
        queue_timeout: Seconds a call may wait for a worker before `PoolSaturatedError`.
        env: Variables to add to the workers' environment.
        max_references: Objects of a worker that may be referred to at once; a result that would be one more raises
            `ReferenceLimitError`, and nothing is ever evicted. `None`: no limit.
        trace_references: Whether to note where each reference was made, for `Client.references`; it costs microseconds.
        recycle: When a worker is replaced although nothing is wrong with it; `None`: only by `Client.recycle`.
        resources: What of the machine each worker may use: threads, memory, cores, graphics processors, folder.
        warm_up: Modules to import (`"numpy"`), and functions to call (`"models:load"`), in each worker before it takes
            calls; a worker in which that fails does not start.
        start: `"spawn"`: each worker is an interpreter of its own from the beginning. `"zygote"` (Linux): it is forked
            from one that has `preload` imported, in milliseconds, and shares the memory of that. Where this cannot be,
            because a library starts threads when it is imported, workers are spawned, and the log says why.
        preload: Modules that the zygote imports, such as `["numpy"]`.
        start_timeout: Seconds from the start of a worker until it is ready, its warm-up included.
        guard: What the pool does about workers that die again and again; `None`: what `Guard` says by itself.
        report: Called with a sentence before something that takes long.

    Raises:
        ConfigurationError: The environment cannot be found, is too old, or cannot be built.
        WorkerStartError: No worker starts in it.
        PoolClosedError: The program is ending.
    """
    chosen = [given for given in (python, venv, requirements or None) if given is not None]
    if len(chosen) != 1:
        raise ConfigurationError("connect needs exactly one of python=, venv= and requirements=")
    require_workers(workers)
    if lanes < 1:
        raise ConfigurationError(f"lanes must be at least 1, not {lanes}")
    if not start_timeout > 0:
        raise ConfigurationError(f"start_timeout must be more than 0 seconds, not {start_timeout}")
    if isinstance(warm_up, str):
        raise ConfigurationError(f"warm_up is a list of modules and functions: write [{warm_up!r}]")
    if isinstance(preload, str):
        raise ConfigurationError(f"preload is a list of modules: write [{preload!r}]")
    path = python if python is not None else venv
    if path is not None:
        executable = environments.find(path)
    else:
        executable = environments.provision(tuple(requirements), python_version=python_version, report=report)
    interpreter = environments.describe(executable)
    name = interpreter.prefix.name or "pool"
    refuse_at_the_end(name)
    pool = Pool(
        interpreter,
        name=name,
        workers=workers,
        profile=profile,
        lanes=lanes,
        dynamic=True,
        link=link,
        timeout=timeout,
        queue_size=queue_size,
        queue_timeout=queue_timeout,
        environment=env,
        max_references=max_references,
        trace_references=trace_references,
        recycle=recycle,
        resources=resources,
        guard=guard,
        warm_up=warm_up,
        start=start,
        preload=preload,
        start_timeout=start_timeout,
        report=report,
    )
    try:
        remember(pool).wait_ready()
    except BaseException:  # Ctrl-C included: no worker may stay
        pool.close()
        raise
    return Client(pool)


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
