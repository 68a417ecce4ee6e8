# `verify`: the library's own documented examples, directly and through the bridge.
#
# A package that was generated before is verified as it is, with its hooks; without one, or when a target is named, it
# is generated into a folder of its own and gone afterwards.

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snakebridge import codegen, manifest, verify
from snakebridge.cli._introspect import manifest_of
from snakebridge.cli._options import OVERRIDES, REFRESH, SelectionFlags, options_for
from snakebridge.cli._target import PYTHON, PYTHON_VERSION, REQUIREMENTS, flags, interpreter_of, target_of
from snakebridge.cli._terminal import Format, Settings, activity, note, progress, result, shown
from snakebridge.introspect import Progress

if TYPE_CHECKING:
    from snakebridge.environments import Interpreter

__all__ = ["verify_library"]


def verify_library(
    context: typer.Context,
    library: Annotated[
        str, typer.Argument(help="Import name, or a module such as sympy.core to verify a part.", metavar="LIB")
    ],
    python: PYTHON = None,
    requirements: REQUIREMENTS = None,
    python_version: PYTHON_VERSION = None,
    overrides: OVERRIDES = None,
    refresh: REFRESH = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the generated packages; default: bridges.")] = None,
    manifests: Annotated[Path | None, typer.Option(help="Folder of the manifests; default: manifests.")] = None,
    deadline: Annotated[float, typer.Option(min=0.1, help="Seconds that one example may take.")] = 10.0,
    show: Annotated[int, typer.Option(min=0, help="How many differences of each kind to show.")] = 3,
    at_least: Annotated[
        float, typer.Option(min=0.0, max=100.0, help="Percentage that must pass through the bridge.")
    ] = 90.0,
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Run a library's documented examples directly and through the bridge; exit 1 when too few pass, or one hangs."""
    settings: Settings = context.obj
    configuration = settings.load()
    output, manifest_folder = out or configuration.output, manifests or configuration.manifests
    chosen = flags(python, requirements, python_version)
    generated = [name for name in codegen.generated_libraries(output) if f"{library}.".startswith(f"{name}.")]
    name = max(generated, key=len, default=library.partition(".")[0])
    kept = manifest_folder / f"{name}.json"
    with ExitStack() as stack:
        interpreter = interpreter_of(chosen or target_of(name, configuration, output))
        if generated and chosen is None and not overrides and kept.is_file():
            described, folder = manifest.read(kept), output.absolute()
            note(f"verifying {name} as it is in {shown(folder)}")
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="snakebridge-")))
            given = SelectionFlags(overrides=overrides, refresh=refresh)
            described = manifest_of(name, interpreter, options_for(name, given, configuration))
            with activity(f"generating {name}"):
                codegen.write(codegen.render(described), folder, library=name)
        found = _run(described, folder, interpreter, verify.Options(within=library, deadline=deadline))
    if library == name and kept.is_file():
        _keep(found, described, kept)
    result(verify.as_json(found) if report is Format.JSON else verify.as_text(found, most=show))
    return int(found.hung > 0 or found.share * 100 < at_least)


def _keep(found: verify.Report, described: manifest.Manifest, kept: Path) -> None:
    # Of another manifest than the kept one the figures would say nothing.
    if manifest.content_hash(described) != manifest.content_hash(manifest.read(kept)):
        return
    figures = manifest.Verified(
        manifest=manifest.content_hash(described),
        direct=found.direct,
        bridged=found.bridged,
        kinds={str(kind): count for kind, count in found.kinds.items()},
    )
    if manifest.write_verified(kept.parent, described.library.name, figures):
        note(f"kept the figures beside {shown(kept)}; `snakebridge generate` shows them in the README")


def _run(
    described: manifest.Manifest, folder: Path, interpreter: Interpreter, options: verify.Options
) -> verify.Report:
    with progress(f"verifying {options.within} in {interpreter.label}") as at:

        def update(text: str, done: int, total: int | None) -> None:
            at(Progress(module="", done=done, total=total, phase=text))

        return verify.verify(described, folder, interpreter, options, update)
