"""Failures: an exception as data, so that the other side can raise its own class with the same state.

Guarantees: describing never raises, whatever `__str__`, `args` or attributes of the exception do; state that cannot
travel is left out. The class is named by address, never pickled, and never re-constructed through its `__init__`.
"""

from __future__ import annotations

import functools
import os
import traceback
from typing import Any, Callable, Iterator

_DEEPEST = 8
_CAUSE: Any = vars(BaseException)["__cause__"]
_CONTEXT: Any = vars(BaseException)["__context__"]
_SUPPRESSED: Any = vars(BaseException)["__suppress_context__"]
_TRACEBACK: Any = vars(BaseException)["__traceback__"]
_NAMING = (ImportError, AttributeError, NameError)
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def describe(error: BaseException, dumps: Callable[[Any], bytes], depth: int = 0) -> dict[str, Any]:
    """Return the map of an `ERROR` frame.

    `type`, `mro`: addresses. `text`: `str(error)`. `args`: a body. `state`: a body for each attribute. `made`: of an
    OSError, the body of what its `__init__` takes, which is more than its `args`. `traceback`: text. `notes`: texts.
    `cause`, `context`: maps like this one. `code`: the exception's `snakebridge_code`, when it is an answer of the
    worker itself.
    """
    described: dict[str, Any] = {
        "type": address_of(type(error)),
        "mro": [address_of(kind) for kind in type(error).__mro__],
        "text": _text(error),
        "args": _body(lambda: list(error.args), dumps),
        "made": _body(lambda: list(OSError.__reduce__(error)[1]), dumps) if isinstance(error, OSError) else None,
        "state": _state(error, dumps),
        "traceback": _trace(error),
        "notes": _read(lambda: [note for note in getattr(error, "__notes__", ()) if type(note) is str]) or [],
    }
    code = _read(lambda: getattr(type(error), "snakebridge_code", None))
    if type(code) is str:
        described["code"] = code
    if depth < _DEEPEST:
        # Read from the class that has them: an exception's own class may hide them behind anything.
        cause, context = _CAUSE.__get__(error), _CONTEXT.__get__(error)
        if cause is not None:
            described["cause"] = describe(cause, dumps, depth + 1)
        elif context is not None and not _SUPPRESSED.__get__(error):
            described["context"] = describe(context, dumps, depth + 1)
    return described


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
    if isinstance(error, _NAMING):
        state.update((name, found) for name, found in _hidden(error) if type(found) is str)
    bodies = ((name, _read(functools.partial(dumps, value))) for name, value in state.items())
    return {name: body for name, body in bodies if body is not None}


def _hidden(error: BaseException) -> Iterator[tuple[str, Any]]:
    # What these keep in C, not in `__dict__`.
    for name in ("name", "path"):
        yield name, _read(functools.partial(getattr, error, name, None))


def _trace(error: BaseException) -> str:
    trace = _TRACEBACK.__get__(error)
    # Frames of ours above the library's are noise to whoever reads it.
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    # Formatting runs the library's __str__, and reads its source files.
    return "".join(_read(lambda: traceback.format_exception(type(error), error, trace, chain=False)) or ())
