# Arrivals: what a worker sends that is no value, and what it asks of the host's own objects.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snakebridge.runtime._proxies import BoundName, RemoteModule, RemoteObject, RemoteSymbol, dynamic_class
from snakebridge.runtime._references import Reference
from snakebridge.runtime._streams import RemoteIterator
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.operators import OPERATORS, UNIVERSAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._channel import Channel
    from snakebridge.runtime._library import Library
    from snakebridge.runtime._worker import Worker

__all__ = ["adopt", "resolve", "serve"]


def resolve(channel: Channel, code: int, payload: Any) -> Any:
    """Return the object that an extension stands for."""
    if code == frames.REFERENCE:
        return _proxy(channel, *payload)
    if code == frames.BOUND:
        return BoundName(payload[1])
    library = channel.library
    if code == frames.SYMBOL:
        kind, address = payload
        if kind == "module":
            return RemoteModule(channel.pool, address)
        found = library.find_class(address) if library is not None and kind == "class" else None
        return found or RemoteSymbol(channel.pool, kind, address, library)
    if code == frames.ENUM:
        address, name, reference = payload
        stand_in = _proxy(channel, *reference)  # released again when the member is known here
        known: Any = library.find_class(address) if library is not None else None
        return stand_in if known is None else known[name]
    if code == frames.OWNED:
        return channel.pool.exports.get(payload[0])
    raise LookupError(f"an unknown extension type {code}")


def adopt(channel: Channel, instance: RemoteObject, payload: list[Any]) -> None:
    """Make `instance` the proxy of a described object: what a generated constructor does."""
    number, kind, description, _ = payload
    _learn(channel, kind, description)
    reference = Reference(channel.worker, number, channel.types[kind][0], channel.session, channel.library)
    object.__setattr__(instance, "_snakebridge", reference)
    channel.worker.proxies[number, channel.library] = instance


def serve(channel: Channel, frame: list[Any], loads: Callable[[bytes], Any]) -> Any:
    """Do what the library asks of an object of the host; private names are refused."""
    kind, _, _, number, name = frame[:5]
    value = channel.pool.exports.get(number)
    operation = OPERATORS.get(name) or UNIVERSAL.get(name)
    if operation is None and name.startswith("_"):
        raise AttributeError(f"{name} of a host object is private")
    if kind == frames.METHOD:
        args, kwargs = loads(frame[5])
        return operation(value, *args, **kwargs) if operation else getattr(value, name)(*args, **kwargs)
    if kind == frames.GET:
        return getattr(value, name)
    if kind == frames.SET:
        return setattr(value, name, loads(frame[5]))
    raise LookupError(f"a frame of unknown kind {kind}")


def _learn(channel: Channel, kind: int, description: Any) -> None:
    if description is not None:
        address, mro, operators = description
        channel.types[kind] = address, mro, tuple(operators)


def _proxy(channel: Channel, number: int, kind: int, description: Any, streams: bool) -> Any:  # noqa: FBT001 - a payload
    _learn(channel, kind, description)
    library, worker = channel.library, channel.worker
    known = _again(worker, number, library)
    if known is not None:
        return known
    address, mro, operators = channel.types[kind]
    reference = Reference(worker, number, address, channel.session, library)
    if streams:
        proxy: RemoteObject = RemoteIterator()
    else:
        proxy = object.__new__(_class(channel, address, mro, operators))
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


def _class(channel: Channel, address: str, mro: list[str], operators: tuple[str, ...]) -> type[RemoteObject]:
    library = channel.library
    if library is not None:
        for each in mro:
            found = library.find_class(each)
            if found is not None and issubclass(found, RemoteObject):
                return found
    return dynamic_class(address, operators)
