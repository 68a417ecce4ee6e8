# Generic classes: which ones are generated as such, and what their bases are generic in.
#
# Their type variables are invariant, unbound, and default to `Any` (PEP 696): a class that is named without arguments
# means what it meant before, and a constructor that does not say what it makes is no error.
#
# Guarantees: every type variable that an annotation of a class names is declared in its file, and one of that class.

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from snakebridge.codegen._tree.names import is_identifier
from snakebridge.codegen._types.annotations import ANY, Annotation, Bracket, Either, Generated, Host, either
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.manifest import DefinitionKind, Kind, Shape, types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.manifest import Symbol

__all__ = ["find_generics", "inherited_arguments", "meanings_in", "of_class", "substituted"]


def find_generics(surface: Surface) -> None:
    """Find the classes that are generated as generic ones."""
    for path, symbol in surface.symbols.items():
        names = [one.partition(":")[2].rpartition(".")[2] for one in symbol.parameters]
        plain = symbol.kind is Kind.CLASS and symbol.shape is not Shape.TYPED_DICT and path not in surface.records
        if plain and names and len({*names}) == len(names) and all(map(is_identifier, names)):
            meanings = [surface.definitions.meanings.get(one) for one in symbol.parameters]
            if all(one is not None and one.kind is DefinitionKind.VARIABLE for one in meanings):
                taken = _outer_names(symbol, surface)
                surface.generics[path] = {
                    address: _free(name, taken) for address, name in zip(symbol.parameters, names, strict=True)
                }


def _outer_names(symbol: Symbol, surface: Surface) -> set[str]:
    """Return the names of the type variables of the classes around a class, which it cannot have again."""
    found: set[str] = set()
    owner = symbol.owner
    while owner is not None:
        found.update(surface.generics.get(owner, {}).values())
        owner = surface.symbols[owner].owner if owner in surface.symbols else None
    return found


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def inherited_arguments(symbol: Symbol, base: str, surface: Surface) -> tuple[Annotation, ...]:
    """Return what a class states for the type variables of a generated base; nothing when it leaves them open."""
    for expression in symbol.generic_bases:
        node = types.parse(expression)
        if isinstance(node, types.Name) and surface.classes.get(node.address) == base:
            found = resolve(expression, surface, Position.RETURNED, owner=symbol.path)
            return found.arguments if isinstance(found, Generated) else ()
    return ()


def meanings_in(symbol: Symbol, ancestor: str, surface: Surface, hierarchy: Hierarchy) -> dict[str, Annotation]:
    """Return what the type variables of an ancestor stand for in a class, by name; `Any` where nothing says so."""
    found: dict[str, Annotation] = dict.fromkeys(surface.generics.get(ancestor, {}).values(), ANY)
    for base in hierarchy.bases[symbol.path] if found else ():
        if base != ancestor and ancestor not in hierarchy.ancestors[base]:
            continue
        names = surface.generics.get(base, {}).values()
        own = dict.fromkeys(names, ANY) | dict(zip(names, inherited_arguments(symbol, base, surface), strict=False))
        if base == ancestor:
            return own
        above = meanings_in(surface.symbols[base], ancestor, surface, hierarchy)
        return {name: substituted(meaning, own) for name, meaning in above.items()}
    return found


def of_class(annotation: Annotation, path: str) -> Annotation:
    """Return an annotation with a class for `Self`."""
    match annotation:
        case Host("typing", "Self"):
            return Generated(path)
        case Host(arguments=arguments) | Generated(arguments=arguments) if arguments:
            return replace(annotation, arguments=tuple(of_class(one, path) for one in arguments))
        case Either(members) | Bracket(members):
            return replace(annotation, members=tuple(of_class(one, path) for one in members))
    return annotation


def substituted(annotation: Annotation, meanings: Mapping[str, Annotation]) -> Annotation:
    """Return an annotation with other types for its type variables."""
    match annotation:
        case Host("variable", name):
            return meanings.get(name, ANY)
        case Host(arguments=arguments) | Generated(arguments=arguments) if arguments:
            return replace(annotation, arguments=tuple(substituted(one, meanings) for one in arguments))
        case Either(members):
            return either(*(substituted(one, meanings) for one in members))
        case Bracket(members):
            return replace(annotation, members=tuple(substituted(one, meanings) for one in members))
    return annotation
