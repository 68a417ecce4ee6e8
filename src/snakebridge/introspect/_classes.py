# Observed classes → symbols: the class itself, and each of its public members as a symbol of its own.
#
# Inheritance is kept among public classes. What a class inherits from a private class of the library would be lost,
# since nothing is generated for that one, so it is listed at the first public class below it. Of bases outside the
# library only the operators are kept.

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect._annotations import Annotations, Scope, is_class_variable
from snakebridge.introspect._combine import UNTOLD
from snakebridge.introspect._drafts import Draft
from snakebridge.introspect._operators import OPERATORS
from snakebridge.manifest import (
    Binding,
    Default,
    EnumMember,
    Field,
    Flag,
    Kind,
    Note,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import Annotation, Entry, FieldFact
    from snakebridge.introspect._signatures import Signatures

CLASSES = {"class": Kind.CLASS, "exception": Kind.EXCEPTION, "enum": Kind.ENUM}

_OBJECT = "builtins:object"
_NO_DOC = "An enumeration."  # what enums without a docstring say before Python 3.11
_WORD = re.compile(r"[^\W\d]\w{0,199}")
ADDRESS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_MOST_ALIASES = 8


def flags_of(entry: Entry, *, settable: bool = False) -> tuple[Flag, ...]:
    """Return an object's flags, sorted."""
    return tuple(sorted({*map(Flag, entry.flags), *((Flag.SETTABLE,) if settable else ())}))


@dataclass(frozen=True, slots=True)
class _Around:
    """The class whose members are described."""

    path: str
    kind: Kind
    owner: Entry
    """The class itself, or a private base whose members are listed at it."""
    places: tuple[str, ...]
    """Addresses of the classes in which sources may know a member."""


class Classes:
    """Turns observed classes into symbols.

    Args:
        described: Classes by the address they give themselves.
        public: Public address by the address they give themselves.
        own: The addresses, as they give themselves, of the library's own classes.
        annotations: Makes type expressions.
        signatures: Makes signatures.
    """

    def __init__(
        self,
        described: Mapping[str, Entry],
        public: Mapping[str, str],
        own: frozenset[str],
        annotations: Annotations,
        signatures: Signatures,
    ) -> None:
        self._described = described
        self._public = public
        self._own = own
        self._annotations = annotations
        self._signatures = signatures

    def drafts(self, path: str, entry: Entry, *, aliases: tuple[str, ...] = ()) -> Iterator[Draft]:
        """Yield the draft of a class, then those of its members."""
        hidden, outside = self._uncovered(entry)
        yield self._class_draft(path, entry, aliases, self._protocols(entry, hidden, outside))
        yield from self._member_drafts(path, entry, hidden)

    def _class_draft(self, path: str, entry: Entry, aliases: tuple[str, ...], protocols: tuple[str, ...]) -> Draft:
        kind = CLASSES[entry.kind]
        scope = _scope(entry, path)
        signature, tier = self._signatures.of(entry, scope)
        named = (one for one in entry.fields if _WORD.fullmatch(one.name))
        fields = tuple(self._field(one, scope) for one in named) if _has_all(entry) else ()
        if entry.shape == Shape.TYPED_DICT and _has_all(entry):
            signature, tier = from_keys(fields), Tier.RUNTIME
        symbol = Symbol(
            path=path,
            kind=kind,
            aliases=aliases,
            defined=entry.address if entry.address != path else None,
            doc=None if kind is Kind.ENUM and entry.doc == _NO_DOC else entry.doc,
            signature=signature,
            tier=tier,
            flags=flags_of(entry),
            bases=self._visible(entry),
            protocols=protocols,
            members=tuple(EnumMember(name=name, value=value) for name, value in entry.enum if _WORD.fullmatch(name)),
            shape=Shape(entry.shape) if entry.shape else None,
            fields=fields,
            parameters=tuple(one for one in entry.parameters if ADDRESS.fullmatch(one)),
            generic_bases=tuple(str(self._annotations.expression(one, scope)) for one in entry.generic_bases),
            metaclass=entry.metaclass,
            deprecated=entry.deprecated,
            notes=(Note.RUNTIME_VARIADIC,) if entry.signature is not None and entry.signature.narrowed else (),
        )
        own = entry.address or path
        places = (own, *((path,) if path != own else ()), *aliases[:_MOST_ALIASES])
        overloads = self._signatures.overloads(entry, scope)
        return Draft(symbol=symbol, places=places, origins=self._makers(entry), scope=scope, overloads=overloads)

    def _member_drafts(self, path: str, entry: Entry, hidden: Sequence[Entry]) -> Iterator[Draft]:
        listed: set[str] = set()
        order = {address: place for place, address in enumerate(entry.lineage)}
        first: dict[str, int] = {}
        for base in self._public_lineage(entry):
            for name in self._described[base].members:
                first.setdefault(name, order[base])
        for one in (entry, *hidden):
            lineage = [one.address, *(base for base in one.lineage[1:] if base != _OBJECT)] if one.address else []
            places = [*lineage, path] if one is not entry else [*lineage[:1], path, *lineage[1:]]
            around = _Around(path, CLASSES[entry.kind], one, tuple(dict.fromkeys(places)))
            for name in sorted({*one.members, *one.annotations} - listed):
                # What a public base passes on is listed there, unless a private one before it has another.
                if one is entry or first.get(name, len(order)) > order.get(one.address or "", 0):
                    yield from self._member(around, name)
            listed |= {*one.members, *one.annotations}

    def _field(self, fact: FieldFact, scope: Scope) -> Field:
        default = fact.default
        return Field(
            name=fact.name,
            type=self._annotations.expression(fact.annotation, scope),
            default=None if default is None else Default(literal=default.literal, opaque=default.opaque),
            required=fact.required,
            keyword_only=fact.keyword_only,
            init=fact.init,
            alias=fact.alias,
        )

    # --- Bases ---

    def _visible(self, entry: Entry, below: tuple[str, ...] = ()) -> tuple[str, ...]:
        # Instead of a private base its own bases, as nothing is generated for it. A base that another one has already
        # would come too early. A base may have the address of its subclass: `class _A(namedtuple("_A", "x")): ...`.
        found: list[str] = []
        for base in entry.bases:
            private = self._described.get(base) if base in self._own and base not in self._public else None
            if base not in below:
                seen = self._visible(private, (*below, base)) if private else (base,)
                found += (one for one in seen if one not in found)
        above = {one for base in found if base in self._described for one in self._described[base].lineage[1:]}
        return tuple(base for base in found if base != _OBJECT and (base in entry.bases or base not in above))

    def _makers(self, entry: Entry) -> tuple[str, ...]:
        # The classes whose constructor a class may inherit, nearest first.
        return tuple(base for base in entry.lineage[1:] if base != _OBJECT and ADDRESS.fullmatch(base))

    def _public_lineage(self, entry: Entry) -> list[str]:
        return [base for base in entry.lineage[1:] if base in self._public and base in self._described]

    def _uncovered(self, entry: Entry) -> tuple[list[Entry], list[Entry]]:
        # Bases that no public class of the library passes on: the private ones, then those from outside.
        covered = {_OBJECT, *entry.lineage[:1]}
        for base in self._public_lineage(entry):
            covered.update(self._described[base].lineage)
        rest = [base for base in entry.lineage if base not in covered and base in self._described]
        hidden = [self._described[base] for base in rest if base in self._own]
        return hidden, [self._described[base] for base in rest if base not in self._own]

    def _protocols(self, entry: Entry, hidden: list[Entry], outside: list[Entry]) -> tuple[str, ...]:
        # Enums and exceptions are real ones on the host, which bring what their bases outside the library define; the
        # operators of flags are written on each class.
        if entry.kind == "enum":
            return ()
        passed_on = hidden if entry.kind == "exception" else [*hidden, *outside]
        order = {address: place for place, address in enumerate(entry.lineage)}
        decided: dict[str, bool] = {}
        for one in (entry, *sorted(passed_on, key=lambda base: order.get(base.address or "", 0))):
            for name in one.operators:
                decided.setdefault(name, True)
            for name in one.blocked:
                decided.setdefault(name, False)
        return tuple(sorted(name for name, holds in decided.items() if holds and name in OPERATORS))

    # --- Members ---

    def _is_own(self, entry: Entry) -> bool:
        # Where it was written, whatever class it is seen at.
        return (entry.address or "").rpartition(".")[0] in self._own

    def _member(self, around: _Around, name: str) -> Iterator[Draft]:
        if not _WORD.fullmatch(name) or (name.startswith("_") and name not in OPERATORS):
            return
        owner = around.owner
        entry, annotation = owner.members.get(name), owner.annotations.get(name)
        place = f"{around.path}.{name}"
        scope = _scope(owner, around.path)
        places = tuple(f"{one}.{name}" for one in around.places)
        is_field = any(field.name == name for field in owner.fields)
        if annotation is not None and (entry is None or is_field) and not is_class_variable(annotation):
            symbol = Symbol(
                path=place,
                kind=Kind.PROPERTY,
                binding=Binding.INSTANCE,
                flags=() if owner.frozen else (Flag.SETTABLE,),
                type=self._annotations.expression(annotation, scope),
            )
            yield Draft(symbol=symbol, places=places, scope=scope)
            return
        if entry is None or entry.same or entry.broken or not entry.kind:
            return
        if entry.kind in CLASSES:
            # A nested class that also stands in a public module is described there.
            if self._public.get(entry.address or "", place) == place:
                yield from self.drafts(place, entry)
            return
        found = self._described_member(around.kind, place, name, entry, annotation, scope)
        if found is not None:
            own = entry.address or ""
            yield Draft(
                symbol=found,
                places=places,
                origins=(own,) if ADDRESS.fullmatch(own) and own not in places else (),
                scope=scope,
                overloads=self._signatures.overloads(entry, scope),
            )

    def _described_member(
        self, kind: Kind, place: str, name: str, entry: Entry, annotation: Annotation | None, scope: Scope
    ) -> Symbol | None:
        typed = self._annotations.expression(annotation, scope)
        if entry.kind == "property":
            return Symbol(
                path=place,
                kind=Kind.PROPERTY,
                doc=entry.doc,
                binding=Binding.INSTANCE,
                flags=flags_of(entry, settable=entry.settable),
                type=self._annotations.expression(entry.returns, scope) or typed,
                descriptor=entry.descriptor,
                deprecated=entry.deprecated,
            )
        if entry.kind == "alias":
            alias = self._annotations.expression(entry.alias, scope)
            return Symbol(path=place, kind=Kind.ALIAS, binding=Binding.CLASS, type=alias)
        if entry.kind == "constant":
            return Symbol(
                path=place,
                kind=Kind.CONSTANT,
                binding=Binding.CLASS,
                type=typed or self._annotations.of_class(entry.type),
                value=entry.value,
            )
        if entry.kind not in {"function", "callable"}:
            return None
        if kind is Kind.ENUM and name.startswith("_") and not self._is_own(entry):
            return None  # `enum` writes operators on each class
        signature, tier = self._signatures.of(entry, scope)
        return Symbol(
            path=place,
            kind=Kind(entry.kind),
            doc=entry.doc,
            signature=signature,
            tier=tier,
            binding=Binding(entry.binding or "instance"),
            flags=flags_of(entry),
            parameters=tuple(one for one in entry.parameters if ADDRESS.fullmatch(one)),
            descriptor=entry.descriptor,
            dispatches=dispatches_of(entry, self._annotations),
            deprecated=entry.deprecated,
        )


def _has_all(entry: Entry) -> bool:
    # A typed dictionary may have keys that are no names; it is known with all of them, or with none.
    return entry.shape != Shape.TYPED_DICT or all(_WORD.fullmatch(one.name) for one in entry.fields)


def from_keys(fields: Iterable[Field]) -> Signature:
    """Return how a typed dictionary is made."""
    return Signature(
        parameters=tuple(
            Parameter(
                name=one.name,
                kind=ParameterKind.KEYWORD,
                type=one.type,
                default=None if one.required else UNTOLD,
            )
            for one in fields
        )
    )


def _scope(entry: Entry, path: str) -> Scope:
    return Scope(entry.scope or entry.defined[0] or path.partition(":")[0], entry.defined[1])


def dispatches_of(entry: Entry, annotations: Annotations) -> tuple[str, ...]:
    """Return the types that a single-dispatch function knows, sorted."""
    found = (annotations.of_class(address) for address in entry.dispatches)
    return tuple(sorted(one for one in found if one is not None))
