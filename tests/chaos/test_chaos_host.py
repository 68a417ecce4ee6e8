"""The host is killed or stopped, at whatever moment: scenarios 1 to 4, 18 and 21."""

from __future__ import annotations

import itertools
import random
import signal

import pytest
from extent import part

STATES = ("idle", "python", "native", "callback", "stream", "recycling", "family")
LIVES = [
    *itertools.product(["lane"], ["process"], STATES),
    *part([*itertools.product(["grpc", "lane"], ["thread", "process"], STATES)][: 3 * len(STATES)], of=5),
]


@pytest.mark.parametrize(("link", "profile", "state"), LIVES, ids=str)
def test_nothing_is_left_when_the_host_is_killed(run, scale, link, state, profile):
    host = run("host.py", state, link=link, profile=profile, workers=2)
    assert host.line() == "there"
    host.kill()
    assert host.left(scale.gone) == []


@pytest.mark.parametrize("seed", part([*range(20)], of=7))
def test_nothing_is_left_when_the_host_is_killed_between_start_and_first_call(run, scale, link, seed):
    host = run("host.py", "starting", link=link, workers=2)
    assert host.line() == "there"
    host.outlives(random.Random(seed).uniform(0, 0.6))
    host.kill()
    assert host.left(scale.gone) == []


def test_nothing_is_left_when_a_host_that_was_stopped_is_killed(run, scale, link):
    host = run("host.py", "python", link=link)
    assert host.line() == "there"
    host.send(signal.SIGSTOP)
    host.kill()
    assert host.left(scale.gone) == []


def test_call_goes_on_while_the_host_is_stopped(run, link, tmp_path):
    """The worker finishes the call, waits, and is neither killed nor replaced when the host goes on."""
    host = run("host.py", "answering", link=link)
    pid = host.line()
    done = tmp_path / "done"
    host.say(str(done))
    assert host.appears(done.with_suffix(".begun"))
    host.send(signal.SIGSTOP)
    assert host.appears(done)
    host.send(signal.SIGCONT)
    assert host.line() == str(done)
    assert host.line() == pid


def test_killed_host_harms_no_other_in_the_same_folder(run, scale, link, tmp_path):
    one, other = (run("host.py", "answering", link=link) for _ in range(2))
    pid = other.line()
    assert one.line() != pid
    one.kill()
    assert one.left(scale.gone) == []
    third = run("host.py", "answering", link=link)  # its start clears up what the first one left
    third.line()
    other.say(str(tmp_path / "done"))
    assert other.line() == str(tmp_path / "done")
    assert other.line() == pid
