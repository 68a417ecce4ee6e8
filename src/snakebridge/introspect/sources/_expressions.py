# Annotations in a text → type expressions, each name by its canonical address.
#
# Guarantees: what cannot be read becomes `?'source'`, and only that part; `Optional`, `Union`, `Annotated`, `ClassVar`
# and the like are read through, `typing.List` is `list`, and `typing_extensions` is `typing`.

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._places import dotted_name
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._tables import Table

_ELLIPSIS = types.Name("types:EllipsisType")
_CONTAINERS = ("Dict", "FrozenSet", "List", "Set", "Tuple", "Type")
_COLLECTIONS = {"ChainMap": "ChainMap", "Counter": "Counter", "Deque": "deque", "DefaultDict": "defaultdict"}
_ABSTRACT = (
    *("AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "ByteString", "Collection", "Container"),
    *("Coroutine", "Generator", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "Mapping", "MappingView"),
    *("MutableMapping", "MutableSequence", "MutableSet", "Reversible", "Sequence", "Sized", "ValuesView"),
)
RESPELLED = {
    **{f"typing:{name}": f"builtins:{name.lower()}" for name in _CONTAINERS},
    **{f"typing:{name}": f"collections:{other}" for name, other in _COLLECTIONS.items()},
    **{f"typing:{name}": f"collections.abc:{name}" for name in _ABSTRACT},
    "typing:OrderedDict": "collections:OrderedDict",
    "typing:AbstractSet": "collections.abc:Set",
    "typing:ContextManager": "contextlib:AbstractContextManager",
    "typing:AsyncContextManager": "contextlib:AbstractAsyncContextManager",
    "typing:Match": "re:Match",
    "typing:Pattern": "re:Pattern",
    "typing:Text": "builtins:str",
    "typing:NoReturn": "typing:Never",
    # Backported by `typing_extensions`, and never in `typing`.
    "typing:Buffer": "collections.abc:Buffer",
    "typing:CapsuleType": "types:CapsuleType",
    "collections.abc:Callable": "typing:Callable",
    "_typeshed:Unused": "builtins:object",
    "_typeshed:Incomplete": "typing:Any",
    "_typeshed:MaybeNone": "typing:Any",
    "_typeshed:sentinel": "typing:Any",
    "builtins:ellipsis": "types:EllipsisType",
    "builtins:function": "types:FunctionType",
}
"""Other names of the same types."""
_READ_THROUGH = {
    *("typing:Annotated", "typing:ClassVar", "typing:Final", "typing:Required", "typing:NotRequired"),
    *("typing:ReadOnly", "dataclasses:InitVar"),
}
_FORMS = {"typing:Optional", "typing:Union", "typing:Concatenate", *_READ_THROUGH}
_DEEPEST = 40
UNTYPED = {"_typeshed:Incomplete"}
"""What stubs write where nobody knows yet."""


class Expressions:
    """Turns annotations into type expressions."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings

    def read(
        self, node: ast.expr, table: Table, owner: str | None = None, own: Mapping[str, str] | None = None
    ) -> types.Type:
        """Return the type that an annotation says.

        Args:
            node: The annotation.
            table: The text it stands in.
            owner: The class around it, by its name in the module.
            own: Addresses of the type parameters of PEP 695 that are in scope, by name.
        """
        return _Reader(self._meanings, table, owner, own or {}).node(node, 0)


class _Reader:
    def __init__(self, meanings: Meanings, table: Table, owner: str | None, own: Mapping[str, str]) -> None:
        self._meanings = meanings
        self._table = table
        self._owner = owner
        self._own = own

    def node(self, node: ast.expr, depth: int) -> types.Type:  # noqa: C901, PLR0911 - one case per form
        match node:
            case _ if depth > _DEEPEST:
                return types.Unknown("…")
            case ast.Constant(value=None):
                return types.NONE
            case ast.Constant(value=value) if value is ...:
                return _ELLIPSIS
            case ast.Constant(value=str(inner)):
                try:
                    return self.node(ast.parse(inner.strip(), mode="eval").body, depth + 1)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return types.Unknown(inner[:200])
            case ast.Name() | ast.Attribute():
                return self._named(node, ())
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return types.join(self.node(left, depth + 1), self.node(right, depth + 1))
            case ast.List(elts=items):
                return types.Parameters(tuple(self.node(item, depth + 1) for item in items))
            case ast.Tuple(elts=[]):
                return types.Parameters(())
            case ast.Starred(value=inner):
                return types.Name("typing:Unpack", (self.node(inner, depth + 1),))
            case ast.Subscript(value=base, slice=inner):
                return self._subscript(base, inner, depth)
            case _:
                return types.Unknown(ast.unparse(node)[:200])

    def _subscript(self, base: ast.expr, inner: ast.expr, depth: int) -> types.Type:
        items = inner.elts if isinstance(inner, ast.Tuple) and inner.elts else [inner]
        address = self._address(base)
        if address == "typing:Literal":
            return self._literals(items)
        if address in _READ_THROUGH:
            return self.node(items[0], depth + 1)
        return self._named(base, tuple(self.node(item, depth + 1) for item in items))

    def _address(self, node: ast.expr) -> str | None:
        dotted = dotted_name(node)
        if dotted is None:
            return None
        head, _, rest = dotted.partition(".")
        if head in self._own:
            return self._own[head] + (f".{rest}" if rest else "")
        found = self._meanings.address(self._table, dotted, self._owner)
        if found is None or ":" not in found:
            return None
        found = found.replace("typing_extensions:", "typing:")
        return RESPELLED.get(found, found)

    def _named(self, node: ast.expr, arguments: tuple[types.Type, ...]) -> types.Type:
        address = self._address(node)
        if address is None:
            shown = ast.unparse(node)
            return types.Unknown(f"{shown}[{', '.join(map(str, arguments))}]" if arguments else shown)
        if address == "typing:Optional" and arguments:
            return types.join(*arguments, types.NONE)
        if address == "typing:Union" and arguments:
            return types.join(*arguments)
        if address in _FORMS and not arguments:
            return types.ANY if address in _READ_THROUGH else types.Unknown(address.partition(":")[2])
        return types.Name(address, arguments)

    def _literals(self, items: list[ast.expr]) -> types.Type:
        # `Literal["a", Color.RED, Others]`: a name in it is a member of an enum, or an alias of more literals.
        found: list[types.Type] = []
        others: list[types.Type] = []
        for item in items:
            address = None if isinstance(item, ast.Constant) else self._address(item)
            if address is None:
                found.append(_constant(item))
            elif "." in address.partition(":")[2]:
                found.append(types.Name(address))
            else:
                others.append(types.Name(address))
        return types.join(*([types.Name("typing:Literal", tuple(found))] if found else []), *others)


@lru_cache(maxsize=8192)  # a library writes the same literals again and again
def constant(source: str) -> types.Type:
    """Return what stands below `typing.Literal`."""
    try:
        return _constant(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return types.Unknown(source)


def _constant(node: ast.expr) -> types.Type:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return types.Unknown(ast.unparse(node))
    if value is None:
        return types.NONE
    is_plain = isinstance(value, bool | int | str | bytes)
    return types.Constant(ascii(value)) if is_plain else types.Unknown(ast.unparse(node))
