"""Plain named tuples: classes with nothing but what `collections.namedtuple` and `typing.NamedTuple` make.

Their instances are their items, so they travel by value and arrive as the same class. A class with a method, property
or base of its own behaves in ways that no copy of its items has: its instances are references.
"""

from __future__ import annotations

import collections
import weakref
from typing import Any

_SAMPLE: Any = collections.namedtuple("_SAMPLE", "item")  # noqa: PYI024 - what it makes is looked at
_FIELD = type(vars(_SAMPLE)["item"])
_MADE = (frozenset(vars(_SAMPLE)) - {"item"}) | {
    "__annotate__", "__annotate_func__", "__annotations__", "__annotations_cache__", "__firstlineno__",
    "__orig_bases__", "__static_attributes__", "_field_types",
}  # fmt: skip
# Their code is a constant of `collections`, so every class that it made has the very same.
_FUNCTIONS = [(name, value.__code__) for name, value in vars(_SAMPLE).items() if hasattr(value, "__code__")]
# What notebooks ask of an object that they show.
_SHOWING = frozenset(
    "_repr_" + form + "_"
    for form in ("html", "javascript", "jpeg", "json", "latex", "markdown", "mimebundle", "pdf", "png", "svg")
)
_UNDERSCORED = frozenset({"_asdict", "_field_defaults", "_fields", "_make", "_replace"})
_known: weakref.WeakKeyDictionary[type, tuple[str, ...] | None] = weakref.WeakKeyDictionary()


def fields_of(kind: type) -> tuple[str, ...] | None:
    """Return the names of the items of a plain named tuple's class; `None` of any other class."""
    try:
        return _known[kind]
    except KeyError:
        found = _known[kind] = _fields(kind)
        return found


def is_public(name: str, owner: Any) -> bool:
    """Return whether a name is for everybody: without an underscore, for notebooks, or what every named tuple has."""
    if not name.startswith("_") or name in _SHOWING:
        return True
    kind = owner if isinstance(owner, type) else type(owner)
    return name in _UNDERSCORED and issubclass(kind, tuple) and hasattr(kind, "_fields")


def remember(kind: type, fields: tuple[str, ...]) -> None:
    """Take a class for one of plain named tuples, whatever its metaclass is."""
    _known[kind] = fields


def _fields(kind: type) -> tuple[str, ...] | None:
    if type(kind) is not type or kind.__bases__ != (tuple,):
        return None
    body = vars(kind)
    fields = body.get("_fields")
    if type(fields) is not tuple or not all(type(name) is str for name in fields):
        return None
    if not _MADE.issuperset(body.keys() - set(fields)) or "__new__" not in body:
        return None
    if any(type(body.get(name)) is not _FIELD for name in fields):
        return None
    if any(getattr(body.get(name), "__code__", None) is not code for name, code in _FUNCTIONS):
        return None
    made_by = getattr(kind.__new__, "__globals__", {}).get("__name__", "")
    return fields if made_by.startswith("namedtuple_") else None


def make(kind: type, items: Any) -> Any:
    """Return an instance of a plain named tuple's class.

    Raises:
        ValueError: The class has other fields.
    """
    fields = fields_of(kind)
    if fields is None or type(items) is not list or len(items) != len(fields):
        raise ValueError("%s is no plain named tuple of %d items here" % (kind.__name__, len(items)))
    return tuple.__new__(kind, items)
