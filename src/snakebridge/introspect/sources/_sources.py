# The face of all texts of a target: stubs, typeshed and sources, read when they are asked for.

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._callables import Callables
from snakebridge.introspect.sources._definitions import Definitions
from snakebridge.introspect.sources._expressions import Expressions
from snakebridge.introspect.sources._fields import Fields
from snakebridge.introspect.sources._files import Files, Target
from snakebridge.introspect.sources._generics import Generics
from snakebridge.introspect.sources._names import Meanings
from snakebridge.introspect.sources._places import Place
from snakebridge.introspect.sources._signatures import Signatures
from snakebridge.introspect.sources._tables import Tables
from snakebridge.introspect.sources._values import Values
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from snakebridge.introspect.sources._stated import Stated, StatedClass, StatedValue
    from snakebridge.manifest import Definition


@lru_cache(maxsize=4096)  # a library writes the same few hundred annotations thousands of times
def _parsed(source: str) -> ast.expr | None:
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Sources:
    """What the stubs and sources of a target say.

    Args:
        target: The interpreter.
        known: Canonical address of what the target itself showed, by any of its addresses.
        outline: Rewrites files whose syntax is newer than this Python's.
    """

    def __init__(
        self,
        target: Target,
        *,
        known: Callable[[str], str | None],
        outline: Callable[[Sequence[Path]], Mapping[Path, str]] | None = None,
    ) -> None:
        self._files = Files(target)
        self._tables = Tables(target, self._files, outline)
        self._meanings = Meanings(self._tables, self._files, known)
        self._expressions = Expressions(self._meanings)
        generics = Generics(self._meanings, self._expressions)
        signatures = Signatures(self._meanings, self._expressions, generics)
        fields = Fields(self._meanings, generics, signatures)
        self._callables = Callables(self._meanings, self._expressions, generics, signatures, fields)
        self._values = Values(self._meanings, signatures)
        self._definitions = Definitions(self._meanings, self._expressions, generics, signatures)
        self._places: dict[str, Place | None] = {}

    @property
    def stubs(self) -> Mapping[str, str]:
        """Distributions of the stubs that were read, with their versions."""
        return dict(sorted(self._files.stubs.items()))

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Why a file could not be read, by module."""
        return dict(sorted(self._tables.unreadable.items()))

    def has_stubs(self, module: str) -> bool:
        """Tell whether a module has a stub."""
        return self._tables.stub(module) is not None

    def knows(self, places: Iterable[str]) -> bool:
        """Tell whether a stub has something by one of these addresses."""
        return next(self._found(places), None) is not None

    def prepare(self, module: str, *, with_source: bool) -> None:
        """Read a module's stub, and its source, ahead of the questions about it."""
        self._tables.stub(module)
        if with_source:
            self._tables.source(module)

    def resolve(self, module: str, dotted: str, owner: str | None = None) -> str | None:
        """Return the canonical address of what a name in a module's source means, `if TYPE_CHECKING:` included."""
        table = self._tables.either(module, stub_first=False)
        return None if table is None else self._meanings.address(table, dotted, owner)

    def expression(self, module: str, source: str, owner: str | None = None) -> types.Type:
        """Return the type that an annotation in a module's source says; names that mean nothing there are unknown."""
        table = self._tables.either(module, stub_first=False)
        node = _parsed(source)
        if node is None or table is None:
            return types.Unknown(source)
        return self._expressions.read(node, table, owner)

    def callable(self, places: Iterable[str]) -> Stated | None:
        """Return how something is called, as the first stub that knows it states."""
        return next((found for one in self._found(places) if (found := self._callables.called(one))), None)

    def constructor(self, places: Iterable[str]) -> Stated | None:
        """Return how a class is called, as the first stub that knows it states."""
        return next((found for one in self._found(places) if (found := self._callables.constructed(one))), None)

    def value(self, places: Iterable[str]) -> StatedValue | None:
        """Return what reading a constant, attribute or property gives."""
        return next((found for one in self._found(places) if (found := self._values.of(one))), None)

    def declared(self, place: str) -> StatedClass | None:
        """Return what a class is, as its stub states."""
        found = self._place(place)
        return self._definitions.declared(self._meanings.behind(found)) if found is not None else None

    def condition(self, place: str) -> str | None:
        """Return the condition on version or platform under which something is defined."""
        module, _, qualname = place.partition(":")
        if self._tables.has_conditions(module):
            found = self._meanings.find(module, qualname, stub_first=False)
            if isinstance(found, Place) and found.table.module == module and found.condition:
                return found.condition
        stated = self._place(place)
        return stated.condition if stated is not None else None

    def definitions(self, addresses: Iterable[str]) -> list[Definition]:
        """Return what addresses stand for, where a file says so and it is no public class of the standard library.

        A definition may name others, which can be asked for in turn. What `module:P.args` stands for is `module:P`.
        """
        found = (self._definitions.of(one, is_standard=self._files.is_standard) for one in addresses)
        return [one for one in found if one is not None]

    def _found(self, places: Iterable[str]) -> Iterator[Place]:
        given = list(places)
        for one in given:
            place = self._place(one)
            if place is not None:
                yield place
        # What a stub package leaves open, the stub beside the code may say.
        for one in given:
            module, _, qualname = one.partition(":")
            if self._tables.bundled(module) is not None:
                found = self._meanings.find(module, qualname, stub_first=False)
                if isinstance(found, Place) and found.table.is_stub:
                    yield found

    def _place(self, address: str) -> Place | None:
        if address not in self._places:
            module, _, qualname = address.partition(":")
            place: Place | str | None = None
            if self._tables.stub(module) is not None:
                place = self._meanings.find(module, qualname)
            if isinstance(place, Place) and not place.table.is_stub:
                place = self._meanings.behind(place)  # a source's name for what a stub describes
            self._places[address] = place if isinstance(place, Place) and place.table.is_stub else None
        return self._places[address]
