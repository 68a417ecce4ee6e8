"""Calls at once, deadlines, limits of the machine, and what must be refused: scenarios 15 to 17, 22 and 23."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import socket
import threading
import time

import pytest

import snakebridge as sb
from snakebridge.errors import SnakebridgeError
from snakebridge.runtime._calls.holding import FOR_GOOD
from snakebridge.runtime._calls.request import Request
from snakebridge_guest.wire import frames

DEADLINE = 30


# --- 15: calls at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"profile": "thread", "lanes": 4}, {"workers": 4}], ids=["lanes", "workers"])
def test_calls_run_at_once(start, link, options):
    """Each waits for all the others, so that one after the other they would never end."""
    client = start(link=link, **options)
    entered = threading.Barrier(4)
    answers = []

    def wait(left: int, right: int) -> int:
        entered.wait(DEADLINE)
        return left + right

    def work(number: int) -> None:
        answers.append(client.call("functools:reduce", wait, [number, 1]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(answers) == [1, 2, 3, 4]


def test_calls_at_once_into_a_library_that_is_being_imported_wait_for_it(start, link):
    client = start(link=link, profile="thread", lanes=4)
    answers = [sb.submit(client.call, "unhurried:answer") for _ in range(4)]
    assert [each.result(DEADLINE) for each in answers] == [42] * 4


def test_health_is_told_while_a_thread_of_the_library_computes(start):
    """Python code on every lane does not keep the control service from answering."""
    client = start(profile="thread", lanes=2)
    if client.pool.workers[0].trouble is not None:
        pytest.skip("no grpc over there")
    threads = [threading.Thread(target=client.call, args=("brittle:busy", 1.5)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        until = time.monotonic() + DEADLINE
        while client.health()[0]["calls"] < 2:
            assert time.monotonic() < until
    finally:
        for thread in threads:
            thread.join(DEADLINE)


# --- 16: deadlines --------------------------------------------------------------------------------------------------


def test_deadline_covers_the_wait_for_a_worker_and_the_call_never_ran(start, link):
    client = start(link=link)
    entered, over = threading.Event(), threading.Event()

    def hold(left: int, right: int) -> int:
        entered.set()
        over.wait(DEADLINE)
        return left + right

    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.call("functools:reduce", hold, [1, 2])))
    thread.start()
    assert entered.wait(DEADLINE)
    with pytest.raises(sb.CallTimeoutError) as late:
        sb.options(timeout=0.2)(client.call)("os:getpid")
    assert late.value.may_have_run is False
    over.set()
    thread.join(DEADLINE)
    assert answers == [3]


@pytest.mark.parametrize("how", ["deadline", "task"])
def test_worker_takes_the_next_call_only_after_the_late_one_is_over(start, link, how):
    client = start(link=link)
    pid = client.call("os:getpid")

    async def cancelled() -> None:
        entered = asyncio.Event()
        loop = asyncio.get_running_loop()

        def begun() -> None:
            loop.call_soon_threadsafe(entered.set)

        task = asyncio.create_task(sb.aio(client.call)("brittle:busy", 60, begun))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    if how == "deadline":
        with pytest.raises(sb.CallTimeoutError):
            sb.options(timeout=0.3)(client.call)("brittle:busy", 60)
    else:
        asyncio.run(cancelled())
    assert client.call("brittle:running_now") == 0
    assert client.call("os:getpid") == pid


def test_call_that_cannot_be_stopped_is_ended_with_its_worker(start, link, scale):
    client = start(link=link)
    pid = client.call("os:getpid")
    endless = client.call("itertools:repeat", 1)
    begin = time.monotonic()
    with pytest.raises(sb.CallTimeoutError) as late:
        sb.options(timeout=0.3)(client.call)("builtins:sum", endless)
    assert time.monotonic() - begin < 2 + scale.lost
    assert late.value.may_have_run
    assert client.call("os:getpid") != pid


# --- 17, 22: limits of the machine ----------------------------------------------------------------------------------


def test_temporary_folder_that_no_socket_fits_into_is_not_used(run, link, tmp_path):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    host = run("limits.py", "folder", str(deep), link=link)
    assert json.loads(host.line()) == {"value": 3}
    assert host.popen.wait(DEADLINE) == 0


def test_program_without_descriptors_starts_no_worker_and_recovers(run, link):
    host = run("limits.py", "descriptors", link=link)
    told = json.loads(host.line())
    assert told["served"] == [3] * 20  # by the worker that was there
    assert told["refused"] in {"WorkerStartError", "OSError", "PoolUnavailableError"}
    told = json.loads(host.line())
    assert told["workers"] == 3
    told = json.loads(host.line())
    assert told["leaked"] == 0
    assert host.popen.wait(DEADLINE) == 0


# --- 23: what is refused --------------------------------------------------------------------------------------------


class Payload:
    """What runs a command when it is unpickled."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_pickle_in_the_place_of_arguments_is_refused_and_never_read(start, link, tmp_path):
    client = start(link=link)
    pid = client.call("os:getpid")
    made = tmp_path / "made"
    channel = client.pool.lease(None, None, "a test", FOR_GOOD)
    request = Request(frames.CALL, ("math:sqrt", frames.BY_DEFAULT, pickle.dumps(Payload(made))), "math:sqrt")
    try:
        with pytest.raises(SnakebridgeError):
            channel.exchange(request)
    finally:
        client.pool.give_back(channel)
    assert not made.exists()
    assert client.call("os:getpid") == pid


def test_stranger_at_the_control_socket_costs_only_his_connection(start, link):
    client = start(link=link)
    pid = client.call("os:getpid")
    folder = client.pool._folder.path
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.glob("*.sock"):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.settimeout(DEADLINE)
            stranger.connect(str(path))
            try:
                stranger.sendall(pickle.dumps({"token": "none"}) * 1000)
                while stranger.recv(1 << 16):
                    pass
            except OSError:  # it hung up on him
                pass
    assert client.call("os:getpid") == pid
