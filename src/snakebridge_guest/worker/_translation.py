# Translation over here: what leaves this worker and is no value, and what arrives.
#
# Guarantees: what an answer that could not be made had counted is taken back; nothing arrives by a name that no adapter
# lists.
from __future__ import annotations

import enum
import sys
import types
from collections import deque
from typing import Any, Iterable

from snakebridge_guest.wire import forms, frames, members, named
from snakebridge_guest.wire.codec import ATOMS, Codec, MalformedError
from snakebridge_guest.wire.failure import Describer, address_of
from snakebridge_guest.wire.streams import kind_of
from snakebridge_guest.worker import _callbacks as callbacks
from snakebridge_guest.worker import _raised as exceptions
from snakebridge_guest.worker import _streams as streams
from snakebridge_guest.worker._adapters import Adapters
from snakebridge_guest.worker._asking import IDLE, Asker, Askers
from snakebridge_guest.worker._mutation import Extension, Own
from snakebridge_guest.worker._references import References
from snakebridge_guest.worker._refusal import Refused, Unreadable
from snakebridge_guest.worker._sessions import Sessions

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


class Shared:
    """What the executors of one worker have in common."""

    def __init__(self, adapters: Adapters, values: Iterable[str] = (), stood_in_for: Iterable[str] = ()) -> None:
        self.adapters = adapters
        self.values = frozenset(values)
        """Libraries whose data the host makes."""
        self.stood_in_for = frozenset(stood_in_for)
        """Libraries that the host imports as generated packages, by their own names."""
        self.references = References()
        self.sessions = Sessions()
        self.dropped: deque[tuple[int, int]] = deque()
        """Objects of the host that are no longer used here, with how often each was sent."""
        self.hosted = callbacks.HostObjects()
        self.askers = Askers()


class Bound:
    # A method of an object the host already has: it makes the method on its side, without a round trip to release.
    __slots__ = ("name", "number")

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name


class Translator(Asker):
    """Encodes and decodes for one link.

    Args:
        shared: What all links of this worker share.
    """

    def __init__(self, shared: Shared) -> None:
        self.references = shared.references
        self._adapters = shared.adapters
        self._described: set[int] = set()
        self._shared = shared
        self._askers = shared.askers
        self._session = IDLE  # of the request that is served
        self._codec = Codec(self._refer, self._resolve, self._takes, self._name)
        self._codec.keeps_scalars = "numpy" in shared.stood_in_for
        self._describe_error = Describer(self._codec.dumps, self._origin)
        self._added: list[int] = []  # references that the answer which is being made holds
        self._own: set[int] | None = None  # ids of what the host refers to among the arguments that are being read

    def _allow(self, name: str, owner: Any) -> None:
        if not self._adapters.dynamic and not named.is_public(name, owner):
            raise Refused(name + " is private, and this pool is not dynamic")

    def _load(self, body: bytes) -> Any:
        try:
            return self._codec.loads(body)
        except MalformedError as error:
            if isinstance(error.__cause__, LookupError) and error.__cause__.args:
                raise Unreadable(str(error.__cause__.args[0])) from None
            raise Unreadable(str(error)) from None

    def _dumps(self, value: Any) -> bytes:
        added = self._added
        try:
            return self._codec.dumps(value)
        except BaseException:  # it goes on; but nobody else will ever release these
            self.references.release([each for number in added for each in (number, 1)])
            raise
        finally:
            if added:
                added.clear()

    def _origin(self, error: BaseException) -> list[int]:
        number = exceptions.host_number(error)
        if number is not None:
            self._endpoint.returns = True
            return [frames.OWNED, number]
        return [frames.REFERENCE, self.references.add(error, self._session, limited=False)]

    def _refer(self, value: Any) -> tuple[int, Any]:
        kind = type(value)
        if kind is Bound:
            return frames.BOUND, [value.number, value.name]
        if kind is Extension:
            return value.code, value.payload
        if kind is Own:
            return frames.REFERENCE, self._describe(value.value)
        converter = self._adapters.converters.leaving(value)
        if converter is not None:
            return frames.CONVERTED, self._codec.prepared(converter(value))
        if isinstance(value, callbacks.HostObject):
            self._endpoint.returns = True
            return frames.OWNED, [value._snakebridge_number]
        if isinstance(value, BaseException):
            return frames.EXCEPTION, self._describe_error(value)
        if isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
            return frames.SYMBOL, ["module", value.__name__]
        if isinstance(value, type) or kind in _FUNCTIONS:
            address = address_of(value)
            if self._adapters.names(address) and _leads_to(address, value):
                if not isinstance(value, type):
                    return frames.SYMBOL, ["function", address]
                return frames.SYMBOL, ["class", address, *self.references.describe_type(value, self._described)]
        if isinstance(value, enum.Enum):
            key = members.key_of(value)
            if key is not None:
                return frames.ENUM, [address_of(kind), key, self._describe(value)]
        form = forms.parse(value)
        if form is not None and all(map(self._knows, form.leaves)):
            return frames.FORM, [form.tree, [self._codec.prepared(leaf) for leaf in form.leaves]]
        return frames.REFERENCE, self._describe(value)

    def _knows(self, leaf: Any) -> bool:
        # Whether a part of a type expression is the same for the host.
        if isinstance(leaf, type):
            address = address_of(leaf)
            return self._adapters.names(address) and _leads_to(address, leaf)
        if isinstance(leaf, enum.Enum):
            return members.standard_address(type(leaf)) is not None
        return type(leaf) in ATOMS or isinstance(leaf, callbacks.HostObject)

    def _describe(self, value: Any) -> list[Any]:
        number = self.references.add(value, self._session)
        self._added.append(number)
        kind, description = self.references.describe_type(type(value), self._described)
        return [number, kind, description, kind_of(value)]

    def _takes(self, kind: type, library: str) -> bool:
        # What has a generated class there is announced as that.
        return library in self._shared.values and not self._adapters.lists(kind, library)

    def _name(self, kind: type) -> Any:
        if named.fields_of(kind) is None:
            return None
        address = address_of(kind)
        if not self._adapters.copies(kind, address) or not _leads_to(address, kind):
            return None
        return [address, *self.references.describe_type(kind, self._described)]

    def _resolve(self, code: int, payload: Any) -> Any:
        if code == frames.OWNED:
            value = self.references.get(payload[0])
            if self._own is not None:
                self._own.add(id(value))
            return value
        if code == frames.SYMBOL:
            return self._adapters.symbol(payload[0], payload[1])
        if code == frames.ENUM:
            return members.find(members.standard(payload[0]) or self._adapters.symbol("class", payload[0]), payload[1])
        if code == frames.NAMED:
            return named.make(self._adapters.symbol("class", payload[0]), payload[1])
        if code == frames.REFERENCE:
            number, operators, is_async, stream = payload
            base = streams.CLASSES.get(stream, callbacks.HostObject)
            return self._shared.hosted.get(number, operators, self._ask, is_async=is_async, base=base)
        if code == frames.EXCEPTION:
            return None if payload is None else self._arrived(payload)
        if code == frames.BOUND:
            owner = self.references.get(payload[0])
            self._allow(payload[1], owner)
            return getattr(owner, payload[1])
        raise LookupError("an unknown extension type " + str(code))

    def _arrived(self, error: dict[str, Any]) -> BaseException:
        def release(number: int) -> None:
            self._endpoint.dropped.append((number, 1))

        return exceptions.arrived(error, self.references, self._codec.loads, release)

    def _ask(self, what: str, number: int, name: str = "", *rest: Any) -> Any:
        if what == "release":
            self._endpoint.dropped.append((number, rest[0]))
            return None
        if what == "method":
            return self.ask(frames.METHOD, (number, name), arguments=rest)
        if what == "next":
            return self._pulled(self.ask(frames.NEXT, (number, *rest)))
        if what == "send":
            return self._pulled(self.ask(frames.SEND, (number, name), value=rest))
        if what == "set":
            return self.ask(frames.SET, (number, name), value=rest)
        return self.ask(frames.GET if what == "get" else frames.DELETE, (number, name))

    def _pulled(self, reply: Any) -> Any:
        items, ended, failed, returned = reply
        return items, ended, None if failed is None else self._arrived(failed), returned


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
