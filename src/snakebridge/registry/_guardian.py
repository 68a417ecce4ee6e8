# The guardian: one small process beside each program that has pools. It keeps the program's rows in the registry, ends
# what dead programs left, what a dead worker left, and, when the program itself dies, everything that it left.
#
#   start ─▶ ┌ lines of the program: a pool starts: end what dead programs left; a worker ended: end what it left ┐
#            └──────────────────────────────────────────◀─────────────────────────────────────────────────────────┘
#            the pipe ends: the program died ─▶ end what carries its mark ─▶ remove its folders and rows ─▶ leave
#            it has closed its last pool ────────────────────────────────────────────▶ remove its rows ─▶ leave
#
# Guarantees: it holds nothing of the program but the end of one pipe, and leads a session of its own, so nothing that
# ends the program by its group or terminal ends it as well. Trouble with the registry costs its rows alone: the marks
# say by themselves whose a process is. Assumes: Linux.
#
# It imports little, because each program waits for nothing of it but has it in memory.

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from snakebridge.registry._folders import remove_folder
from snakebridge.registry._marks import VARIABLE, Mark
from snakebridge.registry._processes import end_all, here, is_lost, marks_of, started_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snakebridge.registry._store import PoolRow, Store, WorkerRow

__all__ = ["LEAVE", "command", "main"]

LEAVE = b"{}"
"""The last line of a program that has closed its last pool."""

_CODE = "import sys; sys.path.append(sys.argv[1]); from snakebridge.registry._guardian import main; main(sys.argv[2:])"
_AFTER_WORKER = 2.0
_AFTER_PROGRAM = 10.0
_AT_START = 5.0
_SELDOM = 0.2  # seconds between two writes
_AGAIN = 5.0  # seconds until a write that failed is tried again
_LOCKED = 0.3  # seconds to wait for who has the registry locked; meanwhile the program may die
_CALM = 300.0  # seconds after which the rows are written anyway: somebody may have put the file aside


def command(mark: Mark, state: str) -> list[str]:
    """Return how it is started; stdin is the pipe.

    Args:
        mark: Of the program.
        state: The folder of the registry.
    """
    # `-S`: no site-packages, so no start-up hooks of the program's environment. This package is appended, not put
    # first, because beside it may be anything.
    home = os.path.abspath(__file__)  # noqa: PTH100 - the guardian loads no pathlib
    for _ in range(3):
        home = os.path.dirname(home)  # noqa: PTH120 - as above
    return [sys.executable, "-I", "-S", "-c", _CODE, home, f"{mark.number:x}", state]


def main(arguments: Sequence[str]) -> None:
    """Be the guardian."""
    mark = Mark.of(int(arguments[0], 16))
    assert mark is not None
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _lose_mark()
    guardian = _Guardian(mark, arguments[1])
    if not guardian.watch():
        guardian.finish()
    guardian.forget()
    os._exit(0)  # the program waits, and there is nothing to tidy up


def _lose_mark() -> None:
    # A program that is itself in a worker has a mark, and so have its children. This one must outlive it.
    import resource  # noqa: PLC0415 - Linux alone has what is used of it

    os.environ.pop(VARIABLE, None)
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_RTTIME)[1]
        resource.setrlimit(resource.RLIMIT_RTTIME, (hard, hard))


class _Guardian:
    def __init__(self, mark: Mark, state: str) -> None:
        self._mark = mark
        self._run = f"{mark.number:x}"
        self._where = here()
        self._started = started_at(mark.host)
        self._state = state
        self._folders: dict[int, str] = {}
        self._pools: dict[int, PoolRow] = {}
        self._workers: dict[int, WorkerRow] = {}
        self._pending = b""
        self._due = self._not_before = 0.0

    def watch(self) -> bool:
        """Do what the program says, until it says no more; return whether it took its leave."""
        os.set_blocking(0, False)
        poll = select.poll()
        poll.register(0, select.POLLIN)
        while True:
            if poll.poll(max(0.0, self._due - time.monotonic()) * 1000):
                # All that was said, before anything that takes its time: the last of it may be the end.
                lines, has_ended = self._read()
                if LEAVE in lines:
                    return True
                known = set(self._pools)
                ended = {number for line in lines for number in self._note(json.loads(line))}
                if has_ended:
                    return False
                if self._pools.keys() - known:
                    self._end_lost()
                if ended:
                    self._end_marked({self._mark._replace(worker=number) for number in ended})
            self._write()

    def _end_marked(self, marks: set[Mark]) -> None:
        end_all(lambda pid: not marks.isdisjoint(marks_of(pid)), _AFTER_WORKER)

    def _read(self) -> tuple[list[bytes], bool]:
        has_ended = False
        with contextlib.suppress(BlockingIOError):
            while not has_ended:
                data = os.read(0, 1 << 16)
                has_ended = not data
                self._pending += data
        *lines, self._pending = self._pending.split(b"\n")
        return lines, has_ended

    def finish(self) -> None:
        """End what the program left."""
        end_all(lambda pid: any(mark.run == self._mark for mark in marks_of(pid)), _AFTER_PROGRAM)
        for folder in self._folders.values():
            remove_folder(folder)

    def forget(self) -> None:
        """Take the program out of the registry."""
        self._kept(lambda store: store.remove(self._run))

    def _end_lost(self) -> None:
        # At the start of each pool: what dead programs left.
        end_all(is_lost, _AT_START)
        self._kept(self._end_listed)

    def _end_listed(self, store: Store) -> None:
        left = {(row.pid, row.started) for row in store.take_lost(self._where)}
        if left:  # some that have no mark: where it was taken off, or could not be put on
            end_all(lambda pid: (pid, started_at(pid)) in left, _AT_START)

    def _note(self, said: dict[str, Any]) -> list[int]:
        # Returns which workers have ended.
        from snakebridge.registry._store import PoolRow, WorkerRow  # noqa: PLC0415 - sqlite3 loads slowly

        match said:
            case {"folder": folder, "pool": pool, "name": name, "python": python}:
                self._folders[pool] = folder
                self._pools[pool] = PoolRow(pool, name, python, folder)
            case {"worker": number, "pool": pool, "name": name, "pid": pid, "started": started}:
                self._workers[number] = WorkerRow(pool, name, pid, started)
            case {"ended": number}:
                self._workers.pop(number, None)
                return [number]
            case {"closed": pool}:
                self._folders.pop(pool, None)
                self._pools.pop(pool, None)
        return []

    def _write(self) -> None:
        from snakebridge.registry._store import RunRow  # noqa: PLC0415 - sqlite3 loads slowly

        if time.monotonic() < self._not_before:
            self._due = self._not_before
            return
        self._not_before = time.monotonic() + _SELDOM
        run = RunRow(self._run, self._mark.host, self._started or 0, *self._where)
        pools, workers = list(self._pools.values()), list(self._workers.values())
        is_written = self._kept(lambda store: store.write(run, pools, workers))
        self._due = time.monotonic() + (_CALM if is_written else _AGAIN)

    def _kept(self, action: Callable[[Store], None]) -> bool:
        # Nobody is there to be told, and nothing depends on it: `snakebridge status` says what is wrong with the file.
        from snakebridge.registry._store import Store, StoreError  # noqa: PLC0415 - sqlite3 loads slowly

        try:
            action(Store(self._state, _LOCKED))
        except StoreError:
            return False
        return True
