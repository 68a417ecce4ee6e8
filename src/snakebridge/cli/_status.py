# `status`: the programs of this user that have workers now, what these do, and what dead programs left.

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from snakebridge.cli._terminal import Format, complain, counted, result, result_json
from snakebridge.registry import Orphan, PoolSeen, Program, Survey, WorkerSeen, survey

__all__ = ["orphan_line", "seconds", "status"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def status(
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Say which programs have workers, and what they do; exit 1 when dead programs left processes behind."""
    found = survey()
    if report is Format.JSON:
        result_json(dataclasses.asdict(found))
    else:
        for program in found.programs:
            _show(program)
        for orphan in found.orphans:
            result(orphan_line(orphan), style="yellow")
        if not (found.programs or found.orphans):
            result("no program has workers")
    _complain(found)
    return int(bool(found.orphans))


def _show(program: Program) -> None:
    result(f"program {program.pid}, {seconds(program.age)}, in {program.folder}: {program.command}", style="bold")
    for pool in program.pools:
        result(f"  {_pool_line(pool)}")
        for worker in pool.workers:
            result(f"    {_worker_line(worker)}")


def _pool_line(pool: PoolSeen) -> str:
    beginning = f"pool {pool.name} on {pool.python}: "
    if pool.wanted is None or pool.waiting is None:
        return f"{beginning}{counted(len(pool.workers), 'worker')}; it does not answer"
    waiting = f"{counted(pool.waiting, 'caller')} {'waits' if pool.waiting == 1 else 'wait'}"
    return f"{beginning}{len(pool.workers)} of {counted(pool.wanted, 'worker')}, {waiting}, {pool.lost} lost"


def _worker_line(worker: WorkerSeen) -> str:
    parts = [f"{worker.name}: pid {worker.pid}"]
    if worker.state is not None:
        parts.append(worker.state)
    if worker.calls is not None:
        parts.append(counted(worker.calls, "call"))
    if worker.memory_mb is not None:
        parts.append(f"{worker.memory_mb:.0f} MB")
    return ", ".join([*parts, seconds(worker.age)])


def orphan_line(orphan: Orphan) -> str:
    """Return a line about a process of a program that is no more."""
    return f"orphan {orphan.pid}, {seconds(orphan.age)}: {orphan.command}"


def seconds(number: float) -> str:
    """Return a duration as people say it."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number:.0f} s"


def _complain(found: Survey) -> None:
    if found.trouble is not None:
        complain(f"{found.trouble}; pools have no names here", label="warning: ", style="yellow")
    if found.orphans:
        orphans = counted(len(found.orphans), "process")
        complain(f"{orphans} of programs that are no more; `snakebridge clean` ends them", label="")
