"""Who has workers on this machine, and that nothing of them outlives the program that had them.

The guardian, a small process, loads parts of this room; the names below load their modules when they are first used
(PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.registry._folders import LOCK, PREFIX, remove_folder, roots, sweep_folders
    from snakebridge.registry._marks import Mark
    from snakebridge.registry._run import Entry, state_folder
    from snakebridge.registry._status_socket import StatusSocket
    from snakebridge.registry._survey import Cleaned, Orphan, PoolSeen, Program, Survey, WorkerSeen, clean, survey

_HOMES = {
    "LOCK": "_folders",
    "PREFIX": "_folders",
    "Cleaned": "_survey",
    "Entry": "_run",
    "Mark": "_marks",
    "Orphan": "_survey",
    "PoolSeen": "_survey",
    "Program": "_survey",
    "StatusSocket": "_status_socket",
    "Survey": "_survey",
    "WorkerSeen": "_survey",
    "clean": "_survey",
    "remove_folder": "_folders",
    "roots": "_folders",
    "state_folder": "_run",
    "survey": "_survey",
    "sweep_folders": "_folders",
}

__all__ = [
    "LOCK",
    "PREFIX",
    "Cleaned",
    "Entry",
    "Mark",
    "Orphan",
    "PoolSeen",
    "Program",
    "StatusSocket",
    "Survey",
    "WorkerSeen",
    "clean",
    "remove_folder",
    "roots",
    "state_folder",
    "survey",
    "sweep_folders",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - the point of this module is to import nothing

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
