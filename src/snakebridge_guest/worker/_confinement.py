# What a worker does to itself before it imports anything of anybody's: limits, priority, folder.
#
# Guarantees: what the system refuses ends the worker with a sentence; it never runs without a limit that was asked for.
from __future__ import annotations

import os
import sys
from typing import Any


def confine(wanted: dict[str, Any]) -> None:
    """Take on what the host wants.

    Raises:
        SystemExit: The system refuses.
    """
    try:
        if wanted.get("folder") is not None:
            os.chdir(wanted["folder"])
        if wanted.get("umask") is not None:
            os.umask(wanted["umask"])
        if wanted.get("nice"):
            os.nice(wanted["nice"])
        if wanted.get("cores") is not None:
            os.sched_setaffinity(0, wanted["cores"])
        if wanted.get("memory") is not None:
            _limit(wanted["memory"])
    except (OSError, ValueError, AttributeError) as error:
        sys.exit("the system refuses what this worker was told to be: " + str(error))


def _limit(size: int) -> None:
    import resource  # noqa: PLC0415 - not on every system

    # On Linux what is allocated counts, not what is only mapped, such as files and the stacks of threads.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    resource.setrlimit(kind, (size, size))
