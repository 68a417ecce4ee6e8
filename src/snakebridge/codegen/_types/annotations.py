# Annotations as generated code can have them: classes of the host, generated classes, unions, literals.
#
# Guarantees: they are free of scopes and imports, so two are the same type when they are equal; only `spelling.py`
# knows how one is written in a module.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from snakebridge.codegen._functions.literals import Code

__all__ = [
    "ANY",
    "NONE",
    "SELF",
    "Annotation",
    "Bracket",
    "Choices",
    "Dots",
    "Either",
    "Generated",
    "Host",
    "either",
    "hint",
    "host",
    "is_hint",
    "variable",
    "width",
]


@dataclass(frozen=True, slots=True)
class Host:
    """A class or form of the standard library, with its arguments."""

    module: str
    name: str
    arguments: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated class, by canonical path, with its arguments if it is generic and they are known."""

    path: str
    arguments: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """A union."""

    members: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """`Literal[...]`."""

    values: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """The parameter list of a `Callable`, or the empty `tuple[()]`."""

    members: tuple[Annotation, ...]
    parentheses: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """`...` as an argument."""


Annotation = Host | Generated | Either | Choices | Bracket | Dots


def host(address: str, *arguments: Annotation) -> Host:
    """Name a class of the standard library by address."""
    module, _, name = address.partition(":")
    return Host(module, name, arguments)


def variable(name: str) -> Host:
    """Name a type variable of the generic class that an annotation stands in."""
    return Host("variable", name)


ANY: Final = host("typing:Any")
NONE: Final = host(":None")
SELF: Final = host("typing:Self")


def either(*members: Annotation) -> Annotation:
    """Make a union; one with `Any` in it is `Any`."""
    flat: dict[Annotation, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.members if isinstance(member, Either) else (member,)))
    if ANY in flat:
        return ANY
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def hint(annotation: Annotation) -> Annotation:
    """Return the union with `Any`: readers and editors see the type, and checkers refuse nothing."""
    if annotation == ANY:
        return ANY
    return Either((*(annotation.members if isinstance(annotation, Either) else (annotation,)), ANY))


def is_hint(annotation: Annotation) -> bool:
    """Say whether it is a type that nothing is refused for."""
    return isinstance(annotation, Either) and ANY in annotation.members


def width(annotation: Annotation) -> int:
    """Return about how many characters an annotation takes."""
    match annotation:
        case Host():
            return len(annotation.module) + len(annotation.name) + sum(width(one) + 2 for one in annotation.arguments)
        case Generated():
            return len(annotation.path.partition(":")[2]) + sum(width(one) + 2 for one in annotation.arguments)
        case Either() | Bracket():
            return sum(width(one) + 3 for one in annotation.members)
        case Choices():
            return sum(len(value) + 2 for value in annotation.values)
        case Dots():
            return 3
