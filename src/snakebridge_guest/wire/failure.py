"""Failures: an exception as data, so that the other side can raise its own class with the same state.

Guarantees: describing never raises, whatever `__str__`, `args` or attributes of the exception do; state that cannot
travel is left out. The class is named by address, never pickled, and never re-constructed through its `__init__`.
"""

from __future__ import annotations

import os
import traceback
from typing import Any, Callable

_DEEPEST = 8
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def describe(error: BaseException, dumps: Callable[[Any], bytes], depth: int = 0) -> dict[str, Any]:
    """Return the map of an `ERROR` frame.

    `type`, `mro`: addresses. `text`: `str(error)`. `args`, `state`: bodies. `made`: of an OSError, the
    body of what its `__init__` takes, which is more than its `args`. `traceback`: text. `notes`: texts. `cause`,
    `context`: maps like this one. `code`: the exception's `snakebridge_code`, when it is an answer of the worker
    itself.
    """
    described: dict[str, Any] = {
        "type": address_of(type(error)),
        "mro": [address_of(kind) for kind in type(error).__mro__],
        "text": _text(error),
        "args": _body(lambda: list(error.args), dumps),
        "made": _body(lambda: list(OSError.__reduce__(error)[1]), dumps) if isinstance(error, OSError) else None,
        "state": _state(error, dumps),
        "traceback": _trace(error),
        "notes": [note for note in getattr(error, "__notes__", None) or () if type(note) is str],
    }
    code = getattr(type(error), "snakebridge_code", None)
    if code is not None:
        described["code"] = code
    if depth < _DEEPEST:
        if error.__cause__ is not None:
            described["cause"] = describe(error.__cause__, dumps, depth + 1)
        elif error.__context__ is not None and not error.__suppress_context__:
            described["context"] = describe(error.__context__, dumps, depth + 1)
    return described


def address_of(value: Any) -> str:
    """Return `module:qualname` as a class or function itself says."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if type(module) is not str:
        module = "builtins"
    return module + ":" + (name if type(name) is str else type(value).__name__)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # a library's own __str__
        return "(its text cannot be shown)"


def _body(read: Callable[[], Any], dumps: Callable[[Any], bytes]) -> bytes | None:
    try:
        return dumps(read())
    except Exception:  # `args` may be a property, and its items anything
        return None


def _state(error: BaseException, dumps: Callable[[Any], bytes]) -> bytes | None:
    try:
        state = dict(vars(error))
    except TypeError:  # slots only
        return None
    state.pop("__notes__", None)
    kept = {name: value for name, value in state.items() if type(name) is str}
    return _body(lambda: kept, dumps) if kept else None


def _trace(error: BaseException) -> str:
    trace = error.__traceback__
    # Frames of ours above the library's are noise to whoever reads it.
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, trace, chain=False))
    except BaseException:  # formatting runs the library's __str__, and reads its source files
        return ""
