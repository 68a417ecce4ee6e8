# Marks that would make examples pass: what was changed in place in docstrings that pass once everything is marked.

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from snakebridge.manifest import ParameterKind
from snakebridge.verify._kinds import Kind
from snakebridge.verify._report import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.manifest import Manifest, Symbol
    from snakebridge.verify._outcomes import Outcome, Place
    from snakebridge.verify._report import Difference

__all__ = ["proposals"]

_BY_NAME = {ParameterKind.KEYWORD, ParameterKind.VARIADIC_KEYWORD}


def proposals(
    described: Manifest, differences: Sequence[Difference], missed: Sequence[Place], marked: Mapping[Place, Outcome]
) -> Iterator[Proposal]:
    """Yield what to mark, by address.

    Args:
        described: The library's manifest.
        differences: What differs.
        missed: Where, in the same order.
        marked: What examples did with every argument marked.
    """
    healed: defaultdict[int, int] = defaultdict(int)
    for difference, (number, _) in zip(differences, missed, strict=True):
        healed[number] += difference.kind is Kind.MUTATION
    symbols = {path: symbol for symbol in described.symbols for path in (symbol.path, *symbol.aliases, symbol.defined)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    examples: defaultdict[str, int] = defaultdict(int)
    for number, count in healed.items():
        marks = {mark for place, outcome in marked.items() if place[0] == number for mark in outcome.marks}
        for address, where in sorted(marks, key=str) if count else ():
            symbol = symbols.get(address)
            found[symbol.path if symbol is not None else address].add(_parameter(symbol, where))
        for address in {address for address, _ in marks} if count else ():
            symbol = symbols.get(address)
            examples[symbol.path if symbol is not None else address] += count
    for address, parameters in sorted(found.items()):
        yield Proposal(address=address, mutates=tuple(sorted(parameters)), examples=examples[address])


def _parameter(symbol: Symbol | None, where: str | int) -> str:
    if isinstance(where, str) or symbol is None or symbol.signature is None:
        return str(where)
    by_place = [one for one in symbol.signature.parameters if one.kind not in _BY_NAME]
    if not by_place:
        return str(where)
    return by_place[min(where, len(by_place) - 1)].name
