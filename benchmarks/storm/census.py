"""What this process and its workers have: memory, descriptors, threads, shared memory, processes."""

from __future__ import annotations

import gc
import os
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKS = 20
"""How often a run is looked at."""
MARK = "SNAKEBRIDGE_STORM"
"""Variable of the workers' environment by which a run finds all that it started, whoever their parent is now."""
_PROC = Path("/proc")
_PAUSE = 0.02
_WARM_UP = 0.3
"""Part of a run after which nothing may grow any more."""


@dataclass(frozen=True, slots=True)
class Census:
    """A moment of this process."""

    resident: int
    """Bytes."""
    descriptors: int
    threads: int
    shared: frozenset[str]
    """Entries of /dev/shm."""

    @classmethod
    def take(cls) -> Census:
        gc.collect()
        pages = int((_PROC / "self" / "statm").read_text(encoding="ascii").split()[1])
        return cls(
            resident=pages * os.sysconf("SC_PAGE_SIZE"),
            descriptors=len(list((_PROC / "self" / "fd").iterdir())),
            threads=threading.active_count(),
            shared=frozenset(path.name for path in Path("/dev/shm").iterdir()),
        )

    def __str__(self) -> str:
        return f"{self.resident / 1e6:.1f} MB, {self.descriptors} descriptors, {self.threads} threads"


def new_mark() -> str:
    """Return a value of `MARK` that no other run has."""
    return uuid.uuid4().hex


def marked(mark: str) -> list[int]:
    """Return the numbers of the living processes with a mark; a zombie does not live."""
    found = []
    wanted = f"{MARK}={mark}".encode()
    for folder in _PROC.glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue  # it ended, or is somebody else's
    return found


def left(mark: str, within: float) -> list[int]:
    """Return which processes with a mark are still there after a time in which they may leave."""
    until = time.monotonic() + within
    while (found := marked(mark)) and time.monotonic() < until:
        time.sleep(_PAUSE)
    return found


def grown(values: Sequence[float]) -> float:
    """Return by how much what was seen in a run has grown after its warm-up.

    The medians of the first and second half are compared: what a moment's load adds is no growth.
    """
    tail = values[int(len(values) * _WARM_UP) :]
    half = len(tail) // 2
    first, second = sorted(tail[:half]), sorted(tail[half:])
    return second[len(second) // 2] - first[len(first) // 2]
