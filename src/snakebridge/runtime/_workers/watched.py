# A worker as the supervisor watches it: what it says, how it does, and until when it may take.

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from snakebridge.errors import DeathReport
from snakebridge.runtime._workers.output import Output
from snakebridge.runtime._workers.vitals import Vitals

if TYPE_CHECKING:
    from snakebridge.runtime._workers.logs import Journal
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Watched"]


class Watched:
    """What the supervisor knows of a worker.

    Args:
        worker: Which.
        journal: Hands on what it says.
        deadline: When it must be ready, in the time of `time.monotonic`.
    """

    def __init__(self, worker: Worker, journal: Journal, deadline: float) -> None:
        self.worker = worker
        self.output = worker.output = Output(worker, journal)
        self.vitals = worker.vitals = Vitals(worker.process.popen.pid)
        self.deadline: float | None = deadline
        """When it is ended unless it has done what it is to do; `None`: it is to do nothing."""

    def death_report(self, status: int | None, stacks: str, *, out_of_memory: bool) -> DeathReport:
        """Return what is known about its end.

        Args:
            status: As `subprocess` has it: the exit status, or minus the signal's number; `None`: nobody could tell.
            stacks: What `faulthandler` wrote.
            out_of_memory: Whether the kernel has just killed a process of this control group for want of memory.
        """
        worker = self.worker
        killed = status is not None and status < 0
        name = _signal_name(-status) if status is not None and status < 0 else None
        return DeathReport(
            worker=worker.name,
            pid=worker.process.popen.pid,
            exit_code=None if killed else status,
            signal=name,
            reason=worker.kill_reason,
            last_call=worker.last_call,
            stderr=self.output.last_lines,
            stacks=stacks,
            memory=self.vitals.curve(time.monotonic()),
            out_of_memory=out_of_memory and name == "SIGKILL" and worker.kill_reason is None,
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
