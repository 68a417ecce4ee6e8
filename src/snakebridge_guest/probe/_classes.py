# What a class is: its bases, its own members, the operators it defines, its constructor and its annotations.
#
# Only the class's own namespace is read, and nothing in it is evaluated: a property is described by its getter, a
# descriptor by its type. What is inherited is described at the class that defines it.

from __future__ import annotations

import enum
import functools
import inspect
import types
from typing import TYPE_CHECKING, List, Optional

from snakebridge_guest.probe import _objects
from snakebridge_guest.probe._annotations import Scopes, annotation, class_annotations
from snakebridge_guest.probe._literals import literal
from snakebridge_guest.probe._reading import (
    MISSING,
    Facts,
    address,
    attempt,
    bases,
    class_names,
    defines,
    derives,
    module_namespace,
    mro,
    namespace,
    sorted_names,
    text,
)
from snakebridge_guest.probe._signatures import constructor, marks, signature

if TYPE_CHECKING:
    from snakebridge_guest.probe._objects import Describer

# How a class keeps house: never an attribute that somebody reads for its value.
_MACHINERY = {
    *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__slots__", "__annotations__"),
    *("__annotate__", "__annotate_func__", "__annotations_cache__", "__firstlineno__", "__static_attributes__"),
    *("__orig_bases__", "__parameters__", "__type_params__", "__abstractmethods__", "_abc_impl", "__match_args__"),
    *("__dataclass_fields__", "__dataclass_params__", "__attrs_attrs__", "__signature__", "__text_signature__"),
    *("__deprecated__", "__wrapped__", "__classcell__", "__classdictcell__"),
}
_IS_ABSTRACT = 1 << 20
# A named tuple's field defines `__set__`, only to refuse.
_FIELD_OF_TUPLE = type(inspect.FullArgSpec.__dict__["args"])


def class_facts(cls: type, place: str, describer: Describer) -> Facts:
    """Return the facts of a class."""
    lineage = mro(cls)
    for one in lineage[1:]:
        describer.bases[id(one)] = one
    held = namespace(cls)
    document = text(held.get("__doc__"))
    facts: Facts = {
        "kind": _kind(lineage),
        "defined": list(class_names(cls)),
        "doc": inspect.cleandoc(document).strip() if document else None,
        "bases": [address(one) for one in bases(cls)],
        "lineage": [address(one) for one in lineage],
        "flags": _flags(cls),
    }
    scopes: Scopes = [held, module_namespace(class_names(cls)[0])]
    annotations = class_annotations(cls)
    if annotations:
        facts["annotations"] = {name: annotation(annotations[name], scopes) for name in sorted_names(annotations)}
    members = own_enum_members(cls)
    if members is not None:
        facts["enum"] = members
    fields = held.get("__dataclass_fields__")
    if isinstance(fields, dict):
        frozen = attempt(getattr, held.get("__dataclass_params__"), "frozen") is True
        facts["dataclass"] = {"fields": [name for name in fields if type(name) is str], "frozen": frozen}
    made = constructor(cls)
    if made is not None:
        facts["signature"] = made
    _add_members(cls, place, describer, facts, {pair[0] for pair in members or ()})
    return facts


def _kind(lineage: "tuple[type, ...]") -> str:
    if any(one is enum.Enum for one in lineage):
        return "enum"
    return "exception" if any(one is BaseException for one in lineage) else "class"


def _flags(cls: type) -> List[str]:
    found = set()
    if type.__dict__["__flags__"].__get__(cls) & _IS_ABSTRACT:
        found.add("abstract")
    if text(namespace(cls).get("__deprecated__")) is not None:
        found.add("deprecated")
    return sorted(found)


def own_enum_members(cls: type) -> Optional[List[List[Optional[str]]]]:
    """Return the names and literal values of an enum's members, aliases included, in definition order."""
    if not any(one is enum.Enum for one in mro(cls)):
        return None
    held = namespace(cls).get("_member_map_")
    if not isinstance(held, dict):
        return None
    return [
        [str(name), literal(attempt(object.__getattribute__, member, "_value_"))]
        for name, member in held.items()
        if type(name) is str
    ]


# --- Members --------------------------------------------------------------------------------------------------------


def _add_members(cls: type, place: str, describer: Describer, facts: Facts, enumerated: "set[Optional[str]]") -> None:
    members: Facts = {}
    operators: List[str] = []
    blocked: List[str] = []
    held = dict(namespace(cls))
    for name in sorted_names(held):
        value = held[name]
        if name in _MACHINERY or name in enumerated:
            continue
        if _objects.is_operator(name):
            if value is None:
                blocked.append(name)
                continue
            if not (defines(type(value), "__get__") or defines(type(value), "__call__")):
                continue
            operators.append(name)
        try:
            members[name] = _member(cls, name, value, f"{place}.{name}", describer)
        except BaseException as error:  # as in `Describer.entry`
            # One member never costs the class.
            members[name] = {"broken": type(error).__name__}
    facts["members"] = members
    if operators:
        facts["operators"] = operators
    if blocked:
        facts["blocked"] = blocked


def _member(cls: type, name: str, value: object, place: str, describer: Describer) -> Facts:
    kind = type(value)
    if derives(value, staticmethod):
        return {**_objects.routine(attempt(getattr, value, "__func__")), "binding": "static"}
    if derives(value, classmethod):
        return {**_objects.routine(attempt(getattr, value, "__func__"), drop_first=True), "binding": "class"}
    if kind is types.ClassMethodDescriptorType:
        return {**_objects.routine(value.__get__(None, cls)), "binding": "class"}  # type: ignore[attr-defined]
    if derives(value, property):
        return _property(value, "fget", settable=callable(attempt(getattr, value, "fset")))
    if derives(value, functools.cached_property):
        return _property(value, "func", settable=False)
    if kind is types.MemberDescriptorType:
        slots = namespace(cls).get("__slots__", MISSING)
        return {"kind": "property", "settable": slots is not MISSING, "doc": _objects.doc(value)}
    if kind is types.GetSetDescriptorType:
        return {"kind": "property", "settable": False, "doc": _objects.doc(value)}
    if derives(value, type):
        return _class_member(cls, name, value, place, describer)  # type: ignore[arg-type]
    if derives(value, functools.partialmethod):
        bound = value.__get__(None, cls)  # type: ignore[attr-defined]
        return {**_objects.routine(bound, drop_first=True), "binding": "instance"}
    if derives(value, functools.singledispatchmethod):
        return {**_objects.routine(value.func, drop_first=True), "binding": "instance"}  # type: ignore[attr-defined]
    binds, called = defines(kind, "__get__"), defines(kind, "__call__")
    if called and (binds or _objects.is_routine(value)):
        binding = "instance" if binds else "static"
        return {**_objects.routine(value, drop_first=binds), "binding": binding}
    if kind is _FIELD_OF_TUPLE:
        return {"kind": "property", "settable": False, "doc": _objects.doc(value)}
    if binds:
        # Some descriptor of the library's own: only an instance could say what it gives.
        return {"kind": "property", "settable": defines(kind, "__set__"), "type": address(kind), "doc": None}
    if called:
        return {**describer.entry(value, place), "binding": "static"}
    return {"kind": "constant", "type": address(kind), "value": literal(value)}


def _class_member(cls: type, name: str, value: type, place: str, describer: Describer) -> Facts:
    module, qualname = class_names(cls)
    if class_names(value) == (module, f"{qualname}.{name}"):
        return describer.entry(value, place)
    # A class that was made elsewhere and is only referred to, such as a default to be replaced in children.
    return {"kind": "constant", "type": "builtins:type", "value": None, "refers": address(value)}


def _property(value: object, getter: str, *, settable: bool) -> Facts:
    read = attempt(getattr, value, getter)
    facts: Facts = {"kind": "property", "settable": settable, "doc": _objects.doc(value) or _objects.doc(read)}
    facts["flags"] = sorted(marks(read))
    found = signature(read)
    if found is not None and "returns" in found:
        facts["returns"] = found["returns"]
    return facts
