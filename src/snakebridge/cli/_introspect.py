# `introspect`: one library of one environment, as a manifest file.

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from snakebridge import manifest
from snakebridge.cli._options import (
    DEPTH,
    EXCLUDE,
    INCLUDE,
    INVENTORY,
    MAX_MEMBERS,
    OVERRIDES,
    REFRESH,
    STUBS,
    SURFACE,
    SelectionFlags,
    options_for,
)
from snakebridge.cli._target import PYTHON, PYTHON_VERSION, REQUIREMENTS, flags, interpreter_of, target_of
from snakebridge.cli._terminal import Settings, colour_of, complain, finding_line, note, progress, result, shown
from snakebridge.errors import IntrospectionError
from snakebridge.introspect import DEFAULTS, Options, Progress
from snakebridge.introspect import introspect as introspect_library

if TYPE_CHECKING:
    from snakebridge.environments import Interpreter

__all__ = ["introspect", "manifest_of"]

_SHOWN_FINDINGS = 20


def introspect(
    context: typer.Context,
    library: Annotated[str, typer.Argument(help="Import name, such as numpy.", metavar="LIB")],
    out: Annotated[Path, typer.Option(help="File to write the manifest to.")],
    python: PYTHON = None,
    requirements: REQUIREMENTS = None,
    python_version: PYTHON_VERSION = None,
    surface: SURFACE = None,
    include: INCLUDE = None,
    exclude: EXCLUDE = None,
    depth: DEPTH = None,
    max_members: MAX_MEMBERS = None,
    inventory: INVENTORY = None,
    stubs: STUBS = None,
    overrides: OVERRIDES = None,
    refresh: REFRESH = False,
) -> int:
    """Write what a library offers to a manifest file."""
    settings: Settings = context.obj
    configuration = settings.load()
    given = SelectionFlags(
        surface=surface,
        include=include,
        exclude=exclude,
        depth=depth,
        max_members=max_members,
        inventory=inventory,
        stubs=stubs,
        overrides=overrides,
        refresh=refresh,
    )
    options = options_for(library, given, configuration)
    chosen = flags(python, requirements, python_version) or target_of(library, configuration, configuration.output)
    made = manifest_of(library, interpreter_of(chosen), options)
    changed = manifest.write(made, out)
    result(f"{library}: {len(made.modules)} modules")
    result(f"{library}: {len(made.symbols)} symbols")
    result(f"{library}: {shown(out.absolute())} {'written' if changed else 'unchanged'}")
    return 0


def manifest_of(library: str, interpreter: Interpreter, options: Options = DEFAULTS) -> manifest.Manifest:
    """Introspect a library, saying how far it is and what could not be described.

    Raises:
        IntrospectionError: The library cannot be imported there, or its name is another module's.
        ConfigurationError: The options name what is not there, or would take nothing.
    """
    phases: set[str] = set()
    with progress(f"introspecting {library} in {interpreter.label}") as at:

        def update(one: Progress) -> None:
            phases.add(one.phase)
            at(one)

        made = introspect_library(library, interpreter.executable, options=options, on_progress=update)
    if not made.modules:
        raise IntrospectionError(
            f"there is nothing in {library} to describe: no module of {interpreter.label} calls itself so, it is "
            f"another name of one; use that module's own, which `{interpreter.executable} -c 'import {library}; "
            f"print({library}.__name__)'` prints"
        )
    if "unchanged" in phases:
        note(f"{library}: unchanged since the last introspection")
    loud = [finding for finding in made.findings if finding.level is not manifest.Level.NOTE]
    for finding in loud[:_SHOWN_FINDINGS]:
        complain(finding_line(finding), label="", style=colour_of(finding))
    if len(loud) > _SHOWN_FINDINGS:
        complain(f"{len(loud) - _SHOWN_FINDINGS} more findings are in the manifest", label="")
    return made
