# The constructors that nobody writes: those of data classes, named tuples and typed dictionaries.

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from snakebridge.introspect.sources._places import Given, Place, dotted_name
from snakebridge.introspect.sources._signatures import UNTOLD, decorators, default_of, tier_of
from snakebridge.manifest import Parameter, ParameterKind, Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.introspect.sources._generics import Generics
    from snakebridge.introspect.sources._names import Meanings
    from snakebridge.introspect.sources._signatures import Signatures
    from snakebridge.manifest import Default


class Fields:
    """Reads the fields of classes.

    Args:
        meanings: Follows names.
        generics: Knows type parameters.
        signatures: Reads annotations.
    """

    def __init__(self, meanings: Meanings, generics: Generics, signatures: Signatures) -> None:
        self._meanings = meanings
        self._generics = generics
        self._signatures = signatures
        self._unpacked: dict[tuple[str, ...], list[Parameter]] = {}

    def constructor(self, place: Place) -> Signature | None:
        """Return the constructor that is made of a class's fields; `None` when none is made."""
        node = place.as_class
        if node is None or self._meanings.own(place, "__init__") or self._meanings.own(place, "__new__"):
            return None
        if _has_base(node, "NamedTuple"):
            return Signature(parameters=tuple(self._of_tuple(place)))
        if self._is_dictionary(place):
            return Signature(parameters=tuple(self._of_dictionary(place)))
        if "dataclass" in decorators(node) and not _says(_options(node), "init", is_true=False):
            return Signature(parameters=tuple(self._of_data_class(place)))
        return None

    def unpacked(self, rest: ast.arg | None, place: Place) -> list[Parameter] | None:
        """Return the keywords of `**kwargs: Unpack[Options]` (PEP 692); `None` when it is not written so."""
        node = rest.annotation if rest is not None else None
        if not isinstance(node, ast.Subscript) or (dotted_name(node.value) or "").rpartition(".")[2] != "Unpack":
            return None
        options = node.slice
        dotted = dotted_name(options.value if isinstance(options, ast.Subscript) else options)
        found = self._meanings.place(place.table, dotted, place.owner) if dotted else None
        if found is None or not self._is_dictionary(found):
            return None
        asked = replace(found, given=Given.of(place.table, place.owner, options))
        key = self._generics.key(asked)
        if key not in self._unpacked:
            self._unpacked[key] = self._of_dictionary(asked)
        return self._unpacked[key]

    # --- Each kind ---

    def _of_tuple(self, place: Place) -> Iterator[Parameter]:
        for name, node in self._annotated(place):
            default = None if node.value is None else default_of(node.value)
            yield self._parameter(place, name, node.annotation, ParameterKind.POSITIONAL, default)

    def _is_dictionary(self, place: Place) -> bool:
        nodes = (one.as_class for one in self._meanings.lineage(place))
        return any(node is not None and _has_base(node, "TypedDict") for node in nodes)

    def _of_dictionary(self, place: Place) -> list[Parameter]:
        found: dict[str, Parameter] = {}
        for one in reversed(self._meanings.lineage(place)):
            node = one.as_class
            is_partial = node is not None and _says(node.keywords, "total", is_true=False)
            for name, field in self._annotated(one):
                wrapper = _wrapper(field.annotation)
                is_open = wrapper == "NotRequired" or (is_partial and wrapper != "Required")
                default = UNTOLD if is_open else None
                found[name] = self._parameter(one, name, field.annotation, ParameterKind.KEYWORD, default, via=place)
        return list(found.values())

    def _of_data_class(self, place: Place) -> list[Parameter]:
        found: dict[str, Parameter] = {}
        for one in reversed(self._meanings.lineage(place)):
            node = one.as_class
            if node is None or "dataclass" not in decorators(node):
                continue
            is_keyword = _says(_options(node), "kw_only", is_true=True)
            for name, field in self._annotated(one):
                if (dotted_name(field.annotation) or "").rpartition(".")[2] == "KW_ONLY":
                    is_keyword = True
                    continue
                options = field.value.keywords if _is_field(field.value) else []
                if _says(options, "init", is_true=False):
                    found.pop(name, None)
                    continue
                is_last = (is_keyword or _says(options, "kw_only", is_true=True)) and not _says(
                    options, "kw_only", is_true=False
                )
                kind = ParameterKind.KEYWORD if is_last else ParameterKind.POSITIONAL
                found[name] = self._parameter(one, name, field.annotation, kind, _default(field.value), via=place)
        return sorted(found.values(), key=lambda one: one.kind is ParameterKind.KEYWORD)

    # --- What they share ---

    def _annotated(self, place: Place) -> Iterator[tuple[str, ast.AnnAssign]]:
        for name, nodes in self._meanings.written(place):
            first = nodes[0]
            if isinstance(first, ast.AnnAssign) and _wrapper(first.annotation) != "ClassVar":
                yield name, first

    def _parameter(
        self,
        place: Place,
        name: str,
        annotation: ast.expr,
        kind: ParameterKind,
        default: Default | None,
        *,
        via: Place | None = None,
    ) -> Parameter:
        inside = Place(place.table, f"{place.qualname}.{name}", (), via=via)
        expression = self._signatures.type_of(annotation, inside)
        return Parameter(name=name, kind=kind, default=default, type=expression, tier=tier_of(place))


def _has_base(node: ast.ClassDef, name: str) -> bool:
    written = (one.value if isinstance(one, ast.Subscript) else one for one in node.bases)
    return any((dotted_name(one) or "").rpartition(".")[2] == name for one in written)


def _options(node: ast.ClassDef) -> list[ast.keyword]:
    calls = (one for one in node.decorator_list if isinstance(one, ast.Call))
    return [key for call in calls if (dotted_name(call.func) or "").endswith("dataclass") for key in call.keywords]


def _says(keywords: list[ast.keyword], name: str, *, is_true: bool) -> bool:
    return any(
        one.arg == name and isinstance(one.value, ast.Constant) and one.value.value is is_true for one in keywords
    )


def _wrapper(annotation: ast.expr) -> str:
    written = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return (dotted_name(written) or "").rpartition(".")[2]


def _is_field(value: ast.expr | None) -> TypeGuard[ast.Call]:
    return isinstance(value, ast.Call) and (dotted_name(value.func) or "").rpartition(".")[2] == "field"


def _default(value: ast.expr | None) -> Default | None:
    if value is None:
        return None
    if not _is_field(value):
        return default_of(value)
    given = {one.arg: one.value for one in value.keywords}
    if "default" in given:
        return default_of(given["default"])
    return UNTOLD if "default_factory" in given else None
