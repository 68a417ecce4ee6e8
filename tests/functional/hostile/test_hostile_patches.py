"""Libraries that replace parts of the standard library, as gevent and its like do."""

from __future__ import annotations

import pytest

import snakebridge as sb

USED = (
    "json.loads", "json.dumps", "socket.socket", "select.poll", "select.select", "struct.Struct", "threading.Lock",
    "threading.RLock", "threading.local", "queue.SimpleQueue", "traceback.format_exception", "time.monotonic", "os.read",
    "os.write", "signal.signal", "signal.getsignal",
)  # fmt: skip


def test_worker_goes_on_when_what_it_uses_itself_is_replaced(hostile):
    hostile.call("ill_patches:replace", *USED)
    assert hostile.call("math:sqrt", 4) == 2
    assert hostile.call("functools:reduce", lambda left, right: left + right, [1, 2, 3]) == 6
    with pytest.raises(ZeroDivisionError):
        hostile.call("operator:truediv", 1, 0)
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(hostile.call)("time:sleep", 60)
    assert hostile.call("math:sqrt", 9) == 3


def test_worker_goes_on_when_threads_became_green(hostile, sound):
    pid = hostile.call("os:getpid")
    hostile.call("ill_patches:make_green")
    sound(hostile, pid)


def test_real_threads_still_reach_the_host_when_threads_became_green(hostile, sound):
    pid = hostile.call("os:getpid")
    hostile.call("ill_patches:make_green")
    assert hostile.call("ill_patches:ask_aside", lambda number: number + 1) == [21]
    sound(hostile, pid)


def test_worker_goes_on_when_builtins_are_shadowed(hostile, sound):
    pid = hostile.call("os:getpid")
    hostile.call("ill_patches:shadow")
    sound(hostile, pid)


def test_builtins_that_raise_cost_the_worker_alone(hostile, healed):
    pid = hostile.call("os:getpid")
    with pytest.raises(sb.WorkerLostError):
        hostile.call("ill_patches:break_builtins")
    healed(hostile, pid)
