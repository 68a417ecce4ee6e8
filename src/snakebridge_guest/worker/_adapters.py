# Adapters: what this worker may execute. Each generated adapter names addresses; only a dynamic pool may go beyond
# them.
#
# Guarantees: a name that no adapter lists is neither imported nor called. Assumes: adapter files come from the host
# that started this worker; the list keeps callers inside an interface, it is no sandbox for the library itself.
from __future__ import annotations

import builtins
import importlib
import sys
import types
from typing import Any

from snakebridge_guest.wire import frames, inplace
from snakebridge_guest.wire.failure import address_of
from snakebridge_guest.worker._refusal import Refused

API = 1
# Classes that both sides have and that grant nothing: what an argument such as `dtype=float` or `except` may name.
_BUILTINS: dict[str, Any] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and (issubclass(kind, BaseException) or kind in frames.PLAIN_CLASSES)
}
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


class Adapters:
    """The adapters of this worker, and the look-up of addresses through them."""

    def __init__(self, *, dynamic: bool) -> None:
        self._dynamic = dynamic
        self._callables: set[str] = set()
        self._readables: set[str] = set()
        self._modules: set[str] = set()
        # Address → marks, of functions and (by their class's address) of methods: what they change in place.
        self._functions: dict[str, Any] = dict(inplace.FUNCTIONS) if dynamic else {}
        self._methods: dict[str, Any] = dict(inplace.METHODS) if dynamic else {}
        self._method_names = frozenset(_last(address) for address in self._methods)
        self._hooks: list[Any] = []
        self._paths: set[str] = set()

    @property
    def dynamic(self) -> bool:
        """Whether the pool allows what no adapter names."""
        return self._dynamic

    def load(self, path: str) -> None:
        """Execute an adapter file and run its `setup` and `warm_up`."""
        if path in self._paths:
            return
        with open(path, encoding="utf-8") as file:
            source = file.read()
        module = types.ModuleType("snakebridge_adapter")
        module.__file__ = path
        exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102 - an adapter is code we were told to run
        if module.__dict__.get("API") != API:
            raise Refused("the adapter " + path + " was generated for another version; generate again")
        callables, readables, modules = (module.__dict__[name] for name in ("CALLABLES", "READABLE", "MODULES"))
        hooks = module.__dict__["Adapter"]()
        hooks.setup()
        hooks.warm_up()
        # Only now: an adapter that could not be set up allows nothing.
        self._callables |= callables
        self._readables |= readables
        self._modules |= modules
        self._hooks.append(hooks)
        self._paths.add(path)
        self._mark(module.__dict__.get("LIBRARY", ""), callables, module.__dict__.get("MUTATES", {}))

    def _mark(self, library: str, callables: frozenset[str], mutates: dict[str, Any]) -> None:
        # What an adapter says of its library replaces what is known of it without one.
        for table in (self._functions, self._methods):
            for address in [each for each in table if each.startswith((library + ":", library + "."))]:
                del table[address]
        for address, marks in mutates.items():
            (self._functions if address in callables else self._methods)[address] = marks
        self._method_names = frozenset(_last(address) for address in self._methods)

    def marks(self, address: str) -> Any:
        """Return which arguments the function under an address changes in place; `None` when none."""
        return self._functions.get(address)

    def method_marks(self, owner: Any, name: str) -> Any:
        """Return which arguments a method changes in place; `None` when none."""
        if name == "__call__":  # of a function that has no address of its own
            if isinstance(owner, types.MethodType):
                return self.method_marks(owner.__self__, owner.__name__)
            return self._functions.get(address_of(owner)) if isinstance(owner, _FUNCTIONS) else None
        if name not in self._method_names:
            return None
        found = (self._methods.get(address_of(kind) + "." + name) for kind in type(owner).__mro__)
        return next((marks for marks in found if marks is not None), None)

    def teardown(self) -> None:
        """Run the adapters' `teardown`, last loaded first."""
        while self._hooks:
            self._hooks.pop().teardown()

    def names(self, address: str) -> bool:
        """Return whether the host may call what is under an address; what it may not, it gets by reference."""
        module, _, name = address.partition(":")
        return self._dynamic or address in self._callables or (module == "builtins" and name in _BUILTINS)

    def lists(self, kind: type, library: str) -> bool:
        """Return whether an adapter names a class, so that the host has a generated class for it."""
        return address_of(kind) in self._callables or library + ":" + kind.__name__ in self._callables

    def callable(self, address: str) -> Any:
        """Return what may be called under an address.

        Raises:
            Refused: No adapter names it.
        """
        if not self._dynamic and address not in self._callables:
            raise Refused(_refusal(address))
        return _look_up(address)

    def read(self, address: str) -> Any:
        """Return a value that may be read: a constant, never cached because it may change."""
        module, _, name = address.partition(":")
        if not name:
            if not self._dynamic and module not in self._modules:
                raise Refused(_refusal(address))
            return importlib.import_module(module)
        if not self._dynamic and address not in self._readables and address not in self._callables:
            raise Refused(_refusal(address))
        return _look_up(address)

    def symbol(self, kind: str, address: str) -> Any:
        """Return what the host refers to by address in an argument: a class, function or module."""
        if kind == "module":
            return self.read(address)
        module, _, name = address.partition(":")
        if module == "builtins" and name in _BUILTINS:
            return _BUILTINS[name]
        return self.callable(address)


def _refusal(address: str) -> str:
    return address + " is not in the adapter's list, so the worker does not run it; generate the library again with it"


def _look_up(address: str) -> Any:
    # Looked up each time: a library may replace its own functions, and this costs less than a microsecond.
    module, _, qualname = address.partition(":")
    value: Any = sys.modules.get(module) or importlib.import_module(module)
    for name in qualname.split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            # A submodule that nobody imported yet is no attribute of its package.
            if not isinstance(value, types.ModuleType) or not hasattr(value, "__path__"):
                raise
            inside = value.__name__ + "." + name
            try:
                value = importlib.import_module(inside)
            except ModuleNotFoundError as missing:
                if missing.name != inside:  # it is there, and lacks another one
                    raise
                # As locally: `hasattr(package, "x")` must be able to say no.
                message = "module %r has no attribute %r" % (value.__name__, name)
                raise AttributeError(message) from None
    return value


def _last(address: str) -> str:
    return address.rpartition(".")[2]
