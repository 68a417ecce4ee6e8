# From a manifest to the plan of a whole client package.
#
# Guarantees: all decisions are made here and below, in Python; the same manifest gives the same plan.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.codegen._classes.enums import omit_members
from snakebridge.codegen._classes.hierarchy import Hierarchy, derive
from snakebridge.codegen._classes.members import Form, Members, settle
from snakebridge.codegen._classes.records import find_records
from snakebridge.codegen._functions.literals import Code, literal, words
from snakebridge.codegen._functions.mutating import calling, mutating, results
from snakebridge.codegen._tree.files import arrange
from snakebridge.codegen._tree.modules import plan_module
from snakebridge.codegen._tree.plan import AdapterPlan, LibraryPlan
from snakebridge.codegen._tree.surface import CLASS_KINDS, Surface, survey
from snakebridge.codegen._types.generics import find_generics
from snakebridge.manifest import Binding, Kind, Shape, content_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from snakebridge.manifest import Manifest

__all__ = ["Design", "design", "plan_library"]


@dataclass(frozen=True, slots=True)
class Design:
    """What is generated, typed and consistent, before any text."""

    surface: Surface
    hierarchy: Hierarchy
    members: dict[str, Members]


def design(manifest: Manifest) -> Design:
    """Decide what is generated.

    Raises:
        ManifestError: The library's own name cannot be generated.
    """
    surface = survey(manifest)
    find_records(surface)
    find_generics(surface)
    hierarchy = derive(surface)
    clashing = [path for path in hierarchy.order if _clashes(path, surface, hierarchy)]
    if clashing:
        for path in clashing:
            surface.remove(path, "an ancestor of its class has a member of that name, which no class can replace")
        hierarchy = derive(surface)
    omit_members(surface)
    proxied = {path: symbol for path, symbol in surface.symbols.items() if path not in surface.records}
    surface.definitions.inherit(proxied, surface.classes, hierarchy.lost)
    return Design(surface, hierarchy, settle(surface, hierarchy))


def _clashes(path: str, surface: Surface, hierarchy: Hierarchy) -> bool:
    symbol = surface.symbols[path]
    ancestors = hierarchy.ancestors.get(symbol.owner or "", ())
    return any(one.name == symbol.name for ancestor in ancestors for one in surface.members.get(ancestor, ()))


def plan_library(manifest: Manifest, designed: Design) -> LibraryPlan:
    """Plan the client package and the adapter of a library, as designed from its manifest."""
    surface = designed.surface
    files = arrange(surface, designed.hierarchy)
    library = manifest.library
    return LibraryPlan(
        library=surface.library,
        provenance=Code(f"{surface.library} {surface.version}".strip()),
        name=literal(str(surface.library)),
        version=literal(library.version),
        manifest=literal(content_hash(manifest)),
        types=_types(surface),
        calls=tuple((literal(address), literal(said)) for address, said in sorted(calling(surface).items())),
        modules=tuple(
            plan
            for name in sorted(surface.modules)
            for plan in plan_module(name, surface, designed.hierarchy, designed.members, files)
        ),
        adapter=_adapter(surface, designed.members),
    )


def _types(surface: Surface) -> tuple[tuple[Code, Code], ...]:
    found: dict[str, str] = {}
    for path, symbol in sorted(surface.symbols.items()):
        if symbol.kind in CLASS_KINDS:
            place = surface.places[path]
            home = f"{place.module[len(surface.library) + 1 :]}:{place.qualname}"
            found[path] = found[place.address] = home
            if symbol.defined and surface.classes.get(symbol.defined) == path:
                found[symbol.defined] = home
    return tuple((literal(address), literal(home)) for address, home in sorted(found.items()))


def _adapter(surface: Surface, members: dict[str, Members]) -> AdapterPlan:
    callables: set[str] = set()
    readable: set[str] = set()
    for path, symbol in surface.symbols.items():
        addresses = {path, surface.places[path].address}
        free = symbol.owner is None or symbol.binding in {Binding.CLASS, Binding.STATIC}
        if symbol.kind in {Kind.CLASS, Kind.EXCEPTION} or (symbol.kind is Kind.FUNCTION and free):
            callables |= addresses
        elif symbol.kind is Kind.ENUM:
            callables |= addresses
            # Methods and properties of an enum are called with the value, which is no reference.
            for member in members[path].own.values():
                called = f"{surface.places[path].address}.{member.name}"
                callables.add(f"{called}.__get__" if member.form is Form.PROPERTY else called)
        elif symbol.kind is Kind.CALLABLE:
            callables |= addresses
            readable |= addresses
        elif symbol.kind is Kind.CONSTANT:
            readable |= addresses
    return AdapterPlan(
        modules=_words(surface.modules),
        callables=_words(callables),
        readable=_words(readable),
        mutates=tuple((literal(address), literal(marks)) for address, marks in sorted(mutating(surface).items())),
        results=tuple((literal(address), literal(way)) for address, way in sorted(results(surface).items())),
        named=tuple(literal(address) for address in sorted(_named(surface))),
    )


def _words(addresses: Iterable[str]) -> Code:
    found = sorted(addresses)
    return words(found, indent="    ") if found else Code("")


def _named(surface: Surface) -> set[str]:
    found = [surface.symbols[path] for path in surface.records]
    named = [symbol for symbol in found if symbol.shape is Shape.NAMED_TUPLE]
    return {
        address for one in named for address in (one.path, surface.places[one.path].address, one.defined or one.path)
    }
