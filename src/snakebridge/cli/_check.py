# `check`: do the generated packages and the manifests still say the same? Touches no interpreter.

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import Annotated

import typer

from snakebridge import checks
from snakebridge.cli._terminal import Format, Settings, colour_of, result

__all__ = ["check"]


def check(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Folder of the generated packages; default: bridges.")] = None,
    manifests: Annotated[Path | None, typer.Option(help="Folder of the manifests; default: manifests.")] = None,
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Compare generated packages with the manifests; exit 1 when they disagree."""
    settings: Settings = context.obj
    configuration = settings.load()
    found = checks.check(out or configuration.output, manifests or configuration.manifests)
    if report is Format.JSON:
        result(checks.as_json(found))
    else:
        *lines, last = checks.as_text(found).splitlines()
        for line, finding in zip(lines, found.findings, strict=True):
            result(line, style=colour_of(finding))
        result(last)
    return 0 if found.clean else 1
