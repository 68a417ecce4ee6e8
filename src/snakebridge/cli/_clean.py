# `clean`: the end of what dead programs left, now, instead of at the next program's start.

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from snakebridge.cli._status import orphan_line
from snakebridge.cli._terminal import Format, complain, counted, result, result_json
from snakebridge.registry import clean as clean_up

__all__ = ["clean"]


def clean(
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """End processes, and remove folders, of programs that are no more; exit 1 when some cannot be ended.

    Programs that live, and their workers, are not touched.
    """
    done = clean_up()
    if report is Format.JSON:
        result_json(dataclasses.asdict(done))
    else:
        result(f"ended {counted(done.ended, 'process')}, removed {counted(len(done.folders), 'folder')}")
        for orphan in done.left:
            result(f"cannot end {orphan_line(orphan)}", style="red")
    if done.trouble is not None:
        complain(done.trouble, label="warning: ", style="yellow")
    return int(bool(done.left))
