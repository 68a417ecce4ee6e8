"""Are our types right? A seeded sample against mypy's own analysis, and docstring types against stubs.

Sample: 300 of the parameters whose type we learnt from the object, a stub or the source, and whose type mypy knows from
the same place: stubs where the type is the stub's, and the environment without stub packages where it is the library's
own. Wrong is what `spelling.is_same` does not find the same; each is listed with both texts, for a person to judge.

Docstrings: where stubs are installed they win, so the same library is introspected without them, and each docstring
type is held against the stub's. A contradiction is a pair without any class in common.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import WALKED, Bench, Result, Row, percent, shown
from compare import CALLABLES, Join, addresses, expressions, is_resolved, load_walk
from spelling import Plain, Spelling, is_same, is_same_name, members
from spelling import shown as spelt

from snakebridge.manifest import DefinitionKind, Parameter, Symbol, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BARE = "main"
"""The environment without stub packages."""
SAMPLE = 300
SEED = 3
_OWN = (Tier.RUNTIME, Tier.TEXT_SIGNATURE, Tier.STATIC)
_NUMBERS = {"int": {"float", "complex"}, "float": {"complex"}, "bool": {"float", "complex"}}
_ANYTHING = {"Any", "object", "?", "Self"}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A parameter's type from both sides."""

    where: str
    tier: str
    ours: Plain | None
    theirs: Plain | None

    def __str__(self) -> str:
        return f"{self.where} [{self.tier}] ours: {spelt(self.ours)}; mypy: {spelt(self.theirs)}"


def measure(bench: Bench) -> Result:
    """Draw the sample and judge it; then judge the docstrings."""
    figure = f"types wrong, of {SAMPLE} parameters drawn, against mypy's own analysis"
    libraries = bench.libraries(WALKED)
    if bench.quick or bench.places.python("tools") is None:
        return Result(rows=[Row(figure=figure, peer="-", bar="0", ours="needs mypy", reached=None)])
    bench.prepare(WALKED, libraries)
    stubbed = [one for one in libraries if _has_stubs(bench, one)]
    bench.prepare(BARE, stubbed)
    bench.at_once(libraries, lambda one: bench.analysis(WALKED, one))
    bench.at_once(stubbed, lambda one: bench.analysis(BARE, one))
    frame = [pair for library in libraries for pair in _comparable(bench, library, bare=library in stubbed)]
    drawn = random.Random(SEED).sample(frame, min(SAMPLE, len(frame)))
    judged = bench.places.corpus["judged"]
    everywhere = [pair for pair in frame if not is_same(pair.ours, pair.theirs) and not _judgement(pair, judged)]
    wrong = [pair for pair in drawn if pair in everywhere]
    excused = [pair for pair in drawn if not is_same(pair.ours, pair.theirs) and _judgement(pair, judged)]
    aliases = [pair for library in libraries for pair in _aliases(bench, library)]
    undefined = [pair for pair in aliases if pair.ours is None]
    other = [pair for pair in aliases if not is_same(pair.ours, pair.theirs)]
    documented = [pair for library in stubbed for pair in _documented(bench, library)]
    against = [pair for pair in documented if not pair.has_overlap]
    result = Result(
        rows=[
            Row(
                figure=figure,
                peer="-",
                bar="0",
                ours=f"{len(wrong)} of {len(drawn)}, {len(excused)} more judged (of all {len(frame):,} comparable ones "
                f"{len(everywhere):,} differ)",
                reached=not wrong if len(drawn) == SAMPLE else None,
            ),
            Row(
                figure="meanings of aliases in types, against mypy's own analysis",
                peer="-",
                bar="every one given, and the same",
                ours=f"{len(undefined)} of {len(aliases):,} not given, {len(other)} differ",
                reached=not undefined and not other if aliases else None,
            ),
            Row(
                figure="docstring types that contradict the stub, where both exist",
                peer="-",
                bar="reported",
                ours=f"{len(against)} of {len(documented):,} ({shown(percent(len(against), len(documented)))})",
                reached=bool(documented) or None,
            ),
        ]
    )
    reasons = [f"- `{one.where}` is judged right: {_judgement(one, judged)}" for one in excused]
    items = [*_items(wrong), *reasons] or ["None."]
    result.details.append("\n".join(["## Types of the sample that differ from mypy's", "", *items]))
    result.causes += ["types that differ from mypy's, of all", *map(str, everywhere)]
    result.causes += ["aliases without a meaning", *(one.where for one in undefined)]
    result.causes += ["aliases whose meaning differs from mypy's", *map(str, other)]
    result.causes += ["docstring types against stubs", *map(str, against)]
    return result


def _items(pairs: list[Pair]) -> list[str]:
    return [
        f"- `{one.where}` ({one.tier}): ours `{spelt(one.ours)[:300]}`, mypy's `{spelt(one.theirs)[:300]}`"
        for one in pairs
    ]


def _judgement(pair: Pair, judged: list[dict[str, str]]) -> str | None:
    fitting = (one for one in judged if pair.where.startswith(one["where"]) and spelt(pair.theirs) == one["mypy"])
    return next((one["reason"] for one in fitting), None)


def _has_stubs(bench: Bench, library: str) -> bool:
    manifest = bench.manifest(WALKED, library)
    return manifest is not None and any(name != "typeshed" for name in manifest.library.stubs)


def _comparable(bench: Bench, library: str, *, bare: bool) -> Iterator[Pair]:
    manifest = bench.manifest(WALKED, library)
    if manifest is None:
        return
    join = Join(manifest)
    stub_side = _analysis(bench, WALKED, library)
    own_side = _analysis(bench, BARE, library) if bare else stub_side
    spellings = {id(side): Spelling(manifest, side["aliases"]) for side in (stub_side, own_side)}
    for record in load_walk(bench.walk(WALKED, library)):
        symbol = join.symbol(record) if record["kind"] in CALLABLES else None
        if symbol is None or symbol.signature is None:
            continue
        for parameter in symbol.signature.parameters:
            tier = symbol.overloads_tier if len(symbol.overloads) > 1 else parameter.tier
            if tier in (*_OWN, Tier.STUB):
                side = stub_side if tier is Tier.STUB else own_side
                path = symbol.path.replace(":", ".")
                static = side["callables"].get(path) or side["callables"].get(record["path"]) or {}
                yield from _pairs(record["path"], symbol, parameter, tier, static, spellings[id(side)])


def _aliases(bench: Bench, library: str) -> Iterator[Pair]:
    # Every alias that a type of this manifest names, or that the meaning of another names.
    manifest = bench.manifest(WALKED, library)
    if manifest is None:
        return
    known = {one.path: one for one in manifest.definitions}
    texts = {text for _, text in expressions(manifest)} | {one.type for one in manifest.definitions if one.type}
    named = {address for text in texts for address in addresses(text)}
    theirs = _analysis(bench, WALKED, library)["aliases"]
    spelling = Spelling(manifest, theirs)
    for address in sorted(named):
        meaning = theirs.get(address.replace(":", "."))
        if meaning is None or "?" in json.dumps(meaning) or _is_class(meaning[1]):
            continue
        definition = known.get(address)
        has_meaning = definition is not None and definition.kind is DefinitionKind.ALIAS and definition.type is not None
        ours = spelling.ours(definition.type) if has_meaning else None  # type: ignore[union-attr, arg-type]
        if has_meaning and len(definition.parameters) != len(meaning[0]):  # type: ignore[union-attr]
            ours = ["name", f"with {len(definition.parameters)} of {len(meaning[0])} type parameters"]  # type: ignore[union-attr]
        yield Pair(where=f"{library}: {address}", tier="alias", ours=ours, theirs=spelling.theirs(meaning[1]))


def _is_class(meaning: Plain | None) -> bool:
    # A second name of a class (`Type = Class`) needs no meaning of its own.
    return meaning is not None and meaning[0] == "name" and not any(one != ["name", "Any"] for one in meaning[2:])


def _pairs(
    path: str, symbol: Symbol, parameter: Parameter, tier: Tier, static: Mapping[str, Any], spelling: Spelling
) -> Iterator[Pair]:
    overloads = static.get("overloads", ())
    theirs = [_named(parameter.name, one["parameters"]) for one in overloads]
    ours = [parameter.type]
    if len(overloads) > 1:
        if len(symbol.overloads) != len(overloads):
            return
        ours = [
            next((one.type for one in each.parameters if one.name == parameter.name), None) for each in symbol.overloads
        ]
    for at, (text, plain) in enumerate(zip(ours, theirs, strict=False)):
        if text is not None and is_resolved(text) and plain is not None and "?" not in json.dumps(plain):
            where = f"{path}({parameter.name})" + (f" overload {at + 1}" if len(overloads) > 1 else "")
            yield Pair(where=where, tier=tier.value, ours=spelling.ours(text), theirs=spelling.theirs(plain))
            return


def _named(name: str, parameters: list[list[Any]]) -> Plain | None:
    return next((one for each, kind, one in parameters if each == name and not kind.startswith("ARG_STAR")), None)


@dataclass(frozen=True, kw_only=True)
class Documented(Pair):
    """A docstring's type and a stub's."""

    has_overlap: bool


def _documented(bench: Bench, library: str) -> Iterator[Documented]:
    manifest = bench.manifest(BARE, library)
    if manifest is None:
        return
    analysis = _analysis(bench, WALKED, library)
    spelling, join = Spelling(manifest, analysis["aliases"]), Join(manifest)
    classes = analysis["classes"]
    for record in load_walk(bench.walk(WALKED, library)):
        symbol = join.symbol(record) if record["kind"] in CALLABLES else None
        static = analysis["callables"].get(record["path"]) or {}
        for parameter in symbol.signature.parameters if symbol is not None and symbol.signature else ():
            stated = [_named(parameter.name, one["parameters"]) for one in static.get("overloads", ())]
            known = [one for one in stated if one is not None]
            if parameter.tier is not Tier.DOCSTRING or parameter.type is None or not known:
                continue
            ours, theirs = spelling.ours(parameter.type), ["union", *known]
            yield Documented(
                where=f"{record['path']}({parameter.name})",
                tier=parameter.tier.value,
                ours=ours,
                theirs=spelling.theirs(theirs),
                has_overlap=_overlap(ours, theirs, classes),
            )


def _overlap(ours: Plain, theirs: Plain, classes: Mapping[str, Any]) -> bool:
    left, right = set(_heads(ours)) - {"None"}, set(_heads(theirs)) - {"None"}
    if not left or not right or (left | right) & _ANYTHING:
        return True
    return any(_is_related(a, b, classes) or _is_related(b, a, classes) for a in left for b in right)


def _is_related(one: str, other: str, classes: Mapping[str, Any]) -> bool:
    known = classes.get(one) or classes.get(f"builtins.{one}") or classes.get(f"typing.{one}") or {"mro": [one]}
    word = one.rpartition(".")[2]
    if known.get("protocol") and other not in {"str", "int", "bool", "float", "builtins.str", "builtins.int"}:
        return True
    other_word = other.rpartition(".")[2]
    if other_word in _NUMBERS.get(word, ()):
        return True
    return any(is_same_name(up.removeprefix("builtins.").removeprefix("typing."), other) for up in known["mro"]) or (
        is_same_name(one.removeprefix("builtins."), other.removeprefix("builtins."))
    )


def _heads(one: Plain) -> Iterator[str]:
    for member in members(one):
        if member[0] == "name":
            yield member[1]
        elif member[0] == "literal":
            yield {"'": "str", '"': "str", "b": "bytes", "T": "bool", "F": "bool"}.get(member[1][0], "int")
        elif member[0] == "call":
            yield "Callable"
        else:
            for limit in member[2:] or [["name", "Any"]]:
                yield from _heads(limit) if limit is not None else ("Any",)


def _analysis(bench: Bench, place: str, library: str) -> Mapping[str, Any]:
    file = bench.analysis(place, library)
    assert file is not None
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
