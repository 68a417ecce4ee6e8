# What an annotation says, as a structure: addresses instead of objects, and never a repr.
#
# One of: {"name": address, "args": [...]}, {"union": [...]}, {"parameters": [...]} (of a callable),
# {"literal": source}, or {"raw": text, "names": {dotted name in it: structure or null}}. Strings are parsed, not
# evaluated: each name in them is looked up in the namespaces it was written in, and its meaning stands beside the text.

from __future__ import annotations

import ast
import builtins
import dataclasses
import types
import typing
from typing import Dict, Mapping, Optional, Sequence, Set

from snakebridge_guest.probe._literals import literal
from snakebridge_guest.probe._reading import (
    MISSING,
    Facts,
    address,
    attempt,
    attribute,
    class_names,
    derives,
    look_up,
    namespace,
    own,
    text,
)

Scopes = Sequence[Mapping[str, object]]

_DEEPEST = 16
_LONGEST = 2000
_TOO_DEEP = "\u2026"  # no source, so that nobody reads a meaning into it
_open: Set[int] = set()
_CALLABLE = "typing:Callable"
_MACHINERY = {"typing", "typing_extensions", "types", "collections.abc", "_collections_abc"}
_VARIABLES = {"TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "TypeAliasType", "ParamSpecArgs", "ParamSpecKwargs"}
_NONE = "types:NoneType"
_ELLIPSIS = "types:EllipsisType"


def annotation(value: object, scopes: Scopes, depth: int = 0) -> Facts:
    """Return the structure of an annotation."""
    if depth > _DEEPEST:
        return {"raw": _TOO_DEEP}
    if value is None or value is type(None):
        return {"name": _NONE}
    if value is ...:
        return {"name": _ELLIPSIS}
    written = text(value)
    if written is not None:
        return _from_text(written, scopes, depth)
    if derives(value, type):
        # `typing.NewType`, `Any` and others became classes; those of the machinery keep their name.
        return {"name": address(value)}  # type: ignore[arg-type]
    if isinstance(value, dataclasses.InitVar):
        return annotation(attempt(getattr, value, "type"), scopes, depth + 1)
    if class_names(type(value))[0] in _MACHINERY:
        return _from_machinery(value, scopes, depth)
    if derives(value, types.FunctionType) and own(value, "__supertype__") is not MISSING:
        return {"raw": text(attempt(getattr, value, "__name__")) or "NewType"}  # what it was before Python 3.10
    if derives(value, list):  # the parameters of a callable
        return {"parameters": [annotation(item, scopes, depth + 1) for item in value]}  # type: ignore[attr-defined]
    return {"raw": literal(value) or address(type(value)).replace(":", ".")}


def _from_machinery(value: object, scopes: Scopes, depth: int) -> Facts:
    kind = class_names(type(value))[1] or ""
    if kind in _VARIABLES:
        return {"raw": text(attempt(getattr, value, "__name__")) or kind}
    if kind == "ForwardRef":
        return _from_text(text(attempt(getattr, value, "__forward_arg__")) or "", scopes, depth)
    if attribute(value, "__metadata__") is not MISSING:  # Annotated[X, ...] is X
        return annotation(attempt(getattr, value, "__origin__"), scopes, depth + 1)
    origin = attempt(typing.get_origin, value)
    if origin is MISSING or origin is None:
        name = text(attempt(getattr, value, "_name")) or text(attempt(getattr, value, "__name__"))
        return {"name": f"typing:{name}"} if name else {"raw": kind}
    found = attempt(typing.get_args, value)
    arguments = list(found) if isinstance(found, tuple) else []
    if origin is typing.Union or kind == "UnionType":
        return {"union": [annotation(one, scopes, depth + 1) for one in arguments]}
    name = address(origin) if isinstance(origin, type) else f"typing:{attempt(getattr, origin, '_name')}"
    if name == "typing:Literal":
        return {"name": name, "args": [_constant(one) for one in arguments]}
    if name == "collections.abc:Callable":
        name = _CALLABLE
    facts: Facts = {"name": name}
    if arguments and type(arguments[0]) is not tuple:  # `Tuple[()]` is spelled so before Python 3.11
        facts["args"] = [annotation(one, scopes, depth + 1) for one in arguments]
    return facts


def _constant(value: object) -> Facts:
    source = literal(value)
    if source is not None:
        return {"literal": source}
    name = text(own(value, "_name_"))
    return {"raw": "{}.{}".format(address(type(value)).rpartition(":")[2], name or "?")}


# --- Strings --------------------------------------------------------------------------------------------------------


def _from_text(written: str, scopes: Scopes, depth: int) -> Facts:
    names: Dict[str, Optional[Facts]] = {}
    if len(written) <= _LONGEST:
        _collect(written, names, scopes, depth)
    return {"raw": written[:_LONGEST], "names": names}


def _collect(written: str, names: Dict[str, Optional[Facts]], scopes: Scopes, depth: int) -> None:
    tree = attempt(ast.parse, written.strip(), mode="eval")
    if not isinstance(tree, ast.Expression) or depth > _DEEPEST:
        return
    for node in ast.walk(tree):
        dotted = _dotted(node)
        if dotted and dotted not in names:
            found = _find(dotted, scopes)
            names[dotted] = None
            # An alias may name itself, and two may name each other.
            if found is not MISSING and id(found) not in _open:
                _open.add(id(found))
                names[dotted] = annotation(found, scopes, depth + 1)
                _open.discard(id(found))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != written:
            _collect(node.value, names, scopes, depth + 1)  # a forward reference inside


def _dotted(node: ast.AST) -> Optional[str]:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return f"{head}.{node.attr}" if head else None
    return None


def _find(dotted: str, scopes: Scopes) -> object:
    head, *rest = dotted.split(".")
    for scope in (*scopes, vars(builtins)):
        found = attempt(scope.get, head, MISSING)
        if found is not MISSING:
            break
    for part in rest:
        if derives(found, types.ModuleType):
            found = own(found, part)
        elif derives(found, type):
            found = look_up(found, part)  # type: ignore[arg-type]
        else:
            return MISSING
    return found


def class_annotations(cls: type) -> Mapping[str, object]:
    """Return a class's own annotations, empty when it has none."""
    held = namespace(cls).get("__annotations__", MISSING)
    if held is MISSING and "__annotate_func__" in namespace(cls):  # lazy since Python 3.14
        import annotationlib  # type: ignore[import-not-found]  # noqa: PLC0415 - new in Python 3.14

        held = attempt(annotationlib.get_annotations, cls, format=annotationlib.Format.FORWARDREF)
    return held if isinstance(held, dict) else {}
