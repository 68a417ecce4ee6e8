"""Type expressions: `list[int]`, `int | None`, `Literal["a"]`, and standard classes that both sides have.

Each is a tree of text and lists, and its leaves: what only the two sides themselves can name. A leaf is a class of the
library, a member of an enum, a value of a `Literal`, or what `Annotated` says of a type.
"""

from __future__ import annotations

import abc
import collections.abc
import datetime  # noqa: ICN001 - the guest reads like the standard library
import decimal
import fractions
import functools
import operator
import pathlib
import types
import typing
import uuid
from typing import Any

_NAMES = (
    *("AbstractSet", "Annotated", "Any", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable"),
    *("ChainMap", "ClassVar", "Collection", "Container", "Coroutine", "Counter", "DefaultDict", "Deque", "Dict"),
    *("Final", "FrozenSet", "Generator", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "List"),
    *("Literal", "Mapping", "MappingView", "MutableMapping", "MutableSequence", "MutableSet", "NoReturn", "Optional"),
    *("OrderedDict", "Reversible", "Sequence", "Set", "Sized", "Tuple", "Type", "Union", "ValuesView"),
)
_FORMS: list[tuple[str, Any]] = [(name, getattr(typing, name)) for name in _NAMES if hasattr(typing, name)]
_STANDARD: dict[type, str] = {
    **{getattr(collections.abc, name): "collections.abc:" + name for name in collections.abc.__all__},
    **{getattr(pathlib, name): "pathlib:" + name for name in ("Path", "PosixPath", "PurePath", "PurePosixPath")},
    **{getattr(datetime, name): "datetime:" + name for name in ("date", "datetime", "time", "timedelta", "timezone")},
    type(None): "builtins:NoneType",
    decimal.Decimal: "decimal:Decimal",
    fractions.Fraction: "fractions:Fraction",
    uuid.UUID: "uuid:UUID",
}
_BY_ADDRESS = {address: kind for kind, address in _STANDARD.items()}
_ALIAS: Any = getattr(types, "GenericAlias", None)  # since 3.9
_UNION: Any = getattr(types, "UnionType", None)  # since 3.10
_CALLABLE: Any = collections.abc.Callable
# What typing writes `list[int]` as, for a Python that cannot subscript `list`.
_SPELLED: dict[Any, Any] = {
    typing.get_origin(form): form for _, form in _FORMS if isinstance(typing.get_origin(form), type)
}
# The classes of expressions, which differ from one Python to the next: those of examples.
_EXAMPLES: dict[str, Any] = dict.fromkeys(("ClassVar", "List", "Optional", "Tuple", "Type"), int)
_EXAMPLES.update(Annotated=(int, 1), Callable=([int], int), Literal=1, Union=(int, str))
_KINDS = frozenset(
    {type(form) for _, form in _FORMS if not isinstance(form, type)}
    | {type(form[_EXAMPLES[name]]) for name, form in _FORMS if name in _EXAMPLES}
    | ({_ALIAS, type(_CALLABLE[[int], int]), _UNION} - {None} if _ALIAS is not None else set())
)


class Form:
    """A type expression, taken apart.

    Attributes:
        tree: Text and lists; a leaf is its place among the leaves.
        leaves: What the tree is made of and does not say itself.
    """

    __slots__ = ("leaves", "tree")

    def __init__(self) -> None:
        self.tree: Any = None
        self.leaves: list[Any] = []


def parse(value: Any) -> Form | None:
    """Return a type expression or a class that both sides have, taken apart; `None` of anything else."""
    if type(value) is list or value is Ellipsis:
        return None
    form = Form()
    form.tree = _tree(value, form.leaves)
    return None if type(form.tree) is int else form


def _tree(value: Any, leaves: list[Any]) -> Any:
    kind = type(value)
    if value is Ellipsis:
        return ["..."]
    if kind is list:  # the parameters of a `Callable`
        return ["list", [_tree(each, leaves) for each in value]]
    if (kind is type or kind is abc.ABCMeta) and value in _STANDARD:
        return ["class", _STANDARD[value]]
    if kind in _KINDS or issubclass(kind, type):
        name = _name_of(value)
        if name is not None:
            return ["form", name]
    if kind in _KINDS:
        origin, parts = typing.get_origin(value), typing.get_args(value)
        if kind is _UNION:
            return ["|", [_tree(each, leaves) for each in parts]]
        if kind.__module__ != "typing":
            return ["[]", [_tree(each, leaves) for each in (origin, *parts)]]
        name = _name_of(origin) or getattr(value, "_name", None)
        if name in _NAMES:
            return ["form", name, [_tree(each, leaves) for each in parts]]
    leaves.append(value)
    return len(leaves) - 1


def _name_of(value: Any) -> str | None:
    return next((name for name, form in _FORMS if form is value), None)


def make(payload: Any) -> Any:
    """Return the type expression of a tree and its leaves.

    Raises:
        LookupError: This Python has no such form.
        TypeError: It does not take these.
    """
    tree, leaves = payload
    return _made(tree, leaves)


def _made(tree: Any, leaves: list[Any]) -> Any:
    if type(tree) is int:
        return leaves[tree]
    what, *rest = tree
    if what == "...":
        return Ellipsis
    if what == "class":
        return _BY_ADDRESS[rest[0]]
    if what == "form":
        form = next((form for name, form in _FORMS if name == rest[0]), None)
        if form is None:
            raise LookupError("this Python has no typing." + str(rest[0]))
        return form if len(rest) == 1 else form[_several([_made(each, leaves) for each in rest[1]])]
    parts = [_made(each, leaves) for each in rest[0]]
    if what == "list":
        return parts
    if what == "|":
        return typing.Union[tuple(parts)] if _UNION is None else functools.reduce(operator.or_, parts)
    origin: Any = parts[0]
    inner = parts[1:]
    if _ALIAS is None or origin is _CALLABLE:
        spelled = _CALLABLE if _ALIAS is not None else _SPELLED.get(origin)
        if spelled is None:
            raise LookupError("this Python cannot subscript " + str(origin))
        return spelled[_several(inner)]
    if not isinstance(origin, type):
        raise TypeError("only a class has type arguments")
    return _ALIAS(origin, tuple(inner))


def _several(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else tuple(parts)
