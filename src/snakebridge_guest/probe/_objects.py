# What one object is: the facts of functions, callable instances, constants and modules; classes are in `_classes.py`.
#
# Guarantees: an object with an identity of its own is described once per run, at the first place where it is met; every
# other place says {"same": that address}. Whatever goes wrong inside one object costs that object: {"broken": type}.

from __future__ import annotations

import functools
import inspect
import types
from typing import Dict, List, Optional

from snakebridge_guest.probe import _classes
from snakebridge_guest.probe._literals import is_plain, literal
from snakebridge_guest.probe._reading import (
    MISSING,
    Facts,
    address,
    attribute,
    class_names,
    defines,
    derives,
    look_up,
    mro,
    namespace,
    own,
    text,
)
from snakebridge_guest.probe._signatures import flags, layers, marks, signature

ROUTINES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    functools.partial,
    type(functools.lru_cache(len)),
)
_ALIASES = {"typing", "types", "typing_extensions"}
# Functions of extension modules made by Cython, pybind11 and nanobind, which share no base.
_FOREIGN_ROUTINES = {"cython_function_or_method", "fused_cython_function", "instancemethod", "nb_func", "nb_method"}


def is_operator(name: object) -> bool:
    """Tell whether a name has the form that Python looks up on types."""
    return type(name) is str and len(name) > 4 and name.startswith("__") and name.endswith("__")


def is_routine(value: object) -> bool:
    """Tell whether an object is a function of some sort, not merely an instance that can be called."""
    if any(derives(value, kind) for kind in ROUTINES) or class_names(type(value))[1] in _FOREIGN_ROUTINES:
        return True
    # An instance dressed by `functools.wraps` stands for the function (numpy's array functions).
    wrapped = own(value, "__wrapped__")
    return wrapped is not MISSING and defines(type(value), "__call__") and is_routine(layers(value)[-1])


def doc(value: object) -> Optional[str]:
    """Return an object's own docstring, cleaned; never that of its class."""
    found = text(attribute(value, "__doc__"))
    if found is None and derives(value, functools.partial):
        return None
    return inspect.cleandoc(found).strip() if found else None


def names(value: object) -> List[Optional[str]]:
    """Return an object's `__module__` and `__qualname__`, each `None` unless it is its own and a string."""
    module, qualname = (text(attribute(value, name)) for name in ("__module__", "__qualname__"))
    return [module, qualname or text(attribute(value, "__name__"))]


class Describer:
    """Describes objects, each of them once."""

    def __init__(self) -> None:
        self._seen: Dict[int, str] = {}
        # An id may be given again once its object is gone, so what was seen stays.
        self._kept: List[object] = []
        self.bases: Dict[int, type] = {}
        """The bases of described classes, by id; they may never be met as members."""

    def entry(self, value: object, place: str) -> Facts:
        """Return the facts of what stands at a place, or where they were given before."""
        if is_plain(value):
            return {"kind": "constant", "type": address(type(value)), "value": literal(value)}
        known = self._seen.get(id(value))
        if known is not None:
            return {"same": known}
        self._seen[id(value)] = place
        self._kept.append(value)
        try:
            return self._facts(value, place)
        except BaseException as error:  # the last line of defence
            # Nothing here should let an exception of the library through, but one object must never cost the module.
            return {"broken": type(error).__name__}

    def was_seen(self, value: object) -> bool:
        """Tell whether an object was described before."""
        return id(value) in self._seen

    def _facts(self, value: object, place: str) -> Facts:
        if derives(value, types.ModuleType):
            return {"kind": "module", "name": text(own(value, "__name__"))}
        if derives(value, type):
            return _classes.class_facts(value, place, self)  # type: ignore[arg-type]
        if is_routine(value):
            return routine(value)
        if _is_callable(value):
            return instance(value)
        return {"kind": "constant", "type": address(type(value)), "value": literal(value)}


def _is_callable(value: object) -> bool:
    # Aliases of `typing` can be called only to make the class behind them.
    return defines(type(value), "__call__") and class_names(type(value))[0] not in _ALIASES


def routine(value: object, *, drop_first: bool = False) -> Facts:
    """Return the facts of a function."""
    facts: Facts = {
        "kind": "function",
        "defined": names(layers(value)[1] if derives(value, types.MethodType) else value),
        "doc": doc(value),
        "flags": flags(value),
    }
    found = signature(value, drop_first=drop_first)
    if found is not None:
        facts["signature"] = found
    return facts


def instance(value: object) -> Facts:
    """Return the facts of an instance that can be called."""
    facts: Facts = {
        "kind": "callable",
        "type": address(type(value)),
        "defined": names(value),
        "doc": doc(value),
        "flags": sorted(marks(value)),
        "operators": sorted({name for one in mro(type(value))[:-1] for name in namespace(one) if is_operator(name)}),
    }
    call = look_up(type(value), "__call__")
    found = signature(value) if own(value, "__signature__") is not MISSING else signature(call, drop_first=True)
    if found is not None:
        facts["signature"] = found
    return facts
