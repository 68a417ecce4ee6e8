"""Generated signatures beside those of the live library: names, kinds, and what may be left out.

What `inspect` says about the library is compared with what it says about the generated code, callable by callable, in
the manner of `mypy.stubtest`. What differs is an exception; these have a reason, and the rest is a bug:

looser     a parameter that the library requires may be left out: Python lets none follow one that may be left out
mangled    Python would mangle a name that begins with two underscores, so the generated one has none; it is passed on
           under its own name
clash      a parameter is called like what the generated module imports (`_t`, `_sb`), and gets one more underscore

Where a metaclass tells a class's signature (`__signature__`), the `**options` that its maker takes beside it count as
told: sympy's tells only what has a place, and `sin(x, evaluate=False)` is right.

Not compared, for one side shows no signature, or it is no function there: what `inspect` knows nothing about, or sees
only `*args, **kwargs` of; objects that are called (`numpy.add`), which are read as what they are; and accessors
(`pandas.Series.str`), which a class answers with something callable and its objects with a property.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

# From `benchmarks/introspect`, which `corpus` makes importable.
from compare import is_anything, load_walk, seen_by_inspect
from corpus import HERE

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 300
_STARS = (2, 4)
_REST = 4


@dataclass
class Compared:
    """How many callables are the same."""

    callables: int = 0
    comparable: int = 0
    """Those that both sides know a signature of."""
    equal: int = 0
    apart: Counter[str] = field(default_factory=Counter)
    """Why others are not compared."""
    differing: dict[str, str] = field(default_factory=dict)
    """Path → what differs, with the reason in front if there is one."""
    missing: list[str] = field(default_factory=list)
    """What has no generated callable, and why."""


def compare(folder: Path, walk: Path) -> Compared:
    """Compare what was generated in a folder with a walk of the live library."""
    out = folder / f"{walk.stem}.signatures.json"
    command = [sys.executable, "-B", str(HERE / "generated.py"), str(folder), str(walk), str(out)]
    subprocess.run(command, check=True, timeout=PATIENCE)
    found = Compared()
    for record, ours in zip(load_walk(walk), json.loads(out.read_text(encoding="utf-8")), strict=True):
        found.callables += 1
        if "missing" in ours:
            found.missing.append(f"{record['path']}: {ours['missing']}")
        elif "reason" in ours:
            found.apart[ours["reason"]] += 1
        else:
            _compare(found, record, ours["parameters"])
    return found


def _compare(found: Compared, record: dict[str, Any], ours: list[Any] | None) -> None:
    seen = seen_by_inspect(record)
    if seen is None:
        found.apart["unknown"] += 1
        return
    if ours is None:
        found.apart["built in"] += is_anything(seen) or not seen
        if not is_anything(seen) and seen:
            found.missing.append(f"{record['path']}: no signature")
        return
    theirs = [(one[0], one[1], one[3]) for one in seen]
    if record.get("rest") and all(kind != _REST for _, kind, _ in theirs):
        theirs.append((record["rest"], _REST, False))
    mine = [tuple(one) for one in ours]
    if mine != theirs and _hides(seen, {one[0] for one in mine}):
        found.apart["variadic"] += 1
        return
    found.comparable += 1
    found.equal += mine == theirs
    if mine != theirs:
        reason = _reason(theirs, mine)
        text = f"{_text(theirs)} is {_text(mine)}"
        found.differing[record["path"]] = f"{reason}: {text}" if reason else text


def _hides(seen: list[Any], named: set[str]) -> bool:
    """Tell whether `*args` and `**kwargs` stand for what a better source names."""
    rest = {one[0] for one in seen if one[1] not in _STARS}
    return is_anything(seen) or ({one[1] for one in seen} >= set(_STARS) and rest <= named)


def _reason(theirs: list[Any], mine: list[Any]) -> str | None:
    if [one[1] for one in theirs] != [one[1] for one in mine]:
        return None
    renamed = [(one[0], other[0]) for one, other in zip(theirs, mine, strict=True) if one[0] != other[0]]
    if not renamed:
        looser = all(mine[2] or not other[2] for mine, other in zip(mine, theirs, strict=True))
        return "looser" if looser else None
    if all(one.startswith("__") and one.lstrip("_") == other for one, other in renamed):
        return "mangled"
    return "clash" if all(other == f"{one}_" for one, other in renamed) else None


def _text(parameters: list[Any]) -> str:
    marks = {0: "/", 1: "", 2: "*", 3: "k", 4: "**"}
    return "(" + ", ".join(f"{marks[kind]}{name}{'=' if optional else ''}" for name, kind, optional in parameters) + ")"
