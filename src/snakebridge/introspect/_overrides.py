# Overrides as people write them: TOML files of facts about a library that they know better than it says itself.
#
# Guarantees: what is read is well formed: keys are known, types and signatures are in the grammar, one entry does not
# contradict itself. Whether the library has what an entry names is not asked here (`_overriding.py`), because that
# changes with its version and is nobody's mistake.

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pydantic
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from snakebridge.errors import ConfigurationError
from snakebridge.files import read_toml
from snakebridge.introspect._written import read_signature, read_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ADDRESS = re.compile(r"[\w.*?]+(:[\w.*?]+)?")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def _checked_type(text: str) -> str:
    return str(read_type(text))


def _checked_signature(text: str) -> str:
    read_signature(text)
    return text


def _checked_versions(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(
            f"{text!r} is no version specifier; write it as in requirements, such as '>=1.26,<3'"
        ) from None
    return text


_TypeText = Annotated[str, AfterValidator(_checked_type)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class EffectsOverride(_Section):
    """What calling does; what is not said stays as less exact entries say it."""

    pure: bool | None = None
    idempotent: bool | None = None
    mutates: tuple[str, ...] | None = None
    streams: bool | None = None
    by: Literal["value", "reference"] | None = None
    timeout: Annotated[float, pydantic.Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.pure and self.mutates:
            raise ValueError(f"it cannot be pure and mutate {', '.join(self.mutates)}; remove one of them")
        if self.pure and self.idempotent is False:
            raise ValueError("what is pure is idempotent too; remove one of them")
        return self


_EFFECTS = tuple(EffectsOverride.model_fields)


class ParameterOverride(_Section):
    """One parameter."""

    type: _TypeText


class SymbolOverride(EffectsOverride):
    """One symbol, or all that a pattern names; effects may stand here too, without their section."""

    effects: EffectsOverride = EffectsOverride()
    signature: Annotated[str, AfterValidator(_checked_signature)] | None = None
    returns: _TypeText | None = None
    parameters: dict[str, ParameterOverride] = pydantic.Field(default_factory=dict)
    type: _TypeText | None = None
    doc: str | None = None
    hidden: bool | None = None

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        for name in _EFFECTS:
            if getattr(self, name) is not None and getattr(self.effects, name) is not None:
                raise ValueError(f"{name} is said twice, here and in effects; remove one of them")
        EffectsOverride(**{name: self.effect(name) for name in _EFFECTS})
        return self

    def effect(self, name: str) -> Any:
        """Return an effect, wherever it was written."""
        shorthand = getattr(self, name)
        return getattr(self.effects, name) if shorthand is None else shorthand

    def facts(self) -> Iterator[tuple[str, object]]:
        """Yield what is said, by key; each can be overridden on its own."""
        for name in ("hidden", "doc", "type", "signature", "returns"):
            if getattr(self, name) is not None:
                yield name, getattr(self, name)
        for name, parameter in self.parameters.items():
            yield f"parameters.{name}", parameter.type
        for name in _EFFECTS:
            if self.effect(name) is not None:
                yield f"effects.{name}", self.effect(name)


class LibraryOverrides(_Section):
    """One file."""

    library: Annotated[str, pydantic.Field(pattern=rf"^{_DOTTED.pattern}$")]
    versions: Annotated[str, AfterValidator(_checked_versions)] | None = None
    symbols: dict[str, SymbolOverride] = pydantic.Field(default_factory=dict)

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        for address in self.symbols:
            if not _ADDRESS.fullmatch(address):
                raise ValueError(
                    f"{address!r} is no address; write one such as '{self.library}:name', with * and ? for any letters"
                )
        return self

    def covers(self, version: str | None) -> bool:
        """Tell whether this is about a version of the library; a version that is no version is only covered by all."""
        if self.versions is None:
            return True
        try:
            return version is not None and SpecifierSet(self.versions).contains(Version(version), prereleases=True)
        except InvalidVersion:
            return False


@dataclass(frozen=True, kw_only=True, slots=True)
class OverridesFile:
    """One file, by its name without folders, as findings show it."""

    name: str
    content: LibraryOverrides


@dataclass(frozen=True, slots=True)
class Overrides:
    """All files of one introspection, in the order in which they were named."""

    files: tuple[OverridesFile, ...] = ()


def read_overrides(files: Iterable[Path]) -> Overrides:
    """Read overrides.

    Raises:
        ConfigurationError: A file cannot be read, is no TOML, or holds what is no override; the message says where.
    """
    return Overrides(files=tuple(map(_read, files)))


def _read(file: Path) -> OverridesFile:
    table = read_toml(file)
    try:
        return OverridesFile(name=file.name, content=LibraryOverrides.model_validate(table))
    except ValidationError as error:
        raise ConfigurationError(_sentence(error, file)) from None


def _sentence(error: ValidationError, file: Path) -> str:
    # An unknown key comes first: it is often the cause of the other complaints.
    details = error.errors(include_url=False)
    first = next((one for one in details if one["type"] == "extra_forbidden"), details[0])
    location = [str(part) for part in first["loc"]]
    key = ".".join(f'"{part}"' if ":" in part or "*" in part else part for part in location)
    if first["type"] == "extra_forbidden":
        known = _known_keys(location)
        near = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"{file}: unknown key {key}; {hint}"
    reason = first["msg"].removeprefix("Value error, ")
    return f"{file}: {key + ': ' if key else ''}{reason[:1].lower()}{reason[1:]}"


def _known_keys(location: list[str]) -> list[str]:
    match location:
        case ["symbols", _, "effects", _]:
            model: type[_Section] = EffectsOverride
        case ["symbols", _, "parameters", _, _]:
            model = ParameterOverride
        case ["symbols", _, _]:
            model = SymbolOverride
        case _:
            model = LibraryOverrides
    return sorted(model.model_fields)
