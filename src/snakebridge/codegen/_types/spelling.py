# How annotations are written in one module, and the imports that takes.
#
# Guarantees: a spelled name means what it should in the scope it is written in: a builtin that the module, the class or
# a parameter shadows is written `_b.list`, a shadowed generated class through an alias. Only what was spelled is
# imported, and the lists come out in import-sorter order.

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from snakebridge.codegen._functions.literals import Code, literal
from snakebridge.codegen._tree.layout import Brackets, Piece
from snakebridge.codegen._tree.names import Identifier
from snakebridge.codegen._tree.surface import outermost
from snakebridge.codegen._types.annotations import Annotation, Bracket, Choices, Dots, Either, Generated, Host

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snakebridge.codegen._tree.files import Files
    from snakebridge.codegen._tree.surface import Surface

__all__ = ["Scope", "Spelling", "import_order", "relative"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Names that hide module-level ones where something is written."""

    hidden: frozenset[str] = frozenset()

    def below(self, names: Iterable[str]) -> Scope:
        """Return the scope inside a class or function that binds these names."""
        return Scope(self.hidden | frozenset(names))


def relative(origin: str, target: str, *, package: bool) -> str:
    """Return how a module refers to another one of its library: `.decoder`, `..`."""
    here = origin.split(".") if package else origin.split(".")[:-1]
    there = target.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def _natural(text: str) -> tuple[object, ...]:
    # As import sorters do: `o8` before `o16`.
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text))


def _rank(name: str) -> tuple[object, ...]:
    # Constants, classes, the rest: what import sorters call order by type.
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, _natural(name.lower()), name


def import_order(line: str) -> tuple[object, ...]:
    """Sort key of an import line: plain imports first, then the furthest relative module first."""
    words = line.split()
    module = words[1]
    if words[0] == "import":
        return (0, 0, _natural(module.lower()), module, (), line)
    bare = module.lstrip(".")
    return (1, len(bare) - len(module), _natural(bare.lower()), bare, _rank(words[3]), line)


@dataclass(slots=True)
class Spelling:
    """Spells annotations for one file and remembers the imports."""

    surface: Surface
    files: Files
    module: str
    """Dotted name of the file."""
    names: Mapping[str, str]
    """The names that the file exports, and their canonical paths."""
    taken: set[str] = field(default_factory=set)
    """Module-level names that imports must not bind."""
    variables: set[Code] = field(default_factory=set)
    """Type variables that the file declares."""
    running: set[Code] = field(default_factory=set)
    """Standard-library imports needed at run time."""
    bound: set[Code] = field(default_factory=set)
    """Relative imports needed at run time: base classes."""
    checking: set[Code] = field(default_factory=set)
    """Standard-library imports that only type checkers need."""
    seen: set[Code] = field(default_factory=set)
    """Relative imports that only type checkers need."""
    aliases: dict[str, str] = field(default_factory=dict)
    """What an alias stands for."""
    support: bool = False
    """Whether `_sb` is used."""
    library: bool = False
    """Whether `_lib` is used."""

    def __post_init__(self) -> None:
        self.taken |= set(self.names)

    def builtin(self, name: str, scope: Scope) -> Code:
        """Spell a builtin."""
        if name not in self.taken and name not in scope.hidden:
            return Code(name)
        self.running.add(Code("import builtins as _b"))
        return Code(f"_b.{name}")

    def typing(self, name: str) -> Code:
        """Spell a name of `typing`."""
        self.running.add(Code("import typing as _t"))
        return Code(f"_t.{name}")

    def standard(self, module: str, scope: Scope) -> Code:
        """Import a standard-library module for run time; return its alias."""
        alias = self._alias("_" + module, module, scope)
        self.running.add(Code(f"import {module} as {alias}"))
        return Code(alias)

    def support_name(self, name: str) -> Code:
        """Spell a name of `snakebridge.support`."""
        self.support = True
        return Code(f"_sb.{name}")

    def value(self, value: object, scope: Scope) -> Code:
        """Write a literal value; `nan` needs the builtin `float`."""
        plain = literal(value)
        if "float" not in self.taken | scope.hidden:
            return plain
        qualified = literal(value, builtins="_b.")
        if qualified != plain:
            self.running.add(Code("import builtins as _b"))
        return qualified

    def spell(self, annotation: Annotation, scope: Scope) -> Code:
        """Write an annotation on one line."""
        return Code(str(self.piece(annotation, scope)))

    def piece(self, annotation: Annotation, scope: Scope) -> Piece:  # noqa: PLR0911 - one case per node
        """Write an annotation so that it can be broken."""
        match annotation:
            case Host(module, name, arguments) if arguments:
                return self._bracketed(f"{self._host(module, name, scope)}[", arguments, "]", scope)
            case Host(module, name):
                return self._host(module, name, scope)
            case Generated(path, arguments) if arguments:
                return self._bracketed(f"{self._generated(path, scope)}[", arguments, "]", scope)
            case Generated(path):
                return self._generated(path, scope)
            case Either(members):
                return " | ".join(self.spell(member, scope) for member in members)
            case Choices(values):
                return Brackets(f"{self.typing('Literal')}[", values, "]")
            case Bracket(members, parentheses):
                opening, closing = ("(", ")") if parentheses else ("[", "]")
                return self._bracketed(opening, members, closing, scope)
            case Dots():
                return "..."

    def _bracketed(self, opening: str, members: tuple[Annotation, ...], closing: str, scope: Scope) -> Brackets:
        return Brackets(opening, tuple(self.piece(member, scope) for member in members), closing)

    def union(self, annotation: Annotation, scope: Scope) -> Piece:
        """Write a union as `_t.Union[...]`, which can be broken where `|` cannot."""
        if not isinstance(annotation, Either):
            return self.piece(annotation, scope)
        return self._bracketed(f"{self.typing('Union')}[", annotation.members, "]", scope)

    def _host(self, module: str, name: str, scope: Scope) -> str:
        match module:
            case "":
                return name
            case "builtins":
                return self.builtin(name, scope)
            case "typing":
                return self.typing(name)
            case "variable":
                return self.variable(name, scope)
            case "snakebridge.support":
                return self.support_name(name)
        alias = self._alias("_" + module.replace(".", "_"), module, scope)
        self.checking.add(Code(f"import {module} as {alias}"))
        return f"{alias}.{name}"

    def variable(self, name: str, scope: Scope) -> Code:
        """Spell a type variable, which the file declares."""
        # Two underscores would be mangled in a class.
        alias = Code(self._alias(f"_{name.strip('_') or 'T'}", f"the type variable {name}", scope))
        self.typing("TypeVar")
        self.variables.add(alias)
        return alias

    def declared(self) -> tuple[Code, ...]:
        """Return the statement that declares the type variables of the file."""
        if not self.variables:
            return ()
        extensions = self._alias("_typing_extensions", "typing_extensions", Scope())
        seen = [f'    {name} = {extensions}.TypeVar("{name}", default=_t.Any)\n' for name in sorted(self.variables)]
        real = [f'    {name} = _t.TypeVar("{name}")' for name in sorted(self.variables)]
        head = f"if _t.TYPE_CHECKING:\n    import typing_extensions as {extensions}\n\n"
        return (Code(f"{head}{''.join(seen)}else:\n" + "\n".join(real)),)

    def _alias(self, wanted: str, meaning: str, scope: Scope) -> str:
        while wanted in self.taken or wanted in scope.hidden or self.aliases.get(wanted, meaning) != meaning:
            wanted += "_"
        self.aliases[wanted] = meaning
        return Identifier(wanted)

    def _generated(self, path: str, scope: Scope) -> Code:
        place = self.surface.places[path]
        if self._is_at_hand(path, scope):
            return Code(place.qualname)
        alias = self._alias(f"_{place.head}", outermost(path), scope)
        # A module may import from itself: checkers need no more for an alias of a shadowed class.
        self.seen.add(self._import(place.module, place.head, alias))
        return Code(alias + place.qualname.removeprefix(place.head))

    def _is_at_hand(self, path: str, scope: Scope) -> bool:
        head = self.surface.places[path].head
        return self.names.get(head) == outermost(path) and head not in scope.hidden

    def _source(self, path: str) -> str:
        """Return where a file imports a symbol from: a module of the library, but a module its own parts."""
        module = self.surface.places[path].module
        return self.files.of(path) if module == self.module else module

    def _import(self, module: str, name: str, alias: str) -> Code:
        source = relative(self.module, module, package=self.module in self.surface.packages)
        return Code(f"from {source} import {name} as {alias}")

    def base(self, path: str, scope: Scope) -> Code:
        """Spell a generated class as a base, which is imported at run time when it lives elsewhere."""
        place, file = self.surface.places[path], self.files.of(path)
        if file == self.module:
            return Code(place.qualname)
        alias = place.head
        if not self._is_at_hand(path, scope):
            alias = self._alias(f"_{place.head}", outermost(path), scope)
        self.bound.add(self._import(file, place.head, alias))
        return Code(alias + place.qualname.removeprefix(place.head))

    def export(self, name: str, path: str) -> None:
        """Import a re-exported symbol for type checkers, unless a base class already needs it at run time."""
        place = self.surface.places[path]
        line = self._import(self._source(path), place.qualname, name)
        if line not in self.bound:
            self.seen.add(line)

    def submodule(self, name: str, target: str) -> None:
        """Import a submodule for type checkers."""
        parent, _, child = target.rpartition(".")
        self.seen.add(self._import(parent, child, name))
