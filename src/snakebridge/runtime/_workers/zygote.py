# A zygote as the host sees it: the process that has the libraries imported, and the workers that it forks.
#
#   fork ─▶ it answers with a number ─▶ pidfd ─▶ the end is seen like any other ─▶ reap ─▶ it answers with the status
#
# Guarantees: a forked worker's number stays its own until it is reaped, because the zygote waits for it only when it is
# told to. When the zygote is gone the workers live on; the system reaps them, so signals go by the pidfd, which never
# means another process, and how they ended may be unknown. An answer that does not come in time is the zygote's end.

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import threading
from array import array
from typing import TYPE_CHECKING, Any

from snakebridge.environments import guest_command, guest_environment
from snakebridge.runtime import _fork
from snakebridge.runtime._workers.pipes import Pipes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from snakebridge.runtime._calls.channel import Channel

__all__ = ["MOST_DESCRIPTORS", "Forked", "Zygote"]

MOST_DESCRIPTORS = 253
"""As many may be sent with one message (SCM_MAX_FD of Linux)."""
_ANSWER_TIME = 5.0
_COLLECT_TIME = 1.0  # of one that has ended
_LEAVE_TIME = 1.0
_LONGEST = 4096
_GROUP = 1 << 2  # PIDFD_SIGNAL_PROCESS_GROUP of Linux 6.9


class Zygote:
    """A started zygote.

    Args:
        name: Of its own.
        executable: The target's interpreter.
        environment: Variables for it and its workers.
        specification: What it is to be.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self, name: str, executable: Path, environment: Mapping[str, str], specification: Mapping[str, Any]
    ) -> None:
        self.name = name
        self.channels: tuple[Channel, ...] = ()
        """It runs no calls."""
        with Pipes() as pipes:
            self.lifeline, lifeline = pipes.outgoing()
            self.report, report = pipes.incoming()
            self.stdout, stdout = pipes.incoming()
            self.stderr, stderr = pipes.incoming()
            self._talk, talk = pipes.sockets(socket.SOCK_SEQPACKET)
            inherited = (lifeline, report, talk.fileno())
            self.popen = subprocess.Popen(
                guest_command(executable, "zygote", *map(str, inherited)),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=inherited,
                env=guest_environment(environment),
                start_new_session=True,
            )
            with contextlib.suppress(BrokenPipeError):  # it died at once: its exit tells more
                os.write(self.lifeline, json.dumps({**specification, "host": os.getpid()}).encode() + b"\n")
            self.pidfd = os.pidfd_open(self.popen.pid)
            _fork.hold(self.pidfd)
            pipes.keep()
        self._lock = threading.Lock()
        self.is_gone = False
        """Whether it answers no more."""
        self.children = 0
        """Workers of it that are not reaped yet."""

    def fork(self, descriptors: Sequence[int]) -> Forked:
        """Have a worker forked that gets these descriptors.

        Raises:
            ConnectionError: The zygote is gone.
            OSError: There is no room for another process or descriptor.
        """
        answer = self._ask("fork", len(descriptors), _ANSWER_TIME, descriptors)
        if answer is None:
            raise ConnectionError("the zygote is gone")
        if "error" in answer:
            raise OSError(answer["error"], os.strerror(answer["error"]))
        try:
            forked = Forked(self, answer["pid"])
        except ProcessLookupError:  # only once the zygote itself has died
            raise ConnectionError("the zygote is gone") from None
        except OSError:  # no descriptor left here for what would tell its end
            self._ask("drop", answer["pid"], _COLLECT_TIME)
            raise
        self.children += 1
        return forked

    @property
    def process(self) -> Zygote:
        """Whose descriptors are read."""
        return self

    def collect(self, pid: int) -> int | None:
        """Collect the status of a worker that has ended, as `subprocess` has it; `None`: nobody knows."""
        self.children -= 1
        answer = self._ask("reap", pid, _COLLECT_TIME)
        if answer is not None:
            return None if "error" in answer else os.waitstatus_to_exitcode(answer["status"])
        with contextlib.suppress(ChildProcessError):  # ours now, where this process is the one that orphans go to
            return os.waitstatus_to_exitcode(os.waitpid(pid, os.WNOHANG)[1])
        return None

    def leave(self, *, at_once: bool) -> None:
        """End it; its workers live on.

        Args:
            at_once: Whether it has died, or deserves no time to leave in order.
        """
        with self._lock:
            self.is_gone = True
            self._talk.close()
        if not at_once:
            _has_ended(self.pidfd, _LEAVE_TIME)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def reap(self) -> int:
        """Collect its status once it was ended, as `subprocess` has it, and close everything."""
        status = self.popen.wait()
        for descriptor in (self.lifeline, self.report, self.stdout, self.stderr, self.pidfd):
            _fork.release(descriptor)
        return status

    def _ask(self, order: str, number: int, timeout: float, descriptors: Sequence[int] = ()) -> dict[str, Any] | None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", descriptors))] if descriptors else []
        with self._lock:
            if self.is_gone:
                return None
            try:
                self._talk.settimeout(timeout)
                self._talk.sendmsg([json.dumps([order, number]).encode()], rights)
                answer = self._talk.recv(_LONGEST)
            except OSError as error:
                if error.errno in {errno.EMFILE, errno.ENOBUFS, errno.ENOMEM, errno.ETOOMANYREFS}:
                    return {"error": error.errno}
                answer = b""
            if not answer:
                self.is_gone = True
                with contextlib.suppress(ProcessLookupError):  # one that hangs; its end is seen by the pidfd
                    os.kill(self.popen.pid, signal.SIGKILL)
                return None
        found: dict[str, Any] = json.loads(answer)
        return found


class Forked:
    """A worker that a zygote has forked, with the methods of `subprocess.Popen` that are used of it."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        _fork.hold(self.pidfd)
        self._zygote = zygote
        self._lock = threading.Lock()
        self._is_reaped = False
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end and return its status, as `subprocess` has it; `None`: nobody knows.

        Raises:
            subprocess.TimeoutExpired: It did not end in time.
        """
        with self._lock:
            if not self._is_reaped:
                if not _has_ended(self.pidfd, timeout):
                    raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0.0)
                self._is_reaped = True
                self.returncode = self._zygote.collect(self.pid)
            return self.returncode

    def kill_group(self) -> None:
        """End it and the processes of its group."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL, None, _GROUP)
        except ProcessLookupError:
            # It leads no group yet. Nothing can be left of one that has ended without ever leading it.
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except OSError:  # a kernel that does not know the flag
            if not self._zygote.is_gone or not _has_ended(self.pidfd, 0):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


def _has_ended(pidfd: int, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(None if timeout is None else timeout * 1000))
