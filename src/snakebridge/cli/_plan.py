# `plan`: how much `generate` would make of each library, and what would make it less. Writes nothing.

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

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
from snakebridge.cli._terminal import Format, Settings, counted, progress, result, result_json
from snakebridge.errors import ConfigurationError
from snakebridge.introspect import plan as plan_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.introspect import Plan

__all__ = ["plan"]

_KILO = 1000


def plan(
    context: typer.Context,
    libraries: Annotated[
        list[str] | None, typer.Argument(help="Import names; default: those of the configuration.", metavar="[LIB]...")
    ] = None,
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
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Say how much would be generated, and which limits would make it less; write nothing."""
    settings: Settings = context.obj
    configuration = settings.load()
    names = list(dict.fromkeys(libraries or configuration.libraries))
    if not names:
        raise ConfigurationError(
            "no library was named: write `snakebridge plan LIB --python PATH`, or list libraries under "
            "[tool.snakebridge.libraries] in pyproject.toml"
        )
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
    chosen = flags(python, requirements, python_version)
    plans = []
    for name in names:
        interpreter = interpreter_of(chosen or target_of(name, configuration, configuration.output))
        options = options_for(name, given, configuration)
        with progress(f"introspecting {name} in {interpreter.label}") as at:
            plans.append(plan_library(name, interpreter.executable, options=options, on_progress=at))
    if report is Format.JSON:
        result_json({one.library: {**asdict(one), "typed_share": round(one.typed_share, 4)} for one in plans})
    else:
        for one in plans:
            for line in _lines(one):
                result(f"{one.library}: {line}")
    return 0


def _lines(one: Plan) -> Iterator[str]:
    yield f"version {one.version or 'unknown'}"
    yield counted(one.modules, "module")
    kinds = ", ".join(counted(count, kind) for kind, count in one.kinds.items())
    yield counted(one.symbols, "symbol") + (f": {kinds}" if kinds else "")
    yield f"{one.members} of them members of classes, {one.methods} of those methods"
    yield f"{one.typed_share:.0%} of {one.parameters} parameters typed"
    yield counted(one.findings, "finding")
    yield f"about {counted(one.files, 'file')}, {_size(one.bytes)}, {max(one.seconds, 0.1):.1f} s to render"
    for reason, count in one.left_out.items():
        yield f"left out: {count} {reason}"
    for address, count in one.largest_classes:
        yield f"large class: {address} has {counted(count, 'member')}"
    for module, count in one.largest_modules:
        yield f"large module: {module} has {counted(count, 'symbol')}"
    for saving in one.savings:
        share = saving.symbols / one.symbols
        yield f"smaller with {saving.limit}: {counted(saving.symbols, 'symbol')} less ({share:.0%})"


def _size(count: int) -> str:
    return f"{count / _KILO**2:.1f} MB" if count >= _KILO**2 else f"{max(count // _KILO, 1)} kB"
