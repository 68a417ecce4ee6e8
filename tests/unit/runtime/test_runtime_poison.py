"""Calls that crashed workers: who is suspected, refused, cleared, forgiven."""

from __future__ import annotations

import pytest

from snakebridge.errors import DeathReport, PoisonCallError
from snakebridge.runtime._calls.request import Request
from snakebridge.runtime._pool.poison import Poison

CALL = Request(1, ("lib:parse", 0, b"arguments"), "lib:parse")
OTHER = Request(1, ("lib:parse", 0, b"other arguments"), "lib:parse")
CRASH = DeathReport(worker="w-1", pid=7, signal="SIGSEGV")


def blamed(times: int, call=CALL, report=CRASH, limit: int | None = 3) -> Poison:
    poison = Poison(limit)
    for _ in range(times):
        poison.blame(call, report)
    return poison


def test_call_that_crashed_often_enough_is_refused():
    poison = blamed(2)
    poison.check(CALL)
    poison.blame(CALL, CRASH)
    with pytest.raises(PoisonCallError, match=r"lib:parse was refused: .* 3 workers in a row.*SIGSEGV") as caught:
        poison.check(CALL)
    assert (caught.value.deaths, caught.value.report) == (3, CRASH)
    assert poison.refused == ("lib:parse",)


def test_other_arguments_are_another_call():
    poison = blamed(3)
    poison.check(OTHER)
    poison.check(Request(1, ("lib:other", 0, b"arguments"), "lib:other"))
    poison.check(Request(2, CALL.fields, "lib:parse"))


def test_call_that_ends_well_is_no_suspect_any_more():
    poison = blamed(2)
    poison.clear(OTHER)
    assert poison.suspects
    poison.clear(CALL)
    assert not poison.suspects


REPORTS = {
    "exit": (DeathReport(worker="w", pid=1, exit_code=0), True),
    "abort": (DeathReport(worker="w", pid=1, signal="SIGABRT"), True),
    "out of memory": (DeathReport(worker="w", pid=1, signal="SIGKILL", out_of_memory=True), True),
    "killed by somebody": (DeathReport(worker="w", pid=1, signal="SIGKILL"), False),
    "told to end": (DeathReport(worker="w", pid=1, signal="SIGTERM"), False),
    "ended by us": (DeathReport(worker="w", pid=1, signal="SIGKILL", reason="its deadline passed"), False),
    "unknown": (None, False),
}


@pytest.mark.parametrize("how", REPORTS)
def test_only_a_crash_is_the_fault_of_a_call(how):
    report, is_fault = REPORTS[how]
    assert bool(blamed(1, report=report).suspects) is is_fault


def test_forgiven_call_may_be_made_again():
    poison = blamed(3)
    assert poison.forgive("lib:other") == 0
    assert poison.forgive("lib:parse") == 1
    poison.check(CALL)
    poison = blamed(3)
    poison.blame(OTHER, CRASH)
    assert poison.forgive() == 1
    assert not poison.suspects


def test_nothing_is_noted_when_it_is_off():
    assert not blamed(9, limit=None).suspects


def test_suspects_are_bounded():
    poison = Poison(1)
    for number in range(1200):
        poison.blame(Request(1, (f"lib:{number}", 0, b""), f"lib:{number}"), CRASH)
    assert len(poison.suspects) == 1000
    assert "lib:1199" in poison.refused
    assert "lib:0" not in poison.refused


def test_call_is_tried_again_after_a_while():
    poison = blamed(3)
    for suspect in poison.suspects.values():
        suspect.last -= 601
    poison.check(CALL)
    assert not poison.suspects
