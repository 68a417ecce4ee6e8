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
from snakebridge_guest.worker._hooks import Adapter, Converters, load
from snakebridge_guest.worker._refusal import Refused
from snakebridge_guest.worker._rules import Rules

API = 2
# Classes that both sides have and that grant nothing: what an argument such as `dtype=float` or `except` may name.
_BUILTINS: dict[str, Any] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and (issubclass(kind, BaseException) or kind in frames.PLAIN_CLASSES)
}
_CLASS_METHODS = (classmethod, types.ClassMethodDescriptorType)


class Adapters:
    """The adapters of this worker, and the look-up of addresses through them."""

    def __init__(self, *, dynamic: bool) -> None:
        self._dynamic = dynamic
        self._callables: set[str] = set()
        self._inherited: set[str] = set()
        self._readables: set[str] = set()
        self._modules: set[str] = set()
        self._named: set[str] = set()
        self.mutates = Rules(inplace.FUNCTIONS, inplace.METHODS) if dynamic else Rules()
        """Which arguments functions and methods change in place."""
        self.results = Rules()
        """How their results travel: `"value"` or `"reference"`."""
        self.converters = Converters()
        self._hooks: list[Adapter] = []
        self._paths: set[str] = set()

    @property
    def dynamic(self) -> bool:
        """Whether the pool allows what no adapter names."""
        return self._dynamic

    def load(self, path: str) -> None:
        """Execute an adapter file, and the `setup` and `warm_up` of the hooks beside it."""
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
        hooks = load(path)
        hooks.setup()
        hooks.warm_up()
        library = module.__dict__["LIBRARY"]
        self.converters.take(library, hooks)
        # Only now: an adapter that could not be set up allows nothing.
        self._callables |= callables
        self._readables |= readables
        self._modules |= modules
        self._named |= module.__dict__.get("NAMED", frozenset())
        self._hooks.append(hooks)
        self._paths.add(path)
        self.mutates.take(library, callables, module.__dict__.get("MUTATES", {}))
        self.results.take(library, callables, module.__dict__.get("RESULTS", {}))

    def teardown(self) -> None:
        """Run the hooks' `teardown`, last loaded first."""
        while self._hooks:
            self._hooks.pop().teardown()

    def names(self, address: str) -> bool:
        """Return whether the host may call what is under an address; what it may not, it gets by reference."""
        module, _, name = address.partition(":")
        return self._dynamic or address in self._callables or (module == "builtins" and name in _BUILTINS)

    def lists(self, kind: type, library: str) -> bool:
        """Return whether an adapter names a class, so that the host has a generated class for it."""
        return address_of(kind) in self._callables or library + ":" + kind.__name__ in self._callables

    def copies(self, kind: type, address: str) -> bool:
        """Return whether the host makes the same of a plain named tuple: it has one generated, or no class at all."""
        if address in self._named:
            return True
        return self._dynamic and not self.lists(kind, address.partition(".")[0].partition(":")[0])

    def callable(self, address: str) -> Any:
        """Return what may be called under an address.

        Raises:
            Refused: No adapter names it.
        """
        if not self._dynamic and address not in self._callables and not self._inherits(address):
            raise Refused(_refusal(address))
        return _look_up(address)

    def _inherits(self, address: str) -> bool:
        # A class method is listed once, at the class that defines it, and may be called on those that inherit it.
        if address in self._inherited:
            return True
        owner, _, name = address.rpartition(".")
        if owner not in self._callables or ":" not in owner or name.startswith("_"):
            return False
        kind = _look_up(owner)
        if not isinstance(kind, type):
            return False
        found = _in_namespace(kind, name)
        if not isinstance(found, _CLASS_METHODS):
            return False
        ending = "." + name
        for each in [listed[: -len(ending)] for listed in self._callables if listed.endswith(ending)]:
            maker = _look_up(each) if ":" in each else None
            if isinstance(maker, type) and maker in kind.__mro__ and self._means(kind, maker, name):
                self._inherited.add(address)
                return True
        return False

    def _means(self, kind: type, maker: type, name: str) -> bool:
        # Whether a listed class method is what a class has: itself, or what a class without a public name put before it
        # (protobuf's `FromString`, which one written in C overrides).
        before = kind.__mro__[: kind.__mro__.index(maker)]
        overriding = next((each for each in before if name in vars(each)), None)
        if overriding is None:
            return True
        return not self.lists(overriding, address_of(overriding).partition(":")[0].partition(".")[0])

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
    value: Any = sys.modules.get(module)
    if value is None or getattr(getattr(value, "__spec__", None), "_initializing", False):
        value = importlib.import_module(module)  # also waits for another lane that imports it
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


def _in_namespace(kind: type, name: str) -> Any:
    return next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)
