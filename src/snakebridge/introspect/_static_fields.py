# Decorators and data fields of source that was read: what marks a function, and what a class holds.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from snakebridge.introspect._observations import Annotation, DefaultFact, FieldFact
from snakebridge.introspect._static_names import literal_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_UNTOLD = DefaultFact(opaque="types:EllipsisType")
_CALL = re.compile(r"(?P<name>[\w.]+)\((?P<inside>.*)\)", re.DOTALL)
_KEYWORD = r"\b{}\s*=\s*(True|False)\b"
_FIRST_STRING = re.compile(r"""(?:message\s*=\s*)?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_DEFAULT = re.compile(r"\bdefault\s*=\s*([^,)]+)")
_FACTORY = re.compile(r"\b(?:default_factory|factory)\s*=")
_CLASS_VARIABLE = re.compile(r"(?:\w+\.)*ClassVar\b")
_MAKERS = {"field", "Field", "ib", "attrib"}
_DATA_CLASSES = {"dataclass": "dataclass", "define": "attrs", "mutable": "attrs", "frozen": "attrs", "attrs": "attrs"}
_DATA_BASES = {
    **{f"{module}:NamedTuple": "named_tuple" for module in ("typing", "typing_extensions")},
    **{f"{module}:TypedDict": "typed_dict" for module in ("typing", "typing_extensions")},
    **{f"{module}:Protocol": "protocol" for module in ("typing", "typing_extensions")},
    **{f"{module}:BaseModel": "pydantic" for module in ("pydantic", "pydantic.main")},
}


def default_of(source: str) -> DefaultFact:
    """Return a default by its source."""
    literal = literal_of(source)
    return DefaultFact(literal=literal) if literal is not None else _UNTOLD


# --- Decorators ---


def last_name(decorator: str) -> str:
    """Return what a decorator is called, without its module and arguments."""
    return decorator.partition("(")[0].rpartition(".")[2]


def deprecation(decorators: Iterable[str]) -> str | None:
    """Return the message of `@deprecated("…")` (PEP 702)."""
    for one in decorators:
        match = _CALL.fullmatch(one)
        if match is not None and last_name(one) == "deprecated":
            text = _FIRST_STRING.match(match["inside"].strip())
            literal = literal_of(text[1]) if text is not None else None
            return literal[1:-1] if literal is not None else ""
    return None


def _says(call: str, keyword: str, *, default: bool) -> bool:
    found = re.search(_KEYWORD.format(keyword), call)
    return default if found is None else found[1] == "True"


# --- Fields ---


def shape_of(bases: Iterable[str], decorators: Iterable[str]) -> str | None:
    """Return the shape that a class's own decorators and bases give it."""
    found = [_DATA_CLASSES.get(last_name(one)) for one in decorators] + [_DATA_BASES.get(one) for one in bases]
    return next((one for one in found if one is not None), None)


def is_frozen(shape: str | None, decorators: Iterable[str]) -> bool:
    """Tell whether fields cannot be assigned."""
    is_marked = any(last_name(one) == "frozen" or _says(one, "frozen", default=False) for one in decorators)
    return shape == "named_tuple" or (shape is not None and is_marked)


def fields_of(
    shape: str | None, decorators: Sequence[str], attributes: Iterable[tuple[str, str, str | None]], *, total: bool
) -> Iterator[FieldFact]:
    """Yield the fields of a class.

    Args:
        shape: What sort of data it holds, if any.
        decorators: Its decorators.
        attributes: Name, annotation and value of its annotated attributes, in order.
        total: Of a typed dictionary: whether keys are required unless they say otherwise.
    """
    keyword_only = shape == "pydantic" or any(_says(one, "kw_only", default=False) for one in decorators)
    for name, annotation, value in attributes:
        is_hidden = shape == "pydantic" and name.startswith("_")
        if shape in {None, "protocol"} or is_hidden or _CLASS_VARIABLE.match(annotation):
            continue
        if annotation.rpartition(".")[2] == "KW_ONLY":
            keyword_only = True
        elif shape == "typed_dict":
            head = annotation.partition("[")[0].rpartition(".")[2]
            required = head == "Required" or (total and head != "NotRequired")
            yield FieldFact(name=name, annotation=Annotation(raw=annotation), required=required)
        else:
            called = name.lstrip("_") if shape == "attrs" else name
            yield _field(called, annotation, value, keyword_only=keyword_only)


def _field(name: str, annotation: str, value: str | None, *, keyword_only: bool) -> FieldFact:
    default = None if value is None else default_of(value)
    init = True
    call = _CALL.fullmatch(value) if value is not None else None
    if call is not None and last_name(call["name"]) in _MAKERS:
        inside = call["inside"]
        init = _says(inside, "init", default=True)
        keyword_only = _says(inside, "kw_only", default=keyword_only)
        default = _made(inside, takes_positional=last_name(call["name"]) == "Field")
    return FieldFact(
        name=name,
        annotation=Annotation(raw=annotation),
        default=default,
        required=default is None,
        keyword_only=keyword_only,
        init=init,
    )


def _made(inside: str, *, takes_positional: bool) -> DefaultFact | None:
    first = inside.partition(",")[0].strip()
    if takes_positional and first and "=" not in first:
        return None if first == "..." else default_of(first)
    found = _DEFAULT.search(inside)
    if found is not None:
        return default_of(found[1].strip())
    return _UNTOLD if _FACTORY.search(inside) else None
