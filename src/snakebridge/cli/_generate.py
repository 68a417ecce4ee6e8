# `generate`: libraries of an environment become manifests and typed packages.
#
# Guarantees: everything is introspected and rendered in memory before the first file is written, and that both folders
# can be written is tried before anything else, so that a run that fails leaves what was there.

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from snakebridge import codegen, config, manifest
from snakebridge.cli._introspect import manifest_of
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
from snakebridge.cli._terminal import Format, Settings, activity, result, result_json, result_table, stdout_is_terminal
from snakebridge.errors import ConfigurationError, OutputError
from snakebridge.introspect import lock, read_lock, update_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.environments import Interpreter
    from snakebridge.introspect import Options

__all__ = ["LOCK_FILE", "generate"]

LOCK_FILE = "snakebridge.lock"
"""Name of the lock in the manifests folder: no library's manifest can have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    library: str
    interpreter: Interpreter
    manifest: manifest.Manifest
    tree: codegen.Tree
    coverage: codegen.Coverage
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Summary:
    version: str | None
    modules: int
    symbols: int
    callables: int
    typed: float
    omitted: int
    findings: int
    files_changed: int


def generate(
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
    out: Annotated[Path | None, typer.Option(help="Folder of the generated packages; default: bridges.")] = None,
    manifests: Annotated[Path | None, typer.Option(help="Folder of the manifests; default: manifests.")] = None,
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Make typed packages for libraries that live in another environment."""
    settings: Settings = context.obj
    configuration = settings.load()
    output, manifest_folder = out or configuration.output, manifests or configuration.manifests
    names = list(dict.fromkeys(libraries or configuration.libraries))
    if not names:
        raise ConfigurationError(
            "no library was named: write `snakebridge generate LIB --python PATH`, or list libraries under "
            "[tool.snakebridge.libraries] in pyproject.toml"
        )
    chosen = flags(python, requirements, python_version)
    targets = {name: chosen or target_of(name, configuration, output) for name in names}
    _require_writable(output)
    _require_writable(manifest_folder)
    # Both are added to at the end; a damaged one must be known before anything is written.
    read_lock(manifest_folder / LOCK_FILE)
    config.read_local(output)
    interpreters: dict[config.Target, Interpreter] = {}
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
    # Everything the options name is looked for before the first library is asked about.
    options = {name: options_for(name, given, configuration) for name in names}
    made = list(_make(targets, options, interpreters, manifest.read_verified(manifest_folder)))
    with activity("writing"):
        written = {one.library: codegen.write(one.tree, output, library=one.library) for one in made}
        for one in made:
            manifest.write(one.manifest, manifest_folder / f"{one.library}.json")
            update_lock(manifest_folder / LOCK_FILE, one.library, lock(one.interpreter, one.manifest))
            config.write_local(output, one.library, one.interpreter.executable)
    _report(made, {one.library: _summary(one, written[one.library]) for one in made}, report)
    return 0


def _make(
    targets: dict[str, config.Target],
    options: dict[str, Options],
    interpreters: dict[config.Target, Interpreter],
    verified: Mapping[str, manifest.Verified],
) -> Iterator[_Made]:
    for library, target in targets.items():
        if target not in interpreters:
            interpreters[target] = interpreter_of(target)
        interpreter = interpreters[target]
        start = time.monotonic()
        described = manifest_of(library, interpreter, options[library])
        with activity(f"rendering {library}"):
            tree, coverage = codegen.render_counted(described, verified.get(library))
        yield _Made(
            library=library,
            interpreter=interpreter,
            manifest=described,
            tree=tree,
            coverage=coverage,
            seconds=time.monotonic() - start,
        )


def _require_writable(folder: Path) -> None:
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise OutputError(f"cannot write into {folder}: {existing} is a file; move it, or name another folder")
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"cannot write into {folder}: {why}; make it writable, or name another folder") from None


def _summary(one: _Made, written: codegen.Written) -> _Summary:
    return _Summary(
        version=one.manifest.library.version,
        modules=len(one.manifest.modules),
        symbols=one.coverage.symbols,
        callables=one.coverage.callables,
        typed=round(one.coverage.typed_share, 4),
        omitted=len(one.coverage.omitted),
        findings=len(one.manifest.findings),
        files_changed=len(written.created) + len(written.changed) + len(written.removed),
    )


def _report(made: Sequence[_Made], summaries: dict[str, _Summary], report: Format) -> None:
    if report is Format.JSON:
        result_json({library: asdict(summary) for library, summary in summaries.items()})
        return
    if stdout_is_terminal() and _drawn(made, summaries):
        return
    for library, summary in summaries.items():
        version, modules, symbols, callables, typed, omitted, findings, files = _cells(summary)
        result(f"{library}: version {version}")
        result(f"{library}: {modules} modules")
        result(f"{library}: {symbols} symbols")
        result(f"{library}: {callables} callables")
        result(f"{library}: {typed} of parameters typed")
        result(f"{library}: {omitted} omitted")
        result(f"{library}: {findings} findings")
        result(f"{library}: {files} files changed")


def _drawn(made: Sequence[_Made], summaries: dict[str, _Summary]) -> bool:
    from rich.table import Table  # noqa: PLC0415 - for terminals only

    heads = ("version", "modules", "symbols", "callables", "typed", "omitted", "findings", "files changed", "s")
    table = Table("library", *heads)
    for one in made:
        table.add_row(one.library, *_cells(summaries[one.library]), f"{one.seconds:.1f}")
    return result_table(table)


def _cells(summary: _Summary) -> list[str]:
    return [
        summary.version or "unknown",
        str(summary.modules),
        str(summary.symbols),
        str(summary.callables),
        f"{summary.typed:.0%}",
        str(summary.omitted),
        str(summary.findings),
        str(summary.files_changed),
    ]
