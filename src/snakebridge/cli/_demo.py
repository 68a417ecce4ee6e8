# `demo`: the main job on real input. Two environments whose numpys conflict, their packages generated, one typed
# program that uses both, the program type-checked, the generated code checked, and a table of what took how long.

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snakebridge import checks, codegen, config, environments, manifest
from snakebridge.cli._introspect import manifest_of
from snakebridge.cli._terminal import complain, note, result, shown
from snakebridge.errors import ConfigurationError, ProvisionError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["demo"]

_PROGRAM = "program.py"
# numpy 1.26 has wheels up to Python 3.12, so a newer host borrows an older interpreter for it.
_LEGACY_PYTHONS = ("3.12", "3.11", "3.10", "3.9")
_ENVIRONMENTS = {
    "legacy": (("numpy==1.26.*", "networkx"), ("numpy", "networkx")),
    "modern": (("numpy==2.*",), ("numpy",)),
}
_LIMIT = 600


def demo(
    folder: Annotated[Path, typer.Option(help="Where to put what the demo makes.")] = Path("snakebridge-demo"),
) -> int:
    """Use two numpys that conflict side by side in one typed program, and show every step."""
    spent: dict[str, float] = {}
    pythons: dict[str, Path] = {}
    findings = 0
    for name, (requirements, libraries) in _ENVIRONMENTS.items():
        result(f"== {name}: {', '.join(requirements)}", style="bold")
        begin = time.monotonic()
        pythons[name] = _environment(name, requirements)
        spent[f"{name}: environment (cached after the first time)"] = time.monotonic() - begin
        for library, seconds in _generate(name, libraries, pythons[name], folder):
            spent[f"{name}: introspect and generate {library}"] = seconds
    result("== one program, both numpys", style="bold")
    source = resources.files("snakebridge") / "templates" / "demo_program.py.txt"
    (folder / _PROGRAM).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    status = _run([sys.executable, _PROGRAM], folder, pythons["legacy"])
    if status:
        complain(f"the program ended with status {status}; it is {shown((folder / _PROGRAM).absolute())}")
        return 1
    result("== type-checked and checked against the manifests", style="bold")
    begin = time.monotonic()
    findings += _type_check(folder)
    spent["mypy --strict on the program and what it uses"] = time.monotonic() - begin
    for name in _ENVIRONMENTS:
        report = checks.check(folder / name, folder / f"{name}-manifests")
        findings += len(report.findings)
        result(f"{name}: {len(report.libraries)} libraries checked, {len(report.findings)} findings")
    result("== what took how long", style="bold")
    for label, seconds in {**spent, **_timings(folder)}.items():
        result(f"{_duration(seconds):>10}  {label}")
    return 1 if findings else 0


def _environment(name: str, requirements: tuple[str, ...]) -> Path:
    versions: tuple[str | None, ...] = (None,)
    if name == "legacy" and sys.version_info[:2] > (3, 12):
        versions = _LEGACY_PYTHONS
    trouble: ProvisionError | None = None
    for version in versions:
        try:
            return environments.provision(requirements, python_version=version, report=note)
        except ProvisionError as error:
            trouble = trouble or error
    assert trouble is not None
    raise ConfigurationError(f"the demo needs a Python 3.9 to 3.12 for numpy 1.26 and found none: {trouble}")


def _generate(name: str, libraries: tuple[str, ...], python: Path, folder: Path) -> Iterator[tuple[str, float]]:
    interpreter = environments.describe(python)
    out = folder / name
    for library in libraries:
        begin = time.monotonic()
        made = manifest_of(library, interpreter)
        written = codegen.write(codegen.render(made), out, library=library)
        manifest.write(made, folder / f"{name}-manifests" / f"{library}.json")
        config.write_local(out, library, python)
        seconds = time.monotonic() - begin
        coverage = codegen.coverage(made)
        changed = len(written.created) + len(written.changed) + len(written.removed)
        result(
            f"{library} {made.library.version} on {interpreter.label}: {len(made.symbols)} symbols, "
            f"{coverage.callables} callables, {coverage.typed_share:.0%} of parameters typed, "
            f"{len(made.findings)} findings, {changed} files written"
        )
        yield library, seconds


def _run(command: list[str], folder: Path, legacy: Path) -> int:
    environment = {**os.environ, "DEMO_LEGACY_PYTHON": str(legacy)}
    sys.stdout.flush()
    try:
        return subprocess.run(command, cwd=folder, env=environment, check=False, timeout=_LIMIT).returncode
    except subprocess.TimeoutExpired:
        return 124


def _type_check(folder: Path) -> int:
    if importlib.util.find_spec("mypy") is None:
        note(
            "mypy is not installed here, so the program is not type-checked; `pip install mypy` and run the demo again"
        )
        return 0
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", _PROGRAM], cwd=folder, check=False, timeout=_LIMIT)
    return int(done.returncode != 0)


def _timings(folder: Path) -> dict[str, float]:
    measured: dict[str, float] = json.loads((folder / "timings.json").read_text(encoding="utf-8"))
    return measured


def _duration(seconds: float) -> str:
    if seconds < 0.001:  # noqa: PLR2004 - a unit's border
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
