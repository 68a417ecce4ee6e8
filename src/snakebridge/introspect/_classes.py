# Observed classes → symbols: the class itself, and each of its public members as a symbol of its own.
#
# Inheritance is kept among public classes. What a class inherits from a private class of the library would be lost,
# since nothing is generated for that one, so it is listed at the first public class below it. Of bases outside the
# library only the operators are kept.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from snakebridge.introspect._annotations import Annotations, is_class_variable
from snakebridge.introspect._operators import OPERATORS
from snakebridge.manifest import Binding, EnumMember, Flag, Kind, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snakebridge.introspect._observations import Entry
    from snakebridge.introspect._signatures import Signatures

CLASSES = {"class": Kind.CLASS, "exception": Kind.EXCEPTION, "enum": Kind.ENUM}

_OBJECT = "builtins:object"
_NO_DOC = "An enumeration."  # what enums without a docstring say before Python 3.11
_WORD = re.compile(r"[^\W\d]\w{0,199}")


def flags_of(entry: Entry, *, settable: bool = False) -> tuple[Flag, ...]:
    """Return an object's flags, sorted."""
    return tuple(sorted({*map(Flag, entry.flags), *((Flag.SETTABLE,) if settable else ())}))


class Classes:
    """Turns observed classes into symbols."""

    def __init__(
        self,
        described: Mapping[str, Entry],
        public: Mapping[str, str],
        own: frozenset[str],
        annotations: Annotations,
        signatures: Signatures,
    ) -> None:
        """Take what is known of all classes.

        Args:
            described: Classes by the address they give themselves.
            public: Public address by the address they give themselves.
            own: The addresses, as they give themselves, of the library's own classes.
            annotations: Makes type expressions.
            signatures: Makes signatures.
        """
        self._described = described
        self._public = public
        self._own = own
        self._annotations = annotations
        self._signatures = signatures

    def symbols(self, path: str, entry: Entry, *, aliases: tuple[str, ...] = ()) -> Iterator[Symbol]:
        """Yield the symbol of a class, then those of its members."""
        kind = CLASSES[entry.kind]
        signatures, tier = ((), None) if kind is Kind.ENUM else self._signatures.of(entry)
        hidden, outside = self._uncovered(entry)
        yield Symbol(
            path=path,
            kind=kind,
            aliases=aliases,
            defined=entry.address if entry.address != path else None,
            doc=None if kind is Kind.ENUM and entry.doc == _NO_DOC else entry.doc,
            signatures=signatures,
            tier=tier,
            flags=flags_of(entry),
            bases=tuple(base for base in entry.bases if base != _OBJECT),
            protocols=self._protocols(entry, hidden, outside),
            members=tuple(EnumMember(name=name, value=value) for name, value in entry.enum if _WORD.fullmatch(name)),
        )
        listed: set[str] = set()
        taken = {name for base in self._public_lineage(entry) for name in self._described[base].members}
        for one in (entry, *hidden):
            for name in sorted({*one.members, *one.annotations} - listed):
                if one is entry or name not in taken:
                    yield from self._member(path, name, one, kind)
            listed |= {*one.members, *one.annotations}

    # --- Bases ---

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

    def _member(self, path: str, name: str, owner: Entry, kind: Kind) -> Iterator[Symbol]:
        if not _WORD.fullmatch(name) or (name.startswith("_") and name not in OPERATORS):
            return
        entry, annotation = owner.members.get(name), owner.annotations.get(name)
        place = f"{path}.{name}"
        is_field = owner.dataclass is not None and name in owner.dataclass.fields
        if annotation is not None and (entry is None or is_field) and not is_class_variable(annotation):
            settable = not (owner.dataclass is not None and owner.dataclass.frozen)
            yield Symbol(
                path=place,
                kind=Kind.PROPERTY,
                binding=Binding.INSTANCE,
                flags=(Flag.SETTABLE,) if settable else (),
                type=self._annotations.expression(annotation),
            )
            return
        if entry is None or entry.same or entry.broken or not entry.kind:
            return
        if entry.kind in CLASSES:
            # A nested class that also stands in a public module is described there.
            if self._public.get(entry.address or "", place) == place:
                yield from self.symbols(place, entry)
            return
        typed = self._annotations.expression(annotation)
        if entry.kind == "property":
            yield Symbol(
                path=place,
                kind=Kind.PROPERTY,
                doc=entry.doc,
                binding=Binding.INSTANCE,
                flags=flags_of(entry, settable=entry.settable),
                type=self._annotations.expression(entry.returns) or typed,
            )
        elif entry.kind == "constant":
            yield Symbol(
                path=place,
                kind=Kind.CONSTANT,
                binding=Binding.CLASS,
                type=typed or self._annotations.of_class(entry.type),
                value=entry.value,
            )
        elif entry.kind in {"function", "callable"} and not (kind is Kind.ENUM and name.startswith("_")):
            signatures, tier = self._signatures.of(entry)
            yield Symbol(
                path=place,
                kind=Kind(entry.kind),
                doc=entry.doc,
                signatures=signatures,
                tier=tier,
                binding=Binding(entry.binding or "instance"),
                flags=flags_of(entry),
            )
