# Literal values and types: which type a value has, and whether a type takes it.
#
# Guarantees: `accepts` says yes only when mypy and pyright would; the type of a value is one they infer equal or wider.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import NoLiteralError, literal, read
from snakebridge.codegen._types.annotations import (
    ANY,
    NONE,
    Annotation,
    Bracket,
    Choices,
    Dots,
    Either,
    Host,
    either,
    host,
)
from snakebridge.manifest import Kind, Symbol

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["accepts", "constant_value", "type_of_value"]

_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "int": (bool, int),
    "float": (bool, int, float),
    "complex": (bool, int, float, complex),
    "str": (str,),
    "bytes": (bytes,),
}
_READ_ONLY: Final = frozenset({"Collection", "Container", "Iterable", "Reversible", "Sequence"})
_LONGEST_TUPLE: Final = 6


def type_of_value(value: object) -> Annotation:  # noqa: PLR0911 - one case per type
    """Return the type of a literal value."""
    match value:
        case None:
            return NONE
        case tuple() if not value:
            return host("builtins:tuple", Bracket((), parentheses=True))
        case tuple() if len(value) <= _LONGEST_TUPLE:
            return host("builtins:tuple", *map(type_of_value, value))
        case tuple():
            return host("builtins:tuple", _common(value), Dots())
        case list() | set():
            return host(f"builtins:{type(value).__name__}", _common(value))
        case dict():
            return host("builtins:dict", _common(value), _common(value.values()))
        case _ if type(value).__name__ in _SCALARS:
            return host(f"builtins:{type(value).__name__}")
    return ANY


def constant_value(symbol: Symbol) -> object:
    """Return the literal value of a constant, or `...` when it must be read over there."""
    if symbol.kind is not Kind.CONSTANT or symbol.value is None:
        return ...
    try:
        value = read(symbol.value)
        literal(value)
    except NoLiteralError:
        return ...
    return value


def _common(values: Collection[object]) -> Annotation:
    found = either(*map(type_of_value, values)) if values else ANY
    return ANY if isinstance(found, Either) else found


def accepts(annotation: Annotation, value: object) -> bool:
    """Say whether a value may be the default of a parameter of that type."""
    match annotation:
        case Either(members):
            return any(accepts(member, value) for member in members)
        case Choices(values):
            return isinstance(value, bool | int | str | bytes) and literal(value) in values
        case Host(module, name, arguments):
            return annotation == ANY or (module, name) == ("builtins", "object") or _takes(name, arguments, value)
        case _:
            return False


def _takes(  # noqa: PLR0911 - one case per type
    name: str, arguments: tuple[Annotation, ...], value: object
) -> bool:
    if name in _SCALARS:
        return type(value) in _SCALARS[name]
    match value:
        case None:
            return name == "None"
        case tuple() if name == "tuple":
            return _fits(arguments, value)
        case list() if name in {"list", "MutableSequence"} or name in _READ_ONLY:
            return all(accepts(arguments[0], item) for item in value)
        case tuple() if name in _READ_ONLY:
            return all(accepts(arguments[0], item) for item in value)
        case dict() if name in {"dict", "Mapping", "MutableMapping"}:
            keys, items = arguments
            return all(accepts(keys, key) and accepts(items, item) for key, item in value.items())
    return False


def _fits(arguments: tuple[Annotation, ...], value: tuple[object, ...]) -> bool:
    if Dots() in arguments:
        return all(accepts(arguments[0], item) for item in value)
    if any(isinstance(one, Bracket) for one in arguments):
        return not value
    return len(arguments) == len(value) and all(map(accepts, arguments, value))
