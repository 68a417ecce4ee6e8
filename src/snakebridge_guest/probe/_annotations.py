# What an annotation says: {"name": address, "args": [...]}, {"union": [...]}, {"parameters": [...]} (of a callable),
# {"literal": source}, or {"raw": text, "names": {dotted name in it: its meaning or null}}; never a repr.
#
# Strings are parsed, not evaluated: each name is looked up where it was written. A string that is one name with a
# meaning is that meaning. Type parameters are called `module:Name`, where their module binds them; those of PEP 695
# `module:Owner.T`, which is told before they are met.

from __future__ import annotations

import ast
import builtins
import dataclasses
import sys
import types
import typing
from typing import Any, Iterator

from ._literals import literal
from ._reading import (
    MISSING,
    Facts,
    Space,
    address,
    attempt,
    attribute,
    class_names,
    derives,
    held_by,
    look_up,
    own,
    read,
    sorted_names,
    text,
)

LAZY = attempt(__import__, "annotationlib")  # since Python 3.14
_DEEPEST = 16
_LONGEST = 2000
_MACHINERY = {"typing", "typing_extensions", "types", "collections.abc", "_collections_abc"}
KINDS = {"TypeVar", "ParamSpec", "TypeVarTuple"}
NAMED = {*KINDS, "NewType", "TypeAliasType"}
_VARIANCES = {"covariant": "covariant", "contravariant": "contravariant", "infer_variance": "inferred"}
_NONE: Facts = {"name": "types:NoneType"}
_GENERIC_ALIAS = getattr(types, "GenericAlias", type(typing.List))
_open: set[int] = set()
_dotted: dict[str, list[str]] = {}
variables: dict[str, Facts] = {}  # what each type parameter is, by address
_places: dict[int, tuple[object, str | None]] = {}  # with the object, so that its id is not given again


class Scope:
    """Where annotations are written: namespaces, the nearest first."""

    def __init__(self, *spaces: Space) -> None:
        self.spaces = (*spaces, vars(builtins))
        self.read: dict[str, Facts] = {}


_scopes: dict[int, Scope] = {}


def scope_of(held: Space) -> Scope:
    """Return the one scope of a module, by its very namespace, which it keeps alive."""
    return _scopes.get(id(held)) or _scopes.setdefault(id(held), Scope(held))


def annotation(value: Any, scope: Scope, depth: int = 0) -> Facts:
    if depth > _DEEPEST or value is MISSING:
        return {"raw": "\u2026"}  # no source, so nobody reads a meaning into it
    if value is None or value is type(None):
        return _NONE
    if value is ...:
        return {"name": "types:EllipsisType"}
    written = text(value)
    if written is not None:
        return _from_text(written, scope, depth)
    if derives(value, type):
        return {"name": address(value)}
    if derives(value, dataclasses.InitVar):
        return annotation(read(value, "type"), scope, depth + 1)
    if class_names(type(value))[0] in _MACHINERY or is_named(value):
        # Aliases may name each other.
        opened = {id(value)} - _open
        _open.update(opened)
        try:
            return _from_machinery(value, scope, depth)
        finally:
            _open.difference_update(opened)
    if derives(value, list):  # the parameters of a callable
        return {"parameters": [annotation(one, scope, depth + 1) for one in value]}
    return {"raw": literal(value) or address(type(value)).replace(":", ".")}


def is_named(value: Any) -> bool:
    """Tell whether it is a type parameter, `NewType` (a function before 3.10) or type statement."""
    if type(value) is types.FunctionType:
        return "__supertype__" in value.__dict__
    return class_names(type(value))[1] in NAMED and is_expression(value)


def _from_machinery(value: Any, scope: Scope, depth: int) -> Facts:
    kind, name = class_names(type(value))[1] or "", text(read(value, "__name__"))
    if is_named(value):
        place = place_of(value)
        return {"name": place} if place else {"raw": name or kind}
    if kind in ("ParamSpecArgs", "ParamSpecKwargs"):
        return {"name": f"{place_of(read(value, '__origin__'))}.{kind[9:].lower()}"}
    if kind == "ForwardRef":
        home = text(attribute(value, "__forward_module__"))  # where a typed dictionary is written
        scope = Scope(held_by(home), *scope.spaces) if home else scope
        return _from_text(text(read(value, "__forward_arg__")) or "", scope, depth)
    if attribute(value, "__metadata__") is not MISSING:  # Annotated[X, ...] is X
        return annotation(read(value, "__origin__"), scope, depth + 1)
    origin, arguments = attempt(typing.get_origin, value), attempt(typing.get_args, value)
    if origin is MISSING or origin is None:
        name = text(read(value, "_name")) or name
        return {"name": f"typing:{name}"} if name else {"raw": kind}
    arguments = arguments if type(arguments) is tuple else ()
    inner = [annotation(one, scope, depth + 1) for one in arguments if type(one) is not tuple]  # `tuple[()]`, till 3.11
    if origin is typing.Union or kind == "UnionType":
        return {"union": inner}
    if derives(origin, type):
        name = address(origin).replace("collections.abc:Callable", "typing:Callable")
    else:
        name = place_of(origin) or f"typing:{read(origin, '_name')}"
    if name == "typing:Literal":
        inner = [_constant(one) for one in arguments]
    facts: Facts = {"name": name, "args": inner} if inner else {"name": name}
    # `*tuple[int, ...]`
    return {"name": "typing:Unpack", "args": [facts]} if read(value, "__unpacked__") is True else facts


def _constant(value: object) -> Facts:
    source, name = literal(value), text(own(value, "_name_"))
    if source is not None:
        return {"literal": source}
    kind = address(type(value))
    return {"name": f"{kind}.{name}"} if name else {"raw": kind.rpartition(":")[2]}


def _from_text(written: str, scope: Scope, depth: int) -> Facts:
    # What is open decides what names mean: remember nothing.
    known = scope.read.get(written) if not _open else None
    if known is not None:
        return known
    if written not in _dotted:
        _dotted[written] = list(_names_in(written))
    names = {dotted: _meaning(dotted, scope, depth) for dotted in _dotted[written]}
    facts = _NONE if written == "None" else names.get(written)
    if facts is None or "raw" in facts:
        facts = {"raw": written[:_LONGEST], "names": names}
    if not _open:
        scope.read[written] = facts
    return facts


def _names_in(written: str) -> Iterator[str]:
    tree = attempt(ast.parse, written.strip(), mode="eval") if len(written) <= _LONGEST else None
    waiting: list[ast.AST] = [tree.body] if isinstance(tree, ast.Expression) else []
    while waiting:
        node = waiting.pop(0)
        dotted = _joined(node)
        if dotted:
            yield dotted
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _names_in(node.value)  # a forward reference inside
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _joined(node: Any) -> str | None:
    if isinstance(node, ast.Attribute):
        head = _joined(node.value)
        return f"{head}.{node.attr}" if head else None
    return node.id if isinstance(node, ast.Name) else None


def _meaning(dotted: str, scope: Scope, depth: int) -> Facts | None:
    head, *rest = dotted.split(".")
    found: Any = next((space[head] for space in scope.spaces if head in space), MISSING)
    for part in rest:
        found = look_up(found, part) if derives(found, type) else own(found, part)
    return None if found is MISSING or id(found) in _open else annotation(found, scope, depth + 1)


def place_of(value: object) -> str | None:
    """Return the address of what `is_named`, if it has one."""
    return _places[id(value)][1] if id(value) in _places else _put(value, _found(value))


def declare(owner: str, value: object) -> list[str]:
    """Return the addresses of the type parameters that something declares (PEP 695)."""
    declared = read(value, "__type_params__")
    for one in declared if isinstance(declared, tuple) else ():
        if id(one) not in _places:
            _put(one, "{}.{}".format(owner.replace(".<locals>", ""), text(read(one, "__name__"))))
    return places(declared)


def places(values: object) -> list[str]:
    return [one for one in map(place_of, values) if one] if isinstance(values, tuple) else []


def _found(value: object) -> str | None:
    module, name = (text(read(value, one)) or "" for one in ("__module__", "__name__"))
    if type(value) is types.FunctionType:  # which says that its module is `typing`
        homes = [one for one in sorted_names(dict(sys.modules)) if held_by(one).get(name) is value]
        return f"{homes[0]}:{name}" if homes else None
    held = held_by(module)
    for one in (name, *sorted_names(held)):
        if held.get(one) is value:
            return f"{module}:{one}"
    return f"{module}:{name}" if module and name and not module.startswith("typing") else None


def _put(value: object, found: str | None) -> str | None:
    kind = class_names(type(value))[1] or ""
    if kind in KINDS:
        while found in variables:  # two that are local to different functions
            found = f"{found}_"
    _places[id(value)] = value, found
    if kind in KINDS and found is not None:
        variables[found] = {"kind": kind}
        _describe(value, variables[found], scope_of(held_by(found.partition(":")[0])))
    return found


def _describe(value: Any, facts: Facts, scope: Scope) -> None:
    if read(value, "__bound__", None) is not None:
        facts["bound"] = annotation(read(value, "__bound__"), scope)
    if read(value, "__constraints__", None):
        facts["constraints"] = [annotation(one, scope) for one in value.__constraints__]
    for name, word in _VARIANCES.items():
        if facts["kind"] == "TypeVar" and read(value, f"__{name}__") is True:
            facts["variance"] = word
    if attempt(read(value, "has_default")) is True:
        facts["default"] = annotation(read(value, "__default__"), scope)


def is_expression(value: object) -> bool:
    """Tell whether a value is a type expression and no class."""
    if derives(value, type):
        return False
    module, name = class_names(type(value))
    return module in ("typing", "typing_extensions") or derives(value, _GENERIC_ALIAS) or name == "UnionType"


def alias(value: object, scope: Scope) -> Facts | None:
    """Return the facts of a type expression under a name, or `None` when it is none."""
    kind = class_names(type(value))[1]
    place = place_of(value) if is_named(value) else None
    if place is None:
        found = annotation(value, scope)
        is_opaque = "raw" in found and kind != "ForwardRef"
        return None if is_opaque else {"kind": "alias", "alias_kind": "alias", "alias": found}
    home, _, name = place.partition(":")
    facts: Facts = {"kind": "alias", "alias_kind": "new_type", "defined": [home, name]}
    scope = scope_of(held_by(home))
    if kind in KINDS:
        facts.update(alias_kind="variable", alias={"name": place})
    elif kind == "TypeAliasType":
        facts.update(alias_kind="alias", parameters=declare(place, value))
        facts["alias"] = annotation(read(value, "__value__"), scope)
    else:
        facts["alias"] = annotation(read(value, "__supertype__"), scope)
    return facts


def stated_in(value: object, held: Space) -> Space:
    found = held.get("__annotations__", MISSING)
    if LAZY and found is MISSING and (held.get("__annotate_func__") or held.get("__annotate__")):
        found = attempt(LAZY.get_annotations, value, format=LAZY.Format.FORWARDREF)
    return found if isinstance(found, dict) else {}
