# Translation: what leaves the host and what arrives. Values are the codec's; this decides about everything else.
#
# Leaving: a proxy becomes "an object of yours", a generated class or function its address, any other host object a
# number in the pool's export table that the library can call back. Arriving: a reference becomes a proxy of the best
# class there is (generated, else dynamic), and the same object the same proxy.

from __future__ import annotations

import enum
import re
import threading
import types
from typing import TYPE_CHECKING, Any

from snakebridge.errors import ReferencesApartError, RemoteError
from snakebridge.runtime._objects import library as _library
from snakebridge.runtime._objects.classes import home_of
from snakebridge.runtime._objects.exports import Exports, Shared, is_async
from snakebridge.runtime._objects.mutation import Given
from snakebridge.runtime._objects.notes import noted_on
from snakebridge.runtime._objects.proxies import RemoteMethod, RemoteObject, reference_of
from snakebridge.runtime._objects.streams import RemoteIterator, give_back
from snakebridge.runtime._objects.symbols import RemoteModule, RemoteSymbol
from snakebridge_guest.wire import arrays, buffers, forms, frames, members, named
from snakebridge_guest.wire.codec import ATOMS, Codec
from snakebridge_guest.wire.failure import Describer, address_of
from snakebridge_guest.wire.streams import kind_of

if TYPE_CHECKING:
    from snakebridge.runtime._calls.requests import Requests
    from snakebridge.runtime._objects.references import Reference
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Exports", "Outgoing", "apart", "name_of", "operators_of", "origin"]


def _is_plain_class(value: type) -> bool:
    return value in frames.PLAIN_CLASSES or (value.__module__ == "builtins" and issubclass(value, BaseException))


class _Message:
    """What one outgoing message carries."""

    __slots__ = ("exported", "pool", "worker")

    def __init__(self, pool: Requests, worker: Worker | None) -> None:
        self.pool = pool
        self.worker = worker
        self.exported: list[int] = []


class Outgoing(threading.local):
    """Encodes what leaves on this thread, noting which worker its references live in."""

    def __init__(self) -> None:
        self._codec = Codec(self._refer, _nothing_arrives, self._takes, self._name)
        self._message: _Message | None = None
        self._describe = Describer(self._codec.dumps, self._origin, name_of)

    def call(
        self, pool: Requests, positional: tuple[object, ...], keywords: Any
    ) -> tuple[bytes, Worker | None, list[int], Given | None]:
        """Return the body of a call's arguments, the worker they tie it to, what they export, and what may change."""
        if not keywords and ATOMS.issuperset(map(type, positional)):
            return self._codec.dumps_call(positional, None), None, [], None
        return *self._encode(pool, None, self._codec.dumps_call, positional, keywords), Given(positional, keywords)

    def value(
        self, pool: Requests, value: object, worker: Worker | None = None
    ) -> tuple[bytes, Worker | None, list[int]]:
        """Return one value's body, and so on as for `call`.

        Args:
            pool: Which it goes to.
            value: What is encoded.
            worker: Which one of its workers it goes to; `None`: the one in which its references live.
        """
        return self._encode(pool, worker, self._codec.dumps, value)

    def _encode(
        self, pool: Requests, worker: Worker | None, dump: Any, *values: Any
    ) -> tuple[bytes, Worker | None, list[int]]:
        outer, self._message = self._message, _Message(pool, worker)
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

    def _refer(self, value: Any) -> tuple[int, Any]:  # noqa: C901, PLR0911, PLR0912 - a table of what a value may be
        message = self._message
        assert message is not None
        if isinstance(value, RemoteObject):
            return self._owned(value, message)
        if isinstance(value, RemoteSymbol):
            return frames.SYMBOL, [value._kind, value._address]  # noqa: SLF001 - one machinery
        if isinstance(value, RemoteModule):
            return frames.SYMBOL, ["module", value.__name__]
        if isinstance(value, BaseException):
            return frames.EXCEPTION, self._describe(value)
        if isinstance(value, types.TracebackType):
            return frames.EXCEPTION, None  # the exception's own is over there
        if isinstance(value, RemoteMethod):
            return frames.BOUND, [self._owned(value.__self__, message)[1][0], value.__name__]
        home = home_of(value)
        if home is not None:
            return frames.SYMBOL, ["class", home.address]
        if isinstance(value, type) and _is_plain_class(value):
            return frames.SYMBOL, ["class", f"builtins:{value.__name__}"]
        seen = buffers.view(value) if type(value) is memoryview else None
        if seen is not None:
            return frames.VIEW, seen
        form = forms.parse(value)
        if form is not None and all(map(self._knows, form.leaves)):
            return frames.FORM, [form.tree, [self._codec.prepared(leaf) for leaf in form.leaves]]
        if isinstance(value, (type, types.FunctionType)):
            address = _library.address_of(value)
            if address is not None:
                return frames.SYMBOL, ["class" if isinstance(value, type) else "function", address]
        if type(value) is re.Pattern:
            return frames.PATTERN, [value.pattern, int(value.flags & ~re.DEBUG)]
        kind = arrays.kind(value) if "numpy" in message.pool.values else None
        if kind is not None:
            return frames.TYPE, kind
        if isinstance(value, enum.Enum):
            address = _library.address_of(type(value)) or members.standard_address(type(value))
            key = members.key_of(value)
            if address is not None and key is not None:
                return frames.ENUM, [address, key, None]
        if isinstance(value, Shared):
            value = value.value
        number = message.pool.exports.add(value)
        message.exported.append(number)
        operators = operators_of(type(value)) + noted_on(value, message.pool)
        return frames.REFERENCE, [number, operators, is_async(value), kind_of(value)]

    def _knows(self, leaf: object) -> bool:
        # Whether a part of a type expression is the same over there.
        if isinstance(leaf, type):
            return home_of(leaf) is not None or _is_plain_class(leaf) or _library.address_of(leaf) is not None
        if isinstance(leaf, enum.Enum):
            return (_library.address_of(type(leaf)) or members.standard_address(type(leaf))) is not None
        return type(leaf) in ATOMS or isinstance(leaf, RemoteObject)

    def _takes(self, _kind: type, library: str) -> bool:
        message = self._message
        return message is not None and library in message.pool.values

    def _name(self, kind: type) -> str | None:
        message = self._message
        home = vars(kind).get("_snakebridge_home")  # not that of a base: a subclass of yours is yours
        if home is not None:
            return home.address if message is not None and home.pool is message.pool else None
        return None if named.fields_of(kind) is None else _library.address_of(kind)

    def _owned(self, value: RemoteObject, message: _Message) -> tuple[int, Any]:
        reference = reference_of(value)
        if reference is None:
            raise TypeError(f"this {type(value).__name__} has no remote object: its constructor failed")
        reference.check()
        if isinstance(value, RemoteIterator):
            give_back(value)
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

    def _origin(self, error: BaseException) -> list[int]:
        message = self._message
        assert message is not None
        place = origin(message.pool, message.worker, error)
        if place[0] == frames.REFERENCE:
            message.exported.append(place[1])
        else:
            message.worker = error.__dict__["_snakebridge"].worker
        return place


def origin(pool: Requests, worker: Worker | None, error: BaseException) -> list[int]:
    """Return where an exception is: over there if it came from there, else it is exported.

    Args:
        pool: Which the message goes to.
        worker: To which one of its workers; `None`: to whichever has what is in the message.
        error: The exception.
    """
    reference = vars(error).get("_snakebridge") if isinstance(error, RemoteError) else None
    there = reference is not None and reference.worker.pool is pool and not reference.worker.gone
    if reference is not None and there and (worker is None or reference.worker is worker):
        return [frames.OWNED, reference.number]
    return [frames.REFERENCE, pool.exports.add(error)]


def name_of(kind: type) -> str:
    """Return the address of a class in the words of the library, if it is one of it; else the class's own."""
    home = home_of(kind)
    if home is not None:
        return home.address
    return _library.address_of(kind) or address_of(kind)


def apart(reference: Reference, other: Worker) -> ReferencesApartError:
    """Return the error for a call that needs two workers, because of where its references live."""
    return ReferencesApartError(
        f"this {reference.type_name} lives in worker {reference.worker.name}, what it is used with in worker "
        f"{other.name}; make both in one session: `with sb.session():`"
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
