# Functions and modules of a library, by address, without generated code.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

from snakebridge_guest.wire import signatures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from inspect import Signature

    from snakebridge.runtime._calls.requests import Requests
    from snakebridge.runtime._objects.library import Library

__all__ = ["RemoteModule", "RemoteSymbol"]

# What `help`, `inspect` and decorators ask of a function.
_ASKED = frozenset(
    {"__annotations__", "__code__", "__defaults__", "__dict__", "__kwdefaults__", "__module__", "__qualname__"}
    | {"__wrapped__"}
)


class _Named:
    """What functions and modules have in common: there is one of each over there, so it is its own copy."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{self!r} cannot be pickled: it lives in a worker; ask a client there for it by name")


class RemoteSymbol(_Named):
    """A function of a library, by address, without generated code: call it, or read its attributes."""

    __objclass__: object

    def __init__(self, pool: Requests, kind: str, address: str, library: Library | None = None) -> None:
        self._pool = pool
        self._kind = kind
        self._address = address
        self._library = library
        self.__name__ = address.rpartition(".")[2].rpartition(":")[2]

    def __call__(self, /, *args: object, **kwargs: object) -> Any:
        return self._pool.call(self._address, args, kwargs, library=self._library)

    def __get__(self, instance: object, owner: object = None) -> Self:
        return self  # as a built-in function; `inspect` and `help` take what has this for a function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            if name not in _ASKED:
                raise AttributeError(f"function {self._address} has no attribute {name!r}")
            return self._pool.about(self._address, name)
        return self._pool.read(f"{self._address}.{name}", library=self._library)

    if not TYPE_CHECKING:  # a typed one would let checkers accept every assignment
        __doc__ = property(lambda self: self._pool.about(self._address, "__doc__"))

        def __setattr__(self, name: str, value: object) -> None:
            if name.startswith("_"):
                object.__setattr__(self, name, value)
            else:
                self._pool.set_at(self._address, name, value)

        def __delattr__(self, name: str) -> None:
            self._pool.delete(self._address, name)

    @property
    def __signature__(self) -> Signature:
        return signatures.build(self._pool.about(self._address, "__signature__"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteSymbol) and (other._pool, other._address) == (self._pool, self._address)

    def __hash__(self) -> int:
        return hash((self._pool, self._address))

    def __repr__(self) -> str:
        return f"<remote {self._kind} {self._address}>"


class RemoteModule(_Named):
    """A module of a library, without generated code; functions, classes and submodules are its attributes."""

    def __init__(self, pool: Requests, name: str) -> None:
        self._pool = pool
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in {"__version__", "__all__", "__file__"}:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = self._pool.read(f"{self.__name__}:{name}")
        if isinstance(value, (RemoteSymbol, RemoteModule)):
            self.__dict__[name] = value  # has an address of its own, so it may be kept; values may change
        return value

    if not TYPE_CHECKING:  # as above
        __doc__ = property(lambda self: self._pool.read(f"{self.__name__}:__doc__"))

        def __setattr__(self, name: str, value: object) -> None:
            if name.startswith("_"):
                object.__setattr__(self, name, value)
            else:
                self.__dict__.pop(name, None)
                self._pool.set_at(self.__name__, name, value)

        def __delattr__(self, name: str) -> None:
            self.__dict__.pop(name, None)
            self._pool.delete(self.__name__, name)

    def __dir__(self) -> Iterable[str]:
        names: list[str] = self._pool.call("builtins:dir", (self,), None)
        return names

    def __repr__(self) -> str:
        return f"<remote module {self.__name__}>"
