# One worker process: start it, and hold its pipes. No policy: the supervisor decides, this does.
#
# Assumes: called from the supervisor's thread, which lives as long as the pool, because where PR_SET_PDEATHSIG is
# used it fires when the spawning *thread* ends. The worker leads its own session, so a Ctrl-C in the terminal reaches
# the host alone. A forked copy of the host closes what it inherited (`_fork.py`): it must not keep workers alive.

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from snakebridge.environments import guest_command, guest_environment
from snakebridge.runtime import _fork
from snakebridge.runtime._workers.pipes import Pipes
from snakebridge.runtime._workers.zygote import Forked
from snakebridge_guest.wire.frames import interrupt_signal, stacks_signal

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from pathlib import Path

    from snakebridge.runtime._workers.zygote import Zygote

__all__ = ["Process"]

_STACKS_TIME = 0.2
_STACKS_PAUSE = 0.005


@dataclass(slots=True)
class Process:
    """A started guest."""

    popen: subprocess.Popen[bytes] | Forked
    lanes: tuple[socket.socket, ...]
    lifeline: int
    """Our end of the pipe whose end kills the whole process group over there; held until the process is reaped."""
    report: int
    """It says that it is ready, and later what is logged over there."""
    stdout: int
    stderr: int
    stacks: int
    """Where it writes what its threads do when it crashes, or is asked to (faulthandler)."""
    pidfd: int | None
    """Readable when the process has ended (Linux); `None`: ask `has_ended`."""
    _reaping: threading.Lock = field(default_factory=threading.Lock)
    _is_reaped: bool = False

    @classmethod
    def start(
        cls,
        executable: Path,
        environment: Mapping[str, str],
        specification: Mapping[str, Any],
        *,
        lanes: int = 1,
        zygote: Zygote | None = None,
    ) -> Process:
        """Start a guest and tell it what to be.

        Args:
            executable: The target's interpreter.
            environment: Variables for it; one that is forked has its zygote's.
            specification: What it is to be.
            lanes: How many sockets it gets.
            zygote: What it is forked from; `None`: it is started afresh.

        Raises:
            ConnectionError: The zygote is gone.
            OSError: The interpreter cannot be executed, or there is no room for another process or descriptor.
        """
        with Pipes() as pipes:
            pairs = [pipes.sockets() for _ in range(lanes)]
            lifeline, lifeline_theirs = pipes.outgoing()
            report, report_theirs = pipes.messages()
            stdout, stdout_theirs = pipes.incoming()
            stderr, stderr_theirs = pipes.incoming()
            stacks, stacks_theirs = pipes.incoming()
            inherited = (lifeline_theirs, report_theirs, stacks_theirs)
            sockets = [other.fileno() for _, other in pairs]
            popen: subprocess.Popen[bytes] | Forked
            pidfd: int | None = None
            if zygote is not None:
                popen = zygote.fork([*inherited, stdout_theirs, stderr_theirs, *sockets])
                pidfd = popen.pidfd
            else:
                popen = subprocess.Popen(
                    guest_command(executable, "worker", *map(str, (*inherited, *sockets))),
                    stdin=subprocess.DEVNULL,
                    stdout=stdout_theirs,
                    stderr=stderr_theirs,
                    pass_fds=(*inherited, *sockets),
                    env=guest_environment(environment),
                    start_new_session=True,
                )
                if hasattr(os, "pidfd_open"):
                    with contextlib.suppress(OSError):
                        pidfd = os.pidfd_open(popen.pid)
                        _fork.hold(pidfd)
            with contextlib.suppress(BrokenPipeError):  # it died at once: its exit tells more
                os.write(lifeline, json.dumps({**specification, "host": os.getpid()}).encode() + b"\n")
            pipes.keep()
        return cls(popen, tuple(mine for mine, _ in pairs), lifeline, report, stdout, stderr, stacks, pidfd)

    def has_ended(self) -> bool:
        """Return whether it has ended; for where there is no pidfd."""
        return isinstance(self.popen, subprocess.Popen) and self.popen.poll() is not None

    def close_lanes(self) -> None:
        """Close the lanes' sockets, which no link owns."""
        for lane in self.lanes:
            lane.close()

    def interrupt(self) -> None:
        """Ask the running call to stop (the guest's `interrupts`)."""
        self._send(interrupt_signal())

    def show_stacks(self) -> None:
        """Have it write where its threads are, if it still can, and give it a moment for that.

        Assumes: it is killed next, for the signal ends a worker that does not know it yet.
        """
        number = stacks_signal()
        if number is None:
            return
        with contextlib.suppress(OSError):
            self._send(number)
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
        """End it and every process it started, at once; nothing once it is reaped."""
        with self._reaping:
            if self._is_reaped:
                return
            if isinstance(self.popen, Forked):
                self.popen.kill_group()
            else:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.popen.pid, signal.SIGKILL)

    def _send(self, number: int) -> None:
        with self._reaping, contextlib.suppress(ProcessLookupError):
            if self._is_reaped:
                return
            if self.pidfd is not None:  # which means it alone, whoever has waited for it
                signal.pidfd_send_signal(self.pidfd, number)
            else:
                os.kill(self.popen.pid, number)

    def reap(self) -> int | None:
        """Collect the exit status of an ended process, kill what it left behind, and close everything but the lanes.

        Returns:
            As `subprocess`: the exit status, or minus the signal's number; `None`: nobody knows.
        """
        # Before the wait: while it is unreaped nobody else can get its number, so the group is certainly its own.
        self.kill()
        with self._reaping:
            self._is_reaped = True
            status = self.popen.wait()
        for descriptor in (self.lifeline, self.report, self.stdout, self.stderr, self.stacks, self.pidfd):
            if descriptor is not None:
                _fork.release(descriptor)
        return status


def _readable(descriptor: int) -> int:
    # How many bytes wait in a pipe.
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)
