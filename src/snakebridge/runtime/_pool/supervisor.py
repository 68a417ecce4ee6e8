# The supervisor: one thread per pool that starts workers, watches them, forwards what they print, and replaces them.
#
#   commands ──▶ ┌───────────────── one selector ─────────────────┐ ──▶ pool.worker_ready / worker_ended
#   (resize, stop)│ pidfd, report, stdout, stderr of every worker  │
#                 └── timers: start deadline, back-off, stop grace ┘
#
# How many there are and which one goes is in `_pool/staffing.py`, when another may take a place in `_pool/places.py`.
#
# Guarantees: every process it starts is reaped; a death reaches the pool as soon as the kernel tells (pidfd; elsewhere
# within a tenth of a second); a worker that is stopped is ended; a fault in one step is logged and costs that step.

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import selectors
import threading
import time
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any

from snakebridge.errors import SnakebridgeError
from snakebridge.registry import StatusSocket
from snakebridge.runtime import _fork
from snakebridge.runtime._pool.staffing import Staffing
from snakebridge.runtime._pool.stats import PoolStats, stats_of
from snakebridge.runtime._workers.launcher import Launcher
from snakebridge.runtime._workers.logs import Journal
from snakebridge.runtime._workers.starting import settle, start
from snakebridge.runtime._workers.states import State
from snakebridge.runtime._workers.trackers import await_trackers
from snakebridge.runtime._workers.vitals import out_of_memory_kills
from snakebridge.runtime._workers.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from snakebridge.runtime._pool.pool import Pool
    from snakebridge.runtime._pool.recycling import Recycle
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Supervisor"]

_STOP_GRACE = 3.0
_POLL = 0.1  # where the kernel does not tell
_HOUSEKEEPING = 1.0


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
        self._journal = Journal(pool.name)
        self._folder = folder
        self._overlay = overlay
        self._lost = 0
        self._recycled = 0
        self._looked_at: set[Worker] = set()
        self._watched: dict[Worker, Watched] = {}
        self._staffing = Staffing(pool, recycle)
        self._staffing.workers = self._watched.keys()
        self._started = 0
        self._stopping = False
        self._next_look = 0.0
        self._memory_kills = out_of_memory_kills()
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self._commands: deque[Callable[[], None]] = deque()
        self._selector = selectors.DefaultSelector()
        self._launcher = Launcher(pool, overlay, self._selector, self._journal)
        self._wake, self._waker = os.pipe()
        self._status_socket = StatusSocket(folder, self._shown)
        for held in (self._wake, self._waker, self._selector, self._status_socket):
            _fork.hold(held)
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        self._selector.register(self._wake, selectors.EVENT_READ, self._woken)
        self._selector.register(self._status_socket, selectors.EVENT_READ, self._status_socket.answer)
        self._thread = threading.Thread(target=self._run, name=f"snakebridge-{pool.name}", daemon=True)
        self._thread.start()

    # --- from any thread --------------------------------------------------------------------------------------------

    def want(self, least: int, most: int) -> None:
        """Keep this many workers: more than the least while callers wait."""
        self._tell(lambda: self._want(least, most))

    def look_soon(self) -> None:
        """See whether another worker is worth its start: somebody waits."""
        if not self._staffing.is_looking:
            self._staffing.is_looking = True
            self._tell(lambda: None)

    def recycle(self) -> None:
        """Replace every worker, one after the other."""
        self._tell(lambda: self._staffing.recycling.asked.update(self._watched))

    def look(self, worker: Worker) -> None:
        """See at once whether a worker is to be replaced; the first time it is asked."""
        if worker not in self._looked_at:
            self._looked_at.add(worker)
            self._tell(lambda: None)

    def wake(self) -> None:
        """See at once what there is to do."""
        self._tell(lambda: None)

    def say(self, news: str) -> None:
        """Log what has changed for callers, and see at once what there is to do."""
        self._journal.tell(logging.WARNING, news)
        self._tell(lambda: None)

    def stats(self, **numbers: Any) -> PoolStats:
        """Return the numbers of the pool.

        Args:
            numbers: Those that the pool knows.
        """
        return PoolStats(
            name=self._pool.name,
            wanted=self._staffing.wanted,
            start=self._launcher.start_mode,
            workers=tuple(stats_of(worker) for worker in list(self._watched)),
            started=self._started,
            lost=self._lost,
            recycled=self._recycled,
            **numbers,
        )

    def _shown(self) -> object:
        return dataclasses.asdict(self._pool.stats())

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
                    # An earlier one of the same batch may have closed it, and its number may be another's by now.
                    if self._selector.get_map().get(key.fd) is key and not self._survives(key.data):
                        self._forget(key.fd)  # it would come again at once
                while self._commands:
                    self._survives(self._commands.popleft())
                for step in (self._run_timers, self._tend, self._staff):
                    self._survives(step)
        finally:
            self._launcher.close()
            self._selector.close()
            self._status_socket.close()
            _fork.release(self._wake)
            _fork.release(self._waker)
            self._journal.close()

    def _survives(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except Exception:  # noqa: BLE001 - without this thread nobody would ever be woken or replaced again
            text = f"the supervisor of {self._pool} could not finish a step, and goes on:\n{traceback.format_exc()}"
            self._journal.tell(logging.ERROR, text)
            return False
        return True

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _patience(self) -> float:
        now = time.monotonic()
        limits = [_HOUSEKEEPING]
        if any(worker.process.pidfd is None for worker in self._watched):
            limits.append(_POLL)
        limits += [each.deadline - now for each in self._watched.values() if each.deadline is not None]
        limits += [due - now for due, _ in self._timers]
        if not self._stopping:
            patience = self._staffing.patience()
            if patience is not None:
                limits.append(max(patience, _POLL) if self._launcher.is_starting else patience)
        return max(0.0, min(limits))

    def _run_timers(self) -> None:
        now = time.monotonic()
        for timer in [each for each in self._timers if each[0] <= now]:
            self._timers.remove(timer)
            self._survives(timer[1])

    def _tend(self) -> None:
        now = time.monotonic()
        for worker, watched in list(self._watched.items()):
            if worker.process.pidfd is None and worker.process.has_ended():
                self._end(watched)
            elif watched.deadline is not None and now >= watched.deadline:
                watched.deadline = None
                if worker.state is State.STARTING:
                    worker.kill(f"it was not ready within {self._pool.start_timeout:g} s")
                else:
                    worker.process.kill()
            elif worker.has_dropped:
                self._pool.flush(worker)
        if now >= self._next_look:
            self._next_look = now + _HOUSEKEEPING
            self._look(now)
        self._launcher.tend(now)

    def _staff(self) -> None:
        if self._stopping:
            return
        for worker in self._staffing.review():
            self._watched[worker].deadline = time.monotonic() + _STOP_GRACE
            self._pool.worker_left(worker)
        if not self._launcher.is_getting_ready() and self._staffing.is_due():
            self._start()  # one a turn: one that is ready meanwhile need not wait for all others

    def _look(self, now: float) -> None:
        # Busy is not dead, whatever it is busy with; but one that is stopped does nothing at all.
        self._pool.entry.tend()
        self._pool.mend()
        limit = self._pool.guard.stopped
        for worker, watched in list(self._watched.items()):
            watched.vitals.look(now)
            since = watched.vitals.stopped_since
            if since is not None and limit is not None and now - since >= limit:
                worker.kill(f"it was stopped (SIGSTOP), and did nothing for {now - since:.1f} s", show=False)

    def _want(self, least: int, most: int) -> None:
        self._staffing.want(least, most)
        self._pool.reopen()

    def _begin_stop(self) -> None:
        self._stopping = True
        for worker, watched in self._watched.items():
            if worker.state is State.STARTING:
                worker.process.kill()  # it holds nothing yet, and may not listen yet
            worker.drain()
            watched.deadline = time.monotonic() + _STOP_GRACE

    def _start(self) -> None:
        self._started += 1
        at_once = max(self._staffing.wanted, 1) * self._pool.lanes
        now = time.monotonic()
        try:
            worker = start(self._pool, self._started, self._folder, self._overlay, at_once, self._launcher)
        except Exception as error:  # noqa: BLE001 - whatever keeps a process from starting, it is tried again later
            self._staffing.places.failed(now)
            self._pool.start_failed(f"cannot start {self._pool.interpreter.executable}: {error}")
            return
        watched = self._watched[worker] = Watched(worker, self._journal, now + self._pool.start_timeout)
        self._staffing.places.take(worker, now)
        try:
            self._pool.entry.started(worker.mark, worker.name, worker.process.popen.pid)
            self._watch(watched)
        except OSError as error:  # the kernel has no room for another that is watched
            worker.kill(f"it could not be watched: {error}", show=False)
            self._end(watched)

    def _watch(self, watched: Watched) -> None:
        register, pidfd = self._selector.register, watched.worker.process.pidfd
        for descriptor in watched.output.descriptors:
            register(descriptor, selectors.EVENT_READ, lambda descriptor=descriptor: self._read(watched, descriptor))
        if pidfd is not None:
            register(pidfd, selectors.EVENT_READ, lambda: self._end(watched))

    def _read(self, watched: Watched, descriptor: int) -> None:
        worker, output = watched.worker, watched.output
        if not output.read(descriptor):
            self._forget(descriptor)
        report = output.take_report()
        # Late is late: the signal that asks for its stacks may have ended what it waited for.
        if report is not None and worker.state is State.STARTING and worker.kill_reason is None:
            try:
                settle(worker, report)
            except (SnakebridgeError, ValueError, KeyError) as error:
                worker.kill(str(error))
            else:
                watched.deadline = None
                self._pool.worker_ready(worker)

    def _end(self, watched: Watched) -> None:
        worker = watched.worker
        process = worker.process
        self._survives(lambda: await_trackers(process.popen.pid))
        process.kill()  # what it left behind; before the drain, so that nothing prints for ever
        for descriptor in (process.pidfd, *watched.output.descriptors):
            self._forget(descriptor)
        self._survives(watched.output.close)
        stacks = process.read_stacks()
        status = process.reap()
        self._survives(lambda: self._pool.entry.ended(worker.mark))
        del self._watched[worker]
        self._looked_at.discard(worker)
        report = watched.death_report(status, stacks, out_of_memory=self._was_out_of_memory())
        had_calls = worker.leased > 0
        was = worker.end(report)
        self._recycled += was is State.DRAINING and worker.leaving is not None
        if was is not State.DRAINING:
            self._lost += 1
            self._journal.tell(logging.WARNING, str(report), worker=worker.name)
        self._staffing.forget(worker)
        self._pool.worker_ended(worker, was, had_calls=had_calls)

    def _was_out_of_memory(self) -> bool:
        before, self._memory_kills = self._memory_kills, out_of_memory_kills()
        return before is not None and self._memory_kills is not None and self._memory_kills > before

    def _forget(self, descriptor: int | None) -> None:
        if descriptor is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(descriptor)
