# What one imported module is: its own facts and those of everything in it.
#
# A name that is offered (`__all__`, `__dir__`) and not held has to be asked for, which runs code of the library. It is
# announced, so that the host knows what to blame; in a watched module every name is.

from __future__ import annotations

import types
from typing import Callable, Collection

from ._annotations import annotation, scope_of, stated_in
from ._objects import Describer
from ._reading import Facts, attempt, derives, document, held_by, lean, look_up, read, sorted_names, text

_PLAIN_DIR = look_up(types.ModuleType, "__dir__")


def module_facts(
    name: str,
    module: object,
    describer: Describer,
    skipped: Collection[str],
    announce: Callable[[str], None],
    *,
    is_watched: bool,
) -> Facts:
    held = dict(held_by(module))  # modules may change while they are read
    listed = attempt(list, held["__all__"]) if derives(held.get("__all__"), list, tuple) else None
    is_told = isinstance(listed, list) and all(type(one) is str for one in listed)
    exported = sorted_names(listed) if is_told else None  # sorted, because libraries build it from sets
    names = [*sorted_names(held), *(exported or ())]
    if "__dir__" in held or look_up(type(module), "__dir__") is not _PLAIN_DIR:
        names += sorted_names(attempt(dir, module))
    kept = {"__version__", *(exported or ())} & set(held)
    names = [one for one in names if one in kept or not (one[:2] == one[-2:] == "__")]
    members: Facts = {}
    for one in sorted(set(names), key=lambda one: (one not in held, one)):
        place = f"{name}:{one}"
        if place in skipped:
            members[one] = {"skipped": True}
            continue
        is_announced = is_watched or one not in held
        if is_announced:
            announce(f"begin read {place}")
        try:
            members[one] = describer.entry(held[one] if one in held else getattr(module, one), place)
        except BaseException as error:  # optional dependencies and deprecations raise anything
            members[one] = {"unavailable": type(error).__name__}
        if is_announced:
            announce(f"end read {place}")
    scope = scope_of(held_by(module))
    for one, stated in stated_in(module, held).items():
        # A string is an alias only because its annotation says so (PEP 613).
        if derives(held.get(one), str) and annotation(stated, scope).get("name", "").endswith(":TypeAlias"):
            members[one] = {"kind": "alias", "alias_kind": "alias", "alias": annotation(held[one], scope)}
    facts: Facts = {
        "module": name,
        "name": text(held.get("__name__")),
        "doc": document(held.get("__doc__")),
        "package": "__path__" in held,
        "file": text(read(held.get("__spec__"), "origin")) or text(held.get("__file__")),
        "lazy": "__getattr__" in held,
        "members": members,
    }
    return {**lean(facts), "all": exported}  # an empty one says something
