# What generating a library would make, before anything is made: counts, sizes, and what would make it smaller.
#
# Guarantees: the same manifest gives the same plan; nothing is rendered. Sizes are estimates from what was measured on
# eleven libraries (numpy, pandas, scipy, sklearn, networkx, sympy, requests, pydantic, Pillow, more-itertools, polars),
# where they are within a fifth of what is written; the seconds are those of one core of a small server.

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect._choice import limited
from snakebridge.introspect._introspect import survey
from snakebridge.introspect._selection import DEFAULTS, Options
from snakebridge.manifest import Kind, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from snakebridge.introspect._ask import Progress
    from snakebridge.manifest import Manifest, Symbol

_SHARED_FILES = 6  # the two markers, the library's own two modules, its README, and `py.typed`
_MODULE_BYTES, _SYMBOL_BYTES, _PARAMETER_BYTES, _ALIAS_BYTES = 1000, 220, 40, 120
_SYMBOL_SECONDS = 0.0007
_LARGEST = 5
_MOST_SAVINGS = 5
_LIMITS = (25, 50, 100)
_WORTH_SAYING = 0.01
_UNTYPED = {None, "Any"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """A limit that would make less."""

    limit: str
    """As an option of the command line, such as `--depth 1`."""
    symbols: int
    """How many symbols it would leave out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What generating a library would make."""

    library: str
    version: str | None
    modules: int
    symbols: int
    kinds: Mapping[str, int]
    """How many of each kind stand in modules, by the kind's name."""
    members: int
    """How many members classes have."""
    methods: int
    """How many of those can be called."""
    parameters: int
    typed_parameters: int
    """Parameters whose type is known and more than `Any`."""
    findings: int
    files: int
    bytes: int
    """About how much is written."""
    seconds: float
    """About how long rendering takes."""
    left_out: Mapping[str, int]
    """How many modules, names and members are left out, by why."""
    largest_classes: tuple[tuple[str, int], ...]
    """Those with the most members, with how many they have."""
    largest_modules: tuple[tuple[str, int], ...]
    """Those with the most symbols, with how many they have."""
    savings: tuple[Saving, ...]
    """What would make it smaller, the most effective first."""

    @property
    def typed_share(self) -> float:
        """The share of parameters whose type is known, between 0 and 1."""
        return self.typed_parameters / self.parameters if self.parameters else 1.0


def plan(
    library: str,
    python: Path,
    *,
    options: Options = DEFAULTS,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Say what generating a library would make; nothing is written.

    Args:
        library: Its import name, such as `numpy`.
        python: The target's interpreter.
        options: As `introspect` takes them.
        on_progress: As `introspect` takes it.

    Raises:
        IntrospectionError: The library itself cannot be imported in the target.
        ConfigurationError: The options name what is not there, or would take nothing.
    """
    found = survey(library, python, options=options, on_progress=on_progress)
    return plan_of(found.manifest, {reason.value: count for reason, count in found.left_out.items() if count})


def plan_of(manifest: Manifest, left_out: Mapping[str, int]) -> Plan:
    """Return the plan of a manifest."""
    symbols = manifest.symbols
    members = [one for one in symbols if one.owner is not None]
    parameters = [one for symbol in symbols if symbol.signature is not None for one in symbol.signature.parameters]
    docs = sum(len(one.doc.encode("utf-8", "surrogatepass")) for one in symbols if one.doc)
    aliases = sum(len(one.aliases) for one in symbols)
    return Plan(
        library=manifest.library.name,
        version=manifest.library.version,
        modules=len(manifest.modules),
        symbols=len(symbols),
        kinds=dict(sorted(Counter(one.kind.value for one in symbols if one.owner is None).items())),
        members=len(members),
        methods=sum(one.kind in {Kind.FUNCTION, Kind.CALLABLE} for one in members),
        parameters=len(parameters),
        typed_parameters=sum(one.type not in _UNTYPED for one in parameters),
        findings=len(manifest.findings),
        files=sum(module.tier is not Tier.STATIC for module in manifest.modules) + _SHARED_FILES,
        bytes=docs
        + _MODULE_BYTES * len(manifest.modules)
        + _SYMBOL_BYTES * len(symbols)
        + _PARAMETER_BYTES * len(parameters)
        + _ALIAS_BYTES * aliases,
        seconds=round(_SYMBOL_SECONDS * len(symbols), 1),
        left_out=dict(sorted(left_out.items())),
        largest_classes=_largest(Counter(one.owner for one in members if one.owner is not None)),
        largest_modules=_largest(Counter(one.module for one in symbols)),
        savings=_savings(manifest),
    )


def _largest(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_LARGEST])


# --- What would make it smaller ---


def _savings(manifest: Manifest) -> tuple[Saving, ...]:
    places = _modules_of(manifest)
    found = [*_by_depth(manifest, places), *_by_module(manifest, places), *_by_members(manifest)]
    worth = [one for one in found if one.symbols > _WORTH_SAYING * len(manifest.symbols)]
    return tuple(sorted(worth, key=lambda one: (-one.symbols, one.limit))[:_MOST_SAVINGS])


def _modules_of(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    # The modules in which each symbol, or the outermost class that holds it, stands.
    outer = {
        one.path: tuple(place.partition(":")[0] for place in (one.path, *one.aliases))
        for one in manifest.symbols
        if one.owner is None
    }
    return {one.path: outer.get(_outermost(one), (one.module,)) for one in manifest.symbols}


def _outermost(symbol: Symbol) -> str:
    return f"{symbol.module}:{symbol.qualname.partition('.')[0]}"


def _by_depth(manifest: Manifest, places: Mapping[str, tuple[str, ...]]) -> Iterator[Saving]:
    root = manifest.library.name.count(".")
    depths = Counter(min(module.count(".") - root for module in modules) for modules in places.values())
    for depth in range(max(depths, default=0)):
        gone = sum(count for level, count in depths.items() if level > depth)
        yield Saving(limit=f"--depth {depth}", symbols=gone)


def _by_module(manifest: Manifest, places: Mapping[str, tuple[str, ...]]) -> Iterator[Saving]:
    start = len(manifest.library.name) + 1
    counts: Counter[str] = Counter()
    for modules in places.values():
        tops = {module[start:].partition(".")[0] for module in modules}
        if len(tops) == 1:
            counts.update(tops)
    del counts[""]
    for name, count in counts.items():
        yield Saving(limit=f"--exclude {name}", symbols=count)


def _by_members(manifest: Manifest) -> Iterator[Saving]:
    for limit in _LIMITS:
        yield Saving(limit=f"--max-members {limit}", symbols=sum(1 for _ in limited(manifest.symbols, limit)))
