# Observed annotations → type expressions. What nobody can name becomes `?'source'`, and only that part of the whole.
#
# Guarantees: the result is in the grammar of `snakebridge.manifest.types`; classes are named by their public address
# where they have one; `Annotated`, `ClassVar`, `Final` and the like are read through.

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from snakebridge.errors import ManifestError
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snakebridge.introspect._observations import Annotation

_ADDRESS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_ELLIPSIS = types.Name("types:EllipsisType")
_CALLABLE = "typing:Callable"
_CLASS_VARIABLE = "typing:ClassVar"
_TRANSPARENT = {
    *("typing:Annotated", _CLASS_VARIABLE, "typing:Final", "typing:Required", "typing:NotRequired", "typing:ReadOnly"),
    *("typing:Unpack", "dataclasses:InitVar"),
}
_INCOMPLETE = {"typing:Optional", "typing:Union", "typing:Concatenate", "typing:Generic", "typing:Protocol"}
_SPELLINGS = {
    "builtins:ellipsis": "types:EllipsisType",
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
_DEEPEST = 40


class Annotations:
    """Turns observed annotations into type expressions."""

    def __init__(self, public: Mapping[str, str]) -> None:
        """Take the public address of every class of the library, by the address it gives itself."""
        self._public = public

    def expression(self, annotation: Annotation | None) -> str | None:
        """Return the type expression of an annotation; `None` when there is none."""
        if annotation is None:
            return None
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
            return _constant(annotation.literal)
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
        if address in _INCOMPLETE:
            return types.Unknown(address.partition(":")[2])
        if address == _CALLABLE and arguments and not isinstance(arguments[0], types.Parameters):
            arguments = (_ELLIPSIS, *arguments[1:])  # a ParamSpec has no meaning outside its function
        return types.Name(address, tuple(arguments))

    # --- Annotations that are source ---

    def _node(  # noqa: PLR0911 - one return per form
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
                meaning = names.get(dotted)
                return self._type(meaning) if meaning is not None else types.Unknown(dotted)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return types.join(self._node(left, names, depth + 1), self._node(right, names, depth + 1))
            case ast.List(elts=items):
                return types.Parameters(tuple(self._node(item, names, depth + 1) for item in items))
            case ast.Subscript(value=base, slice=inner):
                return self._subscript(base, inner, names, depth)
            case _:
                return types.Unknown(ast.unparse(node))

    def _subscript(
        self, base: ast.expr, inner: ast.expr, names: Mapping[str, Annotation | None], depth: int
    ) -> types.Type:
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        meaning = names.get(ast.unparse(base))
        if meaning is None or meaning.name is None or meaning.args:
            return types.Unknown(f"{ast.unparse(base)}[{', '.join(map(ast.unparse, items))}]")
        address = meaning.name.replace("typing_extensions:", "typing:")
        if address == "typing:Literal":
            return types.Name(address, tuple(_constant(ast.unparse(item)) for item in items))
        if address in _TRANSPARENT:
            items = items[:1]  # the rest of `Annotated` is no type
        return self._name(address, [self._node(item, names, depth + 1) for item in items])


def _constant(source: str) -> types.Type:
    try:
        value = ast.literal_eval(source)
    except (SyntaxError, ValueError):
        return types.Unknown(source)
    if value is None:
        return types.NONE
    return types.Constant(ascii(value)) if isinstance(value, bool | int | str | bytes) else types.Unknown(source)


def is_class_variable(annotation: Annotation) -> bool:
    """Tell whether an annotation in a class says `ClassVar`."""
    if annotation.name is not None:
        return annotation.name == _CLASS_VARIABLE
    head = (annotation.raw or "").partition("[")[0].strip()
    meaning = annotation.names.get(head)
    return meaning is not None and meaning.name == _CLASS_VARIABLE
