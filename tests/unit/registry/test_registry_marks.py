"""Marks say whose a process is, and survive what processes go through."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from snakebridge.registry import Mark
from snakebridge.registry._marks import VARIABLE, read_list
from snakebridge.registry._processes import end_all, is_lost, lives, marks_of, started_at

OWN = Mark.drawn_for(os.getpid(), started_at(os.getpid()) or 0)


@pytest.mark.parametrize(
    "mark",
    [Mark(1, 0, 0, 0), Mark(4_194_303, 0xFFFF, 0xFF, 0xFFFF), Mark(4242, 7, 3, 12)],
    ids=["least", "most", "some"],
)
def test_mark_is_a_number_that_a_limit_can_hold(mark):
    assert Mark.of(mark.number) == mark
    assert mark.number < 2**63


@pytest.mark.parametrize("number", [0, 200_000, 2**63, 2**64 - 1, -1], ids=str)
def test_limit_that_somebody_set_for_himself_is_no_mark(number):
    assert Mark.of(number) is None


def test_workers_are_numbered_from_one_and_again_after_the_last():
    assert [OWN.numbered(number).worker for number in (1, 2, 65_535, 65_536)] == [1, 2, 65_535, 1]
    assert OWN.numbered(5).run == OWN


def test_run_after_another_in_one_program_has_another_mark():
    assert OWN.redrawn() != OWN
    assert OWN.redrawn()._replace(drawn=OWN.drawn) == OWN


def test_variable_lists_the_marks_of_programs_in_programs():
    outer, inner = Mark(10, 1, 1, 3), Mark(20, 2, 2, 4)
    variable = inner.environment(outer.environment({}))
    assert read_list(variable[VARIABLE]) == [outer, inner]
    assert read_list(f"nonsense:{outer.number:x}:7") == [outer]


def sleeper(mark: Mark, *, limit: bool, variable: bool, hides: bool = False) -> subprocess.Popen[bytes]:
    """Start a process that carries a mark in one place, in both, or has put on another environment since."""
    code = f"""
import os, resource, subprocess, sys, time
if {limit}:
    resource.setrlimit(resource.RLIMIT_RTTIME, ({mark.number}, resource.getrlimit(resource.RLIMIT_RTTIME)[1]))
if {hides}:
    os.execve(sys.executable, [sys.executable, "-c", "print(flush=True); import time; time.sleep(60)"], {{}})
print(flush=True)
time.sleep(60)
"""
    environment = {**os.environ, **(mark.environment({}) if variable else {})}
    made = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    assert made.stdout is not None
    made.stdout.readline()
    return made


CARRIED = {
    "limit": {"limit": True, "variable": False},
    "variable": {"limit": False, "variable": True},
    "both": {"limit": True, "variable": True},
    "limit-after-exec-with-nothing": {"limit": True, "variable": True, "hides": True},
}


@pytest.mark.parametrize("how", CARRIED)
def test_process_is_known_by_its_mark_and_ended(how):
    mark = OWN.numbered(77)
    with sleeper(mark, **CARRIED[how]) as made:
        assert marks_of(made.pid)[-1] == mark
        assert lives(mark)
        assert not is_lost(made.pid)
        ended, left = end_all(lambda pid: mark in marks_of(pid), 10)
        assert (ended, left) == (1, [])
        assert made.wait(timeout=10) == -9


def test_process_without_a_mark_is_nobodys():
    assert marks_of(os.getpid()) == []
    assert not is_lost(os.getpid())


@pytest.mark.parametrize(
    "mark",
    [OWN._replace(started=OWN.started ^ 1), Mark(4_194_303, 1, 1, 1)],
    ids=["its-number-is-anothers-now", "it-is-no-more"],
)
def test_process_is_lost_when_its_program_is_no_more(mark):
    assert not lives(mark)
    made = sleeper(OWN.numbered(1), limit=False, variable=True)  # a living program's, so that no other test ends it
    with made:
        resource.prlimit(made.pid, resource.RLIMIT_RTTIME, (mark.number, resource.RLIM_INFINITY))
        assert is_lost(made.pid)
        made.kill()


def test_program_counts_as_dead_when_it_is_a_zombie():
    with subprocess.Popen([sys.executable, "-c", ""]) as made:
        os.waitid(os.P_PID, made.pid, os.WEXITED | os.WNOWAIT)
        assert started_at(made.pid) is None
