# What is seen of a worker from outside, once in a while: its memory, its processor time, and whether it stands still.
#
# Busy is not dead: a worker that computes, sleeps or waits for a network looks the same to its callers, and is none of
# the supervisor's business; deadlines are for that. One that is stopped (SIGSTOP, a full terminal) can do nothing at
# all, and only that is called standing still. One that a debugger holds is left alone.
#
# Guarantees: never raises. Assumes: Linux; elsewhere nothing is seen.

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

__all__ = ["Vitals", "out_of_memory_kills"]

_KEPT = 30
_MEGABYTE = 1e6
_STATE, _USER, _SYSTEM, _RESIDENT = 0, 11, 12, 21
"""Fields of `/proc/PID/stat` after the name, which may hold anything."""
_STOPPED = b"T"
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Vitals:
    """A process, as the kernel tells.

    Args:
        pid: Of a process that is not reaped before the last look.
    """

    __slots__ = ("_file", "cpu", "memory", "stopped_since")

    def __init__(self, pid: int) -> None:
        self._file = f"/proc/{pid}/stat"
        self.memory: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        """When it was looked at, and its resident memory in megabytes."""
        self.cpu: float | None = None
        """Seconds of processor time that it has used."""
        self.stopped_since: float | None = None

    def look(self, now: float) -> None:
        """Look once."""
        try:
            with open(self._file, "rb") as file:  # noqa: PTH123 - each second, for each worker
                fields = file.read().rpartition(b")")[2].split()
        except OSError:  # not Linux, or no longer there
            return
        if len(fields) <= _RESIDENT:
            return
        resident = int(fields[_RESIDENT]) * _PAGE
        if resident:  # one that has ended has none
            self.memory.append((now, resident / _MEGABYTE))
        self.cpu = (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICK
        if fields[_STATE] != _STOPPED:
            self.stopped_since = None
        elif self.stopped_since is None:
            self.stopped_since = now

    def curve(self, now: float) -> tuple[tuple[float, float], ...]:
        """Return the memory that was seen: seconds until now, and megabytes."""
        return tuple((round(now - when, 1), round(size, 1)) for when, size in self.memory)


def out_of_memory_kills(root: Path = Path("/")) -> int | None:
    """Return how many processes of this one's control group the kernel has killed for want of memory.

    Args:
        root: Where `proc` and `sys` are.

    Returns:
        `None`: the kernel does not tell.
    """
    try:
        groups = (root / "proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        return None
    folder = root / "sys/fs/cgroup"
    places = []
    for line in groups:
        _, controllers, path = line.split(":", 2)
        path = path.lstrip("/")
        if controllers == "":
            places += [folder / path / "memory.events", folder / "memory.events"]
        elif "memory" in controllers.split(","):  # in a container the path may be the outer one
            places += [folder / "memory" / path / "memory.oom_control", folder / "memory/memory.oom_control"]
    for place in places:
        try:
            text = place.read_text("utf-8")
        except OSError:
            continue
        for name, _, number in (line.partition(" ") for line in text.splitlines()):
            if name == "oom_kill" and number.isdigit():
                return int(number)
    return None
