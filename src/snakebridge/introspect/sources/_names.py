# What a name means, followed through imports and star imports to where it is defined.

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from snakebridge.introspect.sources._parameters import type_parameters
from snakebridge.introspect.sources._places import (
    Given,
    Place,
    aliased,
    dotted_name,
    linearised,
    may_be_type,
)
from snakebridge.introspect.sources._tables import Binding, Import, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from snakebridge.introspect.sources._files import Files

_FARTHEST = 24


class Meanings:
    """Follows names.

    Args:
        tables: What is defined and imported where.
        files: Finds the files of modules.
        known: Canonical address of what the target itself showed, by any of its addresses.
    """

    def __init__(self, tables: Tables, files: Files, known: Callable[[str], str | None]) -> None:
        self._tables = tables
        self._files = files
        self._known = known
        self._lineages: dict[tuple[str, int], Sequence[Place]] = {}
        self._addresses: dict[tuple[int, str, str | None], str | None] = {}
        self._behind: dict[tuple[str, int], Place] = {}
        self._starred: dict[Table, dict[str, str]] = {}
        self._starring: set[Table] = set()

    # --- Places ---

    def find(self, module: str, dotted: str, *, stub_first: bool = True, depth: int = 0) -> Place | str | None:
        """Return where `module.dotted` is defined; the name of a module when it is one."""
        if depth > _FARTHEST:
            return None
        head, _, rest = dotted.partition(".")
        table = self._tables.either(module, stub_first=stub_first)
        if table is None:
            found: Place | str | None = self._module(f"{module}.{head}", stub_first=stub_first)
        else:
            found = self._in_module(table, head, stub_first=stub_first, depth=depth)
        while rest and found is not None:
            head, _, rest = rest.partition(".")
            if isinstance(found, str):
                outer = found
                inner = self.find(outer, head, stub_first=stub_first, depth=depth + 1)
                found = inner if inner is not None else self._module(f"{outer}.{head}", stub_first=stub_first)
            else:
                found = self.member(found, head)
        if found is None and table is not None and not stub_first and not table.is_stub:
            return self.find(module, dotted, depth=depth + 1)  # compiled names stand in stubs alone
        return found

    def _module(self, name: str, *, stub_first: bool) -> str | None:
        is_module = self._tables.either(name, stub_first=stub_first) is not None or self._files.is_namespace(name)
        return name if is_module else None

    def _in_module(self, table: Table, name: str, *, stub_first: bool, depth: int) -> Place | str | None:
        bindings = _bindings(table, name)
        for binding in bindings:
            # The first way in which it is bound is the usual one: `try: import fast ... except ImportError: slow`.
            if not isinstance(binding.what, Import):
                return Place.of(table, name, bindings, via=None)
            found = self._imported(binding.what, stub_first=stub_first, depth=depth)
            if found is not None:
                return found
        star = self.starred(table).get(name)
        if star is not None:
            return self.find(star, name, stub_first=stub_first, depth=depth + 1)
        return self._module(f"{table.module}.{name}", stub_first=stub_first) if table.is_package else None

    def _imported(self, what: Import, *, stub_first: bool, depth: int) -> Place | str | None:
        if what.name is None:
            return self._module(what.module, stub_first=stub_first)
        found = self.find(what.module, what.name, stub_first=stub_first, depth=depth + 1)
        return found if found is not None else self._module(f"{what.module}.{what.name}", stub_first=stub_first)

    def starred(self, table: Table) -> dict[str, str]:
        """Return the module from which a table's star imports bring each name."""
        if table not in self._starred:
            self._starred[table] = {}  # while it is made: modules may import each other
            self._starring.add(table)
            is_whole = True
            made: dict[str, str] = {}
            for star in table.stars:
                other = self._tables.either(star, stub_first=table.is_stub)
                if other is None or other is table:
                    continue
                is_whole = is_whole and other not in self._starring
                made.update((name, star) for name in self._shown(other))
            self._starring.discard(table)
            if is_whole or not self._starring:
                self._starred[table] = made
            else:
                del self._starred[table]  # a part of a circle: whole only when it is asked from outside
            return made
        return self._starred[table]

    def _shown(self, table: Table) -> Iterator[str]:
        if table.exported is not None and not table.is_export_open:
            yield from table.exported
            return
        exported = table.exported or ()
        yield from (name for name in (*self.starred(table), *table.names) if name[:1] != "_" or name in exported)

    # --- Classes ---

    def member(self, owner: Place, name: str) -> Place | None:
        """Return where a class, or the first of its bases that has it, defines a name."""
        owner = self.behind(owner)
        for one in self.lineage(owner):
            found = self.own(one, name, via=owner)
            if found is not None:
                return found
        return None

    def own(self, owner: Place, name: str, *, via: Place | None = None) -> Place | None:
        """Return where a class itself defines a name.

        Args:
            owner: The class.
            name: The name.
            via: The class that was asked, when `owner` is one of its bases.
        """
        node = owner.as_class
        bindings = self._tables.members(owner.table, node).get(name) if node is not None else None
        if not bindings:
            return None
        is_plain = via is None or (via.address == owner.address and via.given is None)
        place = f"{owner.qualname}.{name}"
        return Place.of(owner.table, place, bindings, owner=owner, via=None if is_plain else via)

    def written(self, owner: Place) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
        """Yield what a class itself defines, with the statements that do, in order."""
        node = owner.as_class
        for name in self._tables.members(owner.table, node) if node is not None else ():
            found = self.own(owner, name)
            if found is not None and found.nodes:
                yield name, found.nodes

    def lineage(self, owner: Place) -> Sequence[Place]:
        """Return a class and its bases, in the order in which Python asks them."""
        if owner.as_class is None:
            return ()
        key = owner.address, id(owner.table)
        known = self._lineages.get(key)
        if known is None:
            self._lineages[key] = (owner,)  # while it is looked for: a class may name itself
            bases = [one for one in self.bases(owner) if one.address != owner.address]
            known = linearised(owner, bases, [self.lineage(one) for one in bases])
            self._lineages[key] = known
        return known

    def bases(self, owner: Place) -> list[Place]:
        """Return the direct bases of a class, as far as they are written in a file."""
        node = owner.as_class
        found: dict[str, Place] = {}
        for base in node.bases if node is not None else ():
            place = self.base(owner, base)
            if place is not None:
                found.setdefault(place.address, place)
        return list(found.values())

    def base(self, owner: Place, written: ast.expr) -> Place | None:
        """Return the class that one of a class's bases is."""
        dotted = dotted_name(written.value if isinstance(written, ast.Subscript) else written)
        place = self.place(owner.table, dotted, owner.owner) if dotted else None
        return place if place is not None and place.as_class is not None else None

    def place(self, table: Table, dotted: str, owner: str | None = None, *, depth: int = 0) -> Place | None:
        """Return where a name that is written in a table is defined, plain aliases followed."""
        found: Place | str | None = None
        head, _, rest = dotted.partition(".")
        if owner is not None:
            around = self._class_in(table, owner)
            found = self.own(around, head) if around is not None else None
            found = found if found is None or found.nodes else None
        if found is None:
            found = self._in_module(table, head, stub_first=table.is_stub, depth=depth)
            if found is None and head in self._builtins():
                found = self.find("builtins", head, depth=depth + 1)
        for part in rest.split(".") if rest else ():
            if isinstance(found, str):
                found = self.find(found, part, stub_first=table.is_stub, depth=depth + 1)
            elif found is not None:
                found = self.member(found, part)
        return self.behind(found, depth=depth) if isinstance(found, Place) else None

    def _class_in(self, table: Table, qualname: str) -> Place | None:
        # A class by its name in its module's text; `None` for one that the text only imports.
        head, _, rest = qualname.partition(".")
        bindings = table.names.get(head, ())
        found = Place.of(table, head, bindings, via=None) if bindings else None
        while rest and found is not None:
            head, _, rest = rest.partition(".")
            found = self.own(found, head)
        return found if found is not None and found.as_class is not None else None

    def behind(self, place: Place, *, depth: int = 0) -> Place:
        """Follow `name = other`, and `name = other[argument]` when that is a class."""
        value = aliased(place.nodes[0] if place.nodes else None)
        is_generic = isinstance(value, ast.Subscript)
        dotted = dotted_name(value.value if isinstance(value, ast.Subscript) else value)
        if value is None or dotted is None or dotted == place.qualname.rpartition(".")[2] or depth > _FARTHEST:
            return place
        key = place.address, id(place.table)
        if key not in self._behind:
            self._behind[key] = place  # while it is looked for: two names may stand for each other
            found = self.place(place.table, dotted, place.owner, depth=depth + 1)
            if found is None or (is_generic and found.as_class is None):
                found = place
            elif is_generic and found.given is None:
                found = replace(found, given=Given.of(place.table, place.owner, value))
            self._behind[key] = found
        return self._behind[key]

    def _builtins(self) -> Container[str]:
        table = self._tables.stub("builtins")
        return () if table is None else table.names

    # --- Addresses ---

    def address(self, table: Table, dotted: str, owner: str | None = None) -> str | None:
        """Return the canonical address of what a dotted name means in a table; of a module, its name."""
        key = (id(table), dotted, owner)
        if key not in self._addresses:
            self._addresses[key] = None  # while it is looked for: an alias may name itself
            self._addresses[key] = self._address(table, dotted, owner)
        return self._addresses[key]

    def _address(self, table: Table, dotted: str, owner: str | None) -> str | None:
        head, _, rest = dotted.partition(".")
        inner = self._in_class(table, head, owner) if owner is not None else None
        if inner is not None:
            return self._public(inner + (f".{rest}" if rest else ""))
        found = self._follow(table, head, rest, 0)
        if found is not None:
            return found
        return f"builtins:{dotted}" if head in self._builtins() else None

    def _in_class(self, table: Table, name: str, owner: str) -> str | None:
        # The scope of a class is what it defines itself; only type parameters are seen from classes within it.
        around = self._class_in(table, owner)
        own = self.own(around, name) if around is not None else None
        if own is not None and own.nodes and may_be_type(own.nodes[0]):
            return own.address
        scope: str | None = owner
        while scope:
            cls = self._class_in(table, scope)
            node = cls.as_class if cls is not None else None
            if node is not None and any(one.name == name for one in type_parameters(node)):
                return f"{table.module}:{scope}.{name}"
            scope = scope.rpartition(".")[0]
        return None

    def _follow(self, table: Table, name: str, rest: str, depth: int) -> str | None:
        # Step by step, because each step may be what the world calls it.
        tail = f".{rest}" if rest else ""
        here = self._known(f"{table.module}:{name}{tail}")
        if here is not None:
            return here
        bindings = _bindings(table, name)
        if not bindings:
            return self._star(table, name, rest, depth)
        for binding in bindings:
            what = binding.what
            if not isinstance(what, Import):
                return self._written(table, name, rest, what, depth)
            if binding is bindings[-1] or self._imported(what, stub_first=table.is_stub, depth=depth) is not None:
                return self._through(what, rest, depth, is_stub=table.is_stub)
        return None

    def _written(self, table: Table, name: str, rest: str, node: ast.stmt, depth: int) -> str:
        if isinstance(node, ast.Assign) and not rest and depth <= _FARTHEST:
            other = dotted_name(node.value)
            if other and other != name and other.partition(".")[0] in table.names:
                head, _, tail = other.partition(".")
                return self._follow(table, head, tail, depth + 1) or f"{table.module}:{name}"
        return f"{table.module}:{name}.{rest}" if rest else f"{table.module}:{name}"

    def _through(self, what: Import, rest: str, depth: int, *, is_stub: bool) -> str | None:
        if what.name is None:
            return self._in(what.module, rest, depth, is_stub=is_stub) if rest else what.module
        return self._in(what.module, f"{what.name}.{rest}" if rest else what.name, depth, is_stub=is_stub)

    def _in(  # noqa: PLR0911 - one return per step that may end it
        self, module: str, dotted: str, depth: int, *, is_stub: bool
    ) -> str | None:
        module = "typing" if module == "typing_extensions" else module
        spelled = self._known(f"{module}:{dotted}")
        if spelled is not None:
            return spelled
        head, _, rest = dotted.partition(".")
        submodule = f"{module}.{head}"
        table = self._tables.either(module, stub_first=is_stub)
        if depth > _FARTHEST:
            return f"{module}:{dotted}"
        is_name = table is not None and (bool(_bindings(table, head)) or head in self.starred(table))
        if not is_name and self._module(submodule, stub_first=is_stub):
            return self._in(submodule, rest, depth + 1, is_stub=is_stub) if rest else submodule
        if table is None:
            return f"{module}:{dotted}"
        # A public name of the standard library is called what people import.
        if self._files.is_standard(module) and not module.startswith("_"):
            imported = _bindings(table, head)
            what = imported[0].what if imported else None
            if isinstance(what, Import) and (what.name is None or rest):
                return self._through(what, rest, depth + 1, is_stub=is_stub)
            return f"{module}:{dotted}"
        return self._follow(table, head, rest, depth + 1) or f"{module}:{dotted}"

    def _star(self, table: Table, name: str, rest: str, depth: int) -> str | None:
        star = self.starred(table).get(name) if depth <= _FARTHEST else None
        if star is not None:
            return self._in(star, f"{name}.{rest}" if rest else name, depth + 1, is_stub=table.is_stub)
        submodule = f"{table.module}.{name}"
        if table.is_package and self._module(submodule, stub_first=table.is_stub):
            return self._in(submodule, rest, depth + 1, is_stub=table.is_stub) if rest else submodule
        return None

    def _public(self, address: str) -> str:
        return self._known(address) or address


def _bindings(table: Table, name: str) -> Sequence[Binding]:
    # `from . import deep` in a package binds nothing that the submodule does not.
    found = table.names.get(name, ())
    own = Import(table.module, name)
    return [one for one in found if one.what != own] if any(one.what == own for one in found) else found
