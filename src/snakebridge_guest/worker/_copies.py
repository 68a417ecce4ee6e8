# Forked copies of a worker: processes that the library forks. What a copy would send gets mixed with what the worker
# itself sends, so it must not use the links.
#
# Guarantees: when the library's function returns in the copy too, or raises there, the copy ends as a program would
# whose last line that was: stdio flushed, the traceback told, the exit status of SystemExit kept. A copy that never
# comes back (multiprocessing's, one that calls os._exit or exec) is left alone. Assumes: the worker says `own` once,
# also where it was itself forked from something.
from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Iterable, NoReturn

from snakebridge_guest.wire.failure import trace

_ERROR = 1


class _Copies:
    happened = False
    executors: Iterable[Any] = ()


class _Nowhere:
    """Instead of a copy's links: the call is over, and there is nobody to tell."""

    def send(self, *_bodies: bytes, deadline: float | None = None) -> None:  # noqa: ARG002 - as a link has it
        """End this copy."""
        _leave(0)

    def receive(self, deadline: float | None = None) -> bytes:  # noqa: ARG002 - as above
        """End this copy."""
        _leave(0)

    def close(self) -> None:
        """Leave the worker's link alone."""


def own(executors: Iterable[Any]) -> None:
    """Say that this very process is the worker.

    Args:
        executors: Those that serve its links.
    """
    _Copies.happened = False
    _Copies.executors = executors


def refuse() -> None:
    """Make sure that this is the worker itself.

    Raises:
        RuntimeError: It is a forked copy, whose frames would end up among the worker's own.
    """
    if _Copies.happened:
        raise RuntimeError("an object of the host cannot be used in a process that was forked from the worker")


def leave_if_copied(error: BaseException) -> None:
    """End a copy in which the library raised, with the status that a program would have."""
    if not _Copies.happened:
        return
    status: Any = _ERROR
    if isinstance(error, SystemExit):
        status = error.code
        if status is None:
            status = 0
        elif not isinstance(status, int):
            with contextlib.suppress(BaseException):  # its text may be anything, and so may what stands for stderr
                sys.stderr.write(str(status) + "\n")
            status = _ERROR
    else:
        with contextlib.suppress(BaseException):  # as above
            sys.stderr.write(trace(error))
    _leave(status & 0xFF)


def _leave(status: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # a library may have put anything there
            stream.flush()
    os._exit(status)


def _note_copy() -> None:
    _Copies.happened = True
    for executor in _Copies.executors:
        executor.detach(_Nowhere())


os.register_at_fork(after_in_child=_note_copy)
