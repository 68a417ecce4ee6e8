"""One spelling for types of both sides: ours, from a manifest, and mypy's, from `analyse.py`; and what equal means.

Aliases are replaced by what they stand for, `Optional` and `Union` have no order, the names of `typing` are those of
`collections.abc` and `builtins`, and a class has one name however many addresses it has. Arguments count when both
sides give some: mypy fills in what a bare generic class leaves out.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from snakebridge.manifest import DefinitionKind, Manifest, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Plain = list[Any]

_DEEPEST = 14
_BUILTIN = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type"}
_BUILTIN |= {"Text": "str", "LiteralString": "str", "AbstractSet": "Set", "ContextManager": "AbstractContextManager"}
_BUILTIN |= {"DefaultDict": "defaultdict", "Counter": "Counter", "Deque": "deque", "OrderedDict": "OrderedDict"}
_WRAPPERS = {"Annotated", "Required", "NotRequired", "ReadOnly", "ClassVar", "Final", "Unpack"}
_SPECIAL = {"types.NoneType": "None", "types.EllipsisType": "...", "typing.Any": "Any"}
_BITS = [["name", f"numpy._typing._nbit_base.{size}"] for size in ("_32Bit", "_64Bit")]
_OPEN = (["union", *_BITS], ["union", *reversed(_BITS)])
"""The size of numpy's `intp`: its stubs leave it open, the interpreter knows it."""
_ANY: Plain = ["name", "Any"]
_VARIABLES = {DefinitionKind.VARIABLE, DefinitionKind.PARAMETERS, DefinitionKind.VARIABLES}
_STANDARD = frozenset(sys.stdlib_module_names) | {"typing_extensions", "_typeshed"}


class Spelling:
    """Types of one manifest.

    Args:
        manifest: Whose definitions say what aliases stand for.
        aliases: What mypy says that aliases stand for; it comes first where it is given, so that what is compared is
            the names that a type is made of, and not the meanings that each side has for one name.
    """

    def __init__(self, manifest: Manifest, aliases: Mapping[str, Plain] | None = None) -> None:
        self._aliases = aliases or {}
        self._definitions = {one.path: one for one in manifest.definitions}
        self._public: dict[str, str] = {}
        for symbol in manifest.symbols:
            for name in (symbol.path, *symbol.aliases, symbol.defined or symbol.path):
                self._public.setdefault(name.replace(":", "."), symbol.path.replace(":", "."))

    def ours(self, text: str) -> Plain:
        """Return a type expression as lists."""
        return self._plain(types.parse(text), {}, 0)

    def theirs(self, plain: Plain | None) -> Plain | None:
        """Return a type of mypy's with our names."""
        if plain is None:
            return None
        word, *rest = plain
        if word == "name":
            return self._named(rest[0], [self.theirs(one) for one in rest[1:]])
        if word == "call":
            arguments = None if rest[0] is None else [self.theirs(one) for one in rest[0]]
            return ["call", arguments, self.theirs(rest[1])]
        if word == "literal":
            return plain
        if word in {"union", "list"}:
            return [word, *(self.theirs(one) for one in rest)]
        return ["variable", rest[0], *(self.theirs(one) for one in rest[1:])]

    def _named(self, address: str, arguments: Sequence[Plain | None]) -> Plain:
        address = _SPECIAL.get(address, address)
        if address == "builtins.type" and arguments and arguments[0] is not None and arguments[0][0] == "union":
            return ["union", *(["name", "type", one] for one in members(arguments[0]))]
        module, _, name = address.rpartition(".")
        if module in {"typing", "typing_extensions"}:
            return ["name", _BUILTIN.get(name, name), *arguments]
        if module in {"collections.abc", "contextlib", "collections", "re", "builtins"}:
            return ["name", name, *arguments]
        return ["name", self._public.get(address, address), *arguments]

    def _plain(  # noqa: C901, PLR0911, PLR0912 - one line per kind of type
        self, one: types.Type, variables: Mapping[str, Plain], depth: int
    ) -> Plain | None:
        if depth > _DEEPEST:
            return None
        if isinstance(one, types.Unknown):
            return ["name", "?"]
        if isinstance(one, types.Union):
            return ["union", *(self._plain(each, variables, depth + 1) for each in one.members)]
        if isinstance(one, types.Constant):
            return ["literal", repr(ast.literal_eval(one.source))]
        if isinstance(one, types.Parameters):
            return ["list", *(self._plain(each, variables, depth + 1) for each in one.members)]
        if one.address in variables:
            return variables[one.address]
        module, _, qualname = one.address.partition(":")
        if qualname == "Literal" and module.startswith("typing"):
            return ["union", *(self._constant(each) for each in one.arguments)]
        arguments = [self._plain(each, variables, depth + 1) for each in one.arguments]
        if module.startswith("typing") and qualname in _WRAPPERS and arguments:
            return arguments[0]
        if module.startswith("typing") and qualname == "Self":
            return ["variable", "Self"]
        if qualname == "Callable" and (module.startswith("typing") or module == "collections.abc"):
            return _call(arguments)
        dotted = one.address.replace(":", ".")
        if dotted in self._aliases:
            open_names, meaning = self._aliases[dotted]
            given = [*arguments, *(default for _, default in open_names[len(arguments) :])]
            return self.theirs(_filled(meaning, {name: one for (name, _), one in zip(open_names, given, strict=False)}))
        definition = self._definitions.get(one.address)
        if definition is not None and definition.kind is DefinitionKind.ALIAS and definition.type is not None:
            left = [self._default(one, depth) for one in definition.parameters[len(arguments) :]]
            filled = dict(zip(definition.parameters, [*arguments, *left], strict=False))
            return self._plain(types.parse(definition.type), {**variables, **filled}, depth + 1)  # type: ignore[dict-item]
        if definition is not None and definition.kind in _VARIABLES:
            limits = [text for text in (*definition.constraints, definition.bound) if text is not None]
            bounds = [self._plain(types.parse(text), variables, depth + 1) for text in limits]
            return ["variable", qualname.rpartition(".")[2], *bounds]
        return self._named(dotted, arguments)

    def _default(self, variable: str, depth: int) -> Plain | None:
        known = self._definitions.get(variable)
        return self._plain(types.parse(known.default), {}, depth + 1) if known and known.default else _ANY

    def _constant(self, one: types.Type) -> Plain | None:
        # The member of an enum is a name that no alias has, and `None` is a type.
        dotted = one.address.replace(":", ".") if isinstance(one, types.Name) else None
        is_member = (
            dotted and dotted not in _SPECIAL and dotted not in self._aliases and one.address not in self._definitions
        )  # type: ignore[union-attr]
        return ["literal", dotted] if is_member else self._plain(one, {}, 0)


def _filled(one: Plain | None, given: Mapping[str, Plain | None]) -> Plain | None:
    # The meaning of an alias with its type parameters replaced.
    if one is None or one[0] == "literal":
        return one
    if one[0] == "variable" and one[1] in given:
        return given[one[1]]
    if one[0] == "call":
        arguments = None if one[1] is None else [_filled(each, given) for each in one[1]]
        return ["call", arguments, _filled(one[2], given)]
    head = one[:1] if one[0] == "union" else one[:2]
    return [*head, *(_filled(each, given) for each in one[len(head) :])]


def _call(arguments: list[Plain | None]) -> Plain:
    if len(arguments) != 2:
        return ["call", None, None]
    first = arguments[0]
    return ["call", first[1:] if first is not None and first[0] == "list" else None, arguments[1]]


def members(one: Plain) -> Iterator[Plain]:
    """Yield the alternatives of a type, however its unions are nested."""
    if one[0] != "union":
        yield one
    for each in one[1:] if one[0] == "union" else ():
        if each is not None:
            yield from members(each)


def is_same(ours: Plain | None, theirs: Plain | None) -> bool:
    """Tell whether two types are the same, as far as both sides say."""
    if _is_cut(ours) or _is_cut(theirs):
        return True
    left, right = list(members(ours)), list(members(theirs))
    if len(left) > 1 or len(right) > 1:
        return all(any(is_same(a, b) for b in right) for a in left) and all(
            any(is_same(a, b) for a in left) for b in right
        )
    return bool(left) and bool(right) and _is_same_member(left[0], right[0])


def _is_cut(one: Plain | None) -> bool:
    # An alias that names itself ends somewhere, and the two sides need not end at the same depth. A parameter list as
    # an argument (PEP 612) is nothing that mypy's semantic analysis shows.
    return one is None or one[0] == "list" or one in _OPEN or (one[0] == "union" and any(map(_is_cut, one[1:])))


def _is_same_member(one: Plain, other: Plain) -> bool:
    if one[0] != other[0]:
        return False
    if one[0] == "variable":
        return bool(one[1] == other[1])
    if one[0] == "literal":
        # mypy's analysis shows the literal b'W' as 'W'; a member of an enum is a name.
        left, right = (
            each[1].removeprefix("b") if each[1].startswith(("b'", 'b"')) else each[1] for each in (one, other)
        )
        return left == right or (left[0] not in "'\"" and is_same_name(left, right))
    if one[0] == "call":
        is_open = None in (one[1], other[1]) or ["name", "..."] in (*one[1], *other[1])  # `Concatenate[int, ...]`
        pairs = () if is_open else zip(one[1], other[1], strict=False)
        return all(is_same(a, b) for a, b in pairs) and is_same(one[2], other[2])
    if not is_same_name(one[1], other[1]):
        return False
    return not one[2:] or not other[2:] or all(is_same(a, b) for a, b in zip(one[2:], other[2:], strict=False))


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names are those of one class: the same word in the same library, wherever each says it is."""
    if one == other:
        return True
    return one.rpartition(".")[2] == other.rpartition(".")[2] and _root(one) == _root(other)


def _root(address: str) -> str:
    root = address.partition(".")[0]
    return "" if root in _STANDARD or "." not in address else root.lstrip("_")


def shown(one: Plain | None) -> str:
    """Return a type as a person reads it."""
    if one is None:
        return "…"
    if one[0] == "union":
        return " | ".join(sorted({shown(each) for each in members(one)}))
    if one[0] == "call":
        arguments = "..." if one[1] is None else ", ".join(map(shown, one[1]))
        return f"({arguments}) -> {shown(one[2])}"
    if one[0] == "list":
        return f"[{', '.join(map(shown, one[1:]))}]"
    arguments = one[2:] if one[0] == "name" else ()
    return f"{one[1]}[{', '.join(map(shown, arguments))}]" if arguments else str(one[1])
