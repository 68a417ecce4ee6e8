# What can be asked of a pool: each request encoded, with what makes something of its reply.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snakebridge.runtime import _context
from snakebridge.runtime._calls.asking import Asking
from snakebridge.runtime._calls.request import Request
from snakebridge.runtime._objects import arrival, references, translation
from snakebridge.runtime._objects.mutation import Given
from snakebridge.runtime._objects.proxies import BoundName, RemoteMethod, send_attributes
from snakebridge.runtime._objects.tools import Toolbox
from snakebridge_guest.wire import frames, streams

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.errors import RemoteError
    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._objects.proxies import RemoteObject
    from snakebridge.runtime._objects.references import Reference, ReferenceCount
    from snakebridge.runtime._workers.worker import Worker

    Take = Callable[[list[Any], BaseException | None, tuple[Any, ...] | None], None]

__all__ = ["Requests"]


class Requests(Asking):
    """The asking half of a pool.

    Args:
        timeout: Seconds a call may take, queueing included; `None`: no limit.
        trace_references: Whether to note where each reference was made.
    """

    def __init__(self, timeout: float | None, *, trace_references: bool = False) -> None:
        super().__init__(timeout)
        self.trace_references = trace_references
        self.values: frozenset[str] = frozenset()
        """Libraries whose data the workers make."""
        self.tools = Toolbox()
        self.classes: dict[Any, Any] = {}
        """Classes of the workers that have no generated one; see `_objects/classes.py`."""
        self._outgoing = translation.Outgoing()

    def call(
        self,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None = None,
    ) -> Any:
        """Call what an address names; return its value."""
        body, tie, exported, given = self._outgoing.call(self, positional, keywords)
        fields = (address, frames.BY_DEFAULT, body)
        return self.ask(Request(frames.CALL, fields, address, library, tie, exported, given))

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
        body, tie, exported, _ = self._outgoing.call(self, positional, keywords)
        fields = (address, frames.BY_REFERENCE, body)

        def adopt(channel: Channel, described: list[Any]) -> None:
            arrival.adopt(channel, instance, described)

        read = Given(positional, keywords, adopt)
        self.ask(Request(frames.CALL, fields, address, library, tie, exported, read))
        if type(instance).__dictoffset__:
            send_attributes(instance)

    def method(
        self,
        reference: Reference,
        name: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
    ) -> Any:
        """Call a method or operator of a remote object."""
        reference.check()
        body, tie, exported, given = self._outgoing.call(self, positional, keywords)
        fields = (reference.number, name, body)
        return self._on(reference, frames.METHOD, fields, name, tie, exported, given)

    def get(self, reference: Reference, name: str) -> Any:
        """Read an attribute of a remote object."""
        reference.check()
        return self._on(reference, frames.GET, (reference.number, name), name)

    def set(self, reference: Reference, name: str, value: object) -> None:
        """Assign an attribute of a remote object."""
        reference.check()
        body, tie, exported = self._outgoing.value(self, value)
        self._on(reference, frames.SET, (reference.number, name, body), name, tie, exported)

    def next(self, reference: Reference, count: int, take: Take) -> Any:
        """Pull items of a remote iterator.

        Args:
            reference: The iterator.
            count: How many at most.
            take: Called with the items, what was raised after them, and if it ended what it returned.
        """
        reference.check()
        return self._on(reference, frames.NEXT, (reference.number, count), "__next__", read=_taken(take))

    def send(self, reference: Reference, how: int, value: object, take: Take) -> Any:
        """Resume a remote generator with a value or an exception; the arguments are those of `next`."""
        reference.check()
        body, tie, exported = self._outgoing.value(self, value)
        fields = (reference.number, how, body)
        name = "send" if how == streams.SEND else "throw"
        return self._on(reference, frames.SEND, fields, name, tie, exported, _taken(take))

    def unread(self, reference: Reference, count: int) -> None:
        """Give back the last items of a remote iterator, which nobody used."""
        reference.check()
        with _context.scope(repeatable=False):
            self._on(reference, frames.NEXT, (reference.number, -count), "__next__", read=lambda *_: ((),))

    def value(self, reference: Reference) -> Any:
        """Copy the value of a remote object."""
        reference.check()
        return self._on(reference, frames.VALUE, (reference.number,), "value")

    def read(self, address: str, *, library: Library | None = None) -> Any:
        """Read a module, constant, function or class by address."""
        return self.ask(Request(frames.GET, (address, None), address, library))

    def about(self, target: Reference | str, name: str, *, method: str | None = None) -> Any:
        """Read an attribute of what an address names, of a remote object, or of one of its methods."""
        if isinstance(target, str):
            return self.ask(Request(frames.GET, (target, name), f"{target}.{name}"))
        target.check()
        place = target.number if method is None else [target.number, method]
        return self._on(target, frames.GET, (place, name), name)

    def operate(self, address: str, name: str, positional: tuple[object, ...], *, library: Library | None) -> Any:
        """Ask an operator of what an address names."""
        body, tie, exported, given = self._outgoing.call(self, positional, None)
        fields = (address, name, body)
        return self.ask(Request(frames.METHOD, fields, f"{address}.{name}", library, tie, exported, given))

    def set_at(self, address: str, name: str, value: object) -> None:
        """Assign an attribute of what an address names."""
        body, tie, exported = self._outgoing.value(self, value)
        self.ask(Request(frames.SET, (address, name, body), f"{address}.{name}", None, tie, exported))

    def delete(self, target: Reference | str, name: str) -> None:
        """Delete an attribute of a remote object, or of what an address names."""
        if isinstance(target, str):
            self.ask(Request(frames.DELETE, (target, name), f"{target}.{name}"))
        else:
            target.check()
            self._on(target, frames.DELETE, (target.number, name), name)

    def member(self, error: RemoteError, reference: Reference, name: str) -> Any:
        """Read a property or method of an exception of the library."""
        value = self.get(reference, name)
        return RemoteMethod(error, value.name) if isinstance(value, BoundName) else value

    def census(self, worker: Worker, session: int | None = None) -> list[ReferenceCount]:
        """Count the objects of a worker that are referred to, by type; the most frequent first.

        Args:
            worker: Which.
            session: The number of a session, to count its own; `None`: all.
        """

        def read(channel: Channel, counted: list[Any]) -> list[ReferenceCount]:
            return references.counts(channel.worker, counted)

        fields = (session, self.trace_references)
        found: list[ReferenceCount]
        found = self.ask(Request(frames.CENSUS, fields, "a census of references", tie=worker, read=read))
        return found

    def dumps(self, value: object, worker: Worker) -> tuple[bytes, list[int]]:
        """Encode a value for the worker that this thread is talking to; the objects it exports come with it.

        Raises:
            ReferencesApartError: It has something that lives in another worker.
        """
        body, _, exported = self._outgoing.value(self, value, worker)
        return body, exported

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
        fields: tuple[Any, ...],
        name: str,
        tie: Worker | None = None,
        exported: list[int] | None = None,
        read: Callable[[Channel, Any], Any] | None = None,
    ) -> Any:
        label = f"{reference.type_name}.{name}"
        request = Request(kind, fields, label, reference.library, reference.worker, exported or [], read)
        if tie is not None and tie is not reference.worker:
            self.release(request)
            raise translation.apart(reference, tie)
        return self.ask(request)


def _taken(take: Take) -> Callable[[Channel, list[Any]], tuple[list[Any], bool]]:
    def read(channel: Channel, reply: list[Any]) -> tuple[list[Any], bool]:
        items, ended, error, returned = reply
        # An interrupt is this side's own doing, which says so itself.
        failed = None if error is None or error.get("code") == "interrupted" else channel.raised(error)
        take(items, failed, None if not ended else () if returned is None else (returned,))
        return items, ended

    return read
