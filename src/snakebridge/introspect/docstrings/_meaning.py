# The parts that prose was read into → a type, with its names looked up where the docstring stands.

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from snakebridge.introspect.docstrings._parts import Either, Holds
from snakebridge.introspect.docstrings._prose import read_prose
from snakebridge.introspect.docstrings._vocabulary import TYPING, Asked
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snakebridge.introspect.docstrings._parts import Part

    Resolve = Callable[[str], str | None]

_MOST_CHOICES = 60
_OBJECT = types.Name("builtins:object")
_LITERAL = "typing:Literal"
_TRUE, _FALSE = types.Constant("True"), types.Constant("False")
# A list of these is a list of anything: nobody has a `list[object]`, and a `list[int]` is none.
_TOO_WIDE = {"builtins:object", "collections.abc:Hashable", "numpy.typing:ArrayLike", "builtins:complex"}
_INVARIANT = {"builtins:list", "builtins:dict", "builtins:set", "collections:defaultdict", "collections:deque"}


def type_of(text: str, resolve: Resolve, *, accepted: bool, several: bool = False) -> types.Type | None:
    """Return the type that prose says, or `None` when it says nothing certain."""
    part = read_prose(text, accepted=accepted, several=several)
    if part is None:
        return None
    found = _bind(part, resolve)
    if accepted and found == types.NONE:
        return None  # nobody documents a parameter that takes nothing else
    return found


def _bind(part: Part, resolve: Resolve) -> types.Type | None:
    match part:
        case Asked():
            return _ask(part, resolve)
        case Either(parts=parts):
            found = [_bind(one, resolve) for one in parts]
            known = [one for one in found if one is not None]
            return union(known) if len(known) == len(found) else None
        case Holds(address=address, arguments=arguments):
            found = [None if one is None else _bind(one, resolve) for one in arguments]
            known = [one for one in found if one is not None]
            is_held = len(known) == len(found) and not (address in _INVARIANT and any(map(_is_too_wide, known)))
            return types.Name(address, tuple(known) if is_held else ())
        case _:
            return part


def _ask(asked: Asked, resolve: Resolve) -> types.Type | None:
    for name in asked.names:
        address = resolve(name)
        if address is not None and ":" in address:
            if asked.gives is not None:
                return asked.gives
            module, _, last = address.partition(":")
            if module in {"typing", "typing_extensions"}:
                generic = TYPING.get(last)
                return types.Name(generic) if generic else asked.otherwise or _special(last)
            return types.Name(address)
    return asked.otherwise


def _special(name: str) -> types.Type | None:
    return types.ANY if name == "Any" else None


def _is_too_wide(found: types.Type) -> bool:
    if isinstance(found, types.Name):
        return found.address in _TOO_WIDE or any(map(_is_too_wide, found.arguments))
    return isinstance(found, types.Union)


def union(members: Iterable[types.Type]) -> types.Type:
    """Join types: what one member says already is left out, choices become one `Literal`, and `None` comes last."""
    joined = types.join(*members)
    all_of = joined.members if isinstance(joined, types.Union) else (joined,)
    choices = [one for member in all_of if _is_choice(member) for one in member.arguments]
    rest = [member for member in all_of if not _is_choice(member) and member != types.NONE]
    if _OBJECT in rest:
        return _OBJECT
    taken = {one.address for one in rest if isinstance(one, types.Name)}
    choices = [one for one in dict.fromkeys(choices) if _class_of(one) not in taken]
    if _TRUE in choices and _FALSE in choices:
        choices = [one for one in choices if one not in {_TRUE, _FALSE}]
        rest.append(types.Name("builtins:bool"))
    if len(choices) > _MOST_CHOICES:
        rest += [types.Name(one) for one in dict.fromkeys(map(_class_of, choices))]
    elif choices:
        rest.append(types.Name(_LITERAL, tuple(choices)))
    return types.join(*rest, *([types.NONE] if types.NONE in all_of else []))


def _is_choice(found: types.Type) -> TypeGuard[types.Name]:
    return isinstance(found, types.Name) and found.address == _LITERAL


def _class_of(constant: types.Type) -> str:
    shown = str(constant)
    if constant in {_TRUE, _FALSE}:
        return "builtins:bool"
    return "builtins:str" if shown[0] in "'\"" else "builtins:int"
