"""Found, known, equal, typed, resolved, overloaded: the figures that come from joining walks with manifests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from bench import WALKED, Bench, Result, Row, percent, say, shown
from compare import Score, causes, compare, load_walk

OLD = "old"
OLD_BARS = {"numpy": (77.1, 98.0), "scipy": (74.5, 90.0)}
"""What `inspect` knows, and the bar."""
_COLUMNS = (
    *("library", "callables", "found", "known", "equal", "named", "parameters", "typed", "typed by the object"),
    *("by a stub", "by the source", "by the docstring", "types", "resolved", "overloads kept"),
)
Share = Callable[[Score], float | None]

SHARES: dict[str, Share] = {
    "found": lambda one: percent(one.found, one.callables),
    "known": lambda one: percent(one.known, one.callables),
    "equal": lambda one: percent(one.equal, one.comparable),
    "typed": lambda one: percent(one.typed.total(), one.parameters),
    "resolved": lambda one: percent(one.resolved, one.types),
}


def measure(bench: Bench) -> Result:
    """Measure the libraries of the baselines, with their stub packages."""
    scores = score(bench, WALKED)
    result = Result(details=[_per_library(scores)], causes=list(_all_causes(scores)))
    if not scores:
        return result
    everything = total(scores.values())
    named = f"{everything.named} named that `inspect` calls `*args, **kwargs`"
    rest = total(one for name, one in scores.items() if name != "sympy")
    result.rows += [
        _least("callables found", "griffe 98.1 %", 99.95, scores, SHARES["found"], everything),
        _known(scores, everything),
        Row(
            figure=f"names and kinds equal `inspect`, where it works ({everything.comparable:,})",
            peer="griffe 34-100 %",
            bar="100 %",
            ours=f"{shown(SHARES['equal'](everything))} ({named})",
            reached=everything.equal == everything.comparable,
        ),
        _typed(everything, rest, has_sympy="sympy" in scores),
        Row(
            figure=f"types whose every name is resolved ({everything.types:,})",
            peer="get_type_hints 56.6 %",
            bar="100 %, the unresolvable tagged",
            ours=f"{shown(SHARES['resolved'](everything))}; {everything.tagged} tagged, "
            f"{everything.dangling} without meaning",
            reached=everything.dangling == 0 and everything.tagged < everything.types / 1000,
        ),
        _overloads(bench, scores),
    ]
    return result


def measure_old(bench: Bench) -> Result:
    """Measure the old stack."""
    result = Result()
    if bench.places.python(OLD) is None:
        ours = "there is no Python 3.10 here"
        return Result(rows=[Row(figure="old stack", peer="77 / 75 %", bar="≥ 98 / ≥ 90 %", ours=ours, reached=None)])
    for library, one in score(bench, OLD).items():
        peer, bar = OLD_BARS[library]
        known, version = SHARES["known"](one), bench.places.named(OLD).version
        result.rows.append(
            Row(
                figure=f"signature known, old {library} on Python {version} ({one.callables:,})",
                peer=f"inspect {peer} %",
                bar=f"≥ {bar:g} %",
                ours=f"{shown(known)} (found {shown(SHARES['found'](one))})",
                reached=known is not None and known >= bar,
            )
        )
        result.causes += [f"old {library}", *causes(one, 12)]
    return result


def score(bench: Bench, place: str) -> dict[str, Score]:
    """Return the score of each library of an environment."""
    libraries = bench.libraries(place)
    bench.prepare(place, libraries)
    found = {}
    analyses = dict(bench.at_once(libraries, lambda one: bench.analysis(place, one)))
    for library in libraries:
        manifest = bench.manifest(place, library)
        if manifest is None:
            say(f"there is no manifest of {library} in {place}")
            continue
        file = analyses[library]
        static = json.loads(file.read_text(encoding="utf-8"))["callables"] if file else None
        found[library] = compare(load_walk(bench.walk(place, library)), manifest, static)
    return found


def total(scores: Iterator[Score] | object) -> Score:
    """Return the sum of some scores."""
    everything = Score()
    for one in scores:  # type: ignore[attr-defined]
        everything.add(one)
    return everything


def _least(figure: str, peer: str, bar: float, scores: dict[str, Score], share: Share, everything: Score) -> Row:
    worst = min(scores, key=lambda name: share(scores[name]) or 0.0)
    least = share(scores[worst]) or 0.0
    return Row(
        figure=f"{figure} (of {everything.callables:,})",
        peer=peer,
        bar=f"≥ {bar:g} % in every library",
        ours=f"{shown(share(everything))}, least {shown(least)} ({worst})",
        reached=least >= bar,
    )


def _known(scores: dict[str, Score], everything: Score) -> Row:
    share = SHARES["known"]
    worst = min(scores, key=lambda name: share(scores[name]) or 0.0)
    whole, least = share(everything) or 0.0, share(scores[worst]) or 0.0
    return Row(
        figure="signature known, all / worst library",
        peer="inspect 98.4 / 96.4 %",
        bar="≥ 99.8 / ≥ 99.0 %",
        ours=f"{shown(whole)} / {shown(least)} ({worst})",
        reached=whole >= 99.8 and least >= 99.0,
    )


def _typed(everything: Score, rest: Score, *, has_sympy: bool) -> Row:
    share = SHARES["typed"]
    whole, without = share(everything) or 0.0, share(rest) or 0.0
    tiers = ", ".join(
        f"{name} {shown(percent(n, everything.parameters), 1)}" for name, n in sorted(everything.typed.items())
    )
    return Row(
        figure=f"typed parameters, all ({everything.parameters:,}) / without sympy",
        peer="runtime 25.2 / 33.1 %",
        bar="≥ 65 / ≥ 87 %",
        ours=f"{shown(whole)} / {shown(without)} ({tiers})",
        reached=whole >= 65 and without >= 87 if has_sympy else None,
    )


def _overloads(bench: Bench, scores: dict[str, Score]) -> Row:
    asked = [name for name in ("scipy", "numpy") if name in scores]
    parts = [f"{name} {scores[name].overloads_kept:,} of {scores[name].overloaded:,}" for name in asked]
    known = not bench.quick and bool(asked)
    return Row(
        figure="overloads kept, of what mypy's analysis has",
        peer="griffe: scipy 775 of 1,193, numpy 367 of 825",
        bar="≥ 99 %",
        ours=", ".join(parts) if known else "needs mypy's analysis",
        reached=all(scores[one].overloads_kept >= 0.99 * scores[one].overloaded for one in asked) if known else None,
    )


def _per_library(scores: dict[str, Score]) -> str:
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    for name, one in [*sorted(scores.items()), ("all", total(scores.values()))]:
        tiers = [
            shown(percent(sum(one.typed[tier] for tier in group), one.parameters), 1)
            for group in (("override", "runtime", "text_signature"), ("stub",), ("static",), ("docstring",))
        ]
        cells = [
            *(name, f"{one.callables:,}", shown(SHARES["found"](one)), shown(SHARES["known"](one))),
            *(shown(SHARES["equal"](one)), f"{one.named:,}", f"{one.parameters:,}", shown(SHARES["typed"](one))),
            *(
                *tiers,
                f"{one.types:,}",
                shown(SHARES["resolved"](one)),
                f"{one.overloads_kept:,} of {one.overloaded:,}",
            ),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "## Per library\n\n" + "\n".join(lines)


def _all_causes(scores: dict[str, Score]) -> Iterator[str]:
    for name, one in scores.items():
        yield name
        yield from causes(one, 12)
