"""Workers die and are replaced; when the host dies nothing is left."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import selectors
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

import snakebridge as sb


def gone(pid: int, timeout: float) -> bool:
    """Wait for a process of any parent to end; a zombie has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout)[0])
    finally:
        os.close(descriptor)


DEATHS = {
    "kill": ("os:kill", lambda client: (client.call("os:getpid"), signal.SIGKILL), "SIGKILL"),
    "segfault": ("ctypes:string_at", lambda _: (1,), "SIGSEGV"),
    "abort": ("os:abort", lambda _: (), "SIGABRT"),
    "exit": ("os:_exit", lambda _: (7,), "status 7"),
}


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_death_in_a_call_is_told_at_once_and_healed(fresh, death):
    address, arguments, cause = DEATHS[death]
    given = arguments(fresh)
    begin = time.monotonic()
    with pytest.raises(sb.WorkerLostError, match=cause) as caught:
        fresh.call(address, *given)
    assert time.monotonic() - begin < 5
    assert caught.value.may_have_run
    assert caught.value.report.last_call == address
    assert fresh.call("math:sqrt", 4) == 2


def test_death_from_outside_wakes_the_caller(fresh):
    pid = fresh.call("os:getpid")
    timer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    timer.start()
    begin = time.monotonic()
    with pytest.raises(sb.WorkerLostError, match="SIGKILL"):
        fresh.call("time:sleep", 60)
    assert time.monotonic() - begin < 10
    timer.join()


def test_death_while_a_child_holds_the_socket_wakes_the_caller(fresh):
    """A forked child of the library keeps a copy of the lane open, so its end never comes by itself."""
    code = "import os, time\nif os.fork() == 0:\n time.sleep(60)\nelse:\n os._exit(4)"
    begin = time.monotonic()
    with pytest.raises(sb.WorkerLostError, match="status 4"):
        fresh.call("builtins:exec", code)
    assert time.monotonic() - begin < 10


def test_children_of_a_dead_worker_die_with_it(fresh):
    child = fresh.call("subprocess:Popen", ["sleep", "60"])
    pid = child.pid
    with pytest.raises(sb.WorkerLostError):
        fresh.call("os:_exit", 1)
    assert gone(pid, 5)


def test_idle_death_is_replaced_before_the_next_call(fresh):
    pid = fresh.call("os:getpid")
    os.kill(pid, signal.SIGKILL)
    assert gone(pid, 5)
    # The next call may meet the dead worker once; where that is uncertain it must say so instead of hanging.
    try:
        again = fresh.call("os:getpid")
    except sb.WorkerLostError:
        again = fresh.call("os:getpid")
    assert again != pid


@pytest.mark.parametrize("made", ["called", "awaited"])
def test_call_that_ran_is_not_made_again_for_what_its_callback_met(target, made):
    """The callback's own call was not made, and its error comes back through the library as the very same object."""
    with sb.connect(python=target, timeout=60) as client, sb.connect(python=target, timeout=60) as other:
        met = sb.WorkerLostError("another worker was dead", may_have_run=False)
        told = []

        def fail(*_: object) -> None:
            told.append(other.call("os:getpid"))
            raise met

        call = client.call if made == "called" else lambda *args: asyncio.run(sb.aio(client.call)(*args))
        with pytest.raises(sb.WorkerLostError) as caught:
            call("functools:reduce", fail, [1, 2])
        assert caught.value is met
        assert len(told) == 1


@pytest.mark.parametrize("made", ["called", "awaited"])
def test_call_that_its_dead_worker_never_got_is_made_on_another(target, made):
    with sb.connect(python=target, workers=2, timeout=60) as client:
        client.wait_ready()
        for worker in client.pool.workers:
            for channel in worker.channels:
                channel.link.hang_up()  # as when it has died, and the supervisor does not know yet
                break
            worker.process.kill()
            break
        for _ in range(4):
            call = client.call if made == "called" else lambda address: asyncio.run(sb.aio(client.call)(address))
            assert call("os:getpid") > 0


def test_error_of_one_call_is_not_given_to_the_next(fresh):
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(fresh.call)("time:sleep", 20)
    assert [fresh.call("operator:neg", number) for number in range(20)] == [-number for number in range(20)]


def test_prints_of_the_library_are_logged_and_harm_nothing(fresh, caplog):
    with caplog.at_level("INFO", logger="snakebridge.worker"):
        fresh.call("builtins:print", "hello from over there")
        fresh.call("os:write", 1, b"raw bytes \xff\n")
        fresh.call("os:write", 2, b"an error line\n")
        assert fresh.call("math:sqrt", 4) == 2
        fresh.close()
    assert "hello from over there" in caplog.text
    assert "raw bytes" in caplog.text
    assert ("WARNING", "an error line") in [(each.levelname, each.getMessage()) for each in caplog.records]


def test_death_report_has_the_last_lines(fresh):
    with pytest.raises(sb.WorkerLostError, match="last words"):
        fresh.call("builtins:exec", "import os; os.write(2, b'last words\\n'); os._exit(9)")


HOST = """
import os, sys, threading
import snakebridge as sb
client = sb.connect(python=sys.argv[1], link=sys.argv[2], workers=1)
child = client.call("subprocess:Popen", ["sleep", "300"])
pids = [os.getpid(), child.pid, *(worker.process.popen.pid for worker in client.pool.workers)]
print(client.pool._folder.path, *pids, flush=True)
mode = sys.argv[3]
if mode == "python":
    client.call("time:sleep", 300)
elif mode == "native":
    client.call("builtins:sum", range(10**12))
else:
    threading.Event().wait()
"""


@pytest.mark.parametrize("mode", ["idle", "python", "native"])
def test_nothing_is_left_two_seconds_after_the_host_was_killed(target, link, mode):
    command = [sys.executable, "-c", textwrap.dedent(HOST), str(target), link, mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        folder, *words = host.stdout.readline().split()
        pids = [int(word) for word in words]
        host.kill()  # first of all: a failing test must not leave what it tests for
        assert len(pids) == 3
        deadline = time.monotonic() + 2
        left = [pid for pid in pids[1:] if not gone(pid, max(0, deadline - time.monotonic()))]
    assert left == []
    sweep(target, Path(folder))


def sweep(target, folder: Path) -> None:
    """The private folder that a killed host left goes too, and nobody else's."""
    with sb.connect(python=target) as living, sb.connect(python=target) as client:
        deadline = time.monotonic() + 5
        while folder.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert not folder.exists()
        assert living.pool._folder.path.is_dir()
        assert client.call("math:sqrt", 4) == 2


def test_forked_copy_of_the_host_keeps_no_worker_alive(target, link):
    code = HOST.replace(
        "mode = sys.argv[3]",
        "copy = os.fork()\nmode = sys.argv[3] if copy else 'copy'\nif copy: print(copy, flush=True)",
    )
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code), str(target), link, "idle"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        folder, *words = host.stdout.readline().split()
        pids = [int(word) for word in words]
        copy = int(host.stdout.readline())
        host.kill()
        deadline = time.monotonic() + 2
        left = [pid for pid in pids[1:] if not gone(pid, max(0, deadline - time.monotonic()))]
        os.kill(copy, signal.SIGKILL)
        assert gone(copy, 5)
    assert left == []
    sweep(target, Path(folder))


def test_ordinary_end_of_the_program_stops_the_workers(target, link):
    code = "import sys, snakebridge as sb; c = sb.connect(python=sys.argv[1], link=sys.argv[2]); print(c.call('os:getpid'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(target), link],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    assert gone(int(done.stdout), 2)


def test_ctrl_c_reaches_the_host_alone(fresh):
    """Workers lead their own session, and ignore SIGINT; the host stops them in order."""
    pid = fresh.call("os:getpid")
    assert os.getsid(pid) == pid
    os.kill(pid, signal.SIGINT)
    assert fresh.call("os:getpid") == pid


def test_close_is_bounded_when_the_library_will_not_leave(target, link):
    client = sb.connect(python=target, link=link)
    client.call("atexit:register", client.call("builtins:eval", "lambda: __import__('time').sleep(60)"))
    pid = client.call("os:getpid")
    begin = time.monotonic()
    client.close()
    assert time.monotonic() - begin < 8
    assert not psutil.pid_exists(pid)


def test_control_service_refuses_a_forged_token(client):
    import grpc

    from snakebridge.runtime.links import Control

    worker = client.pool.workers[0]
    address, _ = worker._address
    forged = Control(address, "forged")
    try:
        with pytest.raises(grpc.RpcError, match="UNAUTHENTICATED"):
            forged.health()
    finally:
        forged.close()
    assert client.health()[0]["resident_bytes"] > 1_000_000
    assert worker.connect().cancel() is False


def test_crash_says_where_the_library_was(fresh):
    with pytest.raises(sb.WorkerLostError, match=r"it was in:\n    File .*ctypes/__init__.py.* in string_at") as caught:
        fresh.call("ctypes:string_at", 1)
    assert "Segmentation fault" in caught.value.report.stacks


def test_call_that_cannot_be_interrupted_says_where_it_was(fresh):
    endless = fresh.call("itertools:repeat", 1)  # summed in C, which never looks for signals
    with pytest.raises(sb.CallTimeoutError, match="was ended: its deadline passed") as caught:
        sb.options(timeout=0.2)(fresh.call)("builtins:sum", endless)
    assert "Current thread" in caught.value.report.stacks
    assert fresh.call("math:sqrt", 4) == 2


class Crowded(selectors.DefaultSelector):
    """A selector of a kernel that has no room for one of those that are registered first."""

    room = 3  # what a supervisor registers for itself, and one pipe of its first worker

    def register(self, *arguments):
        self.room -= 1
        if self.room == -1:
            raise OSError(errno.ENOSPC, "no room")
        return super().register(*arguments)


def test_worker_that_cannot_be_watched_is_ended_and_replaced(target, monkeypatch, caplog):
    monkeypatch.setattr(selectors, "DefaultSelector", Crowded)
    with caplog.at_level("WARNING", logger="snakebridge"), sb.connect(python=target) as client:
        assert client.pool.wait_ready(timeout=30)
        assert client.call("math:sqrt", 4) == 2
        stats = client.stats()
        assert (stats.started, stats.lost, len(stats.workers)) == (2, 1, 1)
    assert "it could not be watched: [Errno 28] no room" in caplog.text
