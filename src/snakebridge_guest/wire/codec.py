"""Values as bytes and back, exactly.

Guarantees: what the table below names arrives with the same type and value; a subclass is never flattened into its base
(types are compared with `is`); a container keeps its shape and only a leaf that cannot travel becomes a reference; a
container that holds itself, or holds one mutable container twice, is passed by reference as a whole, because a copy
would lose that identity. No pickle.

What goes by value beyond built-in types: leaves of the standard library (`_leaves`), numbers and arrays of numpy
(`arrays`), tables (`_tables`). Arrays and tables only when the other side makes the same of them.
"""

from __future__ import annotations

import struct
from typing import Any, Callable, Mapping

from snakebridge_guest.wire import _leaves as leaves
from snakebridge_guest.wire import _tables as tables
from snakebridge_guest.wire import arrays, forms, frames, named
from snakebridge_guest.wire._packing import ExtType, ext, per_thread, unpack

ATOMS = frames.ATOMS
LIBRARIES = {"numpy": "numpy", "pandas": "pandas", "polars": "polars", "pyarrow": "pyarrow", "torch": "torch"}
"""The libraries whose data may travel by value, by the top-level module of its classes."""
_DEEPEST = 100
# Each extension inside another is read by a call of its own, which takes 40 kB of the C stack: bytes that nest hundreds
# end the process. Ours nest at most as deep as values, plus what a leaf holds (a time zone in a time).
_DEEPEST_READ = _DEEPEST + 8
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
_SHORTEST = 2  # a kind and an id, or what is released


class MalformedError(ValueError):
    """Bytes from the other side that are no frame, or hold a value that cannot be made here."""


class _IdentityError(Exception):
    """The value holds itself, is too deep, or holds a mutable container twice."""


class _Seen(set):  # type: ignore[type-arg] # 3.8 cannot subscript set
    # Ids of the mutable containers of one message, and the value that it is about.
    __slots__ = ("checked", "root")

    def __init__(self, root: Any) -> None:
        super().__init__()
        self.root = root
        self.checked = False


def _check(value: Any, seen: set[int], depth: int) -> None:
    # What `_prepare` would find out about identity, without its effects.
    kind = type(value)
    is_named = kind not in _CONTAINERS and issubclass(kind, tuple) and named.fields_of(kind) is not None
    if kind not in _CONTAINERS and not is_named:
        return
    if depth == 0 or id(value) in seen:
        raise _IdentityError
    if kind not in _IMMUTABLE and not is_named:
        seen.add(id(value))
    if kind is dict:
        for key in value:
            _check(key, seen, depth - 1)
        value = value.values()
    for item in (value.start, value.stop, value.step) if kind is slice else value:
        _check(item, seen, depth - 1)


_IMMUTABLE = {tuple: frames.TUPLE, frozenset: frames.FROZENSET, slice: frames.SLICE}
_CONTAINERS = frozenset({list, dict, set, *_IMMUTABLE})


def pack_frame(frame: list[Any]) -> bytes:
    """Return a frame as bytes."""
    packed: bytes = per_thread.pack(frame)
    return packed


def unpack_frame(data: bytes) -> list[Any]:
    """Read a frame.

    Raises:
        MalformedError: The bytes are no frame.
    """
    try:
        frame = unpack(data, ExtType)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise MalformedError(f"malformed frame: {type(error).__name__}: {error}") from error
    if type(frame) is not list or len(frame) < _SHORTEST or type(frame[0]) is not int:
        raise MalformedError("malformed frame: not an array that begins with a kind")
    return frame


class Codec:
    """Encodes and decodes for one side; what is no value goes through the two hooks.

    Args:
        refer: Called with an object that cannot travel by value; returns `(extension code, payload)`.
        resolve: Called with the code and payload of `ENUM` and everything after it; returns the object. Also with an
            array that this side cannot make, as bytes.
        takes: Tells whether the other side makes the same of data of a class and its library; `None`: of none.
        name: Returns what the other side knows a class of named tuples by, or `None` if it does not; `None`: none.
    """

    def __init__(
        self,
        refer: Callable[[Any], tuple[int, Any]],
        resolve: Callable[[int, Any], Any],
        takes: Callable[[type, str], bool] | None = None,
        name: Callable[[type], Any] | None = None,
    ) -> None:
        self._refer = refer
        self._resolve = resolve
        self._takes = takes
        self._name = name
        self.keeps_scalars = False
        """Whether scalars of numpy stay here too: the other side has a generated package under that name."""

    def dumps(self, value: Any) -> bytes:
        """Return one value as a body."""
        packed: bytes = per_thread.pack(self._value(value))
        return packed

    def prepared(self, value: Any) -> Any:
        """Return a value as it is packed, to be part of an extension that `refer` returns."""
        return self._value(value)

    def dumps_call(self, positional: tuple[Any, ...], keywords: Mapping[str, Any] | None) -> bytes:
        """Return the arguments of a call as a body; each argument is a value of its own."""
        values = [value if type(value) in ATOMS else self._value(value) for value in positional]
        named = {name: self._value(value) for name, value in keywords.items()} if keywords else {}
        packed: bytes = per_thread.pack([values, named])
        return packed

    def loads(self, body: bytes) -> Any:
        """Read a body.

        Raises:
            MalformedError: The bytes are no body, or hold a value that this side cannot make.
        """
        try:
            return unpack(body, self._hook)
        except _UNREADABLE as error:
            raise MalformedError(f"a value cannot be read here: {type(error).__name__}: {error}") from error

    def _value(self, value: Any) -> Any:
        if type(value) in ATOMS:
            return value
        try:
            return self._prepare(value, _Seen(value), _DEEPEST)
        except _IdentityError:
            return self._reference(value)

    def _reference(self, value: Any) -> Any:
        code, payload = self._refer(value)
        return ext(code, payload)

    def _reference_inside(self, value: Any, seen: _Seen) -> Any:
        # Making a reference counts it, and describes its type once: it cannot be taken back when the value around it
        # turns out to be no tree and goes by reference itself.
        if not seen.checked:
            _check(seen.root, set(), _DEEPEST)
            seen.checked = True
        return self._reference(value)

    def _prepare(self, value: Any, seen: _Seen, depth: int) -> Any:
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is list or kind is dict or kind is set:
            if depth == 0 or id(value) in seen:
                raise _IdentityError
            seen.add(id(value))
            if kind is list:
                # The common case at the speed of C: nothing inside needs care.
                if ATOMS.issuperset(map(type, value)):
                    return value
                return [self._prepare(item, seen, depth - 1) for item in value]
            if kind is dict:
                if ATOMS.issuperset(map(type, value)) and ATOMS.issuperset(map(type, value.values())):
                    return value
                return {
                    self._prepare(key, seen, depth - 1): self._prepare(item, seen, depth - 1)
                    for key, item in value.items()
                }
            return ext(frames.SET_VALUE, [self._prepare(item, seen, depth - 1) for item in value])
        code = _IMMUTABLE.get(kind)
        if code is not None:
            if depth == 0:
                raise _IdentityError
            items = (value.start, value.stop, value.step) if kind is slice else value
            return ext(code, [self._prepare(item, seen, depth - 1) for item in items])
        leaf = leaves.LEAVES.get(kind)
        if leaf is not None:
            try:
                return leaf(value)
            except LookupError:
                return self._reference_inside(value, seen)
        if self._name is not None and issubclass(kind, tuple):
            if depth == 0:
                raise _IdentityError
            if not seen.checked:  # naming a class describes it once
                _check(seen.root, set(), _DEEPEST)
                seen.checked = True
            who = self._name(kind)
            if who is not None:
                return ext(frames.NAMED, [who, [self._prepare(item, seen, depth - 1) for item in value]])
        if isinstance(value, ExtType):  # a user's own ExtType must not pass for one of ours
            return self._reference_inside(value, seen)
        found = None if self.keeps_scalars else arrays.scalar(value, self._takes)
        found = found or self._data(value)
        return found if found is not None else self._reference_inside(value, seen)

    def _data(self, value: Any) -> Any:
        takes = self._takes
        module = getattr(type(value), "__module__", None)  # a class that is made in bare globals has none
        library = LIBRARIES.get(module.partition(".")[0]) if takes is not None and type(module) is str else None
        if takes is None or library is None or not takes(type(value), library):
            return None
        if library == "numpy":
            return ExtType(frames.ARRAY, arrays.array(value)) if arrays.is_array(value) else None
        found = tables.dumps(value)
        return None if found is None else ext(frames.TABLE, found)

    def dumps_data(self, value: Any) -> bytes | None:
        """Return data as a body, whether the other side makes the same of it or not; `None` when it is none."""
        if arrays.is_array(value):
            return per_thread.pack(ExtType(frames.ARRAY, arrays.array(value)))
        found = tables.dumps(value)
        return None if found is None else per_thread.pack(ext(frames.TABLE, found))

    def _hook(self, code: int, data: bytes) -> Any:
        raw = leaves.RAW.get(code)
        if raw is not None:
            return raw(data)
        if code == frames.ARRAY:
            return arrays.read_array(data) if arrays.is_here() else self._resolve(code, data)
        if per_thread.depth >= _DEEPEST_READ:
            raise ValueError("it is nested too deep")
        per_thread.depth += 1
        try:
            payload = unpack(data, self._hook)
        finally:
            per_thread.depth -= 1
        build = _BUILD.get(code)
        if build is not None:
            return build(payload)
        return self._resolve(code, payload)


_BUILD: dict[int, Callable[[Any], Any]] = {
    **leaves.BUILD,
    frames.SCALAR: arrays.read_scalar,
    frames.TABLE: tables.loads,
    frames.TYPE: arrays.read_kind,
    frames.FORM: forms.make,
}
