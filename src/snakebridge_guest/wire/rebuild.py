"""Exceptions made of what `failure` says: the state is copied, an `__init__` of Python code is never called."""

from __future__ import annotations

import builtins
import contextlib
from types import MemberDescriptorType
from typing import Any, Callable, Mapping

from snakebridge_guest.wire.codec import MalformedError

_GROUP: Any = getattr(builtins, "BaseExceptionGroup", None)


def rebuild(
    kind: Any, error: Mapping[str, Any], loads: Callable[[bytes], Any], inside: list[BaseException]
) -> BaseException:
    """Return an exception of a class with the arguments and attributes of a description.

    Args:
        kind: The class.
        error: See `failure.Describer`.
        loads: Reads a body.
        inside: The exceptions of a group.

    Raises:
        TypeError: The class cannot be made of such arguments, such as a group of nothing.
    """
    arguments = read(error.get("args"), loads)
    arguments = [] if arguments is None else arguments
    if _GROUP is not None and issubclass(kind, _GROUP):
        message = arguments[0] if arguments and isinstance(arguments[0], str) else error["text"]
        if not inside:
            raise TypeError("a group of nothing")
        exception: BaseException = kind.__new__(kind, message, inside)
        exception.args = (message, inside)
    else:
        exception = _make(kind, tuple(read(error.get("made"), loads) or arguments))
        exception.args = tuple(arguments)
    state: dict[str, Any] = {}
    for name, body in (error.get("state") or {}).items():
        with contextlib.suppress(MalformedError):  # a value this Python does not have
            state[name] = loads(body)
    exception.__dict__.update(state)
    if isinstance(exception, (ImportError, AttributeError, NameError)):
        for name in {"name", "path"} & state.keys():  # kept in C
            _set_member(exception, name, state[name])
    return exception


def read(body: bytes | None, loads: Callable[[bytes], Any]) -> Any:
    """Read a body; `None` when there is none, or when it holds a value that this Python does not have."""
    if body is None:
        return None
    try:
        return loads(body)
    except MalformedError:  # the text and the traceback still tell
        return None


def _make(kind: Any, arguments: tuple[Any, ...]) -> BaseException:
    exception: BaseException = kind.__new__(kind, *arguments)
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
