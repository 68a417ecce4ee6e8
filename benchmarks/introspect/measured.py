"""Runs a command and watches what it costs: seconds, and the memory of its whole tree of processes."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS = Path(__file__).with_name("ours.py")
PATIENCE = 600.0
_INTERVAL = 0.04
_TAIL = 500


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a command went."""

    code: int | None
    """`None`: it did not finish in time and was ended."""
    seconds: float
    work: float
    """Processor seconds of its tree; true when nothing else of this program runs at the time."""
    largest: float
    """Peak megabytes of the largest process of its tree."""
    together: float
    """Peak megabytes of all its processes at one moment."""
    said: str
    """The end of what it wrote to its error stream."""


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Run:
    """Run a command to its end; whatever it started is gone afterwards."""
    begin, used = time.monotonic(), _used()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        cwd=folder,
        start_new_session=True,
    )
    watch = _Watch(process.pid)
    code: int | None
    try:
        _, said = process.communicate(timeout=PATIENCE)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
        code = None
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        watch.end()
    return Run(
        code=code,
        seconds=time.monotonic() - begin,
        work=_used() - used,
        largest=watch.largest / 1e6,
        together=max(watch.largest, watch.together) / 1e6,
        said=said.decode("utf-8", "replace")[-_TAIL:].strip(),
    )


def introspect(
    library: str,
    python: Path,
    out: Path,
    *,
    cache: Path,
    refresh: bool = True,
    include: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Run:
    """Introspect a library in a process of its own, with a cache that is nobody else's."""
    command = [sys.executable, "-P", str(OURS), library, str(python), str(out)]
    command += [*["--refresh"] * refresh, *include]
    return run(command, environment={"SNAKEBRIDGE_CACHE": str(cache), **(environment or {})}, folder=folder)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watch:
    # The kernel keeps each process's own peak (`VmHWM`); what they hold together can only be sampled.

    def __init__(self, pid: int) -> None:
        self.largest = self.together = 0
        self._root = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(_INTERVAL):
            with contextlib.suppress(psutil.Error):
                sizes = [self._size(one) for one in (self._root, *self._root.children(recursive=True))]
                self.together = max(self.together, sum(sizes))

    def _size(self, process: psutil.Process) -> int:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines()
        except OSError:
            return int(process.memory_info().rss)
        words = [line.split() for line in lines if line.startswith(("VmHWM:", "VmRSS:"))]
        kilobytes = {name: int(size) for name, size, *_ in words}
        self.largest = max(self.largest, kilobytes.get("VmHWM:", 0) << 10)
        return kilobytes.get("VmRSS:", 0) << 10

    def end(self) -> None:
        self._over.set()
        self._thread.join()
