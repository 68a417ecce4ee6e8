# Outcomes: an error frame back into an exception. The library's own exception arrives as its generated class, with its
# state copied and its `__init__` never called; else as a child of RemoteError and of its nearest built-in class.

from __future__ import annotations

import builtins
import contextlib
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

from snakebridge.errors import AdapterRefusedError, NotTransferableError, RemoteError, StaleReferenceError
from snakebridge_guest.wire.codec import MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.runtime._library import Library

__all__ = ["raised"]

_OURS: Mapping[str, type[Exception]] = {
    "refused": AdapterRefusedError,
    "stale": StaleReferenceError,
    "unreadable": NotTransferableError,
}
_GROUP = BaseExceptionGroup  # cannot be made without exceptions of this process in it, and theirs are over there
_LEAST: Mapping[str, Any] = {"type": "builtins:Exception", "mro": (), "text": "", "traceback": ""}
_classes: dict[tuple[str, tuple[type, ...]], type[RemoteError]] = {}


def raised(
    error: Mapping[str, Any], *, library: Library | None, loads: Callable[[bytes], Any], where: str
) -> BaseException:
    """Return the exception that an `ERROR` frame describes.

    Args:
        error: The frame's map; see the guest's `failure.describe`. Each of its fields may be missing.
        library: The generated package whose exception classes to use.
        loads: Reads a body of the worker that raised.
        where: Which worker, for the note.
    """
    error = {**_LEAST, **error}
    ours = _OURS.get(error.get("code", ""))
    if ours is not None:
        return ours(error["text"])
    kind = _class_of(error, library)
    arguments = _read(error.get("args"), loads) or []
    exception = _make(kind, tuple(_read(error.get("made"), loads) or arguments))
    exception.args = tuple(arguments)
    state: dict[str, Any] = {}
    for name, body in (error.get("state") or {}).items():
        with contextlib.suppress(MalformedError):  # a value this Python does not have
            state[name] = loads(body)
    exception.__dict__.update(state)
    if isinstance(exception, (ImportError, AttributeError, NameError)):
        for name in {"name", "path"} & state.keys():  # kept in C
            _set_member(exception, name, state[name])
    exception.remote_type = error["type"]
    exception.remote_traceback = error["traceback"]
    exception.remote_text = error["text"]
    for note in error.get("notes", ()):
        exception.add_note(note)
    if error["traceback"]:
        exception.add_note(f"Remote traceback ({where}):\n{error['traceback'].rstrip()}")
    if error.get("cause"):
        exception.__cause__ = raised(error["cause"], library=library, loads=loads, where=where)
    elif error.get("context"):
        exception.__context__ = raised(error["context"], library=library, loads=loads, where=where)
    return exception


def _class_of(error: Mapping[str, Any], library: Library | None) -> type[RemoteError]:
    for address in error["mro"]:
        generated = library.find_class(address) if library is not None else None
        if generated is not None and issubclass(generated, RemoteError) and not issubclass(generated, _GROUP):
            return generated
        module, _, name = address.partition(":")
        if module == "builtins":
            return _builtin_child(error["type"], getattr(builtins, name, None))
    return _builtin_child(error["type"], None)


def _builtin_child(address: str, builtin: Any) -> type[RemoteError]:
    # SystemExit, KeyboardInterrupt and GeneratorExit of a library must not act here: they become plain remote errors.
    parents: tuple[type, ...] = ()
    if isinstance(builtin, type) and issubclass(builtin, Exception) and builtin not in {Exception, ExceptionGroup}:
        parents = (builtin,)
    found = _classes.get((address, parents))
    if found is None:
        module, _, name = address.partition(":")
        bases: tuple[type, ...] = (RemoteError, *parents)
        body = {"__module__": module, "__qualname__": name}
        found = _classes[address, parents] = type(name.rpartition(".")[2], bases, body)
    return found


def _make(kind: type[RemoteError], arguments: tuple[Any, ...]) -> RemoteError:
    exception = kind.__new__(kind, *arguments)
    # The built-in part keeps state in C (errno, start, value): only its own __init__, whose shape is known, may set it.
    initialise = next(
        (vars(base)["__init__"] for base in kind.__mro__ if base.__module__ == "builtins" and "__init__" in vars(base)),
        None,
    )
    # Other arguments than it takes: `args` still has them.
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        if initialise is not None:
            initialise(exception, *arguments)
    return exception


def _set_member(exception: BaseException, name: str, value: object) -> None:
    member = next((vars(kind)[name] for kind in type(exception).__mro__ if name in vars(kind)), None)
    if isinstance(member, MemberDescriptorType):  # and nothing that a generated class put in its place
        member.__set__(exception, value)


def _read(body: bytes | None, loads: Callable[[bytes], Any]) -> Any:
    if body is None:
        return None
    try:
        return loads(body)
    except MalformedError:  # a value this Python does not have; the text and the traceback still tell
        return None
