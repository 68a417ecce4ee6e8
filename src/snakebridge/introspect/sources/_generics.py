# Type parameters and what they are given: `Child.get` of `class Child(Base[int])` speaks of `int` where `Base.get`
# speaks of `T`, and so does what is called through a variable `x: Base[int]`.
#
# Guarantees: a parameter that a base class is given nothing for is its default (PEP 696), else `Any`; the parameters of
# the class that was asked for stay as they are, unless an alias or variable gives it arguments.

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._parameters import TypeParameter, made_by_call, type_parameters
from snakebridge.introspect.sources._places import Given, Place, dotted_name
from snakebridge.manifest import DefinitionKind, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.introspect.sources._expressions import Expressions
    from snakebridge.introspect.sources._names import Meanings

Mapped = dict[str, types.Type]
"""Types by the address of the type parameter that they stand for."""

_MAKERS = {
    "typing:TypeVar": DefinitionKind.VARIABLE,
    "typing:ParamSpec": DefinitionKind.PARAMETERS,
    "typing:TypeVarTuple": DefinitionKind.VARIABLES,
}
_DECLARING = {"typing:Generic", "typing:Protocol"}
_ELLIPSIS = types.Name("types:EllipsisType")


class Generics:
    """Knows which names are type parameters, and what they are given.

    Args:
        meanings: Follows names.
        expressions: Reads type expressions.
    """

    def __init__(self, meanings: Meanings, expressions: Expressions) -> None:
        self._meanings = meanings
        self._expressions = expressions
        self._variables: dict[str, tuple[TypeParameter, Place] | None] = {}
        self._parameters: dict[tuple[str, int], tuple[str, ...]] = {}
        self._inherited: dict[tuple[str, str], Mapped] = {}

    # --- Which there are ---

    def variable(self, address: str) -> tuple[TypeParameter, Place] | None:
        """Return the type parameter of an address, and where it is declared; `None` when it is none."""
        if address not in self._variables:
            module, _, qualname = address.partition(":")
            self._variables[address] = self._declared(module, qualname) or self._made(module, qualname)
        return self._variables[address]

    def _declared(self, module: str, qualname: str) -> tuple[TypeParameter, Place] | None:
        owner, _, name = qualname.rpartition(".")
        place = self._meanings.find(module, owner) if owner else None
        for node in place.nodes if isinstance(place, Place) else ():
            for one in type_parameters(node):
                if one.name == name and isinstance(place, Place):
                    return one, place
        return None

    def _made(self, module: str, qualname: str) -> tuple[TypeParameter, Place] | None:
        place = self._meanings.find(module, qualname)
        if place is None:  # stubs leave out what only the code itself needs
            place = self._meanings.find(module, qualname, stub_first=False)
        node = place.nodes[0] if isinstance(place, Place) and place.nodes else None
        call = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(call, ast.Call) or not isinstance(place, Place):
            return None
        dotted = dotted_name(call.func)
        maker = self._meanings.address(place.table, dotted) if dotted else None
        kind = _MAKERS.get((maker or "").replace("typing_extensions:", "typing:"))
        made = made_by_call(call, kind) if kind is not None else None
        return (made, place) if made is not None else None

    def in_order(self, read: Sequence[types.Type]) -> tuple[str, ...]:
        """Return the addresses of the type parameters in some types, in order."""
        found = dict.fromkeys(name for one in read for name in _names(one))
        return tuple(name for name in found if self.variable(name) is not None)

    def of_class(self, place: Place) -> tuple[str, ...]:
        """Return the addresses of a class's type parameters, in order."""
        key = place.address, id(place.table)
        if key not in self._parameters:
            self._parameters[key] = self._of_class(place)
        return self._parameters[key]

    def _of_class(self, place: Place) -> tuple[str, ...]:
        node = place.as_class
        if node is None:
            return ()
        declared = type_parameters(node)
        if declared:
            return tuple(f"{place.address}.{one.name}" for one in declared)
        bases = [self._expressions.read(one, place.table, place.owner) for one in node.bases if _is_generic(one)]
        said = [one for one in bases if isinstance(one, types.Name) and one.address in _DECLARING]
        return self.in_order(said or bases)

    # --- What they are given ---

    def of_member(self, place: Place) -> Mapped:
        """Return what the type parameters in a member's text are, seen from the class that was asked."""
        via = place.via
        if via is None:
            return {}
        owner = f"{place.table.module}:{place.owner}"
        given = self._given(via) if via.given is not None else {}
        if owner == via.address:
            return given
        if (via.address, owner) not in self._inherited:
            target = next((one for one in self._meanings.lineage(via) if one.address == owner), None)
            self._inherited[via.address, owner] = {} if target is None else self._along(via, target)
        inherited = self._inherited[via.address, owner]
        return {name: substituted(one, given) for name, one in inherited.items()} if given else inherited

    def _along(self, cls: Place, target: Place) -> Mapped:
        node = cls.as_class
        for written in node.bases if node is not None else ():
            base = self._meanings.base(cls, written)
            if base is None or base.address == cls.address:
                continue
            if target.address not in {one.address for one in self._meanings.lineage(base)}:
                continue
            own = self._matched(base, self._arguments(cls, base, written))
            if base.address == target.address:
                return own
            return {name: substituted(one, own) for name, one in self._along(base, target).items()}
        return {}

    def _arguments(self, cls: Place, base: Place, written: ast.expr) -> list[types.Type]:
        read = self._read(Given.of(cls.table, cls.owner, written))
        if base.given is None:
            return read
        # The base is an alias of a class with arguments, and may have parameters of its own.
        behind = self._read(base.given)
        filled = dict(zip(self.in_order(behind), read, strict=False))
        return [substituted(one, filled) for one in behind]

    def _given(self, cls: Place) -> Mapped:
        return self._matched(cls, self._read(cls.given) if cls.given is not None else [])

    def key(self, cls: Place) -> tuple[str, ...]:
        """Return what tells a class with its type arguments from others."""
        given = self._read(cls.given) if cls.given is not None else []
        return (cls.address, *map(str, given))

    def _read(self, given: Given) -> list[types.Type]:
        return [self._expressions.read(one, given.table, given.owner) for one in given.arguments]

    def _matched(self, cls: Place, arguments: list[types.Type]) -> Mapped:
        parameters = self.of_class(cls)
        kinds = [found[0].kind for name in parameters if (found := self.variable(name)) is not None]
        if DefinitionKind.VARIABLES in kinds:
            return {}
        if kinds == [DefinitionKind.PARAMETERS] and arguments and not isinstance(arguments[0], types.Parameters):
            arguments = [types.Parameters(tuple(arguments))] if arguments[0] != _ELLIPSIS else arguments
        matched: Mapped = {}
        for place, name in enumerate(parameters):
            matched[name] = arguments[place] if place < len(arguments) else self._default(name, matched)
        return matched

    def _default(self, address: str, before: Mapped) -> types.Type:
        found = self.variable(address)
        if found is None:
            return types.ANY
        parameter, place = found
        if parameter.default is None:
            return _ELLIPSIS if parameter.kind is DefinitionKind.PARAMETERS else types.ANY
        return substituted(self._expressions.read(parameter.default, place.table, place.owner), before)


def substituted(  # noqa: PLR0911 - one return per form
    read: types.Type, given: Mapping[str, types.Type]
) -> types.Type:
    """Return a type with its type parameters replaced."""
    if not given:
        return read
    match read:
        case types.Name(address=address, arguments=()):
            return given.get(address, read)
        case types.Name(address="typing:Concatenate", arguments=arguments):
            members = [substituted(one, given) for one in arguments]
            last = members[-1]
            if isinstance(last, types.Parameters):
                return types.Parameters((*members[:-1], *last.members))
            return types.Name("typing:Concatenate", tuple(members))
        case types.Name(address=address, arguments=arguments):
            return types.Name(address, tuple(substituted(one, given) for one in arguments))
        case types.Union(members=members):
            return types.join(*(substituted(one, given) for one in members))
        case types.Parameters(members=members):
            return types.Parameters(tuple(substituted(one, given) for one in members))
        case _:
            return read


def _names(read: types.Type) -> Iterator[str]:
    match read:
        case types.Name(address=address, arguments=arguments):
            yield address
            for one in arguments:
                yield from _names(one)
        case types.Union(members=members) | types.Parameters(members=members):
            for one in members:
                yield from _names(one)
        case _:
            pass


def _is_generic(written: ast.expr) -> bool:
    return isinstance(written, ast.Subscript)
