# Classes of remote objects and exceptions that have no generated one, made from the worker's description.
#
# Operators are looked up on the type, so a proxy's class has exactly the operators its object's class has. The class
# that `client.module("m").Class` gives is the class of its instances too, so `isinstance`, `except`, `match` and
# `type(x) is m.Class` mean what they mean over there; calling it makes an object there, its attributes are read there.
# A class of the user's that inherits one is a class of this side: its instances have its methods, and an object there.

from __future__ import annotations

import builtins
import collections
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, cast

from snakebridge.errors import RemoteError, SnakebridgeError
from snakebridge.runtime import _context
from snakebridge.runtime._objects.attributes import become
from snakebridge.runtime._objects.proxies import RemoteObject, operate, reference_of
from snakebridge.runtime._objects.symbols import RemoteSymbol
from snakebridge_guest.wire import named, signatures
from snakebridge_guest.wire.operators import ASYNCHRONOUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from inspect import Signature

    from snakebridge.runtime._calls.requests import Requests
    from snakebridge.runtime._objects.library import Library

__all__ = ["Described", "Home", "RemoteClass", "dynamic_class", "exception_class", "home_of", "named_class"]


_ASKED = frozenset({"__match_args__", "__members__"})
"""What only some classes have: of `match` and of enums."""


class Home:
    """Where a class is: what its attributes and instances are asked of."""

    __slots__ = ("address", "library", "mro", "pool")

    def __init__(self, pool: Requests, address: str, mro: tuple[str, ...], library: Library | None) -> None:
        self.pool = pool
        self.address = address
        self.mro = mro
        self.library = library


class RemoteClass(type):
    """The class of classes that live in a worker."""

    _snakebridge_home: Home

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        if "_snakebridge_home" not in body:  # a class of the user's
            for base in bases:
                _list_members(base)

    def __call__(cls, *args: object, **kwargs: object) -> Any:
        if "_snakebridge_home" not in vars(cls):
            return type.__call__(cls, *args, **kwargs)
        home = cls._snakebridge_home
        return home.pool.call(home.address, args, kwargs, library=home.library)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_snakebridge") or (name.startswith("__") and name.endswith("__") and name not in _ASKED):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        home = cls._snakebridge_home
        value = home.pool.read(f"{home.address}.{name}", library=home.library)
        if isinstance(value, RemoteSymbol):
            value.__objclass__ = cls  # so that `help` lists it
        return value

    if not TYPE_CHECKING:  # a typed one would let checkers accept every assignment

        def __setattr__(cls, name: str, value: object) -> None:
            if name.startswith("_"):  # `abc` and the language itself note things on classes
                type.__setattr__(cls, name, value)
            else:
                home = cls._snakebridge_home
                home.pool.set_at(home.address, name, value)

        def __delattr__(cls, name: str) -> None:
            home = cls._snakebridge_home
            home.pool.delete(home.address, name)

        # The library's text; what the language itself would find is ours.
        __doc__ = property(lambda cls: cls._snakebridge_home.pool.about(cls._snakebridge_home.address, "__doc__"))

    @property
    def __signature__(cls) -> Signature:
        home = cls._snakebridge_home
        return signatures.build(home.pool.about(home.address, "__signature__"))

    def __dir__(cls) -> Iterable[str]:
        names: list[str] = cls._ask("__dir__")
        return names

    def __instancecheck__(cls, instance: object) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        if isinstance(instance, BaseException) or BaseException in type.mro(cls):
            return False
        home = cls._snakebridge_home
        other = home_of(type(instance))
        if other is not None and home.address in other.mro:
            return True
        reference = reference_of(instance)
        if reference is not None and reference.worker.pool is not home.pool:
            return False
        return bool(cls._ask("__instancecheck__", instance))

    def __subclasscheck__(cls, subclass: type) -> bool:
        if type.__subclasscheck__(cls, subclass):
            return True
        mine, other = cls._snakebridge_home, home_of(subclass)
        if other is None or other.pool is not mine.pool:
            return False
        return mine.address in other.mro or bool(cls._ask("__subclasscheck__", subclass))

    # What a metaclass may define over there, such as that of enums; else it says what is missing.

    def __iter__(cls) -> Iterator[Any]:
        found: Iterator[Any] = cls._ask("__iter__")
        return found

    def __len__(cls) -> int:
        return int(cls._ask("__len__"))

    def __bool__(cls) -> bool:
        return True

    def __contains__(cls, item: object) -> bool:
        return bool(cls._ask("__contains__", item))

    def __getitem__(cls, key: object) -> Any:
        return cls._ask("__getitem__", key)

    def __copy__(cls) -> RemoteClass:
        return cls

    def __deepcopy__(cls, memo: object) -> RemoteClass:
        return cls

    def __reduce_ex__(cls, protocol: object) -> NoReturn:
        raise TypeError(f"the remote class {cls.__qualname__} cannot be pickled: it lives in a worker")

    def _ask(cls, name: str, *args: object) -> Any:
        home = cls._snakebridge_home
        return home.pool.operate(home.address, name, args, library=home.library)


class _Member:
    """A method or attribute that a class has over there, where `super()` finds it."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return RemoteClass.__getattr__(owner, self._name)
        return RemoteObject.__getattr__(instance, self._name)


def _list_members(kind: type) -> None:
    # `super()` looks into the dictionaries of the classes, and asks no `__getattr__` of a class for what is not there.
    if not isinstance(kind, RemoteClass) or "_snakebridge_home" not in vars(kind) or not issubclass(kind, RemoteObject):
        return
    for name in set(dir(kind)).difference(*(vars(each) for each in kind.__mro__)):
        if not name.startswith("_"):
            type.__setattr__(kind, name, _Member(name))


def home_of(kind: object) -> Home | None:
    """Return where a class that was made here is, or `None` of any other."""
    return kind._snakebridge_home if isinstance(kind, RemoteClass) else None  # noqa: SLF001 - one machinery


@dataclass(frozen=True, slots=True)
class Described:
    """A class, as its worker describes it."""

    address: str
    lineage: Sequence[str]
    """Addresses of its classes, itself first."""
    operators: Sequence[str]
    bases: Sequence[Sequence[int]]
    """Of exceptions: for each class of `mro` the places of its bases there."""
    fields: Sequence[str] | None
    """Of plain named tuples."""


def dynamic_class(
    pool: Requests, library: Library | None, described: Described, above: tuple[type[RemoteObject], ...] = ()
) -> type[RemoteObject]:
    """Return the proxy class of a remote class that has no generated one.

    Args:
        pool: Whose.
        library: The generated package whose classes its results become.
        described: The class.
        above: Its nearest bases that have a generated class; they have their operators.
    """
    address, mro, operators = described.address, tuple(described.lineage), tuple(described.operators)
    key = (address, operators, mro, library)
    found: type[RemoteObject] | None = pool.classes.get(key)
    if found is None:
        module, _, qualname = address.partition(":")
        # `__call__` too: it may take other arguments than that of the class above.
        lacking = [name for name in operators if name == "__call__" or not any(_has(kind, name) for kind in above)]
        body: dict[str, Any] = {name: _operator(name) for name in lacking if name.startswith("__")}
        body.update({name[1:]: None for name in operators if name.startswith("-")})  # as the class blocks them
        if "unhashable" in operators:
            body["__hash__"] = None
        elif "__eq__" in body:
            body["__hash__"] = RemoteObject.__hash__
        body.update(__slots__=(), __module__=module, __qualname__=qualname, __doc__=property(_documentation))
        body.update(__init__=_construct, _snakebridge_home=Home(pool, address, mro, library))
        name = qualname.rpartition(".")[2]
        try:
            made: Any = RemoteClass(name, above or (RemoteObject,), body)
        except TypeError:  # bases that cannot be joined here
            made = RemoteClass(name, above[:1], body)
        # Two threads may make it; one is kept.
        found = cast("type[RemoteObject]", pool.classes.setdefault(key, made))
    return found


def _has(kind: type, name: str) -> bool:
    return any(name in vars(each) for each in kind.__mro__ if each not in {object, RemoteObject})


def named_class(pool: Requests, library: Library | None, described: Described) -> type[tuple[Any, ...]]:
    """Return a class of plain named tuples whose instances are values: the same over there and here."""
    address, fields = described.address, tuple(described.fields or ())
    key = (address, fields, library)
    found: type[tuple[Any, ...]] | None = pool.classes.get(key)
    if found is None:
        module, _, qualname = address.partition(":")
        body = dict(vars(collections.namedtuple(qualname.rpartition(".")[2], fields)))  # noqa: PYI024 - made at run time
        body.pop("_field_defaults")  # those over there are asked for
        body.update(__module__=module, __qualname__=qualname, __doc__=property(lambda value: type(value).__doc__))
        body["_snakebridge_home"] = Home(pool, address, tuple(described.lineage), library)
        made: Any = RemoteClass(qualname.rpartition(".")[2], (tuple,), body)
        named.remember(made, fields)
        found = cast("type[tuple[Any, ...]]", pool.classes.setdefault(key, made))
    return found


def _documentation(value: RemoteObject) -> Any:
    reference = value._snakebridge  # noqa: SLF001 - one machinery
    try:
        return reference.worker.pool.get(reference, "__doc__")
    except SnakebridgeError:  # `help` and debuggers ask it of whatever there is
        return None


def _construct(self: RemoteObject, *args: object, **kwargs: object) -> None:
    home = type(self)._snakebridge_home  # type: ignore[attr-defined] # noqa: SLF001 - one machinery
    home.pool.construct(self, home.address, args, kwargs, library=home.library)


def _operator(name: str) -> Callable[..., Any]:
    def call(self: RemoteObject, *args: object, **kwargs: object) -> Any:
        reference = self._snakebridge
        return reference.worker.pool.method(reference, name, args, kwargs)

    def leave(self: RemoteObject, *args: object) -> Any:
        return operate(self, name, None, args[1], None)  # the exception has the rest

    def begin(self: RemoteObject, *args: object) -> Any:
        return _awaited(self, name, (None, args[1], None) if name == "__aexit__" else args)

    def wait(self: RemoteObject) -> Any:
        return _awaited(self, name, ()).__await__()

    chosen: Callable[..., Any] = {"__exit__": leave, "__await__": wait}.get(
        name, begin if name in ASYNCHRONOUS else call
    )
    chosen.__name__ = name
    return chosen


async def _awaited(value: RemoteObject, name: str, args: tuple[object, ...]) -> Any:
    with _context.scope(is_awaited=True):
        reply = operate(value, name, *args)
    return await reply


# --- exceptions -----------------------------------------------------------------------------------------------------

# What ends programs over there must not end anything here: these become plain remote errors.
_NOT_HERE = frozenset({BaseException, Exception, SystemExit, KeyboardInterrupt, GeneratorExit})
_loose: dict[Any, RemoteClass] = {}


def exception_class(
    pool: Requests | None, library: Library | None, mro: Sequence[str], bases: Sequence[Sequence[int]]
) -> Any:
    """Return the class of a remote exception: generated, else made with the bases that it has over there.

    Args:
        pool: Whose.
        library: The generated package whose classes to use.
        mro: The addresses of its classes, itself first.
        bases: For each of them the places of its bases.
    """
    if len(bases) != len(mro):
        bases = [[place + 1] for place in range(len(mro))]
    made: dict[int, type] = {}
    above: dict[int, set[int]] = {}
    for place in reversed(range(len(mro))):
        over = above[place] = {place}.union(*(above[each] for each in bases[place] if each in above))
        # A class's own order is its child's without what is not its own: so it is the same class, whoever is raised.
        own = tuple(mro[each] for each in sorted(over))
        made[place] = _exception_class(pool, library, own, [made[each] for each in bases[place] if each in made])
    found = made.get(0, RemoteError)
    if issubclass(found, RemoteError):
        return found
    return _child(pool, library, tuple(mro), (RemoteError, *([] if found in _NOT_HERE else [found])))


def _exception_class(pool: Requests | None, library: Library | None, mro: tuple[str, ...], parents: list[type]) -> type:
    module, _, name = mro[0].partition(":")
    if module == "builtins":
        builtin = getattr(builtins, name, None)
        if builtin is BaseExceptionGroup:
            builtin = ExceptionGroup  # theirs holds only remote errors, which are no programs' ends here
        if builtin is object or (isinstance(builtin, type) and issubclass(builtin, BaseException)):
            return Exception if builtin is object or builtin in _NOT_HERE else builtin
    generated = library.find_class(mro[0]) if library is not None else None
    if generated is not None and issubclass(generated, RemoteError):
        return generated
    known = [each for each in parents if each is not Exception]
    if not any(issubclass(each, RemoteError) for each in known):
        known.insert(0, RemoteError)
    return _child(pool, library, mro, tuple(dict.fromkeys(known)))


def _child(pool: Requests | None, library: Library | None, mro: tuple[str, ...], bases: tuple[type, ...]) -> type:
    classes = _loose if pool is None else pool.classes
    found = classes.get((mro, bases))
    if found is None:
        module, _, qualname = mro[0].partition(":")
        body: dict[str, Any] = {"__module__": module, "__qualname__": qualname}
        metaclass: type = type
        if pool is not None:
            metaclass = RemoteClass
            body["_snakebridge_home"] = Home(pool, mro[0], mro, library)
            if module != "builtins":  # those of Python are initialised as Python's own
                body["__init__"] = _construct_error
        try:
            made: Any = metaclass(qualname.rpartition(".")[2], bases, body)
        except TypeError:  # bases that cannot be joined here: the first remote one tells most
            made = metaclass(qualname.rpartition(".")[2], (RemoteError,), body)
        found = classes.setdefault((mro, bases), made)
    return found


def _construct_error(self: RemoteError, *args: object, **kwargs: object) -> None:
    home = type(self)._snakebridge_home  # type: ignore[attr-defined] # noqa: SLF001 - one machinery
    become(self, home.pool.call(home.address, args, kwargs, library=home.library))
