# Reading foreign objects without running their code.
#
# Guarantees: what a class is comes from `type`'s own slots, so no metaclass of the library answers in its place; an
# instance's attributes come from its `__dict__`; a text is a real `str`; nothing foreign is compared but by identity,
# since `==` and `in` call its class. Where code of the library cannot be avoided, `attempt` lets nothing out.

from __future__ import annotations

import inspect
import sys
import types
from typing import Any, Callable, Dict, Mapping

Facts = Dict[str, Any]  # what JSON can say
Space = Mapping[str, Any]  # a namespace


# Stands for "there is none" where `None` is a value; false, and empty.
MISSING: Any = type("Missing", (tuple,), {})()

_SLOTS = type.__dict__
_OF_FUNCTIONS = ("__doc__", "__module__", "__qualname__", "__name__")
_READABLE = {"getset_descriptor", "member_descriptor"}
_names: dict[int, tuple[Any, ...]] = {}


def attempt(call: Callable[..., Any], *arguments: object, **keywords: object) -> Any:
    """Return the result, or `MISSING` when anything at all is raised."""
    try:
        return call(*arguments, **keywords)
    except BaseException:  # libraries raise SystemExit and their own where nobody expects them
        return MISSING


def read(value: object, name: str, *default: object) -> Any:
    """Return an attribute of an object whose class is known to compute nothing."""
    return attempt(getattr, value, name, *default)


def text(value: object) -> str | None:
    # As UTF-8 can carry it.
    if type(value) is not str:
        if not issubclass(type(value), str):
            return None
        value = str.__str__(value)  # a subclass (lazy translations) may compute its text
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def document(value: object) -> str | None:
    return inspect.cleandoc(text(value) or "").strip() or None


def namespace(cls: type) -> Space:
    return _SLOTS["__dict__"].__get__(cls) or {}


def is_finished(cls: type) -> bool:
    # Looking anything up on a type of C that nobody finished (`unicodedata.UCD` before 3.10) is a segfault.
    return _SLOTS["__mro__"].__get__(cls) is not None


def mro(cls: type) -> tuple[type, ...]:
    return _SLOTS["__mro__"].__get__(cls) or (cls, object)


def bases(cls: type) -> tuple[type, ...]:
    return _SLOTS["__bases__"].__get__(cls) if is_finished(cls) else (object,)


def derives(value: object, *classes: type) -> bool:
    """Tell what `isinstance` would, which believes a proxy's `__class__`."""
    return issubclass(type(value), classes)


def look_up(cls: type, name: str) -> Any:
    for one in mro(cls):
        held = namespace(one)
        if name in held:
            return held[name]
    return MISSING


def defines(cls: type, name: str) -> bool:
    found = look_up(cls, name)
    return found is not MISSING and found is not None


def own(value: object, name: str) -> Any:
    try:
        # Through `dict` itself: it may be the library's own mapping.
        return dict.get(object.__getattribute__(value, "__dict__"), name, MISSING)
    except BaseException:  # see the top
        return MISSING


def attribute(value: object, name: str) -> Any:
    """Return an attribute that is an instance's own, or comes from a slot written in C."""
    if type(value) is types.FunctionType and name in _OF_FUNCTIONS:
        return getattr(value, name)
    found = own(value, name)
    if found is MISSING and class_names(type(look_up(type(value), name)))[1] in _READABLE:
        return read(value, name)
    return found


def class_names(cls: type) -> tuple[Any, ...]:
    if id(cls) not in _names:
        # With the class, so that its id is not given again.
        _names[id(cls)] = cls, *(text(attempt(_SLOTS[one].__get__, cls)) for one in ("__module__", "__qualname__"))
    return _names[id(cls)][1:]


def address(cls: type) -> str:
    module, qualname = class_names(cls)
    return f"{module or 'builtins'}:{qualname or 'object'}"


def held_by(module: object) -> dict[str, Any]:
    """Return the very namespace of a module, given itself or by name; empty when there is none."""
    found = sys.modules.get(module) if type(module) is str else module
    held = attempt(object.__getattribute__, found, "__dict__")
    return held if isinstance(held, dict) else {}


def sorted_names(names: object) -> list[str]:
    """Return the strings among some names, sorted, for they may come from a set."""
    found = attempt(list, names)
    return sorted({name for name in found if type(name) is str}) if isinstance(found, list) else []


def lean(facts: Facts) -> Facts:
    return {name: fact for name, fact in facts.items() if fact}
