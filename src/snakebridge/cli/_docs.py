# `docs`: pages that describe what was generated. Touches no interpreter and no network.

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snakebridge import manifest, pages
from snakebridge.cli._terminal import Format, Settings, activity, result, result_json, shown
from snakebridge.errors import ConfigurationError

__all__ = ["docs"]

_SITE = Path("bridges-docs")


def docs(
    context: typer.Context,
    libraries: Annotated[
        list[str] | None, typer.Argument(help="Import names; default: all that have a manifest.", metavar="[LIB]...")
    ] = None,
    manifests: Annotated[Path | None, typer.Option(help="Folder of the manifests; default: manifests.")] = None,
    site: Annotated[Path, typer.Option(help="Folder of the pages.")] = _SITE,
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Write a browsable reference of the generated packages."""
    settings: Settings = context.obj
    folder = manifests or settings.load().manifests
    known = {path.stem: path for path in sorted(folder.glob("*.json"))}
    missing = [name for name in libraries or () if name not in known]
    if missing or not known:
        raise ConfigurationError(
            f"there is no manifest{f' of {missing[0]}' if missing else ''} in {folder}; "
            "run `snakebridge generate` first, or name another folder with `--manifests`"
        )
    with activity("writing pages"):
        built = pages.build([manifest.read(known[name]) for name in dict.fromkeys(libraries or known)])
        changed = pages.write(built, site)
    index = shown((site / "index.html").absolute())
    if report is Format.JSON:
        result_json({"index": index, "files_changed": changed, "pages": dict(built.libraries)})
        return 0
    for library, count in built.libraries.items():
        result(f"{library}: {count} pages")
    result(f"{changed} files changed; open {index}")
    return 0
