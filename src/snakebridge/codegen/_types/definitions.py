# What names mean that are no classes to generate: aliases, type parameters, and classes that are private, exist in
# stubs only, or belong to another library.
#
# Guarantees: a chain of private classes between two public ones is seen through, so that what derives over there
# derives here too; circles, which only a damaged manifest has, end.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._types.nameable import ANCESTORS, ARITY, RESPELLED
from snakebridge.manifest import Definition, DefinitionKind, Kind, Shape, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snakebridge.manifest import Manifest, Symbol

__all__ = ["Definitions", "define", "is_protocol"]

_VARIABLES: Final = frozenset({DefinitionKind.PARAMETERS, DefinitionKind.VARIABLE, DefinitionKind.VARIABLES})
_DEEPEST: Final = 50
_PROTOCOLS: Final = frozenset({"typing:Protocol", "typing_extensions:Protocol"})


@dataclass(slots=True)
class Definitions:
    """The meanings of names in type expressions."""

    meanings: dict[str, Definition] = field(default_factory=dict)
    """By address, the symbols that are aliases included."""
    derived_there: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Address of a class → paths of the generated classes that derive from it over there and not here, roots only."""

    parents: frozenset[str] = frozenset()
    """Paths of the generated classes that have subclasses."""
    metaclasses: frozenset[str] = frozenset()
    """Paths of the generated classes whose instances are classes."""

    def bases(self, symbol: Symbol, classes: Mapping[str, str]) -> tuple[str, ...]:
        """Return the direct bases of a class: canonical paths of generated ones, addresses of all others.

        Args:
            symbol: The class.
            classes: Any address of a generated class → its canonical path.
        """
        return tuple(dict.fromkeys(self._through(symbol.bases, classes, frozenset())))

    def _through(self, bases: tuple[str, ...], classes: Mapping[str, str], passed: frozenset[str]) -> Iterator[str]:
        for base in bases:
            meaning = self.meanings.get(base)
            if base in classes:
                yield classes[base]
            elif (
                RESPELLED.get(base, base) in ARITY
                or meaning is None
                or not meaning.bases
                or base in passed
                or len(passed) > _DEEPEST
            ):
                yield base
            else:
                named = (types.parse(one) for one in meaning.bases)
                further = tuple(one.address for one in named if isinstance(one, types.Name))
                yield from self._through(further, classes, passed | {base})

    def is_variable(self, address: str) -> bool:
        """Say whether a name is that of a type variable of some kind."""
        meaning = self.meanings.get(address)
        return meaning is not None and meaning.kind in _VARIABLES

    def is_generic(self, address: str) -> bool:
        """Say whether a name is that of an alias which takes type arguments."""
        meaning = self.meanings.get(address)
        if meaning is None or meaning.kind is not DefinitionKind.ALIAS or meaning.type is None:
            return False
        return bool(meaning.parameters) or any(map(self.is_variable, _named(types.parse(meaning.type))))

    def inherit(self, symbols: Mapping[str, Symbol], classes: Mapping[str, str], lost: Mapping[str, list[str]]) -> None:
        """Find out what derives over there from a class that it does not derive from here.

        Args:
            symbols: Everything that is generated.
            classes: Any address of a generated class → its canonical path.
            lost: Path of a generated class → the generated classes that could not derive from it.
        """
        found = {path: [one for one in derived if one in symbols] for path, derived in sorted(lost.items())}
        for path, symbol in sorted(symbols.items()):
            if symbol.kind is not Kind.CLASS:
                continue
            direct = [RESPELLED.get(base, base) for base in self.bases(symbol, classes) if base not in symbols]
            for address in dict.fromkeys(one for base in direct for one in (base, *ANCESTORS.get(base, ()))):
                found.setdefault(address, []).append(path)
        bases = {path: self.bases(symbol, classes) for path, symbol in symbols.items()}
        self.parents = frozenset(base for direct in bases.values() for base in direct if base in symbols)
        self.metaclasses = frozenset(_subclasses_of("builtins:type", bases))
        self.derived_there = {address: tuple(paths) for address, paths in found.items()}


def define(manifest: Manifest) -> Definitions:
    """Collect the definitions of a manifest."""
    meanings = {one.path: one for one in manifest.definitions}
    for symbol in manifest.symbols:
        if symbol.kind is Kind.ALIAS and symbol.path not in meanings and symbol.type is not None:
            # What stands for itself is a type variable.
            kind = DefinitionKind.VARIABLE if symbol.type == symbol.path else DefinitionKind.ALIAS
            meanings[symbol.path] = Definition(path=symbol.path, kind=kind, type=symbol.type)
    for symbol in manifest.symbols:
        if symbol.kind is Kind.ALIAS and symbol.path in meanings:
            for address in (symbol.defined, *symbol.aliases):
                meanings.setdefault(address or symbol.path, meanings[symbol.path])
    return Definitions(meanings)


def _subclasses_of(address: str, bases: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    wanted = {address}
    while wanted:
        wanted = {path for path, direct in bases.items() if not wanted.isdisjoint(direct)} - found
        found |= wanted
    return found


def _named(node: types.Type) -> Iterator[str]:
    match node:
        case types.Name(address, arguments):
            yield address
            for one in arguments:
                yield from _named(one)
        case types.Union(members) | types.Parameters(members):
            for one in members:
                yield from _named(one)


def is_protocol(symbol: Symbol) -> bool:
    """Say whether whatever has the right members counts as an instance, without deriving from the class."""
    return symbol.shape is Shape.PROTOCOL or not _PROTOCOLS.isdisjoint(symbol.bases)
