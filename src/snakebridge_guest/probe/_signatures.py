# How something is called: its parameters, where they were learnt, and what calling it gives.
#
# `inspect.signature` is trusted; it may run code of the library (`__signature__`), so it is an attempt.

from __future__ import annotations

import contextlib
import functools
import inspect
import types
import typing
from inspect import Parameter, Signature
from typing import Any, Iterable

from ._annotations import LAZY, Scope, annotation, scope_of
from ._literals import default_of
from ._reading import MISSING, Facts, attempt, attribute, derives, is_finished, look_up, mro, namespace, own, read, text

_FLAGS = {
    "coroutine": inspect.iscoroutinefunction,
    "generator": inspect.isgeneratorfunction,
    "async_generator": inspect.isasyncgenfunction,
}
_MARKS = {"abstract": "__isabstractmethod__", "final": "__final__"}
_OVERLOADS = getattr(typing, "get_overloads", list)
# They may name what exists only for type checkers.
_OPTIONS = {"annotation_format": LAZY.Format.FORWARDREF} if LAZY else {}


def signature(value: Any, *, drops: bool = False) -> Facts | None:
    """Return the signature of a routine, which `drops` its first parameter when it is bound."""
    # One that wraps itself makes `inspect` give up.
    found, chain = _inspected(value) or _inspected(value, follow_wrapped=False), layers(value)
    if found is None:
        return None
    given = list(found.parameters.values())
    # A wrapper that takes anything may take keywords that `functools.wraps` hides.
    if all(type(one) is types.FunctionType and "__signature__" not in one.__dict__ for one in chain):
        for wrapper in reversed(chain[:-1]):
            given = _widened(given, _inspected(wrapper, follow_wrapped=False))
    held = chain[-1].__globals__ if type(chain[-1]) is types.FunctionType else {}
    return _facts(_unbound(given) if drops else given, found, _source(chain), scope_of(held))


def constructor(cls: type, scope: Scope) -> Facts | None:
    if not is_finished(cls):
        return None
    # The first `__init__` or `__new__` of its MRO decides, unless that is `object`'s.
    makers = (namespace(one).get(name) for one in mro(cls)[:-1] for name in ("__new__", "__init__"))
    maker = next((one for one in makers if one is not None), None)
    maker = read(maker, "__func__") if derives(maker, staticmethod) else maker
    if type(maker) is types.FunctionType:
        scope = Scope(maker.__globals__, *scope.spaces[:-1])
    source = "runtime" if maker is None else _source(layers(maker))
    found = _inspected(cls)
    if found is None and maker is None:
        return {"parameters": [], "source": "runtime"}
    if found is None:
        found = _inspected(maker)
        return None if found is None else _facts(_unbound(found.parameters.values()), found, source, scope)
    given, init = list(found.parameters.values()), look_up(cls, "__init__")
    # sympy's metaclass tells only what has a place.
    made = _inspected(maker) if look_up(type(cls), "__signature__") is not MISSING else None
    if made is not None and all(one.kind < 4 for one in given):
        given += [one for one in made.parameters.values() if one.kind == 4]
    inner = _inspected(init) if _takes_any(given) and type(init) is types.FunctionType else None
    if inner is not None:  # a `__new__` that takes anything (networkx.Graph) passes it on
        given = _unbound(inner.parameters.values())
        given = _widened(given, found) if any(one.kind == 4 for one in given) else given
    return {**_facts(given, inner or found, source, scope), "narrowed": inner is not None}


def _inspected(value: object, **options: Any) -> Signature | None:
    found = attempt(inspect.signature, value, **_OPTIONS, **options)
    return found if isinstance(found, Signature) else None


def _takes_any(given: list[Parameter]) -> bool:
    return {one.kind for one in given} >= {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}


def _widened(given: list[Parameter], outer: Signature | None) -> list[Parameter]:
    other = list(outer.parameters.values()) if outer is not None else []
    known, last = {one.name for one in given}, [one for one in given if one.kind == 4]
    added = [one for one in other if one.kind == 3 and one.name not in known and one.name[0] != "_"]
    return [*given[: len(given) - len(last)], *added, *last] if _takes_any(other) else given


def _unbound(given: Iterable[Parameter]) -> list[Parameter]:
    found = list(given)
    return found[1:] if found and found[0].kind < 2 else found  # `*args` takes `self` along


def _facts(given: list[Parameter], found: Signature, source: str, scope: Scope) -> Facts:
    facts: Facts = {"parameters": [_parameter(one, scope) for one in given], "source": source}
    if found.return_annotation is not found.empty:
        facts["returns"] = annotation(found.return_annotation, scope)
    home = text(attempt(scope.spaces[0].get, "__name__"))
    return facts if home is None else {**facts, "scope": home}


def _parameter(parameter: Parameter, scope: Scope) -> Facts:
    facts: Facts = {"name": parameter.name, "kind": int(parameter.kind)}
    if parameter.default is not parameter.empty:
        facts["default"] = default_of(parameter.default)
    if parameter.annotation is not parameter.empty:
        facts["annotation"] = annotation(parameter.annotation, scope)
    return facts


def overloads(inner: object, *, drops: bool) -> list[Facts]:
    # `typing` knows them since 3.11.
    found = attempt(_OVERLOADS, inner) if type(inner) is types.FunctionType else ()
    made = (signature(layers(one)[-1], drops=drops) for one in found)
    return [one for one in made if one is not None]


def layers(value: Any) -> list[Any]:
    """Return a callable and what it wraps, outermost first."""
    found = [value]
    while True:
        if derives(value, functools.partial):
            value = attempt(functools.partial.func.__get__, value)
        elif derives(value, types.MethodType, staticmethod, classmethod):
            value = read(value, "__func__")
        else:
            value = own(value, "__wrapped__")
        if value is MISSING or any(value is one for one in found):
            return found
        found.append(value)


def _source(chain: list[Any]) -> str:
    is_told = any(own(one, "__signature__") is not MISSING for one in chain) or type(chain[-1]) is types.FunctionType
    is_told = is_told or look_up(type(chain[-1]), "__text_signature__") is MISSING
    return "runtime" if is_told else "text_signature"


def flags(chain: list[Any]) -> list[str]:
    """Return what calling gives, and what decorators wrote."""
    found = {flag for flag, name in _MARKS.items() if any(attribute(one, name) is True for one in chain)}
    found |= {"deprecated"} if text(own(chain[0], "__deprecated__")) is not None else set()
    for one in chain:
        if derives(one, functools.partial):
            found.add("partial")
        if type(one) is not types.FunctionType:
            continue
        if one.__globals__ is vars(contextlib) and one.__code__.co_name == "helper":
            is_async = inspect.isasyncgenfunction(chain[-1]) or inspect.iscoroutinefunction(chain[-1])
            found.add("async_context_manager" if is_async else "context_manager")
            break
        found |= {name for name, holds in _FLAGS.items() if holds(one)}
    return sorted(found)


def dispatches(value: object) -> list[type]:
    registry = own(value, "registry")
    is_one = derives(registry, types.MappingProxyType) and own(value, "dispatch") is not MISSING
    return [one for one in (attempt(list, registry) if is_one else []) if derives(one, type)]
