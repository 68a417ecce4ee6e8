# The supervisor: one thread per pool that starts workers, watches them, forwards what they print, and replaces them.
#
#   commands ──▶ ┌───────────────── one selector ─────────────────┐ ──▶ pool.worker_ready / worker_ended
#   (resize, stop)│ pidfd, report, stdout, stderr of every worker  │
#                 └── timers: start deadline, back-off, stop grace ┘
#
# Guarantees: every process it starts is reaped; a death reaches the pool as soon as the kernel tells (pidfd; elsewhere
# within a tenth of a second). Replacements start at once after a worker that has served, with growing delays while
# workers die young; after three that never got ready it stops and lets the pool's callers know, until one asks again.

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from snakebridge.errors import SnakebridgeError, WorkerStartError
from snakebridge.runtime._logs import Lines
from snakebridge.runtime._recycling import Recycling
from snakebridge.runtime._scaling import PATIENCE, Scaling
from snakebridge.runtime._starting import settle, start
from snakebridge.runtime._stats import PoolStats, stats_of
from snakebridge.runtime._worker import State, Worker, death_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from snakebridge.runtime._pool import Pool
    from snakebridge.runtime._recycling import Recycle

__all__ = ["Supervisor"]

_logger = logging.getLogger("snakebridge")
_START_DEADLINE = 60.0
_STOP_GRACE = 3.0
_TRIES = 3
_BACK_OFF = (0.0, 0.1, 0.5, 2.0, 5.0)
_POLL = 0.1  # where the kernel does not tell
_HOUSEKEEPING = 1.0


class _Watched:
    """A worker with what the supervisor reads from it."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.stdout = Lines(worker.process.stdout, logging.INFO, worker.name)
        self.stderr = Lines(worker.process.stderr, logging.WARNING, worker.name)
        self.report = b""
        self.deadline: float | None = time.monotonic() + _START_DEADLINE


class Supervisor:
    """Keeps a pool's workers alive.

    Args:
        pool: Told about every change.
        folder: A private folder for the workers' sockets.
        overlay: What is appended to the guest's search path.
        recycle: When workers are replaced although nothing is wrong with them.
    """

    def __init__(self, pool: Pool, folder: Path, overlay: Path | None, recycle: Recycle | None = None) -> None:
        self._pool = pool
        self._folder = folder
        self._overlay = overlay
        self._wanted = 0
        self._scaling = Scaling(0, 0)
        self._is_looking = False
        self._recycling = Recycling(recycle)
        self._lost = 0
        self._recycled = 0
        self._looked_at: set[Worker] = set()
        self._watched: dict[Worker, _Watched] = {}
        self._started = 0
        self._failures = 0  # in a row, without one call served between them
        self._never_ready = 0  # in a row
        self._next_start = 0.0
        self._stopping = False
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self._commands: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        self._selector.register(self._wake, selectors.EVENT_READ, self._woken)
        self._thread = threading.Thread(target=self._run, name=f"snakebridge-{pool.name}", daemon=True)
        self._thread.start()

    # --- from any thread --------------------------------------------------------------------------------------------

    def want(self, least: int, most: int) -> None:
        """Keep this many workers: more than the least while callers wait."""
        self._tell(lambda: self._want(least, most))

    def try_again(self) -> None:
        """Start workers although none got ready before."""
        self._tell(self._forgive)

    def look_soon(self) -> None:
        """See whether another worker is worth its start: somebody waits."""
        if not self._is_looking:
            self._is_looking = True
            self._tell(lambda: None)

    def recycle(self) -> None:
        """Replace every worker, one after the other."""
        self._tell(lambda: self._recycling.asked.update(self._watched))

    def look(self, worker: Worker) -> None:
        """See at once whether a worker is to be replaced; the first time it is asked."""
        if worker not in self._looked_at:
            self._looked_at.add(worker)
            self._tell(lambda: None)

    def stats(self, waiting: int, wait: float) -> PoolStats:
        """Return the numbers of the pool.

        Args:
            waiting: Callers that wait now.
            wait: Seconds they waited on average.
        """
        return PoolStats(
            name=self._pool.name,
            wanted=self._wanted,
            workers=tuple(stats_of(worker) for worker in list(self._watched)),
            waiting=waiting,
            wait=wait,
            started=self._started,
            lost=self._lost,
            recycled=self._recycled,
        )

    def stop(self) -> None:
        """Stop every worker in order and wait until all are reaped; bounded."""
        self._tell(self._begin_stop)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something on the supervisor's thread in a while."""
        due = time.monotonic() + seconds
        self._tell(lambda: self._timers.append((due, action)))

    def _tell(self, command: Callable[[], None]) -> None:
        self._commands.append(command)
        with contextlib.suppress(OSError):  # full: it wakes anyhow; closed: it has stopped
            os.write(self._waker, b"!")

    # --- on its own thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not (self._stopping and not self._watched):
                for key, _ in self._selector.select(self._patience()):
                    key.data()
                while self._commands:
                    self._commands.popleft()()
                self._tend()
        finally:
            self._selector.close()
            os.close(self._wake)
            os.close(self._waker)

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _patience(self) -> float:
        now = time.monotonic()
        limits = [_HOUSEKEEPING]
        if any(each.worker.process.pidfd is None for each in self._watched.values()):
            limits.append(_POLL)
        limits += [each.deadline - now for each in self._watched.values() if each.deadline is not None]
        limits += [due - now for due, _ in self._timers]
        if any(worker.leaving is not None for worker in self._watched):
            limits.append(_POLL)  # until nobody needs it
        if self._is_looking:
            limits.append(PATIENCE)
        if self._missing():
            limits.append(self._next_start - now)
        return max(0.0, min(limits))

    def _tend(self) -> None:
        now = time.monotonic()
        for timer in [each for each in self._timers if each[0] <= now]:
            self._timers.remove(timer)
            timer[1]()
        for worker, watched in list(self._watched.items()):
            if worker.process.pidfd is None and worker.process.popen.poll() is not None:
                self._end(watched)
            elif watched.deadline is not None and now >= watched.deadline:
                watched.deadline = None
                if worker.state is State.STARTING:
                    worker.kill(f"it was not ready within {_START_DEADLINE:g} s")
                else:
                    worker.process.kill()
            elif worker.has_dropped:
                self._pool.flush(worker)
        if not self._stopping:
            if not self._scaling.is_fixed:
                self._scale()
            self._replace()
        while self._missing() and time.monotonic() >= self._next_start:
            self._start()

    def _missing(self) -> bool:
        return not self._stopping and len(self._staying()) < self._wanted and self._never_ready < _TRIES

    def _staying(self) -> list[Worker]:
        return [worker for worker in self._watched if worker.leaving is None]

    def _replace(self) -> None:
        staying = self._staying()
        ready = [worker for worker in staying if worker.state in {State.READY, State.BUSY}]
        for worker in [each for each in self._watched if each.leaving is not None and each.state is not State.DRAINING]:
            if not worker.is_retired:
                if len(ready) >= self._wanted:
                    self._pool.retire(worker)
                return  # one at a time waits for another to take its place
            if self._recycling.may_leave(worker) and worker.leave():
                self._watched[worker].deadline = time.monotonic() + _STOP_GRACE
                self._pool.worker_left(worker)
        if len(staying) > self._wanted:
            min(ready or staying, key=lambda each: each.leased).leaving = "because the pool was made smaller"
        elif len(ready) == self._wanted:
            found = self._recycling.next(ready)
            if found is not None:
                found[0].leaving = found[1]

    def _want(self, least: int, most: int) -> None:
        self._scaling = Scaling(least, most)
        self._wanted = min(max(self._wanted, least), most)
        self._forgive()

    def _forgive(self) -> None:
        self._never_ready = 0

    def _scale(self) -> None:
        staying = self._staying()
        waits = self._pool.waits()
        self._is_looking = waits > 0
        self._wanted = self._scaling.wanted(
            time.monotonic(),
            wanted=self._wanted,
            ready=sum(worker.state in {State.READY, State.BUSY} for worker in staying),
            used=sum(worker.is_needed for worker in staying),
            waits=waits,
        )

    def _begin_stop(self) -> None:
        self._stopping = True
        for worker, watched in self._watched.items():
            if worker.state is State.STARTING:
                worker.process.kill()  # it holds nothing yet, and may not listen yet
            worker.drain()
            watched.deadline = time.monotonic() + _STOP_GRACE

    def _start(self) -> None:
        self._started += 1
        at_once = max(self._wanted, 1) * self._pool.lanes
        try:
            worker = start(self._pool, self._started, self._folder, self._overlay, at_once)
        except OSError as error:
            self._back_off()
            self._never_ready += 1
            if self._never_ready >= _TRIES:
                self._pool.start_failed(WorkerStartError(f"cannot start {self._pool.interpreter.executable}: {error}"))
            return
        process = worker.process
        watched = self._watched[worker] = _Watched(worker)
        register = self._selector.register
        register(process.report, selectors.EVENT_READ, lambda: self._read_report(watched))
        for lines in (watched.stdout, watched.stderr):
            register(lines.descriptor, selectors.EVENT_READ, lambda lines=lines: self._read_lines(lines))
        if process.pidfd is not None:
            register(process.pidfd, selectors.EVENT_READ, lambda: self._end(watched))

    def _read_lines(self, lines: Lines) -> None:
        if not lines.read():
            self._forget(lines.descriptor)

    def _read_report(self, watched: _Watched) -> None:
        process = watched.worker.process
        data = os.read(process.report, 1 << 16)
        watched.report += data
        if data and not watched.report.endswith(b"\n"):
            return
        self._forget(process.report)
        if watched.report.endswith(b"\n") and watched.worker.state is State.STARTING:
            try:
                self._ready(watched, json.loads(watched.report))
            except (SnakebridgeError, ValueError, KeyError) as error:
                watched.worker.kill(str(error))

    def _ready(self, watched: _Watched, report: dict[str, Any]) -> None:
        worker = watched.worker
        settle(worker, report)
        watched.deadline = None
        self._never_ready = 0
        self._pool.worker_ready(worker)

    def _end(self, watched: _Watched) -> None:
        worker = watched.worker
        process = worker.process
        process.kill()  # what it left behind; before the drain, so that nothing prints for ever
        for descriptor in (process.pidfd, process.report, process.stdout, process.stderr):
            self._forget(descriptor)
        watched.stdout.drain()
        watched.stderr.drain()
        stacks = process.read_stacks()
        status = process.reap()
        del self._watched[worker]
        self._recycling.forget(worker)
        self._looked_at.discard(worker)
        was = worker.state
        self._recycled += was is State.DRAINING and worker.leaving is not None
        self._lost += was is not State.DRAINING
        report = death_report(worker, status, tuple(watched.stderr.last), stacks)
        worker.end(report)
        if was is State.STARTING:
            self._never_ready += 1
        if was is not State.DRAINING:
            _logger.warning("%s", report)
            served = worker.last_call is not None
            self._failures = 1 if served else self._failures + 1
            self._back_off()
        self._pool.worker_ended(worker)
        if self._never_ready >= _TRIES:
            message = f"no worker starts on {self._pool.interpreter.executable}: {report}"
            self._pool.start_failed(WorkerStartError(message))

    def _back_off(self) -> None:
        delay = _BACK_OFF[min(max(self._failures - 1, 0), len(_BACK_OFF) - 1)]
        self._next_start = time.monotonic() + delay

    def _forget(self, descriptor: int | None) -> None:
        if descriptor is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(descriptor)
