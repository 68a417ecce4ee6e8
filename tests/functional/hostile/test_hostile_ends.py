"""Libraries that end their process, or stop it, or will not end."""

from __future__ import annotations

import time

import psutil
import pytest

import snakebridge as sb


@pytest.mark.parametrize("status", [None, 0, "a sentence"], ids=repr)
def test_exit_of_the_library_is_an_error_of_its_call(on_lane, sound, status):
    pid = on_lane.call("os:getpid")
    with pytest.raises(sb.RemoteError) as caught:
        on_lane.call("ill_ends:leave", status)
    assert caught.value.remote_type == "builtins:SystemExit"
    assert not isinstance(caught.value, SystemExit)
    sound(on_lane, pid)


def test_interrupt_that_the_library_raises_is_an_error_of_its_call(on_lane, sound):
    pid = on_lane.call("os:getpid")
    with pytest.raises(sb.RemoteError) as caught:
        on_lane.call("ill_ends:interrupt")
    assert caught.value.remote_type == "builtins:KeyboardInterrupt"
    assert not isinstance(caught.value, KeyboardInterrupt)
    sound(on_lane, pid)


@pytest.mark.parametrize("name", ["stop", "swallow", "hold"])
def test_call_that_will_not_end_costs_its_worker_at_the_deadline(hostile, healed, name):
    pid = hostile.call("os:getpid")
    begin = time.monotonic()
    with pytest.raises(sb.CallTimeoutError, match="was ended: its deadline passed") as caught:
        sb.options(timeout=0.3)(hostile.call)(f"ill_ends:{name}")
    assert time.monotonic() - begin < 10
    assert caught.value.report.signal == "SIGKILL"
    assert not psutil.pid_exists(pid)
    healed(hostile, pid)


def test_stacks_that_the_library_switched_off_are_missing_and_nothing_else(on_lane, healed):
    pid = on_lane.call("os:getpid")
    on_lane.call("ill_ends:hide")
    with pytest.raises(sb.CallTimeoutError, match="was ended: its deadline passed") as caught:
        sb.options(timeout=0.3)(on_lane.call)("ill_ends:swallow")
    assert caught.value.report.stacks == ""
    healed(on_lane, pid)


def test_hooks_that_raise_are_not_in_the_way(on_lane, sound):
    pid = on_lane.call("os:getpid")
    on_lane.call("ill_ends:hook")
    sound(on_lane, pid)


def test_memory_beyond_a_limit_is_an_error_of_the_call(target, sound):
    with sb.connect(python=target, timeout=60, resources=sb.Resources(memory_mb=500)) as client:
        pid = client.call("os:getpid")
        with pytest.raises(sb.RemoteError) as caught:
            client.call("operator:mul", b"x", 2 * 10**9)
        assert caught.value.remote_type == "builtins:MemoryError"
        sound(client, pid)


def test_memory_that_grew_is_given_back_by_another_worker(target, healed):
    with sb.connect(python=target, timeout=60, recycle=sb.Recycle(above_mb=200)) as client:
        worker = client.pool.workers[0]
        pid = client.call("os:getpid")
        client.call("builtins:exec", "import sys; sys.hoard = bytearray(b'x') * (3 * 10**8)")
        assert worker.ended.wait(30)
        healed(client, pid)


def test_descriptors_that_the_library_closes_cost_the_worker_alone(hostile, healed):
    pid = hostile.call("os:getpid")
    with pytest.raises(sb.WorkerLostError):
        hostile.call("ill_ends:close_everything")
    healed(hostile, pid)


@pytest.mark.parametrize("name", ["hang_at_exit", "raise_at_exit"])
def test_exit_handlers_of_the_library_do_not_keep_the_worker(hostile, name):
    pid = hostile.call("os:getpid")
    hostile.call(f"ill_ends:{name}")
    begin = time.monotonic()
    hostile.close()
    assert time.monotonic() - begin < 10
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "not daemon"])
def test_threads_of_the_library_go_on_and_do_not_keep_the_worker(on_lane, sound, daemon):
    pid = on_lane.call("os:getpid")
    on_lane.call("ill_ends:leave_threads", daemon=daemon)
    sound(on_lane, pid)
    begin = time.monotonic()
    on_lane.close()
    assert time.monotonic() - begin < 10
    assert not psutil.pid_exists(pid)


def test_object_that_raises_when_it_is_let_go_of_harms_nothing(on_lane, sound):
    pid = on_lane.call("os:getpid")
    bomb = on_lane.call("ill_ends:Bomb", "raise")
    del bomb
    sound(on_lane, pid)


def test_object_that_ends_its_process_costs_the_worker_alone(on_lane, healed):
    pid, worker = on_lane.call("os:getpid"), on_lane.pool.workers[0]
    bomb = on_lane.call("ill_ends:Bomb", "exit")
    del bomb
    assert worker.ended.wait(30)
    assert worker.report.exit_code == 5
    healed(on_lane, pid)
