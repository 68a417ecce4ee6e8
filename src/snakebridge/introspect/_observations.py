# What the probe wrote, as typed values. The vocabulary is the guest's (`snakebridge_guest/probe`), unjudged.

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from snakebridge.errors import IntrospectionError

if TYPE_CHECKING:
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


class DataclassFact(_Fact):
    """What `dataclasses` wrote on a class."""

    fields: tuple[str, ...]
    frozen: bool


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

    bases: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
    annotations: dict[str, Annotation] = Field(default_factory=dict)
    enum: tuple[tuple[str, str | None], ...] = ()
    dataclass: DataclassFact | None = None
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


class ModuleFact(_Fact):
    """One line of the probe's file."""

    module: str = ""
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


def read_observations(file: Path) -> list[ModuleFact]:
    """Read the probe's file.

    Raises:
        IntrospectionError: It is damaged, which only a library that writes into foreign files can do.
    """
    try:
        return [ModuleFact.model_validate_json(line) for line in file.read_bytes().splitlines()]
    except (OSError, ValidationError) as error:
        raise IntrospectionError(f"the probe's observations cannot be read ({error}); introspect again") from None
