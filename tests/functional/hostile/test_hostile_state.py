"""Libraries that change the state of their process: it stays changed in that worker, and harms nobody else."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

import snakebridge as sb

CASES = {
    "locale": ("speak",),
    "umask": ("mask",),
    "low recursion limit": ("flatten", 60),
    "high recursion limit": ("flatten", 10**6),
    "search path": ("lose_path",),
    "our modules": ("forget_modules",),
    "environment": ("forget_environment",),
    "timeout of sockets": ("hurry",),
    "garbage collection": ("litter",),
    "arguments and executable": ("rename",),
}


@pytest.mark.parametrize("case", CASES)
def test_worker_goes_on_when_a_library_changes(on_lane, sound, case):
    pid = on_lane.call("os:getpid")
    name, *arguments = CASES[case]
    on_lane.call(f"ill_state:{name}", *arguments)
    sound(on_lane, pid)


def test_timeout_of_new_sockets_does_not_end_the_links(hostile, sound):
    pid = hostile.call("os:getpid")
    hostile.call("ill_state:hurry")
    hostile.call("time:sleep", 0.1)
    sound(hostile, pid)


def test_folder_stays_changed_in_that_worker_alone(on_lane, sound, tmp_path):
    pid, before = on_lane.call("os:getpid"), Path.cwd()
    on_lane.call("ill_state:move", str(tmp_path))
    assert on_lane.call("os:getcwd") == str(tmp_path)
    assert Path.cwd() == before
    sound(on_lane, pid)


def test_folder_that_is_gone_harms_nothing_of_ours(hostile, sound, tmp_path):
    pid = hostile.call("os:getpid")
    hostile.call("ill_state:vanish", str(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError):
        hostile.call("os:getcwd")
    sound(hostile, pid)


def test_another_worker_starts_as_the_first_one_did(on_lane, tmp_path):
    on_lane.call("ill_state:move", str(tmp_path))
    on_lane.call("ill_state:forget_environment")
    worker = on_lane.pool.workers[0]
    on_lane.recycle()
    assert worker.ended.wait(30)
    assert on_lane.call("os:getcwd") == str(Path.cwd())
    assert on_lane.call("os:getenv", "PATH") == os.environ["PATH"]


def test_stack_that_ends_is_an_error_of_the_library(hostile, sound):
    pid = hostile.call("os:getpid")
    with pytest.raises(RecursionError):
        hostile.call("ill_state:deepen")
    sound(hostile, pid)


def test_trace_function_that_raises_is_an_error_of_the_call(on_lane, sound):
    pid = on_lane.call("os:getpid")
    with pytest.raises(ValueError, match="traced"):
        on_lane.call("ill_state:trace")
    sound(on_lane, pid)


@pytest.mark.parametrize("start", ["spawn", "zygote"])
def test_timeout_that_the_program_sets_for_its_sockets_ends_no_call(link, target, sound, start):
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(0.05)
    try:
        with sb.connect(python=target, link=link, start=start, preload=["json"], timeout=60) as client:
            pid = client.call("os:getpid")
            client.call("time:sleep", 0.3)
            assert client.call("functools:reduce", lambda left, _: (time.sleep(0.3), left)[1], [1, 2]) == 1
            sound(client, pid)
            worker = client.pool.workers[0]
            worker.kill("to have another")
            assert worker.ended.wait(30)
            assert client.call("math:sqrt", 4) == 2
    finally:
        socket.setdefaulttimeout(before)
