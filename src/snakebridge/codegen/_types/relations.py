# How two annotations relate: whether one takes all that the other takes, and whether they have nothing in common.
#
# Guarantees: three answers, `True`, `False` and `None` for not known, and no guess between them: what overloads are
# dropped or kept for rests on it. `Any`, a hint and `object` take everything.
# Assumes: unrelated classes have no common subclass, as mypy and pyright assume when they compare overloads.

from __future__ import annotations

import ast
import functools
import pkgutil
from typing import TYPE_CHECKING, Any, Final

from snakebridge.codegen._types.annotations import (
    ANY,
    NONE,
    Annotation,
    Bracket,
    Choices,
    Dots,
    Either,
    Generated,
    Host,
    host,
)
from snakebridge.codegen._types.nameable import ANCESTORS, ARITY, VARIANCE
from snakebridge.manifest import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snakebridge.codegen._tree.surface import Surface

__all__ = ["all_of", "apart", "fits"]

_OBJECT: Final = host("builtins:object")
_REMOTE: Final = host("snakebridge.support:RemoteObject")
_ABSTRACT: Final = frozenset(
    address
    for address in ARITY
    if address.startswith(("collections.abc:", "contextlib:Abstract", "typing:Supports")) or address == "os:PathLike"
)
"""Classes that others are instances of without deriving from them."""
_HASHABLE: Final = "collections.abc:Hashable"
_SCALARS: Final = frozenset(
    {":None", *(f"builtins:{name}" for name in ("bool", "bytes", "complex", "float", "int", "str"))}
)
_CALLABLE: Final = "collections.abc:Callable"
_KNOWN: Final = frozenset({*ARITY, ":None"})
_ONE_ELEMENT: Final = 1
_OURS: Final = {
    f"snakebridge.support:{name}": members
    for name, members in {
        "Buffer": "__buffer__",
        "DType": "kind itemsize",
        "RemoteObject": "_snakebridge",
        "SupportsArithmetic": "__add__ __sub__ __mul__",
        "SupportsArray": "__array__",
        "SupportsDType": "dtype",
        "SupportsRead": "read",
        "SupportsWrite": "write",
    }.items()
} | {"typing:Self": "_snakebridge"}
"""Classes of generated code, and what tells their instances."""


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Return whether all answers are yes."""
    found: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        found = found and answer
    return found


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    found: bool | None = False
    for answer in answers:
        if answer:
            return True
        found = found if answer is False else None
    return found


def _is_loose(annotation: Annotation) -> bool:
    match annotation:
        case Either(members):
            return ANY in members or _OBJECT in members
        case Host():
            return annotation == ANY or annotation == _OBJECT  # noqa: PLR1714 - hashing an annotation takes longer
    return False


def fits(source: Annotation, target: Annotation, surface: Surface) -> bool | None:  # noqa: C901, PLR0911 - one case per node
    """Say whether whatever is of one type is of another."""
    if _is_loose(target) or source == target:
        return True
    if _is_loose(source):
        return False
    match source, target:
        case Either(members), _:
            return all_of(fits(member, target, surface) for member in members)
        case Choices(values), _ if len(values) > 1:
            return all_of(fits(Choices((value,)), target, surface) for value in values)
        case _, Either(members):
            return _any_of(fits(source, member, surface) for member in members)
        case Choices((value,)), Choices(values):
            return value in values
        case Choices((value,)), _:
            return fits(_kind_of(value), target, surface)
        case _, Choices(values):
            return (source == NONE and "None" in values) or (
                source == host("builtins:bool") and {"True", "False"} <= set(values)
            )
        case Generated(), Generated():
            return _generated_fits_generated(source, target, surface)
        case Generated(path), Host():
            return _generated_fits_host(path, target, surface)
        case Host(), Generated():
            return False if _address(source) in _KNOWN else None
        case Host(), Host():
            return _host_fits(source, target, surface)
    return None


@functools.cache
def _kind_of(value: str) -> Host:
    """Return the class of a literal of ours."""
    made = ast.literal_eval(value)
    return NONE if made is None else host(f"builtins:{type(made).__name__}")


def _lineage(path: str, surface: Surface) -> set[str]:
    found: set[str] = set()
    open_ = [path]
    while open_:
        symbol = surface.symbols.get(open_.pop())
        if symbol is not None and symbol.path not in found:
            found.add(symbol.path)
            open_ += surface.definitions.bases(symbol, surface.classes)
    return found


def _generated_fits_generated(source: Generated, target: Generated, surface: Surface) -> bool | None:
    if target.path not in _lineage(source.path, surface):
        return False
    # Equal ones were found before; how a type parameter varies is for checkers to find out.
    return True if all(map(_is_loose, target.arguments)) else None


def _generated_fits_host(path: str, target: Host, surface: Surface) -> bool | None:
    if target == _REMOTE:
        return True
    address = _address(target)
    # Enums and exceptions have bases of the host, and a named tuple is one.
    known = address in _KNOWN and address != "builtins:tuple" and surface.symbols[path].kind is Kind.CLASS
    return False if known and address not in _ABSTRACT else None


def _address(annotation: Host) -> str:
    return f"{annotation.module}:{annotation.name}"


@functools.cache
def _class_at(address: str) -> type | None:
    if address == ":None":
        return type(None)
    found: Any = pkgutil.resolve_name(address) if address in ARITY else None
    return found if isinstance(found, type) else None


@functools.cache
def _derives(source: str, target: str) -> bool | None:
    """Say whether a class of the host is, or counts as, a subclass of another."""
    if source == target or target in ANCESTORS.get(source, ()):
        return True
    child, parent = _class_at(source), _class_at(target)
    if child is None or parent is None:
        return _is_like(source, target)
    if any(target in ANCESTORS.get(f"{one.__module__}:{one.__qualname__}", ()) for one in child.__mro__):
        return True
    try:
        derives = issubclass(child, parent)
    except TypeError:  # a protocol with members that are no methods
        return None
    # Checkers do not agree on which containers are hashable.
    return None if derives and target == _HASHABLE and source not in _SCALARS else derives


def _is_like(source: str, target: str) -> bool | None:
    """Say whether a class counts as another one, where at least one is known by name only."""
    if target in _OURS:
        child = _class_at(source)
        if child is None or child.__module__ != "builtins":
            return None
        return all(hasattr(child, one) for one in _OURS[target].split())
    return False if target in _KNOWN and source in _OURS else None


def _host_fits(source: Host, target: Host, surface: Surface) -> bool | None:
    one, other = _address(source), _address(target)
    if _CALLABLE in {one, other}:
        return _callable_fits(source, target, surface)
    derives = _derives(one, other)
    if derives is not True or not target.arguments or all(map(_is_loose, target.arguments)):
        return derives
    if one == other == "builtins:tuple":
        return _tuple_fits(source, target, surface)
    if one == other:
        signs = VARIANCE.get(one, "=" * len(source.arguments))
        pairs = zip(source.arguments, target.arguments, signs, strict=False)
        return all_of(
            fits(mine, theirs, surface) if sign == "+" else mine == theirs or _is_loose(theirs)
            for mine, theirs, sign in pairs
        )
    element = _element(source)
    if element is None or len(target.arguments) != _ONE_ELEMENT:
        return None
    return fits(element, target.arguments[0], surface)


def _element(source: Host) -> Annotation | None:
    """Return what iterating over an object of that type gives, or `None` when it is not known."""
    match _address(source), source.arguments:
        case "builtins:str", _:
            return source
        case "builtins:bytes" | "builtins:bytearray" | "builtins:range" | "builtins:memoryview", _:
            return host("builtins:int")
        case "builtins:tuple", (element, Dots()):
            return element
        case "builtins:tuple", arguments if arguments and all(isinstance(one, Host) for one in arguments):
            return arguments[0] if len(set(arguments)) == 1 else Either(tuple(dict.fromkeys(arguments)))
        case address, (element, *_) if _derives(address, "collections.abc:Iterable"):
            return element
    return None


def _tuple_fits(source: Host, target: Host, surface: Surface) -> bool | None:
    mine, theirs = source.arguments, target.arguments
    if Dots() in theirs:
        return all_of(fits(one, theirs[0], surface) for one in mine if one != Dots())
    if Dots() in mine or len(mine) != len(theirs):
        return False
    return all_of(fits(one, other, surface) for one, other in zip(mine, theirs, strict=True))


def _callable_fits(source: Host, target: Host, surface: Surface) -> bool | None:
    if _address(source) != _CALLABLE:
        kind = _class_at(_address(source))
        plain = kind is not None and kind is not type and not any("__call__" in vars(one) for one in kind.__mro__)
        return False if plain else None
    if _address(target) != _CALLABLE:
        return None if _address(target) in _ABSTRACT else False
    return _signatures_fit(source.arguments, target.arguments, surface)


def _signatures_fit(mine: tuple[Annotation, ...], theirs: tuple[Annotation, ...], surface: Surface) -> bool | None:
    # pyright takes a callback that returns anything for one that returns what is asked for.
    returned = None if mine[1] == ANY != theirs[1] else fits(mine[1], theirs[1], surface)
    match mine[0], theirs[0]:
        case _, Dots():
            return returned
        case Bracket(members), Bracket(others):
            if len(members) != len(others):
                return False
            pairs = zip(members, others, strict=True)
            return all_of([returned, *(fits(other, member, surface) for member, other in pairs)])
    return None


def apart(one: Annotation, other: Annotation, surface: Surface) -> bool:  # noqa: PLR0911 - one case per node
    """Say whether nothing is of both types."""
    if _is_loose(one) or _is_loose(other):
        return False
    match one, other:
        case Generated(path, mine), Generated(same, theirs) if path == same and mine and theirs:
            return any(apart(a, b, surface) for a, b in zip(mine, theirs, strict=False))
        case (Either(members), rest) | (rest, Either(members)):
            return all(apart(member, rest, surface) for member in members)
        case Choices(mine), Choices(theirs):
            return not set(mine) & set(theirs)
        case (Choices(values), rest) | (rest, Choices(values)):
            return all(apart(_kind_of(value), rest, surface) for value in values)
    if fits(one, other, surface) is not False or fits(other, one, surface) is not False:
        return False
    match one, other:
        case Generated(), Generated():
            return True
        case (Generated(), Host() as stated) | (Host() as stated, Generated()):
            return _address(stated) not in _ABSTRACT and stated.name not in {"type", "Callable"}
        case Host(), Host():
            return _hosts_apart(one, other, lambda mine, theirs: apart(mine, theirs, surface))
    return False


def _hosts_apart(one: Host, other: Host, differ: Callable[[Annotation, Annotation], bool]) -> bool:
    mine, theirs = _address(one), _address(other)
    if mine == theirs == "builtins:tuple":
        fixed = Dots() not in one.arguments + other.arguments
        pairs = zip(one.arguments, other.arguments, strict=False)
        return (fixed and len(one.arguments) != len(other.arguments)) or any(differ(a, b) for a, b in pairs)
    if mine == theirs:
        return any(differ(a, b) for a, b in zip(one.arguments, other.arguments, strict=False))
    if _derives(mine, theirs) is not False or _derives(theirs, mine) is not False:
        elements = _element(one), _element(other)
        return elements[0] is not None and elements[1] is not None and differ(elements[0], elements[1])
    return not (mine in _ABSTRACT and theirs in _ABSTRACT) and _CALLABLE not in {mine, theirs}
