"""Failures: an exception as data, so that the other side can raise its own class with the same state.

Guarantees: describing never raises, whatever `__str__`, `args` or attributes of the exception do; state that cannot
travel is left out. The class is named by address, never pickled, and never re-constructed through its `__init__`.
"""

from __future__ import annotations

import functools
import os
import threading
import traceback
from typing import Any, Callable, Iterator

_DEEPEST = 8
_CAUSE: Any = vars(BaseException)["__cause__"]
_CONTEXT: Any = vars(BaseException)["__context__"]
_SUPPRESSED: Any = vars(BaseException)["__suppress_context__"]
_TRACEBACK: Any = vars(BaseException)["__traceback__"]
_NAMING = (ImportError, AttributeError, NameError)
_OURS = tuple(
    os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), name) + os.sep
    for name in ("snakebridge_guest", "snakebridge")
)
_GROUPS = frozenset({"builtins:BaseExceptionGroup", "exceptiongroup:BaseExceptionGroup"})
_HIDDEN = "_snakebridge"
"""Under this name an exception keeps where it came from."""


class _Open(threading.local):
    def __init__(self) -> None:
        self.ids: list[int] = []


_open = _Open()  # what this thread is describing: exceptions hold each other in causes, arguments and attributes


class Describer:
    """Describes exceptions for the other side.

    Args:
        dumps: Encodes a value.
        origin: Returns where the very object is: `[OWNED, number]` when the other side has it, `[REFERENCE, number]` to
            let the other side refer to it, or `None`.
        name: Returns the address of a class in the words of the other side.
    """

    def __init__(
        self,
        dumps: Callable[[Any], bytes],
        origin: Callable[[BaseException], Any] | None = None,
        name: Callable[[type], str] | None = None,
    ) -> None:
        self._dumps = dumps
        self._origin = origin or (lambda _: None)
        self._name = name or address_of

    def __call__(self, error: BaseException) -> dict[str, Any]:
        """Return the map of an `ERROR` frame.

        `type`, `mro`: addresses. `bases`: for each class of `mro` the places of its bases there. `text`: `str(error)`.
        `args`: a body. `state`: a body for each attribute. `made`: of an OSError, the body of what its `__init__`
        takes, which is more than its `args`. `members`: names that its class has. `traceback`: text. `notes`:
        texts. `cause`, `context`: maps like this one; of a group also `exceptions`, a list of them. `object`: see
        `origin`. `code`: the exception's `snakebridge_code`, when it is an answer of the worker itself.

        Raises:
            TypeError: It is being described already: something in it holds it.
        """
        if not self._may(error):
            raise TypeError("an exception that holds itself cannot travel inside itself")
        _open.ids.append(id(error))
        try:
            return self._describe(error)
        finally:
            _open.ids.pop()

    def _may(self, error: BaseException) -> bool:
        return id(error) not in _open.ids and len(_open.ids) < _DEEPEST

    def _describe(self, error: BaseException) -> dict[str, Any]:
        dumps = self._dumps
        mro = type.__dict__["__mro__"].__get__(type(error))
        names = [self._name(kind) for kind in mro]
        described: dict[str, Any] = {
            "type": names[0],
            "mro": names,
            "bases": [[mro.index(base) for base in kind.__bases__] for kind in mro],
            "text": _text(error),
            "args": _body(lambda: list(error.args), dumps),
            "made": _body(lambda: list(OSError.__reduce__(error)[1]), dumps) if isinstance(error, OSError) else None,
            "state": _state(error, dumps),
            "members": _members(type(error)),
            "traceback": trace(error),
            "notes": _read(lambda: [note for note in getattr(error, "__notes__", ()) if type(note) is str]) or [],
        }
        code = _read(lambda: getattr(type(error), "snakebridge_code", None))
        if type(code) is str:
            described["code"] = code
        else:
            described["object"] = self._origin(error)
        # Read from the class that has them: an exception's own class may hide them behind anything.
        cause, context = _CAUSE.__get__(error), _CONTEXT.__get__(error)
        if cause is not None:
            if self._may(cause):
                described["cause"] = self(cause)
        elif context is not None and not _SUPPRESSED.__get__(error) and self._may(context):
            described["context"] = self(context)
        if not _GROUPS.isdisjoint(names):
            inside = _read(lambda: list(error.exceptions)) or []  # type: ignore[attr-defined]
            described["exceptions"] = [self(each) for each in inside if self._may(each)]
        return described


def describe(error: BaseException, dumps: Callable[[Any], bytes]) -> dict[str, Any]:
    """Return the map of an `ERROR` frame, without a way back to the very object."""
    return Describer(dumps)(error)


def address_of(value: Any) -> str:
    """Return `module:qualname` as a class or function itself says."""
    module = _read(lambda: getattr(value, "__module__", None))
    name = _read(lambda: getattr(value, "__qualname__", None))
    if type(module) is not str:
        module = "builtins"
    return module + ":" + (name if type(name) is str else type(value).__name__)


def _read(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except BaseException:  # `__str__`, `args`, `__dict__`, `__getattr__` of a library may raise anything
        return None


def _text(error: BaseException) -> str:
    text = _read(lambda: str.__str__(str(error)))  # `str` may return a subclass, which no frame carries
    return "(its text cannot be shown)" if text is None else text


def _body(read: Callable[[], Any], dumps: Callable[[Any], bytes]) -> Any:
    return _read(lambda: dumps(read()))


def _state(error: BaseException, dumps: Callable[[Any], bytes]) -> dict[str, bytes]:
    # Each by itself, so that one which cannot travel costs no other, and two may be the same list.
    state = {name: value for name, value in (_read(lambda: dict(vars(error))) or {}).items() if type(name) is str}
    state.pop("__notes__", None)
    state.pop(_HIDDEN, None)
    if isinstance(error, _NAMING):
        state.update((name, found) for name, found in _hidden(error) if type(found) is str)
    bodies = ((name, _read(functools.partial(dumps, value))) for name, value in state.items())
    return {name: body for name, body in bodies if body is not None}


def _hidden(error: BaseException) -> Iterator[tuple[str, Any]]:
    # What these keep in C, not in `__dict__`.
    for name in ("name", "path"):
        yield name, _read(functools.partial(getattr, error, name, None))


def _members(kind: type) -> list[str]:
    # Properties and methods, so that whoever asks for something else need not ask over here.
    names = {
        name
        for each in type.__dict__["__mro__"].__get__(kind)
        if each.__dict__.get("__module__", "builtins") != "builtins"
        for name in each.__dict__
        if type(name) is str and not name.startswith("_")
    }
    return sorted(names)


def trace(error: BaseException) -> str:
    """Return the traceback of an exception as text, without frames of ours; empty when it cannot be made."""
    # Formatting runs the library's __str__, and reads its source files.
    return _read(lambda: _formatted(error)) or ""


def _formatted(error: BaseException) -> str:
    told = traceback.TracebackException(type(error), error, _TRACEBACK.__get__(error))
    # Frames of ours are noise to whoever reads it; notes travel by themselves.
    told.stack = traceback.StackSummary.from_list([each for each in told.stack if not each.filename.startswith(_OURS)])
    told.__dict__["__notes__"] = None
    return "".join(told.format(chain=False))
