"""However a program ends, its workers end with it, in order where there is time for order, and nothing hangs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap

import pytest

HEAD = """
import os, sys, threading
import atexit
if sys.argv[2] == "before":
    atexit.register(lambda: last())
import snakebridge as sb
python = sys.argv[1]
client = sb.connect(python=python, workers=1)
pid = client.call("os:getpid")
print(pid, flush=True)
"""


def run(target, program: str, mode: str = "", *, code: int = 0, stderr: str = "") -> list[str]:
    """Run a program to its end, and make sure that its worker ended."""
    command = [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(program), str(target), mode]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert (stderr in done.stderr) if stderr else done.stderr == ""
    pid, *said = done.stdout.splitlines()
    assert ended(int(pid))
    return said


def ended(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


ENDS = {
    "falls-off": ("", 0, ""),
    "sys-exit": ("sys.exit(4)", 4, ""),
    "exit-in-a-callback": (
        "client.call('builtins:list', client.call('builtins:map', lambda _: sys.exit(6), [1]))",
        6,
        "",
    ),
    "exception": ("raise ValueError('mine')", 1, "ValueError: mine"),
    "hard": ("os._exit(9)", 9, ""),
    "killed": ("os.kill(os.getpid(), 9)", -9, ""),
    "terminated": ("os.kill(os.getpid(), 15)", -15, ""),
    "terminated-in-a-call": (
        """
import signal
signal.signal(15, lambda *_: sys.exit(8))
threading.Timer(0.3, os.kill, (os.getpid(), 15)).start()
client.call("time:sleep", 60)
""",
        8,
        "",
    ),
    "closed-in-a-callback": (
        """
from snakebridge.errors import PoolClosedError
try:
    list(client.call("builtins:map", lambda _: client.close(), [1]))
except PoolClosedError:
    sys.exit(7)
""",
        7,
        "",
    ),
    "left-in-a-session": ("client.session().__enter__(); kept = client.call('collections:Counter')", 0, ""),
    "left-in-a-stream": ("stream = client.call('itertools:count'); next(stream)", 0, ""),
    "connecting": (
        """
def connect():
    try:
        sb.connect(python=python)
    except sb.SnakebridgeError:  # it is closed before it is ready
        pass
threading.Thread(target=connect, daemon=True).start()
""",
        0,
        "",
    ),
}


@pytest.mark.parametrize("name", ENDS, ids=str)
def test_workers_end_with_the_program_however_it_ends(target, name):
    program, code, stderr = ENDS[name]
    run(target, program, code=code, stderr=stderr)


def test_function_registered_after_the_import_still_has_workers(target):
    program = """
    atexit.register(lambda: print(client.call("math:sqrt", 4.0)))
    """
    assert run(target, program) == ["2.0"]


def test_function_registered_before_the_import_is_told_that_they_are_gone(target):
    program = """
    def last():
        try:
            client.call("math:sqrt", 4.0)
        except sb.SnakebridgeError as error:
            print(type(error).__name__)
        try:
            sb.connect(python=python)
        except sb.SnakebridgeError as error:
            print(error)
    """
    closed, ending = run(target, program, "before")
    assert closed == "PoolClosedError"
    assert "the program is ending" in ending


def test_threads_that_are_waited_for_finish_their_calls(target):
    program = """
    def work():
        client.call("time:sleep", 0.5)
        print(client.call("math:sqrt", 4.0))
    threading.Thread(target=work).start()
    """
    assert run(target, program) == ["2.0"]


def test_threads_that_nobody_waits_for_do_not_delay_the_end(target):
    program = """
    begun = threading.Event()
    def work():
        while True:
            begun.set()
            try:
                client.call("time:sleep", 0.01)
            except sb.SnakebridgeError:
                return
    for _ in range(3):
        threading.Thread(target=work, daemon=True).start()
    begun.wait()
    """
    run(target, program)


def test_what_was_submitted_and_runs_is_finished_before_the_end(target):
    program = """
    begun, ends = threading.Event(), threading.Event()
    def key(value):
        begun.set()
        ends.wait(0.3)
        return value
    future = sb.submit(client.call, "builtins:sorted", [2, 1], key=key)
    future.add_done_callback(lambda done: print(done.result()))
    begun.wait()
    """
    assert run(target, program) == ["[1, 2]"]


def test_ctrl_c_reaches_the_program_alone_which_ends_its_workers_in_order(target, tmp_path):
    # As in a terminal: the signal goes to everybody in the foreground.
    program = f"""
    import pathlib
    client.call("builtins:exec", "import atexit, pathlib, signal\\n"
        "atexit.register(pathlib.Path({str(tmp_path / "left")!r}).write_text, 'in order')")
    print("ready", flush=True)
    client.call("time:sleep", 60)
    """
    command = [sys.executable, "-c", HEAD + textwrap.dedent(program), str(target), ""]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as host:
        worker = int(host.stdout.readline())
        assert host.stdout.readline() == "ready\n"
        os.killpg(host.pid, signal.SIGINT)
        _, errors = host.communicate(timeout=60)
    assert ended(worker)
    assert host.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert (tmp_path / "left").read_text() == "in order"


def test_closing_from_two_threads_at_once_ends_both(target):
    program = """
    both = threading.Barrier(2)
    def close():
        both.wait()
        client.close()
    threads = [threading.Thread(target=close) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print("over")
    """
    assert run(target, program) == ["over"]
