# What there is of this user's programs, and the end of what dead ones left: for the command line.
#
# Guarantees: only looks, except `clean`, which touches nothing that belongs to a program that lives. Neither needs the
# registry: without it programs are known by the marks of their workers, and their pools have no names.

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from snakebridge.registry._folders import roots, sweep_folders
from snakebridge.registry._marks import Mark
from snakebridge.registry._processes import end_all, here, is_lost, marks_of, processes, started_at
from snakebridge.registry._run import state_folder
from snakebridge.registry._status_socket import read_status
from snakebridge.registry._store import PoolRow, Store, StoreError, WorkerRow

__all__ = ["Cleaned", "Orphan", "PoolSeen", "Program", "Survey", "WorkerSeen", "clean", "survey"]

_PATIENCE = 10.0
_Listed = dict[Mark, tuple[list[PoolRow], list[WorkerRow]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSeen:
    """A worker of a living program."""

    name: str
    pid: int
    age: float
    """Seconds since it was started."""
    state: str | None = None
    """As the pool tells; `None`: it does not answer."""
    calls: int | None = None
    memory_mb: float | None = None
    """Resident memory in megabytes of 10⁶ bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolSeen:
    """A pool of a living program."""

    name: str
    python: str
    answers: bool
    """Whether the program told how it is, in time."""
    workers: tuple[WorkerSeen, ...]
    wanted: int | None = None
    waiting: int | None = None
    """Callers that wait for a worker."""
    lost: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A living program that has pools."""

    pid: int
    command: str
    folder: str
    age: float
    pools: tuple[PoolSeen, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Orphan:
    """A process of a program that is no more."""

    pid: int
    command: str
    age: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """Everything."""

    programs: tuple[Program, ...]
    orphans: tuple[Orphan, ...]
    trouble: str | None
    """Why the registry could not be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """What was ended and removed."""

    ended: int
    """Processes."""
    left: tuple[Orphan, ...]
    """Processes that could not be ended."""
    folders: tuple[str, ...] = field(default=())
    trouble: str | None = None
    """Why the registry could not be written."""


def survey() -> Survey:
    """Return which programs of this user have pools, and what dead ones left."""
    listed, lost, trouble = _listed()
    orphans = []
    unlisted: dict[Mark, tuple[int, int]] = {}
    for pid in processes():
        started = started_at(pid)
        if started is None:
            continue  # a zombie
        marks = marks_of(pid)
        if is_lost(pid) or (pid, started) in lost:
            orphans.append(_orphan(pid))
        elif marks and marks[-1].worker and marks[-1].run not in listed:
            # The worker is the oldest of those that have its mark.
            unlisted[marks[-1]] = min(unlisted.get(marks[-1], (started, pid)), (started, pid))
    for mark, (started, pid) in sorted(unlisted.items()):
        _, workers = listed.setdefault(mark.run, ([PoolRow(0, "unknown", "unknown", "")], []))
        workers.append(WorkerRow(0, f"worker {mark.worker}", pid, started))
    return Survey(
        programs=tuple(_program(mark, *found) for mark, found in sorted(listed.items())),
        orphans=tuple(orphans),
        trouble=trouble,
    )


def _listed() -> tuple[_Listed, set[tuple[int, int]], str | None]:
    # What the registry says: living programs, workers of dead ones, and what is wrong with it.
    where = here()
    listed: _Listed = {}
    lost: set[tuple[int, int]] = set()
    try:
        for run, pools, workers in Store(str(state_folder())).read():
            mark = Mark.of(int(run.run, 16))
            if mark is None or (run.boot, run.namespace) != where:
                continue
            if not run.lives():
                lost.update((row.pid, row.started) for row in workers)
                continue
            # Those that are closed have no folder; their rows go a moment later.
            there = [pool for pool in pools if os.path.isdir(pool.folder)]  # noqa: PTH112 - a path as text
            if there:
                listed[mark] = there, workers
    except StoreError as error:
        return listed, lost, str(error)
    return listed, lost, None


def clean() -> Cleaned:
    """End and remove what dead programs left; what belongs to a living one is not touched."""
    ended, left = end_all(is_lost, _PATIENCE)
    trouble = None
    try:
        lost = {(row.pid, row.started) for row in Store(str(state_folder())).take_lost(here())}
        more, still = end_all(lambda pid: (pid, started_at(pid)) in lost, _PATIENCE) if lost else (0, [])
        ended, left = ended + more, [*left, *still]
    except StoreError as error:
        trouble = str(error)
    return Cleaned(
        ended=ended,
        left=tuple(_orphan(pid) for pid in left),
        folders=tuple(folder for root in roots() for folder in sweep_folders(root)),
        trouble=trouble,
    )


def _program(mark: Mark, pools: list[PoolRow], workers: list[WorkerRow]) -> Program:
    return Program(
        pid=mark.host,
        command=_command(mark.host),
        folder=_folder(mark.host),
        age=_age(started_at(mark.host)),
        pools=tuple(_pool(pool, [worker for worker in workers if worker.pool == pool.pool]) for pool in pools),
    )


def _pool(row: PoolRow, listed: list[WorkerRow]) -> PoolSeen:
    match read_status(row.folder) if row.folder else None:
        case {"workers": [*workers], "wanted": int(wanted), "waiting": int(waiting), "lost": int(lost)}:
            seen = [
                WorkerSeen(
                    name=one["name"],
                    pid=one["pid"],
                    age=one["age"],
                    state=one["state"],
                    calls=one["calls"],
                    memory_mb=one["memory_mb"],
                )
                for one in workers
            ]
            return PoolSeen(
                name=row.name,
                python=row.python,
                answers=True,
                workers=tuple(seen),
                wanted=wanted,
                waiting=waiting,
                lost=lost,
            )
    seen = [
        WorkerSeen(name=one.name, pid=one.pid, age=_age(one.started), memory_mb=_memory(one.pid))
        for one in listed
        if started_at(one.pid) == one.started
    ]
    return PoolSeen(name=row.name, python=row.python, answers=False, workers=tuple(seen))


def _orphan(pid: int) -> Orphan:
    return Orphan(pid=pid, command=_command(pid), age=_age(started_at(pid)))


def _age(started: int | None) -> float:
    if started is None:
        return 0.0
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK"))


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - not a path of a file
            return file.read(4096).replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 - as above
    except OSError:
        return ""


def _memory(pid: int) -> float | None:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - as above
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return None
