# A pool in a forked copy of the host: it belongs to the original, and here it refuses everything.
#
# Guarantees: the copy waits for nothing that only the original's threads could give, writes to no worker, ends none,
# and leaves the pool's folder alone. Assumes: no other thread runs yet.

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NoReturn

from snakebridge.runtime._fork import forked
from snakebridge.runtime._objects.exports import Exports
from snakebridge.runtime._pool.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["disown"]

_inherited: list[Pool] = []
# For ever: gRPC waits for threads of the original's when what it made is freed.


class Disowned(Pool):
    """What the class of a pool becomes in a forked copy."""

    original = 0
    """The process id of whom it belongs to."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise forked(str(self), self.original)

    async def _arefuse(self, *_: object, **__: object) -> NoReturn:
        self._refuse()

    if not TYPE_CHECKING:
        ask = lease = free = wait_ready = resize = recycle = drain = stats = waits = reopen = forgive = _refuse
        alease = await_ready = _arefuse
        workers = property(_refuse)

    def close(self) -> None:
        """Do nothing: the original closes it."""

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do nothing: there is no supervisor here."""

    def flush(self, worker: Worker) -> None:
        """Do nothing: the original's proxies count."""

    def end_session(self, worker: Worker, number: int) -> None:
        """Do nothing: the original ends its sessions."""

    def give_back(self, channel: Channel, *, after_call: bool = True) -> None:
        """Do nothing: the original has the channel."""

    def lost(self, what: str) -> Exception:
        """Return why something of the original's cannot be had here."""
        return forked(f"{what} of {self}", self.original)


class _Process:
    """A worker's process as a copy of the host may see it: it has a number, and nothing is done to it."""

    def __init__(self, process: Any) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)

    def kill(self) -> None:
        """Do nothing."""

    interrupt = show_stacks = kill


def disown(pool: Pool, original: int) -> None:
    """Have a pool refuse everything from now on.

    Args:
        pool: Inherited from the original.
        original: The process id of that.
    """
    _inherited.append(pool)
    for worker in list(pool.workers):
        _disown(worker, original)
    pool.closed = True  # so that whoever wants a configured pool gets a new one
    pool.exports = Exports()  # the lock of the other may be taken
    object.__setattr__(pool, "__class__", Disowned)
    vars(pool)["original"] = original


def _disown(worker: Worker, original: int) -> None:
    ended = worker.ended = threading.Event()
    ended.set()  # nobody waits here for what the original's supervisor would tell
    vars(worker)["process"] = _Process(worker.process)
    links = [channel.link for channel in worker.channels]
    for link in links if worker.aside is None else [*links, worker.aside.link]:
        link.abandon()
    for life in list(worker.lives):
        if life.ended is None:
            life.ended = f"belongs to process {original}, of which this one is a forked copy"
