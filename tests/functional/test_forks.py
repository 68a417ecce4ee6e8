"""A forked copy of the host is told at once that what it inherited is not its own; the original goes on."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HEAD = """
import json, os, sys, threading
import snakebridge as sb
from snakebridge.errors import ForkedError
python, link = sys.argv[1:3]

def forked(action):
    # What a copy says, and how it ended.
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        with os.fdopen(write, "w") as file:
            json.dump(action(), file)
        sys.exit(3)
    os.close(write)
    with os.fdopen(read) as file:
        said = json.load(file)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    return said

def outcome(action):
    try:
        return "value " + repr(action())
    except Exception as error:
        return type(error).__name__
"""


def run(target, word: str, program: str) -> str:
    command = [sys.executable, "-W", "error", "-W", "ignore:This process:DeprecationWarning", "-c"]
    done = subprocess.run(
        [*command, HEAD + textwrap.dedent(program), str(target), word],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" or word == "grpc", done.stderr  # gRPC tells that it saw a fork
    return done.stdout


EVERYTHING = """
import asyncio
client = sb.connect(python=python, link=link)
module = client.module("math")
proxy = client.call("collections:OrderedDict", a=1)
stream = client.call("itertools:count")
session = client.session()
session.__enter__()
inside = client.call("collections:Counter")
future = sb.submit(client.call, "time:sleep", 0.5)
begun = threading.Event()
uses = {
    "call": lambda: client.call("math:sqrt", 4.0),
    "module": lambda: module.sqrt(4.0),
    "proxy": lambda: len(proxy),
    "repr": lambda: repr(proxy),
    "argument": lambda: client.call("builtins:len", proxy),
    "stream": lambda: next(stream),
    "inside": lambda: len(inside),
    "session": lambda: client.session().__enter__() and client.call("math:sqrt", 4.0),
    "future": lambda: future.result(),
    "submit": lambda: sb.submit(client.call, "math:sqrt", 4.0).result(),
    "map": lambda: list(sb.map(client.call, ["math:sqrt"], [4.0])),
    "aio": lambda: asyncio.run(sb.aio(client.call)("math:sqrt", 4.0)),
    "use": lambda: sb.options(timeout=5, pool=client)(client.call)("math:sqrt", 4.0),
    "stats": client.stats,
    "health": client.health,
    "references": client.references,
    "resize": lambda: client.resize(2),
    "recycle": client.recycle,
    "wait": lambda: client.wait_ready(),
    "await": lambda: asyncio.run(client.await_ready()),
    "forgive": lambda: client.forgive(),
    "enter": lambda: session.__enter__(),
    "leave": lambda: session.__exit__(None, None, None),
    "close": client.close,
}
print(json.dumps(forked(lambda: {name: outcome(use) for name, use in uses.items()})))
session.__exit__(None, None, None)
client.pool.wait_ready()
print(client.call("math:sqrt", 4.0), len(proxy), next(stream), future.result(), client.stats().lost)
print(os.path.isdir(client.pool._folder.path))
client.close()
"""


def test_forked_copy_is_told_at_once_whatever_it_uses(target, link):
    said, then, folder = run(target, link, EVERYTHING).splitlines()
    told = json.loads(said)
    others = {
        "repr": "value '<remote collections:OrderedDict: ForkedError>'",
        "enter": "SessionClosedError",
        "leave": "value None",
        "close": "value None",
    }
    assert told == {**dict.fromkeys(told, "ForkedError"), **others}
    assert (then, folder) == ("2.0 1 0 None 0", "True")


def test_error_says_whose_it_is_and_what_to_do(target):
    program = """
    client = sb.connect(python=python, link=link)
    def use():
        try:
            client.call("math:sqrt", 4.0)
        except ForkedError as error:
            return str(error)
    said = forked(use)
    client.close()
    assert f"belongs to process {os.getpid()}, of which this process (" in said, said
    assert "is a forked copy; connect again here" in said, said
    """
    run(target, "lane", program)


@pytest.mark.parametrize("start", ["spawn", "zygote"])
def test_forked_copy_connects_for_itself(target, start):
    program = """
    client = sb.connect(python=python, start=link)
    def anew():
        with sb.connect(python=python, start=link) as own:
            return own.call("math:sqrt", 9.0), own.call("os:getpid")
    mine = client.call("os:getpid")
    value, other = forked(anew)
    assert value == 3.0 and other != mine and client.call("os:getpid") == mine
    client.close()
    """
    run(target, start, program)


def test_copy_that_returns_from_a_callback_says_nothing_to_the_worker(target, link):
    program = """
    client = sb.connect(python=python, link=link)
    read, write = os.pipe()
    copies = []
    def back(value):
        copies.append(os.fork())
        return value + 1
    try:
        result = list(client.call("builtins:map", back, [1]))
    except ForkedError as error:
        os.write(write, str(error).encode())
        os._exit(5)
    assert result == [2], result
    assert os.waitstatus_to_exitcode(os.waitpid(copies[0], 0)[1]) == 5
    assert b"belongs to process" in os.read(read, 10000)
    assert client.call("math:sqrt", 4.0) == 2.0
    client.close()
    """
    run(target, link, program)


def test_copies_made_while_other_threads_call_do_not_hang(target):
    program = """
    client = sb.connect(python=python, workers=2)
    over = threading.Event()
    wrong = []
    def work(number):
        while not over.is_set():
            if client.call("operator:neg", number) != -number:
                wrong.append(number)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for number in range(40):
        copy = os.fork()
        if not copy:
            try:
                client.call("operator:neg", [object()])
            except ForkedError:
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 7
    over.set()
    for each in threads:
        each.join()
    assert not wrong and client.stats().lost == 0
    client.close()
    """
    run(target, "lane", program)


def test_copy_holds_no_descriptor_of_a_worker(target):
    program = """
    def held():
        found = set()
        for name in os.listdir("/proc/self/fd"):
            try:
                found.add(os.readlink(f"/proc/self/fd/{name}"))
            except FileNotFoundError:  # of the listing itself
                pass
        return found
    before = held()
    client = sb.connect(python=python, link=link, workers=2)
    client.call("math:sqrt", 4.0)
    of_workers = held() - before
    assert len(of_workers) > 10, of_workers
    assert forked(lambda: sorted(held() & of_workers)) == []
    client.close()
    """
    run(target, "lane", program)


def test_workers_end_with_the_original_although_a_copy_lives(target):
    program = """
    client = sb.connect(python=python, workers=2)
    client.pool.wait_ready()
    pids = [client.call("os:getpid")]
    read, write = os.pipe()
    copy = os.fork()
    if not copy:
        os.close(write)
        os.read(read, 1)  # until the test ends it
        os._exit(0)
    print(copy, *pids, flush=True)
    threading.Event().wait()
    """
    command = [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c", HEAD + textwrap.dedent(program)]
    with subprocess.Popen([*command, str(target), "lane"], stdout=subprocess.PIPE, text=True) as host:
        copy, worker = map(int, host.stdout.readline().split())
        watched = os.pidfd_open(worker), os.pidfd_open(copy)
        try:
            host.kill()
            assert select.select([watched[0]], [], [], 10)[0], "the worker lives on"
        finally:
            os.kill(copy, signal.SIGKILL)
            assert select.select([watched[1]], [], [], 10)[0]
            for each in watched:
                os.close(each)


def test_copies_made_while_workers_start_keep_none_alive(target):
    program = """
    client = sb.connect(python=python, workers=2)
    read, write = os.pipe()
    copies = []
    for round in range(4):
        client.recycle()
        for _ in range(5):
            copy = os.fork()
            if not copy:
                os.close(write)
                os.read(read, 1)  # until the host ends, or the test ends it
                threading.Event().wait()
            copies.append(copy)
            client.call("time:sleep", 0.05)
    print(json.dumps([copies, [each.pid for each in client.stats().workers]]), flush=True)
    threading.Event().wait()
    """
    command = [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c", HEAD + textwrap.dedent(program)]
    with subprocess.Popen([*command, str(target), "lane"], stdout=subprocess.PIPE, text=True) as host:
        copies, workers = json.loads(host.stdout.readline())
        watched = {}
        try:
            for pid in (*copies, *workers):
                with contextlib.suppress(ProcessLookupError):  # a worker that has been replaced meanwhile
                    watched[pid] = os.pidfd_open(pid)
            host.kill()
            for pid in watched.keys() - copies:
                assert select.select([watched[pid]], [], [], 10)[0], "a worker lives on"
        finally:
            host.kill()
            for pid in copies:
                os.kill(pid, signal.SIGKILL)
                assert select.select([watched[pid]], [], [], 10)[0]
            for each in watched.values():
                os.close(each)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing_have_workers_of_their_own(target, tmp_path, method):
    (tmp_path / "snakebridge.toml").write_text(
        f'[pools.sums]\npython = "{target}"\ndynamic = true\nwarm-up = ["math"]\n'
    )
    (tmp_path / "farm.py").write_text(
        textwrap.dedent(
            """
            import multiprocessing, os, sys
            import snakebridge as sb

            sums = sb.pool("sums")

            def work(number):
                return sums.call("math:sqrt", number), sums.call("os:getpid"), sums.call("os:getppid") > 0

            if __name__ == "__main__":
                here = work(4.0) if sys.argv[1] != "spawn" else (2.0, 0, True)
                with multiprocessing.get_context(sys.argv[1]).Pool(2) as processes:
                    found = processes.map(work, [4.0] * 8, chunksize=1)
                    processes.close()
                    processes.join()
                assert {each[0] for each in found} == {2.0}
                assert here[1] not in {each[1] for each in found}
                assert work(9.0)[0] == 3.0
                print(*{each[1] for each in found})
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", "farm.py", method],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", done.stderr
    for pid in done.stdout.split():
        assert not Path(f"/proc/{pid}").exists(), "a worker outlived its process"
