"""A deadline ends the wait, interrupts the call, and kills the worker only when the call will not stop."""

from __future__ import annotations

import signal
import time

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError, PoolClosedError, PoolSaturatedError

# Never gives the interpreter a chance to run the signal handler, and holds the GIL.
NATIVE_LOOP = ("builtins:sum", range(10**12))


def test_deadline_interrupts_the_call_and_keeps_the_worker(fresh):
    pid = fresh.call("os:getpid")
    begin = time.monotonic()
    with pytest.raises(sb.CallTimeoutError) as caught:
        sb.options(timeout=0.3)(fresh.call)("time:sleep", 30)
    assert time.monotonic() - begin < 5
    assert caught.value.may_have_run
    assert fresh.call("os:getpid") == pid


def test_call_that_does_not_stop_costs_its_worker(fresh):
    pid = fresh.call("os:getpid")
    begin = time.monotonic()
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.3)(fresh.call)(*NATIVE_LOOP)
    assert time.monotonic() - begin < 8
    assert fresh.call("os:getpid") != pid


def test_timeout_error_is_the_builtin_one_too(fresh):
    with pytest.raises(TimeoutError):
        sb.options(timeout=0.2)(fresh.call)("time:sleep", 30)


def test_queueing_counts(target, link):
    with sb.connect(python=target, link=link, queue_timeout=0.2) as one:

        def nobody_is_free(_left: int, _right: int) -> int:
            import threading

            raised: list[BaseException] = []

            def ask() -> None:
                try:
                    one.call("math:sqrt", 4)
                except PoolSaturatedError as error:
                    raised.append(error)

            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
            return len(raised)

        assert one.call("functools:reduce", nobody_is_free, [1, 2]) == 1


def test_full_queue_refuses_at_once(target, link):
    with sb.connect(python=target, link=link, queue_size=0) as one:

        def ask(_left: int, _right: int) -> str:
            import threading

            raised: list[str] = []

            def call() -> None:
                try:
                    one.call("math:sqrt", 4)
                except PoolSaturatedError as error:
                    raised.append(str(error))

            thread = threading.Thread(target=call)
            thread.start()
            thread.join()
            return raised[0]

        assert "was refused" in one.call("functools:reduce", ask, [1, 2])


def test_closed_client_refuses(target):
    client = sb.connect(python=target)
    client.close()
    client.close()
    with pytest.raises(PoolClosedError, match="connect again"):
        client.call("math:sqrt", 4)


def test_connect_wants_one_environment(target):
    with pytest.raises(ConfigurationError, match="exactly one"):
        sb.connect()
    with pytest.raises(ConfigurationError, match="at least 1"):
        sb.connect(python=target, workers=0)


def test_exception_of_a_signal_handler_stops_the_call_and_spares_the_worker(client):
    class Alarm(Exception):  # noqa: N818 - as a program names it
        pass

    def ring(_number, _frame):
        raise Alarm

    pid = client.call("os:getpid")
    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Alarm):
            client.call("time:sleep", 60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert client.call("os:getpid") == pid
