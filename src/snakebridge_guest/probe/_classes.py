# What a class is.
#
# Only its own namespace is read, and nothing in it is evaluated: a property is described by its getter, most other
# descriptors by their type. What is inherited is described at the class that defines it.

from __future__ import annotations

import enum
import functools
import inspect
import sys
import types
from typing import Any

from . import _objects
from ._annotations import Scope, annotation, declare, is_expression, is_named, places, stated_in
from ._fields import is_passed_on, shape_facts
from ._literals import literal
from ._reading import (
    MISSING,
    Facts,
    address,
    attempt,
    attribute,
    bases,
    class_names,
    defines,
    derives,
    document,
    held_by,
    lean,
    look_up,
    mro,
    namespace,
    own,
    read,
    sorted_names,
    text,
)
from ._signatures import constructor, flags, layers, signature

_IS_ABSTRACT = 1 << 20
# Written in C; a field of a named tuple has `__set__`.
_DATA = (types.MemberDescriptorType, types.GetSetDescriptorType, type(inspect.FullArgSpec.__dict__["args"]))
_STANDARD = getattr(sys, "stdlib_module_names", {"builtins", "enum", "functools", "types"})
_at: Any = sys.implementation.name == "cpython" and attempt(lambda: __import__("ctypes").c_ssize_t.from_address)
_scopes: dict[int, tuple[type, Scope]] = {}


def class_facts(cls: type, place: str, describer: _objects.Describer) -> Facts:
    lineage, held = mro(cls), namespace(cls)
    describer.bases.update((id(one), one) for one in lineage[1:])
    for one in lineage:
        if "__type_params__" in namespace(one):
            declare(address(one), one)
    scope, stated, generic = _scope_in(cls), stated_in(cls, held), held.get("__orig_bases__")
    names = [one for one in sorted_names(stated) if one[:1] != "_" and not is_passed_on(held, one)]
    is_enum, facts = any(one is enum.Enum for one in lineage), shape_facts(cls, _scope_in)
    told = {
        "abstract": type.__dict__["__flags__"].__get__(cls) & _IS_ABSTRACT,
        "deprecated": text(held.get("__deprecated__")) is not None,
        "final": held.get("__final__") is True,
        "flags": any(one is enum.Flag for one in lineage),
        "frozen": facts.get("frozen") is True and facts["shape"] != "named_tuple",
        "runtime_checkable": held.get("_is_protocol") is held.get("_is_runtime_protocol") is True,
    }
    is_error = any(one is BaseException for one in lineage)
    facts.update(
        kind="enum" if is_enum else "exception" if is_error else "class",
        defined=list(class_names(cls)),
        scope=_written_in(cls),
        doc=document(held.get("__doc__")),
        bases=[address(one) for one in bases(cls)],
        lineage=[address(one) for one in lineage],
        flags=[name for name, holds in told.items() if holds],
        metaclass=address(type(cls)) if type(cls) is not type else None,
        parameters=places(held.get("__parameters__")),
        generic_bases=[annotation(one, scope) for one in attempt(tuple, generic) if is_expression(one)],
        annotations={name: annotation(stated[name], scope) for name in names},
        signature=constructor(cls, scope),
        deprecated=text(held.get("__deprecated__")),
    )
    found = held.get("_member_map_") if is_enum else None
    pairs = found.items() if isinstance(found, dict) else ()
    facts["enum"] = [[name, literal(attribute(one, "_value_"))] for name, one in pairs if type(name) is str]
    _add_members(cls, place, describer, facts)
    return facts


def _scope_in(cls: type) -> Scope:
    if id(cls) not in _scopes:
        homes = dict.fromkeys([_written_in(cls), class_names(cls)[0]])
        _scopes[id(cls)] = cls, Scope(namespace(cls), *map(held_by, homes))
    return _scopes[id(cls)][1]


def _written_in(cls: type) -> str | None:
    # A class may be given the name of another module; its methods know.
    module, qualname = class_names(cls)
    for one in namespace(cls).values():
        is_own = type(one) is types.FunctionType and "__wrapped__" not in one.__dict__
        if is_own and one.__qualname__.rpartition(".")[0] == qualname:
            return text(one.__globals__.get("__name__")) or text(module)
    return text(module)


def _add_members(cls: type, place: str, describer: _objects.Describer, facts: Facts) -> None:
    members, operators, blocked = facts.setdefault("members", {}), [], []
    held, enumerated = dict(namespace(cls)), {pair[0] for pair in facts["enum"]}
    for name in sorted_names(held):
        value = held[name]
        if name in describer.operators:
            if value is None:
                blocked.append(name)
            if not (defines(type(value), "__get__") or defines(type(value), "__call__")):
                continue
            operators.append(name)
        elif name[:1] in ("_", "") or name in enumerated:
            continue
        try:
            members[name] = lean(_member(cls, name, value, f"{place}.{name}", describer))
        except BaseException as error:  # one member never costs the class
            members[name] = {"broken": type(error).__name__}
    facts.update(operators=operators, blocked=blocked)


def _member(cls: type, name: str, value: Any, place: str, describer: _objects.Describer) -> Facts:
    kind, routine = type(value), _objects.routine
    if kind is types.FunctionType and not is_named(value):
        return routine(value, "instance")
    if derives(value, staticmethod, classmethod):
        return routine(read(value, "__func__"), "static" if derives(value, staticmethod) else "class")
    if kind is types.ClassMethodDescriptorType:
        return routine(value.__get__(None, cls), "class", drops=False)
    if derives(value, property, functools.cached_property):
        return _property(value)
    if any(kind is one for one in _DATA):
        return {"kind": "property", "settable": _is_settable(value), "doc": _objects.named(value)["doc"]}
    if derives(value, type) and class_names(value) != (class_names(cls)[0], f"{class_names(cls)[1]}.{name}"):
        return {"kind": "constant", "type": "builtins:type"}  # made elsewhere, and only referred to
    if derives(value, type) or is_expression(value) or is_named(value):
        return describer.entry(value, place)
    if derives(value, functools.partialmethod):
        facts = routine(value.__get__(None, cls), "instance")
        return {**facts, "flags": sorted({*facts["flags"], "partial"})}
    if derives(value, functools.singledispatchmethod):
        return routine(value.func, "instance", chooser=value.dispatcher)
    binds, called = defines(kind, "__get__"), defines(kind, "__call__")
    is_standard = str(class_names(kind)[0]).partition(".")[0] in _STANDARD
    maker = {"descriptor": address(kind) if binds and not is_standard else None}
    if called and (binds or _objects.is_routine(value)):
        return {**routine(value, "instance" if binds else "static"), **maker}
    if binds:
        made = _made_by(value, cls)
        if made is MISSING:  # only an instance could say what it gives
            return {"kind": "property", "settable": defines(kind, "__set__"), "type": address(kind), **maker}
        if derives(made, types.MethodType):
            return {**routine(made, "class", drops=False), **maker}
        first = ((signature(made) or {}).get("parameters") or [{}])[0].get("name")
        return {**routine(made, "instance", drops=first in ("self", "cls")), **maker}
    facts = describer.entry(value, place) if called else {"same": ""}
    return _objects.constant(value) if "same" in facts else {**facts, "binding": "static"}


def _made_by(value: object, cls: type) -> object:
    # The method that a descriptor makes (sklearn's `set_fit_request`). Asking runs code, so only one that holds a `def`
    # is asked; others may compute.
    get = look_up(type(value), "__get__")
    inner = get.__code__.co_consts if type(get) is types.FunctionType else ()
    if not any(type(one) is types.CodeType and one.co_name[0] != "<" for one in inner):
        return MISSING
    made = attempt(get, value, None, cls)
    return made if derives(made, types.FunctionType, types.MethodType) else MISSING


def _is_settable(value: Any) -> bool:
    # Trying takes an instance: read the setter (`PyGetSetDef`) or the flags (`PyMemberDef`).
    head, word, is_slot = id(value) + object.__basicsize__, tuple.__itemsize__, type(value) is _DATA[0]
    if not (_at and (is_slot or type(value) is _DATA[1]) and _at(head).value == id(value.__objclass__)):
        return False
    found = _at(_at(head + 3 * word).value + (3 if is_slot else 2) * word).value
    return not found & (1 << 32 | 1) if is_slot else bool(found)


def _property(value: object) -> Facts:
    is_cached = not derives(value, property)
    getter = read(value, "func" if is_cached else "fget")
    told = {*flags(layers(getter))} & {"abstract", "deprecated", "final"}
    told |= {"cached"} if is_cached else {"deletable"} if callable(read(value, "fdel", None)) else set()
    return {
        "kind": "property",
        "settable": callable(read(value, "fset", None)),
        "doc": _objects.named(value)["doc"] or _objects.named(getter)["doc"],
        "flags": sorted(told),
        "returns": (signature(getter) or {}).get("returns"),
        "deprecated": text(own(getter, "__deprecated__")),
    }
