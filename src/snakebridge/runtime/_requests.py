# What can be asked of a pool, and how an asking goes: encode, lease a channel, exchange, give back.
#
# Guarantees: a caller that is served a callback keeps its channel for nested calls, so they ride the same link; host
# objects that were exported for a request that could not be made are released. A request that is awaited waits for its
# channel as a task, and only talks over it on a thread: there are never more of those than channels.

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from snakebridge.runtime import _arrival, _context, _translation
from snakebridge_guest.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._channel import Channel
    from snakebridge.runtime._context import Context
    from snakebridge.runtime._library import Library
    from snakebridge.runtime._proxies import RemoteObject
    from snakebridge.runtime._references import Reference
    from snakebridge.runtime._worker import Worker

__all__ = ["Requests"]

_MOST_TALKERS = 10_000


class _Held(threading.local):
    """The channel this thread has leased, for nested calls."""

    channel: Channel | None = None


class Requests(ABC):
    """The asking half of a pool.

    Args:
        timeout: Seconds a call may take, queueing included; `None`: no limit.
    """

    closed = False

    def __init__(self, timeout: float | None) -> None:
        self.adapters: dict[str, None] = {}
        """Adapter files every worker must load, in order."""
        self.exports = _translation.Exports()
        self.held = _Held()
        self._timeout = timeout
        self._outgoing = _translation.Outgoing()
        self._threads: ThreadPoolExecutor | None = None

    @abstractmethod
    def lease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel of a certain worker, or of any; wait for it on this thread."""

    @abstractmethod
    async def alease(self, wanted: Worker | None, deadline: float | None, label: str) -> Channel:
        """Lease a channel; wait for it as a task."""

    @abstractmethod
    def flush(self, worker: Worker) -> None:
        """Tell an idle worker which proxies and sessions are gone; a busy one is told before its next call."""

    @abstractmethod
    def give_back(self, channel: Channel) -> None:
        """End a lease."""

    def call(
        self,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None = None,
    ) -> Any:
        """Call what an address names; return its value."""
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (address, frames.BY_DEFAULT, body)
        return self._request(frames.CALL, rest, address, library, tie, exported)

    def construct(
        self,
        instance: RemoteObject,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None,
    ) -> None:
        """Call a class and make `instance` the proxy of the result, whatever its type."""
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (address, frames.BY_REFERENCE, body)

        def adopt(channel: Channel, described: list[Any]) -> None:
            _arrival.adopt(channel, instance, described)

        self._request(frames.CALL, rest, address, library, tie, exported, adopt)

    def method(
        self,
        reference: Reference,
        name: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
    ) -> Any:
        """Call a method or operator of a remote object."""
        reference.check()
        body, tie, exported = self._outgoing.call(self, positional, keywords)
        rest = (reference.number, name, body)
        return self._on(reference, frames.METHOD, rest, name, tie, exported)

    def get(self, reference: Reference, name: str) -> Any:
        """Read an attribute of a remote object."""
        reference.check()
        return self._on(reference, frames.GET, (reference.number, name), name, None, [])

    def set(self, reference: Reference, name: str, value: object) -> None:
        """Assign an attribute of a remote object."""
        reference.check()
        body, tie, exported = self._outgoing.value(self, value)
        self._on(reference, frames.SET, (reference.number, name, body), name, tie, exported)

    def next(self, reference: Reference, count: int) -> tuple[list[Any], bool, BaseException | None]:
        """Pull items of a remote iterator: the items, whether it ended, and what it raised after them."""
        reference.check()

        def read(channel: Channel, pulled: list[Any]) -> tuple[list[Any], bool, BaseException | None]:
            items, done, error = pulled
            return items, done, None if error is None else channel.raised(error)

        rest = (reference.number, count)
        batch: tuple[list[Any], bool, BaseException | None]
        batch = self._on(reference, frames.NEXT, rest, "__next__", None, [], read)
        return batch

    def read(self, address: str, *, library: Library | None = None) -> Any:
        """Read a module, constant, function or class by address."""
        return self._request(frames.GET, (address, None), address, library, None, [])

    def dumps(self, value: object) -> bytes:
        """Encode a value for the worker that this thread is talking to."""
        return self._outgoing.value(self, value)[0]

    def end_session(self, worker: Worker, number: int) -> None:
        """Free a session's objects: now when its worker is idle, else before the worker's next call."""
        worker.ended_sessions.append(number)
        held = self.held.channel
        if held is not None and held.worker is worker:
            held.flush()
        else:
            self.flush(worker)

    def _on(
        self,
        reference: Reference,
        kind: int,
        rest: tuple[Any, ...],
        name: str,
        tie: Worker | None,
        exported: list[int],
        read: Callable[[Channel, Any], Any] | None = None,
    ) -> Any:
        if tie is not None and tie is not reference.worker:
            raise _translation.apart(reference, tie)
        label = f"{reference.type_name}.{name}"
        return self._request(kind, rest, label, reference.library, reference.worker, exported, read)

    def _request(
        self,
        kind: int,
        rest: tuple[Any, ...],
        label: str,
        library: Library | None,
        tie: Worker | None,
        exported: list[int],
        read: Callable[[Channel, Any], Any] | None = None,
    ) -> Any:
        context = _context.current()
        if context.is_awaited:
            return self._arequest(context, kind, rest, label, library, tie, exported, read)
        timeout = self._timeout if context.timeout is None else context.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        session = context.session
        pinned = None if session is None else session.worker(self)
        wanted = tie or pinned
        held = self.held.channel
        nested = held is not None and (wanted is None or wanted is held.worker)
        try:
            channel = held if nested and held is not None else self.lease(wanted, deadline, label)
        except BaseException:  # it goes on; but no worker will ever release these
            for number in exported:
                self.exports.release(number)
            raise
        try:
            self.held.channel = channel
            if session is not None and pinned is None:
                session.pin(self, channel.worker)
            self._prepare(channel, exported)
            return channel.exchange(kind, rest, label, library, session, deadline, read)
        finally:
            self.held.channel = held
            if not nested:
                self.give_back(channel)

    async def _arequest(
        self,
        context: Context,
        kind: int,
        rest: tuple[Any, ...],
        label: str,
        library: Library | None,
        tie: Worker | None,
        exported: list[int],
        read: Callable[[Channel, Any], Any] | None,
    ) -> Any:
        # Waiting for a channel needs no thread; talking over it takes one of as many as there are channels.
        timeout = self._timeout if context.timeout is None else context.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        session = context.session
        pinned = None if session is None else session.worker(self)
        try:
            channel = await self.alease(tie or pinned, deadline, label)
        except BaseException:  # as above
            for number in exported:
                self.exports.release(number)
            raise
        if session is not None and pinned is None:
            session.pin(self, channel.worker)

        def talk() -> tuple[Any, BaseException | None]:
            # Both outcomes are returned: a future takes no StopIteration, and a library may raise one.
            try:
                self.held.channel = channel
                with _context.scope(is_awaited=False):  # for what a callback calls
                    self._prepare(channel, exported)
                    return channel.exchange(kind, rest, label, library, session, deadline, read), None
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where it is awaited
                return None, error
            finally:
                self.held.channel = None
                self.give_back(channel)

        lease = channel.leases
        try:
            running = asyncio.get_running_loop().run_in_executor(self._talkers(), contextvars.copy_context().run, talk)
        except BaseException:  # the program is ending, and threads cannot be had
            self.give_back(channel)
            raise
        try:
            value, error = await asyncio.shield(running)
        except asyncio.CancelledError:
            channel.cancel(lease)
            raise
        if error is not None:
            raise error
        return value

    def _prepare(self, channel: Channel, exported: list[int]) -> None:
        worker = channel.worker
        if worker.ended_sessions:
            channel.flush()
        if len(worker.adapters) != len(self.adapters):
            channel.load_adapters(list(self.adapters))
        if exported:
            worker.exported.update(exported)

    def _talkers(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_MOST_TALKERS, thread_name_prefix="snakebridge-call")
        return self._threads
