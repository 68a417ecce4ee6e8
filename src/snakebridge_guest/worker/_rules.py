# Rules: what adapters say of the functions and methods they name: which arguments those change in place, and how the
# result travels.
#
# Guarantees: what an adapter says of its library replaces what is known of it without one; a method's rule counts for
# the subclasses of its class, as the method does.
from __future__ import annotations

import types
from typing import Any

from snakebridge_guest.wire.failure import address_of

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)


class Rules:
    """What is said of functions and methods, by address.

    Args:
        functions: What is known without an adapter, by address.
        methods: The same of methods, by the address of the class and their name.
    """

    def __init__(self, functions: dict[str, Any] | None = None, methods: dict[str, Any] | None = None) -> None:
        self._functions = dict(functions or {})
        self._methods = dict(methods or {})
        self._method_names = frozenset(_last(address) for address in self._methods)

    def take(self, library: str, callables: frozenset[str], rules: dict[str, Any]) -> None:
        """Take in what an adapter says of its library."""
        for table in (self._functions, self._methods):
            for address in [each for each in table if each.startswith((library + ":", library + "."))]:
                del table[address]
        for address, rule in rules.items():
            (self._functions if address in callables else self._methods)[address] = rule
        self._method_names = frozenset(_last(address) for address in self._methods)

    def of(self, address: str) -> Any:
        """Return what is said of the function under an address; `None`: nothing."""
        return self._functions.get(address)

    def of_method(self, owner: Any, name: str) -> Any:
        """Return what is said of a method; `None`: nothing."""
        if name == "__call__":  # of a function that has no address of its own
            if isinstance(owner, types.MethodType):
                return self.of_method(owner.__self__, owner.__name__)
            return self._functions.get(address_of(owner)) if isinstance(owner, _FUNCTIONS) else None
        if name not in self._method_names:
            return None
        found = (self._methods.get(address_of(kind) + "." + name) for kind in type(owner).__mro__)
        return next((rule for rule in found if rule is not None), None)


def _last(address: str) -> str:
    return address.rpartition(".")[2]
