# What is said, and where: results on stdout, progress and complaints on stderr.
#
# Guarantees: when a stream is no terminal, its lines are plain and stable: no colours, boxes, spinners, widths, times.
# rich is loaded for terminals only: a script that calls this command often should not pay for it.

from __future__ import annotations

import codecs
import io
import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from snakebridge import config
from snakebridge.manifest import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from snakebridge.introspect import Progress

__all__ = [
    "Format",
    "Remaining",
    "Settings",
    "activity",
    "colour_of",
    "complain",
    "counted",
    "finding_line",
    "note",
    "progress",
    "replace_unprintable",
    "result",
    "result_json",
    "result_table",
    "shown",
    "stdout_is_terminal",
]


_ESCAPES = "snakebridge-escapes"
_WIDEST = 10_000  # columns: what rich measures is never more than it is told there are
_ENOUGH = 3  # modules, before their speed means anything


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True)
class Settings:
    """What was said before the command's name."""

    verbose: bool = False
    config_file: Path | None = None

    def load(self) -> config.Config:
        """Read the configuration.

        Raises:
            ConfigurationError: It cannot be read, or says something unknown.
        """
        return config.load(file=self.config_file)


def replace_unprintable() -> None:
    """Show what the terminal's encoding lacks as escapes, instead of failing; JSON with them says the same."""
    codecs.register_error(_ESCAPES, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPES)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    # Python's own `backslashreplace` writes `\xe9`, which no JSON parser takes.
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def stdout_is_terminal() -> bool:
    """Whether a person reads the results."""
    return sys.stdout.isatty()


def result(text: str, *, style: str = "") -> None:
    """Write a line of the result."""
    _say(sys.stdout, text, style)


def result_json(value: object) -> None:
    """Write the result as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def result_table(table: Table) -> bool:
    """Draw a table of results, for a person; return whether it was drawn, or would not fit their terminal."""
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.measure import Measurement  # noqa: PLC0415

    console = Console()
    fits = Measurement.get(console, console.options.update(max_width=_WIDEST), table).minimum <= console.width
    if fits:
        console.print(table)
    return fits


def note(text: str) -> None:
    """Say what is being done."""
    _say(sys.stderr, text, "dim")


def complain(text: str, *, label: str = "error: ", style: str = "red") -> None:
    """Say what went wrong."""
    _say(sys.stderr, f"{label}{text}", style)


def _say(stream: TextIO, text: str, style: str) -> None:
    if stream.isatty():
        from rich.console import Console  # noqa: PLC0415 - see above

        Console(file=stream).print(text, style=style, markup=False, highlight=False, emoji=False, soft_wrap=True)
    else:
        stream.write(f"{text}\n")


def finding_line(finding: Finding) -> str:
    """Return a finding as one line, as `check` writes it."""
    hint = f"; {finding.hint}" if finding.hint else ""
    return f"{finding.level} {finding.rule} {finding.path}: {finding.message}{hint}"


def counted(count: int, noun: str) -> str:
    """Return a number of things as people say it: `1 worker`, `2 workers`, `2 classes`."""
    ending = "" if count == 1 else "es" if noun.endswith("s") else "s"
    return f"{count} {noun}{ending}"


def colour_of(finding: Finding) -> str:
    """Return the colour of a finding's level."""
    return {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}[finding.level]


def shown(path: Path) -> str:
    """Return a path as people write it: relative when it is below the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


@contextmanager
def activity(text: str) -> Iterator[None]:
    """Show on a terminal that something takes its time; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - see above

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progress(text: str) -> Iterator[Callable[[Progress], None]]:
    """Show how far an introspection is; the value takes each step of it."""
    if not sys.stderr.isatty():
        note(text)
        yield lambda _: None
        return
    from rich import progress as bars  # noqa: PLC0415 - see above
    from rich.console import Console  # noqa: PLC0415

    columns = (
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        bars.TextColumn("{task.fields[left]}", style="dim", markup=False),
        bars.TextColumn("{task.fields[now]}", style="dim", markup=False),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None, left="", now="")
        rest = Remaining()

        def update(one: Progress) -> None:
            seconds = rest.after(one, time.monotonic())
            left = "" if seconds is None else f"about {seconds:.0f} s left"
            now = f"{one.phase} {one.module}"
            bar.update(task, completed=one.done, total=one.total, left=left, now=now)

        yield update


class Remaining:
    """Estimates how long a phase still takes, from how long what is done of it took."""

    def __init__(self) -> None:
        self._phase = ""
        self._started = 0.0
        self._first = 0

    def after(self, one: Progress, now: float) -> float | None:
        """Return the seconds that are left of the phase; `None` while nobody can tell.

        Args:
            one: What was just done.
            now: When that was, on any clock.
        """
        if one.phase != self._phase:
            self._phase, self._started, self._first = one.phase, now, one.done
        done = one.done - self._first
        if one.total is None or done < _ENOUGH:
            return None
        return (now - self._started) / done * (one.total - one.done)
