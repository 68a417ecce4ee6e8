"""What a case did, as text that can be compared: its value with every type in it, or its exception.

Types are named, addresses are masked, sets are ordered. Two outcomes are equal when the texts are.
"""

import re
from typing import Any, Callable, Dict, List

_ATOMS = (type(None), bool, int, float, complex, str, bytes)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}|\bid=\d+")
_REMOTE_NOTE = "Remote traceback ("
_DEEPEST_CAUSE = 4


def outcome(body: Callable[[Any], Any], lib: Callable[[str], Any]) -> Dict[str, Any]:
    """Run a case and return what it did."""
    try:
        value = body(lib)
        return {"value": show(value)}
    except BaseException as error:  # whatever it is, it is the outcome
        return {"raised": failure(error)}


def show(value: Any, depth: int = 8) -> Any:
    """Return a value as text, or as lists of text."""
    kind = type(value)
    if kind in _ATOMS:
        return kind.__name__ + " " + masked(repr(value))
    if kind in (list, tuple, set, frozenset, dict):
        return [kind.__name__] + _items(value, kind, depth - 1) if depth else "…"
    if isinstance(value, BaseException):
        return failure(value)
    return named(kind) + " " + masked(repr(value))


def _items(value: Any, kind: type, depth: int) -> List[Any]:
    if kind is dict:
        return [[show(key, depth), show(item, depth)] for key, item in value.items()]
    shown = [show(item, depth) for item in value]
    return sorted(shown, key=str) if kind in (set, frozenset) else shown


def named(kind: Any) -> str:
    """Return where a class says that it is from; `pathlib` says it otherwise since Python 3.13."""
    return str(kind.__module__).replace("pathlib._local", "pathlib") + "." + str(kind.__qualname__)


def masked(text: str) -> str:
    """Hide memory addresses."""
    return _ADDRESS.sub("0x…", text)


def failure(error: BaseException, depth: int = _DEEPEST_CAUSE) -> Dict[str, Any]:
    """Return an exception as data: what `except` clauses and messages can tell of it."""
    shown: Dict[str, Any] = {
        "type": named(type(error)),
        "caught by": caught_by(error),
        "args": [show(each) for each in error.args],
        "text": text(error),
    }
    notes: List[str] = [note for note in getattr(error, "__notes__", ()) if not note.startswith(_REMOTE_NOTE)]
    if notes:
        shown["notes"] = notes
    if depth and error.__cause__ is not None:
        shown["cause"] = failure(error.__cause__, depth - 1)
    elif depth and error.__context__ is not None and not error.__suppress_context__:
        shown["context"] = failure(error.__context__, depth - 1)
    return shown


def text(error: BaseException) -> str:
    """Return what `str` gives, or what it raises."""
    try:
        return masked(str(error))
    except Exception as failed:  # `__str__` of a library
        return "no text: " + type(failed).__name__


def caught_by(error: BaseException) -> List[str]:
    """Return the built-in classes whose `except` clause takes it."""
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins" and kind is not object]
    return list(dict.fromkeys(names))  # a bridged class and its base have the same name
