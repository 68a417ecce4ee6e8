# Outcomes: an error map back into an exception. The library's own exception arrives as its generated class, else as one
# that is made with the bases it has over there; its state is copied and its `__init__` never called.
#
# Guarantees: an exception of the host that the library let through is the very same object again; one of the library is
# the same object here as long as it is held here, and stands for the very object over there when it goes back.

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from snakebridge.errors import (
    AdapterRefusedError,
    ConfigurationError,
    NotTransferableError,
    ReferenceLimitError,
    RemoteError,
    StaleReferenceError,
)
from snakebridge.runtime._objects.classes import exception_class
from snakebridge.runtime._objects.references import Reference
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.rebuild import rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.library import Library

__all__ = ["raised", "sound"]

_OURS: Mapping[str, type[Exception]] = {
    "full": ReferenceLimitError,
    "misused": ConfigurationError,
    "oversized": NotTransferableError,
    "refused": AdapterRefusedError,
    "stale": StaleReferenceError,
    "unreadable": NotTransferableError,
}
_DEEPEST = 32  # of causes in each other
_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("type", "text", "traceback", "code"), lambda value: type(value) is str),
    **dict.fromkeys(("args", "made", "mutated"), lambda value: type(value) is bytes),
    **dict.fromkeys(("mro", "notes", "members"), lambda value: _is_list(value, str)),
    **dict.fromkeys(("cause", "context"), lambda value: type(value) is dict),
    "bases": lambda value: _is_list(value, list) and all(_is_list(each, int) for each in value),
    "state": lambda value: type(value) is dict and _is_list([*value], str) and _is_list([*value.values()], bytes),
    "exceptions": lambda value: _is_list(value, dict),
    "object": lambda value: _is_list(value, int) and len(value) == _PLACE,
}
_PLACE = 2  # whose it is, and its number


def _is_list(value: Any, kind: type) -> bool:
    return type(value) is list and all(type(each) is kind for each in value)


_LEAST: Mapping[str, Any] = {"type": "builtins:Exception", "mro": (), "text": "", "traceback": ""}


def raised(
    error: Mapping[str, Any],
    *,
    library: Library | None,
    loads: Callable[[bytes], Any],
    where: str,
    channel: Channel | None = None,
) -> BaseException:
    """Return the exception that an `ERROR` frame describes.

    Args:
        error: The frame's map; see the guest's `failure.Describer`. Each of its fields may be missing, or anything.
        library: The generated package whose exception classes to use.
        loads: Reads a body of the worker that raised.
        where: Which worker, for the note.
        channel: Where it came from; without one it cannot stand for the very object.
    """
    return _raised(sound(error), library, loads, where, channel)


def sound(error: Mapping[str, Any], deepest: int = _DEEPEST) -> dict[str, Any]:
    """Return an error map without what has not the shape that it should have."""
    found = {name: value for name, value in error.items() if name in _SHAPES and _SHAPES[name](value)}
    for name in ("cause", "context"):
        if name in found:
            found[name] = sound(found[name], deepest - 1) if deepest else None
    if "exceptions" in found:
        found["exceptions"] = [sound(each, deepest - 1) for each in found["exceptions"]] if deepest else []
    return found


def _raised(
    error: Mapping[str, Any],
    library: Library | None,
    loads: Callable[[bytes], Any],
    where: str,
    channel: Channel | None,
) -> BaseException:
    error = {**_LEAST, **error}
    ours = _OURS.get(error.get("code", ""))
    if ours is not None:
        return ours(error["text"])
    note = f"Remote traceback ({where}):\n{error['traceback'].rstrip()}" if error["traceback"] else None
    code, number = error.get("object") or (None, 0)
    if channel is not None and code == frames.OWNED:
        with contextlib.suppress(KeyError):
            return _own(channel.pool.exports.get(number, channel.worker.exported), note)
    referred = channel if code == frames.REFERENCE else None
    exception: Any = None if referred is None else _again(referred, number, library)
    if exception is None:
        inside = [_raised(each, library, loads, where, channel) for each in error.get("exceptions") or ()]
        exception = _make(error, library, loads, inside, channel)
        if referred is not None:
            reference = Reference(referred.worker, number, error["type"], referred.session, library)
            exception.__dict__["_snakebridge"] = reference
            referred.worker.proxies[number, library] = exception
    # Also when it is raised a second time: it may have been changed meanwhile.
    exception.remote_type = error["type"]
    exception.remote_traceback = error["traceback"]
    exception.remote_text = error["text"]
    exception.remote_members = frozenset(error.get("members") or ())
    exception.__dict__["__notes__"] = [*error.get("notes", ()), *([] if note is None else [note])]
    if error.get("cause"):
        exception.__cause__ = _raised(error["cause"], library, loads, where, channel)
    elif error.get("context"):
        exception.__context__ = _raised(error["context"], library, loads, where, channel)
    found: BaseException = exception
    return found


def _own(error: BaseException, note: str | None) -> BaseException:
    if note is not None and note not in getattr(error, "__notes__", ()):
        error.add_note(note)
    return error


def _again(channel: Channel, number: int, library: Library | None) -> Any:
    with channel.worker.proxies_lock:
        known = channel.worker.proxies.get((number, library))
        if isinstance(known, RemoteError):
            known.__dict__["_snakebridge"].count += 1
            return known
    return None


def _make(
    error: Mapping[str, Any],
    library: Library | None,
    loads: Callable[[bytes], Any],
    inside: list[BaseException],
    channel: Channel | None,
) -> Any:
    pool = None if channel is None else channel.pool
    mro, bases = error["mro"] or [error["type"]], error.get("bases") or ()
    while mro:
        try:
            kind = exception_class(pool, library, mro, bases)
            return rebuild(kind, error, loads, inside)
        except Exception:  # noqa: BLE001 - a generated `__new__`, or a group of nothing: the next class up is simpler
            mro, bases = mro[1:], ()
    return RemoteError(error["text"])
