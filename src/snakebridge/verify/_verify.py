# The whole of a verification:
#
#   target: collect ─▶ run ─▶ run again          host: run what passed twice ─▶ run what differs, with marks
#
# Guarantees: an example counts when it passes twice in the target, with two seeds of `hash`, so that what depends on
# the order of a set or on the weather counts for nobody. The docstrings share a process, as doctest has it.

from __future__ import annotations

import difflib
import doctest
import os
import platform
import sys
import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from snakebridge.environments import guest_command, guest_environment, guest_folder
from snakebridge.errors import VerificationError
from snakebridge.manifest import Kind as SymbolKind
from snakebridge.verify._kinds import Kind, kind_of
from snakebridge.verify._outcomes import documented, outcomes
from snakebridge.verify._process import Process
from snakebridge.verify._proposals import proposals
from snakebridge.verify._report import Difference, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from snakebridge.environments import Interpreter
    from snakebridge.manifest import Manifest
    from snakebridge.verify._outcomes import Documented, Outcome, Place

__all__ = ["Options", "verify"]

_ALIASES = {
    "np": "numpy",
    "nx": "networkx",
    "pa": "pyarrow",
    "pd": "pandas",
    "pl": "polars",
    "plt": "matplotlib.pyplot",
    "sa": "sqlalchemy",
}
_SLACK = 2.0  # seconds between the deadline of a call and that of its example
_SURROUNDINGS = "snakebridge.verify:Surroundings"
_MOST_SHOWN = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to verify."""

    within: str | None = None
    """Module whose examples are run, with those below it; `None`: all."""
    deadline: float = 10.0
    """Seconds that one example may take."""


def verify(
    described: Manifest,
    folder: Path,
    interpreter: Interpreter,
    options: Options,
    on_progress: Callable[[str, int, int | None], None] = lambda *_: None,
) -> Report:
    """Run the documented examples of a library directly and through its generated package.

    Args:
        described: The library's manifest.
        folder: The output folder its package is in; it is put first on the path.
        interpreter: The target.
        options: What to run, and for how long.
        on_progress: Told what is being done, how many examples are done, and how many there are.

    Raises:
        VerificationError: They cannot be run at all, or there is no such module.
    """
    within = options.within or described.library.name
    target = {seed: _target(interpreter, seed) for seed in ("0", "1")}
    found = target["0"].collect(_collection(described, within), lambda _event: on_progress("finding examples", 0, None))
    tests = documented(found)
    if not tests:
        _refuse_unknown(within, described)
    total = sum(test.count for test in tests)

    run = _Runs(options.deadline, on_progress)
    first, seconds_direct = run(target["0"], tests, "running directly")
    again, _ = run(target["1"], [test for test in tests if _passed(first, test)], "running directly again")
    steady = {place for place, one in first.items() if one.passed and place in again and again[place].passed}
    bridge = {
        "path": [str(folder)],
        "replace": [described.library.name],
        "beside": False,
        "surroundings": _SURROUNDINGS,
        "python": str(interpreter.executable),
        "deadline": options.deadline + _SLACK,
    }
    worth = [test for test in tests if any(place[0] == test.number for place in steady)]
    bridged, seconds_bridged = run(_host(), worth, "running through the bridge", **bridge, mark=False)
    missed = sorted(place for place in steady if not (place in bridged and bridged[place].passed))
    unlike = [test for test in worth if any(place[0] == test.number for place in missed)]
    marked, _ = run(_host(), unlike, "looking for changes in place", **bridge, mark=True)
    differences = [
        _difference(tests[number], place, missed, bridged, marked, options.deadline) for number, place in missed
    ]
    return Report(
        library=described.library.name,
        within=within,
        version=described.library.version,
        target=interpreter.label,
        host=f"{platform.python_implementation()} {platform.python_version()}",
        docstrings=len(tests),
        examples=total,
        skipped=total - len(first),
        private=sum(event["count"] for event in found if event["event"] == "private"),
        direct=len(steady),
        unsteady=sum(one.passed for one in first.values()) - len(steady),
        late=sum(one.outcome in {"late", "hung", "died"} for one in first.values()),
        bridged=len(steady) - len(missed),
        differences=tuple(differences),
        proposals=tuple(proposals(described, differences, missed, marked)),
        seconds_direct=round(seconds_direct, 1),
        seconds_bridged=round(seconds_bridged, 1),
    )


def _refuse_unknown(within: str, described: Manifest) -> None:
    modules = [module.name for module in described.modules]
    if within not in modules:
        alike = difflib.get_close_matches(within, modules, n=1)
        known = textwrap.shorten(", ".join(modules), 200, placeholder=" …")
        hint = f"did you mean {alike[0]}?" if alike else f"it has {known}"
        raise VerificationError(f"{described.library.name} has no public module {within}; {hint}")


@dataclass(frozen=True, slots=True)
class _Runs:
    deadline: float
    on_progress: Callable[[str, int, int | None], None]

    def __call__(
        self, process: Process, chosen: Sequence[Documented], text: str, **more: object
    ) -> tuple[dict[Place, Outcome], float]:
        """Run docstrings; return what their examples did, and how long it took."""
        request: dict[str, Any] = {
            "action": "run",
            "tests": [test.as_request() for test in chosen],
            "deadline": self.deadline,
            "path": [],
            "replace": [],
            "beside": True,
            "surroundings": None,
            **more,
        }
        total, done = sum(test.count for test in chosen), 0

        def on_event(event: Mapping[str, object]) -> None:
            nonlocal done
            done += event["event"] == "example"
            self.on_progress(text, done, total)

        begun = time.monotonic()
        told = process.run(request, self.deadline + 2 * _SLACK, on_event)
        return outcomes(told), time.monotonic() - begun


def _passed(outcomes: Mapping[Place, Outcome], test: Documented) -> bool:
    return any(
        outcomes[place].passed for place in ((test.number, each) for each in range(test.count)) if place in outcomes
    )


def _collection(described: Manifest, within: str) -> dict[str, object]:
    library = described.library.name
    canonical = [symbol.path for symbol in described.symbols if symbol.kind is not SymbolKind.CONSTANT]
    aliases = [alias for symbol in described.symbols for alias in symbol.aliases]
    modules = [module.name for module in described.modules]
    granted = {name.rpartition(".")[2]: name for name in reversed(modules)}
    return {
        "action": "collect",
        "modules": modules,
        "symbols": [*canonical, *aliases],
        "within": within,
        "aliases": {**granted, **_ALIASES, library: library},
    }


def _target(interpreter: Interpreter, seed: str) -> Process:
    return Process(
        command=guest_command(interpreter.executable, "examples", isolation="-s"),
        environment=guest_environment({"PYTHONHASHSEED": seed}),
        where=interpreter.label,
    )


def _host() -> Process:
    return Process(
        command=[sys.executable, str(guest_folder() / "__main__.py"), "examples"],
        environment={**os.environ, "PYTHONHASHSEED": "0"},
        where="the host",
    )


def _difference(
    test: Documented,
    place: int,
    missed: Sequence[Place],
    bridged: Mapping[Place, Outcome],
    marked: Mapping[Place, Outcome],
    deadline: float,
) -> Difference:
    examples = doctest.DocTestParser().get_examples(test.text)
    where = (test.number, place)
    sources = [one.source for one in examples[: place + 1]]
    earlier = [each for number, each in missed if number == test.number and each < place]
    outcome = bridged.get(where)
    if outcome is None:  # an example before it was late
        kind, got = Kind.AFTER, "it was left out"
    else:
        changed = any(marked[each].marks for each in marked if each[0] == test.number and each[1] <= place)
        heals = changed and where in marked and marked[where].passed
        kind = kind_of(test, sources, earlier, outcome, heals=heals)
        got = f"it did not end within {deadline:g} s" if outcome.outcome == "late" else outcome.got
    return Difference(
        kind=kind,
        name=test.name,
        example=place + 1,
        source=sources[-1].rstrip("\n"),
        want=examples[place].want.rstrip("\n")[:_MOST_SHOWN],
        got=got.rstrip("\n")[:_MOST_SHOWN],
    )
