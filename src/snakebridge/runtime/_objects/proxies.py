# Proxies: remote objects that behave. What every object has is here; operators are looked up on the type, so a proxy's
# class has exactly those its object's class has: a generated class says so in its text, a dynamic one is made from the
# worker's description (`_objects/classes.py`).

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NoReturn, Self

from snakebridge.errors import AdapterRefusedError, PrivateNameError, RemoteError, SnakebridgeError, StaleReferenceError
from snakebridge_guest.wire import signatures
from snakebridge_guest.wire.copier import Copier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from inspect import Signature

    from snakebridge.runtime._objects.references import Reference

__all__ = ["BoundName", "RemoteMethod", "RemoteObject", "operate", "reference_of", "send_attributes"]

# Dunder names that objects have by themselves, not for the language's sake. Any other is looked up on the type, or is a
# probe of copy, pickle, numpy or inspect: what the type has not, the object has not.
_ASKED = frozenset(
    {"__all__", "__annotations__", "__args__", "__closure__", "__code__", "__defaults__", "__dict__", "__file__"}
    | {"__func__", "__kwdefaults__", "__name__", "__origin__", "__path__", "__qualname__", "__self__", "__signature__"}
    | {"__version__", "__wrapped__"}
)


class RemoteObject:
    """An object that lives in a worker; the base of every generated class.

    Attributes and methods are looked up over there. What they return is a value (exact) or another remote object.
    """

    if not TYPE_CHECKING:  # checkers would refuse to assign what is kept over there
        __slots__ = ("__weakref__", "_snakebridge")

    _snakebridge: Reference

    def __getattr__(self, name: str) -> Any:
        if name == "_snakebridge" or (name.startswith("__") and name.endswith("__")):
            return _special(self, name)
        reference = self._snakebridge
        try:
            value = reference.worker.pool.get(reference, name)
        except AdapterRefusedError as refused:
            if name.startswith("_"):  # asked by IPython, rich and others of whatever there is
                raise PrivateNameError(*refused.args) from None
            raise
        return RemoteMethod(self, value.name) if type(value) is BoundName else value

    if not TYPE_CHECKING:  # a typed one would let checkers accept every assignment

        def __setattr__(self, name: str, value: object) -> None:
            kept = next((vars(kind)[name] for kind in type(self).__mro__ if name in vars(kind)), None)
            if name.startswith("_snakebridge") or hasattr(kept, "__set__"):
                object.__setattr__(self, name, value)
            elif type(self).__dictoffset__:
                _set_of_subclass(self, name, value)
            else:
                reference = self._snakebridge
                reference.worker.pool.set(reference, name, value)

        def __delattr__(self, name: str) -> None:
            if type(self).__dictoffset__ and name in object.__getattribute__(self, "__dict__"):
                object.__delattr__(self, name)
                return
            reference = self._snakebridge
            reference.worker.pool.delete(reference, name)

    def __repr__(self) -> str:
        return _text(self, "__repr__")

    def __str__(self) -> str:
        return _text(self, "__str__")

    def __eq__(self, other: object) -> Any:
        return operate(self, "__eq__", other)

    def __ne__(self, other: object) -> Any:
        return operate(self, "__ne__", other)

    def __hash__(self) -> int:
        return int(operate(self, "__hash__"))

    def __dir__(self) -> Iterable[str]:
        names: list[str] = operate(self, "__dir__")
        return names

    if not TYPE_CHECKING:  # checkers would hold subclasses to it that have one of their own
        __copy__ = Copier(lambda self: operate(self, "__copy__"))  # over there: a new remote object

    def __deepcopy__(self, memo: object) -> Any:
        return operate(self, "__deepcopy__")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"a remote {type(self).__name__} cannot be pickled: it lives in a worker; "
            "send what it holds instead, such as `list(x)`"
        )


def reference_of(value: object) -> Reference | None:
    """Return the handle of a remote object, or `None` of anything else (or of one whose constructor failed)."""
    if isinstance(value, RemoteError):
        return vars(value).get("_snakebridge")
    if not isinstance(value, RemoteObject):
        return None
    try:
        found: Reference = object.__getattribute__(value, "_snakebridge")
    except AttributeError:
        return None
    return found


def operate(value: RemoteObject, name: str, *arguments: object) -> Any:
    """Ask an operator of a remote object."""
    reference = value._snakebridge  # noqa: SLF001 - the functions of this module are the class's own
    return reference.worker.pool.method(reference, name, arguments, None)


def send_attributes(instance: RemoteObject) -> None:
    """Assign over there what an object of a user's class was given before its `super().__init__()`."""
    given: dict[str, Any] = object.__getattribute__(instance, "__dict__")
    for name in [*given]:
        setattr(instance, name, given.pop(name))


def _set_of_subclass(value: RemoteObject, name: str, new: object) -> None:
    # Of a class of the user's. What is set before `super().__init__()` is sent by it; private names that the worker
    # refuses are the user's own.
    reference = reference_of(value)
    if reference is not None and name not in object.__getattribute__(value, "__dict__"):
        try:
            reference.worker.pool.set(reference, name, new)
        except AdapterRefusedError:
            if not name.startswith("_"):
                raise
        else:
            return
    object.__setattr__(value, name, new)


def _special(value: RemoteObject, name: str) -> Any:
    if name == "_snakebridge":
        raise AttributeError(
            f"this {type(value).__name__} has no object over there: its constructor failed, or `__init__` of "
            "a class of yours has not called `super().__init__()` yet"
        )
    reference = reference_of(value) if name in _ASKED else None
    if reference is not None:
        try:
            found = reference.worker.pool.get(reference, name)
        except AdapterRefusedError:  # this pool only runs what its adapters name
            pass
        else:
            return signatures.build(found) if name == "__signature__" else found
    raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")


def _text(value: RemoteObject, name: str) -> str:
    # repr() must not raise: debuggers and failing asserts call it on whatever there is.
    reference = reference_of(value)
    if reference is None:
        return f"<unbound remote {type(value).__name__}>"
    try:
        return str(operate(value, name))
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

    def __init__(self, owner: RemoteObject | RemoteError, name: str) -> None:
        self.__self__: Any = owner
        self.__name__ = name

    def __call__(self, /, *args: object, **kwargs: object) -> Any:
        reference = self.__self__._snakebridge  # noqa: SLF001 - one machinery
        return reference.worker.pool.method(reference, self.__name__, args, kwargs)

    def __get__(self, instance: object, owner: object = None) -> Self:
        return self  # bound already; `inspect` and `help` take what has this for a function

    if not TYPE_CHECKING:
        __doc__ = property(lambda self: self._about("__doc__"))

    @property
    def __signature__(self) -> Signature:
        return signatures.build(self._about("__signature__"))

    def _about(self, name: str) -> Any:
        reference = self.__self__._snakebridge  # noqa: SLF001 - one machinery
        return reference.worker.pool.about(reference, name, method=self.__name__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemoteMethod) and other.__self__ is self.__self__ and other.__name__ == self.__name__

    def __hash__(self) -> int:
        return hash((id(self.__self__), self.__name__))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> RemoteMethod:
        return RemoteMethod(copy.deepcopy(self.__self__, memo), self.__name__)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"the remote method {self.__name__} cannot be pickled: its object lives in a worker")

    def __repr__(self) -> str:
        return f"<remote method {self.__name__} of {self.__self__!r}>"
