# The executor: answers the frames of one link, on one thread: the main one, or in the thread profile one for each link.
#
#   frame → handler of its kind → resolve target (adapters, references) → run the library → encode the result
#
# Guarantees: nothing runs that the adapters do not name or that is private (unless the pool is dynamic); whatever the
# library returns or raises becomes an answer.
from __future__ import annotations

import enum
import sys
import threading
import types
from collections import deque
from typing import Any, Callable

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec, MalformedError, pack_frame
from snakebridge_guest.wire.endpoint import Endpoint, Link, RemoteFailure
from snakebridge_guest.wire.failure import address_of, describe
from snakebridge_guest.wire.operators import OPERATORS, UNIVERSAL
from snakebridge_guest.worker import _callbacks as callbacks
from snakebridge_guest.worker import _streams as streams
from snakebridge_guest.worker._adapters import Adapters
from snakebridge_guest.worker._interrupts import Interrupts
from snakebridge_guest.worker._references import References
from snakebridge_guest.worker._refusal import Refused, Unreadable

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


class _Thread(threading.local):
    """What this thread serves."""

    executor: Executor | None = None


_thread = _Thread()


class Shared:
    """What the executors of one worker have in common."""

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters
        self.references = References()
        self.dropped: deque[tuple[int, int]] = deque()
        """Objects of the host that are no longer used here, with how often each was sent."""


class Executor:
    """Serves one link.

    Args:
        link: Moves the frames.
        shared: What all links of this worker share.
        interrupts: Told when library code runs.
    """

    def __init__(self, link: Link, shared: Shared, interrupts: Interrupts) -> None:
        self.calls = 0
        self.references = shared.references
        self._adapters = shared.adapters
        self._described: set[int] = set()
        self._interrupts = interrupts
        self._session = 0
        self._codec = Codec(self._refer, self._resolve)
        self._endpoint = Endpoint(
            link, self._serve, lambda error: describe(error, self._codec.dumps), dropped=shared.dropped
        )
        self._loop: Any = None
        self._handlers: dict[int, Callable[..., bytes]] = {
            frames.CALL: self._call,
            frames.METHOD: self._method,
            frames.GET: self._get,
            frames.SET: self._set,
            frames.NEXT: self._next,
            frames.ADAPTER: self._adapter,
            frames.END: self._end,
        }

    def run(self) -> None:
        """Serve until the link ends (raises LinkEnd)."""
        _thread.executor = self
        self._endpoint.run()

    def _serve(self, frame: list[Any]) -> bytes:
        kind = frame[0]
        if kind == frames.RELEASE:
            self.references.release(frame[1])
            return b""
        handler = self._handlers.get(kind)
        if handler is None:
            raise Refused("a frame of unknown kind " + str(kind))
        # What this request makes belongs to its session; a nested one may be in another.
        outer, self._session = self._session, frame[2]
        try:
            return handler(*frame[3:])
        finally:
            self._session = outer

    # --- requests ---------------------------------------------------------------------------------------------------

    def _call(self, address: str, by: int, body: bytes) -> bytes:
        args, kwargs = self._load(body)
        value = self._run(address, self._adapters.callable, (address,), args, kwargs)
        return pack_frame(self._describe(value)) if by == frames.BY_REFERENCE else self._codec.dumps(value)

    def _method(self, number: int, name: str, body: bytes) -> bytes:
        value = self.references.get(number)
        args, kwargs = self._load(body)
        operation = OPERATORS.get(name) or UNIVERSAL.get(name)
        if operation is not None:
            return self._codec.dumps(self._run(name, lambda: operation, (), (value, *args), kwargs))
        self._allow(name)
        return self._codec.dumps(self._run(name, getattr, (value, name), args, kwargs))

    def _get(self, target: Any, name: str | None) -> bytes:
        if name is None:
            return self._codec.dumps(self._run(target, lambda: self._adapters.read, (), (target,), {}))
        self._allow(name)
        owner = self.references.get(target)
        value = self._run(name, lambda: getattr, (), (owner, name), {})
        if isinstance(value, (types.MethodType, types.BuiltinMethodType)) and value.__self__ is owner:
            return self._codec.dumps(_Bound(target, name))
        return self._codec.dumps(value)

    def _set(self, number: int, name: str, body: bytes) -> bytes:
        self._allow(name)
        args = (self.references.get(number), name, self._load(body))
        return self._codec.dumps(self._run(name, lambda: setattr, (), args, {}))

    def _next(self, number: int, count: int) -> bytes:
        iterator = self.references.get(number)
        items, done, error = self._run("__next__", lambda: streams.take, (), (iterator, count), {})
        described = None if error is None else describe(error, self._codec.dumps)
        return self._codec.dumps([items, done, described])

    def _adapter(self, path: str) -> bytes:
        self._adapters.load(path)
        return self._codec.dumps(None)

    def _end(self) -> bytes:
        self.references.end_session(self._session)
        return self._codec.dumps(None)

    # --- running the library ----------------------------------------------------------------------------------------

    def _run(self, name: str, find: Callable[..., Any], where: tuple[Any, ...], args: Any, kwargs: Any) -> Any:
        # Finding the target may import the library or run a property, so it is interruptible like the call itself.
        interrupts = self._interrupts
        outer = interrupts.running
        interrupts.call = name
        self.calls += 1
        try:
            interrupts.running = True
            value = find(*where)(*args, **kwargs)
            if type(value) is types.CoroutineType:
                value = self._complete(value)
            interrupts.running = False
        finally:
            interrupts.running = outer
        return value

    def _complete(self, coroutine: Any) -> Any:
        import asyncio  # noqa: PLC0415 - only a library with coroutines needs it

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(coroutine)

    def _allow(self, name: str) -> None:
        if name.startswith("_") and not self._adapters.dynamic:
            raise Refused(name + " is private, and this pool is not dynamic")

    def _load(self, body: bytes) -> Any:
        try:
            return self._codec.loads(body)
        except MalformedError as error:
            if isinstance(error.__cause__, LookupError) and error.__cause__.args:
                raise Unreadable(str(error.__cause__.args[0])) from None
            raise Unreadable(str(error)) from None

    # --- what is no value -------------------------------------------------------------------------------------------

    def _refer(self, value: Any) -> tuple[int, Any]:
        kind = type(value)
        if kind is _Bound:
            return frames.BOUND, [value.number, value.name]
        if isinstance(value, callbacks.HostObject):
            return frames.OWNED, [value._snakebridge_number]
        if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
            return frames.SYMBOL, ["module", value.__name__]
        if isinstance(value, type) or kind in _FUNCTIONS:
            address = address_of(value)
            if self._adapters.names(address) and _leads_to(address, value):
                return frames.SYMBOL, ["class" if isinstance(value, type) else "function", address]
        if isinstance(value, enum.Enum) and type(value.name) is str:
            return frames.ENUM, [address_of(kind), value.name, self._describe(value)]
        return frames.REFERENCE, self._describe(value)

    def _describe(self, value: Any) -> list[Any]:
        number = self.references.add(value, self._session)
        kind, description = self.references.describe_type(type(value), self._described)
        return [number, kind, description, streams.streams(value)]

    def _resolve(self, code: int, payload: Any) -> Any:
        if code == frames.OWNED:
            return self.references.get(payload[0])
        if code == frames.SYMBOL:
            return self._adapters.symbol(payload[0], payload[1])
        if code == frames.ENUM:
            return self._adapters.symbol("class", payload[0])[payload[1]]
        if code == frames.REFERENCE:
            return callbacks.host_class(payload[1])(payload[0], self._ask)
        raise LookupError("an unknown extension type " + str(code))

    # --- asking the host --------------------------------------------------------------------------------------------

    def _ask(self, what: str, number: int, name: str = "", *rest: Any) -> Any:
        if what == "release":
            self._endpoint.dropped.append((number, 1))
            return None
        executor = _thread.executor
        if executor is None:
            raise RuntimeError("an object of the host can only be used on the thread that runs the call")
        if executor is not self:  # the object came over another lane; this thread's own is the one it may use
            return executor._ask(what, number, name, *rest)
        interrupts = self._interrupts
        interrupts.running, outer = False, interrupts.running
        try:
            if what == "get":
                body = self._endpoint.request(frames.GET, self._session, number, name)
            elif what == "set":
                body = self._endpoint.request(frames.SET, self._session, number, name, self._codec.dumps(rest[0]))
            else:
                arguments = self._codec.dumps_call(rest[0], rest[1])
                body = self._endpoint.request(frames.METHOD, self._session, number, name, arguments)
        except RemoteFailure as failure:
            raise callbacks.host_error(failure.error) from None
        finally:
            interrupts.running = outer
        return self._codec.loads(body)


class _Bound:
    # A method of an object the host already has: it makes the method on its side, without a round trip to release.
    __slots__ = ("name", "number")

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name


def _leads_to(address: str, value: Any) -> bool:
    # `<locals>`, rewritten and shadowed names lead nowhere or elsewhere; what they name becomes a reference.
    module, _, qualname = address.partition(":")
    found: Any = sys.modules.get(module)
    try:
        for name in qualname.split("."):
            found = getattr(found, name)
    except Exception:  # a metaclass or a lazy module may do anything
        return False
    return found is value
