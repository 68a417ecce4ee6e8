"""A session that is replayed goes on after its worker's death, with the same proxies."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

import pytest
from interpreters import interpreter

import snakebridge as sb
from snakebridge.errors import SessionLostError, WorkerLostError


def kill(client):
    with pytest.raises(WorkerLostError):
        client.call("os:_exit", 3)


def test_same_proxies_work_again_after_the_workers_death(fresh):
    with fresh.session(replay=True):
        ordered = fresh.call("collections:OrderedDict", a=1)
        ordered["b"] = [2, (3, None)]
        before = ordered
        kill(fresh)
        assert ordered["a"] == 1
        assert ordered["b"] == [2, (3, None)]
        assert ordered is before
        ordered["c"] = 4
        kill(fresh)  # and once more, with what was done in between
        assert list(ordered) == ["a", "b", "c"]


def test_references_among_arguments_are_the_new_ones(fresh):
    with fresh.session(replay=True):
        inner = fresh.call("collections:OrderedDict", x=1)
        queue = fresh.call("collections:deque", [inner, {"in": (inner, 2)}])
        counter = fresh.call("collections:Counter")
        counter["n"] = 5
        queue.append(counter)
        kill(fresh)
        assert queue[0] is inner
        assert queue[1]["in"][0] is inner
        inner["y"] = 2
        assert fresh.call("builtins:list", queue[0]) == ["x", "y"]
        assert queue[2] is counter
        assert counter["n"] == 5


def test_what_a_dropped_reference_did_to_a_live_one_is_done_again(fresh):
    with fresh.session(replay=True):
        chain = fresh.call("collections:ChainMap")
        first = chain.new_child().parents.maps[0]  # the very dict of `chain`, through three that are dropped
        queue = fresh.call("collections:deque")
        ordered = fresh.call("collections:OrderedDict")
        queue.append(ordered)
        ordered["late"] = 1
        del ordered
        gc.collect()
        kill(fresh)
        assert queue[0]["late"] == 1
        assert isinstance(first, dict)


def test_calls_that_failed_fail_again_and_change_what_they_changed(fresh):
    with fresh.session(replay=True):
        queue = fresh.call("collections:deque", [1, 2, 3], 5)
        with pytest.raises(TypeError):
            queue.extend(7)
        with pytest.raises(ValueError, match="not in deque"):
            queue.remove(99)
        queue.popleft()
        kill(fresh)
        assert list(queue) == [2, 3]


def test_iterator_goes_on_where_it_was(fresh):
    with fresh.session(replay=True):
        counted = fresh.call("itertools:count", 10)
        assert [next(counted) for _ in range(6)] == [10, 11, 12, 13, 14, 15]
        kill(fresh)
        assert [next(counted) for _ in range(6)] == [16, 17, 18, 19, 20, 21]


def test_call_that_killed_the_worker_is_not_made_again(fresh):
    with fresh.session(replay=True):
        queue = fresh.call("collections:deque", [1])
        with pytest.raises(WorkerLostError):
            fresh.call("os:_exit", queue.__len__())
        assert len(queue) == 1


def test_work_from_outside_the_block_is_done_again(fresh):
    session = fresh.session(replay=True)
    with session:
        queue = fresh.call("collections:deque", [1])
        outside = sb.session()  # another one, in which nothing is recorded
        with outside:
            queue.append(2)
        kill(fresh)
        assert list(queue) == [1, 2]


def mark(client, queue):
    return sb.options(repeatable=False)(client.call)("operator:setitem", queue, 0, "sent")


def callback(client, queue):
    return queue.extend(map(str, [1]))


REFUSED = {
    "a call that is marked": (mark, "operator:setitem cannot be called again: it is marked as not repeatable"),
    "an object of the host": (callback, "was given an object of the host"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_replay_is_refused_when_a_call_must_not_be_made_again(fresh, what):
    act, why = REFUSED[what]
    with fresh.session(replay=True):
        queue = fresh.call("collections:deque", [1])
        act(fresh, queue)
        kill(fresh)
        for _ in range(2):
            with pytest.raises(SessionLostError, match=why) as caught:
                len(queue)
        assert caught.value.report is not None
        assert caught.value.report.exit_code == 3


def test_object_from_outside_the_session_refuses_replay(fresh):
    outside = fresh.call("collections:OrderedDict")
    with fresh.session(replay=True):
        queue = fresh.call("collections:deque")
        queue.append(outside)
        kill(fresh)
        with pytest.raises(SessionLostError, match="made outside the session"):
            len(queue)


def test_library_that_does_something_else_is_noticed(fresh, tmp_path):
    file = tmp_path / "state"
    file.write_text("one")
    with fresh.session(replay=True):
        opened = fresh.call("builtins:open", str(file))
        file.unlink()
        kill(fresh)
        with pytest.raises(SessionLostError, match="raised when it was called again"):
            opened.read()


def test_unrepeatable_call_is_forgotten_with_what_it_made(fresh):
    with fresh.session(replay=True):
        mark(fresh, fresh.call("collections:deque", [1]))
        kept = fresh.call("collections:deque", [2])
        gc.collect()
        kill(fresh)
        assert list(kept) == [2]


def test_history_is_bounded_while_results_are_dropped(client):
    session = client.session(replay=True)
    with session:
        kept = client.call("collections:deque", [1])
        for number in range(6000):
            client.call("collections:deque", [number]).append(number)
        assert len(kept) == 1
        history = next(iter(session._seats.values())).history
        assert len(history) < 2500


def test_recorded_arguments_are_those_of_the_call(fresh):
    with fresh.session(replay=True):
        given = [1, [2]]
        queue = fresh.call("collections:deque", given)
        given[1].append(3)
        given.append(4)
        kill(fresh)
        assert list(queue) == [1, [2]]


def test_reading_is_not_repeated_unless_it_gave_something(fresh):
    session = fresh.session(replay=True)
    with session:
        queue = fresh.call("collections:deque", [1])
        for _ in range(50):
            assert (len(queue), queue[0], 1 in queue, str(queue)) == (1, 1, True, "deque([1])")
        history = next(iter(session._seats.values())).history
        assert len(history) == 1


def test_new_objects_are_freed_after_a_replay(fresh):
    with fresh.session(replay=True) as session:
        queue = fresh.call("collections:deque", [1])
        kill(fresh)
        assert len(queue) == 1
        assert [each.count for each in session.references()] == [1]
        del queue
        gc.collect()
        fresh.call("math:sqrt", 4)
        assert session.references() == []
    assert fresh.health()[0]["references"] == 0


def test_replay_of_several_lanes_at_once(link, target):
    with (
        sb.connect(python=target, link=link, profile="thread", lanes=3, timeout=60) as client,
        client.session(replay=True) as session,
    ):
        queues = [client.call("collections:deque", [number]) for number in range(3)]

        def work(number):
            with session:
                for step in range(30):
                    queues[number].append(step)
                return len(queues[number])

        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(work, range(3))) == [31] * 3
            kill(client)
            assert list(threads.map(work, range(3))) == [61] * 3
        assert list(queues[2]) == [2, *range(30), *range(30)]


def test_awaited_calls_are_replayed(fresh):
    async def main():
        async with fresh.session(replay=True):
            queue = await sb.aio(fresh.call)("collections:deque", [1])
            await sb.aio(queue.append)(2)
            with pytest.raises(WorkerLostError):
                await sb.aio(fresh.call)("os:_exit", 3)
            await sb.aio(queue.append)(3)
            return list(queue)

    assert asyncio.run(main()) == [1, 2, 3]


def test_call_without_a_reference_replays_before_it_runs(fresh):
    with fresh.session(replay=True) as session:
        queue = fresh.call("collections:deque", [1])
        kill(fresh)
        assert fresh.call("math:sqrt", 4) == 2
        assert [(each.type, each.count) for each in session.references()] == [("collections:deque", 1)]
        assert list(queue) == [1]


def test_worker_that_dies_in_the_replay_leaves_the_session_lost(fresh, tmp_path):
    file = tmp_path / "code"
    file.write_text("0")
    program = f"import os; n = open({str(file)!r}).read(); n == '0' or os._exit(int(n)); made = [1]"
    with fresh.session(replay=True):
        ordered = fresh.call("collections:UserDict")
        fresh.call("builtins:exec", program, {}, ordered)
        kill(fresh)
        file.write_text("4")
        with pytest.raises(WorkerLostError, match="status 4"):
            len(ordered)
        file.write_text("0")
        assert ordered["made"] == [1]


@pytest.mark.parametrize("version", ["3.8", "3.13"])
def test_replay_in_other_versions(version):
    averager = (
        "def average():\n    seen = []\n    while True:\n        seen.append((yield sum(seen)))\nmade = average()"
    )
    with sb.connect(python=interpreter(version), timeout=60) as client, client.session(replay=True, metadata={"a": 1}):
        names = client.call("collections:UserDict")
        client.call("builtins:exec", averager, {}, names)
        generator = names["made"]
        assert [next(generator), generator.send(2), generator.send(3)] == [0, 2, 5]
        kill(client)
        assert generator.send(4) == 9
        assert client.call("snakebridge_guest.worker:current_session").metadata["a"] == 1
