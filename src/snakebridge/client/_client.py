# The client: one connection to one environment, and what can be done to its pool of workers.

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from snakebridge.errors import ConfigurationError
from snakebridge.runtime import RemoteModule, Session, direct, open_pool, pool_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime import Pinning, Pool, PoolStats, ReferenceCount

__all__ = ["Client", "require_workers"]

F = TypeVar("F", bound="Callable[..., Any]")


class Client:
    """A connection to one environment: a pool of workers in which its libraries run. Made by `connect`, or `pool`.

    Args:
        source: The pool, or the name of a configured one, which is started by the first thing that needs it.
    """

    def __init__(self, source: Pool | str) -> None:
        self.source = source
        """What it was made with."""
        self._pool = None if isinstance(source, str) else source

    def __repr__(self) -> str:
        return f"<client of {self._pool or f'pool {self.source}'}>"

    @property
    def pool(self) -> Pool:
        """The pool; a configured one that is not open is started.

        Raises:
            ConfigurationError: There is no such pool, or nothing says where its libraries live.
        """
        pool = self._pool
        if pool is None or (isinstance(self.source, str) and pool.closed):
            pool = self._pool = pool_named(str(self.source))
        return pool

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

    @direct
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

    def resize(self, workers: int | tuple[int, int]) -> None:
        """Have another number of workers, or a least and a most; those that are too many leave when nobody needs them.

        Raises:
            ConfigurationError: The number is less than 1.
        """
        require_workers(workers)
        self.pool.resize(workers)

    def recycle(self) -> None:
        """Replace every worker, one after the other: another one starts first, and no call fails.

        What sessions and proxies need is kept for as long as `Recycle.grace` says.
        """
        self.pool.recycle()

    def wait_ready(self, workers: int | None = None, timeout: float | None = None) -> bool:
        """Wait until workers are ready to take calls.

        Args:
            workers: How many; `None`: as many as the pool always has.
            timeout: Seconds to wait; `None`: until they are.

        Returns:
            Whether they were in time.

        Raises:
            WorkerStartError: None starts.
            PoolClosedError: The client was closed.
        """
        return self.pool.wait_ready(workers, timeout)

    async def await_ready(self, workers: int | None = None) -> None:
        """Wait like `wait_ready` while the event loop goes on; `asyncio.timeout` limits it."""
        await self.pool.await_ready(workers)

    def forgive(self, call: str | None = None) -> int:
        """Let calls be made again that were refused with `PoisonCallError`; return how many those were.

        Args:
            call: Their address or name, as the error tells; `None`: all. The pool then also takes calls again if it
                took none (`PoolUnavailableError`).
        """
        return self.pool.forgive(call)

    def drain(self, timeout: float | None = None) -> bool:
        """Refuse new calls and wait for those that run, wait, or belong to a session; then `close`.

        A configured pool that is not open has none.

        Args:
            timeout: Seconds to wait; `None`: until they end.

        Returns:
            Whether they ended in time.
        """
        return not self.is_open or self.pool.drain(timeout)

    def stats(self) -> PoolStats:
        """Return what the workers do and have done, in numbers."""
        return self.pool.stats()

    @property
    def is_open(self) -> bool:
        """Whether there are workers, or will be: a configured pool is open from its first use until it is closed."""
        return self._opened() is not None

    def close(self) -> None:
        """Stop the workers; a second time does nothing. A configured pool starts anew when it is needed again."""
        pool = self._opened()
        if pool is not None:
            pool.close()

    def _opened(self) -> Pool | None:
        pool = self._pool
        if pool is not None and not pool.closed:
            return pool
        return open_pool(self.source) if isinstance(self.source, str) else None


def require_workers(workers: int | tuple[int, int]) -> None:
    """Make sure that it says how many workers a pool can have.

    Raises:
        ConfigurationError: It does not.
    """
    least, most = (workers, workers) if isinstance(workers, int) else workers
    if not 1 <= least <= most:
        raise ConfigurationError(f"workers must be at least 1, or a pair such as (1, 4), not {workers}")
