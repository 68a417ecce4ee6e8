# Where a pool's workers come from: forked from a zygote, or started afresh ("spawn") when that cannot be.
#
#            first start                report              it died
#   NONE ───────────────▶ STARTING ───────────▶ READY ─────────────▶ RESTING ──▶ STARTING: another one
#                             │ threads, or twice in a row dead before it was ready
#                             ▼
#                           NEVER
#
# Guarantees: while one is starting, no worker starts; while there is none (RESTING, NEVER), workers are started afresh,
# and the log says why. Workers live on when their zygote dies. A zygote whose environment or libraries are no longer
# those of the pool forks nothing more, and ends when its workers have.
# Assumes: only the supervisor's thread is in here.

from __future__ import annotations

import logging
import os
import selectors
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from snakebridge.runtime._workers.output import Output
from snakebridge.runtime._workers.process import Process
from snakebridge.runtime._workers.zygote import MOST_DESCRIPTORS, Zygote
from snakebridge_guest.wire.frames import PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from snakebridge.runtime._pool.pool import Pool, StartName
    from snakebridge.runtime._workers.logs import Journal

__all__ = ["Launcher"]

_TRIES = 2
_RESTS = (0.0, 1.0, 5.0, 30.0)
_OWN = 5  # descriptors of a worker beside its lanes
_PROVEN = 60.0  # seconds after which the death of a zygote is the first again


_Key = tuple[Mapping[str, str], tuple[str, ...]]
"""What workers have from their zygote: environment and libraries."""


class _Watched:
    """A zygote with what is read from it."""

    def __init__(self, zygote: Zygote, key: _Key, journal: Journal, deadline: float) -> None:
        self.zygote = zygote
        self.key = key
        self.output = Output(zygote, journal)
        self.since = time.monotonic()
        self.deadline = deadline
        self.is_ready = False


class Launcher:
    """Starts the processes of a pool's workers.

    Args:
        pool: Whose; `start` and `preload` of it say how.
        overlay: What is appended to the guest's search path.
        selector: Of the supervisor; what is registered has an action as data.
        journal: Told what becomes of zygotes.
    """

    def __init__(self, pool: Pool, overlay: Path | None, selector: selectors.BaseSelector, journal: Journal) -> None:
        self._pool = pool
        self._overlay = overlay
        self._selector = selector
        self._journal = journal
        self._current: _Watched | None = None
        self._retired: list[_Watched] = []
        self._failures = 0  # deaths in a row
        self._never_ready = 0  # in a row
        self._rests_until = 0.0
        self._started = 0
        self._size: tuple[int, tuple[str, ...]] | None = None
        self._wanted: _Key = {}, ()
        self._is_never = pool.start == "spawn"
        if not self._is_never and not (sys.platform == "linux" and hasattr(os, "pidfd_open")):
            self._give_up("forking them safely takes Linux")
        elif not self._is_never and pool.lanes + 1 + _OWN > MOST_DESCRIPTORS:
            self._give_up(f"a worker with {pool.lanes} lanes has more descriptors than can be handed over")

    # --- for the supervisor -----------------------------------------------------------------------------------------

    def is_getting_ready(self) -> bool:
        """Return whether the next worker should wait for a zygote; starts one when there should be one."""
        if self._is_never:
            return False
        key = self._key()
        if self._current is not None and self._current.key != key:
            self._retire(self._current)
        if self._current is None:
            if time.monotonic() < self._rests_until:
                return False
            self._begin(key)
        return self.is_starting

    def start(self, environment: Mapping[str, str], specification: Mapping[str, Any]) -> Process:
        """Start the process of a worker.

        Raises:
            OSError: It cannot be started.
        """

        def begin(zygote: Zygote | None) -> Process:
            executable, lanes = self._pool.interpreter.executable, self._pool.lanes + 1
            return Process.start(executable, environment, specification, lanes=lanes, zygote=zygote)

        if self._current is not None and self._current.is_ready:
            try:
                return begin(self._current.zygote)
            except ConnectionError:
                self._lose(self._current, "it does not answer")
        return begin(None)

    @property
    def start_mode(self) -> StartName:
        """How workers start now."""
        return "spawn" if self._is_never else "zygote"

    @property
    def is_starting(self) -> bool:
        """Whether a zygote was started and has not said yet that it is ready."""
        return self._current is not None and not self._current.is_ready

    def tend(self, now: float) -> None:
        """Give up what takes too long, and end what nobody needs."""
        current = self._current
        if current is not None and not current.is_ready and now >= current.deadline:
            self._lose(current, f"it was not ready within {self._pool.start_timeout:g} s")
        for retired in [each for each in self._retired if not each.zygote.children]:
            self._end(retired, at_once=False)

    def close(self) -> None:
        """End every zygote; the workers have ended."""
        for watched in (*self._retired, self._current):
            if watched is not None:
                self._end(watched, at_once=not watched.is_ready)

    # --- the zygote -------------------------------------------------------------------------------------------------

    def _key(self) -> _Key:
        pool = self._pool
        size = max(pool.breadth, 1), pool.preload
        if size != self._size:
            self._size = size
            self._wanted = {**pool.resources.environment(size[0]), **pool.environment}, pool.preload
        return self._wanted

    def _begin(self, key: _Key) -> None:
        pool = self._pool
        self._started += 1
        specification = {
            "overlay": None if self._overlay is None else str(self._overlay),
            "confinement": pool.resources.confinement(),
            "preload": key[1],
            "mark": pool.entry.shared_mark.number,
        }
        environment = {**key[0], **pool.entry.shared_mark.environment(os.environ)}
        name = f"{pool.name}-zygote-{self._started}"
        try:
            zygote = Zygote(name, pool.interpreter.executable, environment, specification)
        except OSError as error:
            self._rest(f"it cannot be started: {error}")
            return
        watched = _Watched(zygote, key, self._journal, time.monotonic() + pool.start_timeout)
        self._current = watched
        for descriptor in watched.output.descriptors:
            self._register(descriptor, partial(self._read, watched, descriptor))
        self._register(zygote.pidfd, partial(self._died, watched))

    def _read(self, watched: _Watched, descriptor: int) -> None:
        if not watched.output.read(descriptor):
            self._selector.unregister(descriptor)
        report = watched.output.take_report()
        if report is None or watched is not self._current:
            return
        trouble = report["trouble"]
        if report["protocol"] != PROTOCOL:
            trouble = f"it speaks protocol {report['protocol']}, this host {PROTOCOL}"
        if trouble:
            self._end(watched, at_once=False)
            self._give_up(trouble)
            return
        for failure in report["failed"]:
            text = f"{self._pool}: its zygote cannot import {failure}; its workers import it when they are asked to"
            self._journal.tell(logging.WARNING, text)
        watched.is_ready = True
        self._never_ready = 0

    def _died(self, watched: _Watched) -> None:
        if watched is self._current:
            self._lose(watched, "it died")
        else:
            self._end(watched, at_once=True)

    def _lose(self, watched: _Watched, why: str) -> None:
        if not watched.is_ready:
            self._never_ready += 1
        elif time.monotonic() - watched.since > _PROVEN:
            self._failures = 0
        status = self._end(watched, at_once=True)
        ending = f"{why} (pid {watched.zygote.popen.pid}, status {status})"
        last = "".join(f"\n    {line}" for line in watched.output.last_lines)
        self._rest(ending + (f"; its last output:{last}" if last else ""))

    def _rest(self, why: str) -> None:
        if self._never_ready >= _TRIES:
            self._give_up(why)
            return
        rest = _RESTS[min(self._failures, len(_RESTS) - 1)]
        self._failures += 1
        self._rests_until = time.monotonic() + rest
        text = f"{self._pool} lost its zygote: {why}; its workers live on, and another zygote starts"
        self._journal.tell(logging.WARNING, text + (f" in {rest:g} s" if rest else ""))

    def _give_up(self, why: str) -> None:
        self._is_never = True
        text = f'{self._pool} starts its workers afresh (start="spawn"), not from a zygote: {why}'
        self._journal.tell(logging.WARNING, text)

    def _retire(self, watched: _Watched) -> None:
        self._current = None
        if watched.is_ready:
            self._retired.append(watched)
        else:
            self._end(watched, at_once=True)

    def _end(self, watched: _Watched, *, at_once: bool) -> int:
        if watched is self._current:
            self._current = None
        with suppress(ValueError):
            self._retired.remove(watched)
        for descriptor in (watched.zygote.pidfd, *watched.output.descriptors):
            with suppress(KeyError, ValueError):
                self._selector.unregister(descriptor)
        watched.zygote.leave(at_once=at_once)
        watched.output.close()
        return watched.zygote.reap()

    def _register(self, descriptor: int, action: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, action)
