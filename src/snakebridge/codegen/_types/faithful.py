# Whether an annotation takes exactly what the manifest says, or more: what cannot be said in the host is said wider.
#
# Guarantees: yes only when nothing was left out. That an annotation may be wider is harmless, but for telling overloads
# from each other.

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._types.annotations import ANY, Annotation, Bracket, Either, Generated, Host, is_hint
from snakebridge.codegen._types.definitions import is_protocol
from snakebridge.codegen._types.nameable import ARITY, RESPELLED, UNWRAPPED
from snakebridge.manifest import DefinitionKind, Shape, Tier, types

if TYPE_CHECKING:
    from snakebridge.codegen._functions.shapes import Slot
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["is_faithful"]

_DEEPEST: Final = 8
_PLAIN: Final = frozenset(
    {
        *("typing:Any", "types:NoneType", "types:EllipsisType", "typing:AnyStr"),
        *("builtins:object", "builtins:tuple", "collections.abc:Callable"),
    }
)
_PARAMETERS: Final = {**ARITY, "builtins:tuple": 1, "collections.abc:Callable": 1}
_LONGEST: Final = 500
_CHOICES: Final = frozenset({"typing:Literal", "typing_extensions:Literal"})


def is_faithful(slot: Slot, surface: Surface) -> bool:
    """Say whether a parameter takes no more than the manifest says."""
    if slot.stated is None:
        return slot.type == ANY
    if slot.tier is Tier.DOCSTRING or is_hint(slot.type):
        return False
    node = _parsed(slot.stated)
    return _looseness(slot.type) <= _freedom(node, surface, 0) and _is_said(node, surface, 0)


@functools.lru_cache(maxsize=1 << 12)
def _parsed(text: str) -> types.Type:
    return types.parse(text)


def _looseness(annotation: Annotation) -> int:
    """Count the places where an annotation takes anything."""
    match annotation:
        case Host(_, _, arguments):
            return (annotation == ANY) + sum(map(_looseness, arguments))
        case Generated(_, members) | Either(members) | Bracket(members):
            return sum(map(_looseness, members))
    return 0


def _freedom(node: types.Type, surface: Surface, depth: int) -> int:
    """Count the places where a type expression takes anything."""
    match node:
        case types.Name(address, arguments):
            meaning = surface.definitions.meanings.get(address)
            if meaning is not None and depth < _DEEPEST:
                if meaning.kind is DefinitionKind.ALIAS and meaning.type is not None and not arguments:
                    return _freedom(_parsed(meaning.type), surface, depth + 1)
                if meaning.kind is DefinitionKind.VARIABLE:
                    return int(meaning.bound is None and not meaning.constraints)
            bare = 0 if arguments else _PARAMETERS.get(RESPELLED.get(address, address), 0)
            return (node == types.ANY) + bare + sum(_freedom(one, surface, depth) for one in arguments)
        case types.Union(members) | types.Parameters(members):
            return sum(_freedom(one, surface, depth) for one in members)
    return 0


def _is_said(node: types.Type, surface: Surface, depth: int) -> bool:  # noqa: PLR0911 - one case per node
    """Say whether every part of a type expression can be said in the host."""
    if depth > _DEEPEST:
        return False
    match node:
        case types.Union(members) | types.Parameters(members):
            return all(_is_said(one, surface, depth) for one in members)
        case types.Constant():
            return True
        case types.Name(address, arguments):
            address = RESPELLED.get(address, address)
            path = surface.classes.get(address)
            if address in UNWRAPPED and arguments:
                return _is_said(arguments[0], surface, depth)
            if address in _CHOICES:
                return len(str(node)) < _LONGEST  # a longer one is spelled as the types of its values
            if address in ARITY or address in _PLAIN:
                return all(_is_said(one, surface, depth) for one in arguments)
            if path is not None:
                symbol = surface.symbols[path]
                loose = symbol.shape is Shape.TYPED_DICT or is_protocol(symbol)
                return not arguments and not loose and path not in surface.definitions.metaclasses
            return _is_meant(address, arguments, surface, depth + 1)
    return False


def _is_meant(address: str, arguments: tuple[types.Type, ...], surface: Surface, depth: int) -> bool:
    meaning = surface.definitions.meanings.get(address)
    if meaning is None or arguments:
        return False
    match meaning.kind:
        case DefinitionKind.ALIAS if meaning.type is not None:
            return _is_said(_parsed(meaning.type), surface, depth)
        case DefinitionKind.VARIABLE:
            stated = meaning.constraints or ((meaning.bound,) if meaning.bound is not None else ())
            return all(_is_said(_parsed(one), surface, depth) for one in stated)
    return False
