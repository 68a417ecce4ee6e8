"""The manifest: what one library offers, as data.

Everything is frozen, validated on the way in, and says nothing about the machine it was made on. Addresses are
`module:qualname`; types are expressions of `snakebridge.manifest.types`.
"""

from __future__ import annotations

import functools
import re
from typing import Annotated, Literal, Self

import pydantic
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from snakebridge.manifest import types as type_language
from snakebridge.manifest.vocabulary import (
    Binding,
    DefinitionKind,
    Flag,
    Kind,
    Level,
    Note,
    ParameterKind,
    Shape,
    Surface,
    Tier,
    Variance,
)

__all__ = [
    "SCHEMA_VERSION",
    "Default",
    "Definition",
    "Effects",
    "EnumMember",
    "Field",
    "Finding",
    "Library",
    "Manifest",
    "Module",
    "Parameter",
    "Selection",
    "Signature",
    "Symbol",
    "address_pattern",
]

SCHEMA_VERSION = 2

_WORD = r"[^\W\d]\w*"
_DOTTED = rf"{_WORD}(?:\.{_WORD})*"

DottedPath = Annotated[str, StringConstraints(pattern=rf"^{_DOTTED}$", max_length=500)]
Identifier = Annotated[str, StringConstraints(pattern=rf"^{_WORD}$", max_length=200)]
Address = Annotated[str, StringConstraints(pattern=rf"^{_DOTTED}:{_DOTTED}$", max_length=500)]


@functools.lru_cache(maxsize=1 << 14)
def _is_type(text: str) -> str:
    # Stored in canonical spelling, so that equal types are equal strings. A library says few different things often.
    return str(type_language.parse(text))


TypeExpression = Annotated[str, AfterValidator(_is_type)]


def address_pattern(text: str) -> str:
    """Return a pattern of addresses as it is.

    Raises:
        ValueError: It is none.
    """
    if not re.fullmatch(r"[\w*?]+(?:[.:][\w*?]+)*", text) or text.count(":") > 1:
        raise ValueError(f"{text!r} is no pattern of addresses; write one such as 'linalg.*' or 'numpy.linalg:norm'")
    return text


def _is_not_negative(number: int | None) -> int | None:
    if number is not None and number < 0:
        raise ValueError(f"{number} is negative; write 0 or more, or leave it out")
    return number


_AddressPattern = Annotated[str, AfterValidator(address_pattern)]
_Limit = Annotated[int | None, AfterValidator(_is_not_negative)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="strings")


class Default(_Record):
    """A parameter's default: a Python literal, or only the class of something that has no literal."""

    literal: str | None = None
    """Source that `ast.literal_eval` reads, or `nan`, `inf`, `-inf`."""
    opaque: str | None = None
    """Address of the default's class, when it has no literal."""


class Parameter(_Record):
    """One parameter."""

    name: Identifier
    kind: ParameterKind = ParameterKind.POSITIONAL
    default: Default | None = None
    """`None`: the parameter is required."""
    type: TypeExpression | None = None
    """`None`: unknown."""
    tier: Tier = Tier.RUNTIME
    """Where `type` was learnt."""


class Signature(_Record):
    """One way to call; `self` and `cls` are left out."""

    parameters: tuple[Parameter, ...] = ()
    returns: TypeExpression | None = None
    """`None`: unknown. For generators the type the annotation says, not the yield type."""
    tier: Tier = Tier.RUNTIME
    """Where `returns` was learnt."""
    deprecated: str | None = None
    """Of an overload: what its deprecation says (PEP 702)."""


class Field(_Record):
    """A field of a data class, named tuple, typed dictionary or model, in definition order."""

    name: Identifier
    type: TypeExpression | None = None
    tier: Tier = Tier.RUNTIME
    default: Default | None = None
    """`None`: there is none."""
    required: bool = True
    """Whether an object can be made, or a typed dictionary be valid, without it."""
    keyword_only: bool = False
    init: bool = True
    """Whether the constructor takes it."""
    alias: str | None = None
    """The name that the constructor takes, when it is another."""


class Effects(_Record):
    """What calling does beyond returning: overrides say it, and of the standard library what is changed in place."""

    pure: bool = False
    """Same arguments, same result, and nothing else happens."""
    idempotent: bool = False
    """Calling twice does what calling once does, so it may be retried."""
    mutates: tuple[Identifier, ...] = ()
    """Parameters whose argument it changes; `self` for the object of a method."""
    mutates_tier: Tier = Tier.OVERRIDE
    """Where `mutates` was learnt: `override`, or `built-in`."""
    streams: bool = False
    """Its result is an iterator that is meant to be consumed as it comes."""
    by: Literal["value", "reference"] | None = None
    """How its result travels."""
    timeout: Annotated[float, pydantic.Field(gt=0, allow_inf_nan=False)] | None = None
    """Seconds that a call may take."""


class Definition(_Record):
    """The meaning of a name that type expressions use; public or not."""

    path: Address
    """As type expressions write it. A type parameter of PEP 695 is `module:Owner.T`."""
    kind: DefinitionKind
    type: TypeExpression | None = None
    """Of an alias: what it stands for. Of a `NewType`: its supertype."""
    parameters: tuple[Address, ...] = ()
    """Of a generic alias or class: its type parameters, in order."""
    bases: tuple[TypeExpression, ...] = ()
    """Of a class."""
    bound: TypeExpression | None = None
    constraints: tuple[TypeExpression, ...] = ()
    variance: Variance = Variance.INVARIANT
    default: TypeExpression | None = None
    """Of a type parameter (PEP 696)."""


class EnumMember(_Record):
    """A member of an enum, aliases included, in definition order."""

    name: Identifier
    value: str | None = None
    """Literal source, or `None` when the value has no literal."""


class Symbol(_Record):
    """One thing a library offers; a member of a class is a symbol of its own (`json:JSONDecoder.decode`)."""

    path: Address
    """The canonical public address."""
    kind: Kind
    aliases: tuple[Address, ...] = ()
    """The other public addresses, sorted. Members have none of their own."""
    defined: str | None = None
    """`__module__:__qualname__` as the target says, when it is not `path`."""
    doc: str | None = None
    doc_tier: Tier = Tier.RUNTIME
    """Where `doc` was learnt."""
    signature: Signature | None = None
    """How it is called; of a class: how calling it is. With overloads, one signature that accepts all of them."""
    tier: Tier | None = None
    """Where the names, kinds and defaults of the signature were learnt."""
    overloads: tuple[Signature, ...] = ()
    """All overloads, in order, when there are two or more."""
    overloads_tier: Tier = Tier.STUB
    """Where the overloads were learnt."""
    binding: Binding | None = None
    """Of a member: how it is bound."""
    flags: tuple[Flag, ...] = ()
    bases: tuple[str, ...] = ()
    """Of a class: addresses of its direct bases as the target says (`defined` form), `builtins:object` left out."""
    protocols: tuple[Identifier, ...] = ()
    """Of a class or callable: dunder names looked up on its type that it, or a base outside the library, defines."""
    type: TypeExpression | None = None
    """Of a constant, property or callable: its type."""
    type_tier: Tier = Tier.RUNTIME
    """Where `type` was learnt."""
    value: str | None = None
    """Of a constant: small literal source."""
    members: tuple[EnumMember, ...] = ()
    """Of an enum."""
    shape: Shape | None = None
    """Of a class that holds data in a known way."""
    fields: tuple[Field, ...] = ()
    """Of a class with a `shape`."""
    parameters: tuple[Address, ...] = ()
    """Of a generic class or function: its type parameters, in order; `Manifest.definitions` says what they are."""
    generic_bases: tuple[TypeExpression, ...] = ()
    """Of a class: its bases with their type arguments, when any has some."""
    metaclass: str | None = None
    """Of a class: address of its metaclass, when that is not `type`."""
    descriptor: str | None = None
    """Of a member: address of the class of the descriptor that makes it, when that is one of the library's own."""
    dispatches: tuple[TypeExpression, ...] = ()
    """Of a single-dispatch function: the types it has implementations for, sorted."""
    deprecated: str | None = None
    """What its deprecation says."""
    condition: str | None = None
    """The condition on version or platform under which its source stands, such as `sys.version_info >= (3, 11)`."""
    notes: tuple[Note, ...] = ()
    """Disagreements of the sources, sorted."""
    effects: Effects | None = None

    @property
    def module(self) -> str:
        """The module part of `path`."""
        return self.path.partition(":")[0]

    @property
    def qualname(self) -> str:
        """The qualified name within the module."""
        return self.path.partition(":")[2]

    @property
    def name(self) -> str:
        """The last part of the qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str | None:
        """Address of the class this is a member of, or `None` at module level."""
        head, _, _ = self.qualname.rpartition(".")
        return f"{self.module}:{head}" if head else None


class Module(_Record):
    """One module of the library."""

    name: DottedPath
    package: bool = False
    doc: str | None = None
    exports: dict[Identifier, str] = pydantic.Field(default_factory=dict)
    """Public name → canonical address of the symbol (`networkx:Graph`), or dotted name of a submodule (no colon)."""
    external: dict[Identifier, str] = pydantic.Field(default_factory=dict)
    """Public name → address of something that another library owns; listed, not generated."""
    tier: Tier = Tier.RUNTIME
    """`static`: it cannot be imported in the target and was read instead."""
    lazy: bool = False
    """Whether it makes names on request (`__getattr__`, PEP 562)."""


class Finding(_Record):
    """A problem as a value."""

    rule: str
    """Stable name such as `module-failed`."""
    level: Level
    path: str
    """Address, module or file it is about."""
    message: str
    hint: str | None = None
    """What to do about it."""


class Library(_Record):
    """Whose manifest this is."""

    name: DottedPath
    """Import name."""
    distribution: str | None = None
    version: str | None = None
    stubs: dict[str, str] = pydantic.Field(default_factory=dict)
    """Distributions of stubs that were read, with their versions; typeshed as `typeshed`."""


class Selection(_Record):
    """Which part of a library was taken, as it was asked for."""

    surface: Surface = Surface.PUBLIC
    include: tuple[_AddressPattern, ...] = ()
    """Patterns of addresses that are taken, such as `linalg.*`; none: all."""
    exclude: tuple[_AddressPattern, ...] = ()
    """Patterns of addresses that are left out, on top of tests and vendored packages."""
    depth: _Limit = None
    """How many levels of submodules; 0 is the root alone."""
    members: _Limit = None
    """How many members a class may have; operators and the constructor are never cut."""


class Manifest(_Record):
    """Everything that is known about one library's public interface."""

    library: Library
    selection: Selection = Selection()
    modules: tuple[Module, ...] = ()
    """Sorted by name."""
    symbols: tuple[Symbol, ...] = ()
    """Sorted by path."""
    definitions: tuple[Definition, ...] = ()
    """What names in type expressions stand for when they are no symbols; sorted by path."""
    findings: tuple[Finding, ...] = ()
    """Sorted by rule and path."""

    def sorted(self) -> Self:
        """Return an equal manifest in canonical order."""
        return self.model_copy(
            update={
                "modules": tuple(sorted(self.modules, key=lambda module: module.name)),
                "symbols": tuple(sorted(self.symbols, key=lambda symbol: symbol.path)),
                "definitions": tuple(sorted(self.definitions, key=lambda one: one.path)),
                "findings": tuple(sorted(self.findings, key=lambda f: (f.rule, f.path, f.message))),
            }
        )
