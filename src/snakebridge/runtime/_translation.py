# Translation: what leaves the host and what arrives. Values are the codec's; this decides about everything else.
#
# Leaving: a proxy becomes "an object of yours", a generated class or function its address, any other host object a
# number in the pool's export table that the library can call back. Arriving: a reference becomes a proxy of the best
# class there is (generated, else dynamic), and the same object the same proxy.

from __future__ import annotations

import enum
import threading
import types
from typing import TYPE_CHECKING, Any

from snakebridge.errors import ReferencesApartError
from snakebridge.runtime import _library
from snakebridge.runtime._proxies import RemoteModule, RemoteObject, RemoteSymbol, reference_of
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import ATOMS, Codec

if TYPE_CHECKING:
    from snakebridge.runtime._references import Reference
    from snakebridge.runtime._requests import Requests
    from snakebridge.runtime._worker import Worker

__all__ = ["Exports", "Outgoing", "apart", "operators_of"]


def _is_plain_class(value: type) -> bool:
    return value in frames.PLAIN_CLASSES or (value.__module__ == "builtins" and issubclass(value, BaseException))


class Exports:
    """Host objects that workers hold, by number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: dict[int, object] = {}
        self._last = 0

    def add(self, value: object) -> int:
        """Return a number for one use of an object."""
        with self._lock:
            self._last += 1
            self._objects[self._last] = value
            return self._last

    def get(self, number: int) -> Any:
        """Return the object; KeyError when it was released."""
        return self._objects[number]

    def release(self, number: int) -> None:
        """Forget an object."""
        with self._lock:
            self._objects.pop(number, None)


class _Message:
    """What one outgoing message carries."""

    __slots__ = ("exported", "pool", "worker")

    def __init__(self, pool: Requests) -> None:
        self.pool = pool
        self.worker: Worker | None = None
        self.exported: list[int] = []


class Outgoing(threading.local):
    """Encodes what leaves on this thread, noting which worker its references live in."""

    def __init__(self) -> None:
        self._codec = Codec(self._refer, _nothing_arrives)
        self._message: _Message | None = None

    def call(
        self, pool: Requests, positional: tuple[object, ...], keywords: Any
    ) -> tuple[bytes, Worker | None, list[int]]:
        """Return the body of a call's arguments, the worker they tie it to, and the objects they export."""
        if not keywords and ATOMS.issuperset(map(type, positional)):
            return self._codec.dumps_call(positional, None), None, []
        return self._encode(pool, self._codec.dumps_call, positional, keywords)

    def value(self, pool: Requests, value: object) -> tuple[bytes, Worker | None, list[int]]:
        """Return one value's body, and so on as for `call`."""
        return self._encode(pool, self._codec.dumps, value)

    def _encode(self, pool: Requests, dump: Any, *values: Any) -> tuple[bytes, Worker | None, list[int]]:
        outer, self._message = self._message, _Message(pool)
        try:
            body = dump(*values)
        except BaseException:  # it goes on; but nobody else will ever release these
            for number in self._message.exported:
                pool.exports.release(number)
            raise
        else:
            return body, self._message.worker, self._message.exported
        finally:
            self._message = outer

    def _refer(self, value: Any) -> tuple[int, Any]:  # noqa: PLR0911 - a table of what a value may be
        message = self._message
        assert message is not None
        if isinstance(value, RemoteObject):
            return self._owned(value, message)
        if isinstance(value, RemoteSymbol):
            return frames.SYMBOL, [value._kind, value._address]  # noqa: SLF001 - one machinery
        if isinstance(value, RemoteModule):
            return frames.SYMBOL, ["module", value.__name__]
        if isinstance(value, type) and _is_plain_class(value):
            return frames.SYMBOL, ["class", f"builtins:{value.__name__}"]
        if isinstance(value, (type, types.FunctionType)):
            address = _library.address_of(value)
            if address is not None:
                return frames.SYMBOL, ["class" if isinstance(value, type) else "function", address]
        if isinstance(value, enum.Enum):
            address = _library.address_of(type(value))
            if address is not None and isinstance(value.name, str):
                return frames.ENUM, [address, value.name, None]
        number = message.pool.exports.add(value)
        message.exported.append(number)
        return frames.REFERENCE, [number, operators_of(type(value))]

    def _owned(self, value: RemoteObject, message: _Message) -> tuple[int, Any]:
        reference = reference_of(value)
        if reference is None:
            raise TypeError(f"this {type(value).__name__} has no remote object: its constructor failed")
        reference.check()
        worker = reference.worker
        if worker.pool is not message.pool:
            raise ReferencesApartError(
                f"this {reference.type_name} lives in {worker.pool}, the call goes to {message.pool}; "
                "pass its value instead (such as `x.tolist()`), or run both libraries in one pool"
            )
        if message.worker is not None and message.worker is not worker:
            raise apart(reference, message.worker)
        message.worker = worker
        return frames.OWNED, [reference.number]


def apart(reference: Reference, other: Worker) -> ReferencesApartError:
    """Return the error for a call whose references live in two workers."""
    return ReferencesApartError(
        f"this {reference.type_name} lives in worker {reference.worker.name}, another argument in worker {other.name}; "
        "make both in one session: `with sb.session():`"
    )


def _nothing_arrives(code: int, payload: Any) -> Any:
    raise LookupError(f"an unexpected extension {code}: {payload!r}")


def operators_of(kind: type) -> list[str]:
    """Return the dunder names a class defines beyond `object`, for the other side's stand-in."""
    # As the language looks them up: a class may block with None what its base has.
    names = {name: value for each in reversed(kind.__mro__[:-1]) for name, value in vars(each).items()}
    return sorted(
        name for name, value in names.items() if name.startswith("__") and name.endswith("__") and callable(value)
    )
