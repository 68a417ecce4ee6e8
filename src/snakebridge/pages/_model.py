# What a page describes, as it was read from generated code.

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

__all__ = ["Callable", "Class", "Form", "Module", "Value"]


class Form(enum.StrEnum):
    """How a callable is bound."""

    FUNCTION = ""
    """A function, or a method of objects."""
    CLASS_METHOD = "class method"
    STATIC_METHOD = "static method"
    PROPERTY = "property"


@dataclass(slots=True, kw_only=True)
class Callable:
    """A function, method or property."""

    name: str
    form: Form = Form.FUNCTION
    signatures: list[ast.arguments] = field(default_factory=list)
    """One, or one per overload; without `self` and `cls`."""
    returns: list[ast.expr | None] = field(default_factory=list)
    """One per signature."""
    doc: str = ""
    coroutine: bool = False
    settable: bool = False
    deprecated: str | None = None
    """What its deprecation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A constant, field, member of an enum, or name for a type."""

    name: str
    annotation: ast.expr | None = None
    value: ast.expr | None = None
    """`None`: it is read over there, when it is asked for."""


@dataclass(slots=True, kw_only=True)
class Class:
    """A class, what is nested in it included."""

    name: str
    """Qualified within its module."""
    bases: list[ast.expr] = field(default_factory=list)
    doc: str = ""
    deprecated: str | None = None
    constructor: Callable | None = None
    values: list[Value] = field(default_factory=list)
    callables: list[Callable] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """The names of what it defines itself, sorted."""
        return sorted({*(one.name for one in self.values), *(one.name for one in self.callables)})


@dataclass(slots=True, kw_only=True)
class Module:
    """A generated module, with the parts of it that have files of their own."""

    name: str
    doc: str = ""
    names: dict[str, str] = field(default_factory=dict)
    """Name in its source → the dotted name that it stands for."""
    exports: list[str] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Public name → dotted name of what it re-exports."""
    values: list[Value] = field(default_factory=list)
    functions: list[Callable] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
