"""Libraries that handle, ignore or block signals."""

from __future__ import annotations

import signal

import pytest

import snakebridge as sb

CASES = {
    "all to the default": ("everything", "SIG_DFL"),
    "all ignored": ("everything", "SIG_IGN"),
    "SIGPIPE to the default": ("set_to", "SIGPIPE", "SIG_DFL"),
    "SIGCHLD ignored": ("set_to", "SIGCHLD", "SIG_IGN"),
    "SIGINT to the default": ("set_to", "SIGINT", "SIG_DFL"),
    "SIGINT as Python has it": ("set_to", "SIGINT", "default_int_handler"),
}


@pytest.mark.parametrize("case", CASES)
def test_worker_goes_on_and_can_be_interrupted_with_signals(on_lane, sound, case):
    pid = on_lane.call("os:getpid")
    name, *arguments = CASES[case]
    on_lane.call(f"ill_signals:{name}", *arguments)
    sound(on_lane, pid)


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2"])
def test_signal_is_the_librarys_own(on_lane, sound, name):
    pid = on_lane.call("os:getpid")
    assert list(on_lane.call("ill_signals:listen", name)) == [name]
    sound(on_lane, pid)
    assert list(on_lane.call("ill_signals:listen", name)) == [name, name]


def test_call_that_blocks_every_signal_costs_its_worker_at_the_deadline(on_lane, healed):
    pid = on_lane.call("os:getpid")
    on_lane.call("ill_signals:block")
    with pytest.raises(sb.CallTimeoutError, match="was ended: its deadline passed"):
        sb.options(timeout=0.2)(on_lane.call)("time:sleep", 60)
    healed(on_lane, pid)


def test_alarm_of_the_library_rings_in_whichever_call_runs_then(on_lane, sound):
    pid = on_lane.call("os:getpid")
    on_lane.call("ill_signals:ring", 0.2)
    with pytest.raises(TimeoutError, match="rung"):
        on_lane.call("time:sleep", 60)
    sound(on_lane, pid)


def test_alarm_of_the_library_that_rings_between_calls_costs_the_worker_alone(hostile):
    worker = hostile.pool.workers[0]
    hostile.call("ill_signals:ring", 0.05)
    assert worker.ended.wait(20)
    assert "TimeoutError: rung" in "\n".join(worker.report.stderr)
    assert hostile.call("math:sqrt", 4) == 2


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGCHLD"])
def test_what_the_library_starts_hears_signals_as_it_would_elsewhere(on_lane, name):
    """No disposition or mask of the worker's own is inherited: some libraries interrupt their kernels with SIGINT."""
    if name == "SIGCHLD":  # ignored by default
        assert on_lane.call("subprocess:call", ["sh", "-c", "exit 3"]) == 3
    else:
        status = on_lane.call("ill_signals:stop_child", name)
        assert status in {-getattr(signal, name), 1, 130}


def test_signals_that_the_program_blocks_reach_its_workers(target, sound):
    """Masks are inherited by threads and processes; a worker begins with none."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - {signal.SIGALRM})
    try:
        client = sb.connect(python=target, timeout=60)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with client:
        assert client.call("signal:pthread_sigmask", signal.SIG_BLOCK, ()) == set()
        sound(client, client.call("os:getpid"))
