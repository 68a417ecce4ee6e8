# Observed annotations → type expressions. What nobody can name becomes `?'source'`, and only that part of the whole.
#
# A name means what the target says it means. Where it has no meaning at run time (`if TYPE_CHECKING:`), the source of
# the module it is written in says it; see `Scope`.
#
# Guarantees: the result is in the grammar of `snakebridge.manifest.types`; classes are named by their public address
# where they have one; `Annotated`, `ClassVar`, `Final` and the like are read through.

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.errors import ManifestError
from snakebridge.introspect._observations import Annotation
from snakebridge.introspect.sources import constant
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Resolve = Callable[[str, str, str | None], str | None]
    """Module, dotted name and class (its name within the module) → address."""

_ADDRESS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_ELLIPSIS = types.Name("types:EllipsisType")
_CALLABLE = "typing:Callable"
_CLASS_VARIABLE = "typing:ClassVar"
_TRANSPARENT = {
    *("typing:Annotated", _CLASS_VARIABLE, "typing:Final", "typing:Required", "typing:NotRequired", "typing:ReadOnly"),
    "dataclasses:InitVar",
}
_INCOMPLETE = {"typing:Optional", "typing:Union", "typing:Concatenate"}
_SPELLINGS = {
    "builtins:ellipsis": "types:EllipsisType",
    "typing:Buffer": "collections.abc:Buffer",
    "typing:CapsuleType": "types:CapsuleType",
    "builtins:NoneType": "types:NoneType",
    "builtins:function": "types:FunctionType",
    "builtins:module": "types:ModuleType",
    "builtins:method": "types:MethodType",
    "builtins:builtin_function_or_method": "types:BuiltinFunctionType",
    "builtins:generator": "types:GeneratorType",
    "builtins:mappingproxy": "types:MappingProxyType",
    "builtins:NotImplementedType": "types:NotImplementedType",
    "collections.abc:Callable": _CALLABLE,
    "typing:NoReturn": "typing:Never",
}
# Classes of the standard library written in C that name the private half of the module they are imported from.
_HALVES = {
    "asyncio": ("Future", "Task"),
    "contextvars": ("Context", "ContextVar", "Token"),
    "io": (
        *("BufferedRWPair", "BufferedRandom", "BufferedReader", "BufferedWriter", "BytesIO", "FileIO"),
        *("IncrementalNewlineDecoder", "StringIO", "TextIOWrapper"),
    ),
    "queue": ("Empty", "SimpleQueue"),
    "struct": ("Struct",),
}
_SPELLINGS |= {f"_{module}:{name}": f"{module}:{name}" for module, names in _HALVES.items() for name in names}
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an annotation is written."""

    module: str | None = None
    owner: str | None = None
    """The class around it, by its name within the module."""


NOWHERE = Scope()


class Annotations:
    """Turns observed annotations into type expressions.

    Args:
        public: The public address of every class of the library, by the address it gives itself.
        resolve: Reads sources, for names that mean nothing at run time.
        variables: Addresses of the type parameters that the target showed.
    """

    def __init__(
        self, public: Mapping[str, str], resolve: Resolve | None = None, variables: Collection[str] = ()
    ) -> None:
        self._public = public
        self._resolve = resolve
        self._variables = variables
        self._scope = NOWHERE

    def expression(self, annotation: Annotation | None, scope: Scope = NOWHERE) -> str | None:
        """Return the type expression of an annotation; `None` when there is none."""
        if annotation is None:
            return None
        self._scope = scope
        text = str(self._type(annotation))
        try:
            return str(types.parse(text))
        except ManifestError:
            return str(types.Unknown(annotation.raw or "…"))

    def of_class(self, address: str | None) -> str | None:
        """Return the type expression of a class's instances, by the address the class gives itself."""
        if address is None or not _ADDRESS.fullmatch(address):
            return None
        return str(self._name(address, ()))

    def _type(self, annotation: Annotation) -> types.Type:
        if annotation.union is not None:
            return types.join(*map(self._type, annotation.union)) if annotation.union else types.ANY
        if annotation.parameters is not None:
            return types.Parameters(tuple(map(self._type, annotation.parameters)))
        if annotation.literal is not None:
            return constant(annotation.literal)
        if annotation.name is not None:
            return self._name(annotation.name, tuple(map(self._type, annotation.args)))
        raw = annotation.raw or "…"
        try:
            tree = ast.parse(raw.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return types.Unknown(raw)
        return self._node(tree, annotation.names, 0)

    def _name(self, address: str, arguments: Sequence[types.Type]) -> types.Type:
        address = address.replace("typing_extensions:", "typing:")
        if not _ADDRESS.fullmatch(address):
            return types.Unknown(address.replace(":", "."))
        address = self._public.get(address) or _SPELLINGS.get(address, address)
        if address in _TRANSPARENT:
            return arguments[0] if arguments else types.ANY
        if address == "typing:Optional" and arguments:
            return types.join(*arguments, types.NONE)
        if address == "typing:Union" and arguments:
            return types.join(*arguments)
        if address in _INCOMPLETE and not arguments:
            return types.Unknown(address.partition(":")[2])
        return types.Name(address, tuple(arguments))

    # --- Annotations that are source ---

    def _node(  # noqa: C901, PLR0911 - one case per form
        self, node: ast.expr, names: Mapping[str, Annotation | None], depth: int
    ) -> types.Type:
        match node:
            case _ if depth > _DEEPEST:
                return types.Unknown("…")
            case ast.Constant(value=None):
                return types.NONE
            case ast.Constant(value=value) if value is ...:
                return _ELLIPSIS
            case ast.Constant(value=str(inner)):
                try:
                    return self._node(ast.parse(inner.strip(), mode="eval").body, names, depth + 1)
                except (SyntaxError, ValueError):
                    return types.Unknown(inner)
            case ast.Name() | ast.Attribute():
                dotted = ast.unparse(node)
                meaning = self._meaning(dotted, names)
                found = self._type(meaning) if meaning is not None else None
                # What it stands for may be no type (`dict = 3`); the source still says what was meant.
                return types.Unknown(dotted) if found is None or isinstance(found, types.Unknown) else found
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return types.join(self._node(left, names, depth + 1), self._node(right, names, depth + 1))
            case ast.List(elts=items):
                return types.Parameters(tuple(self._node(item, names, depth + 1) for item in items))
            case ast.Starred(value=inner):
                return types.Name("typing:Unpack", (self._node(inner, names, depth + 1),))
            case ast.Subscript(value=base, slice=inner):
                return self._subscript(base, inner, names, depth)
            case _:
                return types.Unknown(ast.unparse(node))

    def _literal(self, item: ast.expr, names: Mapping[str, Annotation | None]) -> types.Type:
        # A member of an enum has no meaning as a type, and its class has.
        if isinstance(item, ast.Attribute):
            outer = self._meaning(ast.unparse(item.value), names)
            if outer is not None and outer.name is not None:
                return types.Name(f"{self._public.get(outer.name, outer.name)}.{item.attr}")
        return constant(ast.unparse(item))

    def _meaning(self, dotted: str, names: Mapping[str, Annotation | None]) -> Annotation | None:
        known = names.get(dotted)
        if known is not None or self._resolve is None or self._scope.module is None:
            return known
        owner = self._scope.owner
        while owner:
            # A type parameter of PEP 695 has a meaning in its class and nowhere else.
            own = f"{self._scope.module}:{owner}.{dotted}"
            if own in self._variables:
                return Annotation(name=own)
            owner = owner.rpartition(".")[0]
        address = self._resolve(self._scope.module, dotted, self._scope.owner)
        return Annotation(name=address) if address is not None and ":" in address else None

    def _subscript(
        self, base: ast.expr, inner: ast.expr, names: Mapping[str, Annotation | None], depth: int
    ) -> types.Type:
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        meaning = self._meaning(ast.unparse(base), names)
        if meaning is None or meaning.name is None or meaning.args:
            # A generic alias: the target says what it stands for, and only its source says what it is called.
            meaning = self._meaning(ast.unparse(base), {})
        if meaning is None or meaning.name is None:
            return types.Unknown(f"{ast.unparse(base)}[{', '.join(map(ast.unparse, items))}]")
        address = meaning.name.replace("typing_extensions:", "typing:")
        if address == "typing:Literal":
            return types.Name(address, tuple(self._literal(item, names) for item in items))
        if address in _TRANSPARENT:
            items = items[:1]  # the rest of `Annotated` is no type
        return self._name(address, [self._node(item, names, depth + 1) for item in items])


def is_class_variable(annotation: Annotation) -> bool:
    """Tell whether an annotation in a class says `ClassVar`."""
    if annotation.name is not None:
        return annotation.name == _CLASS_VARIABLE
    head = (annotation.raw or "").partition("[")[0].strip()
    meaning = annotation.names.get(head)
    return meaning is not None and meaning.name == _CLASS_VARIABLE
