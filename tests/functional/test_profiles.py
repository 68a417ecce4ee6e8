"""The thread profile: one worker runs several calls at once, which share its objects."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError


@pytest.fixture(scope="module")
def threaded(link, target):
    with sb.connect(python=target, link=link, profile="thread", lanes=4, timeout=60) as connected:
        yield connected


def test_calls_of_one_worker_run_at_the_same_time(threaded):
    # Each waits for the other two over there: one after the other they would wait for ever.
    barrier = threaded.call("threading:Barrier", 3)
    with ThreadPoolExecutor(3) as threads:
        places = list(threads.map(lambda _: barrier.wait(20), range(3)))
    assert sorted(places) == [0, 1, 2]


def test_process_profile_runs_one_call_at_a_time(client):
    barrier = client.call("threading:Barrier", 2)
    with ThreadPoolExecutor(2) as threads:
        outcomes = [threads.submit(barrier.wait, 0.2) for _ in range(2)]
        broken = [isinstance(one.exception(), RuntimeError) for one in outcomes]
    assert broken == [True, True]


def test_many_threads_get_their_own_answers(threaded):
    failures: list[object] = []

    def work(number: int) -> None:
        for step in range(200):
            value = threaded.call("operator:add", number * 1000, step)
            if value != number * 1000 + step:
                failures.append((number, step, value))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert failures == []


def test_lanes_share_objects_and_know_each_others_types(threaded):
    shared = threaded.call("collections:OrderedDict")

    def use(number: int) -> object:
        shared[number] = threaded.call("decimal:Context", number + 1)
        return shared[number].prec

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(use, range(40))) == list(range(1, 41))
    assert len(shared) == 40
    assert shared[3] is shared[3]


def test_callbacks_arrive_on_the_lane_that_called(threaded):
    def run(number: int) -> tuple[int, bool]:
        here = threading.get_ident()
        seen: list[int] = []

        def key(value: int) -> int:
            seen.append(threading.get_ident())
            return -value

        ordered = threaded.call("builtins:sorted", range(number), key=key)
        return ordered[0] if ordered else -1, set(seen) <= {here}

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(run, range(1, 30))) == [(number - 1, True) for number in range(1, 30)]


def test_host_object_kept_by_one_lane_can_be_called_on_another(threaded):
    keeper = threaded.call("builtins:dict")
    keeper["callback"] = lambda value: value + 1
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda value: threaded.call("builtins:map", keeper["callback"], [value]), range(8)))
    assert [list(each) for each in found] == [[value + 1] for value in range(8)]


def test_objects_are_freed_whoever_drops_them(threaded):
    def churn(_: int) -> None:
        for _ in range(50):
            threaded.call("collections:Counter", "ab")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(churn, range(8)))
    worker = threaded.pool.workers[0]
    threaded.pool.flush(worker)
    assert worker.connect().health()["references"] < 20


def test_death_of_the_worker_reaches_every_caller(link, target):
    with sb.connect(python=target, link=link, profile="thread", lanes=3, timeout=60) as client:
        event = client.call("threading:Event")
        with ThreadPoolExecutor(3) as threads:
            waiting = [threads.submit(event.wait, 50) for _ in range(2)]
            ending = threads.submit(client.call, "os:_exit", 3)
            outcomes = [one.exception(30) for one in (*waiting, ending)]
        # Whoever came later than the end finds the object gone.
        assert all(isinstance(one, (sb.WorkerLostError, sb.StaleReferenceError)) for one in outcomes)
        assert client.call("operator:add", 1, 1) == 2


def test_lanes_must_be_positive(target):
    with pytest.raises(ConfigurationError, match="lanes must be at least 1"):
        sb.connect(python=target, profile="thread", lanes=0)
