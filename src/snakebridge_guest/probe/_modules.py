# What one imported module is: its own facts and those of everything in it.
#
# A name that a lazy module offers (`__all__` or `__dir__` says so) and does not hold yet has to be asked for, which
# runs code of the library. That is announced first, so that the host knows which name to blame when it never comes
# back. In a watched module every name is announced, since describing may kill a process too.

from __future__ import annotations

import inspect
import types
from typing import TYPE_CHECKING, Callable, Collection, Dict, List, Optional

from snakebridge_guest.probe._reading import Facts, attempt, derives, look_up, sorted_names, text

if TYPE_CHECKING:
    from snakebridge_guest.probe._objects import Describer

_PLAIN_DIR = look_up(types.ModuleType, "__dir__")
Announce = Callable[[str, str], None]


def held_by(module: object) -> Dict[str, object]:
    """Return a copy of a module's namespace; modules may change while they are read."""
    held = attempt(object.__getattribute__, module, "__dict__")
    return dict(held) if isinstance(held, dict) else {}


def module_facts(
    name: str,
    module: object,
    describer: Describer,
    skipped: Collection[str],
    announce: Announce,
    *,
    is_watched: bool = False,
) -> Facts:
    """Return the facts of a module.

    Args:
        name: The name it was imported by.
        module: What the import gave, which may be something else than a module.
        describer: Describes objects once per run.
        skipped: Addresses of names that must not be touched.
        announce: Told `begin` and `end` of asking for a name, with its address.
        is_watched: Whether every name is announced.
    """
    held = held_by(module)
    document = text(held.get("__doc__"))
    declared = held.get("__all__")
    exported = _declared(declared)
    members: Facts = {}
    for one in sorted_names(held):
        if _is_machinery(one) and one not in (exported or ()):
            continue
        place = f"{name}:{one}"
        if place in skipped:
            members[one] = {"skipped": True}
        elif is_watched:
            announce("begin", place)
            members[one] = describer.entry(held[one], place)
            announce("end", place)
        else:
            members[one] = describer.entry(held[one], place)
    for one in _offered(module, held, exported):
        place = f"{name}:{one}"
        if place in skipped:
            members[one] = {"skipped": True}
            continue
        announce("begin", place)
        members[one] = _asked(module, one, place, describer)
        announce("end", place)
    facts: Facts = {
        "module": name,
        "name": text(held.get("__name__")),
        "doc": inspect.cleandoc(document).strip() if document else None,
        "package": "__path__" in held,
        "all": exported,
        "members": members,
    }
    return facts


def _declared(declared: object) -> Optional[List[str]]:
    if not (derives(declared, list) or derives(declared, tuple)):
        return None
    found = list(declared)  # type: ignore[call-overload]
    # Sorted, because libraries build it from sets.
    return sorted_names(found) if all(type(one) is str for one in found) else None


def _is_machinery(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _offered(module: object, held: Dict[str, object], exported: Optional[List[str]]) -> List[str]:
    found = set(exported or ())
    if "__dir__" in held or look_up(type(module), "__dir__") is not _PLAIN_DIR:
        found.update(sorted_names(attempt(dir, module)))
    return sorted(one for one in found if one not in held and not _is_machinery(one))


def _asked(module: object, name: str, place: str, describer: Describer) -> Facts:
    try:
        value = getattr(module, name)
    except BaseException as error:  # optional dependencies and deprecations raise here, some of them as SystemExit
        return {"unavailable": type(error).__name__}
    return describer.entry(value, place)
