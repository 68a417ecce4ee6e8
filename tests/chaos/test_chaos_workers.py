"""Workers die, stop, or are slow, alone and in storms: scenarios 5 to 11."""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from typing import Any

import pytest
from extent import part

import snakebridge as sb
from snakebridge.errors import SnakebridgeError

DEADLINE = 30
IN_A_CALL = {
    "SIGKILL": ("kill", "SIGKILL"),
    "SIGSEGV": ("crash", "SIGSEGV"),
    "exit": ("c-exit", "status 8"),
    "os._exit": ("os-exit", "status 9"),
}
IDLE = ("SIGKILL", "SIGSEGV", "SIGSTOP", "exit 0", "exit 9")


def ended(pid: int, within: float = DEADLINE) -> bool:
    """Wait for a process to end."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within)[0])
    finally:
        os.close(descriptor)


def served(client: sb.Client, within: float) -> int:
    """Call until a call succeeds, which it must within a time; return who answered."""
    until = time.monotonic() + within
    while True:
        try:
            return client.call("os:getpid")
        except SnakebridgeError:
            assert time.monotonic() < until


# --- 5: every death, idle and in a call -----------------------------------------------------------------------------


@pytest.mark.parametrize("death", IN_A_CALL)
def test_death_in_a_call_has_one_shape_of_error(start, link, scale, death):
    how, cause = IN_A_CALL[death]
    client = start(link=link)
    pid = client.call("os:getpid")
    with pytest.raises(sb.WorkerLostError, match=cause) as lost:
        client.call("brittle:die", how)
    report = lost.value.report
    assert (report.pid, report.last_call, report.reason) == (pid, "brittle:die", None)
    assert (report.signal is None) is not (report.exit_code is None)
    assert served(client, scale.back) != pid


def test_worker_that_is_stopped_in_a_call_is_replaced_at_the_deadline(start, link, scale):
    client = start(link=link)
    pid = client.call("os:getpid")
    with pytest.raises((sb.CallTimeoutError, sb.WorkerLostError)):
        sb.options(timeout=0.5)(client.call)("brittle:die", "stop")
    assert ended(pid)
    assert served(client, scale.back) != pid


@pytest.mark.parametrize("swallows", [False, True], ids=["raises", "swallows"])
def test_call_that_ran_is_not_made_again_when_no_worker_takes_its_callbacks_answer(start, link, swallows):
    client = start(link=link)
    asked = []

    def ask(left: int, right: int) -> int:
        asked.append((left, right))
        try:
            client.call("brittle:die", "kill")
        except sb.WorkerLostError:
            if not swallows:
                raise
        return 1

    with pytest.raises(sb.WorkerLostError) as lost:
        client.call("functools:reduce", ask, [1, 2])
    assert lost.value.may_have_run
    assert asked == [(1, 2)]


@pytest.mark.parametrize("death", IDLE)
def test_idle_death_costs_at_most_one_call(start, link, scale, death):
    client = start(link=link, timeout=2)
    pid = served(client, scale.back)
    word, _, status = death.partition(" ")
    if status:
        client.call("brittle:exit_soon", int(status), 0.05)
    else:
        os.kill(pid, getattr(signal, word))
    if word != "SIGSTOP":
        assert ended(pid)
    outcomes = []
    for _ in range(5):
        try:
            outcomes.append(client.call("os:getpid") != pid)
        except (sb.CallTimeoutError, sb.WorkerLostError) as error:
            outcomes.append(type(error).__name__)
    assert outcomes[1:] == [True] * 4
    assert ended(pid)


# --- 6, 7: who is not alive is not asked, and who is busy is alive --------------------------------------------------


def test_worker_that_is_stopped_gets_no_calls_and_is_replaced(start, link, scale):
    client = start(link=link, workers=2, timeout=1)
    client.wait_ready(2)
    entered, over = threading.Event(), threading.Event()

    def hold(left: int, right: int) -> int:
        entered.set()
        over.wait(DEADLINE)
        return left + right

    # Somebody is in a call of the worker that is stopped, and will not get it back before his deadline.
    outcome: list[Any] = []

    def caller() -> None:
        try:
            with client.session():
                outcome.append(client.call("os:getpid"))
                client.call("functools:reduce", hold, [1, 2])
        except SnakebridgeError as error:
            outcome.append(error)

    thread = threading.Thread(target=caller)
    thread.start()
    assert entered.wait(DEADLINE)
    stopped = outcome[0]
    os.kill(stopped, signal.SIGSTOP)
    over.set()
    answers = [sb.options(timeout=DEADLINE)(client.call)("os:getpid") for _ in range(20)]
    thread.join(DEADLINE)
    assert stopped not in answers
    assert isinstance(outcome[1], (sb.CallTimeoutError, sb.WorkerLostError))
    assert ended(stopped)
    until = time.monotonic() + scale.back
    while len({each.pid for each in client.stats().workers if each.state in {"ready", "busy"}} - {stopped}) < 2:
        assert time.monotonic() < until
        client.call("os:getpid")


def test_worker_that_holds_the_gil_for_long_is_not_killed(start, link):
    client = start(link=link, timeout=None)
    pid = client.call("os:getpid")
    client.call("builtins:sum", range(25_000_000))  # one instruction in C, for long
    assert client.call("os:getpid") == pid
    assert client.stats().lost == 0


# --- 9: storms stay in their pool -----------------------------------------------------------------------------------


def test_crash_storm_in_one_pool_leaves_another_alone(start, link):
    bad, good = start(link=link, workers=2, timeout=5), start(link=link, workers=2)
    good.wait_ready(2)
    pids = {each.pid for each in good.stats().workers}
    over = threading.Event()
    crashes: list[str] = []

    def storm() -> None:
        while not over.is_set():
            try:
                bad.call("brittle:die", "os-exit")
            except SnakebridgeError as error:
                crashes.append(type(error).__name__)

    threads = [threading.Thread(target=storm) for _ in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + DEADLINE
    while (bad.stats().lost < 5 or not crashes) and time.monotonic() < until:
        assert good.call("operator:add", 1, 2) == 3
    over.set()
    for thread in threads:
        thread.join(DEADLINE)
    stats = bad.stats()
    assert stats.lost >= 5
    assert stats.started <= stats.lost + 2
    assert good.stats().lost == 0
    assert {each.pid for each in good.stats().workers} == pids


def test_pool_that_starts_no_worker_stops_trying(start, link, target):
    """Three tries for each time that somebody asks, and an error that says why."""
    client = start(link=link, timeout=20)
    pid = client.call("os:getpid")
    executable = client.pool.interpreter.executable
    moved = executable.with_suffix(".moved")
    executable.rename(moved)
    try:
        os.kill(pid, signal.SIGKILL)
        assert ended(pid)
        failures = []
        for _ in range(3):
            with pytest.raises(SnakebridgeError) as failure:
                client.call("os:getpid")
            failures.append(failure.value)
        assert any(str(executable) in str(failure) for failure in failures)
        assert client.stats().started <= 1 + 3 * 4
    finally:
        moved.rename(executable)
    assert served(client, DEADLINE) != pid


# --- 10, 11: faults of our own, and of what is the program's --------------------------------------------------------


def test_fault_in_the_supervisor_costs_no_worker(start, link, caplog):
    """It is told, the workers live on, and their number stays exact."""
    client = start(link=link, workers=2)
    client.wait_ready(2)
    told = threading.Event()

    def fail() -> None:
        told.set()
        raise RuntimeError("a fault in the supervisor")

    with caplog.at_level(logging.ERROR, logger="snakebridge"):
        client.pool.later(0, fail)
        assert told.wait(DEADLINE)
        assert client.call("operator:add", 1, 2) == 3
        pid = client.call("os:getpid")
        os.kill(pid, signal.SIGKILL)
        assert ended(pid)
        assert served(client, DEADLINE) != pid
    assert "a fault in the supervisor" in caplog.text
    until = time.monotonic() + DEADLINE
    while len({each.pid for each in client.stats().workers} - {pid}) != 2:
        assert time.monotonic() < until
    assert client.stats().started == 3


@pytest.mark.parametrize("raised", part([ValueError, SystemExit, KeyboardInterrupt, GeneratorExit], of=2))
def test_callback_that_fails_kills_no_worker(start, link, raised):
    client = start(link=link)
    pid = client.call("os:getpid")

    def fail(*_: object) -> None:
        raise raised("the program's own")

    with pytest.raises(raised):
        client.call("functools:reduce", fail, [1, 2])
    assert client.call("os:getpid") == pid


def test_session_is_built_up_again_after_its_worker_died(start, link):
    client = start(link=link)
    built = []

    def rebuild(session: sb.Session) -> None:
        built.append(client.call("os:getpid"))

    with client.session(rebuild=rebuild):
        pid = client.call("os:getpid")
        with pytest.raises(sb.WorkerLostError):
            client.call("brittle:die", "kill")
        assert client.call("os:getpid") != pid
    assert len(built) == 1
