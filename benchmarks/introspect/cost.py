"""What an introspection costs: time, memory and size, fresh and from the cache, with the best peer side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import measured
from bench import HERE, WALKED, Bench, Result, Row, say
from places import site_packages

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "pandas"
SECONDS, MEGABYTES, SIZE = 6.0, 300.0, 8.0
"""The bars for `LIBRARY`; megabytes are of 10⁶ bytes."""
PEER_BEFORE = "griffe 20.2 s / 657 MB / 105 MB"
HEADING = [
    "library",
    "fresh",
    "its processor time",
    "memory, all processes",
    "largest process",
    "again, unchanged",
    "manifest",
]
PEER_HEADING = ["griffe: time", "memory", "JSON", "ours / griffe: time", "memory", "size"]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one library."""

    fresh: measured.Run
    again: measured.Run
    size: int
    peer: measured.Run | None
    peer_size: int


def measure(bench: Bench) -> Result:
    """Measure the libraries of the baselines, one after the other."""
    costs = {library: _measured(bench, library) for library in bench.libraries(WALKED)}
    costs = {library: cost for library, cost in costs.items() if cost is not None}
    result = Result(details=[_table(costs)] if costs else [])
    if (ours := costs.get(LIBRARY)) is not None:
        size = ours.size / 1e6
        now = ours.peer
        peer = f"{now.seconds:.1f} s / {now.together:.0f} MB / {ours.peer_size / 1e6:.0f} MB in this run" if now else ""
        result.rows.append(
            Row(
                figure=f"{LIBRARY}: time / peak memory / manifest size",
                peer="; ".join(filter(None, [PEER_BEFORE, peer])),
                bar=f"≤ {SECONDS:g} s / ≤ {MEGABYTES:g} MB / ≤ {SIZE:g} MB",
                ours=f"{ours.fresh.seconds:.1f} s / {ours.fresh.together:.0f} MB / {size:.1f} MB "
                f"(unchanged: {ours.again.seconds:.1f} s)",
                reached=ours.fresh.seconds <= SECONDS and ours.fresh.together <= MEGABYTES and size <= SIZE,
            )
        )
    return result


def _measured(bench: Bench, library: str) -> Cost | None:
    fresh = bench.introspect(WALKED, library)
    out = bench.manifest_file(WALKED, library)
    if fresh.code not in (0, 1) or not out.exists():
        say(f"{library} could not be introspected: {fresh.said}")
        return None
    python = bench.places.python(WALKED)
    assert python is not None
    unchanged = bench.folder / "unchanged.json"
    again = measured.introspect(library, python, unchanged, cache=bench.folder / "cache", refresh=False)
    say(f"{library}: {fresh.seconds:.1f} s, {fresh.together:.0f} MB; unchanged {again.seconds:.1f} s")
    peer, theirs = None, bench.folder / "peer.json"
    theirs.unlink(missing_ok=True)
    tools = None if bench.quick else bench.places.python("tools")
    if tools is not None:
        command = [str(python), "-I", "-B", str(HERE / "peer.py"), library, str(site_packages(tools)), str(theirs)]
        peer = measured.run(command, folder=bench.folder)
        say(f"{library}: griffe {peer.seconds:.1f} s, {peer.together:.0f} MB")
    done = theirs.exists()
    return Cost(
        fresh=fresh, again=again, size=_size(out), peer=peer if done else None, peer_size=_size(theirs) if done else 0
    )


def _size(file: Path) -> int:
    return file.stat().st_size


def _table(costs: dict[str, Cost]) -> str:
    has_peer = any(one.peer for one in costs.values())
    heading = [*HEADING, *(PEER_HEADING if has_peer else ())]
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    for library, one in sorted(costs.items()):
        cells = [
            *(library, f"{one.fresh.seconds:.1f} s", f"{one.fresh.work:.1f} s", f"{one.fresh.together:.0f} MB"),
            *(f"{one.fresh.largest:.0f} MB", f"{one.again.seconds:.1f} s", f"{one.size / 1e6:.1f} MB"),
        ]
        if has_peer and one.peer is not None:
            cells += [f"{one.peer.seconds:.1f} s", f"{one.peer.together:.0f} MB", f"{one.peer_size / 1e6:.1f} MB"]
            cells += [f"{one.fresh.seconds / one.peer.seconds:.2f}", f"{one.fresh.together / one.peer.together:.2f}"]
            cells += [f"{one.size / one.peer_size:.2f}"]
        elif has_peer:
            cells += ["failed", *["-"] * (len(PEER_HEADING) - 1)]
        lines.append("| " + " | ".join(cells) + " |")
    seconds = sum(one.fresh.seconds for one in costs.values())
    return "## Cost\n\n" + "\n".join(lines) + f"\n\nAll of them, one after the other: {seconds:.0f} s."
