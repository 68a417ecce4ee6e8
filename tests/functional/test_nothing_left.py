"""Whatever a library started, and wherever it went: it is gone when its worker, its pool or its program is."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

import snakebridge as sb
from snakebridge import registry

PATIENCE = 10  # on a machine that has much else to do; `benchmarks/orphans` measures


def gone(pid: int, timeout: float = PATIENCE) -> bool:
    """Wait for a process of any parent to end; a zombie has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout)[0])
    finally:
        os.close(descriptor)


def eventually(condition, timeout: float = PATIENCE) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.02)
    return True


# Each starts a process that has left the worker's group, and returns its id.
ESCAPES = {
    "session": "__import__('subprocess').Popen(['sleep', '300'], start_new_session=True).pid",
    "session-and-empty-environment": "__import__('subprocess').Popen(['sleep', '300'], start_new_session=True, env={}).pid",
    "daemon": "int(__import__('subprocess').check_output("
    "['setsid', 'sh', '-c', 'sleep 300 >/dev/null 2>&1 & echo $!'], env={'PATH': __import__('os').environ['PATH']}))",
    "forked": "[__import__('builtins').exec('import os, time\\np = os.fork()\\nif not p:\\n os.setsid(); time.sleep(300)'"
    ", made := {}), made['p']][1]",
}


def escape(client, how: str) -> int:
    pid = client.call("builtins:eval", ESCAPES[how])
    assert eventually(lambda: os.getpgid(pid) != os.getpgid(client.call("os:getpid")))
    return pid


HOST = """
import json, os, sys, threading
import snakebridge as sb
client = sb.connect(python=sys.argv[1], link=sys.argv[2])
pids = [client.call("builtins:eval", code) for code in json.loads(sys.argv[3])]
print(json.dumps({"pids": [client.call("os:getpid"), *pids], "folder": str(client.pool._folder.path)}), flush=True)
threading.Event().wait()
"""


@contextmanager
def program(target: Path, link: str = "lane", escapes=(), before="", **environment):
    """Another program that has a pool; killed at the end."""
    codes = json.dumps([ESCAPES[each] for each in escapes])
    command = [sys.executable, "-W", "ignore", "-c", before + HOST, str(target), link, codes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as host:
        try:
            yield host, json.loads(host.stdout.readline())
        finally:
            guardians = guardians_of(host.pid)
            host.kill()
            assert all(gone(one.pid) for one in guardians)


def guardians_of(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return [one for one in psutil.Process(pid).children() if any("_guardian" in word for word in one.cmdline())]
    return []


def kill_with_guardian(host) -> None:
    """Kill a program and what would tidy up after it, as a power cut in a container might."""
    os.kill(host.pid, signal.SIGSTOP)  # or it would start another guardian
    for guardian in guardians_of(host.pid):
        guardian.kill()
        assert gone(guardian.pid)
    host.kill()
    host.wait()


@contextmanager
def killing(pids):
    """A failing test must not leave what it tests for."""
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_nothing_is_left_anywhere_after_the_host_was_killed(target, link):
    with program(target, link, ESCAPES) as (host, said), killing(said["pids"]):
        assert len(said["pids"]) == 1 + len(ESCAPES)
        host.kill()
        assert [pid for pid in said["pids"] if not gone(pid)] == []
        assert eventually(lambda: not Path(said["folder"]).exists())


LIMITS = {"soft": (10**6, resource.RLIM_INFINITY), "hard": (10**6, 10**6)}


@pytest.mark.parametrize("limit", LIMITS)
def test_variable_is_the_mark_where_a_limit_of_that_kind_is_set(target, limit):
    before = f"import resource; resource.setrlimit(resource.RLIMIT_RTTIME, {LIMITS[limit]})"
    with program(target, escapes=["session"], before=before) as (host, said), killing(said["pids"]):
        assert [resource.prlimit(pid, resource.RLIMIT_RTTIME) for pid in said["pids"]] == [LIMITS[limit]] * 2
        host.kill()
        assert [pid for pid in said["pids"] if not gone(pid)] == []


def test_what_escaped_a_worker_goes_when_it_dies(fresh):
    pids = [escape(fresh, how) for how in ESCAPES]
    with killing(pids):
        with pytest.raises(sb.WorkerLostError):
            fresh.call("os:_exit", 1)
        assert [pid for pid in pids if not gone(pid)] == []
    assert fresh.call("math:sqrt", 4) == 2


def test_what_escaped_a_worker_is_gone_when_its_pool_is_closed(target):
    with sb.connect(python=target) as other, sb.connect(python=target) as client:
        kept, pids = escape(other, "session"), [escape(client, how) for how in ESCAPES]
        client.close()
        assert [pid for pid in pids if not gone(pid, 0)] == []
        assert not gone(kept, 0)
        assert other.call("math:sqrt", 4) == 2
    assert gone(kept, 0)


SERVICE = (
    "__import__('subprocess').Popen(['sleep', '300'], start_new_session=True, env={}, preexec_fn=lambda: "
    "__import__('resource').setrlimit(__import__('resource').RLIMIT_RTTIME, (-1, -1))).pid"
)


def test_service_that_takes_its_mark_off_stays(target):
    with sb.connect(python=target) as client:
        pid = client.call("builtins:eval", SERVICE)
    with killing([pid]):
        registry.clean()
        assert not gone(pid, 0)


def test_what_escaped_a_recycled_worker_goes_with_it(fresh):
    pid = escape(fresh, "session-and-empty-environment")
    with killing([pid]):
        fresh.recycle()
        assert gone(pid)
        assert fresh.call("math:sqrt", 4) == 2


def test_guardian_that_dies_is_started_again(target, caplog):
    with program(target, escapes=["session"]) as (host, said), killing(said["pids"]):
        (first,) = guardians_of(host.pid)
        first.kill()
        assert eventually(lambda: [one.pid for one in guardians_of(host.pid)] not in ([], [first.pid]))
        host.kill()
        assert [pid for pid in said["pids"] if not gone(pid)] == []
        assert eventually(lambda: not Path(said["folder"]).exists())


def test_guardian_leaves_with_the_last_pool(target):
    code = """
import sys, psutil, snakebridge as sb
def guardians(): return sum(any("_guardian" in word for word in one.cmdline()) for one in psutil.Process().children())
first, second = sb.connect(python=sys.argv[1]), sb.connect(python=sys.argv[1])
print(guardians()); first.close(); print(guardians()); second.close(); print(guardians())
with sb.connect(python=sys.argv[1]): print(guardians())
"""
    command = [sys.executable, "-W", "error", "-c", code, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout.split(), done.stderr) == (["1", "1", "0", "1"], "")


def test_what_survived_program_and_guardian_is_ended_at_the_next_start(target):
    with (
        program(target) as (_, living),
        program(target, escapes=["session"]) as (host, said),
        killing(said["pids"][1:]),
    ):
        kill_with_guardian(host)
        assert gone(said["pids"][0])  # the lifeline is the kernel's
        with sb.connect(python=target) as client:
            assert gone(said["pids"][1])
            assert not Path(said["folder"]).exists()
            assert client.call("math:sqrt", 4) == 2
        assert not gone(living["pids"][0], 0)
        assert Path(living["folder"]).is_dir()


def test_clean_ends_what_was_left_and_touches_no_living_program(target):
    with (
        program(target) as (_, living),
        program(target, escapes=["session"]) as (host, said),
        killing(said["pids"][1:]),
    ):
        kill_with_guardian(host)
        assert gone(said["pids"][0])
        registry.clean()  # or another program of this machine, whose start does the same
        assert gone(said["pids"][1], 0)
        assert not Path(said["folder"]).exists()
        assert not {one.pid for one in registry.survey().orphans} & set(said["pids"])
        assert not gone(living["pids"][0], 0)
        assert Path(living["folder"]).is_dir()


def test_two_programs_in_one_folder_leave_each_other_alone(target):
    with (
        program(target, escapes=["session"]) as (_, first),
        program(target, escapes=["session"]) as (second, gone_soon),
    ):
        second.kill()
        assert all(gone(pid) for pid in gone_soon["pids"])
        registry.clean()
        with sb.connect(python=target):
            pass
        assert not any(gone(pid, 0) for pid in first["pids"])


ORPHANS = """
import os, resource, signal, sys, time
from snakebridge.registry import Mark
from snakebridge.registry._processes import started_at
mark = Mark.drawn_for(os.getpid(), started_at(os.getpid())).numbered(1)
resource.setrlimit(resource.RLIMIT_RTTIME, (mark.number, resource.getrlimit(resource.RLIMIT_RTTIME)[1]))
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
for _ in range(100):
    pid = os.fork()
    if not pid:
        os.setsid()
        os.close(1)
        time.sleep(300)
    print(pid)
"""


def test_a_hundred_stubborn_orphans_are_ended_at_once(target):
    made = subprocess.run([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    pids = [int(word) for word in made.stdout.split()]
    with killing(pids):
        assert len(pids) == 100
        with sb.connect(python=target) as client:
            assert client.call("math:sqrt", 4) == 2
            deadline = time.monotonic() + PATIENCE
            assert [pid for pid in pids if not gone(pid, max(0, deadline - time.monotonic()))] == []


def truncate(path: Path, stack: ExitStack) -> None:
    os.truncate(path, 5000)


def overwrite(path: Path, stack: ExitStack) -> None:
    path.write_bytes(b"this is no database, whatever its name says" * 200)


def lock(path: Path, stack: ExitStack) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    stack.callback(database.close)
    database.execute("BEGIN EXCLUSIVE")


def make_foreign(path: Path, stack: ExitStack) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("DROP TABLE runs")
    database.close()


def make_a_folder(path: Path, stack: ExitStack) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
    path.mkdir()
    (path / "something").touch()


DAMAGES = {each.__name__: each for each in (truncate, overwrite, lock, make_foreign, make_a_folder)}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_registry_stops_no_start_and_hides_no_orphan(target, damage, tmp_path, monkeypatch):
    monkeypatch.setenv("SNAKEBRIDGE_STATE", str(tmp_path))
    path = tmp_path / "registry-1.sqlite"
    with program(target, escapes=["session"]) as (host, said), killing(said["pids"][1:]), ExitStack() as stack:
        assert eventually(lambda: path.exists() and path.stat().st_size > 5000)
        kill_with_guardian(host)
        DAMAGES[damage](path, stack)
        with sb.connect(python=target) as client:
            assert client.call("math:sqrt", 4) == 2
            assert gone(said["pids"][1])
            (seen,) = [one for one in registry.survey().programs if one.pid == os.getpid()]
            assert any(worker.pid == client.call("os:getpid") for pool in seen.pools for worker in pool.workers)


@pytest.mark.parametrize("state", ["/dev/null/state", "/proc/state"], ids=["not-a-folder", "read-only"])
def test_registry_that_cannot_be_written_stops_no_start(target, state):
    with program(target, escapes=["session"], SNAKEBRIDGE_STATE=state) as (host, said), killing(said["pids"]):
        (seen,) = [one for one in registry.survey().programs if one.pid == host.pid]  # by the marks alone
        assert [worker.pid for pool in seen.pools for worker in pool.workers] == said["pids"][:1]
        host.kill()
        assert [pid for pid in said["pids"] if not gone(pid)] == []


def test_registry_without_space_costs_its_rows_alone(target):
    with program(target, escapes=["session"]) as (host, said), killing(said["pids"]):
        (guardian,) = guardians_of(host.pid)
        guardian.rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))
        os.kill(said["pids"][0], signal.SIGKILL)  # which the guardian is told, and cannot write
        assert all(gone(pid) for pid in said["pids"])
        host.kill()
        assert eventually(lambda: not Path(said["folder"]).exists())


def test_program_that_replaces_itself_keeps_its_new_workers(target):
    """`os.execv` keeps the process id and the start time: the old guardian must not take the new workers for the old."""
    code = """
import os, sys
import snakebridge as sb
client = sb.connect(python=sys.argv[1])
print(client.call("os:getpid"), flush=True)
if len(sys.argv) == 2:
    os.execv(sys.executable, [sys.executable, "-c", sys.orig_argv[2], sys.argv[1], "again"])
for _ in range(100):
    client.call("time:sleep", 0.02)
print(client.call("os:getpid"), client.stats().lost)
client.close()
"""
    command = [sys.executable, "-c", code, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    old, new, again, lost = done.stdout.split()
    assert gone(int(old))
    assert (new, lost) == (again, "0")


def test_worker_that_is_a_program_itself_takes_its_own_workers_along(target):
    code = f"""
import sys, threading
sys.path[:0] = {sys.path!r}
import snakebridge as sb
inner = sb.connect(python={str(target)!r})
pids = [inner.call('os:getpid'), inner.call('builtins:eval', {ESCAPES["session"]!r})]
print(*pids, flush=True)
threading.Event().wait()
"""
    with sb.connect(python=target) as outer:
        command = [sys.executable, "-W", "ignore", "-c", code]
        started = outer.call("subprocess:Popen", command, stdout=-1, text=True, start_new_session=True)
        pids = [started.pid, *map(int, started.stdout.readline().split())]
        assert len(pids) == 3
        assert not any(gone(pid, 0) for pid in pids)
    with killing(pids):
        assert [pid for pid in pids if not gone(pid)] == []
