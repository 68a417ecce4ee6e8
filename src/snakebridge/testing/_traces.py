# What a process has out in the world right now, as a multiset of traces that can be compared before and after.
#
# Guarantees: looking changes nothing (no child is reaped: a zombie must be seen, not tidied away); only what this
# process made is counted, so that test processes running in parallel do not blame each other.
# Assumes: everything this process starts inherits the environment variable MARK, also what outlives its own parent and
# so is no longer a descendant of ours. Only Linux can look for that, and name descriptors; elsewhere descendants count.

from __future__ import annotations

import gc
import os
import stat
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MARK", "Trace", "left_since", "snapshot"]

MARK = "SNAKEBRIDGE_LEAK_CHECK_RUN"
"""Environment variable whose value is unique to a test process."""

_GRACE = 2.0
"""Seconds in which what is on its way out may leave."""
_PAUSE = 0.02
_PROC = Path("/proc")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, never written
_PREFIX = "snakebridge"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that would be left behind."""

    kind: str
    identity: str
    shown: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.shown or self.identity}"


def snapshot() -> Counter[Trace]:
    """Return everything that is there now."""
    return Counter(trace for source in _SOURCES for trace in source())


def left_since(baseline: Counter[Trace]) -> Counter[Trace]:
    """Return what is there now and was not then, after a bounded time in which it may leave."""
    left = snapshot() - baseline
    if not left:
        return left
    gc.collect()
    limit = time.monotonic() + _GRACE
    while (left := snapshot() - baseline) and time.monotonic() < limit:
        # psutil.wait_procs would reap the very zombies that are looked for, and threads and descriptors send no event.
        time.sleep(_PAUSE)
    return Counter({trace: count for trace, count in left.items() if not _is_foreign(trace)})


def _processes() -> Iterator[Trace]:
    seen = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for pid in _marked():
        if pid not in seen and pid != os.getpid():
            try:
                seen[pid] = psutil.Process(pid)
            except psutil.NoSuchProcess:
                continue
    tracker = _resource_tracker()[0]
    for pid, process in seen.items():
        if pid == tracker:
            continue
        try:
            with process.oneshot():
                zombie = process.status() == psutil.STATUS_ZOMBIE
                command = process.name() if zombie else " ".join(process.cmdline())
                identity = f"{pid}@{process.create_time()}"
        except psutil.Error:
            continue  # It ended between being listed and being looked at.
        kind = "zombie process (ended, never waited for)" if zombie else "child process"
        yield Trace(kind, identity, f"{pid} ({command[:200]})")


def _marked() -> Iterator[int]:
    # Workers whose parent was killed belong to init, yet this run made them: their environment says so.
    mark = f"{MARK}={os.environ.get(MARK)}".encode()
    for folder in _PROC.glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue  # It ended, or is somebody else's.
        if mark in environment.split(b"\0"):
            yield int(folder.name)


def _descriptors() -> Iterator[Trace]:
    folder = next((path for path in (_PROC / "self" / "fd", Path("/dev/fd")) if path.is_dir()), None)
    tracker = _resource_tracker()[1]
    for entry in list(folder.iterdir()) if folder else ():
        if int(entry.name) == tracker:
            continue
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            continue  # The descriptor of the listing itself.
        except OSError:
            target = f"number {entry.name}"
        # grpcio keeps one event engine per process, made at first use and never closed; these two wake it up.
        if target in {"anon_inode:[eventpoll]", "anon_inode:[eventfd]"} and "grpc" in sys.modules:
            continue
        yield Trace("open descriptor", target)


def _resource_tracker() -> tuple[int | None, int | None]:
    # multiprocessing starts one helper per process at the first use of shared memory and keeps it to the end.
    module = sys.modules.get("multiprocessing.resource_tracker")
    tracker = getattr(module, "_resource_tracker", None)
    return getattr(tracker, "_pid", None), getattr(tracker, "_fd", None)


def _shared_memory() -> Iterator[Trace]:
    if _SHARED_MEMORY.is_dir():
        for entry in _SHARED_MEMORY.iterdir():
            yield Trace("shared memory", str(entry))


def _files() -> Iterator[Trace]:
    for root in {tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()}:
        for entry in Path(root).glob(f"{_PREFIX}*"):
            yield Trace("temporary entry", str(entry))
            for folder, _, names in os.walk(entry):
                yield from (Trace("socket", path) for name in names if _is_socket(path := f"{folder}/{name}"))


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False


def _threads() -> Iterator[Trace]:
    for thread in threading.enumerate():
        if not thread.daemon:
            yield Trace("non-daemon thread", f"{thread.name} ({thread.ident})")


def _is_foreign(trace: Trace) -> bool:
    """Whether shared memory is in use by a process that is none of ours, such as a test process beside this one."""
    if trace.kind != "shared memory":
        return False
    try:
        if os.stat(trace.identity).st_uid != os.geteuid():  # noqa: PTH116 - a path as text
            return True
    except OSError:
        return True
    ours = {os.getpid(), *(process.pid for process in psutil.Process().children(recursive=True)), *_marked()}
    return any(_holds(pid, trace.identity) for pid in psutil.pids() if pid not in ours)


def _holds(pid: int, path: str) -> bool:
    try:
        process = psutil.Process(pid)
        return any(region.path == path for region in process.memory_maps()) or any(
            opened.path == path for opened in process.open_files()
        )
    except (psutil.Error, OSError):
        return False


_SOURCES: tuple[Callable[[], Iterator[Trace]], ...] = (
    _processes,
    _descriptors,
    _shared_memory,
    _files,
    _threads,
)
