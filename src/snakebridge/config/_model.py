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
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

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

if TYPE_CHECKING:
    from snakebridge.manifest import Selection

__all__ = ["Config", "LibraryConfig", "PoolConfig", "QueueConfig", "SelectionConfig", "WorkersConfig", "known_keys"]

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


def _anchored_inventory(value: str | None, info: ValidationInfo) -> str | None:
    is_url = value is None or re.match(r"https?://", value, re.IGNORECASE)
    return value if is_url else str(_anchored(Path(str(value)), info))


def _anchored_stubs(value: str, info: ValidationInfo) -> str:
    # A word that is no folder here is a requirement.
    if not value.strip():
        raise ValueError("an empty entry names no stubs; write a folder, or a requirement such as 'scipy-stubs'")
    path = _anchored(Path(value), info)
    return str(path) if value.startswith((".", "~", os.sep)) or path.is_dir() else value


def _surface(value: str | None) -> str | None:
    if value is None:
        return None
    from snakebridge.manifest import Surface  # noqa: PLC0415 - slow to import, and seldom said

    if value not in list(Surface):
        raise ValueError(f"{value!r} is no surface; write one of {', '.join(Surface)}")
    return value


def _pattern(value: str) -> str:
    from snakebridge.manifest import address_pattern  # noqa: PLC0415 - as above

    return address_pattern(value)


def _folder(info: ValidationInfo) -> Path:
    return info.context["folder"] if info.context else Path()


def _fixed_size(value: object) -> object:
    return {"min": value, "max": value} if isinstance(value, int) else value


def _module(value: str) -> str:
    if not all(part.isidentifier() for part in value.split(".")):
        raise ValueError(f"{value!r} is no module, such as numpy")
    return value


def _warm_up(value: str) -> str:
    module, colon, name = value.partition(":")
    parts = [*module.split("."), *(name.split(".") if colon else ())]
    if not all(part.isidentifier() for part in parts):
        raise ValueError(f"{value!r} is neither a module, such as numpy, nor a function of one, such as models:load")
    return value


def _import_names(value: Mapping[str, LibraryConfig]) -> Mapping[str, LibraryConfig]:
    for name in value:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{name!r} is no import name; write what `import` takes, such as 'sklearn' or 'PIL'")
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
_Limit = Annotated[int, Field(strict=True, ge=0)]
_Pattern = Annotated[str, AfterValidator(_pattern)]


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


class RecycleConfig(_Section):
    """When a worker is replaced although nothing is wrong with it; whatever comes first."""

    after_calls: _Count | None = None
    after_seconds: _Seconds | None = None
    above_mb: _Seconds | None = None
    """Resident memory in megabytes of 10⁶ bytes."""
    grace: _Seconds = 60.0
    """Seconds that sessions and proxies may keep the old one."""
    at_once: _Count = 1
    """Workers that are replaced together."""


class ResourcesConfig(_Section):
    """What of the machine each worker may use, and where it runs."""

    threads: _Count | None = None
    memory_mb: _Seconds | None = None
    message_mb: Annotated[float, Field(gt=0, le=2000)] = 1000
    """Megabytes of 10⁶ bytes."""
    cores: tuple[_Limit, ...] | None = None
    gpus: tuple[int | str, ...] | None = None
    nice: _Limit = 0
    folder: str | None = None
    umask: _Limit | None = None


_Seldom = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class GuardConfig(_Section):
    """What a pool does about workers that die again and again, or stand still; 0: nothing."""

    deaths: _Limit = 10
    """After so many workers in a row died in a call, no calls are taken for a while."""
    pause: _Seconds = 1.0
    """Seconds for which no calls are taken; doubled each time that the trial call after them fails."""
    longest_pause: _Seconds = 60.0
    poison: _Limit = 3
    """After so many workers in a row crashed in the same call with the same arguments, it is refused."""
    stopped: _Seldom = 2.0
    """Seconds that a worker may be stopped before it is replaced."""


class EnvironmentConfig(_Section):
    """Where libraries live."""

    python: Annotated[str | None, AfterValidator(_anchored_python)] = None
    """Interpreter, or folder of a virtual environment."""
    requirements: tuple[str, ...] = ()
    """What to install into a managed environment."""
    python_version: str | None = None
    """Version of the managed environment's interpreter, such as `3.10`."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.python and self.requirements:
            raise ValueError("python and requirements exclude each other")
        if self.python_version and not self.requirements:
            raise ValueError("python-version goes with requirements")
        return self

    @property
    def has_environment(self) -> bool:
        """Whether it says so."""
        return bool(self.python or self.requirements)


class PoolConfig(EnvironmentConfig):
    """One pool of workers, and the environment of its libraries unless each of them says its own."""

    workers: Annotated[WorkersConfig, BeforeValidator(_fixed_size)] = WorkersConfig()
    queue: QueueConfig = QueueConfig()
    recycle: RecycleConfig = RecycleConfig()
    resources: ResourcesConfig = ResourcesConfig()
    guard: GuardConfig = GuardConfig()
    timeout: _Seconds | None = None
    """Seconds that a call may take unless it says otherwise, queueing included."""
    env: Mapping[str, str] = Field(default_factory=dict)
    """Environment variables of the workers, on top of the clean environment."""
    link: Literal["lane", "grpc"] = "lane"
    profile: Literal["process", "thread", "auto"] = "process"
    lanes: _Count = 4
    """How many calls a worker of the thread profile runs at once."""
    max_references: _Count | None = None
    """How many objects of a worker may be referred to at once."""
    warm_up: tuple[Annotated[str, AfterValidator(_warm_up)], ...] = ()
    """Modules to import, and functions to call (`module:name`), in each worker before it is ready."""
    start: Literal["spawn", "zygote"] = "spawn"
    preload: tuple[Annotated[str, AfterValidator(_module)], ...] = ()
    """Modules that a zygote imports before workers are forked from it."""
    start_timeout: _Seconds = 60.0
    """Seconds from a worker's start until it is ready."""
    dynamic: bool = False
    """Whether workers may run what no generated code names."""


class SelectionConfig(_Section):
    """Which part of a library is generated; what is left out here is decided by the defaults."""

    surface: Annotated[str | None, AfterValidator(_surface)] = None
    """As `snakebridge.manifest.Surface`."""
    include: tuple[_Pattern, ...] | None = None
    """Patterns of addresses that are taken."""
    exclude: tuple[_Pattern, ...] | None = None
    """Patterns of addresses that are left out."""
    depth: _Limit | None = None
    """How many levels of submodules."""
    max_members: _Limit | None = None
    """How many members a class may have."""


class LibraryConfig(EnvironmentConfig, SelectionConfig):
    """One library: where it lives, which pool runs it, and which part of it is wanted."""

    pool: str | None = None
    inventory: Annotated[str | None, AfterValidator(_anchored_inventory)] = None
    """File or URL of a Sphinx `objects.inv`."""
    stubs: tuple[Annotated[str, AfterValidator(_anchored_stubs)], ...] = ()
    """Folders of stub packages, absolute, and requirements such as `scipy-stubs==1.17.*`."""
    overrides: tuple[Annotated[Path, AfterValidator(_anchored)], ...] = ()
    """TOML files of what a person knows better."""


class Config(_Section):
    """Everything `[tool.snakebridge]` says, with absolute paths."""

    output: Annotated[Path, AfterValidator(_anchored)] = Path("bridges")
    """Folder of the generated packages."""
    manifests: Annotated[Path, AfterValidator(_anchored)] = Path("manifests")
    """Folder of the manifests."""
    defaults: SelectionConfig = SelectionConfig()
    """For every library that does not say otherwise."""
    libraries: Annotated[Mapping[str, LibraryConfig], AfterValidator(_import_names)] = Field(default_factory=dict)
    pools: Mapping[str, PoolConfig] = Field(default_factory=dict)
    _file: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _known_pools(self) -> Self:
        for name, library in self.libraries.items():
            if library.pool is not None and library.pool not in self.pools:
                raise ValueError(
                    f"libraries.{name}.pool is {library.pool!r} and there is no section for that pool; "
                    f"add [tool.snakebridge.pools.{library.pool}]"
                )
            if library.pool is not None and library.has_environment and self.pools[library.pool].has_environment:
                raise ValueError(
                    f"libraries.{name} and pools.{library.pool} both say where {name} lives; say it in one of them"
                )
        return self

    def model_post_init(self, context: Any, /) -> None:
        """Remember where it was read from."""
        self._file = context.get("file") if context else None

    def selection(self, library: str) -> Selection:
        """Return which part of a library is wanted: its own keys, then the defaults."""
        from snakebridge.manifest import Selection  # noqa: PLC0415 - slow to import, and generated code never asks

        own = self.libraries.get(library, SelectionConfig())
        chosen: dict[str, object] = {}
        for name in SelectionConfig.model_fields:
            mine, common = getattr(own, name), getattr(self.defaults, name)
            value = common if mine is None else mine
            if value is not None:
                chosen["members" if name == "max_members" else name] = value
        return Selection.model_validate(chosen)

    @property
    def file(self) -> Path | None:
        """Where it was read from; `None` when there is no configuration file."""
        return self._file


_SECTIONS: Mapping[tuple[str, ...], type[_Section]] = {
    (): Config,
    ("defaults",): SelectionConfig,
    ("libraries", "*"): LibraryConfig,
    ("pools", "*"): PoolConfig,
    **{
        ("pools", "*", field.alias or name): field.annotation
        for name, field in PoolConfig.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Section)
    },
}


def known_keys(location: list[str]) -> list[str]:
    """Return the keys that are known where an unknown one stands."""
    *above, _ = location
    names = tuple("*" if depth == 1 else name for depth, name in enumerate(above))
    model = _SECTIONS.get(names, Config)
    return [field.alias for field in model.model_fields.values() if field.alias]
