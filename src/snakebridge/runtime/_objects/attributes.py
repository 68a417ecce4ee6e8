# What generated classes do over there through the class: read its attributes, call the class methods it inherits, make
# exceptions.
#
# Guarantees: an attribute of a class is what it is over there now, and the one of an instance is the instance's own if
# it has one; a class method runs on the class it was called on, as far as that one is known over there.

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from snakebridge.runtime._objects.proxies import RemoteObject, reference_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.errors import RemoteError
    from snakebridge.runtime._objects.library import Library

__all__ = ["ClassAttribute", "become", "called_on"]


class ClassAttribute:
    """An attribute of a class over there. What is assigned on an instance goes to the instance over there.

    Args:
        library: Whose class it is.
        address: The attribute's address, `module:Class.name`.
    """

    __slots__ = ("_address", "_library", "_name")

    def __init__(self, library: Library, address: str) -> None:
        self._library = library
        self._address = address
        self._name = address.rpartition(".")[2]

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if isinstance(instance, RemoteObject):
            return RemoteObject.__getattr__(instance, self._name)
        return self._library.constant(self._address)


def called_on(kind: type, address: str, address_of: Callable[[type], str | None]) -> str:
    """Return the address of a class method as a member of the class that it is called on.

    Args:
        kind: The class: the generated one that defines it, a generated subclass, or one of the host's own below it.
        address: Where it is defined.
        address_of: Returns the remote address of a generated class.
    """
    found = next(filter(None, map(address_of, kind.__mro__)), None)
    return address if found is None else f"{found}.{address.rpartition('.')[2]}"


def become(error: RemoteError, made: BaseException) -> None:
    """Let an exception that is being constructed here stand for the one that the library made.

    Args:
        error: The exception, fresh from its `__new__`.
        made: What arrived; of an `__init__` that raised, nothing does.
    """
    for kind in type(error).__mro__:
        if kind.__module__ == "builtins" and "__init__" in vars(kind):
            # The built-in part keeps state in C, such as `errno`. Other arguments than it takes: `args` still has them.
            with contextlib.suppress(TypeError, ValueError, OverflowError):
                kind.__init__(error, *made.args)  # type: ignore[misc] # it is an exception's
            break
    error.args = made.args
    vars(error).update(vars(made))
    error.__dict__.pop("__notes__", None)  # it was not raised
    reference = reference_of(error)
    if reference is not None:
        reference.worker.proxies[reference.number, reference.library] = error
