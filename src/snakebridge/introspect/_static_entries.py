# What griffe saw in a module → entries as the probe writes them. Loads griffe; see `_static.py`.

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import griffe

from snakebridge.introspect._observations import Annotation, Entry, ParameterFact, SignatureFact
from snakebridge.introspect._static_fields import (
    default_of,
    deprecation,
    fields_of,
    is_frozen,
    last_name,
    shape_of,
)
from snakebridge.introspect._static_names import class_of, literal_of
from snakebridge.introspect._static_tree import GENERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from snakebridge.introspect._static_names import Names

_KINDS = tuple(griffe.ParameterKind)  # in the order in which `inspect` counts them
_POSITIONAL = (0, 1)
_VARIADIC = (2, 4)
_MANAGERS = {"contextmanager": "context_manager", "asynccontextmanager": "async_context_manager"}
_MARKS = {
    "abstractmethod": "abstract",
    "abstractproperty": "abstract",
    "final": "final",
    "singledispatch": "single_dispatch",
    "singledispatchmethod": "single_dispatch",
    "deprecated": "deprecated",
}
_CLASS_BOUND = {"__init_subclass__", "__class_getitem__"}


def visit(module: str, file: Path, source: str) -> griffe.Module:
    """Let griffe read the outline of a module."""
    return griffe.visit(module, filepath=file, code=source)


class Entries:
    """Describes the members of one module.

    Args:
        module: Its dotted name.
        names: What its names mean.
        is_stub: Whether the source is a stub.
    """

    def __init__(self, module: str, names: Names, *, is_stub: bool) -> None:
        self._module = module
        self._is_stub = is_stub
        self._names = names
        self._library = module.partition(".")[0]

    def of(self, tree: griffe.Module, imports: Mapping[str, str]) -> dict[str, Entry]:
        """Return the entries of a module's members, in the order of the source."""
        found = {name: self._imported(name) for name in imports}
        found |= {name: self._member(member, None) for name, member in _own(tree)}
        return {name: entry for name, entry in found.items() if entry is not None}

    def _imported(self, name: str) -> Entry | None:
        module = self._names.module(name)
        if module is not None:
            return Entry(kind="module", name=module)
        address = self._names.address(name)
        if address is None or not self._is_foreign(address):
            return None if address is None else Entry(same=address)
        source, _, qualname = address.partition(":")
        return Entry(kind="function", defined=(source, qualname))  # whatever it is: only the address counts

    def _is_foreign(self, address: str) -> bool:
        return not f"{address.partition(':')[0]}.".startswith(f"{self._library}.")

    def _member(self, member: griffe.Object, owner: str | None) -> Entry | None:
        match member:
            case griffe.Class():
                return self._class(member, owner)
            case griffe.Function():
                return self._function(member, owner)
            case griffe.Attribute() if "property" in member.labels:
                return _property(member)
            case griffe.Attribute():
                return self._value(member, owner)
            case _:
                return None

    # --- Functions ---

    def _function(self, function: griffe.Function, owner: str | None) -> Entry:
        decorators = _decorators(function)
        names = {last_name(one) for one in decorators}
        binding = None
        if owner is not None:
            is_class = "classmethod" in names or function.name in _CLASS_BOUND
            binding = "static" if "staticmethod" in names else "class" if is_class else "instance"
        drop = binding in {"class", "instance"}
        return Entry(
            kind="function",
            defined=(self._module, _within(owner, function.name)),
            doc=_doc(function),
            flags=_flags(function, decorators),
            deprecated=deprecation(decorators),
            binding=binding,
            signature=_signature(function, drop_first=drop),
            overloads=tuple(_signature(one, drop_first=drop) for one in function.overloads or ()),
        )

    # --- Values ---

    def _value(self, attribute: griffe.Attribute, owner: str | None) -> Entry | None:
        if attribute.value is None:
            # In a stub that says that it is there; in source it would only say what may be.
            is_there = self._is_stub and owner is None and attribute.annotation is not None
            return Entry(kind="constant", type=self._names.address(str(attribute.annotation))) if is_there else None
        source = str(attribute.value)
        literal = literal_of(source)
        address = self._names.address(source) if literal is None and owner is None else None
        if address is None or address.startswith("builtins:"):
            return Entry(kind="constant", value=literal, type=class_of(literal) if literal is not None else None)
        return None if self._is_foreign(address) else Entry(same=address)

    # --- Classes ---

    def _class(self, cls: griffe.Class, owner: str | None) -> Entry:
        qualname = _within(owner, cls.name)
        decorators = _decorators(cls)
        named = [self._names.address(str(base).partition("[")[0]) for base in cls.bases]
        bases = tuple(one for one in named if one is not None) or ("builtins:object",)
        members = {name: self._member(member, qualname) for name, member in _own(cls)}
        held = {name: entry for name, entry in members.items() if entry is not None}
        maker = held.get("__init__") or held.get("__new__")
        attributes = list(_annotated(cls))
        shape = shape_of(bases, decorators)
        total = str(cls.keywords.get("total", "True")) == "True"
        return Entry(
            kind="class",
            defined=(self._module, qualname),
            doc=_doc(cls),
            flags=tuple(sorted({last_name(one) for one in decorators} & {"final", "deprecated"})),
            deprecated=deprecation(decorators),
            bases=bases,
            generic_bases=_generic(cls),
            metaclass=self._names.address(str(cls.keywords["metaclass"])) if "metaclass" in cls.keywords else None,
            annotations={name: _of_attribute(annotation) for name, annotation, _ in attributes},
            members=held,
            operators=tuple(
                sorted(name for name, one in held.items() if _is_operator(name) and one.kind != "constant")
            ),
            blocked=tuple(sorted(name for name, one in held.items() if _is_operator(name) and one.value == "None")),
            shape=shape,
            frozen=is_frozen(shape, decorators),
            fields=tuple(fields_of(shape, decorators, attributes, total=total)),
            signature=None if maker is None else maker.signature,
        )


def _own(holder: griffe.Module | griffe.Class) -> Iterator[tuple[str, griffe.Object]]:
    stated = {name: overloads[0] for name, overloads in holder.overloads.items() if overloads}
    for name, member in {**stated, **holder.members}.items():
        if isinstance(member, griffe.Object) and not isinstance(member, griffe.Module):
            yield name, member


def _annotated(cls: griffe.Class) -> Iterator[tuple[str, str, str | None]]:
    for name, member in _own(cls):
        if isinstance(member, griffe.Attribute) and member.annotation is not None and "property" not in member.labels:
            # griffe reads through `ClassVar`, and tells it by this label alone.
            is_of_class = "class-attribute" in member.labels and "instance-attribute" not in member.labels
            annotation = f"ClassVar[{member.annotation}]" if is_of_class else str(member.annotation)
            yield name, annotation, None if member.value is None else str(member.value)


def _of_attribute(annotation: str) -> Annotation:
    meaning: dict[str, Annotation | None] = {"ClassVar": Annotation(name="typing:ClassVar")}
    return Annotation(raw=annotation, names=meaning if annotation.startswith("ClassVar[") else {})


def _generic(cls: griffe.Class) -> tuple[Annotation, ...]:
    texts = [str(base) for base in cls.bases]
    return tuple(Annotation(raw=one) for one in texts) if any("[" in one for one in texts) else ()


def _property(attribute: griffe.Attribute) -> Entry:
    labels = attribute.labels
    told = {
        "abstract": "abstractmethod" in labels,
        "cached": "cached" in labels,
        "deletable": attribute.deleter is not None,
    }
    return Entry(
        kind="property",
        doc=_doc(attribute),
        returns=_annotation(attribute.annotation),
        settable="cached" in labels or attribute.setter is not None,
        flags=tuple(flag for flag, holds in told.items() if holds),
    )


def _within(owner: str | None, name: str) -> str:
    return f"{owner}.{name}" if owner else name


def _doc(member: griffe.Object) -> str | None:
    return inspect.cleandoc(member.docstring.value).strip() if member.docstring is not None else None


def _annotation(expression: object) -> Annotation | None:
    return None if expression is None else Annotation(raw=str(expression))


def _is_operator(name: str) -> bool:
    return len(name) > len("____") and name.startswith("__") and name.endswith("__")


def _decorators(member: griffe.Function | griffe.Class) -> list[str]:
    return [str(one.value) for one in member.decorators]


def _flags(function: griffe.Function, decorators: Sequence[str]) -> tuple[str, ...]:
    names = [last_name(one) for one in decorators]
    found = {_MARKS[one] for one in names if one in _MARKS}
    managers = {_MANAGERS[one] for one in names if one in _MANAGERS}
    is_async = "async" in function.labels
    if managers:
        found |= managers
    elif GENERATOR in names:
        found.add("async_generator" if is_async else "generator")
    elif is_async:
        found.add("coroutine")
    return tuple(sorted(found))


def _signature(function: griffe.Function, *, drop_first: bool) -> SignatureFact:
    parameters = [_parameter(one) for one in function.parameters]
    if drop_first and parameters and parameters[0].kind in _POSITIONAL:
        parameters = parameters[1:]
    return SignatureFact(parameters=tuple(parameters), source="static", returns=_annotation(function.returns))


def _parameter(parameter: griffe.Parameter) -> ParameterFact:
    kind = _KINDS.index(parameter.kind or griffe.ParameterKind.positional_or_keyword)
    default = None if parameter.default is None or kind in _VARIADIC else default_of(str(parameter.default))
    name = parameter.name.lstrip("*")
    return ParameterFact(name=name, kind=kind, default=default, annotation=_annotation(parameter.annotation))
