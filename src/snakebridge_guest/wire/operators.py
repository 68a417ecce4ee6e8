"""Operators by their dunder names.

Going through the language (`len(x)`, `a + b`) instead of calling the dunder gives the target's own rules: look-up on
the type, reflected operands, `__index__`, NotImplemented.
"""

from __future__ import annotations

import copy
import math
import operator
import os
from typing import Any, Callable


def _enter(value: Any) -> Any:
    return type(value).__enter__(value)


def _exit(value: Any, _kind: Any = None, error: Any = None, _trace: Any = None) -> Any:
    # The class and the traceback are the exception's own: over here it is what the host's stands for.
    if error is None:
        return type(value).__exit__(value, None, None, None)
    return type(value).__exit__(value, type(error), error, error.__traceback__)


async def _aenter(value: Any) -> Any:
    return await type(value).__aenter__(value)


async def _aexit(value: Any, _kind: Any = None, error: Any = None, _trace: Any = None) -> Any:
    if error is None:
        return await type(value).__aexit__(value, None, None, None)
    return await type(value).__aexit__(value, type(error), error, error.__traceback__)


async def _await(value: Any) -> Any:
    return await value


async def _anext(value: Any) -> Any:
    return await type(value).__anext__(value)


def _descriptor(name: str) -> Callable[..., Any]:
    return lambda value, *arguments: getattr(type(value), name)(value, *arguments)


def _reflect(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, other: function(other, value)


def _power(value: Any, other: Any, modulus: Any = None) -> Any:
    return pow(value, other) if modulus is None else pow(value, other, modulus)


def _index(value: Any) -> int:
    return int.__index__(operator.index(value))  # before Python 3.10 a subclass of int is given as it is


OPERATORS: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__iter__": iter,
    "__next__": next,
    "__reversed__": reversed,
    "__contains__": operator.contains,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__call__": lambda value, /, *args, **kwargs: value(*args, **kwargs),
    "__enter__": _enter,
    "__exit__": _exit,
    "__aenter__": _aenter,
    "__aexit__": _aexit,
    "__aiter__": lambda value: type(value).__aiter__(value),
    "__anext__": _anext,
    "__await__": _await,
    "__get__": _descriptor("__get__"),
    "__set__": _descriptor("__set__"),
    "__delete__": _descriptor("__delete__"),
    "__instancecheck__": lambda value, other: isinstance(other, value),
    "__subclasscheck__": lambda value, other: issubclass(other, value),
    "__bool__": bool,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__index__": _index,
    "__bytes__": bytes,
    "__format__": format,
    "__round__": round,
    "__trunc__": math.trunc,
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__fspath__": os.fspath,
    "__length_hint__": operator.length_hint,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__abs__": operator.abs,
    "__invert__": operator.invert,
    "__divmod__": divmod,
    "__rdivmod__": _reflect(divmod),
    "__pow__": _power,
    "__rpow__": _reflect(pow),
    "__ipow__": operator.ipow,
}
for _name, _function in (
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
    ("matmul", operator.matmul),
    ("truediv", operator.truediv),
    ("floordiv", operator.floordiv),
    ("mod", operator.mod),
    ("lshift", operator.lshift),
    ("rshift", operator.rshift),
    ("and", operator.and_),
    ("xor", operator.xor),
    ("or", operator.or_),
):
    OPERATORS["__" + _name + "__"] = _function
    OPERATORS["__r" + _name + "__"] = _reflect(_function)
    OPERATORS["__i" + _name + "__"] = getattr(operator, "i" + _name)

# What every object has, so a description need not list it.
UNIVERSAL: dict[str, Callable[..., Any]] = {
    "__repr__": repr,
    "__str__": str,
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__hash__": hash,
    "__dir__": dir,
    "__copy__": copy.copy,
    "__deepcopy__": copy.deepcopy,
}

_BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_TWO_SIDED = frozenset(
    ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"]
    + ["__" + how + name + "__" for name in _BINARY.split() for how in ("", "r", "i")]
)
"""Operators for which the language asks the other operand too."""


def operation(name: str, arguments: tuple[Any, ...], theirs: type) -> Callable[..., Any] | None:
    """Return what does an operator for the other side, or `None` of any other name.

    When the second operand is an object of the side that asks, only the first is asked, and may say NotImplemented:
    the side that asks goes on with its own, as the language does. If both did all of it, they would ask each other
    for ever.

    Args:
        name: A name of a method.
        arguments: What comes after the object itself.
        theirs: The class of what stands for objects of the side that asks.
    """
    if len(arguments) == 1 and isinstance(arguments[0], theirs) and name in _TWO_SIDED:
        return lambda value, other: getattr(type(value), name, _unsupported)(value, other)
    return OPERATORS.get(name) or UNIVERSAL.get(name)


def _unsupported(_value: Any, _other: Any) -> Any:
    return NotImplemented


ASYNCHRONOUS = frozenset({"__aenter__", "__aexit__", "__anext__", "__await__"})
"""Operators whose result is awaited."""

DESCRIBING = frozenset({"__doc__", "__module__", "__name__", "__qualname__", "__signature__"})
"""Attributes that only describe: they may be read of whatever may be used."""
