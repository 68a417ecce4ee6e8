# Classes: remote types and exceptions; enums have a file of their own.
#
# Guarantees: a class has what the manifest says it defines and no more (what it inherits, it inherits); a nested class
# stands inside its own; nothing in a class body is looked up in the wrong scope.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._classes.enums import plan_enum
from snakebridge.codegen._classes.members import Form, Member, Members
from snakebridge.codegen._classes.records import plan_record
from snakebridge.codegen._functions.functions import Target, plan_function, plan_setter
from snakebridge.codegen._functions.literals import Code, literal
from snakebridge.codegen._functions.signatures import Shape, constructor_of, shape_of
from snakebridge.codegen._functions.values import constant_value
from snakebridge.codegen._texts.documentation import documented
from snakebridge.codegen._tree.layout import Brackets, lay_out
from snakebridge.codegen._tree.names import Identifier
from snakebridge.codegen._tree.plan import ClassPlan, FunctionPlan, MemberBlock
from snakebridge.codegen._types.generics import inherited_arguments
from snakebridge.codegen._types.spelling import Scope
from snakebridge.manifest import Kind, ParameterKind, Symbol
from snakebridge.manifest import Shape as DataShape

if TYPE_CHECKING:
    from snakebridge.codegen._classes.hierarchy import Hierarchy
    from snakebridge.codegen._tree.surface import Surface
    from snakebridge.codegen._types.spelling import Spelling

__all__ = ["ClassWriter"]

_VARIABLES: Final = frozenset({Form.VARIABLE, Form.ATTRIBUTE})
_SLOTS: Final = Code("__slots__ = ()")
_SELF: Final = Code("self")
_CLASS: Final = Code("cls")


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
            bases=() if path in self.surface.records else self._bases(symbol, outside),
            doc=documented(symbol, self.surface),
            faces=tuple(self._face(member) for _, member in sorted(members.faces.items())),
            classes=tuple(self.plan(one, scope, column + 4) for one in nested),
        )
        if path in self.surface.records:
            return plan_record(symbol, plan, self.surface, self.spelling, outside)
        own = [member for _, member in sorted(members.own.items())]
        variables = tuple(self._variable(member, symbol, scope) for member in own if member.form in _VARIABLES)
        written = [member for member in own if member.form not in _VARIABLES | {Form.CLASS}]
        blocks = tuple(self._block(member, symbol, scope, column + 4) for member in written)
        if symbol.kind is Kind.ENUM:
            plan = plan_enum(symbol, plan, self.surface, self.hierarchy, self.spelling, outside)
            return replace(plan, members=blocks)
        if symbol.kind is Kind.EXCEPTION and not self._is_made_there(symbol, written):
            return replace(plan, variables=variables, members=blocks)
        constructor = MemberBlock(functions=(self._constructor(symbol, scope, column + 4),))
        if symbol.kind is Kind.EXCEPTION:
            return replace(plan, variables=variables, members=(constructor, *blocks))
        return replace(
            plan,
            variables=(_SLOTS, *self._match(symbol, column), *variables),
            hidden=self._hidden(symbol, scope),
            members=(constructor, *blocks),
        )

    def _is_made_there(self, symbol: Symbol, written: list[Member]) -> bool:
        """Say whether an exception is more than its arguments, so that only the library can make it."""
        ancestors = self.hierarchy.ancestors[symbol.path]
        return (
            bool(written)
            or any(self.settled[path].own for path in ancestors)
            # One that takes nothing must not inherit the constructor of one that does.
            or any(
                slot.kind not in {ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD}
                for path in (symbol.path, *ancestors)
                for slot in shape_of(self.surface.symbols[path], self.surface).slots
            )
        )

    def _match(self, symbol: Symbol, column: int) -> tuple[Code, ...]:
        """Let a data class be matched by position, as it can be over there."""
        if symbol.shape not in {DataShape.DATACLASS, DataShape.ATTRS}:
            return ()
        names = [field.name for field in symbol.fields if field.init and not field.keyword_only]
        written = Brackets("(", tuple(map(literal, names)), ")", single=True)
        return (lay_out(written, column, before="__match_args__ = "),) if names else ()

    def _hidden(self, symbol: Symbol, scope: Scope) -> tuple[Code, ...]:
        """Return what Python looks up on the class and checkers would only refuse."""
        found: list[Code] = []
        above = [self.surface.symbols[path] for path in self.hierarchy.ancestors[symbol.path]]
        if _is_unhashable(symbol):
            found.append(Code("__hash__ = None"))
        elif "__hash__" in symbol.protocols and any(map(_is_unhashable, above)):
            found.append(Code(f"__hash__ = {self.spelling.support_name('RemoteObject')}.__hash__"))
        if symbol.parameters and not any(one.parameters for one in above):
            found.append(Code(f"__class_getitem__ = {self.spelling.builtin('classmethod', scope)}(lambda cls, _: cls)"))
        if found:
            self.spelling.typing("TYPE_CHECKING")
        return tuple(found)

    def _nested(self, path: str) -> list[str]:
        nested = {one.path for one in self.surface.members.get(path, ())}
        return [one for one in self.hierarchy.order if one in nested]

    def _bases(self, symbol: Symbol, outside: Scope) -> tuple[Code, ...]:
        found: list[Code] = []
        for base in self.hierarchy.bases[symbol.path]:
            sibling = symbol.owner is not None and self.surface.symbols[base].owner == symbol.owner
            name = Code(self.surface.symbols[base].name) if sibling else self.spelling.base(base, outside)
            found.append(Code(f"{name}{self._arguments(symbol, base, outside)}"))
        match symbol.kind:
            case Kind.ENUM:
                return tuple(found)
            case Kind.EXCEPTION:
                named = [self.spelling.builtin(name, outside) for name in self.hierarchy.builtins[symbol.path]]
                root = [] if found else [self.spelling.support_name("RemoteError")]
                return (*root, *found, *named)
        found = found or [self.spelling.support_name("RemoteObject")]
        variables = [
            self.spelling.variable(name, outside) for name in self.surface.generics.get(symbol.path, {}).values()
        ]
        if variables:
            found.append(Code(f"{self.spelling.typing('Generic')}[{', '.join(variables)}]"))
        return tuple(found)

    def _arguments(self, symbol: Symbol, base: str, outside: Scope) -> str:
        """Write what a base is generic in; only checkers look, and the classes in it may not be loaded."""
        stated = inherited_arguments(symbol, base, self.surface)
        spelled = [self.spelling.spell(one, outside) for one in stated]
        return (
            f"[{', '.join(one if one in self.spelling.variables else literal(str(one)) for one in spelled)}]"
            if spelled
            else ""
        )

    def _face(self, member: Member) -> Code:
        return Code(f"{member.name}: {self.spelling.typing('Any')}")

    def _variable(self, member: Member, owner: Symbol, scope: Scope) -> Code:
        kind = self.spelling.spell(member.type, scope)
        if member.form is Form.VARIABLE:
            self.spelling.library = True
            return Code(f"{member.name}: {kind} = _lib.attribute({self._address(owner, member.name)})")
        value = constant_value(member.symbol) if member.symbol is not None else ...
        default = f" = {self.spelling.value(value, scope)}" if value is not ... else ""
        return Code(f"{member.name}: {kind}{default}")

    def _address(self, owner: Symbol, name: str) -> Code:
        return literal(f"{self.surface.places[owner.path].address}.{name}")

    def _constructor(self, symbol: Symbol, scope: Scope, column: int) -> FunctionPlan:
        address = literal(self.surface.places[symbol.path].address)
        shape = constructor_of(symbol, self.surface)
        method = "construct_error" if symbol.kind is Kind.EXCEPTION else "construct"
        target = Target(method=method, first=(_SELF, address), receiver="self")
        return plan_function("__init__", shape, target, self.spelling, scope, column=column)

    def _block(self, member: Member, owner: Symbol, scope: Scope, column: int) -> MemberBlock:
        # Behind a face the definition stands one level deeper, below `else:`.
        column += 4 if member.face or member.runs else 0
        if member.form is Form.PROPERTY:
            functions = self._property(member, owner, scope, column)
        else:
            functions = (self._function(member, owner, member.runs or member.shape, scope, column),)
            if member.runs is not None:
                seen = self._function(member, owner, member.shape, scope, column)
                self.spelling.typing("TYPE_CHECKING")
                return MemberBlock(functions=functions, seen=replace(seen, body=Code("...")))
        return MemberBlock(functions=functions, face=self._face(member) if member.face else None)

    def _function(self, member: Member, owner: Symbol, shape: Shape, scope: Scope, column: int) -> FunctionPlan:
        address = f"{self.surface.places[owner.path].address}.{member.name}"
        target = self._target(member, owner, address, scope)
        doc = documented(member.symbol, self.surface)
        return plan_function(member.name, shape, target, self.spelling, scope, column=column, doc=doc)

    def _target(self, member: Member, owner: Symbol, address: str, scope: Scope) -> Target:
        prefix = "a" if member.coroutine else ""
        match member.form:
            case Form.CLASS_METHOD:
                return Target(
                    method=f"{prefix}class_call",
                    first=(_CLASS, literal(address)),
                    receiver="cls",
                    decorators=(self.spelling.builtin("classmethod", scope),),
                    coroutine=member.coroutine,
                )
            case Form.STATIC_METHOD:
                return Target(
                    method=f"{prefix}call",
                    first=(literal(address),),
                    decorators=(self.spelling.builtin("staticmethod", scope),),
                    coroutine=member.coroutine,
                )
            case _ if owner.kind is Kind.ENUM:
                first = (_SELF, literal(address))
                return Target(method=f"{prefix}member_call", first=first, receiver="self", coroutine=member.coroutine)
            case _:
                name = literal(member.name)
                if member.name == "__await__":
                    return Target(method="amethod", first=(_SELF, name), receiver="self", suffix=".__await__()")
                return Target(
                    method=f"{prefix}method", first=(_SELF, name), receiver="self", coroutine=member.coroutine
                )

    def _property(self, member: Member, owner: Symbol, scope: Scope, column: int) -> tuple[FunctionPlan, ...]:
        of_value = owner.kind is Kind.ENUM
        getter = plan_function(
            member.name,
            Shape((), member.type),
            Target(
                method="member_get" if of_value else "get",
                first=(_SELF, self._address(owner, member.name) if of_value else literal(member.name)),
                receiver="self",
                decorators=(self.spelling.builtin("property", scope),),
            ),
            self.spelling,
            scope,
            column=column,
            doc=documented(member.symbol, self.surface),
        )
        if of_value or not member.settable:
            return (getter,)
        return (getter, plan_setter(member.name, member.taken, self.spelling, scope, column=column))


def _is_unhashable(symbol: Symbol) -> bool:
    # Python takes the hash away where `__eq__` is defined without one.
    return "__eq__" in symbol.protocols and "__hash__" not in symbol.protocols
