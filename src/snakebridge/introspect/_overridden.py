# One fact that a person says about one symbol, put in its place.
#
# Guarantees: what does not fit the symbol is refused with a sentence and changes nothing; everything that is put in has
# the tier `override`.

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from snakebridge.introspect._written import read_signature, read_type
from snakebridge.manifest import Binding, Effects, Kind, Parameter, Signature, Symbol, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from snakebridge.introspect._written import Meanings
    from snakebridge.manifest.types import Type

_CALLED = {Kind.FUNCTION, Kind.CALLABLE, Kind.CLASS, Kind.EXCEPTION}
_BOUND = {Binding.INSTANCE: "self", Binding.CLASS: "cls"}
_CLOSE = 0.6


class Unfit(Exception):  # noqa: N818 - a refusal between two modules, not an error anybody meets
    """What was said does not fit the symbol; its text says why."""

    def __init__(self, rule: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.hint = hint


def overridden(symbol: Symbol, key: str, value: Any, meanings: Meanings) -> Symbol:
    """Return a symbol with one fact changed.

    Args:
        symbol: As it is known so far.
        key: Which fact: `signature`, `returns`, `parameters.NAME`, `type`, `doc` or `effects.NAME`.
        value: What is said.
        meanings: What names in types mean.

    Raises:
        Unfit: The symbol has no such thing, or names that mean nothing are used.
    """
    if key == "doc":
        return symbol.model_copy(update={"doc": value, "doc_tier": Tier.OVERRIDE})
    what, _, name = key.partition(".")
    if what == "effects":
        return _with_effect(symbol, name, value)
    if key == "type":
        if symbol.kind not in {Kind.CONSTANT, Kind.PROPERTY}:
            raise _misfit(symbol, "no type of its own; say `returns` or `parameters`")
        return symbol.model_copy(update={"type": _meant(read_type(value), meanings), "type_tier": Tier.OVERRIDE})
    if symbol.kind not in _CALLED or symbol.signature is None:
        raise _misfit(symbol, f"no signature, so `{key}` says nothing; a constant or property has a `type`")
    if key == "signature":
        return _with_signature(symbol, symbol.signature, value, meanings)
    if key == "returns":
        change = {"returns": _meant(read_type(value), meanings), "tier": Tier.OVERRIDE}
        return symbol.model_copy(
            update={
                "signature": symbol.signature.model_copy(update=change),
                "overloads": tuple(one.model_copy(update=change) for one in symbol.overloads),
            }
        )
    return _with_parameter(symbol, symbol.signature, name, value, meanings)


def _misfit(symbol: Symbol, what: str) -> Unfit:
    return Unfit("override-misfit", f"{symbol.path} is a {symbol.kind} and has {what}")


def _meant(written: Type, meanings: Meanings) -> str:
    unknown: list[str] = []
    meant = meanings.of(written, unknown.append)
    if unknown:
        close = difflib.get_close_matches(unknown[0], meanings.known, n=3, cutoff=_CLOSE)
        hint = f"did you mean {' or '.join(close)}? Names of other libraries are written `module:Name`"
        if not close:
            hint = "write `module:Name`, a built-in, or a name of typing or of collections.abc"
        raise Unfit("override-type", f"in the type {str(written)!r} nobody knows {unknown[0]!r}", hint)
    return str(meant)


def _with_signature(symbol: Symbol, before: Signature, text: str, meanings: Meanings) -> Symbol:
    written = read_signature(text)
    known = {one.name: one for one in before.parameters}
    parameters = list(written.parameters)
    bound = _BOUND.get(symbol.binding) if symbol.binding is not None else None
    if parameters and parameters[0].name == bound:
        del parameters[0]
    made = []
    for one in parameters:
        same = known.get(one.name)
        default = same.default if one.is_open and same is not None and same.default is not None else one.default
        stated, tier = (same.type, same.tier) if same is not None else (None, Tier.RUNTIME)
        if one.type is not None:
            stated, tier = _meant(one.type, meanings), Tier.OVERRIDE
        made.append(Parameter(name=one.name, kind=one.kind, default=default, type=stated, tier=tier))
    change: dict[str, object] = {"parameters": tuple(made)}
    if written.returns is not None:
        change |= {"returns": _meant(written.returns, meanings), "tier": Tier.OVERRIDE}
    # Overloads tell more than one signature does, and are replaced by it all the same: this is all there is to say.
    return symbol.model_copy(
        update={"signature": before.model_copy(update=change), "tier": Tier.OVERRIDE, "overloads": ()}
    )


def _with_parameter(symbol: Symbol, before: Signature, name: str, text: str, meanings: Meanings) -> Symbol:
    _require_parameters(symbol, [name])
    change = {"type": _meant(read_type(text), meanings), "tier": Tier.OVERRIDE}

    def changed(signature: Signature) -> Signature:
        parameters = (one.model_copy(update=change) if one.name == name else one for one in signature.parameters)
        return signature.model_copy(update={"parameters": tuple(parameters)})

    return symbol.model_copy(update={"signature": changed(before), "overloads": tuple(map(changed, symbol.overloads))})


def _with_effect(symbol: Symbol, name: str, value: Any) -> Symbol:
    if symbol.kind is Kind.ALIAS:
        raise _misfit(symbol, "no effects")
    if name == "mutates":
        _require_parameters(symbol, (one for one in value if one != "self" or symbol.owner is None))
        value = tuple(sorted(set(value)))
    effects = (symbol.effects or Effects()).model_copy(update={name: value})
    if name == "mutates":
        effects = effects.model_copy(update={"mutates_tier": Tier.OVERRIDE})
    if effects.pure and effects.mutates:
        message = f"{symbol.path} is said to be pure and to mutate {', '.join(effects.mutates)}; it was taken to mutate"
        raise Unfit("override-conflict", message, "say `pure = false` where it mutates, or remove one of them")
    if effects.pure:
        effects = effects.model_copy(update={"idempotent": True})
    return symbol.model_copy(update={"effects": effects if effects != Effects() else None})


def _require_parameters(symbol: Symbol, names: Iterable[str]) -> None:
    there = [one.name for one in symbol.signature.parameters] if symbol.signature is not None else []
    for name in names:
        if name not in there:
            close = difflib.get_close_matches(name, there, n=1, cutoff=_CLOSE)
            shown = ", ".join(there) or "none"
            hint = f"did you mean {close[0]!r}?" if close else "give its whole `signature` if it has more than it says"
            raise Unfit("override-parameter", f"{symbol.path} has no parameter {name!r}; it has: {shown}", hint)
