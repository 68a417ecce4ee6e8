"""The manifest: what one library offers, as data.

Everything is frozen, validated on the way in, and says nothing about the machine it was made on. Addresses are
`module:qualname`; types are expressions of `snakebridge.manifest.types`.
"""

from __future__ import annotations

import enum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from snakebridge.manifest import types as type_language

__all__ = [
    "SCHEMA_VERSION",
    "Binding",
    "Default",
    "EnumMember",
    "Finding",
    "Flag",
    "Kind",
    "Level",
    "Library",
    "Manifest",
    "Module",
    "Parameter",
    "ParameterKind",
    "Signature",
    "Symbol",
    "Tier",
]

SCHEMA_VERSION = 1

_WORD = r"[^\W\d]\w*"
_DOTTED = rf"{_WORD}(?:\.{_WORD})*"

DottedPath = Annotated[str, StringConstraints(pattern=rf"^{_DOTTED}$", max_length=500)]
Identifier = Annotated[str, StringConstraints(pattern=rf"^{_WORD}$", max_length=200)]
Address = Annotated[str, StringConstraints(pattern=rf"^{_DOTTED}:{_DOTTED}$", max_length=500)]


def _is_type(text: str) -> str:
    # Stored in canonical spelling, so that equal types are equal strings.
    return str(type_language.parse(text))


TypeExpression = Annotated[str, AfterValidator(_is_type)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="strings")


class Kind(enum.StrEnum):
    """What a symbol is."""

    FUNCTION = "function"
    """A function, method, or anything routine-like with a signature; see `Flag` for async and generators."""
    CLASS = "class"
    """A class that is neither an exception nor an enum."""
    EXCEPTION = "exception"
    """A class that derives from `BaseException`."""
    ENUM = "enum"
    """A class that derives from `enum.Enum`."""
    PROPERTY = "property"
    """A property, cached property, slot or other data descriptor: read on an instance, never evaluated by the probe."""
    CONSTANT = "constant"
    """Any other value of a module or class."""
    CALLABLE = "callable"
    """An instance that can be called and is no routine, such as a numpy ufunc."""


class Binding(enum.StrEnum):
    """How a member of a class is bound."""

    INSTANCE = "instance"
    CLASS = "class"
    STATIC = "static"


class Flag(enum.StrEnum):
    """A fact about a symbol that callers must know."""

    COROUTINE = "coroutine"
    GENERATOR = "generator"
    ASYNC_GENERATOR = "async_generator"
    CONTEXT_MANAGER = "context_manager"
    """A generator function that `contextlib.contextmanager` made a context manager of."""
    ASYNC_CONTEXT_MANAGER = "async_context_manager"
    ABSTRACT = "abstract"
    DEPRECATED = "deprecated"
    SETTABLE = "settable"
    """A property that can be assigned."""


class Tier(enum.StrEnum):
    """Where a signature or a type was learnt, best first."""

    RUNTIME = "runtime"
    TEXT_SIGNATURE = "text_signature"
    STUB = "stub"
    DOCSTRING = "docstring"
    VARIADIC = "variadic"
    """Nothing was known: `(*args, **kwargs)`."""


class ParameterKind(enum.StrEnum):
    """The five parameter kinds of PEP 362."""

    POSITIONAL_ONLY = "positional_only"
    POSITIONAL = "positional"
    """Positional or keyword."""
    VARIADIC = "variadic"
    """`*args`."""
    KEYWORD = "keyword"
    """Keyword only."""
    VARIADIC_KEYWORD = "variadic_keyword"
    """`**kwargs`."""


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


class Signature(_Record):
    """One way to call; `self` and `cls` are left out."""

    parameters: tuple[Parameter, ...] = ()
    returns: TypeExpression | None = None
    """`None`: unknown. For generators the type the annotation says, not the yield type."""


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
    signatures: tuple[Signature, ...] = ()
    """Of a class: of calling it. More than one: overloads, in order."""
    tier: Tier | None = None
    """Where the signature was learnt."""
    binding: Binding | None = None
    """Of a member: how it is bound."""
    flags: tuple[Flag, ...] = ()
    bases: tuple[str, ...] = ()
    """Of a class: addresses of its direct bases as the target says (`defined` form), `builtins:object` left out."""
    protocols: tuple[Identifier, ...] = ()
    """Of a class or callable: dunder names looked up on its type that it, or a base outside the library, defines."""
    type: TypeExpression | None = None
    """Of a constant or property: its type."""
    value: str | None = None
    """Of a constant: small literal source."""
    members: tuple[EnumMember, ...] = ()
    """Of an enum."""

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
    exports: dict[Identifier, str] = Field(default_factory=dict)
    """Public name → canonical address of the symbol (`networkx:Graph`), or dotted name of a submodule (no colon)."""
    external: dict[Identifier, str] = Field(default_factory=dict)
    """Public name → address of something that another library owns; listed, not generated."""


class Level(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


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


class Manifest(_Record):
    """Everything that is known about one library's public interface."""

    library: Library
    surface: str = "public"
    modules: tuple[Module, ...] = ()
    """Sorted by name."""
    symbols: tuple[Symbol, ...] = ()
    """Sorted by path."""
    findings: tuple[Finding, ...] = ()
    """Sorted by rule and path."""

    def sorted(self) -> Self:
        """Return an equal manifest in canonical order."""
        return self.model_copy(
            update={
                "modules": tuple(sorted(self.modules, key=lambda module: module.name)),
                "symbols": tuple(sorted(self.symbols, key=lambda symbol: symbol.path)),
                "findings": tuple(sorted(self.findings, key=lambda f: (f.rule, f.path, f.message))),
            }
        )
