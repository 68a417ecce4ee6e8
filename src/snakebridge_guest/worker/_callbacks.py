# Objects of the host over here: a function, or anything else that was passed and is no value. Using one is a request to
# the host, on the link that carries the running call, or from a thread of the library's own on the aside.
#
# Guarantees: the same object of the host is the same stand-in while that is held here; the host is told when it is not.
from __future__ import annotations

import functools
import sys
import threading
from typing import Any, Callable
from weakref import WeakValueDictionary

from snakebridge_guest.wire import signatures
from snakebridge_guest.wire.copier import Copier
from snakebridge_guest.wire.notes import KEEPS_NOTES, is_note
from snakebridge_guest.wire.operators import ASYNCHRONOUS, OPERATORS, UNIVERSAL
from snakebridge_guest.worker._mutation import Own

# What a stand-in has not: awaiting the host, and what the language does with it behind the library's back.
_LEFT_OUT = ASYNCHRONOUS | {"__call__", "__delete__", "__get__", "__instancecheck__", "__set__", "__subclasscheck__"}
_ASKED = frozenset({"__name__", "__qualname__"})
_INNARDS = frozenset({"__closure__", "__code__", "__defaults__", "__globals__", "__kwdefaults__"})
_MOST_THREADS = 1000


class HostObject:
    """An object of the host: it has its attributes and methods, and the operators that its class has there.

    What the library notes on it under a private name stays over here while it is held: the host's private names are the
    host's.
    """

    __slots__ = (
        "__weakref__",
        "_snakebridge_count",
        "_snakebridge_noted",
        "_snakebridge_number",
        "_snakebridge_request",
    )

    def __init__(self, number: int, request: Callable[..., Any]) -> None:
        object.__setattr__(self, "_snakebridge_number", number)
        object.__setattr__(self, "_snakebridge_request", request)
        object.__setattr__(self, "_snakebridge_count", 1)  # how often it was sent
        object.__setattr__(self, "_snakebridge_noted", {})

    def __getattr__(self, name: str) -> Any:
        if name in self._snakebridge_noted:
            return self._snakebridge_noted[name]
        if name.startswith("__") and name.endswith("__") and name not in _ASKED:
            raise AttributeError(name)  # probed by copy, pickle, numpy, inspect
        return self._snakebridge_request("get", self._snakebridge_number, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") and not name.startswith("__"):
            self._snakebridge_noted[name] = value
        else:
            self._snakebridge_request("set", self._snakebridge_number, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._snakebridge_noted:
            del self._snakebridge_noted[name]
        else:
            self._snakebridge_request("delete", self._snakebridge_number, name)

    __copy__ = Copier(lambda self: _method(self, "__copy__", (), {}))  # made in the host, and an object of its own

    def __deepcopy__(self, memo: Any) -> Any:
        return _method(self, "__deepcopy__", (), {})

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the host cannot be pickled: it lives in another process")

    def __del__(self) -> None:
        try:
            self._snakebridge_request("release", self._snakebridge_number, "", self._snakebridge_count)
        except Exception:  # the link may be gone, or the interpreter on its way out
            return


class HostFunction(HostObject):
    """A function of the host.

    What the library notes on it under a name that is its own, the function itself keeps, as a reference: decorators
    that are stacked find it on the next stand-in.
    """

    __slots__ = ()

    @property
    def __dict__(self) -> Any:  # type: ignore[override] # for `functools.wraps`
        return {name: getattr(self, name) for name in self._snakebridge_noted}

    def __getattr__(self, name: str) -> Any:
        if name in self._snakebridge_noted:
            return self._snakebridge_request("get", self._snakebridge_number, name)
        if name in _INNARDS:
            raise AttributeError(
                name + " of a function of the host cannot be had by the library, which can only call it; one that "
                "looks into the code of functions needs a function of a module in its own environment"
            )
        return super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        noted = is_note(name)
        self._snakebridge_request("set", self._snakebridge_number, name, Own(value) if noted else value)
        if noted:
            self._snakebridge_noted[name] = None

    def __delattr__(self, name: str) -> None:
        self._snakebridge_request("delete", self._snakebridge_number, name)
        self._snakebridge_noted.pop(name, None)


class HostObjects:
    """The stand-ins of one worker."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[int, HostObject] = WeakValueDictionary()
        # Reentrant: making an object may run the garbage collector, and with it code of the library.
        self._lock = threading.RLock()

    def get(
        self,
        number: int,
        operators: list[str],
        request: Callable[..., Any],
        *,
        is_async: bool,
        base: type[HostObject] = HostObject,
    ) -> HostObject:
        """Return the stand-in of an object, counting one more use.

        Args:
            number: The object's.
            operators: Dunder names that its class has; of a function, what is noted on it after them.
            request: Asks the host.
            is_async: Whether calling it gives a coroutine there.
            base: What its class is made of.
        """
        noted: list[str] = []
        if base is HostObject and KEEPS_NOTES in operators:
            base, noted = HostFunction, operators[operators.index(KEEPS_NOTES) + 1 :]
        with self._lock:
            known = self._known.get(number)
            if known is None:
                known = self._known[number] = _host_class(operators, base, is_async=is_async)(number, request)
            else:
                object.__setattr__(known, "_snakebridge_count", known._snakebridge_count + 1)
            known._snakebridge_noted.update(dict.fromkeys(noted))
            return known


def _method(value: HostObject, name: str, args: Any, kwargs: Any) -> Any:
    return value._snakebridge_request("method", value._snakebridge_number, name, args, kwargs)


def _operator(name: str) -> Callable[..., Any]:
    def call(self: HostObject, *args: Any) -> Any:
        return _method(self, name, args, {})

    call.__name__ = name
    return call


def _call(self: HostObject, /, *args: Any, **kwargs: Any) -> Any:
    return _method(self, "__call__", args, kwargs)


def _signature(self: HostObject) -> Any:
    try:
        return signatures.build(self._snakebridge_request("get", self._snakebridge_number, "__signature__"))
    except (TypeError, ValueError):  # it has none that is known
        raise AttributeError("__signature__") from None


def _documentation(self: HostObject) -> Any:
    return self._snakebridge_request("get", self._snakebridge_number, "__doc__")


def _call_async(self: HostObject, /, *args: Any, **kwargs: Any) -> Any:
    # Who has an event loop awaits, as with a coroutine function of its own; who has none gets the result.
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio._get_running_loop() is None:
        _refuse_trio(self)
        return _method(self, "__call__", args, kwargs)
    return in_thread(_method, self, "__call__", args, kwargs)


def _refuse_trio(function: HostObject) -> None:
    # Its result would be taken for that of a function that is not async, after all has been done.
    lowlevel = getattr(sys.modules.get("trio"), "lowlevel", None)
    if getattr(lowlevel, "in_trio_run", bool)():
        raise TypeError(
            "trio cannot await %r: async functions of the host run on the host's asyncio loop; give trio an async "
            "function of a module in its own environment, which may call functions of the host that are not async"
            % function
        )


async def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Ask the host while the library's event loop goes on."""
    import asyncio  # noqa: PLC0415 - it is there: a loop runs

    def ask() -> Any:
        # Both outcomes are returned: a future takes no StopIteration.
        try:
            return function(*args), None
        except BaseException as error:  # it is raised where it is awaited
            return None, error

    result, error = await asyncio.get_running_loop().run_in_executor(_threads(), ask)
    if error is not None:
        raise error
    return result


@functools.lru_cache(maxsize=None)
def _threads() -> Any:
    # Each waits for one coroutine of the host, so that the library's event loop goes on.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only for coroutine functions

    return ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="snakebridge-callback")


def _marks() -> dict[str, Any]:
    # What `iscoroutinefunction` of the library's Python looks for; private there, but there is nothing else.
    import asyncio.coroutines  # noqa: PLC0415 - only for coroutine functions
    import inspect  # noqa: PLC0415 - as above

    found = {
        "_is_coroutine": getattr(asyncio.coroutines, "_is_coroutine", None),
        "_is_coroutine_mark": getattr(inspect, "_is_coroutine_mark", None),
    }
    return {name: mark for name, mark in found.items() if mark is not None}


_classes: dict[tuple[Any, ...], type] = {}


def _host_class(operators: list[str], base: type[HostObject], *, is_async: bool) -> Any:
    # The class of host objects that have exactly these operators, so that `len(x)` fails where it should.
    key = tuple(sorted(name for name in operators if name in OPERATORS and name not in _LEFT_OUT))
    calls = ("async",) if is_async else ("call",) if "__call__" in operators else ()
    found = _classes.get((base, calls, key))
    if found is None:
        names = {*key, "__eq__", "__ne__", "__hash__", "__repr__", "__str__"}.difference(*map(vars, base.__mro__[:-1]))
        body: dict[str, Any] = {name: _operator(name) for name in names if name in OPERATORS or name in UNIVERSAL}
        body["__slots__"] = ()
        if calls:
            body["__call__"] = _call_async if is_async else _call
            body.update(__signature__=property(_signature), __doc__=property(_documentation))
        if is_async:
            body.update(_marks())
        found = _classes[base, calls, key] = type(base.__name__, (base,), body)
    return found
