# A `def` in a text → its signature, and the facts that its decorators state.
#
# Guarantees: what a call passes by itself (`self`, `cls`) is left out, and a type parameter that only stands for the
# object's own type is `Self`; a default is a literal, or "there is one".

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._generics import Mapped, substituted
from snakebridge.introspect.sources._parameters import type_parameters
from snakebridge.introspect.sources._places import dotted_name
from snakebridge.manifest import Binding, Default, Flag, Parameter, ParameterKind, Signature, Tier, types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.introspect.sources._expressions import Expressions
    from snakebridge.introspect.sources._generics import Generics
    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._places import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
UNTOLD = Default(opaque="types:EllipsisType")
"""There is a default, and nobody says which."""

_SELF = types.Name("typing:Self")
_UNTYPED = {"Incomplete", "_Incomplete"}
_LONGEST = 400
_DECORATED = {
    "typing:final": Flag.FINAL,
    "abc:abstractmethod": Flag.ABSTRACT,
    "contextlib:contextmanager": Flag.CONTEXT_MANAGER,
    "contextlib:asynccontextmanager": Flag.ASYNC_CONTEXT_MANAGER,
}
_DEPRECATED = {"warnings:deprecated", "typing:deprecated", "typing_extensions:deprecated"}
_IMPLICIT_CLASS_METHODS = {"__init_subclass__", "__class_getitem__", "__new__"}


class Signatures:
    """Reads `def` statements.

    Args:
        meanings: Follows names.
        expressions: Reads type expressions.
        generics: Knows type parameters.
    """

    def __init__(self, meanings: Meanings, expressions: Expressions, generics: Generics) -> None:
        self._meanings = meanings
        self._expressions = expressions
        self._generics = generics

    def of(
        self, function: Function, place: Place, *, is_bound: bool, keywords: Sequence[Parameter] | None = None
    ) -> Signature:
        """Return the signature of a `def`.

        Args:
            function: The statement.
            place: Where it stands.
            is_bound: Whether calls pass the first argument by themselves.
            keywords: What `**kwargs: Unpack[Options]` stands for, when it is written so (PEP 692).
        """
        given = function.args
        own = {one.name: f"{place.address}.{one.name}" for one in type_parameters(function)}
        placed = [*given.posonlyargs, *given.args]
        mapped = self._generics.of_member(place)
        if is_bound and placed:
            mapped = mapped | self._own_type(placed[0].annotation, place, own)
        read = _Read(self, place, own, mapped)
        only = len(given.posonlyargs)
        defaults: list[ast.expr | None] = [None] * (len(placed) - len(given.defaults)) + [*given.defaults]
        found: list[Parameter] = []
        for index, (one, default) in enumerate(zip(placed, defaults, strict=True)):
            if is_bound and index == 0:
                continue
            # Before PEP 570, two underscores said that a parameter is positional-only.
            is_only = index < only or (not only and one.arg.startswith("__") and not one.arg.endswith("__"))
            kind = ParameterKind.POSITIONAL_ONLY if is_only else ParameterKind.POSITIONAL
            found.append(
                read.parameter(one, kind, default, name=one.arg if index < only or not is_only else one.arg[2:])
            )
        if given.vararg:
            found.extend(read.rest(given.vararg))
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            found.append(read.parameter(one, ParameterKind.KEYWORD, default))
        if given.kwarg:
            found.extend(keywords if keywords is not None else read.keywords(given.kwarg))
        returns = read.type(function.returns)
        return Signature(
            parameters=tuple(found),
            returns=returns,
            tier=tier_of(place) if returns is not None else Tier.RUNTIME,
            deprecated=self.marks(function, place)[1],
        )

    def type_of(
        self, node: ast.expr | None, place: Place, own: dict[str, str] | None = None, mapped: Mapped | None = None
    ) -> str | None:
        """Return the type expression of an annotation at a place; `None` when nobody knows."""
        if node is None or (dotted_name(node) or "").rpartition(".")[2] in _UNTYPED:
            return None
        if mapped is None:
            mapped = self._generics.of_member(place)
        return str(substituted(self._expressions.read(node, place.table, place.owner, own), mapped))

    def marks(self, node: Function | ast.ClassDef, place: Place) -> tuple[set[Flag], str | None]:
        """Return the flags that decorators state, and what a deprecation says."""
        flags: set[Flag] = set()
        deprecated = None
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            dotted = dotted_name(call.func if call else decorator)
            address = self._meanings.address(place.table, dotted) if dotted else None
            if address in _DECORATED:
                flags.add(_DECORATED[address])
            if address in _DEPRECATED and call is not None:
                flags.add(Flag.DEPRECATED)
                said = call.args[0] if call.args else None
                deprecated = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
        return flags, deprecated

    def _own_type(self, annotation: ast.expr | None, place: Place, own: dict[str, str]) -> Mapped:
        # `def f(self: T) -> T`, `def f(cls: type[T]) -> T`: what was written before there was `Self` (PEP 673).
        if annotation is None or place.owner is None:
            return {}
        read = self._expressions.read(annotation, place.table, place.owner, own)
        if isinstance(read, types.Name) and read.address == "builtins:type" and len(read.arguments) == 1:
            read = read.arguments[0]
        if not isinstance(read, types.Name) or read.arguments or self._generics.variable(read.address) is None:
            return {}
        return {read.address: _SELF}


class _Read:
    # The annotations of one `def`.
    def __init__(self, signatures: Signatures, place: Place, own: dict[str, str], mapped: Mapped) -> None:
        self._signatures = signatures
        self._place = place
        self._own = own
        self._mapped = mapped

    def type(self, node: ast.expr | None) -> str | None:
        return self._signatures.type_of(node, self._place, self._own, self._mapped)

    def parameter(
        self, one: ast.arg, kind: ParameterKind, default: ast.expr | None, *, name: str | None = None
    ) -> Parameter:
        told = None if default is None else default_of(default)
        return self._parameter(name or one.arg, kind, self.type(one.annotation), told)

    def _parameter(
        self, name: str, kind: ParameterKind, expression: str | None, default: Default | None = None
    ) -> Parameter:
        tier = tier_of(self._place) if expression is not None else Tier.RUNTIME
        return Parameter(name=name, kind=kind, default=default, type=expression, tier=tier)

    def rest(self, one: ast.arg) -> list[Parameter]:
        """Return what `*args` stands for: with a known `P.args`, its parameters."""
        members = self._specified(one)
        if members is None:
            return [self.parameter(one, ParameterKind.VARIADIC, None)]
        only = ParameterKind.POSITIONAL_ONLY
        return [self._parameter(f"arg{place}", only, str(member)) for place, member in enumerate(members)]

    def keywords(self, one: ast.arg) -> list[Parameter]:
        """Return what `**kwargs` stands for: with a known `P.kwargs`, nothing more."""
        return [] if self._specified(one) is not None else [self.parameter(one, ParameterKind.VARIADIC_KEYWORD, None)]

    def _specified(self, one: ast.arg) -> tuple[types.Type, ...] | None:
        if not self._mapped or not isinstance(one.annotation, ast.Attribute):
            return None
        address, _, last = (self._signatures.type_of(one.annotation, self._place, self._own, {}) or "").rpartition(".")
        found = self._mapped.get(address) if last in {"args", "kwargs"} else None
        return found.members if isinstance(found, types.Parameters) else None


def tier_of(place: Place) -> Tier:
    """Return where what a place states was learnt."""
    return Tier.STUB if place.table.is_stub else Tier.STATIC


def decorators(function: Function | ast.ClassDef) -> set[str]:
    """Return the last words of a statement's decorators."""
    names = (dotted_name(one.func if isinstance(one, ast.Call) else one) for one in function.decorator_list)
    return {name.rpartition(".")[2] for name in names if name}


def binding_of(function: Function) -> Binding:
    """Return how a `def` in a class is bound."""
    found = decorators(function)
    if "staticmethod" in found:
        return Binding.STATIC
    is_class = "classmethod" in found or function.name in _IMPLICIT_CLASS_METHODS
    return Binding.CLASS if is_class else Binding.INSTANCE


def is_property(function: Function) -> bool:
    """Tell whether a `def` in a class is read, not called."""
    return any(name == "property" or name.endswith(("_property", "cached_property")) for name in decorators(function))


def doc_of(node: Function | ast.ClassDef) -> str | None:
    """Return a docstring without its indentation."""
    text = ast.get_docstring(node) if node.body else None
    return inspect.cleandoc(text).strip() if text else None


def default_of(node: ast.expr) -> Default:
    """Return a default, as far as it is told."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return UNTOLD
    text = ascii(value)
    return UNTOLD if value is ... or len(text) > _LONGEST or text in {"set()", "inf", "nan"} else Default(literal=text)
