"""The closed choices of the manifest: each is an enum with a sentence per member."""

from __future__ import annotations

import enum

__all__ = [
    "Binding",
    "DefinitionKind",
    "Flag",
    "Kind",
    "Level",
    "Note",
    "ParameterKind",
    "Shape",
    "Surface",
    "Tier",
    "Variance",
]


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
    ALIAS = "alias"
    """A name for a type expression: a type alias, `NewType` or type variable; its `Definition` says which."""


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
    DELETABLE = "deletable"
    """A property that can be deleted."""
    CACHED = "cached"
    """A property that is computed once per object."""
    FINAL = "final"
    """Marked with `typing.final`."""
    FROZEN = "frozen"
    """A data class whose fields cannot be assigned."""
    FLAGS = "flags"
    """An enum whose members combine (`enum.Flag`)."""
    RUNTIME_CHECKABLE = "runtime_checkable"
    """A protocol that `isinstance` accepts."""
    PARTIAL = "partial"
    """A `functools.partial` or `partialmethod`; what it binds is left out of the signature."""
    SINGLE_DISPATCH = "single_dispatch"
    """Chooses by the type of its first argument; see `Symbol.dispatches`."""


class Tier(enum.StrEnum):
    """Where a signature, a type or a docstring was learnt, best first."""

    OVERRIDE = "override"
    """A person said so, in an overrides file."""
    BUILT_IN = "built-in"
    """snakebridge itself knows it, of the standard library."""
    RUNTIME = "runtime"
    """The object itself, in the target."""
    TEXT_SIGNATURE = "text_signature"
    """`__text_signature__` of a compiled object."""
    STUB = "stub"
    """A `.pyi` file: bundled, of a stub package (PEP 561), or of typeshed."""
    STATIC = "static"
    """Source that was read and not run."""
    DOCSTRING = "docstring"
    """A parameter list of a docstring, or its first line."""
    VARIADIC = "variadic"
    """Nothing was known: `(*args, **kwargs)`."""


class Note(enum.StrEnum):
    """Where sources disagree about a symbol."""

    RUNTIME_VARIADIC = "runtime-variadic"
    """The object takes `*args, **kwargs`; the parameters are those that a better source names."""
    STUB_DRIFTED = "stub-drifted"
    """The stub's parameter names differ from those of the object, which were kept."""
    STUB_MISSING = "stub-missing"
    """The library has stubs and they do not know this symbol."""
    CONDITIONAL = "conditional"
    """Its source stands under a condition on the Python version or platform; see `Symbol.condition`."""


class Shape(enum.StrEnum):
    """What sort of data a class holds, by the protocol that made it."""

    DATACLASS = "dataclass"
    ATTRS = "attrs"
    PYDANTIC = "pydantic"
    NAMED_TUPLE = "named_tuple"
    TYPED_DICT = "typed_dict"
    PROTOCOL = "protocol"


class Surface(enum.StrEnum):
    """Which names of a library are public."""

    EXPORTS = "exports"
    """Only what `__all__` of its modules names, or for modules without it what their root package re-exports."""
    PUBLIC = "public"
    """Names without a leading underscore that the library owns, or `__all__` where there is one."""
    EXPLICIT = "explicit"
    """Only what `include` names."""
    DOCS = "docs"
    """Only what the library's documentation lists (a Sphinx `objects.inv`)."""
    ALL = "all"
    """Private modules and names too."""


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


class Variance(enum.StrEnum):
    """How a type parameter varies (PEP 484)."""

    INVARIANT = "invariant"
    COVARIANT = "covariant"
    CONTRAVARIANT = "contravariant"
    INFERRED = "inferred"
    """PEP 695: the checker finds out."""


class DefinitionKind(enum.StrEnum):
    """What a name in a type expression stands for, when it is no class that is a symbol."""

    ALIAS = "alias"
    NEW_TYPE = "new_type"
    VARIABLE = "variable"
    """A `TypeVar`."""
    PARAMETERS = "parameters"
    """A `ParamSpec` (PEP 612)."""
    VARIABLES = "variables"
    """A `TypeVarTuple` (PEP 646)."""
    CLASS = "class"
    """A class that is not public, or exists in stubs only."""
    PROTOCOL = "protocol"
    """The same, and a protocol."""


class Level(enum.StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
