# What the names in type expressions stand for, when they are no public classes: aliases, type parameters, and classes
# that are private or exist in stubs only.

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from snakebridge.manifest import Definition, DefinitionKind, Kind, Signature, Symbol, Variance, types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from snakebridge.introspect._annotations import Annotations
    from snakebridge.introspect._observations import VariableFact

_STRING = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_WORD = r"[^\W\d]\w*"
_TOKEN = re.compile(rf"(\?{_STRING})|{_STRING}|({_WORD}(?:\.{_WORD})*:{_WORD}(?:\.{_WORD})*)")
_KINDS = {
    "TypeVar": DefinitionKind.VARIABLE,
    "ParamSpec": DefinitionKind.PARAMETERS,
    "TypeVarTuple": DefinitionKind.VARIABLES,
}
_ROUNDS = 20


def is_known(expression: str | None) -> bool:
    """Tell whether a type is stated, and every name in it has a meaning."""
    if expression is None or "?" not in expression:
        return expression is not None
    return not any(match[1] for match in _TOKEN.finditer(expression))


def named_in(expression: str | None) -> Iterator[str]:
    """Yield the addresses in a type expression."""
    if expression is not None and ":" in expression:
        yield from (match[2] for match in _TOKEN.finditer(expression) if match[2])


def expressions_of(symbol: Symbol) -> Iterator[str | None]:
    """Yield every type expression of a symbol."""
    yield symbol.type
    yield from symbol.generic_bases
    yield from symbol.parameters
    yield from symbol.dispatches
    for field in symbol.fields:
        yield field.type
    for signature in (*((symbol.signature,) if symbol.signature else ()), *symbol.overloads):
        yield from _of_signature(signature)


def without_lost(library: str, symbols: Sequence[Symbol], found: Iterable[Definition]) -> tuple[Symbol, ...]:
    """Return symbols whose types say of a name that nobody can resolve that it is unknown.

    Such are names of the library that no module has in this target: imports that failed, private aliases of modules.
    """
    known = {one.path for one in found}
    for symbol in symbols:
        known |= {symbol.path, symbol.defined or symbol.path, *symbol.aliases}
    root = library.partition(".")[0]
    lost = {
        name
        for symbol in symbols
        for one in expressions_of(symbol)
        for name in named_in(one)
        if name not in known
        # `P.args` is part of what `P` is, and the member of an enum of the enum.
        and name.rpartition(".")[0] not in known
        and name.partition(":")[0].partition(".")[0] in {root, f"_{root}"}
    }
    return tuple(_told(symbol, lost) if _names_any(symbol, lost) else symbol for symbol in symbols)


def _names_any(symbol: Symbol, lost: set[str]) -> bool:
    return bool(lost) and any(name in lost for one in expressions_of(symbol) for name in named_in(one))


def _told(symbol: Symbol, lost: set[str]) -> Symbol:
    def expression(text: str | None) -> str | None:
        return str(_tagged(types.parse(text), lost)) if lost.intersection(named_in(text)) and text else text

    def signature(one: Signature) -> Signature:
        parameters = tuple(it.model_copy(update={"type": expression(it.type)}) for it in one.parameters)
        return one.model_copy(update={"parameters": parameters, "returns": expression(one.returns)})

    return symbol.model_copy(
        update={
            "type": expression(symbol.type),
            "generic_bases": tuple(str(expression(one)) for one in symbol.generic_bases),
            "dispatches": tuple(str(expression(one)) for one in symbol.dispatches),
            "fields": tuple(it.model_copy(update={"type": expression(it.type)}) for it in symbol.fields),
            "signature": signature(symbol.signature) if symbol.signature else None,
            "overloads": tuple(signature(one) for one in symbol.overloads),
        }
    )


def _tagged(one: types.Type, lost: set[str]) -> types.Type:
    match one:
        case types.Name() if one.address in lost:
            return types.Unknown(one.address.partition(":")[2])
        case types.Name():
            return replace(one, arguments=tuple(_tagged(it, lost) for it in one.arguments))
        case types.Union() | types.Parameters():
            return replace(one, members=tuple(_tagged(it, lost) for it in one.members))
        case _:
            return one


def _of_signature(signature: Signature) -> Iterator[str | None]:
    yield signature.returns
    for parameter in signature.parameters:
        yield parameter.type


def _of_definition(definition: Definition) -> Iterator[str | None]:
    yield from (definition.type, definition.bound, definition.default)
    yield from (*definition.parameters, *definition.bases, *definition.constraints)


def observed(variables: Mapping[str, VariableFact], annotations: Annotations) -> dict[str, Definition]:
    """Return the type parameters that the target itself showed, by address."""
    return {
        address: Definition(
            path=address,
            kind=_KINDS[fact.kind],
            bound=annotations.expression(fact.bound),
            constraints=tuple(str(annotations.expression(one)) for one in fact.constraints),
            variance=Variance(fact.variance),
            default=annotations.expression(fact.default),
        )
        for address, fact in variables.items()
        if _TOKEN.fullmatch(address) and fact.kind in _KINDS
    }


def definitions(
    symbols: Iterable[Symbol],
    known: Mapping[str, Definition],
    look_up: Callable[[Iterable[str]], Iterable[Definition]],
) -> tuple[Definition, ...]:
    """Return what the names in some symbols stand for, and the names in that.

    Args:
        symbols: All symbols; what they are themselves needs no definition.
        known: What the target showed.
        look_up: Reads stubs and sources.
    """
    aliases = {symbol.path: symbol for symbol in symbols if symbol.kind is Kind.ALIAS}
    own = {symbol.path for symbol in symbols} - set(aliases)
    named = {name for symbol in symbols for one in expressions_of(symbol) for name in named_in(one)}
    wanted = (named | set(aliases)) - own
    found: dict[str, Definition] = {}
    asked: set[str] = set()
    for _ in range(_ROUNDS):
        new = {name: known[name] for name in wanted - set(found) if name in known}
        open_names = wanted - set(new) - set(found) - asked
        asked |= open_names
        new |= {one.path: one for one in look_up(sorted(open_names)) if one.path not in known and one.path not in own}
        for path in open_names & set(aliases) - set(new):
            new[path] = Definition(path=path, kind=DefinitionKind.ALIAS, type=aliases[path].type)
        if not new:
            break
        found |= new
        wanted = {name for one in new.values() for text in _of_definition(one) for name in named_in(text)} - own
    return tuple(found[path] for path in sorted(found))
