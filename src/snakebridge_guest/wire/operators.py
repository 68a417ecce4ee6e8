"""Operators by their dunder names.

Going through the language (`len(x)`, `a + b`) instead of calling the dunder gives the target's own rules: look-up on
the type, reflected operands, `__index__`, NotImplemented.
"""

from __future__ import annotations

import operator
from typing import Any, Callable

_FROM_TEXT = (ValueError, Exception, BaseException)


def _enter(value: Any) -> Any:
    return type(value).__enter__(value)


def _exit(value: Any, error: Any = None, message: Any = None, _trace: Any = None) -> Any:
    # The host's exception cannot come here as an object; its class and text do.
    if error is None:
        return type(value).__exit__(value, None, None, None)
    kind = error if isinstance(error, type) and issubclass(error, BaseException) else RuntimeError
    try:
        raised = kind(message)
    except TypeError:  # UnicodeDecodeError and groups take more; leaving must happen all the same
        kind = next(each for each in kind.__mro__ if each in _FROM_TEXT)
        raised = kind(message)
    return type(value).__exit__(value, kind, raised, None)


def _reflect(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, other: function(other, value)


def _power(value: Any, other: Any, modulus: Any = None) -> Any:
    return pow(value, other) if modulus is None else pow(value, other, modulus)


OPERATORS: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__iter__": iter,
    "__next__": next,
    "__reversed__": reversed,
    "__contains__": operator.contains,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__call__": lambda value, *args, **kwargs: value(*args, **kwargs),
    "__enter__": _enter,
    "__exit__": _exit,
    "__bool__": bool,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__index__": operator.index,
    "__bytes__": bytes,
    "__format__": format,
    "__round__": round,
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
}
