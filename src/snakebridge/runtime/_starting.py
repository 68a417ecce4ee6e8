# How a worker starts: what it is told to be, and what becomes of its report.

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from snakebridge.errors import WorkerStartError
from snakebridge.runtime._process import Process
from snakebridge.runtime._views import makes_here, stood_in_for
from snakebridge.runtime._worker import Worker
from snakebridge_guest.wire.frames import PROTOCOL
from snakebridge_guest.wire.lane import Lane

if TYPE_CHECKING:
    from pathlib import Path

    from snakebridge.runtime._pool import Pool

__all__ = ["settle", "start"]

_HELLO_TIMEOUT = 20.0


def start(pool: Pool, number: int, folder: Path, overlay: Path | None, at_once: int) -> Worker:
    """Start a process and tell it what to be.

    Args:
        pool: Whose worker it is.
        number: Its own among those of the pool.
        folder: Where its socket goes.
        overlay: What is appended to its search path.
        at_once: Calls that the pool runs at once.

    Raises:
        OSError: It cannot be started.
    """
    token = secrets.token_hex(16)
    address = f"unix:{folder / f'{number}.sock'}"
    specification = {
        "overlay": None if overlay is None else str(overlay),
        "dynamic": pool.dynamic,
        "link": pool.link,
        "max_references": pool.max_references,
        "control": address,
        "token": token,
        "confinement": pool.resources.confinement(),
        "values": sorted(makes_here()),
        "stood_in_for": sorted(stood_in_for()),
    }
    environment = {**pool.resources.environment(at_once), **pool.environment}
    process = Process.start(pool.interpreter.executable, environment, specification, lanes=pool.lanes + 1)
    return Worker(pool, f"{pool.name}-{number}", process, address, token)


def settle(worker: Worker, report: dict[str, Any]) -> None:
    """Connect to a worker that has reported; it is ready.

    Raises:
        WorkerStartError: It speaks another protocol, or its control service does not answer.
    """
    if report["protocol"] != PROTOCOL:
        raise WorkerStartError(f"the guest speaks protocol {report['protocol']}, this host {PROTOCOL}")
    worker.trouble = report["trouble"] or None
    if worker.pool.link == "grpc":
        control = worker.connect(_HELLO_TIMEOUT)
        worker.process.close_lanes()
        worker.become_ready([control.frames(lane) for lane in range(worker.pool.lanes + 1)])
    else:
        worker.become_ready([Lane(each) for each in worker.process.lanes])
