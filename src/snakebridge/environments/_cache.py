# The cache folder, and how something is built in it exactly once.
#
# Guarantees: a folder counts as built only when its lock file is there, and that file is written last and atomically,
# so what a killed process left is noticed and built again. Two processes, or two threads, that want the same folder
# wait for each other. The kernel holds the claim, so it ends with its holders; installers inherit it, so that an
# orphaned installer of a killed host still keeps others out of the folder it writes to.

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

LOCK_NAME = "snakebridge-lock.json"
Report = Callable[[str], None]


def cache_root() -> Path:
    """Return the folder of everything that can be built again; `SNAKEBRIDGE_CACHE` moves it."""
    chosen = os.environ.get("SNAKEBRIDGE_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return platformdirs.user_cache_path("snakebridge", appauthor=False)


@contextlib.contextmanager
def claimed(folder: Path, report: Report | None) -> Iterator[int]:
    """Hold the only right to build a folder; the value is the descriptor that installers inherit."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The claim's file is never removed: a process that waits on a removed file would share nothing with the next one.
    descriptor = os.open(folder.with_name(f"{folder.name}.claim"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if report is not None:
                report(f"waiting for another process that builds {folder.name}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield descriptor
        finally:
            # Said aloud, because a fork of this process made meanwhile would hold the claim for as long as it lives.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def write_lock(folder: Path, content: dict[str, object]) -> None:
    """Declare a folder built."""
    temporary = folder / f".{LOCK_NAME}"
    temporary.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(folder / LOCK_NAME)


def is_built(folder: Path) -> bool:
    """Whether a folder was built to its end."""
    return (folder / LOCK_NAME).is_file()
