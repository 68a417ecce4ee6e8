# How calls are made, and where.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from snakebridge.client._client import Client
from snakebridge.runtime import Session, Shared, changed, close_all, current, reference_of, scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from snakebridge.runtime import Pinning

__all__ = ["close_pools", "options", "pool", "session", "share", "use", "value"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def value(remote: object) -> Any:
    """Copy the value of a remote object: what lives over there, here.

    Arrays and tables become those of the host's own library (of numpy's arrays an `ArrayView` without it), subclasses
    of built-in types become those types. Anything that is no remote object is returned as it is.

    Raises:
        NotTransferableError: It has no value.
    """
    reference = reference_of(remote)
    return remote if reference is None else reference.worker.pool.value(reference)


def pool(name: str) -> Client:
    """Return a client of a configured pool, `[tool.snakebridge.pools.NAME]`, for its numbers and its life.

    Workers start with the first call of a library that names the pool, or with the first thing that is asked of the
    client, and end with the program. Each process has its own.

    Args:
        name: As in the configuration.
    """
    return Client(name)


def close_pools() -> None:
    """Close every pool of this process: those of clients for good, configured ones until they are needed again.

    It happens by itself when the program ends; servers that end their processes otherwise call it in a hook.
    """
    close_all()


def use(client: Client | str) -> AbstractContextManager[None]:
    """Make generated code called inside the `with` block use a client instead of its configured pool.

    Args:
        client: Or the name of a configured pool.
    """
    return scope(pool=(Client(client) if isinstance(client, str) else client).pool)


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
    *,
    timeout: float | None = None,
    mutates: Sequence[str | int] | int = (),
    repeatable: bool | None = None,
    idempotent: bool | None = None,
    pool: Client | str | None = None,
    session: Session | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Change how a call is made: `sb.options(timeout=2)(f)(x)` calls `f(x)` with those limits.

    Args:
        timeout: Seconds the call may take, queueing included; `CallTimeoutError` after that.
        mutates: Parameters whose arguments the call changes in place, by name or place: the change is made to your own
            objects too. See [mutation](../docs/explanation/mutation.md).
        repeatable: `False`: a session that is replayed after its worker's death must not make this call again, and is
            lost if it would have to.
        idempotent: `True`: twice does what once does, so the call is made again, up to three times, when its worker
            dies. Not in a session, which is lost with its worker. `False`: it is not, whatever its manifest says.
        pool: The client whose workers generated code calls, or the name of a configured pool.
        session: The session that the call is in, without entering its block.

    Raises:
        ConfigurationError: The timeout is no time, or the session belongs to another client.
    """
    chosen = pool.source if isinstance(pool, Client) else pool
    return changed(
        timeout=timeout, mutates=mutates, repeatable=repeatable, idempotent=idempotent, pool=chosen, session=session
    )
