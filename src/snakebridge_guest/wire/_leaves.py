# Leaves: values that are no containers and that MessagePack has no type for, as extensions and back.
from __future__ import annotations

import array
import datetime  # noqa: ICN001 - the guest reads like the standard library
import decimal
import fractions
import pathlib
import re
import struct
import uuid
from typing import Any, Callable

from snakebridge_guest.wire import buffers, frames
from snakebridge_guest.wire._packing import ExtType, ext

try:
    import zoneinfo
except ImportError:  # Python 3.8, or a build without it
    zoneinfo = None  # type: ignore[assignment]

_PATHS = {name: getattr(pathlib, name) for name in ("PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")}
_ZONE_INFO: Any = getattr(zoneinfo, "ZoneInfo", None)
_SINGLETONS: dict[str, Any] = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}


def _timezone(zone: Any) -> Any:
    # A time zone that is neither fixed nor from the database makes the whole value a reference.
    if zone is None:
        return None
    if type(zone) is datetime.timezone:
        delta = zone.utcoffset(None)
        plain = datetime.timezone(delta)
        name = None if zone.tzname(None) == plain.tzname(None) else zone.tzname(None)
        return ext(frames.TIMEZONE, [delta.days, delta.seconds, delta.microseconds, name])
    if type(zone) is _ZONE_INFO and zone.key:
        return ExtType(frames.ZONE, zone.key.encode())
    raise LookupError


def _clock(value: Any) -> list[Any]:
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, _timezone(value.tzinfo)]


def _datetime(value: Any) -> Any:
    return ext(frames.DATETIME, [value.year, value.month, value.day, *_clock(value)])


def _path(value: Any) -> Any:
    if isinstance(value, pathlib.PureWindowsPath) and repr(type(value)(str(value))) != repr(value):
        raise LookupError  # pathlib itself reads the text of some odd UNC paths back as another path
    return ext(frames.PATH, [type(value).__name__, str(value)])


# Exact type → extension. A LookupError makes it a reference.
LEAVES: dict[type, Callable[[Any], Any]] = {
    complex: lambda value: ExtType(frames.COMPLEX, struct.pack(">dd", value.real, value.imag)),
    bytearray: lambda value: ExtType(frames.BYTEARRAY, bytes(value)),
    datetime.datetime: _datetime,
    datetime.date: lambda value: ext(frames.DATE, [value.year, value.month, value.day]),
    datetime.time: lambda value: ext(frames.TIME, _clock(value)),
    datetime.timedelta: lambda value: ext(frames.TIMEDELTA, [value.days, value.seconds, value.microseconds]),
    datetime.timezone: _timezone,
    decimal.Decimal: lambda value: ExtType(frames.DECIMAL, str(value).encode()),
    fractions.Fraction: lambda value: ext(frames.FRACTION, [value.numerator, value.denominator]),
    uuid.UUID: lambda value: ExtType(frames.UUID, value.bytes),
    range: lambda value: ext(frames.RANGE, [value.start, value.stop, value.step]),
    array.array: lambda value: ext(frames.ITEMS, buffers.items(value)),
    type(Ellipsis): lambda _: ExtType(frames.SINGLETON, b"Ellipsis"),
    type(NotImplemented): lambda _: ExtType(frames.SINGLETON, b"NotImplemented"),
}
LEAVES.update((kind, _path) for kind in _PATHS.values())
if _ZONE_INFO is not None:
    LEAVES[_ZONE_INFO] = _timezone


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
    try:
        return _ZONE_INFO(data.decode())
    except OSError as error:  # a key that is a folder of the database
        raise LookupError(str(error)) from None


def _pattern(payload: Any) -> Any:
    try:
        return re.compile(*payload)
    except re.error as error:  # of a newer Python than this one
        raise ValueError(str(error)) from None


RAW: dict[int, Callable[[bytes], Any]] = {
    frames.BIG_INT: lambda data: int.from_bytes(data, "big", signed=True),
    frames.COMPLEX: lambda data: complex(*struct.unpack(">dd", data)),
    frames.BYTEARRAY: bytearray,
    frames.ZONE: _zone,
    frames.DECIMAL: lambda data: decimal.Decimal(data.decode()),
    frames.UUID: lambda data: uuid.UUID(bytes=data),
    frames.SINGLETON: lambda data: _SINGLETONS[data.decode()],
}
BUILD: dict[int, Callable[[Any], Any]] = {
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
    frames.PATTERN: _pattern,
    frames.ITEMS: buffers.read_items,
    frames.VIEW: buffers.read_view,
    frames.RANGE: lambda payload: range(*payload),
    frames.SLICE: lambda payload: slice(*payload),
}
