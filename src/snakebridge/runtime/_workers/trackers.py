# Trackers: processes of `multiprocessing` (and of loky, which joblib uses) that remove what another one leaves under a
# name, such as shared memory. They do so once that one and all that it started have ended.
#
# Guarantees: at most `_PATIENCE` seconds; nothing is waited for when there is no tracker. Assumes: the leader of the
# group has ended and is not reaped, so the group's number is its own. Elsewhere than on Linux nobody waits for them.

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from pathlib import Path

__all__ = ["await_trackers"]

_PATIENCE = 2.0
_WORD = b"resource_tracker"


def await_trackers(group: int) -> None:
    """Let the trackers among those that an ended process left do their work; the others of its group are ended.

    Args:
        group: The process group.
    """
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    members = [pid for pid in pids if pid != group and _is_of(group, pid)]
    trackers = [pid for pid in members if _tracks(pid)]
    if not trackers:
        return
    for pid in set(members).difference(trackers):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + _PATIENCE
    for pid in trackers:
        with contextlib.suppress(OSError):  # it has ended
            descriptor = os.pidfd_open(pid)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                poll.poll(max(0.0, until - time.monotonic()) * 1000)
            finally:
                os.close(descriptor)


def _is_of(group: int, pid: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except OSError:
        return False


def _tracks(pid: int) -> bool:
    try:
        return _WORD in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
