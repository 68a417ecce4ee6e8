"""Workers that are forked from a process which has their libraries imported, and what happens when that cannot be."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import threading
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from interpreters import interpreter

import snakebridge as sb
from snakebridge.errors import ConfigurationError

DEADLINE = 30
LIBRARIES = {
    "forkable": """
        import atexit, os, random, signal, tempfile, threading

        IMPORTED_IN = os.getpid()
        FOLDER = tempfile.mkdtemp()
        atexit.register(os.rmdir, FOLDER)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        print("forkable says hello", flush=True)

        def at_once(name, meet):
            # Call something while another worker is in here as well.
            meet()
            return os.getpid(), globals()[name]()

        def imported_in():
            return IMPORTED_IN

        def draw():
            return random.getrandbits(64)

        def has_folder():
            return os.path.isdir(FOLDER)

        def fork_in_thread():
            statuses = []

            def work():
                copy = os.fork()
                if copy:
                    statuses.append(os.waitpid(copy, 0)[1])

            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            return statuses

        def group():
            return os.getpid() == os.getpgid(0) == os.getsid(0)

        def own_handler():
            return callable(signal.getsignal(signal.SIGCHLD))

        def sockets():
            found = (f"/proc/self/fd/{each}" for each in os.listdir("/proc/self/fd"))
            return [os.readlink(each) for each in found if os.path.lexists(each) and "[" in os.readlink(each)]
    """,
    "threaded": """
        import threading
        threading.Thread(target=threading.Event().wait, name="ticker", daemon=True).start()
    """,
    "brief": """
        import os, threading
        thread = threading.Thread(target=int)
        thread.start()
        IMPORTED_IN = os.getpid()
    """,
    "failing": "raise RuntimeError('not today')",
    "dying": "import os; os.write(2, b'last words\\n'); os._exit(4)",
    "other": "import os; IMPORTED_IN = os.getpid()",
}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory) -> Path:
    """An interpreter that has the libraries above."""
    folder = tmp_path_factory.mktemp("zygote") / "target"
    venv.create(folder, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for name, source in LIBRARIES.items():
        (site / f"{name}.py").write_text(textwrap.dedent(source))
    return folder


def connect(stocked, *preload, link="lane", **options):
    return sb.connect(python=stocked, link=link, start="zygote", preload=preload, timeout=60, **options)


def zygote_of(client) -> psutil.Process:
    return psutil.Process(psutil.Process(client.call("os:getpid")).ppid())


def until(condition) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.01)


@pytest.fixture(scope="module")
def pair(stocked, link):
    with connect(stocked, "forkable", link=link, workers=2) as client:
        client.pool.wait_ready(2)
        yield client


def in_both(client, name):
    """Return what a function of the library gives in each of two workers."""
    barrier = threading.Barrier(2, timeout=DEADLINE)
    with ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(client.call, "forkable:at_once", name, barrier.wait) for _ in range(2)]
        found = dict(call.result(DEADLINE) for call in calls)
    assert len(found) == 2
    return found


def test_workers_are_forked_from_one_that_imported(pair):
    found = in_both(pair, "imported_in")
    importer = zygote_of(pair).pid
    assert pair.stats().start == "zygote"
    assert set(found.values()) == {importer}
    assert importer not in found


def test_workers_draw_their_own_random_numbers(pair):
    assert len(set(in_both(pair, "draw").values())) == 2


def test_workers_lead_sessions_of_their_own(pair):
    assert set(in_both(pair, "group").values()) == {True}


def test_a_signal_handler_of_the_library_is_kept(pair):
    assert set(in_both(pair, "own_handler").values()) == {True}


def test_workers_share_no_descriptor(pair):
    one, other = (
        {each for each in found if each.startswith(("pipe:", "socket:"))} for found in in_both(pair, "sockets").values()
    )
    importer = {str(each.readlink()) for each in Path(f"/proc/{zygote_of(pair).pid}/fd").iterdir()}
    assert one
    assert not one & other
    assert not importer & (one | other)


def test_what_the_library_forks_in_turn_ends(pair):
    assert pair.call("forkable:fork_in_thread") == [0]


def test_imports_of_the_zygote_are_logged(stocked, caplog):
    with caplog.at_level("INFO", logger="snakebridge.worker"):
        connect(stocked, "forkable").close()
    assert [each.getMessage() for each in caplog.records].count("forkable says hello") == 1


@pytest.mark.parametrize(
    ("address", "arguments", "cause"),
    [("os:_exit", (7,), "status 7"), ("os:abort", (), "SIGABRT"), ("ctypes:string_at", (1,), "SIGSEGV")],
    ids=["exit", "abort", "segfault"],
)
def test_the_end_of_a_forked_worker_is_told_like_any_other(stocked, link, address, arguments, cause):
    with connect(stocked, "forkable", link=link) as client:
        importer = zygote_of(client).pid
        with pytest.raises(sb.WorkerLostError, match=cause) as caught:
            client.call(address, *arguments)
        assert caught.value.report.last_call == address
        assert client.call("forkable:imported_in") == importer


def test_a_call_beyond_its_deadline_is_ended(stocked, link):
    with connect(stocked, "forkable", link=link) as client:
        with pytest.raises(sb.CallTimeoutError):
            sb.options(timeout=0.2)(client.call)("time:sleep", 60)
        assert client.call("math:sqrt", 4) == 2


def test_children_of_a_forked_worker_die_with_it(stocked):
    with connect(stocked, "forkable") as client:
        child = psutil.Process(client.call("subprocess:Popen", ["sleep", "60"]).pid)
        with pytest.raises(sb.WorkerLostError):
            client.call("os:_exit", 1)
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_what_is_due_at_the_end_of_the_importing_process_waits_for_it(stocked):
    with connect(stocked, "forkable") as client:
        folder = Path(client.call("builtins:eval", "__import__('forkable').FOLDER"))
        client.recycle()
        first = client.call("os:getpid")
        until(lambda: client.stats().recycled)
        assert client.call("os:getpid") != first
        assert client.call("forkable:has_folder")
    assert not folder.exists()


def test_a_zygote_that_dies_is_followed_by_another_and_its_workers_live_on(stocked, link, caplog):
    with caplog.at_level("WARNING", logger="snakebridge"), connect(stocked, "forkable", link=link) as client:
        pid, zygote = client.call("os:getpid"), zygote_of(client)
        zygote.kill()
        until(lambda: "lost its zygote" in caplog.text)
        assert client.call("os:getpid") == pid
        with pytest.raises(sb.WorkerLostError) as caught:
            client.call("os:_exit", 3)
        assert caught.value.report.exit_code in {3, None}
        assert client.call("forkable:imported_in") not in {zygote.pid, client.call("os:getpid")}


def test_a_worker_that_cannot_be_watched_leaves_no_zombie(stocked, monkeypatch):
    refused = []

    def open_once(pid):
        if not refused and psutil.Process(pid).ppid() != os.getpid():  # a worker
            refused.append(pid)
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return pidfd_open(pid)

    pidfd_open = os.pidfd_open
    with connect(stocked, "forkable") as client:
        assert client.pool.wait_ready(1, DEADLINE)
        monkeypatch.setattr(os, "pidfd_open", open_once)
        client.resize(2)
        assert client.pool.wait_ready(2, DEADLINE)
        newest = client.stats().workers[-1].pid
        assert len(refused) == 1
        assert [each.pid for each in psutil.Process(newest).parent().children()] == [newest]
        assert client.call("math:sqrt", 4) == 2


def test_a_zygote_that_answers_nothing_is_replaced(stocked, caplog):
    with caplog.at_level("WARNING", logger="snakebridge"), connect(stocked, "forkable") as client:
        zygote, worker = zygote_of(client), client.stats().workers[0].pid
        zygote.suspend()
        with pytest.raises(sb.WorkerLostError):
            client.call("os:_exit", 3)
        until(lambda: worker not in [each.pid for each in client.stats().workers])
        assert client.call("math:sqrt", 4) == 2
        until(lambda: not zygote.is_running() or zygote.status() == psutil.STATUS_ZOMBIE)
    assert "lost its zygote" in caplog.text


def test_nothing_is_forked_where_the_library_started_threads(stocked, link, caplog):
    with caplog.at_level("WARNING", logger="snakebridge"), connect(stocked, "threaded", link=link) as client:
        assert client.call("os:getppid") == os.getpid()
        assert client.stats().start == "spawn"
    assert "not from a zygote: importing starts threads that live on (ticker)" in caplog.text


def test_a_thread_that_has_ended_does_no_harm(stocked):
    with connect(stocked, "brief") as client:
        assert client.call("builtins:eval", "__import__('brief').IMPORTED_IN") == zygote_of(client).pid


def test_a_library_that_cannot_be_imported_costs_itself(stocked, caplog):
    with caplog.at_level("WARNING", logger="snakebridge"), connect(stocked, "failing", "forkable") as client:
        assert client.call("forkable:imported_in") == zygote_of(client).pid
        with pytest.raises(sb.RemoteError, match="not today"):
            client.call("failing:nothing")
    assert "cannot import failing (RuntimeError: not today)" in caplog.text


def test_workers_are_spawned_where_importing_ends_the_process(stocked, caplog):
    with caplog.at_level("WARNING", logger="snakebridge"), connect(stocked, "dying") as client:
        assert client.call("os:getppid") == os.getpid()
    assert 'starts its workers afresh (start="spawn")' in caplog.text
    assert "last words" in caplog.text


def test_a_library_that_is_added_is_imported_for_the_workers_that_come(stocked):
    with connect(stocked, "forkable", workers=2) as client:
        client.pool.wait_ready(2)
        before = zygote_of(client)
        client.pool.preload_also("other")
        client.recycle()
        until(lambda: client.stats().recycled == 2)
        after = zygote_of(client)
        assert after.pid != before.pid
        assert client.call("builtins:eval", "__import__('other').IMPORTED_IN") == after.pid
        until(lambda: not before.is_running())


def test_resources_hold_in_forked_workers(stocked):
    modest = sb.Resources(threads=3, nice=5, umask=0o77, memory_mb=700)
    with connect(stocked, "forkable", resources=modest, env={"COLOUR": "blue"}) as client:
        assert client.call("os:nice", 0) == 5
        assert client.call("os:umask", 0) == 0o77
        assert client.call("os:getenv", "OMP_NUM_THREADS") == "3"
        assert client.call("os:getenv", "COLOUR") == "blue"
        with pytest.raises(sb.RemoteError, match="MemoryError"):
            client.call("builtins:bytearray", 1_500_000_000)


def test_many_calls_at_once_in_a_forked_worker(stocked, link):
    with connect(stocked, "forkable", link=link, profile="thread", lanes=4) as client:
        assert set(in_one(client)) == {client.call("os:getpid")}


def in_one(client):
    barrier = threading.Barrier(4, timeout=DEADLINE)
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(client.call, "forkable:at_once", "draw", barrier.wait) for _ in range(4)]
        return [call.result(DEADLINE)[0] for call in calls]


@pytest.mark.parametrize("version", ["3.8", "3.13"])
def test_workers_are_forked_in_other_interpreters(version):
    with sb.connect(python=interpreter(version), start="zygote", preload=["decimal"], timeout=60) as client:
        assert zygote_of(client).ppid() == os.getpid()
        assert str(client.call("decimal:Decimal", "1.5")) == "1.5"
        with pytest.raises(sb.WorkerLostError, match="status 9"):
            client.call("os:_exit", 9)
        assert client.call("builtins:eval", "'decimal' in __import__('sys').modules")


HOST = """
import os, sys
import snakebridge as sb
client = sb.connect(python=sys.argv[1], link=sys.argv[2], start="zygote", preload=["forkable"], workers=3)
client.pool.wait_ready(3)
child = client.call("subprocess:Popen", ["sleep", "300"])
workers = [worker.pid for worker in client.stats().workers]
print(client.call("os:getppid"), child.pid, *workers, flush=True)
client.call("builtins:sum", range(10**12))
"""


def test_nothing_is_left_when_the_host_is_killed(stocked, link):
    command = [sys.executable, "-c", HOST, str(stocked), link]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        pids = [int(word) for word in host.stdout.readline().split()]
        host.kill()
        assert len(pids) == 5
        until(lambda: not [pid for pid in pids if is_alive(pid)])


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("options", "message"), [({"preload": "numpy"}, "list of modules")], ids=["one name for a list"]
)
def test_bad_arguments_are_refused(stocked, options, message):
    with pytest.raises(ConfigurationError, match=message):
        sb.connect(python=stocked, start="zygote", **options)
