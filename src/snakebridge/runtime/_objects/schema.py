# Schemas: the parameters of a function as a JSON schema, for whoever chooses among tools. What has no word there is
# said in Python's words, as a title.

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections import abc
from typing import Any

__all__ = ["parameters_of"]

_PLAIN: dict[Any, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null", None: "null",
}  # fmt: skip
_SEQUENCES = (list, tuple, set, frozenset, abc.Sequence, abc.Iterable, abc.Collection, abc.Set)
_MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)
_DEFAULTS = (bool, int, float, str, type(None))


def parameters_of(function: Any) -> dict[str, object]:
    """Return the schema of what a function takes, an object with a property for each parameter."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a built-in that does not tell
        return {"type": "object"}
    hints = _hints(function)
    properties: dict[str, object] = {}
    required: list[str] = []
    is_open = False
    for parameter in parameters:
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            is_open = is_open or parameter.kind is parameter.VAR_KEYWORD
            continue
        schema = _schema(hints.get(parameter.name, parameter.annotation))
        if parameter.default is parameter.empty:
            required.append(parameter.name)
        elif type(parameter.default) in _DEFAULTS:
            schema["default"] = parameter.default
        properties[parameter.name] = schema
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": is_open}


def _hints(function: Any) -> dict[str, Any]:
    target = function
    if isinstance(function, type):
        target = inspect.getattr_static(function, "__init__")
    elif not isinstance(function, (types.FunctionType, types.MethodType)):
        target = getattr(type(function), "__call__", function)  # noqa: B004 - its annotations are asked for
    try:
        return typing.get_type_hints(target, include_extras=True)
    except Exception:  # noqa: BLE001 - annotations may name what cannot be imported here
        return {}


def _schema(annotation: Any) -> dict[str, Any]:  # noqa: PLR0911 - a table of what an annotation may be
    if annotation in {inspect.Parameter.empty, Any, object}:
        return {}
    if isinstance(annotation, typing.Hashable) and annotation in _PLAIN:
        return {"type": _PLAIN[annotation]}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        described = [each for each in arguments[1:] if isinstance(each, str)]
        return {**_schema(arguments[0]), **({"description": described[0]} if described else {})}
    if origin in {typing.Union, types.UnionType}:
        return {"anyOf": [_schema(each) for each in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return {"enum": [each.value for each in annotation if type(each.value) in _DEFAULTS]}
    kind = origin or annotation
    if kind in _SEQUENCES:
        items = [each for each in arguments if each is not Ellipsis]
        alike = len(items) == 1
        return {"type": "array", **({"items": _schema(items[0])} if alike else {})}
    if kind in _MAPPINGS:
        return {"type": "object", **({"additionalProperties": _schema(arguments[1])} if len(arguments) > 1 else {})}
    return {"title": inspect.formatannotation(annotation)}
