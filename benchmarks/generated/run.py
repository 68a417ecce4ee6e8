"""Measure what generated packages cost and write `benchmarks/generated.md`: import, size and type checking.

    python benchmarks/generated/run.py [--python ENVIRONMENT] [LIBRARY ...]

The bars are those of a client that people are glad to have: pandas is imported in 40 ms and 12 MB, each of its
submodules in 80 ms, and checking the numpy client takes at most three times what its all-`Any` skeleton takes.
Exit 1: a bar was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import checking
import loading
import skeleton

from snakebridge import environments
from snakebridge.codegen import render, write
from snakebridge.introspect import introspect

DOCUMENT = Path(__file__).parents[1] / "generated.md"
LIBRARIES = ("numpy", "pandas", "scipy", "sklearn", "networkx", "sympy", "polars")
REQUIREMENTS = (
    *("numpy==2.4.6", "pandas==3.1.1", "scipy==1.17.1", "scikit-learn==1.9.1", "networkx==3.6.1", "sympy==1.14.0"),
    "polars==2.1.0",
)
"""What is installed when no environment is named."""
ROOT_SECONDS, ROOT_BYTES, SUBMODULE_SECONDS = 0.040, 12_000_000, 0.080
CHECKED, RATIO = "numpy", 3.0
IMPORTED = "pandas"


@dataclass
class Report:
    """The rows of the tables, and the bars that were missed."""

    sizes: list[list[str]] = field(default_factory=list)
    imports: list[list[str]] = field(default_factory=list)
    checks: list[list[str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def hold(self, what: str, value: float, bar: float) -> None:
        if value > bar:
            self.missed.append(f"{what}: {value:.3g}, over {bar:g}")


def generate(library: str, executable: Path, folder: Path) -> None:
    """Write the package of a library into `folder/bridges`, and its skeleton into `folder/skeleton/bridges`."""
    tree = render(introspect(library, executable))
    write(tree, folder / "bridges", library=library)
    for path, text in skeleton.skeletons(tree):
        target = folder / "skeleton" / "bridges" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def measure_size(library: str, folder: Path, report: Report) -> None:
    files = sorted((folder / "bridges" / library).rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    bare = sorted((folder / "skeleton" / "bridges" / library).rglob("*.py"))
    report.sizes.append(
        [
            library,
            f"{len(files)}",
            f"{sum(text.count(chr(10)) for text in texts):,}",
            f"{sum(map(len, texts)) / 1e6:.2f} MB",
            f"{sum(path.stat().st_size for path in bare) / 1e6:.2f} MB",
            f"{max(map(len, texts)) / 1e3:.0f} kB",
        ]
    )


def measure_imports(library: str, folder: Path, report: Report) -> None:
    found = loading.root(folder, library)
    slowest, *_ = loading.submodules(folder, library)
    cells = [f"{found.seconds * 1e3:.0f} ms", f"{found.memory / 1e6:.1f} MB", f"{slowest.seconds * 1e3:.0f} ms"]
    report.imports.append([library, *cells, slowest.module.removeprefix("bridges."), f"{slowest.memory / 1e6:.1f} MB"])
    if library == IMPORTED:
        report.hold(f"import {library}, seconds", found.seconds, ROOT_SECONDS)
        report.hold(f"import {library}, bytes", found.memory, ROOT_BYTES)
        report.hold(f"import {slowest.module}, seconds", slowest.seconds, SUBMODULE_SECONDS)


def measure_checks(library: str, folder: Path, report: Report) -> None:
    for check in (checking.mypy, checking.pyright):
        ours, bare = check(folder, library), check(folder / "skeleton", library)
        ratio = ours.seconds / bare.seconds
        name = "mypy --strict" if check is checking.mypy else "pyright, strict"
        figures = [f"{one.seconds:.1f} s / {one.memory / 1e6:.0f} MB" for one in (ours, bare)]
        report.checks.append([library, name, *figures, f"{ratio:.2f}", f"{ours.complaints}"])
        if library == CHECKED:
            report.hold(f"{name} on {library}, over its skeleton", ratio, RATIO)


def document(report: Report, command: str) -> str:
    head = (
        "# Generated code, measured\n\n"
        f"Made by `{command}` on {os.cpu_count()} cores, Python {platform.python_version()}.\n\n"
        "Sizes repeat exactly; times and memory belong to the machine. Imports are timed beyond `import snakebridge`,\n"
        "in fresh processes with byte code present, the best of several. A skeleton is the same package with every\n"
        "type `Any`, no overloads and empty bodies (`benchmarks/generated/skeleton.py`); checkers start cold, and\n"
        "their time is processor time."
    )
    bars = (
        f"Bars: {IMPORTED} ≤ {ROOT_SECONDS * 1e3:g} ms and {ROOT_BYTES / 1e6:g} MB, a submodule "
        f"≤ {SUBMODULE_SECONDS * 1e3:g} ms; checking {CHECKED} ≤ {RATIO:g} times its skeleton. "
        + ("All are reached." if not report.missed else f"Missed: {'; '.join(report.missed)}.")
    )
    sizes = ["library", "files", "lines", "size", "its skeleton", "largest file"]
    imports = ["library", "import", "memory", "slowest submodule", "which", "its memory"]
    checks = ["library", "checker", "ours", "skeleton", "ratio", "errors"]
    parts = [head, bars, "## Import", grid([imports, *report.imports])]
    parts += ["## Type checking", grid([checks, *report.checks]), "## Size", grid([sizes, *report.sizes])]
    return "\n\n".join(parts) + "\n"


def grid(rows: list[list[str]]) -> str:
    """Return rows as a Markdown table with even columns; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what generated packages cost.")
    parser.add_argument("libraries", nargs="*", default=LIBRARIES, help="import names")
    parser.add_argument("--python", help="the interpreter, or environment, that has them")
    parser.add_argument("--check", default=CHECKED, help="the libraries to run type checkers on, separated by commas")
    parser.add_argument("--keep", type=Path, help="folder to leave the generated packages in")
    options = parser.parse_args()
    executable = environments.find(options.python) if options.python else environments.provision(REQUIREMENTS)
    report = Report()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        for library in options.libraries:
            print(library, file=sys.stderr, flush=True)
            generate(library, executable, folder)
            measure_size(library, folder, report)
            measure_imports(library, folder, report)
            if library in options.check.split(","):
                measure_checks(library, folder, report)
    command = f"python benchmarks/generated/run.py {' '.join(options.libraries)} --check {options.check}"
    DOCUMENT.write_text(document(report, command), encoding="utf-8")
    print(document(report, command))
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
