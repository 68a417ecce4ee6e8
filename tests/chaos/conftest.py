"""A target with a library that dies when it is told to, and how strictly time is judged.

`make chaos` sets `SNAKEBRIDGE_CHAOS=full`: bounds are then those that the documents promise, and the long runs are long.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from extent import IS_FULL

import snakebridge as sb

LIBRARIES = Path(__file__).parent / "libraries"
PROGRAMS = Path(__file__).parent / "programs"
PROC = Path("/proc")
MARK = "SNAKEBRIDGE_CHAOS_HOST"
DEADLINE = 30


@dataclass(frozen=True)
class Scale:
    """How long chaos lasts here, and what counts as too late."""

    is_full: bool
    lost: float
    """Seconds from the death of a worker to the caller's error."""
    back: float
    """Seconds until another worker serves."""
    gone: float
    """Seconds until nothing is left of a dead host."""


@pytest.fixture(scope="session")
def scale() -> Scale:
    if IS_FULL:
        return Scale(is_full=True, lost=1, back=3, gone=2)
    return Scale(is_full=False, lost=15, back=30, gone=10)


@pytest.fixture(scope="session")
def target(tmp_path_factory) -> Path:
    """An environment in which the libraries of this folder are installed."""
    folder = tmp_path_factory.mktemp("chaos") / "target"
    venv.create(folder, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for library in LIBRARIES.glob("*.py"):
        shutil.copy(library, site)
    return folder / "bin" / "python"


@pytest.fixture(scope="module", params=["lane", "grpc"])
def link(request) -> str:
    return request.param


@pytest.fixture
def start(target):
    """Connects, and closes at the end of the test."""
    clients = []

    def start(**options: object) -> sb.Client:
        client = sb.connect(**{"python": target, "timeout": 60, **options})
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


class Host:
    """A program of its own that uses snakebridge, and everything it starts."""

    def __init__(self, folder: str, program: str, options: dict[str, object], *arguments: str) -> None:
        self._mark = uuid.uuid4().hex
        command = [sys.executable, "-W", "ignore", str(PROGRAMS / program), json.dumps(options), *arguments]
        own = dict.fromkeys(("TMPDIR", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"), folder)
        environment = {**os.environ, **own, MARK: self._mark}
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen(
            command, bufsize=0, stdin=pipe, stdout=pipe, env=environment, start_new_session=True
        )

    def line(self) -> str:
        """Return what it says next."""
        assert self.popen.stdout is not None
        assert select.select([self.popen.stdout], [], [], DEADLINE)[0], "the host says nothing"
        return self.popen.stdout.readline().decode().strip()

    def say(self, line: str) -> None:
        """Give it a line to read."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(line.encode() + b"\n")

    def outlives(self, seconds: float) -> None:
        """Let it go on for so long; it must not end by itself."""
        with pytest.raises(subprocess.TimeoutExpired):
            self.popen.wait(seconds)

    def appears(self, path: Path) -> bool:
        """Return whether a file is made in time."""
        until = time.monotonic() + DEADLINE
        while not path.exists() and time.monotonic() < until:
            self.outlives(0.02)
        return path.exists()

    def send(self, number: int) -> None:
        """Send it a signal."""
        self.popen.send_signal(number)

    def kill(self) -> None:
        """End it as the kernel does when memory is short: at once, with no last word."""
        self.popen.kill()
        self.popen.wait()

    def left(self, within: float) -> list[str]:
        """Return what is still there of it after a time in which it may leave; a zombie has left."""
        until = time.monotonic() + within
        while (found := self._family()) and time.monotonic() < until:
            descriptor = _handle(next(iter(found)))
            if descriptor is not None:
                select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
                os.close(descriptor)
        return list(found.values())

    def close(self) -> None:
        """End it and whatever a failed test would leave."""
        self.kill()
        for pid in self._family():
            os.kill(pid, signal.SIGKILL)
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _family(self) -> dict[int, str]:
        found = {}
        wanted = f"{MARK}={self._mark}".encode()
        for folder in PROC.glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = f"{folder.name} ({command})"
            except OSError:  # it ended, or is somebody else's
                continue
        return found


def _handle(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


@pytest.fixture
def run(target):
    """Runs programs of this folder as hosts of their own; those of a test share their temporary folder."""
    hosts = []
    folder = tempfile.mkdtemp(prefix="h-")  # short, because the path of a Unix socket below it must fit into 107 bytes

    def run(program: str, *arguments: str, **options: object) -> Host:
        host = Host(folder, program, {"python": str(target), **options}, *arguments)
        hosts.append(host)
        return host

    yield run
    for host in hosts:
        host.close()
    shutil.rmtree(folder)
