# A documented type, held against the parameter's default, which is certainly accepted.
#
# `axis : int` with the default `None` takes `None` too. A default that the text merely left out widens the type; one
# that shows the text to be wrong (`k : int`, and the default is `1.5`) takes the type away.

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._meaning import union
from snakebridge.introspect.docstrings._parts import choice
from snakebridge.manifest import types

if TYPE_CHECKING:
    from snakebridge.manifest import Default

_EVERYTHING = {"builtins:object", "typing:Any"}
_LITERAL = "typing:Literal"
_NUMBERS = (bool, int, float, complex)
_ITERABLE = (list, tuple, set, frozenset, dict, str, bytes)
_ACCEPTED: dict[str, tuple[type, ...]] = {
    "builtins:bool": (bool,),
    "builtins:int": (int,),
    "builtins:float": (int, float),
    "builtins:complex": (int, float, complex),
    "builtins:str": (str,),
    "builtins:bytes": (bytes,),
    "builtins:list": (list,),
    "builtins:tuple": (tuple,),
    "builtins:dict": (dict,),
    "builtins:set": (set,),
    "builtins:frozenset": (frozenset,),
    "collections.abc:Hashable": (*_NUMBERS, str, bytes, tuple, frozenset),
    "collections.abc:Sequence": (list, tuple, str, bytes),
    "collections.abc:Iterable": _ITERABLE,
    "collections.abc:Collection": _ITERABLE,
    "collections.abc:Container": _ITERABLE,
    "collections.abc:Mapping": (dict,),
    "numpy.typing:ArrayLike": (*_NUMBERS, str, bytes, list, tuple),
    "numpy.typing:DTypeLike": (str, list, tuple, dict),
}
_WITH_NAN = {"builtins:float", "builtins:complex", "numpy.typing:ArrayLike"}
_CLASSES = {"builtins:type", "numpy.typing:DTypeLike", "typing:Callable"}
_ROUTINES = {
    "builtins:function",
    "builtins:builtin_function_or_method",
    "types:FunctionType",
    "types:BuiltinFunctionType",
}


def reconcile(found: types.Type, default: Default | None) -> types.Type | None:
    """Return the type with the default in it, or `None` when the default contradicts it."""
    members = found.members if isinstance(found, types.Union) else (found,)
    addresses = {one.address for one in members if isinstance(one, types.Name)}
    if default is None or addresses & _EVERYTHING:
        return found
    if default.literal is None:
        return _opaque(found, addresses, default.opaque)
    if default.literal in {"nan", "inf", "-inf"}:
        return found if addresses & _WITH_NAN else None
    try:
        value = ast.literal_eval(default.literal)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    if any(type(value) in _ACCEPTED.get(one, ()) for one in addresses) or _is_chosen(value, members):
        return found
    return _widened(found, addresses, value)


def _is_chosen(value: object, members: tuple[types.Type, ...]) -> bool:
    choices = [
        one
        for member in members
        if isinstance(member, types.Name)
        for one in member.arguments
        if member.address == _LITERAL
    ]
    return types.Constant(ascii(value)) in choices


def _widened(found: types.Type, addresses: set[str], value: object) -> types.Type | None:
    added: types.Type | None = None
    match value:
        case None:
            added = types.NONE
        case bool() if addresses & {"builtins:int", "builtins:float"}:
            return found  # it stands for 0 or 1
        case bool():
            added = types.Name("builtins:bool")
        case str():
            added = choice(value)
        case int() if addresses <= {"builtins:bool", "types:NoneType"}:
            added = types.Name("builtins:int")
        case int() if _LITERAL in addresses:
            added = choice(value)
        case list() | tuple() | dict() | set() | frozenset():
            added = types.Name(f"builtins:{type(value).__name__}")
        case _:
            pass
    return None if added is None else union([found, added])


def _opaque(found: types.Type, addresses: set[str], address: str | None) -> types.Type | None:
    if address in _ROUTINES:
        return found if "typing:Callable" in addresses else None
    if address == "builtins:type" and not addresses & _CLASSES:
        return union([found, types.Name("builtins:type")])
    return found  # a mark for "not given", which nobody passes
