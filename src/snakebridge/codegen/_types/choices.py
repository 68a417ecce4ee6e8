# `Literal` in annotations: which values it may list, and what is said instead when the list is too long to read.

from __future__ import annotations

from typing import Final

from snakebridge.codegen._functions.literals import NoLiteralError, literal, read
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation, Choices, Either, either, host, width
from snakebridge.manifest import types

__all__ = ["WIDEST", "choices_of", "without_choices"]

WIDEST: Final = 600
"""Characters of an annotation that can still be read."""


def without_choices(annotation: Annotation) -> Annotation:
    """Return a union with the types of literals instead of the literals."""
    if not isinstance(annotation, Either):
        return annotation
    return either(
        *(
            NONE if value == "None" else host(f"builtins:{type(read(value)).__name__}")
            for one in annotation.members
            if isinstance(one, Choices)
            for value in one.values
        ),
        *(one for one in annotation.members if not isinstance(one, Choices)),
    )


def choices_of(arguments: tuple[types.Type, ...]) -> Annotation:
    """A `Literal`; one too long to read becomes the types of its values."""
    values: list[object] = []
    for argument in arguments:
        if argument == types.NONE:
            values.append(None)
            continue
        try:
            value = read(argument.source) if isinstance(argument, types.Constant) else ...
        except NoLiteralError:
            return ANY
        if not isinstance(value, bool | int | str | bytes):
            return ANY
        values.append(value)
    if not values:
        return ANY
    unique = list(dict.fromkeys((type(value), value) for value in values))
    try:
        found = Choices(tuple(literal(value) for _, value in unique))
    except NoLiteralError:
        return ANY
    if width(found) <= WIDEST:
        return found
    return either(*(NONE if kind is type(None) else host(f"builtins:{kind.__name__}") for kind, _ in unique))
