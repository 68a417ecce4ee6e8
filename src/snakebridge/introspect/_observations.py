# What the probe wrote, as typed values. The vocabulary is the guest's (`snakebridge_guest/probe`), unjudged.

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from snakebridge.errors import IntrospectionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Annotation(_Fact):
    """What an annotation says; which field is set tells the form."""

    name: str | None = None
    """Address of a class or special form."""
    args: tuple[Annotation, ...] = ()
    union: tuple[Annotation, ...] | None = None
    parameters: tuple[Annotation, ...] | None = None
    """Of a callable."""
    literal: str | None = None
    raw: str | None = None
    """Source that was not evaluated, or the bare name of something that has no address."""
    names: dict[str, Annotation | None] = Field(default_factory=dict)
    """What the dotted names in `raw` mean where it was written."""


class VariableFact(_Fact):
    """What a type parameter is; given once per run, by address."""

    kind: str
    """`TypeVar`, `ParamSpec` or `TypeVarTuple`."""
    bound: Annotation | None = None
    constraints: tuple[Annotation, ...] = ()
    variance: str = "invariant"
    default: Annotation | None = None


class DefaultFact(_Fact):
    """A default: its literal, or the address of its class."""

    literal: str | None = None
    opaque: str | None = None


class ParameterFact(_Fact):
    """One parameter."""

    name: str
    kind: int
    """As `inspect.Parameter.kind` counts."""
    default: DefaultFact | None = None
    annotation: Annotation | None = None


class SignatureFact(_Fact):
    """How something is called, without its bound parameter."""

    parameters: tuple[ParameterFact, ...]
    source: str
    returns: Annotation | None = None
    scope: str | None = None
    """Module in whose namespace its annotations are written, when that is not the one it says it is defined in."""
    narrowed: bool = False
    """Whether `__new__` takes anything, and these are the parameters of the `__init__` that it passes them on to."""


class FieldFact(_Fact):
    """A field of a data class, model, named tuple or typed dictionary."""

    name: str
    annotation: Annotation | None = None
    default: DefaultFact | None = None
    required: bool = True
    keyword_only: bool = False
    init: bool = True
    alias: str | None = None


class Entry(_Fact):
    """What stands under a name: a description, or one of `same`, `broken`, `unavailable`, `skipped`."""

    same: str | None = None
    """Where this very object was described."""
    broken: str | None = None
    """Type of the exception that describing it raised."""
    unavailable: str | None = None
    """Type of the exception that asking for it raised."""
    skipped: bool = False
    """Asking for it killed an earlier probe."""

    kind: str = ""
    name: str | None = None
    """Of a module."""
    type: str | None = None
    value: str | None = None
    refers: str | None = None
    defined: tuple[str | None, str | None] = (None, None)
    """`__module__` and `__qualname__`."""
    doc: str | None = None
    flags: tuple[str, ...] = ()
    signature: SignatureFact | None = None
    binding: str | None = None
    settable: bool = False
    returns: Annotation | None = None

    scope: str | None = None
    """Of a class: the module it is written in, when it calls itself another's."""
    bases: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
    annotations: dict[str, Annotation] = Field(default_factory=dict)
    enum: tuple[tuple[str, str | None], ...] = ()
    shape: str | None = None
    """As `snakebridge.manifest.Shape`."""
    fields: tuple[FieldFact, ...] = ()
    frozen: bool = False
    metaclass: str | None = None
    parameters: tuple[str, ...] = ()
    """Addresses of the type parameters of a class or function, in order."""
    generic_bases: tuple[Annotation, ...] = ()
    """`__orig_bases__`, when there are any."""
    alias: Annotation | None = None
    """Of kind `alias`: what an alias, `NewType` or type statement stands for; a type parameter's own name."""
    alias_kind: str | None = None
    """`alias`, `new_type` or `variable`."""
    overloads: tuple[SignatureFact, ...] = ()
    """As `typing.get_overloads` knows them."""
    deprecated: str | None = None
    """What `__deprecated__` says (PEP 702)."""
    descriptor: str | None = None
    """Of a member made by a descriptor of the library's own: address of the descriptor's class."""
    dispatches: tuple[str, ...] = ()
    """Of a single-dispatch function: addresses of the classes it has implementations for, sorted."""
    members: dict[str, Entry] = Field(default_factory=dict)
    operators: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def address(self) -> str | None:
        """`module:qualname`, as the object calls itself."""
        module, qualname = self.defined
        return f"{module}:{qualname}" if module and qualname else None


class Failure(_Fact):
    """Why a module could not be imported."""

    type: str
    message: str
    missing: str | None = None
    """The module that was not found."""
    modules: tuple[str, ...] = ()
    """When the library itself was not found: what there is instead."""
    distributions: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class TargetFact(_Fact):
    """The interpreter that the probe ran in."""

    version: tuple[int, int, int]
    platform: str
    """`sys.platform`."""
    implementation: str
    path: tuple[str, ...]
    """Absolute folders and archives of `sys.path`, the guest's own left out."""


class ModuleFact(_Fact):
    """One line of the probe's file."""

    module: str = ""
    target: TargetFact | None = None
    """Only in the first line."""
    variables: dict[str, VariableFact] = Field(default_factory=dict)
    """Only in the last line: every type parameter that was met, by address."""
    is_read: bool = False
    """Whether its source was read because it cannot be imported."""
    file: str | None = None
    """Where the import system found it, an absolute path; never leaves the introspection."""
    lazy: bool = False
    """Whether its namespace has a `__getattr__`."""
    side_effects: tuple[str, ...] = ()
    """What its import did to the process, sorted: `printed`, `environment:NAME`, `directory`, `threads`, `warned`."""
    failed: Failure | None = None
    name: str | None = None
    doc: str | None = None
    package: bool = False
    all: tuple[str, ...] | None = None
    members: dict[str, Entry] = Field(default_factory=dict)
    distribution: str | None = None
    version: str | None = None
    bases: tuple[Entry, ...] | None = None
    """Only in the last line: classes that are bases and stand in no module that was walked."""


class Reader:
    """Reads the probe's file while it grows, so that the time of reading hides behind that of probing.

    Args:
        file: What the probe writes.
        on_fact: Told of each line: what it says, and whether it has names that mean nothing at run time.
    """

    def __init__(self, file: Path, on_fact: Callable[[ModuleFact, bool], None] | None = None) -> None:
        self._file = file
        self._on_fact = on_fact
        self._position = 0
        self.facts: list[ModuleFact] = []
        """What was read so far."""

    def more(self) -> None:
        """Read the lines that were added.

        Raises:
            IntrospectionError: They are damaged, which only a library that writes into foreign files can do.
        """
        try:
            with self._file.open("rb") as file:
                file.seek(self._position)
                added = file.read()
            added = added[: added.rfind(b"\n") + 1]
            self._position += len(added)
            for line in added.splitlines():
                fact = ModuleFact.model_validate_json(line)
                self.facts.append(fact)
                if self._on_fact is not None:
                    self._on_fact(fact, b'":null' in line)
        except (OSError, ValidationError) as error:
            raise IntrospectionError(f"the probe's observations cannot be read ({error}); introspect again") from None
