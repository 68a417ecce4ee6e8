# This program in the registry: its mark, its guardian, its pools, and the numbers of its workers.
#
#   pool ─▶ Entry ─▶ Run (one for the program) ═ pipe ═▶ guardian (a process) ─▶ registry
#
# Guarantees: nothing here waits for the registry or for the guardian. What cannot be told is dropped, because the marks
# of the workers say enough; a guardian that died is started again and told everything. When an entry is closed, nothing
# of its workers is left. A forked copy of the program has a run of its own.
# Assumes: `tend` is called about once a second while there are pools.

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import platformdirs

from snakebridge.registry._guardian import LEAVE, command
from snakebridge.registry._marks import VARIABLE, Mark
from snakebridge.registry._processes import end_all, marks_of, started_at

__all__ = ["Entry", "state_folder"]

_logger = logging.getLogger("snakebridge")
_PATIENCE = 2.0
_LEAVE_TIME = 1.0
_RECENT = 1024  # workers whose numbers are not given to others yet
_LINE = 4096  # PIPE_BUF: what is written to a pipe in one piece, or not at all


def state_folder() -> Path:
    """Return where the registry is; `SNAKEBRIDGE_STATE` moves it."""
    chosen = os.environ.get("SNAKEBRIDGE_STATE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return platformdirs.user_state_path("snakebridge", appauthor=False)


class _Guard:
    """A guardian as its program has it."""

    def __init__(self, mark: Mark) -> None:
        read, self._pipe = os.pipe()
        try:
            self._popen = subprocess.Popen(
                command(mark, str(state_folder())),
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: value for name, value in os.environ.items() if name != VARIABLE},
                start_new_session=True,
            )
        except BaseException:  # whatever it was, the descriptors do not stay; then it goes on
            os.close(self._pipe)
            raise
        finally:
            os.close(read)
        os.set_blocking(self._pipe, False)

    @property
    def lives(self) -> bool:
        return self._popen.poll() is None

    def tell(self, line: bytes) -> None:
        if len(line) <= _LINE:
            with contextlib.suppress(OSError):  # it is behind, or gone: see above
                os.write(self._pipe, line)

    def end(self) -> None:
        """Have it forget the program and leave; bounded."""
        self.tell(LEAVE + b"\n")
        os.close(self._pipe)
        try:
            self._popen.wait(timeout=_LEAVE_TIME)
        except subprocess.TimeoutExpired:  # the registry holds it up, and the rows may stay
            self._popen.kill()
            self._popen.wait()

    def abandon(self) -> None:
        """Let go of it: it is the guardian of the process that this one is a copy of."""
        os.close(self._pipe)
        self._popen.returncode = 0  # so that nothing waits for what is no child here


class _Run:
    """What this program has in the registry; there is one while it has pools."""

    def __init__(self, mark: Mark) -> None:
        self.lock = threading.Lock()
        self.mark = mark
        self.entries: dict[int, bytes] = {}
        self.workers: dict[int, bytes] = {}
        self.ended: deque[Mark] = deque(maxlen=_RECENT)
        self._last_entry = 0
        self._last_worker = 0
        self.guard: _Guard | None = None
        self._has_given_up = sys.platform != "linux" or not sys.executable

    def enter(self, line: dict[str, object]) -> int:
        """Take a pool in; return its number."""
        with self.lock:
            self._last_entry += 1
            self.entries[self._last_entry] = _line(pool=self._last_entry, **line)
            if self.guard is None:
                self.start()
            else:
                self.guard.tell(self.entries[self._last_entry])
            return self._last_entry

    def number(self) -> Mark:
        """Return the mark of another worker."""
        with self.lock:
            while True:
                mark = self.mark.numbered(self._last_worker + 1)
                self._last_worker = mark.worker
                if mark.worker not in self.workers and mark not in self.ended:
                    return mark

    def tell(self, line: bytes) -> None:
        """Tell the guardian, when there is one."""
        if self.guard is not None:
            self.guard.tell(line)

    def tend(self) -> None:
        """Have a guardian."""
        with self.lock:
            if self.guard is not None and not self.guard.lives:
                _logger.warning("the guardian of process %d has died; another one is started", os.getpid())
                self.guard.end()
                self.start()

    def start(self) -> None:
        """Start a guardian and tell it everything."""
        self.guard = None
        if self._has_given_up:
            return
        try:
            self.guard = _Guard(self.mark)
        except OSError as error:
            self._has_given_up = True
            _logger.warning(
                "no guardian could be started (%s): what leaves a worker's process group may outlive this program",
                error,
            )
            return
        for line in (*self.entries.values(), *self.workers.values()):
            self.guard.tell(line)


_lock = threading.Lock()
"""Held while a run or a guardian is made; the program forks before or after, so that it knows what it must close."""
_run: _Run | None = None
_mark: Mark | None = None
_disowned: list[_Run] = []


class Entry:
    """A pool in the registry, from its start to its end.

    Args:
        name: Shown by `snakebridge status`.
        python: The target's interpreter.
        folder: The pool's private folder, which the guardian removes when the program is killed.
    """

    def __init__(self, name: str, python: str, folder: Path) -> None:
        global _run, _mark  # noqa: PLW0603 - of the process, as everything here
        self._name = name
        with _lock:
            if _run is None:
                _mark = _next_mark(_mark)
                _run = _Run(_mark)
            self._run = _run
            self._number = _run.enter({"name": name, "python": python, "folder": str(folder)})

    def mark(self) -> Mark:
        """Return the mark of a worker that is to be started."""
        return self._run.number()

    @property
    def shared_mark(self) -> Mark:
        """The mark of a process that makes workers: what it leaves ends with the program, not with one of them."""
        return self._run.mark

    def started(self, mark: Mark, worker: str, pid: int) -> None:
        """Note a worker."""
        said = _line(worker=mark.worker, pool=self._number, name=worker, pid=pid, started=started_at(pid) or 0)
        with self._run.lock:
            self._run.workers[mark.worker] = said
            self._run.tell(said)

    def ended(self, mark: Mark) -> None:
        """Have ended what a worker left that is reaped."""
        with self._run.lock:
            if self._run.workers.pop(mark.worker, None) is not None:
                self._run.ended.append(mark)
                self._run.tell(_line(ended=mark.worker))

    def tend(self) -> None:
        """See that there is a guardian."""
        if self._run.guard is not None and not self._run.guard.lives:
            with _lock:
                self._run.tend()

    def close(self) -> None:
        """End what its workers left, and forget it. They are reaped."""
        global _run  # noqa: PLW0603 - of the process, as everything here
        run = self._run
        with _lock, run.lock:
            if run.entries.pop(self._number, None) is None:
                return
            run.tell(_line(closed=self._number))
            is_last = not run.entries
            if is_last and _run is run:
                _run = None
            ended = set(run.ended)
        _, left = end_all(
            (lambda pid: any(mark.run == run.mark for mark in marks_of(pid)))
            if is_last
            else (lambda pid: not ended.isdisjoint(marks_of(pid))),
            _PATIENCE,
        )
        if left:
            _logger.warning("processes %s, which workers of pool %s left, cannot be ended", left, self._name)
        if is_last and run.guard is not None:
            run.guard.end()


def _next_mark(before: Mark | None) -> Mark:
    # Never the one before: what still goes on for that must not meet what is new.
    pid = os.getpid()
    mark = Mark.drawn_for(pid, started_at(pid) or 0)
    return mark if before is None or before.host != pid else before.redrawn()


def _line(**said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _in_copy() -> None:
    global _run  # noqa: PLW0603 - as above
    if _run is not None:
        if _run.guard is not None:
            _run.guard.abandon()
        _disowned.append(_run)
        _run = None
    _lock.release()


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_in_copy)
