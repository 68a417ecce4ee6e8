# What the kernel tells about processes, and how those that are not wanted are ended.
#
# Guarantees: nobody is hit who took over the number of an ended process: the descriptor comes first, then the look,
# then the signal through the descriptor. All are ended at once, however many, and waited for together. A zombie is
# dead.
# Assumes: Linux; elsewhere there are no processes to be seen here, and nothing is ended.

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from snakebridge.registry._marks import VARIABLE, Mark, read_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Here", "end_all", "here", "is_lost", "lives", "marks_of", "processes", "started_at"]

_KEY = VARIABLE.encode() + b"="
_LARGEST = 1 << 20  # of an environment
_PAUSE = 0.005
_QUIET = 2  # looks in a row that find nobody: a fork between two of them has been seen by the second


class Here(NamedTuple):
    """Where process ids mean what they mean here."""

    boot: str
    namespace: str


def here() -> Here:
    """Return where this process is."""
    boot = namespace = ""
    with contextlib.suppress(OSError), open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - pathlib loads slowly, and the guardian must not
        boot = file.read().strip()
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - as above
    return Here(boot, namespace)


def processes() -> list[int]:
    """Return the ids of all processes that can be seen."""
    if sys.platform != "linux":
        return []
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - as above


def started_at(pid: int) -> int | None:
    """Return when a living process started, in ticks since the machine did; `None`: there is none."""
    text = _read(f"/proc/{pid}/stat", 4096)
    state, *fields = text[text.rfind(b")") + 1 :].split() or [b"X"]
    return None if state in {b"Z", b"X"} else int(fields[18])


def lives(mark: Mark) -> bool:
    """Whether the program of a mark is running."""
    started = started_at(mark.host)
    return started is not None and mark.was_started_at(started)


def marks_of(pid: int) -> list[Mark]:
    """Return the marks of a process, the one that says most last."""
    marks = [] if (found := _variable(pid)) is None else read_list(found)
    mark = Mark.of(_limit(pid))
    return marks if mark is None else [*(one for one in marks if one.run != mark.run), mark]


def is_lost(pid: int) -> bool:
    """Whether a process was made for a program that is no more, or for one that was made for such a program.

    One that is in a container of its own is left alone: its program's id means nothing out here.
    """
    marks = marks_of(pid)
    return bool(marks) and not all(lives(mark) for mark in marks) and _is_here(pid)


def end_all(is_wanted: Callable[[int], bool], patience: float) -> tuple[int, list[int]]:
    """Kill every process that is wanted, and those that these start meanwhile.

    Args:
        is_wanted: Asked about each process that can be seen, perhaps often.
        patience: Seconds after which to give up on those that do not go.

    Returns:
        How many were killed, and who is left.
    """
    deadline = time.monotonic() + patience
    killed: set[int] = set()
    quiet = 0
    while True:
        hit = dict(_strike(is_wanted))
        try:
            killed.update(hit)
            _await_end(list(hit.values()), deadline)
        finally:
            for descriptor in hit.values():
                os.close(descriptor)
        quiet = 0 if hit else quiet + 1
        if quiet == _QUIET or time.monotonic() >= deadline:
            return len(killed), [pid for pid in hit if started_at(pid) is not None]
        time.sleep(_PAUSE)


def _strike(is_wanted: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    own = os.getpid()
    for pid in processes():
        if pid == own or not is_wanted(pid):  # a first look, because nearly all are nobody's business
            continue
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            continue  # it ended
        if is_wanted(pid) and started_at(pid) is not None:
            with contextlib.suppress(OSError):  # it ended, or is another user's
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                yield pid, descriptor
                continue
        os.close(descriptor)


def _await_end(descriptors: list[int], deadline: float) -> None:
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    waiting = len(descriptors)
    while waiting and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            poll.unregister(descriptor)
            waiting -= 1


def _limit(pid: int) -> int:
    if sys.platform != "linux":
        return 0
    import resource  # noqa: PLC0415 - Linux alone has what is used of it

    try:
        return resource.prlimit(pid, resource.RLIMIT_RTTIME)[0]
    except OSError:  # it ended, or is another user's
        return 0


def _variable(pid: int) -> str | None:
    data = b"\0" + _read(f"/proc/{pid}/environ", _LARGEST)
    place = data.find(b"\0" + _KEY)
    if place < 0:
        return None
    begin = place + 1 + len(_KEY)
    return data[begin:].split(b"\0", 1)[0].decode("ascii", "replace")


def _is_here(pid: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid") == here().namespace  # noqa: PTH115 - as above
    except OSError:
        return False


def _read(path: str, most: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        data = b""
        while len(data) < most and (chunk := os.read(descriptor, 1 << 16)):
            data += chunk
    except OSError:
        return b""
    finally:
        os.close(descriptor)
    return data
