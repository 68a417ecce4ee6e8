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

    from snakebridge.runtime._worker import Worker

__all__ = ["adopt", "resolve", "serve"]


def resolve(worker: Worker, code: int, payload: Any) -> Any:
    """Return the object that an extension stands for."""
    if code == frames.REFERENCE:
        return _proxy(worker, *payload)
    if code == frames.BOUND:
        return BoundName(payload[1])
    library = worker.library
    if code == frames.SYMBOL:
        kind, address = payload
        if kind == "module":
            return RemoteModule(worker.pool, address)
        found = library.find_class(address) if library is not None and kind == "class" else None
        return found or RemoteSymbol(worker.pool, kind, address, library)
    if code == frames.ENUM:
        address, name, reference = payload
        stand_in = _proxy(worker, *reference)  # released again when the member is known here
        known: Any = library.find_class(address) if library is not None else None
        return stand_in if known is None else known[name]
    if code == frames.OWNED:
        return worker.pool.exports.get(payload[0])
    raise LookupError(f"an unknown extension type {code}")


def adopt(worker: Worker, instance: RemoteObject, payload: list[Any]) -> None:
    """Make `instance` the proxy of a described object: what a generated constructor does."""
    number, kind, description, _ = payload
    _learn(worker, kind, description)
    reference = Reference(worker, number, worker.types[kind][0], worker.session, worker.library)
    object.__setattr__(instance, "_snakebridge", reference)
    worker.proxies[number, worker.library] = instance


def serve(worker: Worker, frame: list[Any], loads: Callable[[bytes], Any]) -> Any:
    """Do what the library asks of an object of the host; private names are refused."""
    kind, _, _, number, name = frame[:5]
    value = worker.pool.exports.get(number)
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


def _learn(worker: Worker, kind: int, description: Any) -> None:
    if description is not None:
        address, mro, operators = description
        worker.types[kind] = address, mro, tuple(operators)


def _proxy(worker: Worker, number: int, kind: int, description: Any, streams: bool) -> Any:  # noqa: FBT001 - a payload
    _learn(worker, kind, description)
    library = worker.library
    known = worker.proxies.get((number, library))
    if known is not None:
        known._snakebridge.count += 1  # noqa: SLF001 - the worker counts what it sends
        return known
    address, mro, operators = worker.types[kind]
    reference = Reference(worker, number, address, worker.session, library)
    if streams:
        proxy: RemoteObject = RemoteIterator()
    else:
        proxy = object.__new__(_class(worker, address, mro, operators))
    object.__setattr__(proxy, "_snakebridge", reference)
    worker.proxies[number, library] = proxy
    return proxy


def _class(worker: Worker, address: str, mro: list[str], operators: tuple[str, ...]) -> type[RemoteObject]:
    library = worker.library
    if library is not None:
        for each in mro:
            found = library.find_class(each)
            if found is not None and issubclass(found, RemoteObject):
                return found
    return dynamic_class(address, operators)
