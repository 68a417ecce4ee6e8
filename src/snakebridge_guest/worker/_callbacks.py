# Objects of the host over here: a function, or anything else that was passed and is no value. Calling one is a
# request on the link that carries the running call, so it only works while the host waits: on the thread that runs the
# call.
from __future__ import annotations

import builtins
from typing import Any, Callable

from snakebridge_guest.wire.operators import OPERATORS, UNIVERSAL


class HostObject:
    """An object of the host: callable, with attributes, methods and the operators that the host's class has."""

    __slots__ = ("__weakref__", "_snakebridge_number", "_snakebridge_request")

    def __init__(self, number: int, request: Callable[..., Any]) -> None:
        object.__setattr__(self, "_snakebridge_number", number)
        object.__setattr__(self, "_snakebridge_request", request)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the host's object."""
        return _method(self, "__call__", args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # probed by copy, pickle, numpy, inspect
            raise AttributeError(name)
        return self._snakebridge_request("get", self._snakebridge_number, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._snakebridge_request("set", self._snakebridge_number, name, value)

    def __del__(self) -> None:
        try:
            self._snakebridge_request("release", self._snakebridge_number)
        except Exception:  # the link may be gone, or the interpreter on its way out
            return


def _method(value: HostObject, name: str, args: Any, kwargs: Any) -> Any:
    return value._snakebridge_request("method", value._snakebridge_number, name, args, kwargs)


def _operator(name: str) -> Callable[..., Any]:
    def call(self: HostObject, *args: Any) -> Any:
        return _method(self, name, args, {})

    call.__name__ = name
    return call


_classes: dict[tuple[str, ...], type] = {}


def host_class(operators: list[str]) -> type:
    """Return the class of host objects that have exactly these operators, so that `len(x)` fails where it should."""
    key = tuple(sorted(name for name in operators if name in OPERATORS and name != "__call__"))
    found = _classes.get(key)
    if found is None:
        names = [*key, "__eq__", "__ne__", "__hash__", "__repr__", "__str__"]
        body: dict[str, Any] = {name: _operator(name) for name in names if name in OPERATORS or name in UNIVERSAL}
        body["__slots__"] = ()
        found = _classes[key] = type("HostObject", (HostObject,), body)
    return found


class HostError(Exception):
    """What an object of the host raised; also an instance of the nearest built-in class, so a library can handle it."""


_errors: dict[type, type] = {}


def host_error(error: dict[str, Any]) -> BaseException:
    """Return the exception for an error frame of the host."""
    for address in error["mro"]:
        module, _, name = address.partition(":")
        parent = getattr(builtins, name, None) if module == "builtins" else None
        if isinstance(parent, type) and issubclass(parent, Exception) and parent is not Exception:
            kind: Any = _errors.get(parent)
            if kind is None:
                kind = _errors[parent] = type("HostError", (HostError, parent), {})
            try:
                raised: BaseException = kind(error["text"])
            except TypeError:  # UnicodeDecodeError and groups take more; the next class up does not
                continue
            return raised
    return HostError(error["text"])
