# Classes: remote types and exceptions; enums have a file of their own.
#
# Guarantees: a class has what the manifest says it defines and no more (what it inherits, it inherits); a nested class
# stands inside its own; nothing in a class body is looked up in the wrong scope.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._annotations import NONE
from snakebridge.codegen._enums import plan_enum
from snakebridge.codegen._functions import Target, plan_function, plan_setter
from snakebridge.codegen._literals import Code, docstring, literal
from snakebridge.codegen._members import Form, Member, Members
from snakebridge.codegen._names import Identifier
from snakebridge.codegen._plan import ClassPlan, FunctionPlan, MemberBlock
from snakebridge.codegen._signatures import Shape, shape_of
from snakebridge.codegen._spelling import Scope
from snakebridge.codegen._values import constant_value
from snakebridge.manifest import Flag, Kind, Symbol

if TYPE_CHECKING:
    from snakebridge.codegen._hierarchy import Hierarchy
    from snakebridge.codegen._spelling import Spelling
    from snakebridge.codegen._surface import Surface

__all__ = ["ClassWriter", "documented"]

_SLOTS: Final = Code("__slots__ = ()")
_SELF: Final = Code("self")


def documented(symbol: Symbol | None) -> Code | None:
    """Write a symbol's docstring, saying that it is deprecated when nothing else does."""
    text = (symbol.doc if symbol is not None else None) or ""
    if symbol is not None and Flag.DEPRECATED in symbol.flags and "deprecated" not in text.lower():
        text = f"{text}\n\nDeprecated in the library." if text else "Deprecated in the library."
    return docstring(text, "    ")


@dataclass(frozen=True, slots=True)
class ClassWriter:
    """Plans the classes of one module."""

    surface: Surface
    hierarchy: Hierarchy
    settled: dict[str, Members]
    spelling: Spelling

    def plan(self, path: str, outside: Scope, column: int = 0) -> ClassPlan:
        """Plan a class, the nested ones included; `column` is where it stands."""
        symbol = self.surface.symbols[path]
        members = self.settled[path]
        nested = self._nested(path)
        # A class body does not see the body around it.
        scope = Scope().below({*members.own, *members.faces, *(self.surface.symbols[one].name for one in nested)})
        plan = ClassPlan(
            name=Identifier(self.surface.places[path].qualname.rpartition(".")[2]),
            bases=self._bases(symbol, outside),
            doc=documented(symbol),
            faces=tuple(self._face(member) for _, member in sorted(members.faces.items())),
            classes=tuple(self.plan(one, scope, column + 4) for one in nested),
        )
        if symbol.kind is Kind.ENUM:
            return plan_enum(symbol, plan, self.surface, self.hierarchy, self.spelling, outside)
        own = [member for _, member in sorted(members.own.items())]
        variables = [self._variable(member, scope) for member in own if member.form in {Form.VARIABLE, Form.ATTRIBUTE}]
        if symbol.kind is Kind.EXCEPTION:
            return replace(plan, variables=tuple(variables))
        written = [member for member in own if member.form not in {Form.VARIABLE, Form.ATTRIBUTE, Form.CLASS}]
        constructor = MemberBlock(functions=(self._constructor(symbol, scope, column + 4),))
        return replace(
            plan,
            variables=(_SLOTS, *variables),
            members=(constructor, *(self._block(member, symbol, scope, column + 4) for member in written)),
        )

    def _nested(self, path: str) -> list[str]:
        nested = {one.path for one in self.surface.members.get(path, ())}
        return [one for one in self.hierarchy.order if one in nested]

    def _bases(self, symbol: Symbol, outside: Scope) -> tuple[Code, ...]:
        found: list[Code] = []
        for base in self.hierarchy.bases[symbol.path]:
            sibling = symbol.owner is not None and self.surface.symbols[base].owner == symbol.owner
            found.append(Code(self.surface.symbols[base].name) if sibling else self.spelling.base(base, outside))
        match symbol.kind:
            case Kind.ENUM:
                return tuple(found)
            case Kind.EXCEPTION:
                named = [self.spelling.builtin(name, outside) for name in self.hierarchy.builtins[symbol.path]]
                root = [] if found else [self.spelling.support_name("RemoteError")]
                return (*root, *found, *named)
        return tuple(found) or (self.spelling.support_name("RemoteObject"),)

    def _face(self, member: Member) -> Code:
        kind = self.spelling.typing("Any")
        if member.variable:
            kind = Code(f"{self.spelling.typing('ClassVar')}[{kind}]")
        return Code(f"{member.name}: {kind}")

    def _variable(self, member: Member, scope: Scope) -> Code:
        kind = self.spelling.spell(member.type, scope)
        value = constant_value(member.symbol) if member.symbol is not None else ...
        if member.form is Form.VARIABLE:
            kind = Code(f"{self.spelling.typing('ClassVar')}[{kind}]")
        default = f" = {self.spelling.value(value, scope)}" if value is not ... else ""
        return Code(f"{member.name}: {kind}{default}")

    def _constructor(self, symbol: Symbol, scope: Scope, column: int) -> FunctionPlan:
        address = literal(self.surface.places[symbol.path].address)
        shape = Shape(shape_of(symbol, self.surface).slots, NONE)
        target = Target(method="construct", first=(_SELF, address), receiver="self")
        return plan_function("__init__", shape, target, self.spelling, scope, column=column)

    def _block(self, member: Member, owner: Symbol, scope: Scope, column: int) -> MemberBlock:
        # Behind a face the definition stands one level deeper, below `else:`.
        column += 4 if member.face else 0
        if member.form is Form.PROPERTY:
            functions = self._property(member, scope, column)
        else:
            address = f"{self.surface.places[owner.path].address}.{member.name}"
            functions = (
                plan_function(
                    member.name,
                    member.shape,
                    self._target(member, address, scope),
                    self.spelling,
                    scope,
                    column=column,
                    doc=documented(member.symbol),
                ),
            )
        return MemberBlock(functions=functions, face=self._face(member) if member.face else None)

    def _target(self, member: Member, address: str, scope: Scope) -> Target:
        prefix = "a" if member.coroutine else ""
        match member.form:
            case Form.CLASS_METHOD:
                decorators = (self.spelling.builtin("classmethod", scope),)
                first = (literal(address),)
                receiver: str | None = "cls"
            case Form.STATIC_METHOD:
                decorators, first, receiver = (self.spelling.builtin("staticmethod", scope),), (literal(address),), None
            case _:
                name = literal(member.name)
                if member.name == "__await__":
                    return Target(method="amethod", first=(_SELF, name), receiver="self", suffix=".__await__()")
                return Target(
                    method=f"{prefix}method", first=(_SELF, name), receiver="self", coroutine=member.coroutine
                )
        return Target(
            method=f"{prefix}call", first=first, receiver=receiver, decorators=decorators, coroutine=member.coroutine
        )

    def _property(self, member: Member, scope: Scope, column: int) -> tuple[FunctionPlan, ...]:
        name = literal(member.name)
        getter = plan_function(
            member.name,
            Shape((), member.type),
            Target(
                method="get",
                first=(_SELF, name),
                receiver="self",
                decorators=(self.spelling.builtin("property", scope),),
            ),
            self.spelling,
            scope,
            column=column,
            doc=documented(member.symbol),
        )
        if not member.settable:
            return (getter,)
        return (getter, plan_setter(member.name, member.taken, self.spelling, scope, column=column))
