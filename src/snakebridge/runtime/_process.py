# One worker process: start it, and hold its pipes. No policy: the supervisor decides, this does.
#
# Assumes: called from the supervisor's thread, which lives as long as the pool, because where PR_SET_PDEATHSIG is
# used it fires when the spawning *thread* ends. The worker leads its own session, so a Ctrl-C in the terminal reaches
# the host alone. A forked copy of the host closes the lifelines it inherited: it must not keep workers alive.

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from snakebridge.environments import guest_command, guest_environment
from snakebridge_guest.wire.frames import stacks_signal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Process"]

_STACKS_TIME = 0.2
_STACKS_PAUSE = 0.005

_lifelines: set[int] = set()


def _let_go() -> None:
    while _lifelines:
        with contextlib.suppress(OSError):
            os.close(_lifelines.pop())


os.register_at_fork(after_in_child=_let_go)


@dataclass(slots=True)
class Process:
    """A started guest."""

    popen: subprocess.Popen[bytes]
    lanes: tuple[socket.socket, ...]
    lifeline: int
    """Our end of the pipe whose end kills the whole process group over there; held until the process is reaped."""
    report: int
    stdout: int
    stderr: int
    stacks: int
    """Where it writes what its threads do when it crashes, or is asked to (faulthandler)."""
    pidfd: int | None
    """Readable when the process has ended (Linux); `None`: ask `popen.poll()`."""

    @classmethod
    def start(
        cls, executable: Path, environment: Mapping[str, str], specification: Mapping[str, Any], *, lanes: int = 1
    ) -> Process:
        """Start a guest and tell it what to be.

        Raises:
            OSError: The interpreter cannot be executed, or this process has no descriptors left.
        """
        with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:

            def pipe(*, reads: bool) -> tuple[int, int]:
                read, write = os.pipe()
                mine, other = (read, write) if reads else (write, read)
                ours.callback(os.close, mine)
                theirs.callback(os.close, other)
                return mine, other

            pairs = []
            for _ in range(lanes):
                pair = socket.socketpair()
                ours.callback(pair[0].close)
                theirs.callback(pair[1].close)
                pairs.append(pair)
            lifeline, lifeline_theirs = pipe(reads=False)
            report, report_theirs = pipe(reads=True)
            stdout, stdout_theirs = pipe(reads=True)
            stderr, stderr_theirs = pipe(reads=True)
            stacks, stacks_theirs = pipe(reads=True)
            inherited = (lifeline_theirs, report_theirs, stacks_theirs, *(other.fileno() for _, other in pairs))
            popen = subprocess.Popen(
                guest_command(executable, "worker", *map(str, inherited)),
                stdin=subprocess.DEVNULL,
                stdout=stdout_theirs,
                stderr=stderr_theirs,
                pass_fds=inherited,
                env=guest_environment(environment),
                start_new_session=True,
            )
            with contextlib.suppress(BrokenPipeError):  # it died at once: its exit tells more
                os.write(lifeline, json.dumps({**specification, "host": os.getpid()}).encode() + b"\n")
            for descriptor in (report, stdout, stderr, stacks):
                os.set_blocking(descriptor, False)
            ours.pop_all()
            _lifelines.add(lifeline)
        pidfd = None
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                pidfd = os.pidfd_open(popen.pid)
        return cls(popen, tuple(mine for mine, _ in pairs), lifeline, report, stdout, stderr, stacks, pidfd)

    def close_lanes(self) -> None:
        """Close the lanes' sockets, which no link owns."""
        for lane in self.lanes:
            lane.close()

    def interrupt(self) -> None:
        """Ask the running call to stop (the guest's `interrupts`)."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.popen.pid, signal.SIGUSR2)

    def show_stacks(self) -> None:
        """Have it write where its threads are, if it still can, and give it a moment for that.

        Assumes: it is killed next, for the signal ends a worker that does not know it yet.
        """
        number = stacks_signal()
        if number is None:
            return
        with contextlib.suppress(OSError):
            os.kill(self.popen.pid, number)
            until = time.monotonic() + _STACKS_TIME
            poll = select.poll()
            poll.register(self.stacks, select.POLLIN)
            poll.poll(_STACKS_TIME * 1000)
            before = -1
            while (now := _readable(self.stacks)) != before and time.monotonic() < until:
                before = now
                time.sleep(_STACKS_PAUSE)  # nothing tells the end of what it writes

    def read_stacks(self) -> str:
        """Return what it has written about its threads."""
        data = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(self.stacks, 1 << 16):
                data += chunk
        return data.decode("utf-8", "replace")

    def kill(self) -> None:
        """End it and every process it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def reap(self) -> int:
        """Collect the exit status of an ended process, kill what it left behind, and close everything but the lanes.

        Returns:
            As `subprocess`: the exit status, or minus the signal's number.
        """
        # Before the wait: while it is unreaped nobody else can get its number, so the group is certainly its own.
        self.kill()
        status = self.popen.wait()
        _lifelines.discard(self.lifeline)
        for descriptor in (self.lifeline, self.report, self.stdout, self.stderr, self.stacks, self.pidfd):
            if descriptor is not None:
                os.close(descriptor)
        return status


def _readable(descriptor: int) -> int:
    # How many bytes wait in a pipe.
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)
