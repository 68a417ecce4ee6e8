"""Ctrl-C at every place where Python lets a signal's exception in: whatever it hits, every worker can be had again."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from remote_source import make_module

import snakebridge as sb

WAIT = 30.0
BLOCKING = frozenset({"acquire", "poll", "select"})
"""Functions of C that look for signals while they wait, so before they have done what they do."""
ELSEWHERE = ("snakebridge_guest/wire/", "_calls/stopping.py", "_calls/outcome.py", "_objects/", "_workers/output.py")
"""The exchange itself, and what is made of its answer: a call that is interrupted there is stopped (`_calls/stopping`)."""


class Interrupter:
    """Raises KeyboardInterrupt at one place of this thread, as a signal's handler would: where a function begins, where
    one of C has returned, or where it waits."""

    def __init__(self, place: int) -> None:
        self.left = place

    def __call__(self, frame, event, arg) -> None:
        if event not in {"call", "c_return"} and not (event == "c_call" and arg.__name__ in BLOCKING):
            return
        file = frame.f_code.co_filename
        if "snakebridge" not in file or file == __file__ or any(part in file for part in ELSEWHERE):
            return
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt  # which ends the profiling

    def strike(self, call) -> bool:
        """Call; return whether there still was such a place."""
        sys.setprofile(self)
        try:
            call()
        except KeyboardInterrupt:
            pass
        finally:
            sys.setprofile(None)
        return self.left <= 0


@pytest.fixture
def client(target):
    with sb.connect(python=target, workers=1, queue_timeout=WAIT) as client:
        client.call("math:sqrt", 4.0)
        yield client


def every_place(client, call) -> int:
    """Strike at each place in turn, and see that the one worker can be had afterwards; return how many places."""
    pool, place = client.pool, 0
    while True:
        place += 1
        if not Interrupter(place).strike(call):
            return place
        pool.mend()  # as the supervisor does, within a second
        assert not pool.stats().waiting, place
        for worker in pool.workers:
            assert (worker.leased, [each.is_busy for each in worker.channels]) == (0, [False]), place
        assert pool.held.channel is None, place
        assert client.call("math:sqrt", 9.0) == 3.0, place


def test_call_that_is_interrupted_anywhere_loses_no_worker(client):
    pid = client.call("os:getpid")
    assert every_place(client, lambda: client.call("math:sqrt", 4.0)) > 20
    assert client.call("os:getpid") == pid


def test_call_of_a_session_that_is_interrupted_anywhere_loses_no_worker(client):
    with client.session():
        assert every_place(client, lambda: client.call("math:sqrt", 4.0)) > 20


def test_wait_that_is_interrupted_anywhere_loses_no_worker(client):
    lib = make_module(client, "def call(function):\n    return function()\n")
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:  # until the other thread waits, or was interrupted before it came to that
        taken.set()
        while not client.pool.stats().waiting and not done.wait(0.001):
            pass

    with ThreadPoolExecutor(1) as threads:

        def call() -> None:
            taken.clear()
            done.clear()
            other = threads.submit(lib.call, hold)
            assert taken.wait(WAIT)
            try:
                client.call("math:sqrt", 4.0)
            finally:
                done.set()
                other.result(WAIT)

        assert every_place(client, call) > 20


def test_worker_that_was_lost_to_an_interruption_is_there_again_without_further_ado(client):
    def strike(frame, event, _arg) -> None:
        if event == "call" and frame.f_code.co_name == "give_back":
            raise KeyboardInterrupt

    sys.setprofile(strike)
    try:
        with pytest.raises(KeyboardInterrupt):
            client.call("math:sqrt", 4.0)
    finally:
        sys.setprofile(None)
    assert sb.options(timeout=WAIT)(client.call)("math:sqrt", 9.0) == 3.0
