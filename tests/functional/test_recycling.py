"""Workers are replaced while calls go on; pools change their size, are drained, and tell what they do."""

from __future__ import annotations

import os
import select
import threading
import time
from typing import Self

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError, PoolClosedError

DEADLINE = 30.0


def gone(pid: int) -> bool:
    """Wait for a process to end."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], DEADLINE)[0])
    finally:
        os.close(descriptor)


def pid_of(client: sb.Client) -> int:
    pid = client.call("os:getpid")
    assert isinstance(pid, int)
    return pid


def other_than(client: sb.Client, pid: int) -> int:
    """Call until another worker answers."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        found = pid_of(client)
        if found != pid:
            return found
    raise AssertionError("no other worker has answered")


class Load:
    """Threads that call all the time and note what goes wrong."""

    def __init__(self, client: sb.Client, threads: int) -> None:
        self.failures: list[BaseException] = []
        self.calls = 0
        self._client = client
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        try:
            while not self._over.is_set():
                assert self._client.call("operator:add", 2, 3) == 5
                self.calls += 1
        except BaseException as error:  # noqa: BLE001 - whatever goes wrong is what is looked for
            self.failures.append(error)


@pytest.fixture
def start(link, target):
    clients = []

    def start(**options: object) -> sb.Client:
        client = sb.connect(python=target, link=link, timeout=60, **options)
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


def test_every_worker_is_replaced_and_no_call_fails(start):
    client = start(workers=2)
    with Load(client, 6) as load:
        pids = {each.pid for each in client.stats().workers}
        client.recycle()
        assert all(map(gone, pids))
    assert load.failures == []
    assert load.calls > 0
    until = time.monotonic() + DEADLINE
    while (stats := client.stats()).recycled < 2 and time.monotonic() < until:
        assert client.call("math:sqrt", 4) == 2  # it is counted when it is reaped
    assert (stats.recycled, stats.lost, stats.wanted) == (2, 0, 2)
    assert pids.isdisjoint(each.pid for each in stats.workers)


def test_worker_leaves_after_its_calls_and_none_fails(start):
    client = start(recycle=sb.Recycle(after_calls=50))
    first = pid_of(client)
    with Load(client, 4) as load:
        second = other_than(client, first)
        assert gone(first)
        assert gone(second)
    assert load.failures == []


def test_workers_that_are_replaced_together_are_never_more_than_twice_as_many(start):
    client = start(workers=2, recycle=sb.Recycle(after_calls=1, at_once=2))
    held, seen, until = [], 0, time.monotonic() + DEADLINE
    while seen < 4 and time.monotonic() < until:
        held.append(client.call("collections:deque"))  # whoever made it is kept
        seen = max(seen, len(client.stats().workers))
    for _ in range(200):
        held.append(client.call("collections:deque"))
        seen = max(seen, len(client.stats().workers))
    assert seen == 4


def test_worker_leaves_after_its_time(start):
    client = start(recycle=sb.Recycle(after_seconds=0.2))
    assert gone(pid_of(client))
    assert client.call("math:sqrt", 4) == 2


def test_worker_leaves_when_it_takes_too_much_memory(start):
    client = start(recycle=sb.Recycle(above_mb=200))
    pid = pid_of(client)
    client.call("builtins:setattr", client.module("sys"), "ballast", client.call("builtins:bytearray", 1))
    client.call("builtins:exec", "import sys; sys.ballast = b'x' * 300_000_000")
    assert gone(pid)
    assert client.call("builtins:hasattr", client.module("sys"), "ballast") is False


def test_session_keeps_its_worker_until_it_ends(start):
    client = start()
    with client.session():
        pid = pid_of(client)
        kept = client.call("collections:deque", [1])
        client.recycle()
        outside = threading.Thread(target=lambda: other_than(client, pid))
        outside.start()  # a thread of its own is in no session
        outside.join()
        assert pid_of(client) == pid
        assert list(kept) == [1]
    del kept
    assert gone(pid)


def test_proxy_is_stale_when_the_grace_is_over(start):
    client = start(recycle=sb.Recycle(grace=0))
    kept = client.call("collections:deque", [1])
    pid = pid_of(client)
    client.recycle()
    assert gone(pid)
    with pytest.raises(sb.StaleReferenceError, match="recycled by hand"):
        len(kept)


def test_running_call_is_waited_for(start):
    client = start(recycle=sb.Recycle(grace=0))
    pid = pid_of(client)
    running = threading.Event()
    answers = []

    def sleep() -> None:
        running.set()
        answers.append(client.call("builtins:eval", "(__import__('time').sleep(1.5), __import__('os').getpid())[1]"))

    thread = threading.Thread(target=sleep)
    thread.start()
    running.wait(DEADLINE)
    client.recycle()
    thread.join()
    assert answers == [pid]
    assert gone(pid)


def test_pool_grows_and_shrinks(start):
    client = start()
    client.resize(3)
    barrier_needs = 3
    pids: set[int] = set()
    until = time.monotonic() + DEADLINE
    while len(pids) < barrier_needs and time.monotonic() < until:
        pids |= {each.pid for each in client.stats().workers if each.state != "starting"}
    assert len(pids) == barrier_needs
    client.resize(1)
    left = {each.pid for each in client.stats().workers}
    while len(left) > 1 and time.monotonic() < until:
        left = {each.pid for each in client.stats().workers}
    assert len(left) == 1
    assert client.call("math:sqrt", 4) == 2
    with pytest.raises(ConfigurationError, match="at least 1"):
        client.resize(0)


def test_drained_pool_ends_what_runs_and_refuses_what_is_new(start):
    client = start()
    gate = threading.Event()
    answers = []

    def work() -> None:
        answers.append(client.call("builtins:list", client.call("builtins:map", lambda _: gate.wait(DEADLINE), [1])))

    thread = threading.Thread(target=work)
    with client.session():  # what is in a session still has its turn
        thread.start()
        assert pid_of(client)
    assert client.drain(0.05) in {True, False}
    gate.set()
    thread.join()
    assert client.drain(DEADLINE)
    with pytest.raises(PoolClosedError, match="takes no more calls such as math:sqrt"):
        client.call("math:sqrt", 4)


def test_stats_tell_what_workers_do(start):
    client = start()
    for _ in range(3):
        client.call("math:sqrt", 4)
    stats = client.stats()
    worker = stats.workers[0]
    assert (stats.wanted, stats.started, stats.waiting) == (1, 1, 0)
    assert (worker.state, worker.calls, worker.running, worker.is_leaving) == ("ready", 3, 0, False)
    assert worker.memory_mb is not None
    assert worker.memory_mb > 5
    assert worker.age > 0


@pytest.mark.parametrize(
    "wrong", [{"after_calls": 0}, {"after_seconds": -1}, {"above_mb": 0}, {"at_once": 0}, {"grace": -1}], ids=str
)
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=f"recycle: {next(iter(wrong))}"):
        sb.Recycle(**wrong)


def test_pool_grows_while_callers_wait(start):
    client = start(workers=(1, 3))
    assert client.stats().wanted == 1
    barrier = threading.Barrier(3)  # three calls at once, or never

    def meet(_first: object, _second: object) -> int:
        return barrier.wait(DEADLINE)

    threads = [threading.Thread(target=client.call, args=("functools:reduce", meet, [1, 2])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.stats().wanted == 3
