# What can be called, and how: functions and their overloads, aliases of functions, variables of a callable type, and
# classes by their constructors.

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._generics import substituted
from snakebridge.introspect.sources._places import Given, Place, dotted_name
from snakebridge.introspect.sources._signatures import (
    FUNCTIONS,
    Function,
    binding_of,
    decorators,
    doc_of,
    is_property,
    tier_of,
)
from snakebridge.introspect.sources._stated import Stated
from snakebridge.manifest import Binding, Flag, Parameter, ParameterKind, Signature, Tier, types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.introspect.sources._expressions import Expressions
    from snakebridge.introspect.sources._fields import Fields
    from snakebridge.introspect.sources._generics import Generics
    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._signatures import Signatures

_FARTHEST = 6
_NOT_CONSTRUCTORS = {"builtins:object", "typing:Generic", "typing:Protocol", "typing:NamedTuple"}
_PLAIN_METACLASSES = {"builtins:type", "abc:ABCMeta", "enum:EnumMeta", "enum:EnumType", "typing:_ProtocolMeta"}
_WRAPPERS = {"Final", "ClassVar", "Annotated"}
_BINDERS = {"staticmethod": Binding.STATIC, "classmethod": Binding.CLASS}
_REST = (ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD)


class Callables:
    """Reads how things are called.

    Args:
        meanings: Follows names.
        expressions: Reads type expressions.
        generics: Knows type parameters.
        signatures: Reads `def` statements.
        fields: Reads the fields that constructors take.
    """

    def __init__(
        self,
        meanings: Meanings,
        expressions: Expressions,
        generics: Generics,
        signatures: Signatures,
        fields: Fields,
    ) -> None:
        self._meanings = meanings
        self._expressions = expressions
        self._generics = generics
        self._signatures = signatures
        self._fields = fields
        self._instances: dict[tuple[str, ...], Stated | None] = {}

    def called(self, asked: Place, depth: int = 0) -> Stated | None:
        """Return how what stands at a place is called."""
        binding: Binding | None = None
        wrapped = self._wrapped(asked)
        if wrapped is not None:
            asked, binding = wrapped
        place = self._meanings.behind(asked)
        if not place.table.is_stub or depth > _FARTHEST:
            return None
        functions = [one for one in place.nodes if isinstance(one, FUNCTIONS)]
        if functions:
            if place.owner is not None:
                binding = binding_of(functions[0])
            elif asked.owner is not None and binding is None:
                binding = Binding.INSTANCE  # a function of the module that a class takes as its method
            return self._functions(place, functions, binding, depth)
        if place.as_class is not None:
            return self.constructed(place, depth + 1)
        return self._variable(place, depth)

    def _wrapped(self, place: Place) -> tuple[Place, Binding] | None:
        # `name = staticmethod(function)`.
        node = place.nodes[0] if place.nodes else None
        call = node.value if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
        binding = _BINDERS.get(dotted_name(call.func) or "") if call is not None else None
        dotted = dotted_name(call.args[0]) if call is not None and call.args else None
        found = self._meanings.place(place.table, dotted, place.owner) if binding is not None and dotted else None
        return (found, binding) if found is not None and binding is not None else None

    # --- Functions ---

    def _functions(
        self, place: Place, functions: Sequence[Function], binding: Binding | None, depth: int
    ) -> Stated | None:
        first = functions[0]
        if place.owner is not None and is_property(first):
            given = self._instance(first.returns, place, depth) if first.returns is not None else None
            return replace(given, is_property=True) if given is not None else None
        overloads = [one for one in functions if "overload" in decorators(one)]
        chosen = overloads or functions[:1]
        is_bound = binding in {Binding.INSTANCE, Binding.CLASS}
        signatures = tuple(
            self._signatures.of(one, place, is_bound=is_bound, keywords=self._fields.unpacked(one.args.kwarg, place))
            for one in chosen
        )
        flags, deprecated = self._signatures.marks(chosen[0], place)
        if isinstance(chosen[0], ast.AsyncFunctionDef):
            flags.add(Flag.COROUTINE)
        if len(chosen) > 1:
            # One overload that is deprecated says so itself; the function is when each of them is.
            flags.discard(Flag.DEPRECATED)
            if all(one.deprecated is not None for one in signatures):
                flags.add(Flag.DEPRECATED)
        return Stated(
            tier=tier_of(place),
            signatures=signatures,
            flags=tuple(sorted(flags)),
            deprecated=deprecated if Flag.DEPRECATED in flags else None,
            doc=doc_of(chosen[0]),
            binding=binding,
            condition=place.condition,
        )

    # --- Variables ---

    def _variable(self, place: Place, depth: int) -> Stated | None:
        for node in place.nodes:
            if isinstance(node, ast.AnnAssign):
                return self._instance(node.annotation, place, depth)
        return None

    def _instance(self, annotation: ast.expr, place: Place, depth: int) -> Stated | None:
        while isinstance(annotation, ast.Subscript) and _last(annotation.value) in _WRAPPERS:
            inner = annotation.slice
            annotation = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
        read = self._expressions.read(annotation, place.table, place.owner)
        read = substituted(read, self._generics.of_member(place))
        if isinstance(read, types.Name) and read.address == "typing:Callable":
            return _of_callable(read, place)
        dotted = dotted_name(annotation.value if isinstance(annotation, ast.Subscript) else annotation)
        cls = self._meanings.place(place.table, dotted, place.owner) if dotted else None
        if cls is None or cls.as_class is None:
            return None
        if cls.given is None:
            cls = replace(cls, given=Given.of(place.table, place.owner, annotation))
        # Libraries have hundreds of variables of a few such classes: ufuncs, distributions.
        key = self._generics.key(cls)
        if key not in self._instances:
            call = self._meanings.member(cls, "__call__")
            self._instances[key] = self.called(call, depth + 1) if call is not None else None
        found = self._instances[key]
        return replace(found, binding=None, condition=place.condition) if found is not None else None

    # --- Constructors ---

    def constructed(self, place: Place, depth: int = 0) -> Stated | None:
        """Return how a class is called; `None` when neither it nor a base says so, because stubs often forget."""
        place = self._meanings.behind(place)
        lineage = self._meanings.lineage(place)
        if depth > _FARTHEST or any(one.address == "enum:Enum" for one in lineage):
            return None
        made = self._by_metaclass(lineage, depth)
        if made is not None:
            return made
        for one in lineage:
            if one.address in _NOT_CONSTRUCTORS or not one.table.is_stub:
                continue
            signature = self._fields.constructor(one)
            if signature is not None:
                return Stated(tier=tier_of(one), signatures=(signature,), condition=place.condition)
            candidates = [self._meanings.own(one, name, via=place) for name in ("__init__", "__new__")]
            stated = [self.called(found, depth + 1) for found in candidates if found is not None]
            known = [found for found in stated if found is not None]
            if known:
                return _without_returns(next((one for one in known if _is_telling(one)), known[0]), place)
        return None

    def _by_metaclass(self, lineage: Sequence[Place], depth: int) -> Stated | None:
        for one in lineage:
            node = one.as_class
            for keyword in node.keywords if node is not None else ():
                dotted = dotted_name(keyword.value) if keyword.arg == "metaclass" else None
                metaclass = self._meanings.place(one.table, dotted, one.owner) if dotted else None
                if metaclass is None or metaclass.address in _PLAIN_METACLASSES:
                    continue
                call = self._meanings.member(metaclass, "__call__")
                if call is None or f"{call.table.module}:{call.owner}" in _PLAIN_METACLASSES:
                    return None
                found = self.called(call, depth + 1)
                return _without_returns(found, lineage[0]) if found is not None and _is_telling(found) else None
        return None


def _last(node: ast.expr) -> str:
    return (dotted_name(node) or "").rpartition(".")[2]


def _without_returns(stated: Stated, place: Place) -> Stated:
    signatures = tuple(one.model_copy(update={"returns": None, "tier": Tier.RUNTIME}) for one in stated.signatures)
    return Stated(tier=stated.tier, signatures=signatures, doc=stated.doc, condition=place.condition)


def _is_telling(stated: Stated) -> bool:
    return any(all(one.kind not in _REST for one in signature.parameters) for signature in stated.signatures)


def _of_callable(read: types.Name, place: Place) -> Stated | None:
    tier = tier_of(place)
    if not read.arguments or not isinstance(read.arguments[0], types.Parameters):
        return None
    parameters = tuple(
        Parameter(name=f"arg{position}", kind=ParameterKind.POSITIONAL_ONLY, type=str(one), tier=tier)
        for position, one in enumerate(read.arguments[0].members)
    )
    returns = str(read.arguments[1]) if len(read.arguments) > 1 else None
    signature = Signature(parameters=parameters, returns=returns, tier=tier)
    return Stated(tier=tier, signatures=(signature,), condition=place.condition)
