# What was verified, as values, text and JSON.

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from snakebridge.verify._kinds import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Difference", "Proposal", "Report", "as_json", "as_text"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """An example that passes directly and not through the bridge."""

    kind: Kind
    name: str
    """Address of what it documents."""
    example: int
    """Its place in the docstring, from 1."""
    source: str
    want: str
    """What the docstring says."""
    got: str
    """What came instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Parameters that a function changes in place and that nobody has marked."""

    address: str
    mutates: tuple[str, ...]
    """Names of parameters; of a parameter that has none, its place."""
    examples: int
    """How many examples pass once they are marked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How many documented examples of a library pass."""

    library: str
    within: str
    """The module whose examples were run, with those below it."""
    version: str | None
    target: str
    host: str
    docstrings: int
    examples: int
    skipped: int
    """Examples that their docstrings tell doctest to skip, or that come after one that did not end."""
    private: int
    """Examples in docstrings of what is not public; they are not run."""
    direct: int
    """Examples that pass in the target, both times that they are run."""
    unsteady: int
    """Examples that passed once."""
    late: int
    """Examples that did not end in time in the target."""
    bridged: int
    """Of those that pass directly: how many pass through the bridge."""
    differences: tuple[Difference, ...]
    proposals: tuple[Proposal, ...]
    seconds_direct: float
    seconds_bridged: float

    @property
    def share(self) -> float:
        """The share of directly passing examples that pass through the bridge, between 0 and 1; 1 if there are none."""
        return self.bridged / self.direct if self.direct else 1.0

    @property
    def hung(self) -> int:
        """Examples that did not end through the bridge, although they do directly."""
        return sum(one.kind is Kind.HUNG for one in self.differences)

    @property
    def kinds(self) -> dict[Kind, int]:
        """How many differences there are of each kind, most frequent first."""
        return dict(Counter(one.kind for one in self.differences).most_common())


def as_text(report: Report, *, most: int = 0) -> str:
    """Return the report as lines.

    Args:
        report: What to tell.
        most: How many differences of each kind to show.
    """
    return "\n".join(_lines(report, most))


def _lines(report: Report, most: int) -> Iterator[str]:
    name = report.within
    yield f"{name}: version {report.version or 'unknown'}, {report.target} through {report.host}"
    yield f"{name}: {report.examples} examples in {report.docstrings} docstrings"
    if report.private:
        yield f"{name}: {report.private} more examples document what is not public"
    yield f"{name}: {report.direct} pass directly"
    if report.skipped:
        yield f"{name}: {report.skipped} are skipped"
    if report.unsteady:
        yield f"{name}: {report.unsteady} pass directly only sometimes, and are not counted"
    if not report.direct:
        yield f"{name}: so there is nothing to compare; that says neither good nor bad of the bridge"
        return
    yield f"{name}: {report.bridged} of those pass through the bridge, {report.share:.1%}"
    for kind, count in report.kinds.items():
        yield f"{name}: {count} {kind}: {KINDS[kind]}"
        for one in [each for each in report.differences if each.kind is kind][:most]:
            yield from _shown(one)
    if report.proposals:
        yield "marks that would make examples pass, for a file of overrides:"
        yield f"library = {json.dumps(report.library)}"
    for proposal in report.proposals:
        yield f"[symbols.{json.dumps(proposal.address)}]"
        yield f"mutates = {json.dumps(list(proposal.mutates))}"


def _shown(one: Difference) -> Iterator[str]:
    yield f"  {one.name}, example {one.example}"
    yield from (
        f"    >>> {line}" if not place else f"    ... {line}" for place, line in enumerate(one.source.splitlines())
    )
    yield from (f"    - {line}" for line in one.want.splitlines())
    yield from (f"    + {line}" for line in one.got.splitlines())


def as_json(report: Report) -> str:
    """Return the report as a JSON object."""
    data = {**asdict(report), "share": round(report.share, 4), "hung": report.hung, "kinds": report.kinds}
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
