# What an address stands for when it is no public class: an alias, a `NewType`, a type parameter, a private class.

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._parameters import is_type_statement, type_parameters
from snakebridge.introspect.sources._places import Place, dotted_name
from snakebridge.introspect.sources._signatures import doc_of, tier_of
from snakebridge.introspect.sources._stated import StatedClass
from snakebridge.manifest import Definition, DefinitionKind, Variance, types

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from snakebridge.introspect.sources._expressions import Expressions
    from snakebridge.introspect.sources._generics import Generics
    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._parameters import TypeParameter
    from snakebridge.introspect.sources._signatures import Signatures

_FORMS = {"builtins:object", "typing:Generic", "typing:Protocol"}
_LEFT_OUT = {*_FORMS, "typing:TypedDict", "typing:NamedTuple"}
"""What is told by the shape of a public class. Of a private one, nothing else tells it."""
_CLASSES = {DefinitionKind.CLASS, DefinitionKind.PROTOCOL}


class Definitions:
    """Reads what names stand for.

    Args:
        meanings: Follows names.
        expressions: Reads type expressions.
        generics: Knows type parameters.
        signatures: Reads decorators, such as those that deprecate.
    """

    def __init__(
        self, meanings: Meanings, expressions: Expressions, generics: Generics, signatures: Signatures
    ) -> None:
        self._meanings = meanings
        self._expressions = expressions
        self._generics = generics
        self._signatures = signatures

    def of(self, address: str, *, is_standard: Callable[[str], bool]) -> Definition | None:
        """Return what an address stands for; `None` when no file says, or everybody knows.

        Args:
            address: As type expressions write it.
            is_standard: Whether a module is of the standard library, whose public classes need no definition.
        """
        module, _, qualname = address.partition(":")
        if qualname.endswith((".args", ".kwargs")):
            inner = qualname.rpartition(".")[0]
            if self._generics.variable(f"{module}:{inner}") is not None:
                qualname, address = inner, f"{module}:{inner}"
        variable = self._generics.variable(address)
        if variable is not None:
            return self._variable(address, *variable)
        found = self._meanings.find(module, qualname)
        if not isinstance(found, Place):
            # Stubs leave out what only the code itself needs.
            found = self._meanings.find(module, qualname, stub_first=False)
        if not isinstance(found, Place):
            return None
        made = next((one for node in found.nodes if (one := self._statement(address, found, node))), None)
        is_public = not any(part.startswith("_") for part in (*module.split("."), *qualname.split(".")))
        if made is not None and made.kind in _CLASSES and is_public and is_standard(module):
            return None
        return made

    def declared(self, place: Place) -> StatedClass | None:
        """Return what a stub's class is."""
        node = place.as_class
        if node is None:
            return None
        bases, is_protocol = self._bases(place, node)
        flags, deprecated = self._signatures.marks(node, place)
        return StatedClass(
            tier=tier_of(place),
            bases=bases,
            parameters=self._generics.of_class(place),
            is_protocol=is_protocol,
            flags=tuple(sorted(flags)),
            deprecated=deprecated,
            doc=doc_of(node),
            condition=place.condition,
        )

    def _statement(self, address: str, place: Place, node: ast.stmt) -> Definition | None:
        match node:
            case ast.ClassDef():
                bases, is_protocol = self._bases(place, node, _FORMS)
                return Definition(
                    path=address,
                    kind=DefinitionKind.PROTOCOL if is_protocol else DefinitionKind.CLASS,
                    parameters=self._generics.of_class(place),
                    bases=bases,
                )
            case ast.Assign(value=ast.Call() as call):
                return self._made(address, place, call)
            case ast.AnnAssign(annotation=annotation, value=ast.expr() as value):
                dotted = dotted_name(annotation)
                is_marked = dotted is not None and self._meanings.address(place.table, dotted) == "typing:TypeAlias"
                return self._alias(address, place, node, value) if is_marked or is_type_statement(node) else None
            case ast.Assign(value=ast.Subscript() | ast.BinOp() | ast.Name() | ast.Attribute() as value):
                return self._alias(address, place, node, value)
            case _ if is_type_statement(node):
                return self._alias(address, place, node, node.value)  # type: ignore[attr-defined]
            case _:
                return None

    def _read(self, node: ast.expr, place: Place, own: dict[str, str] | None = None) -> types.Type:
        return self._expressions.read(node, place.table, place.owner, own)

    def _alias(self, address: str, place: Place, node: ast.stmt | ast.Call, value: ast.expr) -> Definition:
        own = {one.name: f"{place.address}.{one.name}" for one in type_parameters(node)}
        read = self._read(value, place, own)
        parameters = tuple(own.values()) if is_type_statement(node) else self._generics.in_order([read])
        if isinstance(node, ast.Call):
            said = next((one.value for one in node.keywords if one.arg == "type_params"), None)
            written = said.elts if isinstance(said, ast.Tuple | ast.List) else []
            parameters = self._generics.in_order([self._read(one, place) for one in written])
        return Definition(path=address, kind=DefinitionKind.ALIAS, type=str(read), parameters=parameters)

    def _bases(
        self, place: Place, node: ast.ClassDef, left_out: Collection[str] = _LEFT_OUT
    ) -> tuple[tuple[str, ...], bool]:
        own = {one.name: f"{place.address}.{one.name}" for one in type_parameters(node)}
        read = [self._read(one, place, own) for one in node.bases]
        names = [one for one in read if isinstance(one, types.Name)]
        is_protocol = any(one.address == "typing:Protocol" for one in names)
        return tuple(str(one) for one in names if one.address not in left_out), is_protocol

    def _made(self, address: str, place: Place, call: ast.Call) -> Definition | None:
        dotted = dotted_name(call.func)
        maker = self._meanings.address(place.table, dotted) if dotted else None
        if maker in {"typing:NewType", "typing_extensions:NewType"} and len(call.args) > 1:
            supertype = str(self._read(call.args[1], place))
            return Definition(path=address, kind=DefinitionKind.NEW_TYPE, type=supertype)
        if maker in {"typing:TypeAliasType", "typing_extensions:TypeAliasType"} and len(call.args) > 1:
            return self._alias(address, place, call, call.args[1])
        if maker in {"typing:NamedTuple", "typing:TypedDict", "collections:namedtuple"}:
            base = "tuple[Any, ...]" if maker != "typing:TypedDict" else "dict[str, Any]"
            return Definition(path=address, kind=DefinitionKind.CLASS, bases=(base,))
        return None

    def _variable(self, address: str, parameter: TypeParameter, place: Place) -> Definition:
        def text(node: ast.expr) -> str:
            own = {
                one.name: f"{place.address}.{one.name}"
                for statement in place.nodes
                for one in type_parameters(statement)
            }
            return str(self._read(node, place, own))

        return Definition(
            path=address,
            kind=parameter.kind,
            bound=text(parameter.bound) if parameter.bound is not None else None,
            constraints=tuple(map(text, parameter.constraints)),
            variance=_variance(place.nodes),
            default=text(parameter.default) if parameter.default is not None else None,
        )


def _variance(nodes: Sequence[ast.stmt]) -> Variance:
    node = nodes[0] if nodes else None
    call = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(call, ast.Call):
        return Variance.INFERRED  # PEP 695
    said = {one.arg for one in call.keywords if isinstance(one.value, ast.Constant) and one.value.value is True}
    if "covariant" in said:
        return Variance.COVARIANT
    if "contravariant" in said:
        return Variance.CONTRAVARIANT
    return Variance.INFERRED if "infer_variance" in said else Variance.INVARIANT
