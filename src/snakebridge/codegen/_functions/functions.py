# Functions and methods: the `def` line, and the one call its body makes.
#
# Guarantees: the client accepts what the shape accepts, sends every argument the way the library takes it
# (positional-only by position, keyword-only by its name over there), and sends no default nobody touched.

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import Code, literal, read
from snakebridge.codegen._functions.signatures import Slot
from snakebridge.codegen._tree.layout import WIDTH, Brackets, Piece, lay_out
from snakebridge.codegen._tree.names import ALIASES, Identifier, is_identifier, parameter_names
from snakebridge.codegen._tree.plan import FunctionPlan
from snakebridge.codegen._types.annotations import ANY, NONE, Either
from snakebridge.manifest import ParameterKind

if TYPE_CHECKING:
    from snakebridge.codegen._functions.signatures import Shape
    from snakebridge.codegen._types.annotations import Annotation
    from snakebridge.codegen._types.spelling import Scope, Spelling

__all__ = ["Target", "plan_function", "plan_setter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a body calls: a method of the runtime's `Library` and its first arguments."""

    method: str
    first: tuple[Code, ...]
    receiver: str | None = None
    """`self` or `cls`."""
    decorators: tuple[Code, ...] = ()
    coroutine: bool = False
    suffix: str = ""
    """What is done with the result before it is returned."""


def plan_function(
    name: str, shape: Shape, target: Target, spelling: Spelling, scope: Scope, *, column: int, doc: Code | None = None
) -> FunctionPlan:
    """Plan a function whose `def` stands in that column, with its overloads."""
    reserved = ALIASES | ({target.receiver} if target.receiver else frozenset())
    if shape.returns in _BARE:
        reserved -= {"_t"}  # only `cast` needs it in the body; a second flow of networkx is called so
    bound = _bind(shape, reserved, column)
    names = [one for one, _ in bound]
    spelling.library = True
    # What the library takes by any name must not be taken for the object; all overloads must agree on it.
    apart = shape.rest is not None or bool(shape.of(ParameterKind.POSITIONAL_ONLY))
    head = _head(name, bound, shape, target, spelling, scope, column, apart=apart)
    return replace(
        head,
        doc=doc,
        body=_body(_sort(bound, spelling, scope), target, shape.returns, spelling, scope.below(names), column),
        overloads=tuple(
            _head(
                name,
                _bind(one, reserved, column),
                one,
                replace(target, decorators=(spelling.typing("overload"), *target.decorators)),
                spelling,
                scope,
                column,
                apart=apart,
                is_overload=True,
            )
            for one in shape.overloads
        ),
    )


def _bind(shape: Shape, reserved: frozenset[str], column: int) -> _Bound:
    """Give each slot the name of its parameter."""
    private: set[str] = set()
    # Outside classes nothing is mangled, and what checkers take for positional-only they do over there, too.
    for slot in shape.slots if not column else ():
        if slot.kind is ParameterKind.POSITIONAL and not slot.name.startswith("__"):
            private.update(one.name for one in shape.of(ParameterKind.KEYWORD))
            break
        private.add(slot.name)
    names = parameter_names((slot.name for slot in shape.slots), reserved, private)
    return list(zip(names, shape.slots, strict=True))


def _head(
    name: str,
    bound: _Bound,
    shape: Shape,
    target: Target,
    spelling: Spelling,
    scope: Scope,
    column: int,
    *,
    apart: bool,
    is_overload: bool = False,
) -> FunctionPlan:
    """Plan everything up to the colon."""
    parameters = _parameters(bound, spelling, scope, column, is_overload=is_overload)
    if target.receiver:
        marked = apart and not shape.of(ParameterKind.POSITIONAL_ONLY)
        parameters = [target.receiver, *(["/"] if marked else []), *parameters]
    returns = _returns(shape.returns, spelling, scope, column)
    keyword = "async def" if target.coroutine else "def"
    flat = f"{keyword} {name}({', '.join(parameters)}) -> {returns}:{' ...' if is_overload else ''}"
    fits = "\n" not in flat and column + len(flat) <= WIDTH
    return FunctionPlan(
        decorators=(*target.decorators, *_deprecated(shape, spelling)),
        keyword=Code(keyword),
        name=Identifier(name),
        parameters=tuple(map(Code, parameters)),
        broken=not fits and (bool(parameters) or "\n" in returns),
        returns=returns,
    )


def _deprecated(shape: Shape, spelling: Spelling) -> tuple[Code, ...]:
    if shape.deprecated is None:
        return ()
    return (Code(f"{spelling.support_name('deprecated')}({literal(shape.deprecated)})"),)


def plan_setter(name: str, kind: Annotation, spelling: Spelling, scope: Scope, *, column: int) -> FunctionPlan:
    """Plan the setter of a property."""
    spelling.library = True
    value = _typed("value: ", Slot("value", ParameterKind.POSITIONAL, kind), "", spelling, scope, column + 8)
    return FunctionPlan(
        decorators=(Code(f"{name}.setter"),),
        name=Identifier(name),
        parameters=(Code("self"), Code(value)),
        broken="\n" in value or column + len(name) + len(value) > WIDTH // 2,
        returns=spelling.spell(NONE, scope),
        body=Code(f"_lib.set(self, {literal(name)}, value)"),
    )


def _returns(annotation: Annotation, spelling: Spelling, scope: Scope, column: int) -> Code:
    flat = spelling.spell(annotation, scope)
    if column + len(flat) + 6 <= WIDTH:
        return flat
    return lay_out(spelling.union(annotation, scope), column + len(") -> :"), indent=0)


def _body(sent: _Sent, target: Target, returns: Annotation, spelling: Spelling, scope: Scope, column: int) -> Code:
    def statement(one: _Sent, deeper: int) -> Code:
        opening = f"{'await ' if target.coroutine else ''}_lib.{target.method}("
        call = Brackets(opening, (*target.first, *_arguments(one, spelling)), f"){target.suffix}")
        return _statement(call, returns, spelling, scope, column + deeper)

    if not sent.star or not sent.optional:
        return statement(sent, 0)
    # There are more positional arguments only when every optional one before them was given, by position too.
    by_position = replace(sent, required=[*sent.required, *sent.optional], tail=[], given=[], optional=[])
    by_name = replace(sent, star=None)
    first, second = (statement(one, 4).replace("\n", "\n    ") for one in (by_position, by_name))
    if returns == NONE:
        return Code(f"if {sent.star}:\n        {first}\n    else:\n        {second}")
    return Code(f"if {sent.star}:\n        {first}\n    {statement(by_name, 0)}")


def _statement(call: Brackets, returns: Annotation, spelling: Spelling, scope: Scope, column: int) -> Code:
    if returns == NONE:
        return lay_out(call, column)
    if returns in _BARE:
        return lay_out(call, column, before="return ")
    quoted = literal(str(spelling.spell(returns, scope)))
    return lay_out(Brackets(f"{spelling.typing('cast')}(", (quoted, call), ")"), column, before="return ")


_Bound = list[tuple[Identifier, "Slot"]]
_BARE: Final = frozenset({ANY, NONE})
"""Results that are returned as they come."""


def _parameters(bound: _Bound, spelling: Spelling, scope: Scope, column: int, *, is_overload: bool) -> list[str]:
    lines: list[str] = []
    kinds = [slot.kind for _, slot in bound]
    for position, (name, slot) in enumerate(bound):
        previous = kinds[position - 1] if position else None
        if previous is ParameterKind.POSITIONAL_ONLY and slot.kind is not ParameterKind.POSITIONAL_ONLY:
            lines.append("/")
        if slot.kind is ParameterKind.KEYWORD and not {ParameterKind.VARIADIC, ParameterKind.KEYWORD} & set(
            kinds[:position]
        ):
            lines.append("*")
        stars = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}.get(slot.kind, "")
        default = f" = {_default(slot, spelling, scope)}" if slot.optional else ""
        if slot.opaque and is_overload:
            # Nobody passes the sentinel, so overloads do not speak of it.
            slot, default = replace(slot, optional=False), " = ..."  # noqa: PLW2901 - the same slot, said otherwise
        lines.append(_typed(f"{stars}{name}: ", slot, default, spelling, scope, column))
    if kinds and kinds[-1] is ParameterKind.POSITIONAL_ONLY:
        lines.append("/")
    return lines


def _typed(before: str, slot: Slot, default: str, spelling: Spelling, scope: Scope, column: int) -> str:
    """Write a parameter; a union too long for its line becomes a `_t.Union`, one alternative per line."""
    sentinel = f" | {spelling.support_name('Default')}" if slot.opaque and slot.type != ANY else ""
    flat = f"{before}{spelling.spell(slot.type, scope)}{sentinel}{default}"
    if column + len(flat) + 5 <= WIDTH:
        return flat
    piece = spelling.union(slot.type, scope)
    if sentinel:
        members = piece.items if isinstance(piece, Brackets) and isinstance(slot.type, Either) else (piece,)
        piece = Brackets(f"{spelling.typing('Union')}[", (*members, spelling.support_name("Default")), "]")
        sentinel = ""
    return lay_out(piece, column, before, f"{sentinel}{default}")


def _default(slot: Slot, spelling: Spelling, scope: Scope) -> Code:
    if slot.default is None:
        return spelling.support_name("DEFAULT")
    return spelling.value(read(slot.default), scope)


@dataclass(slots=True)
class _Sent:
    """How the parameters of one call travel."""

    required: list[Piece] = field(default_factory=list)
    """By position, always."""
    tail: list[Piece] = field(default_factory=list)
    """Positional-only with a default: by position, up to the last one that was touched."""
    given: list[Piece] = field(default_factory=list)
    """Positional with a default: by name when touched, or by position in front of `*args`."""
    optional: list[Identifier] = field(default_factory=list)
    """The names of the last two."""
    named: list[Piece] = field(default_factory=list)
    """Keyword-only without a default."""
    chosen: list[Piece] = field(default_factory=list)
    """Keyword-only with a default: by name when touched."""
    star: Identifier | None = None
    rest: Identifier | None = None


def _sort(bound: _Bound, spelling: Spelling, scope: Scope) -> _Sent:
    sent = _Sent()
    inner = scope.below(name for name, _ in bound)
    for name, slot in bound:
        pair = f"({name}, {_default(slot, spelling, inner)})" if slot.optional else ""
        match slot.kind:
            case ParameterKind.POSITIONAL_ONLY | ParameterKind.POSITIONAL if not slot.optional:
                sent.required.append(name)
            case ParameterKind.POSITIONAL_ONLY:
                sent.tail.append(pair)
                sent.optional.append(name)
            case ParameterKind.POSITIONAL:
                sent.given.append(_pair(slot.name, pair))
                sent.optional.append(name)
            case ParameterKind.KEYWORD if slot.optional:
                sent.chosen.append(_pair(slot.name, pair))
            case ParameterKind.KEYWORD:
                sent.named.append(f"{literal(slot.name)}: {name}")
            case ParameterKind.VARIADIC:
                sent.star = name
            case ParameterKind.VARIADIC_KEYWORD:
                sent.rest = name
    return sent


def _pair(wire: str, pair: str) -> str:
    # Python would mangle a leading double underscore inside a class, even in a keyword argument.
    plain = is_identifier(wire) and not wire.startswith("__")
    return f"{wire}={pair}" if plain else f"**{{{literal(wire)}: {pair}}}"


def _arguments(sent: _Sent, spelling: Spelling) -> tuple[Piece, ...]:
    """Return the positional and keyword arguments of the call, as far as there are any."""
    placed = list(sent.required)
    tail = Brackets(f"{spelling.support_name('tail')}(", tuple(sent.tail), ")") if sent.tail else None
    if sent.star:
        placed.append(f"*{sent.star}")
    elif tail:
        placed.append(Brackets(f"*{tail.opening}", tail.items, ")"))
    keywords = _keywords(sent, spelling)
    if not placed and keywords is None:
        return ()
    alone = sent.star if placed == [f"*{sent.star}"] else None
    positional = alone or Brackets("(", tuple(placed), ")", single=True)
    return (positional,) if keywords is None else (positional, keywords)


def _keywords(sent: _Sent, spelling: Spelling) -> Piece | None:
    """Return the keyword arguments: a lone `_sb.given(...)` or `kwargs` where that is all, else a dictionary."""
    parts = list(sent.named)
    pairs = [*sent.given, *sent.chosen]
    given = Brackets(f"{spelling.support_name('given')}(", tuple(pairs), ")") if pairs else None
    if not parts and not sent.rest:
        return given
    if not parts and not given:
        return sent.rest
    if given:
        parts.append(Brackets(f"**{given.opening}", given.items, ")"))
    if sent.rest:
        parts.append(f"**{sent.rest}")
    return Brackets("{", tuple(parts), "}")
