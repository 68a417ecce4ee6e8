# The lifeline: a pipe whose other end only the host holds. When the host dies, however it dies, this worker and every
# process it started must be gone at once.
#
# Guarantees, strongest first:
# - Linux: the kernel itself sends SIGKILL to the whole process group when the pipe ends (F_SETOWN to the group,
#   F_SETSIG, O_ASYNC; fcntl(2)). No thread of ours has to run, so a library that holds the GIL for minutes changes
#   nothing.
# - Where that is refused or unknown: a daemon thread waits for the end of the pipe and kills the group, and on Linux
#   PR_SET_PDEATHSIG ends at least the worker when it holds the GIL.
#
# PR_SET_PDEATHSIG is not set beside the first: it fires when the host's spawning *thread* ends, which is before the
# host's descriptors close, and a worker that is already dead takes its claim on the pipe, and so the group's end,
# with it.
#
# Assumes: the worker leads its own session and process group; forked copies of the host close their end of the pipe.
from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
from typing import Optional

_F_SETSIG = 10  # asm-generic/fcntl.h; the fcntl module does not name it
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def hold(descriptor: int, host: int, mark: Optional[int] = None) -> None:
    """Tie this process group's life to the pipe's other end.

    Args:
        descriptor: Our end of the pipe.
        host: Who must be the parent.
        mark: What tells whose this process is, and what it starts.
    """
    if mark is not None:
        _carry(mark)
    if sys.platform != "linux" or not _arm_kernel(descriptor):
        _die_with_parent()
        threading.Thread(target=_watch, args=(descriptor,), name="snakebridge-lifeline", daemon=True).start()
    if os.getppid() != host:  # it died before we were armed
        _kill_group()


def _carry(mark: int) -> None:
    # All that comes from here inherits it, whatever session it is in and whatever environment it is given. The kernel
    # looks at this limit only for processes of real-time priority, and it is more than they could ever use.
    try:
        import resource  # noqa: PLC0415 - Linux alone has what is used of it

        soft, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
        if soft == resource.RLIM_INFINITY or soft >> 62 == 1:  # none, or that of a program in whose worker the host is
            resource.setrlimit(resource.RLIMIT_RTTIME, (mark, hard))
    except (
        AttributeError,
        ImportError,
        OSError,
        ValueError,
    ):  # another system, or a lower limit; the environment says it too
        return


def _arm_kernel(descriptor: int) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(descriptor, _F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
        # The end that came before O_ASYNC sends no signal: look once.
        if os.read(descriptor, 1) == b"":
            _kill_group()
    except BlockingIOError:
        return True
    except OSError:  # a kernel or sandbox that refuses; the thread takes over
        return False
    return True


def _die_with_parent() -> None:
    try:
        import ctypes  # noqa: PLC0415 - some Pythons have none

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except Exception:  # a Python without ctypes, a libc without prctl: the lifeline still holds
        return


def _watch(descriptor: int) -> None:
    os.set_blocking(descriptor, True)
    while True:
        try:
            if os.read(descriptor, 64) == b"":
                break
        except InterruptedError:
            continue
        except OSError:
            break
    _kill_group()


def _kill_group() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)
