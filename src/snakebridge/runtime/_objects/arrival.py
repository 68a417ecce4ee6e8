# Arrivals: what a worker sends that is no value, and what it asks of the host's own objects.

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING, Any

from snakebridge.runtime._calls.awaiting import complete
from snakebridge.runtime._calls.outcome import raised
from snakebridge.runtime._objects import notes
from snakebridge.runtime._objects.classes import Described, dynamic_class, exception_class, named_class
from snakebridge.runtime._objects.library import address_of
from snakebridge.runtime._objects.mutation import Mutated
from snakebridge.runtime._objects.proxies import BoundName, RemoteObject
from snakebridge.runtime._objects.references import Reference
from snakebridge.runtime._objects.streams import KINDS, StreamReference
from snakebridge.runtime._objects.symbols import RemoteModule, RemoteSymbol
from snakebridge.runtime._objects.views import ArrayView
from snakebridge_guest.wire import frames, members, signatures
from snakebridge_guest.wire.named import is_public
from snakebridge_guest.wire.operators import DESCRIBING, OPERATORS, UNIVERSAL, operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["adopt", "pull", "resolve", "serve"]


_OWN = {f"builtins:{kind.__name__}": kind for kind in frames.PLAIN_CLASSES - {object, type}}
"""Classes whose instances are values: those over there are those here."""


def resolve(channel: Channel, code: int, payload: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table of what may arrive
    """Return the object that an extension stands for."""
    if code == frames.REFERENCE:
        return _noted(channel, _proxy(channel, *payload))
    if code == frames.BOUND:
        return BoundName(payload[1])
    library = channel.library
    if code == frames.SYMBOL:
        kind, address = payload[:2]
        if kind == "module":
            return RemoteModule(channel.pool, address)
        if kind == "class":
            return _known_class(channel, *payload[1:])
        return RemoteSymbol(channel.pool, kind, address, library)
    if code == frames.ENUM:
        return _member(channel, *payload)
    if code == frames.NAMED:
        return tuple.__new__(_named(channel, *payload[0]), payload[1])
    if code == frames.CONVERTED:
        return payload
    if code == frames.MUTATED:
        return Mutated(*payload)
    if code == frames.ARGUMENT and channel.given is not None:
        return channel.given.argument(payload)
    if code == frames.OWNED:
        return channel.pool.exports.get(payload[0], channel.worker.exported)
    if code == frames.EXCEPTION:
        return raised(payload, library=library, loads=channel.loads, where=channel.worker.place, channel=channel)
    if code == frames.ARRAY:
        return ArrayView(payload)
    raise LookupError(f"an unknown extension type {code}")


def _member(channel: Channel, address: str, key: str | int, reference: list[Any]) -> Any:
    stand_in = _noted(channel, _proxy(channel, *reference))  # released again when the member is known here
    library = channel.library
    known = (library.find_class(address) if library is not None else None) or members.standard(address)
    try:
        return stand_in if known is None else members.find(known, key)
    except (LookupError, ValueError):  # generated of another version of the library
        return stand_in


def adopt(channel: Channel, instance: RemoteObject, payload: list[Any]) -> None:
    """Make `instance` the proxy of a described object: what a generated constructor does.

    Its class becomes that of the object, which need not be the one that was called: `__new__` returns what it likes.
    """
    number, kind, description, _ = payload
    _learn(channel, kind, description)
    reference = Reference(channel.worker, number, channel.types[kind].address, channel.session, channel.library)
    object.__setattr__(instance, "_snakebridge", reference)
    own, made = type(instance), _class(channel, channel.types[kind])
    if made is not own and address_of(own) is not None:  # a class of the user's stays what it is
        with contextlib.suppress(TypeError):  # of another layout
            object.__setattr__(instance, "__class__", made)
    channel.worker.proxies[number, channel.library] = instance
    _noted(channel, instance)


def _noted(channel: Channel, proxy: Any) -> Any:
    if channel.arrivals is not None:
        channel.arrivals.append(proxy._snakebridge)  # noqa: SLF001 - one machinery
    return proxy


def serve(channel: Channel, frame: list[Any], loads: Callable[[bytes], Any]) -> Any:
    """Do what the library asks of an object of the host, or of a tool; private names are refused."""
    kind, _, _, number, name = frame[:5]
    if kind == frames.TOOL:
        return _awaited(channel, channel.use_tool(number, name if name is None else loads(name)))
    value = channel.pool.exports.get(number, channel.worker.exported)
    is_operator = name in OPERATORS or name in UNIVERSAL
    owner = value if kind in {frames.GET, frames.METHOD} else None
    is_noted = not is_operator and notes.serves(kind, value, name)
    is_described = kind == frames.GET and name in DESCRIBING
    if not (is_operator or is_public(name, owner) or is_described or is_noted):
        raise AttributeError(f"{name} of a host object is private")
    if kind == frames.METHOD:
        args, kwargs = loads(frame[5])
        method = operation(name, args, RemoteObject) if is_operator else None
        result = method(value, *args, **kwargs) if method else getattr(value, name)(*args, **kwargs)
        if name == "aclose" and isinstance(value, types.AsyncGeneratorType):
            return complete(channel, _closed(result))
        return _awaited(channel, result)
    if kind == frames.GET:
        return signatures.describe(value) if name == "__signature__" else getattr(value, name)
    if kind == frames.SET:
        given = loads(frame[5])
        if is_noted and not isinstance(given, RemoteObject):
            raise TypeError(f"{name} of a host function can only be a reference")
        return setattr(value, name, given)
    if kind == frames.DELETE:
        return delattr(value, name)
    raise LookupError(f"a frame of unknown kind {kind}")


def _awaited(channel: Channel, result: Any) -> Any:
    return complete(channel, result) if type(result) is types.CoroutineType else result


async def _closed(closing: Any) -> None:
    await closing


def pull(channel: Channel, frame: list[Any], loads: Callable[[bytes], Any]) -> bytes:
    """Return the reply to the library's asking for items of an iterator of the host."""
    kind, _, _, number, what = frame[:5]
    stream = channel.pool.exports.stream(number, channel.worker.exported)

    def wait(coroutine: Any) -> Any:
        return complete(channel, coroutine)

    if kind == frames.NEXT:
        count, resume = what, stream.next()
    else:
        count, resume = 1, stream.resumed(what, loads(frame[5]))
    return stream.answer(count, resume, channel.dumps, channel.describe, wait)


def _learn(channel: Channel, kind: int, description: Any) -> None:
    if description is not None:
        channel.types[kind] = Described(*description)


def _proxy(channel: Channel, number: int, kind: int, description: Any, stream: int) -> Any:
    _learn(channel, kind, description)
    library, worker = channel.library, channel.worker
    known = _again(worker, number, library)
    if known is not None:
        return known
    described = channel.types[kind]
    made = StreamReference if stream else Reference
    reference = made(worker, number, described.address, channel.session, library)
    if stream:
        proxy: RemoteObject = KINDS[stream]()
    else:
        proxy = object.__new__(_class(channel, described))
    object.__setattr__(proxy, "_snakebridge", reference)
    # Another channel may have brought the same object meanwhile; making a class imports, so it was not done locked.
    known = _again(worker, number, library, proxy)
    if known is None:
        return proxy
    reference.count = 0  # the other one counts for both
    return known


def _again(worker: Worker, number: int, library: Library | None, proxy: RemoteObject | None = None) -> Any:
    # The proxy that is known already, counting what the worker counts: what it sends. Else this one becomes it.
    with worker.proxies_lock:
        known = worker.proxies.get((number, library))
        if known is not None:
            known._snakebridge.count += 1  # noqa: SLF001 - one machinery
        elif proxy is not None:
            worker.proxies[number, library] = proxy
        return known


def _class(channel: Channel, described: Described) -> type[RemoteObject]:
    library = channel.library
    if library is None:
        return dynamic_class(channel.pool, None, described)
    found = library.find_class(described.address)
    if found is not None and issubclass(found, RemoteObject):
        return found
    # One without a public name is an instance of its nearest public bases, and has its own operators.
    above: list[type[RemoteObject]] = []
    for each in described.lineage:
        known = library.find_class(each)
        if known is not None and issubclass(known, RemoteObject) and not any(issubclass(one, known) for one in above):
            above.append(known)
    return dynamic_class(channel.pool, library, described, tuple(above))


def _known_class(channel: Channel, address: str, kind: int, description: Any) -> type:
    _learn(channel, kind, description)
    own = _OWN.get(address)
    if own is not None:
        return own
    library = channel.library
    found = library.find_class(address) if library is not None else None
    if found is not None:
        return found
    described = channel.types[kind]
    if described.bases:
        made: type = exception_class(channel.pool, library, described.lineage, described.bases)
        return made
    if described.fields is not None:
        return named_class(channel.pool, library, described)
    return _class(channel, described)


def _named(channel: Channel, address: str, kind: int, description: Any) -> type:
    # A generated class is a named tuple too, unless it was made of another version of the library.
    found = _known_class(channel, address, kind, description)
    return found if issubclass(found, tuple) else named_class(channel.pool, channel.library, channel.types[kind])
