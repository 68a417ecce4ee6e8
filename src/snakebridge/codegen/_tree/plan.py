# The plan: everything a template prints, decided. Templates loop over it and decide nothing.
#
# Guarantees: every string is a `Code`, `Identifier` or `DottedPath`, so nothing from a manifest reaches a template raw.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import Code

if TYPE_CHECKING:
    from snakebridge.codegen._tree.names import DottedPath, Identifier

__all__ = [
    "AdapterPlan",
    "ClassPlan",
    "FunctionPlan",
    "Imports",
    "LazyPlan",
    "LibraryPlan",
    "MemberBlock",
    "ModulePlan",
]


_DEF: Final = Code("def")
_OMITTED: Final = Code("...")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPlan:
    """A function, method, or one accessor of a property."""

    decorators: tuple[Code, ...] = ()
    keyword: Code = _DEF
    name: Identifier
    parameters: tuple[Code, ...]
    broken: bool
    """One parameter per line."""
    returns: Code
    doc: Code | None = None
    body: Code = _OMITTED
    """One statement, indented for a function in the first column; of an overload, nothing."""
    overloads: tuple[FunctionPlan, ...] = ()
    """What type checkers see instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBlock:
    """One member of a class: its functions, and perhaps a gradual face for type checkers."""

    functions: tuple[FunctionPlan, ...] = ()
    face: Code | None = None
    """A declaration that type checkers see instead."""
    seen: FunctionPlan | None = None
    """A function that type checkers see instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """A class of any kind."""

    name: Identifier
    bases: tuple[Code, ...]
    doc: Code | None = None
    variables: tuple[Code, ...] = ()
    """Statements at the top of the body."""
    hidden: tuple[Code, ...] = ()
    """The same, hidden from type checkers."""
    faces: tuple[Code, ...] = ()
    """Declarations for type checkers of what is inherited."""
    classes: tuple[ClassPlan, ...] = ()
    members: tuple[MemberBlock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """The import block: sorted lines by section."""

    standard: tuple[Code, ...] = ()
    support: bool = False
    relative: tuple[Code, ...] = ()
    checking: tuple[Code, ...] = ()
    checking_relative: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LazyPlan:
    """What a module resolves when it is first asked for."""

    homes: tuple[tuple[Code, Code], ...] = ()
    """Name → module and attribute."""
    constants: tuple[tuple[Code, Code], ...] = ()
    """Name → address."""
    statements: tuple[Code, ...] = ()
    """What frees a name for a submodule."""
    kept: tuple[Code, ...] = ()
    """Names of symbols that submodules have too."""
    builtins: dict[str, Code]
    """Spelling of the builtins the block uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """One generated module."""

    name: DottedPath
    path: str
    """File, relative to the output folder."""
    doc: Code
    imports: Imports
    exports: tuple[Code, ...]
    part: bool = False
    """Whether what is in it belongs to the package it is in."""
    variables: tuple[Code, ...] = ()
    classes: tuple[ClassPlan, ...] = ()
    functions: tuple[FunctionPlan, ...] = ()
    aliases: tuple[Code, ...] = ()
    lazy: LazyPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterPlan:
    """The guest's side: what a worker may execute."""

    modules: Code
    """Addresses as one text, or nothing; so are the next two."""
    callables: Code
    readable: Code
    mutates: tuple[tuple[Code, Code], ...] = ()
    """Address of a function or method → place and name of each parameter whose argument it changes."""
    results: tuple[tuple[Code, Code], ...] = ()
    """Address of a function or method → how its result travels."""
    named: tuple[Code, ...] = ()
    """Addresses of the named tuples that are generated as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPlan:
    """A whole client package."""

    library: DottedPath
    provenance: Code
    """Library and version, for the first line of every file."""
    name: Code
    version: Code
    manifest: Code
    types: tuple[tuple[Code, Code], ...]
    """Address of a class → where its generated class lives."""
    calls: tuple[tuple[Code, Code], ...]
    """Address of a function or method → what is said of calling it."""
    modules: tuple[ModulePlan, ...]
    adapter: AdapterPlan
