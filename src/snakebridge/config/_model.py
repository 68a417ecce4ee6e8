# What the configuration may say, as frozen models.
#
# Guarantees: an unknown key is refused; every path is absolute once it is read, relative ones from the file's folder.
# Assumes: whoever validates gives `folder`, and `file` when there is one, as the validation's context.

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping  # noqa: TC003 - pydantic reads annotations at run time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

__all__ = ["Config", "LibraryConfig", "PoolConfig", "QueueConfig", "WorkersConfig", "known_keys"]

_VERSION = re.compile(r"(python|pypy)?[\d.]+")


def _anchored(value: Path, info: ValidationInfo) -> Path:
    return _folder(info) / os.path.expanduser(value)  # noqa: PTH111 - Path.expanduser raises for an unknown user


def _anchored_python(value: str | None, info: ValidationInfo) -> str | None:
    # A word that is no file here may be a command on the search path, or a version.
    if value is None or not value.strip():
        return None
    path = _anchored(Path(value), info)
    is_file = os.sep in value or path.exists()
    return value if not is_file and (_VERSION.fullmatch(value) or shutil.which(value)) else str(path)


def _folder(info: ValidationInfo) -> Path:
    return info.context["folder"] if info.context else Path()


def _fixed_size(value: object) -> object:
    return {"min": value, "max": value} if isinstance(value, int) else value


def _import_names(value: Mapping[str, LibraryConfig]) -> Mapping[str, LibraryConfig]:
    for name in value:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{name!r} is no import name")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(strict=True, ge=1)]


class WorkersConfig(_Section):
    """How many workers a pool has; a number alone means exactly so many."""

    min: _Count = 1
    max: _Count = 1

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is more than max ({self.max})")
        return self


class QueueConfig(_Section):
    """How many calls may wait for a worker, and how long."""

    size: _Count | None = None
    timeout: _Seconds | None = None
    """Seconds."""


class PoolConfig(_Section):
    """One pool of workers."""

    workers: Annotated[WorkersConfig, BeforeValidator(_fixed_size)] = WorkersConfig()
    queue: QueueConfig = QueueConfig()
    timeout: _Seconds | None = None
    """Seconds that a call may take unless it says otherwise, queueing included."""
    env: Mapping[str, str] = Field(default_factory=dict)
    """Environment variables of the workers, on top of the clean environment."""
    link: Literal["lane", "grpc"] = "lane"


class LibraryConfig(_Section):
    """One library: where it lives, and which pool runs it."""

    python: Annotated[str | None, AfterValidator(_anchored_python)] = None
    """Interpreter, or folder of a virtual environment."""
    requirements: tuple[str, ...] = ()
    """What to install into a managed environment."""
    python_version: str | None = None
    """Version of the managed environment's interpreter, such as `3.10`."""
    pool: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.python and self.requirements:
            raise ValueError("python and requirements exclude each other")
        if self.python_version and not self.requirements:
            raise ValueError("python-version goes with requirements")
        return self


class Config(_Section):
    """Everything `[tool.snakebridge]` says, with absolute paths."""

    output: Annotated[Path, AfterValidator(_anchored)] = Path("bridges")
    """Folder of the generated packages."""
    manifests: Annotated[Path, AfterValidator(_anchored)] = Path("manifests")
    """Folder of the manifests."""
    libraries: Annotated[Mapping[str, LibraryConfig], AfterValidator(_import_names)] = Field(default_factory=dict)
    pools: Mapping[str, PoolConfig] = Field(default_factory=dict)
    _file: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _known_pools(self) -> Self:
        for name, library in self.libraries.items():
            if library.pool is not None and library.pool not in self.pools:
                raise ValueError(f"libraries.{name}.pool is {library.pool!r} and there is no section for that pool")
        return self

    def model_post_init(self, context: Any, /) -> None:
        """Remember where it was read from."""
        self._file = context.get("file") if context else None

    @property
    def file(self) -> Path | None:
        """Where it was read from; `None` when there is no configuration file."""
        return self._file


def known_keys(location: list[str]) -> list[str]:
    """Return the keys that are known where an unknown one stands."""
    match location:
        case ["libraries", _, _]:
            model: type[_Section] = LibraryConfig
        case ["pools", _, "workers", _]:
            model = WorkersConfig
        case ["pools", _, "queue", _]:
            model = QueueConfig
        case ["pools", _, _]:
            model = PoolConfig
        case _:
            model = Config
    return [field.alias for field in model.model_fields.values() if field.alias]
