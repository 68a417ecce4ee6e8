# What `doctor` says about the configured pools: where each runs, how, for whom, and what cannot work on this machine.

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from snakebridge import config
from snakebridge.cli._target import interpreter_of
from snakebridge.errors import ConfigurationError
from snakebridge.manifest import Finding, Level
from snakebridge.runtime import Resources, has_threads

if TYPE_CHECKING:
    from snakebridge.environments import Interpreter

__all__ = ["pools"]


def pools(settings: config.Config, findings: list[Finding]) -> dict[str, dict[str, str]]:
    """Return the facts of each configured pool, as sections; add what is wrong to the findings."""
    sections = {}
    for name, pool in sorted(settings.pools.items()):
        libraries = sorted(each for each, library in settings.libraries.items() if library.pool == name)
        try:
            interpreter = interpreter_of(config.target_of_pool(name, config=settings))
            Resources(**dict(pool.resources))
        except ConfigurationError as error:
            findings.append(_finding("pool-broken", Level.ERROR, name, str(error)))
            continue
        sections[f"pool {name}"] = _facts(pool, interpreter, libraries)
        findings += _judged(name, pool, interpreter, libraries)
    return sections


def _facts(pool: config.PoolConfig, interpreter: Interpreter, libraries: list[str]) -> dict[str, str]:
    least, most = pool.workers.min, pool.workers.max
    lanes = pool.lanes if has_threads(pool.profile, interpreter) else 1
    return {
        "python": interpreter.label,
        "executable": str(interpreter.executable),
        "libraries": ", ".join(libraries) or "none",
        "workers": str(least) if least == most else f"{least} to {most}",
        "profile": f"{pool.profile}, {lanes} calls at once in each worker",
        "start": pool.start,
        "link": pool.link,
    }


def _judged(name: str, pool: config.PoolConfig, interpreter: Interpreter, libraries: list[str]) -> list[Finding]:
    found = []
    if not libraries and not pool.dynamic:
        message = "no library names this pool, and without `dynamic = true` nothing else can run in it"
        found.append(
            _finding("pool-unused", Level.NOTE, name, message, f'write pool = "{name}" into a library\'s section')
        )
    if pool.profile == "thread" and not interpreter.gil_disabled:
        message = f"{interpreter.label} has a GIL, so calls in one worker overlap only while they wait or release it"
        found.append(_finding("pool-has-gil", Level.NOTE, name, message, 'more workers, or profile = "auto"'))
    resources, workers, memory = pool.resources, pool.workers.max, _memory_mb()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    missing = [each for each in resources.cores or () if each not in cores]
    if missing:
        message = f"cores {', '.join(map(str, missing))} are not there; this machine gives {', '.join(map(str, cores))}"
        found.append(_finding("pool-cores", Level.WARNING, name, message, "mend resources.cores"))
    if resources.memory_mb is not None and memory is not None and resources.memory_mb * workers > memory:
        message = (
            f"{workers} workers of {resources.memory_mb:g} MB may take more than the {memory:.0f} MB of this machine"
        )
        found.append(_finding("pool-memory", Level.WARNING, name, message, "fewer workers, or a smaller memory-mb"))
    lanes = pool.lanes if has_threads(pool.profile, interpreter) else 1
    if resources.threads is not None and resources.threads * workers * lanes > len(cores):
        busy = resources.threads * workers * lanes
        message = f"up to {busy} threads of libraries may run at once on {len(cores)} cores"
        found.append(
            _finding("pool-threads", Level.NOTE, name, message, "leave resources.threads out to share the cores")
        )
    return found


def _finding(rule: str, level: Level, pool: str, message: str, hint: str | None = None) -> Finding:
    return Finding(rule=rule, level=level, path=f"pool {pool}", message=message, hint=hint)


def _memory_mb() -> float | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1_000_000
    except (AttributeError, OSError, ValueError):  # not on every system
        return None
