# The dunder names that Python itself looks up on a type, and which therefore work on a bridged object.
#
# Left out: what makes, copies, pickles or inspects an object, which is the bridge's own business.

from __future__ import annotations

_BINARY = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "and", "xor"),
    "or",
)

OPERATORS = frozenset(
    {
        *(f"__{prefix}{name}__" for name in _BINARY for prefix in ("", "r", "i")),
        *("__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__", "__hash__", "__bool__"),
        *("__len__", "__length_hint__", "__getitem__", "__setitem__", "__delitem__", "__contains__"),
        *("__iter__", "__next__", "__reversed__", "__call__", "__enter__", "__exit__"),
        *("__await__", "__aiter__", "__anext__", "__aenter__", "__aexit__"),
        *("__neg__", "__pos__", "__abs__", "__invert__", "__int__", "__float__", "__complex__", "__index__"),
        *("__round__", "__trunc__", "__floor__", "__ceil__", "__repr__", "__str__", "__bytes__", "__format__"),
        "__fspath__",
    }
) - {"__idivmod__"}
"""Names of operators."""
