"""Measurements as a plain table, the same text on the terminal and in `results.md`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Rounds = Mapping[tuple[str, str], Sequence[Mapping[str, float]]]
"""(placement, peer) → one measurement per round."""

TITLES = {
    "pipe": "(a) multiprocessing.Pipe, 60 bytes, forked child",
    "lane": "(b) generated math.sqrt, lane",
    "grpcio": "(c) bare grpcio unary, 60 bytes, Unix socket",
    "grpc_link": '(d) generated math.sqrt, link="grpc"',
}
PLACEMENTS = {"pinned": "pinned to one core", "free": "free placement"}
FIGURES: dict[str, tuple[str, Callable[[float], str]]] = {
    "call": ("tiny call, p50 (µs)", lambda seconds: f"{seconds * 1e6:.1f}"),
    "start": ("start to first answer (ms)", lambda seconds: f"{seconds * 1e3:.0f}"),
    "items": ("streamed items/s", lambda rate: f"{rate:,.0f}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a tiny call of ours may cost, in calls of a peer."""

    ours: str
    peer: str
    limit: float

    @property
    def title(self) -> str:
        return f"{TITLES[self.ours][:3]} / {TITLES[self.peer][:3]}"


BARS = (Bar(ours="lane", peer="pipe", limit=4.0), Bar(ours="grpc_link", peer="grpcio", limit=1.5))


def ratios(rounds: Rounds, placement: str, bar: Bar) -> list[float]:
    """Return one ratio per round: both sides of it ran within seconds of each other."""
    pairs = zip(rounds[placement, bar.ours], rounds[placement, bar.peer], strict=True)
    return [ours["call"] / peer["call"] for ours, peer in pairs]


def missed(rounds: Rounds) -> list[str]:
    """Return a sentence for each bar that the median ratio does not meet."""
    return [
        f"{bar.title} is {value:.2f}, over {bar.limit:g} ({PLACEMENTS[placement]})"
        for placement in PLACEMENTS
        for bar in BARS
        if (value := statistics.median(ratios(rounds, placement, bar))) > bar.limit
    ]


def report(rounds: Rounds) -> str:
    """Return the tables, as Markdown that also reads well on a terminal."""
    parts = []
    for placement, where in PLACEMENTS.items():
        rows = [["", *(title for title, _ in FIGURES.values())]]
        for peer, title in TITLES.items():
            measured = rounds[placement, peer]
            cells = [_spread([one[figure] for one in measured], show) for figure, (_, show) in FIGURES.items()]
            rows.append([title, *cells])
        parts += [f"## {where.capitalize()}", grid(rows)]
    rows = [["p50 of a tiny call", *PLACEMENTS.values(), "bar"]]
    for bar in BARS:
        cells = [_spread(ratios(rounds, placement, bar), lambda ratio: f"{ratio:.2f}") for placement in PLACEMENTS]
        rows.append([bar.title, *cells, f"≤ {bar.limit:g}"])
    parts += ["## Ratios", grid(rows)]
    return "\n\n".join(parts)


def _spread(values: Sequence[float], show: Callable[[float], str]) -> str:
    return f"{show(statistics.median(values))} [{show(min(values))}-{show(max(values))}]"


def grid(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table with even columns; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
