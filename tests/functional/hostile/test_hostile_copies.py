"""Libraries that fork, also when the copy comes back into the worker's loop."""

from __future__ import annotations

import os

import pytest

STATUSES = {"return": 0, "raise": 1, "exit": 7, "sentence": 1}


def test_copy_that_comes_back_ends_as_a_program_would(hostile, sound):
    pid = hostile.call("os:getpid")
    for how, status in STATUSES.items():
        assert os.waitstatus_to_exitcode(hostile.call("ill_copies:come_back", how)) == status
    sound(hostile, pid)


def test_copy_that_comes_back_prints_what_it_had_to_print(hostile, caplog):
    with caplog.at_level("INFO", logger="snakebridge.worker"):
        hostile.call("ill_copies:come_back", "return")
        hostile.call("ill_copies:come_back", "raise")
        hostile.call("ill_copies:come_back", "sentence")
        hostile.close()
    assert "said by the copy" in caplog.text
    assert "ValueError: in the copy" in caplog.text
    assert "snakebridge_guest" not in "".join(each.getMessage() for each in caplog.records)
    assert "a last sentence" in caplog.text


def test_fork_gives_its_caller_the_copys_number_and_one_answer(hostile, sound):
    pid = hostile.call("os:getpid")
    copy = hostile.call("os:fork")
    assert copy > 0
    assert hostile.call("os:waitpid", copy, 0) == (copy, 0)
    sound(hostile, pid)


def test_generator_that_forks_yields_to_its_caller_alone(hostile, sound):
    pid = hostile.call("os:getpid")
    assert list(hostile.call("ill_copies:numbers")) == [1, 3]
    sound(hostile, pid)


def test_thread_that_forks_ends_its_copy_alone(hostile, sound):
    pid = hostile.call("os:getpid")
    assert hostile.call("ill_copies:fork_in_thread") == [0]
    sound(hostile, pid)


def test_object_of_the_host_is_refused_in_a_copy(hostile, sound):
    pid = hostile.call("os:getpid")
    assert "forked from the worker" in hostile.call("ill_copies:ask_from_copy", lambda number: number)
    sound(hostile, pid)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing_work(hostile, sound, method):
    pid = hostile.call("os:getpid")
    assert hostile.call("ill_copies:spread", method) == [1, 4, 9]
    sound(hostile, pid)


def test_processes_of_futures_work(on_lane, sound):
    pid = on_lane.call("os:getpid")
    assert on_lane.call("ill_copies:spread_futures") == [1, 4, 9]
    sound(on_lane, pid)
