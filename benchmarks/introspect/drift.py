"""One library at one version, on Python 3.10 to 3.13: how many signatures differ, and whether the manifest says why.

Compared are names, kinds and whether there is a default, of every callable that all of the manifests have. Counted
apart are those that only some have (wheels differ, and so do optional modules), and constructors that come from a class
of another library, such as `enum.Enum`: their signature is that library's. A difference is explained by what a manifest
records: a `condition` of the symbol or its class; being defined by another library; or another tier, because one
interpreter shows a signature of a compiled callable that another does not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench import Bench, Result, Row, percent, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snakebridge.manifest import Manifest, Symbol

BASE = "cross"
BAR = 0.2
INHERITED = "base class of another library"
QUICK = ("more_itertools",)
Form = tuple[tuple[str, str, bool], ...]


def measure(bench: Bench) -> Result:
    """Compare the libraries of the environments that are one set of versions on several Pythons."""
    corpus = bench.places.corpus["environments"]
    places = [name for name, table in corpus.items() if table.get("extends") == BASE]
    here = [place for place in places if bench.places.python(place) is not None]
    missing = sorted(corpus[place]["python"] for place in places if place not in here)
    libraries = [one for one in bench.libraries(BASE) if not bench.quick or bench.only or one in QUICK]
    for place in here:
        bench.prepare(place, libraries)
    all_of_them = differing = explained = apart = 0
    causes: Counter[str] = Counter()
    result = Result()
    lines = ["| library | signatures | differ | explained | of these by | on some Pythons only |", "|" + "---|" * 6]
    for library in libraries:
        manifests = {corpus[place]["python"]: bench.manifest(place, library) for place in here}
        known = {version: one for version, one in manifests.items() if one is not None}
        if len(known) < 2:
            say(f"{library} cannot be compared: {len(known)} manifests")
            continue
        count, found, partial = _compare(known)
        apart += len(partial)
        reasons = Counter(reason for _, reason, _ in found if reason)
        all_of_them += count
        differing += len(found)
        explained += reasons.total()
        causes += reasons
        by = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
        lines.append(f"| {library} | {count:,} | {len(found)} | {reasons.total()} | {by or '-'} | {len(partial)} |")
        result.causes += [f"drift: {path} ({reason or 'unexplained'}): {forms}" for path, reason, forms in found]
        result.causes += [f"drift: {path} is on {versions} only" for path, versions in partial]
    theirs = causes.pop(INHERITED, 0)
    share = percent(differing - theirs, all_of_them)
    versions = " ".join(corpus[place]["python"] for place in here)
    left = differing - explained
    by = ", ".join(f"{reason} {number}" for reason, number in sorted(causes.items()))
    is_whole = not missing and not bench.quick and not bench.only
    fails = share is not None and (share > BAR or left > 0)
    result.rows.append(
        Row(
            figure=f"same library on Python {versions} ({all_of_them:,} signatures)",
            peer="-",
            bar=f"≤ {BAR} % differ, each by a recorded condition",
            ours=f"{shown(share, 3)} differ, {left} unexplained ({by or 'no causes'}); {theirs} constructors of "
            f"other libraries' classes differ, {apart} callables are on some only"
            + (f"; no Python {', '.join(missing)} here" if missing else ""),
            reached=False if fails else True if is_whole else None,
        )
    )
    result.details.append("## The same library on several Pythons\n\n" + "\n".join(lines))
    return result


def _compare(
    manifests: Mapping[str, Manifest],
) -> tuple[int, list[tuple[str, str | None, str]], list[tuple[str, str]]]:
    indexed = {version: {symbol.path: symbol for symbol in one.symbols} for version, one in manifests.items()}
    paths = sorted({path for known in indexed.values() for path, symbol in known.items() if symbol.signature})
    found, partial = [], []
    for path in paths:
        forms = {version: _form(known.get(path)) for version, known in indexed.items()}
        if None in forms.values():
            partial.append((path, " ".join(version for version, form in forms.items() if form is not None)))
        elif len(set(forms.values())) > 1:
            reason = next((_reason(path, known) for known in indexed.values() if _reason(path, known)), None)
            if reason is None and len({known[path].tier for known in indexed.values()}) > 1:
                reason = "tier"
            found.append((path, reason, "; ".join(f"{version} {_shown(form)}" for version, form in forms.items())))
    return len(paths) - len(partial), found, partial


def _form(symbol: Symbol | None) -> Form | None:
    if symbol is None or symbol.signature is None:
        return None
    return tuple((one.name, one.kind.value, one.default is not None) for one in symbol.signature.parameters)


def _shown(form: Form | None) -> str:
    return f"({', '.join(f'{name}: {kind}' + '=' * default for name, kind, default in form or ())})"


def _reason(path: str, known: Mapping[str, Symbol]) -> str | None:
    own = path.partition(":")[0].partition(".")[0]
    for symbol in _itself_and_owners(path, known):
        if symbol.condition is not None:
            return "condition"
        if symbol.defined is not None and symbol.defined.partition(".")[0].partition(":")[0].lstrip("_") != own:
            return "defined by another library"
        is_itself = symbol.path == path
        if is_itself and any(base.partition(":")[0].partition(".")[0].lstrip("_") != own for base in symbol.bases):
            return INHERITED
    return None


def _itself_and_owners(path: str, known: Mapping[str, Symbol]) -> Iterator[Symbol]:
    at: str | None = path
    while at is not None:
        symbol = known.get(at)
        if symbol is not None:
            yield symbol
        module, _, qualname = at.partition(":")
        head = qualname.rpartition(".")[0]
        at = f"{module}:{head}" if head else None
