"""Run the documented examples of nine libraries directly and through the bridge; write `benchmarks/verify.md`.

    python benchmarks/verify.py [LIBRARY...]

Third-party libraries are those of the environment `main` in `benchmarks/introspect/corpus.toml`. Exit 1: of one library
fewer than nine in ten examples pass, or one hangs. With libraries named, nothing is written.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "introspect"))

from bench import say  # noqa: E402 - needs the path
from places import Places  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT = HERE / "verify.md"
BAR = 0.9
STANDARD = ("statistics", "fractions", "difflib", "ipaddress", "textwrap")
OTHERS = ("networkx", "sympy.core", "numpy")
MANAGED = ("toolz",)
COLUMNS = ("library", "version", "examples", "skipped", "pass directly", "pass through the bridge", "share", "hang")
COMMAND = [sys.executable, "-c", "from snakebridge.cli import main; main()", "verify", "--format", "json"]


def verified(library: str, places: Places) -> dict[str, object]:
    """Verify one library, with the command that users have."""
    target = ["--python", f"{sys.version_info.major}.{sys.version_info.minor}"]
    if library in MANAGED:
        target = ["--requirements", library]
    elif library in OTHERS:
        target = ["--python", str(places.python("main"))]
    with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:  # no figures are kept here
        command = [*COMMAND, library, *target]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{library} could not be verified")
    report: dict[str, object] = json.loads(done.stdout)
    return report


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    lines = [titles, ["-" * width for width in widths], *rows]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines
    )


def main(chosen: list[str]) -> int:
    """Verify, and write what came out."""
    places = Places()
    rows, kinds, reached = [], [], True
    for library in chosen or [*STANDARD, *OTHERS, *MANAGED]:
        report = verified(library, places)
        say(f"{library}: {report['share']:.1%}")
        reached = reached and float(str(report["share"])) >= BAR and not report["hung"]
        figures = (report[name] for name in ("examples", "skipped", "direct", "bridged"))
        rows.append(
            [
                *(library, str(report["version"] or "-")),
                *(f"{figure:,}" for figure in figures),
                f"{report['share']:.1%}",
                str(report["hung"]),
            ]
        )
        found = report["kinds"]
        assert isinstance(found, dict)
        kinds += [[library, kind, str(count)] for kind, count in sorted(found.items(), key=lambda item: -item[1])]
    document = "\n".join(
        [
            "# Documented examples, directly and through the bridge",
            "",
            f"Made by `make bench-verify`, Python {platform.python_version()} on both sides.",
            "[The how-to](../docs/how-to/verify.md) says how examples are chosen and what the kinds mean.",
            "",
            table(COLUMNS, rows),
            "",
            "## What differs",
            "",
            table(("library", "kind", "examples"), kinds),
            "",
        ]
    )
    if chosen:
        say(document)
    else:
        DOCUMENT.write_text(document, encoding="utf-8")
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
