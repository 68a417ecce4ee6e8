"""Measure introspection against its bars and write `benchmarks/introspect.md`.

Every figure of the table is taken in the environments that `corpus.toml` pins, which are built when they are not there.
Figures are counts that repeat exactly; only times and memory belong to the machine. Exit 1: a bar was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import audit
import cost
import drift
import found
import robust
import standard
from bench import HERE, Bench, Result, Row, say
from places import Places

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = HERE.parent / "introspect.md"
PARTS: dict[str, Callable[[Bench], Result]] = {
    "cost": cost.measure,
    "found": found.measure,
    "old": found.measure_old,
    "audit": audit.measure,
    "robust": robust.measure,
    "drift": drift.measure,
    "standard": standard.measure,
}
"""In the order in which they run: times are taken first, while nothing else of this program runs."""
ORDER = ("found", "old", "audit", "robust", "drift", "cost", "standard")


def document(results: dict[str, Result], seconds: float, command: str) -> str:
    """Return the text of the document."""
    rows = [row for part in ORDER if part in results for row in results[part].rows]
    table = grid([["figure", "best peer", "bar", "ours", "verdict"], *([*_cells(row)] for row in rows)])
    details = [text for part in ORDER if part in results for text in results[part].details]
    head = (
        "# Introspection, measured\n\n"
        f"Made by `{command}` in {seconds / 60:.0f} minutes on {os.cpu_count()} cores, Python "
        f"{platform.python_version()}.\n\n"
        "Counts repeat exactly; times and memory belong to the machine. What is measured, in which environments, is\n"
        "`benchmarks/introspect/corpus.toml`; the rules by which a figure is counted open the modules beside it."
    )
    return "\n\n".join([head, table, *details]) + "\n"


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    return row.figure, row.peer, row.bar, row.ours, row.verdict


def grid(rows: list[list[str]]) -> str:
    """Return rows as a Markdown table with even columns; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure introspection against its bars.")
    parser.add_argument("--only", type=_words, default=(), metavar="LIBRARY,...", help="measure these libraries alone")
    parser.add_argument("--rows", type=_words, default=tuple(PARTS), metavar="PART,...", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="no peer, no mypy, and one library for what is run twice")
    parser.add_argument("--environments", type=Path, help="folder of the environments, instead of the user's cache")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION=PATH", help="an interpreter to use")
    parser.add_argument("--keep", type=Path, help="folder to keep manifests and analyses in, and to use those in it")
    parser.add_argument("--causes", type=Path, help="file to write what was missed to, with examples")
    options = parser.parse_args()
    if unknown := sorted(set(options.rows) - set(PARTS)):
        parser.error(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    return options


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def main() -> int:
    options = _options()
    begin = time.monotonic()
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="snakebridge-bench-") as name:
        places = Places(options.environments, dict(one.split("=", 1) for one in options.python))
        bench = Bench(
            places=places, folder=(options.keep or Path(name)).absolute(), only=options.only, quick=options.quick
        )
        for part, measure in PARTS.items():
            if part in options.rows:
                say(f"[{time.monotonic() - begin:5.0f} s] {part}")
                results[part] = measure(bench)
    text = document(results, time.monotonic() - begin, "make bench-introspect")
    print(text)
    if options.causes:
        lines = [line for part in ORDER if part in results for line in results[part].causes]
        options.causes.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not (options.quick or options.only or set(PARTS) - set(options.rows)):
        DOCUMENT.write_text(text, encoding="utf-8")
    missed = [row for result in results.values() for row in result.rows if row.reached is False]
    for row in missed:
        print(f"missed: {row.figure}: {row.ours}; the bar is {row.bar}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
