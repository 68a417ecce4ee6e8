# Changes that a call made to its arguments, made here too: the host's own lists, dictionaries, sets, bytearrays, arrays
# and what a `memoryview` shows are changed in place.
#
# Guarantees: all that came is read before anything is changed; a container that the call only moved is the very same
# one wherever it is now. Assumes: what the caller passed has the shape that it had when the call was made; what does
# not is refused and left alone.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snakebridge.errors import NotTransferableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from snakebridge.runtime._calls.channel import Channel

__all__ = ["Given", "Mutated", "Repeated"]

_NAMES = {"array": "ndarray", "items": "array", "view": "memoryview"}
"""How the classes are called whose kind is called otherwise."""
_NEW: Mapping[str, Callable[[], Any]] = {"bytearray": bytearray, "dict": dict, "list": list, "set": set}


class Mutated:
    """A result that came with changes of the arguments, not read yet."""

    __slots__ = ("changes", "result")

    def __init__(self, result: bytes, changes: list[list[Any]]) -> None:
        self.result = result
        self.changes = changes


class Given:
    """The arguments of one call; reads its reply.

    Args:
        positional: As they were passed.
        keywords: As they were passed.
        then: Makes something of the result while the channel still knows library and session.
    """

    __slots__ = ("_keywords", "_made", "_positional", "_then")

    def __init__(
        self,
        positional: Sequence[object],
        keywords: Mapping[str, object] | None,
        then: Callable[[Channel, Any], Any] | None = None,
    ) -> None:
        self._positional = positional
        self._keywords = keywords
        self._then = then
        self._made: dict[int, Any] = {}

    def __call__(self, channel: Channel, value: Any) -> Any:
        """Return the result, after changing the arguments as the library did."""
        if type(value) is Mutated:
            value = self._read(channel, value)
        return value if self._then is None else self._then(channel, value)

    def failed(self, channel: Channel, body: bytes) -> None:
        """Change the arguments as the library did before it raised."""
        self._read(channel, channel.loads(body))

    def argument(self, path: list[Any]) -> Any:
        """Return the container that is meant: one of the arguments, or a new one."""
        where = path[0]
        if where is None:
            _, number, kind = path
            if number not in self._made:
                self._made[number] = _NEW[kind]()
            return self._made[number]
        found: Any = self._positional[where] if type(where) is int else (self._keywords or {})[where]
        for place in path[1:]:
            found = _at(found, place)
        return found

    def _read(self, channel: Channel, mutated: Mutated) -> Any:
        outer, channel.given = channel.given, self
        try:
            # In the order in which they were packed: each may describe types that the next one names.
            result = channel.loads(mutated.result)
            changes = [(where, kind, channel.loads(body)) for where, kind, body in mutated.changes]
            self._change([(self._own(where, kind), kind, held) for where, kind, held in changes])
        finally:
            channel.given = outer
        return result

    def _own(self, where: list[Any], kind: str) -> Any:
        try:
            own = self.argument(where)
        except (LookupError, TypeError):
            own = None
        if type(own).__name__ != _NAMES.get(kind, kind):
            raise NotTransferableError(
                f"what the call did to argument {where[0]!r} cannot be done here: it was changed meanwhile; "
                "the call has run, and nothing was copied back"
            )
        return own

    def _change(self, changes: list[tuple[Any, str, Any]]) -> None:
        if len({id(own) for own, _, _ in changes}) != len(changes):
            raise NotTransferableError(
                "the call changed two copies of one object, which was passed twice; nothing was copied back: "
                "pass it with `share`, or a copy of yours as one of the two"
            )
        for own, kind, held in changes:
            if kind == "array":
                _require_fitting(own, held)
        for own, kind, held in changes:
            if kind == "array":
                own[...] = held
                continue
            items = held[0]
            if kind == "list":
                own[:] = items
            elif kind == "bytearray":
                own[:] = items[0]
            elif kind == "items":
                own[:] = type(own)(own.typecode, items[0])
            elif kind == "view":
                _show(own, items[0])
            else:
                own.clear()
                own.update(items if kind == "set" else zip(items[::2], items[1::2], strict=True))


class Repeated(Given):
    """Reads the reply of a call that is made again: what it changes was changed the first time.

    Args:
        then: As for `Given`.
    """

    __slots__ = ()

    def __init__(self, then: Callable[[Channel, Any], Any] | None = None) -> None:
        super().__init__((), None, then)

    def argument(self, path: list[Any]) -> Any:
        """Return something in its place."""
        return path

    def _own(self, where: list[Any], kind: str) -> Any:
        return where, kind

    def _change(self, changes: list[tuple[Any, str, Any]]) -> None:
        changes.clear()


def _at(value: Any, place: int) -> Any:
    if type(value) is dict:
        return list(value.values())[place]
    return (value.start, value.stop, value.step)[place] if type(value) is slice else value[place]


def _show(own: memoryview, items: bytes) -> None:
    if own.ndim == 1:  # which may be every second item of something
        own[:] = memoryview(items).cast(own.format)  # type: ignore[call-overload] # it is one that can be cast to
    else:
        own.cast("B")[:] = items


def _require_fitting(own: Any, held: Any) -> None:
    if (own.shape, own.dtype) != (held.shape, held.dtype) or not own.flags.writeable:
        now = f"{held.dtype} of shape {held.shape}"
        what = "is read-only" if not own.flags.writeable else f"is {own.dtype} of shape {own.shape}, and became {now}"
        raise NotTransferableError(f"an array cannot be changed in place, it {what}; nothing was copied back")
