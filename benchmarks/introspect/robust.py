"""Nothing aborts a run, nothing of the machine gets into a manifest, and nothing is written in a target.

Each library of the corpus is introspected twice, the second time under another hash seed, working directory, time zone,
locale, home and user; the bytes must be the same, and hold no address and no path of this machine. The second working
directory holds a file with the library's name, which must not be what is described.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import measured
from bench import WALKED, Bench, Result, Row, say
from places import asynchronous, newest_syntax, site_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = (WALKED, "extra", "modern")
WANTED = 41
ODD = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "USER": "somebody",
    "LOGNAME": "somebody",
    "COLUMNS": "40",
}
"""What the second run is told; the first runs as the one who starts this."""
QUICK = ("more_itertools",)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{7,}\b")


def measure(bench: Bench) -> Result:
    """Introspect everything twice."""
    before = {place: _state(bench, place) for place in PLACES if bench.places.python(place)}
    result, aborted, differing, done = Result(), [], [], 0
    for place in before:
        libraries = [one for one in bench.libraries(place) if not bench.quick or bench.only or one in QUICK]
        bench.prepare(place, libraries)
        second = dict(bench.at_once(libraries, lambda one, place=place: _again(bench, place, one)))  # type: ignore[misc]
        for library in libraries:
            done += 1
            first = bench.manifest_file(place, library)
            if not first.exists():
                aborted.append(library)
                result.causes.append(f"aborted: {library} in {place}: {second[library][1].said}")
                continue
            reasons = list(_differences(first, second[library][0], bench, place))
            differing += [library] * bool(reasons)
            result.causes += [f"not the same: {library} in {place}: {reason}" for reason in reasons]
    changed = {place: [*sorted(_state(bench, place) ^ was)] for place, was in before.items()}
    result.causes += [f"changed in {place}: {what}" for place, found in changed.items() for what in found[:20]]
    whole = done == WANTED
    result.rows = [
        Row(
            figure=f"runs aborted by a library, of {done}",
            peer="stubgen 10 of 11",
            bar=f"0 of {WANTED}",
            ours=f"{len(aborted)}{_list(aborted)}",
            reached=False if aborted else True if whole else None,
        ),
        Row(
            figure="byte-identical over hash seed, working directory, time zone, locale, home and user",
            peer="griffe 6 of 11",
            bar=f"{WANTED} of {WANTED}, no address, no absolute path",
            ours=f"{done - len(differing) - len(aborted)} of {done}{_list(differing)}",
            reached=False if differing else True if whole else None,
        ),
        Row(
            figure="files written, changed or removed in the targets by all of these runs",
            peer="-",
            bar="0",
            ours=str(sum(map(len, changed.values()))),
            reached=not any(changed.values()) if changed else None,
        ),
    ]
    result.details.append(_corpus(bench, [one for one in before if one != WALKED]))
    return result


def _again(bench: Bench, place: str, library: str) -> tuple[Path, measured.Run]:
    work = bench.folder / "elsewhere" / place / library
    (work / "home").mkdir(parents=True, exist_ok=True)
    (work / f"{library}.py").write_text("raise SystemExit('shadowed')\n", encoding="utf-8")
    out = work / "manifest.json"
    python = bench.places.python(place)
    assert python is not None
    odd = {**ODD, "HOME": str(work / "home")}
    include = bench.places.named(place).include.get(library, ())
    run = measured.introspect(library, python, out, cache=work / "cache", include=include, environment=odd, folder=work)
    say(f"introspected {library} in {place} again, elsewhere: {run.seconds:.1f} s")
    return out, run


def _differences(first: Path, second: Path, bench: Bench, place: str) -> Iterator[str]:
    one = first.read_bytes()
    other = second.read_bytes() if second.exists() else b""
    if one != other:
        pairs = zip(one.splitlines(), other.splitlines(), strict=False)
        line, theirs = next(((a, b) for a, b in pairs if a != b), (b"", b""))
        at = next((at for at, (a, b) in enumerate(zip(line, theirs, strict=False)) if a != b), 0)
        yield f"{line[max(0, at - 80) : at + 80]!r} is {theirs[max(0, at - 80) : at + 80]!r} elsewhere"
    python = bench.places.python(place)
    assert python is not None
    forbidden = [
        str(path) for path in (python.parent.parent, Path.home(), bench.folder, python.resolve().parent.parent)
    ]
    for text in _strings(json.loads(one)):
        if _ADDRESS.search(text):
            yield f"an address: {text[:160]!r}"
        yield from (f"a path: {text[:160]!r}" for path in forbidden if path in text)


def _strings(value: object) -> Iterator[str]:
    # What a library's own documentation shows is its text, the same on every machine.
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name != "doc":
                yield name
                yield from _strings(one)


def _state(bench: Bench, place: str) -> set[tuple[str, int, str]]:
    python = bench.places.python(place)
    assert python is not None
    root = python.parent.parent
    found = set()
    for file in root.rglob("*"):
        content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        found.add((str(file.relative_to(root)), file.lstat().st_mtime_ns, hashlib.blake2b(content).hexdigest()))
    return found


def _list(names: list[str]) -> str:
    return f" ({', '.join(sorted(names))})" if names else ""


def _corpus(bench: Bench, places: list[str]) -> str:
    lines = ["| library | environment | `async` in its source | files of PEP 695 syntax |", "|---|---|---|---|"]
    for place in places:
        python = bench.places.python(place)
        assert python is not None
        for library in bench.places.named(place).libraries:
            folder = site_packages(python) / library
            lines.append(f"| {library} | {place} | {asynchronous(folder):,} | {newest_syntax(folder)} |")
    return "## The libraries beside those of the baselines\n\n" + "\n".join(lines)
