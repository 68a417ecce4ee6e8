# How something is called: its parameters, where they were learnt, and what calling it gives (a coroutine, a generator).
#
# `inspect.signature` is trusted for functions. It evaluates `__signature__`, which exists to be evaluated, and may run
# code of the library on the way (a metaclass, a wrapper), so every call of it is an attempt.

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import types
from typing import Dict, List, Optional

from snakebridge_guest.probe._annotations import Scopes, annotation
from snakebridge_guest.probe._literals import literal
from snakebridge_guest.probe._reading import (
    MISSING,
    Facts,
    address,
    attempt,
    attribute,
    class_names,
    derives,
    is_finished,
    look_up,
    module_namespace,
    mro,
    namespace,
    own,
    text,
)

_MOST_WRAPPERS = 50
_OPTIONS: Dict[str, object] = {}
if sys.version_info >= (3, 14):
    import annotationlib  # type: ignore[import-not-found]

    # Evaluating lazy annotations raises for names that exist only while type checking.
    _OPTIONS["annotation_format"] = annotationlib.Format.FORWARDREF


def signature(value: object, *, drop_first: bool = False) -> Optional[Facts]:
    """Return the signature of a routine, without its bound parameter, or `None` when it tells nobody."""
    found = attempt(inspect.signature, value, **_OPTIONS)
    if not isinstance(found, inspect.Signature):
        return None
    return _facts(found, _source(value), [_globals(value)], drop_first=drop_first)


def constructor(cls: type) -> Optional[Facts]:
    """Return the signature of calling a class, without its bound parameter."""
    if not is_finished(cls):
        return None
    scopes = [namespace(cls), module_namespace(class_names(cls)[0])]
    found = attempt(inspect.signature, cls, **_OPTIONS)
    maker = _maker(cls)
    if maker is not None and derives(maker, types.FunctionType):
        scopes.insert(0, _globals(maker))
    source = "runtime" if maker is None else _source(maker)
    if isinstance(found, inspect.Signature):
        return _facts(_narrowed(found, cls), source, scopes)
    if maker is None:
        return {"parameters": [], "source": "runtime"}
    found = attempt(inspect.signature, maker, **_OPTIONS)
    return _facts(found, source, scopes, drop_first=True) if isinstance(found, inspect.Signature) else None


def _narrowed(found: inspect.Signature, cls: type) -> inspect.Signature:
    # A `__new__` that takes anything (networkx.Graph) passes it on to `__init__`, which says what that may be.
    kinds = {one.kind for one in found.parameters.values()}
    init = look_up(cls, "__init__")
    if not {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds:
        return found
    inner = attempt(inspect.signature, init, **_OPTIONS) if derives(init, types.FunctionType) else MISSING
    if not isinstance(inner, inspect.Signature):
        return found
    parameters = list(inner.parameters.values())[1:]
    last = [one for one in parameters if one.kind is one.VAR_KEYWORD]
    added = [one for one in found.parameters.values() if one.kind is one.KEYWORD_ONLY]
    added = [one for one in added if one.name not in inner.parameters] if last else []
    merged = attempt(inner.replace, parameters=[*parameters[: len(parameters) - len(last)], *added, *last])
    return merged if isinstance(merged, inspect.Signature) else found


def _maker(cls: type) -> Optional[object]:
    # What decides how a class is called: the first `__init__` or `__new__` of its MRO that is not `object`'s.
    for one in mro(cls)[:-1]:
        for name in ("__new__", "__init__"):
            found = namespace(one).get(name)
            if found is not None:
                return attempt(getattr, found, "__func__") if derives(found, staticmethod) else found
    return None


def _facts(found: inspect.Signature, source: str, scopes: Scopes, *, drop_first: bool = False) -> Facts:
    parameters = list(found.parameters.values())
    if drop_first and parameters and parameters[0].kind in (0, 1):  # not `*args`, which takes `self` along
        parameters = parameters[1:]
    facts: Facts = {"parameters": [_parameter(one, scopes) for one in parameters], "source": source}
    if found.return_annotation is not found.empty:
        facts["returns"] = annotation(found.return_annotation, scopes)
    return facts


def _parameter(parameter: inspect.Parameter, scopes: Scopes) -> Facts:
    facts: Facts = {"name": parameter.name, "kind": int(parameter.kind)}
    if parameter.default is not parameter.empty:
        source = literal(parameter.default)
        facts["default"] = {"literal": source} if source else {"opaque": address(type(parameter.default))}
    if parameter.annotation is not parameter.empty:
        facts["annotation"] = annotation(parameter.annotation, scopes)
    return facts


# --- Through wrappers -----------------------------------------------------------------------------------------------


def layers(value: object) -> List[object]:
    """Return a callable and what it wraps, outermost first: partial objects, methods, `functools.wraps`."""
    found = [value]
    while len(found) < _MOST_WRAPPERS:
        if derives(value, functools.partial):
            value = attempt(functools.partial.func.__get__, value)
        elif derives(value, types.MethodType) or derives(value, staticmethod) or derives(value, classmethod):
            value = attempt(getattr, value, "__func__")
        else:
            value = own(value, "__wrapped__")
        if value is MISSING or any(value is one for one in found):
            break
        found.append(value)
    return found


def _source(value: object) -> str:
    chain = layers(value)
    if any(own(one, "__signature__") is not MISSING for one in chain) or derives(chain[-1], types.FunctionType):
        return "runtime"
    return "runtime" if look_up(type(chain[-1]), "__text_signature__") is MISSING else "text_signature"


def _globals(value: object) -> Dict[str, object]:
    for one in reversed(layers(value)):
        if derives(one, types.FunctionType):
            return one.__globals__  # type: ignore[attr-defined, no-any-return]
    return {}


def flags(value: object) -> List[str]:
    """Return what calling gives, and other facts about a routine, sorted."""
    found = set()
    chain = layers(value)
    for one in chain:
        if derives(one, types.FunctionType):
            if one.__globals__ is vars(contextlib) and one.__code__.co_name == "helper":  # type: ignore[attr-defined]
                inner = chain[-1]
                is_async = inspect.isasyncgenfunction(inner) or inspect.iscoroutinefunction(inner)
                found.add("async_context_manager" if is_async else "context_manager")
                break
            kinds = {
                "coroutine": inspect.iscoroutinefunction(one),
                "generator": inspect.isgeneratorfunction(one),
                "async_generator": inspect.isasyncgenfunction(one),
            }
            found |= {name for name, holds in kinds.items() if holds}
    found |= marks(value)
    return sorted(found)


def marks(value: object) -> "set[str]":
    """Return the facts that are written on an object by decorators."""
    found = set()
    if any(attribute(one, "__isabstractmethod__") is True for one in layers(value)):
        found.add("abstract")
    if text(own(value, "__deprecated__")) is not None:
        found.add("deprecated")
    return found
