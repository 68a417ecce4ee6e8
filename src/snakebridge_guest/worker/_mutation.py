# Arguments that a call changes in place, and what of the change goes back to the host's own objects.
#
#   before the call    every container in a marked argument is remembered with a shallow copy of what it holds
#   after it           those that hold something else are told as `[where, kind, body]`; the host does it to its own
#
# Guarantees: a container keeps its identity, wherever the call moved it to, and also as the result; what did not change
# does not travel. Contents are compared by identity, which runs no code of the library. Assumes: what is here by value
# has the shape that it has over there.
from __future__ import annotations

import array
import inspect
import operator
import sys
from typing import Any, Callable, Iterable

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import ATOMS, Codec
from snakebridge_guest.worker._refusal import Misused, Unreadable

_WALKED = frozenset({list, dict, tuple, slice})
_LOST = {"pandas": "frame", "polars": "frame", "torch": "tensor"}
_DEEPEST = 90


class Extension:
    """What is sent as an extension of the wire: a container of the host's arguments, or all that changed."""

    __slots__ = ("code", "payload")

    def __init__(self, code: int, payload: list[Any]) -> None:
        self.code = code
        self.payload = payload


class Own:
    """An object that the host refers to, and gets as that again although it could travel by value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Watched:
    """The arguments of one call.

    Args:
        args: The positional ones.
        kwargs: The others.
        marked: Where those are that it may change.
        own: Ids of the objects that the host refers to: their change is no copy's.

    Raises:
        Unreadable: One is of a kind whose change cannot be taken back.
    """

    def __init__(self, args: list[Any], kwargs: dict[str, Any], marked: set[Any], own: set[int]) -> None:
        self._own = own
        self._paths: dict[int, list[Any]] = {}
        self._before: list[tuple[Any, Any]] = []  # each container with what it held; keeps both, and so their ids
        self._made: dict[int, Extension] = {}
        self._queue: list[tuple[Any, Any]] = []
        # The others too: a container of theirs that ends up in a marked one is the host's very own.
        for where, value in (*enumerate(args), *kwargs.items()):
            self._watch(value, [where], is_marked=where in marked)

    def result(self, value: Any) -> Any:
        """Return the result with an extension for every container of the host's; itself when it has none."""
        return self._outgoing(value) if self._has_own(value) else value

    def changes(self, codec: Codec) -> list[list[Any]]:
        """Return what changed, and what is new in that or in the result, as `[where, kind, body]` each."""
        self._queue += [
            (value, self._paths[id(value)])
            for value, held in self._before
            if held is not None and _differs(value, held)
        ]
        told = []
        while self._queue:
            value, where = self._queue.pop()
            kind = _kind(value)
            if kind == "array":
                body = codec.dumps_data(value)
                if body is None:
                    raise Unreadable("what became of the array cannot be copied back: it is " + str(value.dtype))
            else:
                # Each is a value of its own, as arguments are.
                body = codec.dumps_call(tuple(map(self._outgoing, _held(value))), None)
            told.append([where, kind, body])
        return told

    # --- before -----------------------------------------------------------------------------------------------------

    def _watch(self, value: Any, path: list[Any], *, is_marked: bool) -> None:
        queue = [(value, path)]
        while queue:
            value, path = queue.pop()
            if id(value) in self._paths or id(value) in self._own:
                continue
            kind = _kind(value)
            if kind is not None:
                self._paths[id(value)] = path
                # What is kept keeps its id.
                held = None if not is_marked else value.copy() if kind == "array" else _held(value)
                self._before.append((value, held))
            elif is_marked:
                _require_immutable(value)
            queue += [(item, [*path, place]) for place, item in _inside(value)]

    # --- after ------------------------------------------------------------------------------------------------------

    def _outgoing(self, value: Any, depth: int = _DEEPEST) -> Any:
        kind = type(value)
        if kind in ATOMS:
            return value
        path = self._paths.get(id(value))
        if path is not None:
            return Extension(frames.ARGUMENT, path)
        if id(value) in self._own:
            return Own(value)
        if kind is list or kind is dict or kind is set or kind is bytearray:
            made = self._made.get(id(value))
            if made is None:
                made = self._made[id(value)] = Extension(frames.ARGUMENT, [None, len(self._made), _kind(value)])
                self._queue.append((value, made.payload))
            return made
        if depth and (kind is tuple or kind is slice):
            parts = value if kind is tuple else (value.start, value.stop, value.step)
            items = [self._outgoing(item, depth - 1) for item in parts]
            return tuple(items) if kind is tuple else slice(*items)
        return value

    def _has_own(self, value: Any) -> bool:
        seen: set[int] = set()
        queue = [value]
        while queue:
            value = queue.pop()
            if id(value) in self._paths:
                return True
            if type(value) in _WALKED and id(value) not in seen:
                seen.add(id(value))
                queue += [item for _, item in _inside(value)]
        return False


def _require_immutable(value: Any) -> None:
    what = _LOST.get(type(value).__module__.partition(".")[0])
    if what is not None:
        raise Unreadable(
            "a change of a " + type(value).__name__ + " cannot be copied back, because the " + what + " arrived as a "
            "copy; pass it with `share`, or take what the function returns"
        )


def _kind(value: Any) -> str | None:
    kind = type(value)
    if kind is list or kind is dict or kind is set or kind is bytearray:
        return str(kind.__name__)
    if kind is array.array:
        return "items"
    if kind is memoryview:
        return None if value.readonly else "view"
    numpy = sys.modules.get("numpy")
    return "array" if numpy is not None and kind is numpy.ndarray else None


def _held(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return [each for pair in value.items() for each in pair]
    if kind is list or kind is set:
        return list(value)
    if kind is array.array or kind is memoryview:
        return [value.tobytes()]
    return [bytes(value)] if kind is bytearray else [value]


def _inside(value: Any) -> list[tuple[int, Any]]:
    kind = type(value)
    if kind is dict:
        value = list(value.values())
    elif kind is slice:
        value = (value.start, value.stop, value.step)
    elif kind is not list and kind is not tuple:
        return []
    if ATOMS.issuperset(map(type, value)):
        return []
    return [each for each in enumerate(value) if type(each[1]) not in ATOMS]


def _differs(value: Any, held: Any) -> bool:
    kind = type(value)
    if kind is bytearray or kind is array.array or kind is memoryview:
        return bool(_held(value) != held)
    if kind is set:
        return set(map(id, value)) != set(map(id, held))
    if kind is list or kind is dict:
        now = _held(value)
        return len(now) != len(held) or not all(map(operator.is_, now, held))
    same = value.shape == held.shape and value.dtype == held.dtype
    return not (same and value.tobytes() == held.tobytes())


# --- which arguments --------------------------------------------------------------------------------------------------


def marked(
    marks: Iterable[Any], args: list[Any], kwargs: dict[str, Any], function: Callable[..., Any], name: str
) -> set[Any]:
    """Return where the marked arguments of a call are: a place or a name each.

    Args:
        marks: Names or places, or both as a pair; a name that begins with a star is of all the rest.
        args: The positional arguments.
        kwargs: The others.
        function: What is called.
        name: What it is called in messages.

    Raises:
        Misused: It has no such parameter, or does not tell where it is.
    """
    found: set[Any] = set()
    for mark in marks:
        place: Any
        called: Any
        place, called = mark if isinstance(mark, (list, tuple)) else (mark, None)
        if isinstance(place, str):
            place, called = None, place
            if called not in kwargs:
                place, called = _placed(called, function, name)
        if called is not None and called.startswith("**"):
            found.update(kwargs)
        elif called is not None and called in kwargs:
            found.add(called)
        elif place is not None:
            end = len(args) if called is not None and called.startswith("*") else place + 1
            found.update(range(len(args))[place:end])
    return found


def _placed(called: str, function: Callable[..., Any], name: str) -> tuple[int | None, str]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise Misused(_untold(name, called)) from None
    for place, each in enumerate(parameters):
        if each.name == called:
            if each.kind is each.VAR_POSITIONAL:
                return place, "*" + called
            if each.kind is each.VAR_KEYWORD:
                return None, "**" + called
            return (None if each.kind is each.KEYWORD_ONLY else place), called
    kinds = {each.kind for each in parameters}
    if inspect.Parameter.VAR_KEYWORD in kinds:
        if inspect.Parameter.VAR_POSITIONAL in kinds:
            raise Misused(_untold(name, called))
        return None, called
    there = ", ".join(each.name for each in parameters) or "none"
    raise Misused("%s has no parameter %s that it could change; it has: %s" % (name, called, there))


def _untold(name: str, called: str) -> str:
    return name + " does not tell where its parameter " + called + " stands; say its place, such as `mutates=(0,)`"
