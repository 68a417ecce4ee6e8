# Runs one foreign command to its end: interpreters that are asked for facts, and installers.
#
# Guarantees: the deadline holds even when the command has children that keep its descriptors open, because output goes
# to a file and the whole process group is killed; Ctrl-C ends the command too; nothing is left running or unreaped.
# stdin is empty, so that no command can wait for an answer, and stdout is dropped, so that no command can fill a disk.

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """How a command ended."""

    status: int | None
    """Exit status, negative for a signal; None when the deadline passed."""
    errors: str
    """The end of what it wrote to standard error."""

    @property
    def ending(self) -> str:
        """How it ended, as the end of a sentence."""
        if self.status is None:
            return "did not finish in time"
        if self.status < 0:
            with contextlib.suppress(ValueError):
                return f"was killed by {signal.Signals(-self.status).name}"
        return f"ended with status {self.status}"

    def tail(self, lines: int = 12) -> str:
        """Return its last lines, indented below a sentence; empty when it wrote none."""
        said = [line.rstrip() for line in self.errors.splitlines() if line.strip()]
        return "".join(f"\n    {line}" for line in said[-lines:])


def run(
    command: Sequence[str], *, environment: Mapping[str, str], deadline: float, keep_open: Sequence[int] = ()
) -> Finished:
    """Run a command to its end, or to the deadline in seconds.

    Raises:
        OSError: It could not be started.
    """
    with tempfile.TemporaryFile() as errors:
        process: subprocess.Popen[bytes] | None = None
        try:
            with _interrupts_held_back():
                process = subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=keep_open,
                    start_new_session=True,
                )
            status = _status(process, deadline)
        except BaseException:  # Ctrl-C included: no installer may stay
            if process is not None:
                _kill(process)
            raise
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL_BYTES))
        return Finished(status=status, errors=errors.read().decode("utf-8", "replace"))


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    # A Ctrl-C inside Popen, after the fork, would lose the process before anyone knows its id.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if held:
        signal.raise_signal(signal.SIGINT)


def _status(process: subprocess.Popen[bytes], deadline: float) -> int | None:
    try:
        _await_end(process, deadline)
        return process.wait(timeout=0)
    except subprocess.TimeoutExpired:
        _kill(process)
        return None


def _await_end(process: subprocess.Popen[bytes], deadline: float) -> None:
    if sys.platform == "linux":
        # `Popen.wait(timeout=…)` polls at up to 50 ms, which is most of what asking an interpreter costs.
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(process.pid)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                poll.poll(deadline * 1000)
            finally:
                os.close(descriptor)
            return
    process.wait(timeout=deadline)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # It has not been reaped, so its id, which is also the group's, cannot belong to anyone else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
