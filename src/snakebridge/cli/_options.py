# Which part of a library is meant, and what else is known about it: flags, then the configuration. A flag replaces the
# key of the configuration that says the same; it does not add to it.

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pydantic
import typer

from snakebridge.cli._terminal import note
from snakebridge.environments import unpacked
from snakebridge.errors import ConfigurationError
from snakebridge.introspect import Options
from snakebridge.manifest import Selection, Surface

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snakebridge import config

__all__ = [
    "DEPTH",
    "EXCLUDE",
    "INCLUDE",
    "INVENTORY",
    "MAX_MEMBERS",
    "OVERRIDES",
    "REFRESH",
    "STUBS",
    "SURFACE",
    "SelectionFlags",
    "options_for",
]

SURFACE = Annotated[Surface | None, typer.Option("--surface", help="Which names are public; default: public.")]
INCLUDE = Annotated[
    list[str] | None,
    typer.Option(
        "--include", help="Take only this, such as 'linalg.*'; may be given several times.", metavar="PATTERN"
    ),
]
EXCLUDE = Annotated[
    list[str] | None, typer.Option("--exclude", help="Leave this out; may be given several times.", metavar="PATTERN")
]
DEPTH = Annotated[int | None, typer.Option("--depth", min=0, help="Levels of submodules; 0 is the root alone.")]
MAX_MEMBERS = Annotated[
    int | None, typer.Option("--max-members", min=0, help="Members that a class may have, operators not counted.")
]
INVENTORY = Annotated[
    str | None, typer.Option("--inventory", help="File or URL of a Sphinx objects.inv, for --surface docs.")
]
STUBS = Annotated[
    list[str] | None,
    typer.Option("--stubs", help="Folder of stubs, or a requirement such as scipy-stubs; may be given several times."),
]
OVERRIDES = Annotated[
    list[Path] | None,
    typer.Option("--overrides", help="TOML file of what you know better; may be given several times."),
]
REFRESH = Annotated[bool, typer.Option("--refresh", help="Ask the target again, even if nothing has changed.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectionFlags:
    """What the flags say."""

    surface: Surface | None = None
    include: Sequence[str] | None = None
    exclude: Sequence[str] | None = None
    depth: int | None = None
    max_members: int | None = None
    inventory: str | None = None
    stubs: Sequence[str] | None = None
    overrides: Sequence[Path] | None = None
    refresh: bool = False


def options_for(library: str, given: SelectionFlags, configuration: config.Config) -> Options:
    """Return how a library shall be described.

    Raises:
        ConfigurationError: A pattern is none, a folder is not there, or stubs cannot be fetched.
    """
    own = configuration.libraries.get(library)
    stubs = given.stubs or (own.stubs if own is not None else ())
    overrides = given.overrides or (own.overrides if own is not None else ())
    inventory = given.inventory or (own.inventory if own is not None else None)
    return Options(
        selection=_selection(configuration.selection(library), given),
        inventory=inventory,
        stubs=tuple(_folders(stubs)),
        overrides=tuple(overrides),
        refresh=given.refresh,
    )


def _selection(configured: Selection, given: SelectionFlags) -> Selection:
    said = {
        "surface": given.surface,
        "include": given.include or None,
        "exclude": given.exclude or None,
        "depth": given.depth,
        "members": given.max_members,
    }
    wanted = configured.model_dump() | {key: value for key, value in said.items() if value is not None}
    try:
        return Selection.model_validate(wanted)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = str(first["loc"][0])
        raise ConfigurationError(f"--{option}: {first['msg'].removeprefix('Value error, ')}") from None


def _folders(stubs: Sequence[str]) -> Iterator[Path]:
    # Requirements are fetched together, where everything else stays in order.
    requirements = [one for one in stubs if not _is_path(one)]
    for one in stubs:
        if not _is_path(one):
            continue
        folder = Path(one).expanduser().absolute()
        if not folder.is_dir():
            raise ConfigurationError(
                f"{one} is no folder of stubs; name the folder that holds folders such as scipy-stubs, or a requirement"
            )
        yield folder
    if requirements:
        yield unpacked(requirements, report=note)


def _is_path(text: str) -> bool:
    return text.startswith((".", "~", "/")) or Path(text).is_dir()
