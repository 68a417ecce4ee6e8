# How a worker starts: what it is told to be, and what becomes of its report.

from __future__ import annotations

import logging
import os
import secrets
from typing import TYPE_CHECKING, Any

from snakebridge.errors import WorkerStartError
from snakebridge.runtime._objects.views import makes_here, stood_in_for
from snakebridge.runtime._workers.records import levels
from snakebridge.runtime._workers.worker import Worker
from snakebridge_guest.wire.frames import PROTOCOL
from snakebridge_guest.wire.lane import Lane

if TYPE_CHECKING:
    from pathlib import Path

    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._workers.launcher import Launcher
    from snakebridge.runtime.links import HostLink

__all__ = ["settle", "start"]

_HELLO_TIMEOUT = 20.0
_logger = logging.getLogger("snakebridge")


def start(pool: Pool, number: int, folder: Path, overlay: Path | None, at_once: int, launcher: Launcher) -> Worker:
    """Start a process and tell it what to be.

    Args:
        pool: Whose worker it is.
        number: Its own among those of the pool.
        folder: Where its socket goes.
        overlay: What is appended to its search path.
        at_once: Calls that the pool runs at once.
        launcher: Where its process comes from.

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
        "warm_up": pool.warm_up,
        "levels": levels(),
        "largest": pool.resources.message_size,
        "values": sorted(makes_here()),
        "stood_in_for": sorted(stood_in_for()),
    }
    mark = pool.entry.mark()
    specification["mark"] = mark.number
    environment = {**pool.resources.environment(at_once), **pool.environment, **mark.environment(os.environ)}
    process = launcher.start(environment, specification)
    return Worker(pool, f"{pool.name}-{number}", process, address, token, mark)


def settle(worker: Worker, report: dict[str, Any]) -> None:
    """Connect to a worker that has reported; it is ready.

    Raises:
        WorkerStartError: It speaks another protocol, its warm-up failed, or its control service does not answer.
    """
    pool = worker.pool
    if report["protocol"] != PROTOCOL:
        raise WorkerStartError(f"the guest speaks protocol {report['protocol']}, this host {PROTOCOL}")
    if report["failed"]:
        raise WorkerStartError(report["failed"])
    worker.trouble = report["trouble"] or None
    links: list[HostLink]
    if pool.link == "grpc":
        control = worker.connect(_HELLO_TIMEOUT)
        worker.process.close_lanes()
        links = [control.frames(lane) for lane in range(pool.lanes + 1)]
    else:
        links = [Lane(each, pool.resources.message_size) for each in worker.process.lanes]
    if pool.profile == "auto" and pool.lanes > 1 and report["gil"]:
        # What it imported to warm up has switched the GIL on: threads would take turns.
        for link in links[1:-1]:
            link.close()
        links = [links[0], links[-1]]
        _logger.warning("worker %s has a GIL, so it runs one call at a time", worker.name)
    worker.become_ready(links)
