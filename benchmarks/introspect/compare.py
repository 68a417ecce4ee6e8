"""Our manifest against a walk of the same library: what was found, known, equal, typed, resolved, overloaded.

`compare.py WALKS MANIFESTS EXAMPLES LIBRARY...` prints the scores of manifests that are there already, and examples of
what was missed.
"""

from __future__ import annotations

import functools
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snakebridge.manifest import Manifest, Note, ParameterKind, Signature, Symbol, Tier, read, types

KINDS = {kind: place for place, kind in enumerate(ParameterKind)}
CALLABLES = ("function", "class", "method", "classmethod", "staticmethod")
METHODS = CALLABLES[2:]
_BOUND = {"self", "cls", "mcs", "metacls"}
_VARIADIC = (2, 4)
_STARS = ("ARG_STAR", "ARG_STAR2")

Record = dict[str, Any]
Static = Mapping[str, Any]
"""What mypy's analysis says, by the walk's path; see `analyse.py`."""


@dataclass
class Score:
    """The counts of one library, or of several."""

    callables: int = 0
    found: int = 0
    known: int = 0
    comparable: int = 0
    """Callables that `inspect` has a signature of."""
    equal: int = 0
    named: int = 0
    """Those of the equal that `inspect` knows as `*args, **kwargs` alone, and a better source by name."""
    parameters: int = 0
    typed: Counter[str] = field(default_factory=Counter)
    """By tier."""
    types: int = 0
    resolved: int = 0
    tagged: int = 0
    """Types with a name that nobody can resolve, which say so."""
    dangling: int = 0
    """Types with a name of the library that the manifest gives no meaning."""
    overloaded: int = 0
    """Callables with overloads, as mypy's analysis has them."""
    overloads_kept: int = 0
    misses: dict[str, list[str]] = field(default_factory=dict)

    def miss(self, kind: str, what: object) -> None:
        """Keep an example of what went wrong."""
        self.misses.setdefault(kind, []).append(str(what))

    def add(self, other: Score) -> None:
        """Count another library's too."""
        for name, value in vars(other).items():
            if name != "misses":
                setattr(self, name, getattr(self, name) + value)


def index(manifest: Manifest) -> dict[str, Symbol]:
    """Return every symbol by each of its public addresses, dotted; members below every address of their class."""
    names: dict[str, list[str]] = {}
    found: dict[str, Symbol] = {}
    for symbol in manifest.symbols:
        above = names.get(symbol.owner or "", [])
        names[symbol.path] = [symbol.path, *symbol.aliases, *(f"{owner}.{symbol.name}" for owner in above)]
        for name in names[symbol.path]:
            found.setdefault(name.replace(":", "."), symbol)
    return found


def compare(records: Sequence[Record], manifest: Manifest, static: Static | None = None) -> Score:
    """Join a walk with a manifest, and with mypy's analysis where there is one."""
    score = Score()
    join = Join(manifest)
    for record in records:
        if record["kind"] in CALLABLES:
            _count(score, record, join.symbol(record), (static or {}).get(record["path"]) or {})
    meanings = _meanings(manifest)
    roots = (manifest.library.name, f"_{manifest.library.name}")
    for path, text in expressions(manifest):
        score.types += 1
        unknown = {one for one in addresses(text) if _root(one) in roots and not _has_meaning(one, meanings)}
        if not is_resolved(text):
            score.tagged += 1
            score.miss("tagged", f"{path} {text}")
        elif unknown:
            score.dangling += 1
            score.miss("dangling", f"{path} {sorted(unknown)}")
        else:
            score.resolved += 1
    return score


def _meanings(manifest: Manifest) -> set[str]:
    known = {one.path for one in manifest.definitions}
    for symbol in manifest.symbols:
        known |= {symbol.path, *symbol.aliases, symbol.defined or symbol.path}
    return known


def _has_meaning(address: str, meanings: set[str]) -> bool:
    # `P.args` belongs to what `P` is, and the member of an enum to the enum.
    return address in meanings or address.rpartition(".")[0] in meanings


def _root(address: str) -> str:
    return address.partition(":")[0].partition(".")[0]


class Join:
    """Finds the symbol of a walked callable."""

    def __init__(self, manifest: Manifest) -> None:
        self.known = index(manifest)
        defined = {symbol.defined or symbol.path: symbol.path for symbol in manifest.symbols}
        self.bases = {one.path: [defined[base] for base in one.bases if base in defined] for one in manifest.symbols}

    def symbol(self, record: Record) -> Symbol | None:
        """Return the symbol: by address, by where it says it was made, or in a public base that lists the method."""
        names = [record["path"], *record.get("aliases", ())]
        found = next((self.known[name] for name in names if name in self.known), None)
        if found is None and record["module"] and record["qualname"]:
            found = self.known.get(f"{record['module']}.{record['qualname']}")
            if found is not None and record["kind"] in METHODS and found.owner is None:
                found = None  # a function of the module that a class took as its method, without what it is bound to
        if found is None and record["kind"] in METHODS:
            found = self._inherited(record["path"])
        return found

    def _inherited(self, name: str) -> Symbol | None:
        owner, _, member = name.rpartition(".")
        above = [self.known[owner].path] if owner in self.known else []
        for path in above:  # grows
            inherited = self.known.get(f"{path}.{member}".replace(":", "."))
            if inherited is not None:
                return inherited
            above += [base for base in self.bases.get(path, ()) if base not in above]
        return None


def _count(score: Score, record: Record, symbol: Symbol | None, static: Mapping[str, Any]) -> None:
    score.callables += 1
    wanted = seen_by_inspect(record)
    names = names_of(record, static)
    score.parameters += len(names)
    overloads = static.get("overloads", ())
    score.overloaded += len(overloads) > 1
    if symbol is None:
        score.miss("not found", f"{record['path']} ({record['type']})")
        return
    # As the baselines count: under whatever kind. A class may answer with something callable where its objects have a
    # property (pandas' accessors).
    score.found += 1
    if symbol.signature is None:
        score.miss("signature unknown", f"{record['path']} ({record['type']}): {symbol.kind.value}")
        return
    if symbol.tier is Tier.VARIADIC and not is_anything(wanted):
        score.miss("signature unknown", f"{record['path']} ({record['type']})")
    else:
        score.known += 1
    if wanted is not None:
        _compare_names(score, record, symbol, wanted)
    if len(overloads) > 1:
        score.overloads_kept += len(symbol.overloads) == len(overloads)
        if len(symbol.overloads) != len(overloads):
            score.miss("overloads", f"{record['path']} mypy={len(overloads)} ours={len(symbol.overloads)}")
    tiers = typed_parameters(symbol)
    for name in names:
        if name in tiers:
            score.typed[tiers[name].value] += 1
        else:
            score.miss("untyped", f"{record['path']}({name})")


def _compare_names(score: Score, record: Record, symbol: Symbol, wanted: list[list[Any]]) -> None:
    assert symbol.signature is not None
    ours = [(one.name, KINDS[one.kind]) for one in symbol.signature.parameters]
    theirs = [(one[0], one[1]) for one in wanted]
    score.comparable += 1
    if ours == theirs:
        score.equal += 1
    elif Note.RUNTIME_VARIADIC in symbol.notes and _hides(wanted, {name for name, _ in ours}):
        score.equal += 1
        score.named += 1
    else:
        score.miss("names differ", f"{record['path']} inspect={theirs} ours={ours}")


def seen_by_inspect(record: Record) -> list[list[Any]] | None:
    """Return the parameters that `inspect` shows, without what a method is bound to; `None` where it fails.

    Only functions are bound: a class or a callable object that a class holds is called as it is.
    """
    parameters: list[list[Any]] | None = record["parameters"]
    if parameters and record["kind"] == "method" and parameters[0][1] in (0, 1) and record["binds"]:
        return parameters[1:]
    return parameters


def names_of(record: Record, static: Mapping[str, Any]) -> list[str]:
    """Return the named parameters: those that `inspect` shows, or those of the last overload where it fails."""
    seen = seen_by_inspect(record)
    if seen is not None:
        return [one[0] for one in seen if one[1] not in _VARIADIC]
    last = static["overloads"][-1]["parameters"] if static.get("overloads") else ()
    return [name for name, kind, *_ in last if name not in _BOUND and kind not in _STARS]


def typed_parameters(symbol: Symbol) -> dict[str, Tier]:
    """Return the parameters whose type is known, in the signature or an overload, and where it was learnt."""
    found: dict[str, Tier] = {}
    one: Signature
    for one in filter(None, (symbol.signature, *symbol.overloads)):
        for parameter in one.parameters:
            if parameter.type is not None and is_resolved(parameter.type):
                tier = parameter.tier if one is symbol.signature else symbol.overloads_tier
                found.setdefault(parameter.name, tier)
    return found


def _hides(wanted: list[list[Any]], named: set[str]) -> bool:
    # `*args, **kwargs` stand for what a better source names, and what they name beside it is there too.
    kinds = {one[1] for one in wanted}
    rest = {one[0] for one in wanted if one[1] not in _VARIADIC} - _BOUND
    return is_anything(wanted) or (kinds >= set(_VARIADIC) and rest <= named)


def is_anything(parameters: list[list[Any]] | None) -> bool:
    """Tell whether parameters are `*args`, `**kwargs` or both, and nothing else."""
    rest = [one for one in parameters or () if one[0] not in _BOUND]
    return bool(rest) and all(one[1] in _VARIADIC for one in rest)


def expressions(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield every type expression of the symbols, with the symbol's path."""
    for symbol in manifest.symbols:
        texts = [symbol.type, *symbol.generic_bases, *symbol.dispatches, *(one.type for one in symbol.fields)]
        for signature in filter(None, (symbol.signature, *symbol.overloads)):
            texts += [signature.returns, *(one.type for one in signature.parameters)]
        yield from ((symbol.path, text) for text in texts if text is not None)


@functools.cache
def is_resolved(text: str) -> bool:
    """Tell whether every name of a type expression has an address."""
    return "?" not in text or _is_resolved(types.parse(text))


def _is_resolved(one: types.Type) -> bool:
    below = getattr(one, "members", None) or getattr(one, "arguments", ())
    return not isinstance(one, types.Unknown) and all(map(_is_resolved, below))


@functools.cache
def addresses(text: str) -> frozenset[str]:
    """Return every name in a type expression."""
    return frozenset(_addresses(types.parse(text))) if ":" in text else frozenset()


def _addresses(one: types.Type) -> Iterator[str]:
    if isinstance(one, types.Name):
        yield one.address
    for below in getattr(one, "members", None) or getattr(one, "arguments", ()):
        yield from _addresses(below)


def load_walk(file: Path) -> list[Record]:
    """Read what `walk.py` wrote."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][1:]


def shown(library: str, score: Score) -> str:
    """Return a score as one line."""

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.2f}" if whole else "-"

    tiers = " ".join(f"{tier}={share(count, score.parameters)}" for tier, count in sorted(score.typed.items()))
    parts = {
        "found": share(score.found, score.callables),
        "known": share(score.known, score.callables),
        "equal": f"{share(score.equal, score.comparable)} (named {score.named})",
        "typed": f"{share(score.typed.total(), score.parameters)} of {score.parameters} [{tiers}]",
        "resolved": f"{share(score.resolved, score.types)} (tagged {score.tagged}, dangling {score.dangling})",
        "overloads": f"{score.overloads_kept}/{score.overloaded}",
    }
    return f"{library:15} " + "  ".join(f"{name} {value}" for name, value in parts.items())


def causes(score: Score, examples: int) -> Iterator[str]:
    """Yield what was missed, with examples from all over the library."""
    for kind, found in sorted(score.misses.items()):
        yield f"    {kind}: {len(found)}"
        step = max(1, len(found) // max(1, examples))
        yield from (f"        {one[:230]}" for one in found[::step][:examples])


def main(walks: str, manifests: str, examples: str, *libraries: str) -> None:
    total = Score()
    for library in libraries:
        static = Path(walks, f"{library}.static.json")
        known = json.loads(static.read_text(encoding="utf-8"))["callables"] if static.exists() else None
        score = compare(load_walk(Path(walks, f"{library}.jsonl")), read(Path(manifests, f"{library}.json")), known)
        total.add(score)
        print(shown(library, score), *causes(score, int(examples)), sep="\n", flush=True)
    print(shown("all", total))


if __name__ == "__main__":
    main(*sys.argv[1:])
