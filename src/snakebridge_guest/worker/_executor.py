# The executor: answers the frames of one link, on one thread: the main one, or in the thread profile one for each link.
#
#   frame → handler of its kind → resolve target (adapters, references) → run the library → encode the result
#
# Guarantees: nothing runs that the adapters do not name or that is private (unless the pool is dynamic); whatever the
# library returns or raises becomes an answer.
from __future__ import annotations

import types
from typing import Any, Callable

from snakebridge_guest.wire import frames, signatures
from snakebridge_guest.wire.aside import NO_LANE
from snakebridge_guest.wire.codec import pack_frame
from snakebridge_guest.wire.endpoint import Endpoint, Link
from snakebridge_guest.wire.failure import address_of
from snakebridge_guest.wire.operators import DESCRIBING, OPERATORS, UNIVERSAL, operation
from snakebridge_guest.wire.streams import SEND, Stream
from snakebridge_guest.worker import _copies as copies
from snakebridge_guest.worker import _streams as streams
from snakebridge_guest.worker._asking import this_thread
from snakebridge_guest.worker._callbacks import HostObject
from snakebridge_guest.worker._coroutines import Coroutines
from snakebridge_guest.worker._interrupts import Interrupts
from snakebridge_guest.worker._mutation import Extension, Own, Watched, marked
from snakebridge_guest.worker._plain import call
from snakebridge_guest.worker._refusal import Refused, Unreadable
from snakebridge_guest.worker._sessions import serve
from snakebridge_guest.worker._translation import Bound, Shared, Translator

_VALUES = frozenset({int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict})
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


class Executor(Translator):
    """Serves one link.

    Args:
        link: Moves the frames.
        shared: What all links of this worker share.
        interrupts: Told when library code runs.
        lane: Which lane the link is.
    """

    def __init__(self, link: Link, shared: Shared, interrupts: Interrupts, lane: int = NO_LANE) -> None:
        super().__init__(shared)
        self.calls = 0
        self._sessions = shared.sessions
        self._interrupts = interrupts
        self._lane = lane
        self.request = 0  # the number of the one that runs
        self._answered = 0  # of the last one
        self._failed: bytes | None = None  # what the request that raised had changed
        self._endpoint = Endpoint(link, self._serve, self._describe_failure, dropped=shared.dropped)
        self._coroutines = Coroutines()
        self._complete = self._coroutines.complete
        self._handlers: dict[int, Callable[..., bytes]] = {
            frames.CALL: self._call,
            frames.METHOD: self._method,
            frames.GET: self._get,
            frames.SET: self._set,
            frames.DELETE: self._delete,
            frames.CENSUS: self._census,
            frames.VALUE: self._value,
            frames.NEXT: self._next,
            frames.SEND: self._send,
            frames.ADAPTER: self._adapter,
            frames.SESSION: self._open,
            frames.END: self._end,
        }

    def run(self) -> None:
        """Serve until the link ends (raises LinkEnd)."""
        this_thread.executor = self
        serve(lambda: self._sessions.get(self._session) if self._session > 0 else None)
        self._endpoint.run()

    def detach(self, link: Link) -> None:
        """Use another link from now on (a forked copy)."""
        self._endpoint.link = link

    def _serve(self, frame: list[Any]) -> bytes:
        kind = frame[0]
        if kind == frames.RELEASE:
            self.references.release(frame[1])
            self._coroutines.close_dropped()
            return b""
        self._endpoint.returns = False
        handler = self._handlers.get(kind)
        if handler is None:
            raise Refused("a frame of unknown kind " + str(kind))
        # What this request makes belongs to its session; a nested one may be in another.
        outer, self._session = self._session, frame[2]
        before, self.request = self.request, frame[1]
        try:
            return handler(*frame[3:])
        finally:
            self._answered, self._session = self._session, outer
            self.request = before

    def _describe_failure(self, error: BaseException) -> dict[str, Any]:
        copies.leave_if_copied(error)
        # What the last request raised belongs to its session as well, and the library's code may run for it.
        outer, self._session = self._session, self._answered
        changes, self._failed = self._failed, None
        try:
            described = self._describe_error(error)
        finally:
            self._session = outer
            self._added.clear()  # as above
        if changes:
            described["mutated"] = changes
        return described

    # --- requests ---------------------------------------------------------------------------------------------------

    def _call(self, address: Any, by: int, *rest: Any) -> bytes:
        if type(address) is list:
            return self._pipeline(address, by, rest)
        marks = self._adapters.mutates.of(address)
        if marks is not None or len(rest) > 1:
            function = self._run(address, lambda: self._adapters.callable, (), (address,), {})
            return self._mutate(function, address, by, marks, rest, self._adapters.results.of(address))
        args, kwargs = self._arguments(rest[0], address)
        value = self._run(address, self._adapters.callable, (address,), args, kwargs)
        return self._result(value, by, self._adapters.results.of(address))

    def _pipeline(self, addresses: list[Any], by: int, rest: tuple[Any, ...]) -> bytes:
        # All are looked up before the first one runs, so that a refusal finds nothing done.
        first = addresses[0]
        function = self._run(first, lambda: self._adapters.callable, (), (first,), {})
        steps = []
        for address, body in addresses[1:]:
            step = self._run(address, lambda: self._adapters.callable, (), (address,), {})
            steps.append((step, *self._arguments(body, address)))

        def run(*args: Any, **kwargs: Any) -> Any:
            value = call(function, args, kwargs)
            for step, more, named in steps:
                if type(value) is types.CoroutineType:
                    value = self._complete(value)
                value = call(step, (*more, value), named)
            return value

        run.__wrapped__ = function  # type: ignore[attr-defined]
        marks, rule = self._adapters.mutates.of(first), self._adapters.results.of(addresses[-1][0])
        if marks is not None or len(rest) > 1:
            return self._mutate(run, first, by, marks, rest, rule)
        args, kwargs = self._arguments(rest[0], first)
        return self._result(self._run(first, lambda: run, (), args, kwargs), by, rule)

    def _method(self, target: Any, name: str, *rest: Any) -> bytes:
        is_operator = name in OPERATORS or name in UNIVERSAL
        if type(target) is str:
            if not is_operator:
                raise Refused(name + " is no operator; call it by its own address")
            value = self._run(target, lambda: self._adapters.callable, (), (target,), {})
        else:
            value = self.references.get(target)
        if not is_operator:
            self._allow(name, value)
        marks = self._adapters.mutates.of_method(value, name) if not is_operator or name == "__call__" else None
        if marks is not None or len(rest) > 1:
            function = value if name == "__call__" else self._run(name, lambda: getattr, (), (value, name), {})
            rule = self._adapters.results.of_method(value, name)
            return self._mutate(function, name, frames.BY_DEFAULT, marks, rest, rule)
        args, kwargs = self._load(rest[0])
        if self._adapters.converters:
            args, kwargs = self._adapters.converters.arrived(address_of(type(value)), args, kwargs)
        if is_operator:
            result = self._run(name, operation, (name, args, HostObject), (value, *args), kwargs)
        else:
            result = self._run(name, getattr, (value, name), args, kwargs)
        return self._result(result, frames.BY_DEFAULT, self._adapters.results.of_method(value, name))

    def _arguments(self, body: bytes, address: str) -> Any:
        args, kwargs = self._load(body)
        converters = self._adapters.converters
        return converters.arrived(address, args, kwargs) if converters else (args, kwargs)

    def _result(self, value: Any, by: int, rule: str | None) -> bytes:
        if by == frames.BY_REFERENCE:
            described = self._describe(value)
            self._added.clear()  # the host has it from now on
            return pack_frame(described)
        if rule is None or value is None:
            return self._dumps(value)
        return self._dumps(Own(value)) if rule == "reference" else self._copied(value) or self._dumps(value)

    def _mutate(self, function: Any, name: str, by: int, marks: Any, rest: tuple[Any, ...], rule: str | None) -> bytes:
        # A call that changes arguments in place: what changed goes back with the result, or with what it raised.
        self._own = set()
        try:
            args, kwargs = self._load(rest[-1])
        finally:
            own, self._own = self._own, None
        said = rest[0] if len(rest) > 1 else ()
        watched = Watched(args, kwargs, marked((*(marks or ()), *said), args, kwargs, function, name), own)
        try:
            value = self._run(name, lambda: function, (), args, kwargs)
            result = watched.result(value)
            if by == frames.BY_REFERENCE or result is value:
                body = self._result(value, by, rule)
            else:
                body = self._dumps(result)
        except BaseException:  # it goes on; what was changed until then stays changed, as it would locally
            changes = self._changes(watched)
            self._failed = self._mutated(self._codec.dumps(None), changes) if changes else None
            raise
        changes = self._changes(watched)
        return self._mutated(body, changes) if changes or result is not value else body

    def _mutated(self, body: bytes, changes: list[Any]) -> bytes:
        return self._codec.dumps(Extension(frames.MUTATED, [body, changes]))

    def _changes(self, watched: Watched) -> list[Any]:
        try:
            return watched.changes(self._codec)
        except BaseException:  # as in `_dumps`
            self.references.release([each for number in self._added for each in (number, 1)])
            raise
        finally:
            self._added.clear()

    def _get(self, target: Any, name: str | None) -> bytes:
        if name is None:
            return self._dumps(self._run(target, lambda: self._adapters.read, (), (target,), {}))
        if type(target) is str:
            owner = self._run(target, lambda: self._adapters.symbol, (), ("", target), {})
            number = 0
        elif type(target) is list:  # a method, which has no number of its own
            bound_to = self.references.get(target[0])
            self._allow(target[1], bound_to)
            owner = self._run(target[1], lambda: getattr, (), (bound_to, target[1]), {})
            number = 0
        else:
            owner, number = self.references.get(target), target
        if name not in DESCRIBING:
            self._allow(name, owner)
        find = signatures.describe if name == "__signature__" else lambda value: getattr(value, name)
        value = self._run(name, lambda: find, (), (owner,), {})
        if isinstance(value, (types.MethodType, types.BuiltinMethodType)) and value.__self__ is owner and number:
            return self._dumps(Bound(number, name))
        return self._dumps(value)

    def _set(self, target: Any, name: str, body: bytes) -> bytes:
        owner = self._changed(target, name)
        return self._dumps(self._run(name, lambda: setattr, (), (owner, name, self._load(body)), {}))

    def _delete(self, target: Any, name: str) -> bytes:
        return self._dumps(self._run(name, lambda: delattr, (), (self._changed(target, name), name), {}))

    def _changed(self, target: Any, name: str) -> Any:
        self._allow(name, None)
        if type(target) is not str:
            return self.references.get(target)
        if not self._adapters.dynamic:
            raise Refused("attributes of " + target + " can only be changed in a dynamic pool")
        return self._run(target, lambda: self._adapters.symbol, (), ("" if ":" in target else "module", target), {})

    def _value(self, number: int) -> bytes:
        value = self.references.get(number)
        body = self._copied(value)
        if body is None:
            raise Unreadable("a " + address_of(type(value)) + " has no value that could be copied")
        return body

    def _copied(self, value: Any) -> bytes | None:
        body: bytes | None = self._codec.dumps_data(value)
        plain = next((base for base in type(value).__mro__ if base in _VALUES), None)
        if body is not None or plain is None:
            return body
        return self._dumps(self._run("value", lambda: plain, (), (value,), {}))

    def _census(self, of: int | None, detailed: bool) -> bytes:  # noqa: FBT001 - a frame
        return self._codec.dumps(self.references.census(of, detailed=detailed))

    def _next(self, number: int, count: int) -> bytes:
        stream = self.references.stream(number)
        if count < 0:  # the host has not used so many of the last ones, and passes the iterator on
            self.references.replace(number, streams.Unread(stream.unread(-count), stream.iterator))
            return self._dumps(None)
        return self._pull(stream, count, "__next__", stream.next())

    def _send(self, number: int, how: int, body: bytes) -> bytes:
        stream = self.references.stream(number)
        return self._pull(stream, 1, "send" if how == SEND else "throw", stream.resumed(how, self._load(body)))

    def _pull(self, stream: Stream, count: int, name: str, resume: Callable[[], Any]) -> bytes:
        # Only the library's code may be interrupted, not what becomes of its items.
        interrupts = self._interrupts
        outer = interrupts.running
        interrupts.call = name
        self.calls += 1
        interrupts.arm()

        def step() -> Any:
            try:
                interrupts.running = True
                item = resume()
                interrupts.running = False
            finally:
                interrupts.running = outer
            return item

        async def step_async() -> Any:
            try:
                interrupts.running = True
                item = await resume()
                interrupts.running = False
            finally:
                interrupts.running = outer
            return item

        chosen = step_async if stream.is_async else step
        return stream.answer(count, chosen, self._dumps, self._describe_error, self._complete)

    def _adapter(self, path: str) -> bytes:
        self._adapters.load(path)
        return self._codec.dumps(None)

    def _open(self, body: bytes, limit: int | None) -> bytes:
        self._sessions.open(self._session, self._load(body))
        if limit is not None:
            self.references.limit_session(self._session, limit)
        return self._codec.dumps(None)

    def _end(self) -> bytes:
        self.references.end_session(self._session)
        self._sessions.end(self._session)
        return self._codec.dumps(None)

    # --- running the library ----------------------------------------------------------------------------------------

    def _run(self, name: str, find: Callable[..., Any], where: tuple[Any, ...], args: Any, kwargs: Any) -> Any:
        # Finding the target may import the library or run a property, so it is interruptible like the call itself.
        interrupts = self._interrupts
        outer = interrupts.running
        interrupts.call = name
        self.calls += 1
        interrupts.arm()
        try:
            interrupts.running = True
            value = call(find(*where), args, kwargs)
            if type(value) is types.CoroutineType:
                value = self._complete(value)
            interrupts.running = False
        finally:
            interrupts.running = outer
        return value
