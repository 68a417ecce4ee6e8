# Reading foreign objects without running their code.
#
# Guarantees: a class's namespace, MRO, bases and names come from `type`'s own slots, so that no metaclass of the
# library can answer in its place; an instance's attributes come from its `__dict__`; a name or a text is only ever a
# real `str`; nothing foreign is compared but with `is`, since `==` and `in` call its class. Where code of the library
# cannot be avoided, the call goes through `attempt`, which lets nothing out: libraries raise SystemExit,
# KeyboardInterrupt and classes of their own in places where nobody expects them.

from __future__ import annotations

import sys
from typing import Callable, Dict, List, Mapping, Optional, Tuple

Facts = Dict[str, object]


class Missing:
    """Stands for "there is none", where `None` is a value."""


MISSING = Missing()

_NAMESPACE = type.__dict__["__dict__"]
_MRO = type.__dict__["__mro__"]
_BASES = type.__dict__["__bases__"]
_MODULE = type.__dict__["__module__"]
_QUALNAME = type.__dict__["__qualname__"]


def attempt(read: Callable[..., object], *arguments: object, **keywords: object) -> object:
    """Call, and return `MISSING` when anything at all is raised."""
    try:
        return read(*arguments, **keywords)
    except BaseException:  # see the top
        return MISSING


def text(value: object) -> Optional[str]:
    """Return a `str` as UTF-8 can carry it, and `None` for anything else."""
    if not issubclass(type(value), str):
        return None
    # Through `str` itself: a subclass (lazy translations) may compute its text.
    return str.__str__(value).encode("utf-8", "replace").decode("utf-8")


def namespace(cls: type) -> Mapping[str, object]:
    """Return a class's own namespace."""
    found: Optional[Mapping[str, object]] = _NAMESPACE.__get__(cls)
    return {} if found is None else found


def mro(cls: type) -> Tuple[type, ...]:
    """Return a class's method resolution order, itself included."""
    found: Optional[Tuple[type, ...]] = _MRO.__get__(cls)
    # A type written in C that nobody finished (`unicodedata.UCD` before Python 3.10) has none, nor a namespace.
    return found or (cls, object)


def is_finished(cls: type) -> bool:
    """Tell whether a class can be used at all; looking an attribute up on an unfinished one is a segfault."""
    return _MRO.__get__(cls) is not None


def bases(cls: type) -> Tuple[type, ...]:
    """Return a class's direct bases."""
    found: Tuple[type, ...] = _BASES.__get__(cls) if is_finished(cls) else (object,)
    return found


def derives(value: object, cls: type) -> bool:
    """Tell whether a value's real class derives from another; `isinstance` believes a proxy's `__class__`."""
    return type.__subclasscheck__(cls, type(value))


def defines(cls: type, name: str) -> bool:
    """Tell whether a class or one of its bases defines a name as something other than `None`."""
    found = look_up(cls, name)
    return found is not MISSING and found is not None


def look_up(cls: type, name: str) -> object:
    """Return what a class's MRO holds under a name, without calling descriptors."""
    for one in mro(cls):
        found = namespace(one).get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def own(value: object, name: str) -> object:
    """Return what an instance's own `__dict__` holds under a name."""
    held = attempt(object.__getattribute__, value, "__dict__")
    # Through `dict` itself: some libraries put a mapping of their own there.
    return dict.get(held, name, MISSING) if isinstance(held, dict) else MISSING


def attribute(value: object, name: str) -> object:
    """Return an instance's attribute when it is its own, or comes from a slot written in C."""
    found = own(value, name)
    if found is not MISSING:
        return found
    slot = look_up(type(value), name)
    if class_names(type(slot))[1] in {"getset_descriptor", "member_descriptor"}:
        return attempt(getattr, value, name, MISSING)
    return MISSING


def class_names(cls: type) -> Tuple[Optional[str], Optional[str]]:
    """Return a class's `__module__` and `__qualname__`, each `None` unless it is a string."""
    return text(attempt(_MODULE.__get__, cls)), text(attempt(_QUALNAME.__get__, cls))


def address(cls: type) -> str:
    """Return a class as `module:qualname`, as it calls itself."""
    module, qualname = class_names(cls)
    return "{}:{}".format(module or "builtins", qualname or "object")


def module_namespace(name: Optional[str]) -> Mapping[str, object]:
    """Return the namespace of an imported module, empty when there is none."""
    held = attempt(object.__getattribute__, sys.modules.get(name or ""), "__dict__")
    return held if isinstance(held, dict) else {}


def sorted_names(names: object) -> List[str]:
    """Return the strings among some names, once each and sorted: their own order may be that of a set."""
    found = attempt(lambda: list(names))  # type: ignore[call-overload]
    return sorted({str.__str__(name) for name in found if type(name) is str}) if isinstance(found, list) else []
