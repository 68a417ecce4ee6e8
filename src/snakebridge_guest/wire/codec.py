"""Values as bytes and back, exactly.

Guarantees: what the table below names arrives with the same type and value; a subclass is never flattened into its base
(types are compared with `is`); a container keeps its shape and only a leaf that cannot travel becomes a reference; a
container that holds itself, or holds one mutable container twice, is passed by reference as a whole, because a copy
would lose that identity. No pickle.

Assumes: one thread uses a codec's packer at a time (it is kept per thread).
"""

from __future__ import annotations

import datetime  # noqa: ICN001 - the guest reads like the standard library
import decimal
import fractions
import pathlib
import struct
import sys
import threading
import uuid
from typing import Any, Callable, Mapping

from snakebridge_guest.wire import frames

try:
    import msgpack
except ImportError:  # a bare, old or offline target
    from snakebridge_guest.wire import _msgpack as msgpack

try:
    import zoneinfo
except ImportError:  # Python 3.8, or a build without it
    zoneinfo = None  # type: ignore[assignment]

ExtType = msgpack.ExtType

# Types that MessagePack itself carries exactly. (An int beyond 64 bits goes through `_default`.)
ATOMS = frozenset({type(None), bool, int, float, str, bytes})
_DEEPEST = 100
# Each extension inside another is read by a call of its own, which takes 40 kB of the C stack: bytes that nest hundreds
# end the process. Ours nest at most as deep as values, plus what a leaf holds (a time zone in a time).
_DEEPEST_READ = _DEEPEST + 8
_SHORTEST = 2  # a kind and an id, or what is released
_PATHS = {name: getattr(pathlib, name) for name in ("PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")}
_ZONE_INFO: Any = getattr(zoneinfo, "ZoneInfo", None)
_SINGLETONS: dict[str, Any] = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}


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
    if kind not in _CONTAINERS:
        return
    if depth == 0 or id(value) in seen:
        raise _IdentityError
    if kind not in _IMMUTABLE:
        seen.add(id(value))
    if kind is dict:
        for key in value:
            _check(key, seen, depth - 1)
        value = value.values()
    for item in (value.start, value.stop, value.step) if kind is slice else value:
        _check(item, seen, depth - 1)


def _default(value: Any) -> Any:
    if type(value) is int:
        return ExtType(frames.BIG_INT, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    raise TypeError("not prepared: " + type(value).__name__)


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        # Reused: a packer keeps its buffer, and making one costs more than a small frame.
        self.pack = msgpack.Packer(
            default=_default, strict_types=True, use_bin_type=True, unicode_errors="surrogatepass"
        ).pack


_per_thread = _PerThread()


def _unpack(data: bytes, hook: Callable[[int, bytes], Any]) -> Any:
    return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=hook, unicode_errors="surrogatepass")


def _timezone(zone: Any) -> Any:
    # A time zone that is neither fixed nor from the database makes the whole value a reference.
    if zone is None:
        return None
    if type(zone) is datetime.timezone:
        delta = zone.utcoffset(None)
        plain = datetime.timezone(delta)
        name = None if zone.tzname(None) == plain.tzname(None) else zone.tzname(None)
        return _ext(frames.TIMEZONE, [delta.days, delta.seconds, delta.microseconds, name])
    if type(zone) is _ZONE_INFO and zone.key:
        return ExtType(frames.ZONE, zone.key.encode())
    raise LookupError


def _ext(code: int, payload: Any) -> Any:
    return ExtType(code, _per_thread.pack(payload))


def _clock(value: Any) -> list[Any]:
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, _timezone(value.tzinfo)]


def _datetime(value: Any) -> Any:
    return _ext(frames.DATETIME, [value.year, value.month, value.day, *_clock(value)])


def _path(value: Any) -> Any:
    if isinstance(value, pathlib.PureWindowsPath) and repr(type(value)(str(value))) != repr(value):
        raise LookupError  # pathlib itself reads the text of some odd UNC paths back as another path
    return _ext(frames.PATH, [type(value).__name__, str(value)])


# Exact type → extension. A LookupError makes it a reference.
_LEAVES: dict[type, Callable[[Any], Any]] = {
    complex: lambda value: ExtType(frames.COMPLEX, struct.pack(">dd", value.real, value.imag)),
    bytearray: lambda value: ExtType(frames.BYTEARRAY, bytes(value)),
    datetime.datetime: _datetime,
    datetime.date: lambda value: _ext(frames.DATE, [value.year, value.month, value.day]),
    datetime.time: lambda value: _ext(frames.TIME, _clock(value)),
    datetime.timedelta: lambda value: _ext(frames.TIMEDELTA, [value.days, value.seconds, value.microseconds]),
    datetime.timezone: _timezone,
    decimal.Decimal: lambda value: ExtType(frames.DECIMAL, str(value).encode()),
    fractions.Fraction: lambda value: _ext(frames.FRACTION, [value.numerator, value.denominator]),
    uuid.UUID: lambda value: ExtType(frames.UUID, value.bytes),
    range: lambda value: _ext(frames.RANGE, [value.start, value.stop, value.step]),
    type(Ellipsis): lambda _: ExtType(frames.SINGLETON, b"Ellipsis"),
    type(NotImplemented): lambda _: ExtType(frames.SINGLETON, b"NotImplemented"),
}
_LEAVES.update((kind, _path) for kind in _PATHS.values())
if _ZONE_INFO is not None:
    _LEAVES[_ZONE_INFO] = _timezone

_IMMUTABLE = {tuple: frames.TUPLE, frozenset: frames.FROZENSET, slice: frames.SLICE}
_CONTAINERS = frozenset({list, dict, set, *_IMMUTABLE})


def pack_frame(frame: list[Any]) -> bytes:
    """Return a frame as bytes."""
    packed: bytes = _per_thread.pack(frame)
    return packed


def unpack_frame(data: bytes) -> list[Any]:
    """Read a frame.

    Raises:
        MalformedError: The bytes are no frame.
    """
    try:
        frame = _unpack(data, ExtType)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise MalformedError(f"malformed frame: {type(error).__name__}: {error}") from error
    if type(frame) is not list or len(frame) < _SHORTEST or type(frame[0]) is not int:
        raise MalformedError("malformed frame: not an array that begins with a kind")
    return frame


class Codec:
    """Encodes and decodes for one side; what is no value goes through the two hooks.

    Args:
        refer: Called with an object that cannot travel by value; returns `(extension code, payload)`.
        resolve: Called with the code and payload of `ENUM` and everything after it; returns the object.
    """

    def __init__(self, refer: Callable[[Any], tuple[int, Any]], resolve: Callable[[int, Any], Any]) -> None:
        self._refer = refer
        self._resolve = resolve

    def dumps(self, value: Any) -> bytes:
        """Return one value as a body."""
        packed: bytes = _per_thread.pack(self._value(value))
        return packed

    def dumps_call(self, positional: tuple[Any, ...], keywords: Mapping[str, Any] | None) -> bytes:
        """Return the arguments of a call as a body; each argument is a value of its own."""
        values = [value if type(value) in ATOMS else self._value(value) for value in positional]
        named = {name: self._value(value) for name, value in keywords.items()} if keywords else {}
        packed: bytes = _per_thread.pack([values, named])
        return packed

    def loads(self, body: bytes) -> Any:
        """Read a body.

        Raises:
            MalformedError: The bytes are no body, or hold a value that this side cannot make.
        """
        try:
            return _unpack(body, self._hook)
        except (ValueError, TypeError, LookupError, ArithmeticError, struct.error, RecursionError) as error:
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
        return _ext(code, payload)

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
            return _ext(frames.SET_VALUE, [self._prepare(item, seen, depth - 1) for item in value])
        code = _IMMUTABLE.get(kind)
        if code is not None:
            if depth == 0:
                raise _IdentityError
            items = (value.start, value.stop, value.step) if kind is slice else value
            return _ext(code, [self._prepare(item, seen, depth - 1) for item in items])
        leaf = _LEAVES.get(kind)
        if leaf is not None:
            try:
                return leaf(value)
            except LookupError:
                return self._reference_inside(value, seen)
        if isinstance(value, ExtType):  # a user's own ExtType must not pass for one of ours
            return self._reference_inside(value, seen)
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.generic) and value.dtype.kind in "biufcmMSU":
            return _ext(frames.SCALAR, [value.dtype.str, value.tobytes(), self._prepare(_item(value), seen, depth - 1)])
        return self._reference_inside(value, seen)

    def _hook(self, code: int, data: bytes) -> Any:
        raw = _RAW.get(code)
        if raw is not None:
            return raw(data)
        if _per_thread.depth >= _DEEPEST_READ:
            raise ValueError("it is nested too deep")
        _per_thread.depth += 1
        try:
            payload = _unpack(data, self._hook)
        finally:
            _per_thread.depth -= 1
        build = _BUILD.get(code)
        if build is not None:
            return build(payload)
        return self._resolve(code, payload)


def _item(scalar: Any) -> Any:
    # The nearest built-in value, for a side without numpy; times have none that is exact.
    return str(scalar) if scalar.dtype.kind in "mM" else scalar.item()


def _scalar(payload: Any) -> Any:
    dtype, data, item = payload
    numpy = sys.modules.get("numpy")
    return item if numpy is None else numpy.frombuffer(data, dtype=dtype)[0]


def _delta(payload: Any) -> Any:
    return datetime.timedelta(days=payload[0], seconds=payload[1], microseconds=payload[2])


def _fixed_zone(payload: Any) -> Any:
    days, seconds, microseconds, name = payload
    delta = _delta((days, seconds, microseconds))
    if name is not None:
        return datetime.timezone(delta, name)
    return datetime.timezone(delta) if delta else datetime.timezone.utc


def _build_path(payload: Any) -> Any:
    kind = _PATHS[payload[0]]
    try:
        return kind(payload[1])
    except NotImplementedError:  # a concrete path of the other platform
        return _PATHS["Pure" + payload[0].replace("Pure", "")](payload[1])


def _zone(data: bytes) -> Any:
    if _ZONE_INFO is None:
        raise LookupError("this Python has no zoneinfo")
    return _ZONE_INFO(data.decode())


_RAW: dict[int, Callable[[bytes], Any]] = {
    frames.BIG_INT: lambda data: int.from_bytes(data, "big", signed=True),
    frames.COMPLEX: lambda data: complex(*struct.unpack(">dd", data)),
    frames.BYTEARRAY: bytearray,
    frames.ZONE: _zone,
    frames.DECIMAL: lambda data: decimal.Decimal(data.decode()),
    frames.UUID: lambda data: uuid.UUID(bytes=data),
    frames.SINGLETON: lambda data: _SINGLETONS[data.decode()],
}
_BUILD: dict[int, Callable[[Any], Any]] = {
    frames.TUPLE: tuple,
    frames.SET_VALUE: set,
    frames.FROZENSET: frozenset,
    frames.DATE: lambda payload: datetime.date(*payload),
    frames.TIME: lambda p: datetime.time(p[0], p[1], p[2], p[3], p[5], fold=p[4]),
    frames.DATETIME: lambda p: datetime.datetime(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[8], fold=p[7]),
    frames.TIMEDELTA: _delta,
    frames.TIMEZONE: _fixed_zone,
    frames.FRACTION: lambda payload: fractions.Fraction(*payload),
    frames.PATH: _build_path,
    frames.RANGE: lambda payload: range(*payload),
    frames.SLICE: lambda payload: slice(*payload),
    frames.SCALAR: _scalar,
}
