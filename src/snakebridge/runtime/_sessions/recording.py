# Recording: requests as steps that can be made again, and the objects of the worker that they name.
#
# Guarantees: what a caller does with its arguments after the call changes no step. Assumes: only pools in which a
# session is to be replayed come here; nothing of it is on anybody else's way.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from snakebridge.errors import CallTimeoutError, PoolClosedError, SnakebridgeError, WorkerLostError
from snakebridge.runtime import _context
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec
from snakebridge_guest.wire.operators import OPERATORS, UNIVERSAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._calls.request import Request
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._sessions.life import Life

__all__ = ["Step", "exchange", "renumbered"]

_ASIDE = frozenset({frames.ADAPTER, frames.CENSUS, frames.END, frames.SESSION})
"""Asking that run nothing of the library."""
_CHANGING = frozenset(
    {"__aenter__", "__aexit__", "__anext__", "__await__", "__call__", "__delete__", "__delitem__", "__enter__"}
    | {"__exit__", "__next__", "__set__", "__setitem__"}
    | {"__iadd__", "__isub__", "__imul__", "__imatmul__", "__itruediv__", "__ifloordiv__", "__imod__", "__ilshift__"}
    | {"__irshift__", "__iand__", "__ixor__", "__ior__", "__ipow__"}
)
_READING = frozenset({*OPERATORS, *UNIVERSAL}) - _CHANGING
_NUMBERED = frozenset({frames.OWNED, frames.BOUND})


@dataclass(slots=True)
class Step:
    """One call, as it can be made again."""

    kind: int
    fields: tuple[Any, ...]
    label: str
    library: Library | None
    life: Life | None
    """The session it was made in."""
    takes: list[int] = field(default_factory=list)
    """Numbers of the references that it names: its target, and those in its arguments."""
    gives: list[tuple[int, str]] = field(default_factory=list)
    """Numbers and types of the references of its reply, in their order."""
    changes: bool = True
    """Whether it may have changed what it took."""
    failed: bool = False
    """Whether the library raised."""
    pulled: int = 0
    """How many items of an iterator came."""
    refusal: str | None = None
    """Why it must not be made again."""

    @property
    def touched(self) -> set[int]:
        """What it took or gave."""
        return {*self.takes, *(number for number, _ in self.gives)}

    @property
    def size(self) -> int:
        """About how many bytes it keeps."""
        return sum(len(each) for each in self.fields if isinstance(each, (bytes, str)))

    def read(self) -> None:
        """Find out what the request names, and whether it may change that."""
        target, last = self.fields[0], self.fields[-1]
        if type(target) is int:
            self.takes.append(target)
        elif type(target) is list and self.kind == frames.CALL:  # a pipeline
            for _, body in target[1:]:
                Codec(_nothing_leaves, self._note).loads(body)
        elif type(target) is list:
            self.takes.append(target[0])
        if type(last) is bytes:
            Codec(_nothing_leaves, self._note).loads(last)
        operator = self.fields[1] if self.kind == frames.METHOD else None
        self.changes = self.kind != frames.GET and operator not in _READING

    def _note(self, code: int, payload: Any) -> None:
        if code in _NUMBERED:
            self.takes.append(payload[0])
        elif code == frames.EXCEPTION:
            self.refusal = "it was given an exception"

    def tell(self, channel: Channel) -> None:
        """Let the histories of the worker that it went to know."""
        for history in list(channel.worker.histories):
            history.note(self, channel.arrivals or ())


def exchange(channel: Channel, request: Request, life: Life | None, deadline: float | None) -> Any:
    """Do what `Channel.exchange` does, and record it in the histories of the channel's worker."""
    if request.kind in _ASIDE:
        return channel.exchange(request, life, deadline)
    outer, channel.arrivals = channel.arrivals, []
    step = Step(request.kind, request.fields, request.label, request.library, life)
    step.read()
    if request.exported:
        step.refusal = "it was given an object of the host"
    elif _context.current().repeatable is False:
        step.refusal = "it is marked as not repeatable"
    try:
        value = channel.exchange(request, life, deadline)
        if request.kind == frames.NEXT:
            step.pulled = len(value[0])
    except (WorkerLostError, PoolClosedError):
        raise  # whatever it did is gone
    except BaseException as error:
        step.failed = True
        if not isinstance(error, SnakebridgeError) or isinstance(error, CallTimeoutError):
            step.refusal = step.refusal or "it was stopped in the middle"
        step.tell(channel)
        raise
    else:
        step.tell(channel)
        return value
    finally:
        channel.arrivals = outer


class _Sent:
    """An extension of a recorded body."""

    __slots__ = ("code", "payload")

    def __init__(self, code: int, payload: Any) -> None:
        self.code = code
        self.payload = payload


def renumbered(step: Step, numbers: Mapping[int, int]) -> tuple[Any, ...]:
    """Return what follows the session in a step's frame, with other numbers for the objects that it names."""

    def leave(sent: _Sent) -> tuple[int, Any]:
        first, *rest = sent.payload
        if sent.code == frames.NAMED:
            return sent.code, [first, *map(codec.prepared, rest)]
        return sent.code, [numbers[first] if sent.code in _NUMBERED else first, *rest]

    if not step.takes:
        return step.fields
    codec = Codec(leave, _Sent, lambda _kind, _library: True)  # as it was sent
    target, *others = step.fields
    if type(target) is int:
        target = numbers[target]
    elif type(target) is list and step.kind == frames.CALL:
        target = [target[0], *([address, _again(step, codec, body)] for address, body in target[1:])]
    elif type(target) is list:
        target = [numbers[target[0]], *target[1:]]
    if type(others[-1]) is bytes:
        others[-1] = _again(step, codec, others[-1])
    return (target, *others)


def _again(step: Step, codec: Codec, body: bytes) -> bytes:
    value = codec.loads(body)
    if step.kind in {frames.CALL, frames.METHOD}:
        return codec.dumps_call(tuple(value[0]), value[1])
    return codec.dumps(value)


def _nothing_leaves(value: object) -> tuple[int, Any]:
    raise AssertionError(f"{value!r} is only read")
