# The special methods that Python looks up on the type, with shapes that every strict checker takes in any combination.
#
# Guarantees: operands are `Any`, since a library's operators take more than annotations say and checkers refuse
# overlapping reflected operators otherwise; what the language fixes (`len` is an `int`) is typed.
# Assumes: `RemoteObject` provides `__repr__ __str__ __eq__ __ne__ __hash__ __dir__ __getattr__ __setattr__` itself.

from __future__ import annotations

from typing import Final

from snakebridge.codegen._functions.signatures import Shape, Slot
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation, either, host
from snakebridge.manifest import ParameterKind

__all__ = ["ASYNC", "REFINED", "SHAPES", "TEXTS"]

_TYPES: Final[dict[str, Annotation]] = {
    "": ANY,
    "None": NONE,
    "bool?": either(host("builtins:bool"), NONE),
    "iterator": host("collections.abc:Iterator", ANY),
    "async iterator": host("collections.abc:AsyncIterator", ANY),
    "generator": host("collections.abc:Generator", ANY, ANY, ANY),
    **{name: host(f"builtins:{name}") for name in ("bool", "bytes", "complex", "float", "int", "object", "str")},
}

_BINARY: Final = [
    "add",
    "and",
    "divmod",
    "floordiv",
    "lshift",
    "matmul",
    "mod",
    "mul",
    "or",
    "rshift",
    "sub",
    "truediv",
    "xor",
]

# (parameters, returns); a trailing `?` is optional, `:` gives a type.
_ROWS: Final[dict[str, tuple[str, str]]] = {
    **{f"__{name}__": ("other", "") for name in ("ge", "gt", "le", "lt")},
    **{
        f"__{prefix}{name}__": ("other", "")
        for name in _BINARY
        for prefix in ("", "r", "i")
        if prefix + name != "idivmod"
    },
    **{f"__{name}__": ("", "") for name in ("abs", "ceil", "floor", "invert", "neg", "pos", "trunc")},
    **{f"__{name}__": ("", name) for name in ("bool", "bytes", "complex", "float", "int")},
    "__aenter__": ("", ""),
    "__aexit__": ("*exception:object", "bool?"),
    "__aiter__": ("", "async iterator"),
    "__anext__": ("", ""),
    "__await__": ("", "generator"),
    "__call__": ("*args **kwargs", ""),
    "__contains__": ("item:object", "bool"),
    "__delitem__": ("key", "None"),
    "__enter__": ("", ""),
    "__exit__": ("*exception:object", "bool?"),
    "__format__": ("format_spec:str", "str"),
    "__fspath__": ("", ""),
    "__getitem__": ("key", ""),
    "__index__": ("", "int"),
    "__ipow__": ("other modulo?", ""),
    "__iter__": ("", "iterator"),
    "__len__": ("", "int"),
    "__length_hint__": ("", "int"),
    "__next__": ("", ""),
    "__pow__": ("other modulo?", ""),
    "__reversed__": ("", "iterator"),
    "__round__": ("ndigits?", ""),
    "__rpow__": ("other modulo?", ""),
    "__setitem__": ("key value", "None"),
}


def _slot(word: str) -> Slot:
    name, _, kind = word.rstrip("?").partition(":")
    if name.startswith("**"):
        return Slot(name[2:], ParameterKind.VARIADIC_KEYWORD, _TYPES[kind])
    if name.startswith("*"):
        return Slot(name[1:], ParameterKind.VARIADIC, _TYPES[kind])
    return Slot(name, ParameterKind.POSITIONAL_ONLY, _TYPES[kind], optional=word.endswith("?"))


SHAPES: Final[dict[str, Shape]] = {
    name: Shape(tuple(map(_slot, parameters.split())), _TYPES[returns]) for name, (parameters, returns) in _ROWS.items()
}
"""Special method → its shape."""

TEXTS: Final = {name: Shape((), _TYPES["str"]) for name in ("__repr__", "__str__")}
"""Those that an enum may have of its own, and `RemoteObject` has for all."""

ASYNC: Final = frozenset({"__aenter__", "__aexit__", "__anext__"})
"""Those that are coroutines."""

REFINED: Final = frozenset({"__aenter__", "__enter__", "__getitem__", "__next__"})
"""Those whose result type may be taken from the manifest without upsetting a checker."""
