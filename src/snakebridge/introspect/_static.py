# Modules that cannot be imported, read instead: source → what the probe would have written, as far as source tells.
#
# Annotations stay source, for the join of sources to resolve. What a module imports from its own library refers to
# where that is described (`same`), once all modules are read; what it imports from elsewhere has only an address.
#
# Guarantees: nothing is imported or run; a module that cannot be read is an `Unreadable`, never an exception.
# Assumes griffe 2, loaded only here and only now: its import costs more than reading a module.

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect._observations import ModuleFact
from snakebridge.introspect._static_files import find_source, static_modules
from snakebridge.introspect._static_links import complete
from snakebridge.introspect._static_names import Names
from snakebridge.introspect._static_tree import Unreadable, outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    import griffe

    from snakebridge.introspect._observations import Entry
    from snakebridge.introspect.sources import Target

__all__ = ["Unreadable", "read_instead", "read_modules", "read_static"]


@dataclass(frozen=True, slots=True)
class _Read:
    fact: ModuleFact
    stars: tuple[str, ...]


def read_static(
    module: str, file: Path, *, target: Target, known: Sequence[ModuleFact] = ()
) -> ModuleFact | Unreadable:
    """Return the facts of one module by its source; see `read_modules`."""
    found, unreadable = read_modules({module: file}, target=target, known=known)
    return found[0] if found else unreadable[0]


def read_instead(
    modules: Iterable[str], *, target: Target, known: Sequence[ModuleFact] = ()
) -> tuple[list[ModuleFact], list[Unreadable]]:
    """Return the facts of modules that cannot be imported, and of all modules in those that are packages.

    Args:
        modules: Their dotted names.
        target: Where their sources are, and whose version and platform decide conditions.
        known: What the probe wrote about the library's other modules, which are not read.
    """
    path = [str(root) for root in target.path]
    walked = {fact.module for fact in known if fact.failed is None}
    wanted = {name for module in modules for name in (module, *static_modules(module, path))} - walked
    files = {name: find_source(name, path) for name in sorted(wanted)}
    found, unreadable = read_modules({name: file for name, file in files.items() if file}, target=target, known=known)
    missing = [Unreadable(name, "it has no source to read instead") for name, file in files.items() if file is None]
    return found, sorted([*unreadable, *missing], key=lambda one: one.module)


def read_modules(
    files: Mapping[str, Path], *, target: Target, known: Sequence[ModuleFact] = ()
) -> tuple[list[ModuleFact], list[Unreadable]]:
    """Return the facts of modules of one library by their sources, completed by each other and by those of the probe.

    Names that lead to no description, such as imports from modules that neither was able to read, are left out.

    Args:
        files: By module.
        target: Whose version and platform decide conditions.
        known: What the probe wrote about the others.
    """
    modules = {*files, *(fact.module for fact in known if fact.module)}
    read = [_read(module, file, target, modules) for module, file in sorted(files.items())]
    found = [one for one in read if isinstance(one, _Read)]
    stars = {one.fact.module: one.stars for one in found if one.stars}
    return complete([one.fact for one in found], stars, known), [one for one in read if isinstance(one, Unreadable)]


def _read(module: str, file: Path, target: Target, modules: Collection[str]) -> _Read | Unreadable:
    outlined = outline(module, file, target)
    if isinstance(outlined, Unreadable):
        return outlined
    from snakebridge.introspect import _static_entries as entries  # noqa: PLC0415 - see the top

    try:
        tree = entries.visit(module, file, outlined.source)
        own = {name for name, member in tree.members.items() if not member.is_alias}
        lazy = {name: outlined.hinted[name] for name in _exported(tree) or () if name in outlined.hinted}
        imports = {**lazy, **outlined.imports}
        names = Names(module, own, imports, modules)
        members = entries.Entries(module, names, is_stub=file.suffix == ".pyi").of(tree, imports)
        return _Read(_fact(module, file, tree, members), outlined.stars)
    except Exception as error:  # noqa: BLE001 - griffe evaluates what any source may say, and one module is all it costs
        return Unreadable(module, f"its source cannot be analysed ({type(error).__name__})")


def _fact(module: str, file: Path, tree: griffe.Module, members: Mapping[str, Entry]) -> ModuleFact:
    return ModuleFact(
        module=module,
        name=module,
        file=str(file),
        doc=inspect.cleandoc(tree.docstring.value).strip() if tree.docstring else None,
        package=file.stem == "__init__",
        all=_exported(tree),
        lazy="__getattr__" in members,
        members={name: entry for name, entry in members.items() if not _is_machinery(name)},
    )


def _exported(tree: griffe.Module) -> tuple[str, ...] | None:
    if tree.exports is None:
        return None
    return tuple(dict.fromkeys(one for one in tree.exports if isinstance(one, str)))


def _is_machinery(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
