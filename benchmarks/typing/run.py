"""Check generated code of 21 libraries: strict checkers, shares of `Any`, signatures; write `benchmarks/typing.md`.

Exit 1: a bar was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import checkers
import corpus
import signatures

# From `benchmarks/introspect`, which `corpus` makes importable.
from bench import Bench, Row, percent, say, shown
from places import Places
from shares import Share, share

from snakebridge.codegen import render, write

DOCUMENT = corpus.HERE.parent / "typing.md"
STEPS = ("mypy", "pyright", "signatures")
MOST_ANY, MOST_WITHOUT_SYMPY, MOST_DIFFERENT = 36.0, 14.0, 0.5
COLUMNS = (
    *("library", "environment", "files", "mypy", "pyright", "parameters", "`Any`", "hints", "callables", "compared"),
    *("differ", "missing", "render / mypy / pyright, s"),
)


@dataclass
class Checked:
    """What was found out about one library."""

    library: str
    place: str
    share: Share
    files: int
    seconds: dict[str, float] = field(default_factory=dict)
    complaints: dict[str, list[str]] = field(default_factory=dict)
    compared: signatures.Compared | None = None

    def cells(self) -> list[str]:
        """Return the line of the table."""
        compared = self.compared
        counts = (
            [compared.callables, compared.comparable, len(compared.differing), len(compared.missing)]
            if compared
            else []
        )
        return [
            *(self.library, self.place, str(self.files)),
            *(str(len(self.complaints[name])) if name in self.complaints else "-" for name in ("mypy", "pyright")),
            f"{self.share.parameters:,}",
            shown(percent(self.share.untyped, self.share.parameters), 1),
            shown(percent(self.share.hinted, self.share.parameters), 1),
            *([f"{count:,}" for count in counts] or ["-"] * 4),
            " / ".join(f"{self.seconds[name]:.0f}" if name in self.seconds else "-" for name in ("render", *STEPS[:2])),
        ]


def check(bench: Bench, library: str, place: str, steps: tuple[str, ...]) -> Checked:
    """Generate a library and ask everybody about it."""
    manifest = bench.manifest(place, library)
    if manifest is None:
        sys.exit(f"{library} could not be introspected in {place}")
    folder = bench.folder / "generated" / place
    begin = time.monotonic()
    write(render(manifest), folder / "bridges", library=library)
    seconds = {"render": time.monotonic() - begin}
    package = folder / "bridges" / library
    found = Checked(library, place, share(package), sum(1 for _ in package.rglob("*.py")), seconds)
    if "signatures" in steps:
        found.compared = signatures.compare(folder, bench.walk(place, library))
    for name in (one for one in ("mypy", "pyright") if one in steps):
        verdict = checkers.CHECKERS[name](folder, library, bench.folder / "mypy" / place)
        found.complaints[name], found.seconds[name] = verdict.complaints, verdict.seconds
    return found


def keep(folder: Path, one: Checked) -> None:
    """Write down what was found out about a library, for runs that check others again."""
    file = folder / "results" / f"{one.library}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    made = {**asdict(replace(one, compared=None)), "compared": vars(one.compared) if one.compared else None}
    file.write_text(json.dumps(made), encoding="utf-8")


def kept(folder: Path, library: str) -> Checked | None:
    """Return what an earlier run found out about a library."""
    file = folder / "results" / f"{library}.json"
    if not file.exists():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    compared = found.pop("compared")
    if compared is not None:
        compared["apart"] = Counter(compared["apart"])
    shares = Share(**found.pop("share"))
    return Checked(**found, share=shares, compared=signatures.Compared(**compared) if compared else None)


def rows(checked: list[Checked]) -> list[Row]:
    """Return the figures that have bars."""
    wrong = sum(len(lines) for one in checked for lines in one.complaints.values())
    everything, rest = Share(), Share()
    for one in checked:
        if one.library in corpus.BASELINE:
            everything.add(one.share)
            if one.library != "sympy":
                rest.add(one.share)
    whole, without = (percent(one.untyped, one.parameters) or 0.0 for one in (everything, rest))
    compared = [one.compared for one in checked if one.compared]
    differing = sum(len(one.differing) for one in compared)
    unexplained = sum(text.startswith("(") for one in compared for text in one.differing.values())
    comparable = sum(one.comparable for one in compared)
    different = percent(differing, comparable) or 0.0
    return [
        Row(
            figure=f"complaints of `mypy --strict` and pyright in strict mode ({len(checked)} packages)",
            peer="-",
            bar="0",
            ours=str(wrong),
            reached=wrong == 0,
        ),
        Row(
            figure=f"parameters that are `Any`, all ({everything.parameters:,}) / without sympy",
            peer="36.1 % / -, if every type that is stated anywhere were spelled",
            bar="≤ 36 % / ≤ 14 %",
            ours=f"{shown(whole, 1)} / {shown(without, 1)}; hints among the rest: "
            f"{shown(percent(everything.hinted, everything.parameters), 1)} / "
            f"{shown(percent(rest.hinted, rest.parameters), 1)}",
            reached=whole <= MOST_ANY and without <= MOST_WITHOUT_SYMPY,
        ),
        Row(
            figure=f"callables whose names, kinds or optionality differ (of {comparable:,} compared)",
            peer="-",
            bar="< 0.5 %, each with a reason",
            ours=f"{shown(different)}, {unexplained} without a reason",
            reached=different < MOST_DIFFERENT and unexplained == 0,
        ),
    ]


def document(checked: list[Checked], found: list[Row], seconds: float) -> str:
    """Return the text of the document."""
    head = (
        "# Generated code, checked\n\n"
        f"Made by `make bench-typing` in {seconds / 60:.0f} minutes on {os.cpu_count()} cores, Python "
        f"{platform.python_version()}.\n\n"
        "Counts repeat exactly; seconds belong to the machine. The environments are those of\n"
        "`benchmarks/introspect/corpus.toml`; the rules by which a figure is counted open the modules in "
        "`benchmarks/typing`."
    )
    figures = [["figure", "peer", "bar", "ours", "verdict"]]
    figures += [[one.figure, one.peer, one.bar, one.ours, one.verdict] for one in found]
    parts = [head, grid(figures), "## Per library", grid([[*COLUMNS], *(one.cells() for one in checked)])]
    parts.append(
        "A hint is what a docstring tells, written `int | Any`. `Any` is the share of those that nothing is said of."
    )
    parts += ["## Signatures that differ", *_differing(checked), "## Callables that are not compared", _apart(checked)]
    return "\n\n".join(parts) + "\n"


def _differing(checked: list[Checked]) -> list[str]:
    lines = [
        f"- `{path}`: {text}"
        for one in checked
        if one.compared
        for path, text in sorted(one.compared.differing.items())
    ]
    return ["\n".join(lines) or "None."]


def _apart(checked: list[Checked]) -> str:
    compared = [(one.library, one.compared) for one in checked if one.compared]
    reasons = sorted({reason for _, one in compared for reason in one.apart})
    lines = [["library", *reasons, "missing"]]
    lines += [[name, *(str(one.apart[reason]) for reason in reasons), str(len(one.missing))] for name, one in compared]
    return grid(lines)


def grid(lines: list[list[str]]) -> str:
    """Return lines as a Markdown table with even columns; the first one is the heading."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    texts = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def causes(checked: list[Checked]) -> list[str]:
    """Return everything that anybody said."""
    lines = []
    for one in checked:
        for name, complaints in one.complaints.items():
            lines += [f"{one.library} {name} {complaint}" for complaint in complaints]
        if one.compared:
            lines += [f"{one.library} differs {path} {text}" for path, text in one.compared.differing.items()]
            lines += [f"{one.library} missing {text}" for text in one.compared.missing]
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check generated code of many libraries.")
    parser.add_argument("--only", type=_words, default=(), metavar="LIBRARY,...", help="check these libraries alone")
    parser.add_argument("--steps", type=_words, default=STEPS, metavar="STEP,...", help=f"of {', '.join(STEPS)}")
    parser.add_argument("--environments", type=Path, help="folder of the environments, instead of the user's cache")
    parser.add_argument(
        "--keep",
        type=Path,
        help="folder to keep what is made in, and to use it: manifests, walks, results of what `--only` leaves out",
    )
    parser.add_argument("--causes", type=Path, help="file to write every complaint and difference to")
    options = parser.parse_args()
    if unknown := sorted(set(options.only) - set(corpus.LIBRARIES)):
        parser.error(f"{unknown[0]!r} is not in the corpus; it has {', '.join(corpus.LIBRARIES)}")
    return options


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def main() -> int:
    options = _options()
    begin = time.monotonic()
    checked: list[Checked] = []
    with tempfile.TemporaryDirectory(prefix="snakebridge-bench-") as name:
        folder = (options.keep or Path(name)).absolute()
        bench = Bench(places=Places(options.environments), folder=folder, only=options.only)
        for library, place in corpus.LIBRARIES.items():
            found_before = kept(folder, library) if options.only and library not in options.only else None
            if found_before is not None:
                checked.append(found_before)
            elif not options.only or library in options.only:
                checked.append(check(bench, library, place, options.steps))
                keep(folder, checked[-1])
                say(f"[{time.monotonic() - begin:5.0f} s] {' | '.join(checked[-1].cells())}")
    found = rows(checked)
    text = document(checked, found, time.monotonic() - begin)
    print(text)
    if options.causes:
        options.causes.write_text("\n".join(causes(checked)) + "\n", encoding="utf-8")
    if len(checked) == len(corpus.LIBRARIES) and all(set(one.complaints) == set(STEPS[:2]) for one in checked):
        DOCUMENT.write_text(text, encoding="utf-8")
    missed = [row for row in found if not row.reached]
    for row in missed:
        print(f"missed: {row.figure}: {row.ours}; the bar is {row.bar}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
