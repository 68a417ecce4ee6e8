# What one object is; classes are in `_classes.py`.
#
# Guarantees: an object is described once, where it is first met; every other place says {"same": that address}; but
# plain values and type expressions have no identity. What goes wrong inside one object costs it: {"broken": type}.

from __future__ import annotations

import functools
import types
from typing import Any, Iterable

from . import _classes
from ._annotations import alias, declare, is_expression, is_named, scope_of
from ._literals import is_plain, literal
from ._reading import (
    MISSING,
    Facts,
    address,
    attribute,
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
    text,
)
from ._signatures import dispatches, flags, layers, overloads, signature

_ROUTINES = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodDescriptorType),
    *(types.WrapperDescriptorType, types.MethodWrapperType, types.ClassMethodDescriptorType),
    *(functools.partial, type(functools.lru_cache(len))),
)
# Of Cython, pybind11 and nanobind.
_FOREIGN_ROUTINES = {"cython_function_or_method", "fused_cython_function", "instancemethod", "nb_func", "nb_method"}


def is_routine(value: object) -> bool:
    if derives(value, *_ROUTINES) or class_names(type(value))[1] in _FOREIGN_ROUTINES:
        return True
    # An instance dressed by `functools.wraps` stands for the function (numpy's).
    is_dressed = own(value, "__wrapped__") is not MISSING and defines(type(value), "__call__")
    return is_dressed and is_routine(layers(value)[-1])


class Describer:
    def __init__(self, operators: Iterable[str]) -> None:
        self.operators = sorted(operators)
        self.bases: dict[int, type] = {}
        # With the objects, so that their ids are not given again.
        self._seen: dict[int, tuple[object, str]] = {}

    def entry(self, value: object, place: str) -> Facts:
        if is_plain(value):
            return constant(value)
        if is_named(value) or not is_expression(value):
            if id(value) in self._seen:
                return {"same": self._seen[id(value)][1]}
            self._seen[id(value)] = value, place
        try:
            return lean(self._facts(value, place))
        except BaseException as error:  # one object must never cost the module
            return {"broken": type(error).__name__}

    def unmet(self) -> list[type]:
        """Return the bases that were not described."""
        return sorted((one for one in self.bases.values() if id(one) not in self._seen), key=address)

    def _facts(self, value: Any, place: str) -> Facts:
        if derives(value, types.ModuleType):
            return {"kind": "module", "name": text(own(value, "__name__"))}
        if derives(value, type):
            return _classes.class_facts(value, place, self)
        if is_expression(value) or is_named(value):
            return alias(value, scope_of(held_by(place.partition(":")[0]))) or constant(value)
        if is_routine(value):
            return routine(value)
        return instance(value, self.operators) if defines(type(value), "__call__") else constant(value)


def constant(value: object) -> Facts:
    return {"kind": "constant", "type": address(type(value)), "value": literal(value)}


def named(value: object) -> Facts:
    module, qualname, name = (text(attribute(value, one)) for one in ("__module__", "__qualname__", "__name__"))
    return {"defined": [module, qualname or name], "doc": document(attribute(value, "__doc__"))}


def routine(value: Any, binding: str = "", *, drops: bool = True, chooser: Any = None) -> Facts:
    """Return the facts of a function, which may be bound, and then `drops` its first parameter."""
    chain, drops = layers(value), drops and binding in ("class", "instance")
    facts = {**named(value), "kind": "function", "binding": binding}
    if derives(value, types.MethodType):
        facts["defined"] = named(chain[:2][-1])["defined"]
    chosen = dispatches(value if chooser is None else chooser)
    facts["parameters"] = declare("{}:{}".format(*facts["defined"]), chain[-1])  # before the rest names them
    facts["flags"] = flags(chain) + (["single_dispatch"] if chosen else [])
    facts["signature"] = signature(value, drops=drops)
    facts["overloads"] = overloads(chain[-1], drops=drops)
    facts["deprecated"] = text(own(value, "__deprecated__"))
    facts["dispatches"] = sorted(map(address, chosen))
    return facts


def instance(value: object, operators: list[str]) -> Facts:
    kind = type(value)
    # Its own word: an attribute, or a descriptor of its type (ufuncs of numpy 2.4).
    has_word = own(value, "__signature__") is not MISSING or defines(kind, "__signature__")
    return {
        **named(value),
        "kind": "callable",
        "type": address(kind),
        "flags": flags([value]),
        "operators": [one for one in operators if any(one in namespace(base) for base in mro(kind)[:-1])],
        "signature": (signature(value) if has_word else None) or signature(look_up(kind, "__call__"), drops=True),
        "deprecated": text(own(value, "__deprecated__")),
    }
