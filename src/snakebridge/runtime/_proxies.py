# Proxies: remote objects that behave. Operators are looked up on the type, so a proxy's class has exactly the operators
# its object's class has: a generated class says so in its text, a dynamic one is made from the worker's description.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from snakebridge.errors import SnakebridgeError, StaleReferenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snakebridge.runtime._library import Library
    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._references import Reference

__all__ = ["RemoteMethod", "RemoteModule", "RemoteObject", "RemoteSymbol", "dynamic_class", "reference_of"]


class RemoteObject:
    """An object that lives in a worker; the base of every generated class.

    Attributes and methods are looked up over there. What they return is a value (exact) or another remote object.
    """

    __slots__ = ("__weakref__", "_snakebridge")

    _snakebridge: Reference

    def __getattr__(self, name: str) -> Any:
        if name == "_snakebridge" or (name.startswith("__") and name.endswith("__")):
            # Probes of copy, pickle, numpy and inspect: what the type has not, the object has not.
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        reference = self._snakebridge
        value = reference.worker.pool.get(reference, name)
        return RemoteMethod(self, value.name) if type(value) is BoundName else value

    if not TYPE_CHECKING:  # a typed one would let checkers accept every assignment

        def __setattr__(self, name: str, value: object) -> None:
            if name == "_snakebridge" or hasattr(type(self), name):
                object.__setattr__(self, name, value)
            else:
                reference = self._snakebridge
                reference.worker.pool.set(reference, name, value)

    def __repr__(self) -> str:
        return _text(self, "__repr__")

    def __str__(self) -> str:
        return _text(self, "__str__")

    def __eq__(self, other: object) -> Any:
        return _operate(self, "__eq__", other)

    def __ne__(self, other: object) -> Any:
        return _operate(self, "__ne__", other)

    def __hash__(self) -> int:
        return int(_operate(self, "__hash__"))

    def __dir__(self) -> Iterable[str]:
        names: list[str] = _operate(self, "__dir__")
        return names

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"a remote {type(self).__name__} cannot be pickled or copied here: it lives in a worker; "
            "send what it holds instead, or copy it over there"
        )


def reference_of(value: object) -> Reference | None:
    """Return the handle of a remote object, or `None` of anything else (or of one whose constructor failed)."""
    if not isinstance(value, RemoteObject):
        return None
    try:
        found: Reference = object.__getattribute__(value, "_snakebridge")
    except AttributeError:
        return None
    return found


def _operate(value: RemoteObject, name: str, *arguments: object) -> Any:
    reference = value._snakebridge  # noqa: SLF001 - the functions of this module are the class's own
    return reference.worker.pool.method(reference, name, arguments, None)


def _text(value: RemoteObject, name: str) -> str:
    # repr() must not raise: debuggers and failing asserts call it on whatever there is.
    reference = reference_of(value)
    if reference is None:
        return f"<unbound remote {type(value).__name__}>"
    try:
        return str(_operate(value, name))
    except StaleReferenceError:
        return f"<stale remote {reference.type_name}>"
    except SnakebridgeError as error:
        return f"<remote {reference.type_name}: {type(error).__name__}>"


class BoundName:
    """What a worker answers when an attribute is a method of the very object that was asked."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class RemoteMethod:
    """A method of a remote object, found at run time."""

    __slots__ = ("__name__", "__self__")

    def __init__(self, owner: RemoteObject, name: str) -> None:
        self.__self__ = owner
        self.__name__ = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        reference = self.__self__._snakebridge  # noqa: SLF001 - one machinery
        return reference.worker.pool.method(reference, self.__name__, args, kwargs)

    def __repr__(self) -> str:
        return f"<remote method {self.__name__} of {self.__self__!r}>"


class RemoteSymbol:
    """A class or function of a library, by address, without generated code: call it, or read its attributes."""

    def __init__(self, pool: Pool, kind: str, address: str, library: Library | None = None) -> None:
        self._pool = pool
        self._kind = kind
        self._address = address
        self._library = library
        self.__name__ = address.rpartition(".")[2].rpartition(":")[2]

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._pool.call(self._address, args, kwargs, library=self._library)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._pool.read(f"{self._address}.{name}", library=self._library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteSymbol) and (other._pool, other._address) == (self._pool, self._address)

    def __hash__(self) -> int:
        return hash((self._pool, self._address))

    def __repr__(self) -> str:
        return f"<remote {self._kind} {self._address}>"


class RemoteModule:
    """A module of a library, without generated code; functions, classes and submodules are its attributes."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in {"__version__", "__all__", "__doc__"}:
            raise AttributeError(name)
        value = self._pool.read(f"{self.__name__}:{name}")
        if isinstance(value, (RemoteSymbol, RemoteModule)):
            self.__dict__[name] = value  # has an address of its own, so it may be kept; values may change
        return value

    def __dir__(self) -> Iterable[str]:
        names: list[str] = self._pool.call("builtins:dir", (self,), None)
        return names

    def __repr__(self) -> str:
        return f"<remote module {self.__name__}>"


_classes: dict[tuple[str, tuple[str, ...]], type[RemoteObject]] = {}


def dynamic_class(address: str, operators: tuple[str, ...]) -> type[RemoteObject]:
    """Return the proxy class of a remote class that has no generated one."""
    found = _classes.get((address, operators))
    if found is None:
        module, _, qualname = address.partition(":")
        body: dict[str, Any] = {name: _operator(name) for name in operators if name.startswith("__")}
        if "unhashable" in operators:
            body["__hash__"] = None
        elif "__eq__" in body:
            body["__hash__"] = RemoteObject.__hash__
        body.update(__slots__=(), __module__=module, __qualname__=qualname)
        found = _classes[address, operators] = type(qualname.rpartition(".")[2], (RemoteObject,), body)
    return found


def _operator(name: str) -> Callable[..., Any]:
    if name == "__call__":

        def call(self: RemoteObject, *args: object, **kwargs: object) -> Any:
            reference = self._snakebridge
            return reference.worker.pool.method(reference, "__call__", args, kwargs)
    elif name == "__exit__":

        def call(self: RemoteObject, *args: object, **kwargs: object) -> Any:  # noqa: ARG001
            return _operate(self, "__exit__", *exit_arguments(args))
    else:

        def call(self: RemoteObject, *args: object, **kwargs: object) -> Any:
            reference = self._snakebridge
            return reference.worker.pool.method(reference, name, args, kwargs)

    call.__name__ = name
    return call


# Exceptions that the oldest target has not: it would refuse them, and never leave its block.
_NEWER = frozenset({"BaseExceptionGroup", "EncodingWarning", "ExceptionGroup", "PythonFinalizationError"})


def exit_arguments(args: tuple[object, ...]) -> tuple[object, ...]:
    """Return what `__exit__` sends: the nearest exception class that both sides have, and the text."""
    kind = args[0]
    if not isinstance(kind, type):
        return ()
    known = next(each for each in kind.__mro__ if each.__module__ == "builtins" and each.__name__ not in _NEWER)
    return (known, str(args[1]))
