# What sort of data a class holds, and its fields: data classes, attrs, pydantic, named tuples, typed dictionaries.
#
# Each is known by what its maker wrote into the class, so no maker is imported. Inherited fields are listed too.

from __future__ import annotations

from typing import Any, Callable

from ._annotations import Scope, annotation, stated_in
from ._literals import default_of
from ._reading import MISSING, Facts, Space, attribute, class_names, look_up, mro, namespace, sorted_names, text

_UNSET = {"_MISSING_TYPE", "_Nothing", "PydanticUndefinedType", "UndefinedType"}
_PLACES = {
    "__dataclass_fields__": "dataclass",
    "__attrs_attrs__": "attrs",
    "__pydantic_fields__": "pydantic",
    "model_fields": "pydantic",  # before pydantic 2.10
    "__fields__": "pydantic",  # of pydantic 1
}


def shape_facts(cls: type, scope_in: Callable[[type], Scope]) -> Facts:
    held = namespace(cls)
    names, scope, stated = held.get("_fields"), scope_in(cls), stated_in(cls, held)
    if held.get("_is_protocol") is True:
        return {"shape": "protocol"}
    if class_names(type(cls))[1] == "_TypedDictMeta":
        return {"shape": "typed_dict", "fields": [_key(name, annotation(stated[name], scope), held) for name in stated]}
    if isinstance(names, tuple) and any(one is tuple for one in mro(cls)):
        fields = [_item(one, stated, held.get("_field_defaults"), scope) for one in names if type(one) is str]
        return {"shape": "named_tuple", "fields": fields, "frozen": True}
    for place, shape in _PLACES.items():
        found = held.get(place)
        if isinstance(found, (dict, tuple)):
            pairs = found.items() if isinstance(found, dict) else [(attribute(one, "name"), one) for one in found]
            # A data class has class variables and `InitVar`s among them.
            pairs = [pair for pair in pairs if type(pair[0]) is str and _sort(pair[1]) in (None, "_FIELD")]
            fields = [_field(shape, name, one, cls, scope_in) for name, one in pairs]
            return {"shape": shape, "fields": fields, "frozen": _is_frozen(cls, held)}
    return {}


def is_passed_on(held: Space, name: str) -> bool:
    """Tell whether what a data class annotates is an `InitVar`, and no attribute."""
    fields = held.get("__dataclass_fields__")
    return isinstance(fields, dict) and _sort(fields.get(name)) == "_FIELD_INITVAR"


def _sort(field: object) -> str | None:
    return text(attribute(attribute(field, "_field_type"), "name"))


def _field(shape: str, name: str, one: object, cls: type, scope_in: Callable[[type], Scope]) -> Facts:
    facts: Facts = {"name": name}
    places = (attribute(one, place) for place in ("type", "annotation", "outer_type_"))
    stated = next((found for found in places if found is not MISSING), None)
    if stated is not None or shape == "dataclass":
        home = next((base for base in mro(cls) if name in stated_in(base, namespace(base))), cls)
        facts["annotation"] = annotation(stated, scope_in(home))
    default, factory = attribute(one, "default"), attribute(one, "default_factory")
    is_made = class_names(type(default))[1] == "Factory" or not (factory is None or _is_unset(factory))
    is_unset = is_made or _is_unset(default)
    told = attribute(one, "required")  # pydantic 1 alone says so
    if not (told is True if told is not MISSING else is_unset and not is_made):
        facts.update({"required": False} if is_unset else {"required": False, "default": default_of(default)})
    if shape == "pydantic" or attribute(one, "kw_only") is True:
        facts["keyword_only"] = True
    if attribute(one, "init") is False:
        facts["init"] = False
    # attrs did not say before 22.2.
    alias = text(attribute(one, "alias")) or (name.lstrip("_") if shape == "attrs" else name)
    return facts if alias == name else {**facts, "alias": alias}


def _is_unset(value: object) -> bool:
    return value is MISSING or class_names(type(value))[1] in _UNSET


def _is_frozen(cls: type, held: Space) -> bool:
    config, older = held.get("model_config"), held.get("__config__")
    if isinstance(config, dict):
        return config.get("frozen") is True
    if isinstance(older, type):
        return look_up(older, "frozen") is True or look_up(older, "allow_mutation") is False
    setter = attribute(look_up(cls, "__setattr__"), "__name__")
    return attribute(held.get("__dataclass_params__"), "frozen") is True or text(setter) == "_frozen_setattrs"  # attrs


def _item(name: str, stated: Space, given: Any, scope: Scope) -> Facts:
    facts: Facts = {"name": name, "annotation": annotation(stated[name], scope)} if name in stated else {"name": name}
    if isinstance(given, dict) and name in given:
        facts.update(required=False, default=default_of(given[name]))
    return facts


def _key(name: str, stated: Facts, held: Space) -> Facts:
    # Strings were not evaluated, and Python 3.8 knows only the class.
    word = stated.get("raw", "").partition("[")[0].rpartition(".")[2]
    needed = held.get("__required_keys__")
    required = held.get("__total__") is not False if needed is None else name in sorted_names(needed)
    required = word == "Required" or (required and word != "NotRequired")
    return {"name": name, "annotation": stated, "required": required}
