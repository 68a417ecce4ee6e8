# Signatures of the manifest made callable: one shape per callable, in legal Python order, with host types.
#
# Guarantees: a shape accepts every call that the symbol's signature accepts, can be written as a `def`, and has no type
# but what the manifest said or a wider one. Unknown or contradictory signatures become `(*args, **kwargs)`.

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import NoLiteralError, literal, read
from snakebridge.codegen._functions.overloads import overloaded, settled
from snakebridge.codegen._functions.shapes import GRADUAL, PLACED, Shape, Slot
from snakebridge.codegen._functions.values import accepts, type_of_value
from snakebridge.codegen._types.annotations import ANY, NONE, Annotation, Generated, Host, either, host
from snakebridge.codegen._types.resolution import Position, resolve
from snakebridge.manifest import Flag, Kind, Parameter, ParameterKind, Signature, Symbol, types
from snakebridge.manifest import Shape as DataShape

if TYPE_CHECKING:
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["GRADUAL", "Shape", "Slot", "constructor_of", "shape_of"]


_LONGEST: Final = 300
_TOLD: Final = re.compile(r"since [\w.+-]+:? ?(.*)", re.DOTALL)
"""How what a docstring says begins."""
_OF_ALL: Final = re.compile(r"\s*$|use (?!of )|will be |th(is|e) (function|method|class|property)", re.IGNORECASE)
_UNPACK: Final = frozenset({"typing:Unpack", "typing_extensions:Unpack"})
_ORDER: Final = list(ParameterKind)
_VARIADIC: Final = ParameterKind.VARIADIC
_KEYWORDS: Final = ParameterKind.VARIADIC_KEYWORD


def shape_of(symbol: Symbol, surface: Surface, *, owner: str | None = None) -> Shape:
    """Return the shape of a callable symbol, with its overloads.

    Args:
        symbol: A function, or a class (for its constructor).
        surface: Knows the generated classes.
        owner: Path of the class whose `Self` its annotations may say.
    """
    key = (symbol.path, owner)
    if key not in surface.shapes:
        surface.shapes[key] = _shape_of(symbol, surface, owner)
    return surface.shapes[key]


def _shape_of(symbol: Symbol, surface: Surface, owner: str | None) -> Shape:
    deprecated = _deprecation(symbol, surface)
    if symbol.signature is None:
        return replace(GRADUAL, deprecated=deprecated)
    whole = _shape(symbol.signature, surface, owner)
    if symbol.overloads:
        overloads = [_overload(one, symbol, surface, owner) for one in symbol.overloads]
        found = overloaded(whole, overloads, surface, owner)
        if found is not None:
            return replace(found, deprecated=deprecated)
        whole = _shape(settled(symbol.signature, symbol.overloads), surface, owner)
        if len({one.returns for one in overloads}) > 1:
            # Which one it is depends on the arguments. Of a union, checkers would let nobody use any.
            return replace(whole, returns=ANY, deprecated=deprecated)
    return replace(whole, returns=_returned(symbol, whole.returns), deprecated=deprecated)


def constructor_of(symbol: Symbol, surface: Surface) -> Shape:
    """Return the shape of the constructor of a class: its overloads differ in what they take."""
    found = shape_of(symbol, surface, owner=symbol.path if symbol.path in surface.generics else None)
    return replace(found, returns=NONE, overloads=tuple(replace(one, returns=NONE) for one in found.overloads))


def _overload(signature: Signature, symbol: Symbol, surface: Surface, owner: str | None) -> Shape:
    found = _shape(signature, surface, owner, is_overload=True)
    # Whether two constructors are one is a question of what they take.
    returns = NONE if symbol.kind is not Kind.FUNCTION else _returned(symbol, found.returns)
    return replace(found, returns=returns, deprecated=_one_line(signature.deprecated))


def _deprecation(symbol: Symbol, surface: Surface) -> str | None:
    """Return what checkers say of a use.

    pyright in strict mode also says it of an import or alias, so what has two names is only documented. So is what a
    docstring says of a part: which arguments are deprecated, or which behaviour.
    """
    if Flag.DEPRECATED not in symbol.flags:
        return None
    text = symbol.deprecated or "deprecated in the library"
    told = _TOLD.match(text)
    if told is not None and not (_OF_ALL.match(told[1]) or re.match(rf"\W*{re.escape(symbol.name)}\b", told[1])):
        return None
    names = [path for exported in surface.exports.values() for path in exported.values()]
    return None if symbol.owner is None and names.count(symbol.path) > 1 else _one_line(text)


def _one_line(text: str | None) -> str | None:
    line = " ".join((text or "").split())
    return textwrap.shorten(line, _LONGEST, placeholder=" ...") if line else None


def _returned(symbol: Symbol, stated: Annotation) -> Annotation:
    """Correct what is said of another function than the one that is called."""
    if Flag.COROUTINE in symbol.flags and isinstance(stated, Host) and stated.name == "Coroutine":
        # A stub may say so with a plain `def`.
        return stated.arguments[-1]
    # The annotation of a context manager function is that of the generator below its decorator.
    if Flag.CONTEXT_MANAGER in symbol.flags and isinstance(stated, Host):
        if (stated.module, stated.name) in {("collections.abc", "Iterator"), ("collections.abc", "Generator")}:
            return host("contextlib:AbstractContextManager", stated.arguments[0])
        if stated.name in {"AsyncIterator", "AsyncGenerator"}:
            return host("contextlib:AbstractAsyncContextManager", stated.arguments[0])
    return stated


def _shape(signature: Signature, surface: Surface, owner: str | None, *, is_overload: bool = False) -> Shape:
    slots = tuple(_slot(parameter, surface, owner, is_overload=is_overload) for parameter in signature.parameters)
    ranks = [_ORDER.index(slot.kind) for slot in slots]
    names = {slot.name for slot in slots}
    single = all(ranks.count(_ORDER.index(kind)) <= 1 for kind in (_VARIADIC, _KEYWORDS))
    returns = resolve(signature.returns, surface, Position.RETURNED, owner=owner, tier=signature.tier)
    tier = signature.tier if signature.returns is not None else None
    if ranks != sorted(ranks) or len(names) != len(slots) or not single:
        return replace(GRADUAL, returns=returns, tier=tier)
    return Shape(tuple(_unpacked(slot, names, surface) for slot in _legal(slots)), returns, tier)


def _unpacked(slot: Slot, names: set[str], surface: Surface) -> Slot:
    """Say which keywords there are, where a typed dictionary that is generated as one says it (PEP 692)."""
    node = types.parse(slot.stated) if slot.kind is _KEYWORDS and slot.stated else None
    if not isinstance(node, types.Name) or node.address not in _UNPACK or len(node.arguments) != 1:
        return slot
    path = surface.classes.get(str(node.arguments[0]))
    if path is None or path not in surface.records or surface.symbols[path].shape is not DataShape.TYPED_DICT:
        return slot
    fields = surface.symbols[path].fields
    # The dictionary's own types are of what arrives. What is given must not be refused for less.
    exact = all(
        len({resolve(one.type, surface, at, tier=one.tier) for at in (Position.GIVEN, Position.RETURNED)}) == 1
        for one in fields
    )
    if not exact or any(one.name in names for one in fields):
        return slot
    return replace(slot, type=host("typing:Unpack", Generated(path)))


def _legal(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Make what follows an optional positional parameter optional too: stubs get this wrong, Python refuses it."""
    found: list[Slot] = []
    optional = False
    for slot in slots:
        optional = optional or (slot.optional and slot.kind in PLACED)
        found.append(replace(slot, optional=True) if optional and slot.kind in PLACED else slot)
    return tuple(found)


def _slot(parameter: Parameter, surface: Surface, owner: str | None, *, is_overload: bool) -> Slot:
    variadic = parameter.kind in {_VARIADIC, _KEYWORDS}
    stated = resolve(parameter.type, surface, Position.GIVEN, owner=owner, tier=parameter.tier)
    tier = parameter.tier if parameter.type is not None else None
    slot = Slot(parameter.name, parameter.kind, stated, tier=tier, stated=parameter.type)
    if parameter.default is None or variadic:
        return slot
    source = parameter.default.literal
    value = _readable(source)
    # Nobody could tell an untouched copy of a mutable default from one that was given.
    if value is ... or isinstance(value, list | dict | set):
        return replace(slot, optional=True)
    if not accepts(stated, value):
        if is_overload:
            return replace(slot, optional=True)
        # The library takes its own default, whatever its annotation says (`x: int = None`).
        stated = either(stated, type_of_value(value))
    return replace(slot, type=stated, optional=True, default=source)


def _readable(source: str | None) -> object:
    """Return the value of a default, or `...` when it cannot be shown."""
    try:
        value = read(source) if source is not None else ...
        literal(value)
    except NoLiteralError:
        return ...
    return value
