"""How a session keeps to its worker, what it may have there, and every way in which it ends."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import snakebridge as sb
from snakebridge.errors import (
    ConfigurationError,
    PoolSaturatedError,
    ReferenceLimitError,
    SessionClosedError,
    SessionLostError,
    StaleReferenceError,
    WorkerLostError,
)


@pytest.fixture(scope="module")
def two(link, target):
    with sb.connect(python=target, workers=2, link=link, timeout=60) as connected:
        deadline = time.monotonic() + 30
        while len(connected.pool.workers) < 2:
            assert time.monotonic() < deadline
            connected.call("math:sqrt", 4)
        yield connected


def until(condition):
    """Wait for something that another thread does, for at most ten seconds."""
    deadline = time.monotonic() + 10
    event = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        event.wait(0.01)


class Busy:
    """Keeps the session's worker in a call until it is left."""

    def __init__(self, session, client):
        self._session, self._client = session, client
        self._started, self._release = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        def wait():
            self._started.set()
            assert self._release.wait(30)

        with self._session:
            self._client.call("functools:partial", wait)()

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(10)
        return self

    def release(self):
        self._release.set()

    def __exit__(self, *exception):
        self.release()
        self._thread.join()


# --- pinning ---------------------------------------------------------------------------------------------------------


def test_first_calls_of_many_threads_land_on_one_worker(two):
    for _ in range(10):
        session = two.session()
        barrier = threading.Barrier(6)

        def call(session=session, barrier=barrier):
            with session:
                barrier.wait(20)
                return two.call("os:getpid")

        with session, ThreadPoolExecutor(6) as threads:
            pids = {each.result() for each in [threads.submit(call) for _ in range(6)]}
        assert len(pids) == 1


def test_first_calls_of_many_tasks_land_on_one_worker(two):
    async def main():
        async with two.session():
            call = sb.aio(two.call)
            return await asyncio.gather(*(call("os:getpid") for _ in range(12)))

    assert len(set(asyncio.run(main()))) == 1


def test_queue_waits_for_the_sessions_worker(two):
    with two.session() as session:
        pid = two.call("os:getpid")
        with Busy(session, two) as busy, ThreadPoolExecutor(1) as threads:

            def call():
                with session:
                    return two.call("os:getpid")

            waiting = threads.submit(call)
            assert not waiting.done()
            busy.release()
            assert waiting.result() == pid


def test_fail_fast_refuses_at_once_while_the_worker_is_busy(two):
    with two.session(pinning="fail_fast") as session:
        pid = two.call("os:getpid")
        kept = two.call("collections:OrderedDict")
        with Busy(session, two):
            with pytest.raises(PoolSaturatedError, match="fail_fast"):
                two.call("os:getpid")
            with pytest.raises(PoolSaturatedError, match="fail_fast"):
                len(kept)
        assert two.call("os:getpid") == pid


def test_hint_goes_elsewhere_while_the_worker_is_busy(two):
    with two.session(pinning="hint") as session:
        pid = two.call("os:getpid")
        assert two.call("os:getpid") == pid
        kept = two.call("collections:OrderedDict", a=1)
        with Busy(session, two) as busy:
            assert two.call("os:getpid") != pid
            elsewhere = two.call("collections:OrderedDict", b=1)
            busy.release()
        assert kept["a"] == elsewhere["b"] == 1
    for gone in (kept, elsewhere):
        with pytest.raises(StaleReferenceError, match="has ended"):
            len(gone)


def test_reference_of_another_worker_is_used_where_it_lives(two):
    first = two.session()
    with first:
        pid = two.call("os:getpid")
        theirs = two.call("collections:Counter", "aab")
        with Busy(first, two), two.session():
            assert two.call("os:getpid") != pid
        with two.session() as second:
            with Busy(first, two) as busy:
                assert two.call("os:getpid") != pid
                busy.release()
            copied = theirs.copy()
            assert [each.count for each in second.references()] == []
    with pytest.raises(StaleReferenceError, match="which has ended"):
        len(theirs)
    assert copied["a"] == 2  # made on the other worker, so it was outside both sessions


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"pinning": "loose"}, "pinning must be one of"),
        ({"ttl": 0}, "ttl must be"),
        ({"max_references": 0}, "max_references must be"),
        ({"rebuild": print, "replay": True}, "rebuild= or replay="),
        ({"pinning": "hint", "replay": True}, "hint"),
    ],
    ids=["pinning", "ttl", "limit", "two ways", "hint"],
)
def test_session_refuses_arguments_that_do_not_go_together(client, options, why):
    with pytest.raises(ConfigurationError, match=why):
        client.session(**options)


# --- what it may have ------------------------------------------------------------------------------------------------


def test_limit_refuses_and_evicts_nothing(client):
    with client.session(max_references=3) as session:
        kept = [client.call("collections:OrderedDict", a=number) for number in range(2)]
        kept.append(client.call("collections:Counter"))
        with pytest.raises(ReferenceLimitError, match=r"3 references already \(2 x collections:OrderedDict"):
            client.call("collections:deque")
        assert [each["a"] for each in kept[:2]] == [0, 1]
        assert [(each.type, each.count) for each in session.references()] == [
            ("collections:OrderedDict", 2),
            ("collections:Counter", 1),
        ]
        kept.pop()
        gc.collect()
        assert len(client.call("collections:deque")) == 0
        with client.session():
            assert len([client.call("collections:deque") for _ in range(5)]) == 5


def test_census_of_an_ended_session_is_refused(client):
    with client.session() as session:
        assert session.references() == []
    with pytest.raises(SessionClosedError, match="has ended"):
        session.references()


def test_sessions_on_one_worker_share_no_objects(client):
    module = client.module("collections")
    with client.session() as outer:
        kept = module.OrderedDict(a=1)
        with client.session() as inner:
            mine = module.OrderedDict(b=1)
            assert [each.count for each in inner.references()] == [1]
            assert [each.count for each in outer.references()] == [1]
        with pytest.raises(StaleReferenceError, match="has ended"):
            len(mine)
        assert kept["a"] == 1


# --- how it ends -----------------------------------------------------------------------------------------------------


def references(client):
    client.call("math:sqrt", 4)  # tells the worker what is over
    return client.health()[0]["references"]


def test_session_expires_when_it_is_not_used(client):
    before = references(client)
    with client.session(ttl=0.2) as session:
        kept = client.call("collections:OrderedDict")
        until(lambda: session.ended)
        with pytest.raises(SessionClosedError, match=r"has expired: it was not used for 0\.2 s"):
            client.call("math:sqrt", 4)
        with pytest.raises(StaleReferenceError, match="has expired"):
            len(kept)
    until(lambda: references(client) == before)


def test_running_call_keeps_the_session_alive(client):
    with client.session(ttl=0.2):
        kept = client.call("collections:OrderedDict", a=1)
        client.call("time:sleep", 0.6)
        assert kept["a"] == 1


def test_dropped_session_frees_its_objects(client):
    before = references(client)
    context = contextvars.Context()

    def enter():
        client.session().__enter__()
        return client.call("collections:OrderedDict")

    kept = context.run(enter)
    assert len(kept) == 0
    del context
    gc.collect()
    with pytest.raises(StaleReferenceError, match="was dropped without being closed"):
        len(kept)
    assert references(client) == before


def test_thread_that_ends_without_leaving_ends_its_session(client):
    before = references(client)
    session = client.session()
    kept = []

    def work():
        session.__enter__()
        kept.append(client.call("collections:OrderedDict"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    until(lambda: session.ended)
    with pytest.raises(StaleReferenceError, match="ended with the thread"):
        len(kept[0])
    assert references(client) == before


def test_task_that_ends_without_leaving_ends_its_session(client):
    before = references(client)

    async def work(session):
        await session.__aenter__()
        return await sb.aio(client.call)("collections:OrderedDict")

    async def main():
        session = client.session()
        kept = await asyncio.create_task(work(session))
        await asyncio.sleep(0)
        with pytest.raises(StaleReferenceError, match="ended with the task"):
            await sb.aio(len)(kept)
        return session.ended

    assert asyncio.run(main())
    assert references(client) == before


def test_session_lasts_until_the_last_thread_leaves(client):
    session = client.session()
    with session:
        kept = client.call("collections:OrderedDict", a=1)

        def work():
            with session:
                return kept["a"]

        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(work).result() == 1
        assert kept["a"] == 1
    assert session.ended


# --- metadata and state of adapters ----------------------------------------------------------------------------------

SESSION = "snakebridge_guest.worker:current_session"


def test_adapters_see_metadata_and_keep_state(client):
    with client.session(metadata={"user": "ada", "depth": (1, 2)}) as session:
        there = client.call(SESSION)
        assert there.number == session.number
        assert there.metadata["user"] == "ada"
        assert there.metadata["depth"] == (1, 2)
        with client.session(metadata={"user": "eve"}):
            assert client.call(SESSION).metadata["user"] == "eve"
        with client.session():
            assert len(client.call(SESSION).metadata) == 0
        assert client.call(SESSION) is there
    assert client.call(SESSION) is None


CURRENT = "__import__('snakebridge_guest.adapter', fromlist=['current']).current().session"


def test_state_of_adapters_lives_as_long_as_the_session(client, tmp_path):
    mark = tmp_path / "freed"
    with client.session():
        client.call("builtins:eval", f"{CURRENT}.state.update(n=1)", {})
        with client.session():
            assert client.call("builtins:eval", f"{CURRENT}.state", {}) == {}
        ends = f"type('Ends', (), {{'__del__': lambda self: open({str(mark)!r}, 'w').close()}})()"
        client.call("builtins:eval", f"{CURRENT}.state.update(ends={ends})", {})
        assert client.call("builtins:eval", f"{CURRENT}.state['n']", {}) == 1
        assert not mark.exists()
    assert mark.exists()
    assert client.call("builtins:eval", CURRENT, {}) is None


def test_metadata_that_are_no_values_are_refused(client):
    with pytest.raises(TypeError, match="metadata of a session must be values"):
        client.session(metadata={"call": print})


# --- after a death ---------------------------------------------------------------------------------------------------


def kill(client):
    with pytest.raises(WorkerLostError):
        client.call("os:_exit", 3)


def test_rebuild_runs_before_the_next_call_on_a_new_worker(fresh):
    made = []

    def build(session):
        assert session is current
        made.append(fresh.call("collections:OrderedDict", n=len(made)))

    with fresh.session(rebuild=build) as current:
        build(current)
        pid = fresh.call("os:getpid")
        kill(fresh)
        assert fresh.call("os:getpid") != pid
        assert [len(made), made[1]["n"]] == [2, 1]
        with pytest.raises(StaleReferenceError, match="exited with status 3"):
            len(made[0])


def test_threads_wait_while_one_of_them_rebuilds(fresh):
    built = []

    def build(session):
        built.extend(fresh.call("os:getpid") for _ in range(5))

    with fresh.session(rebuild=build) as session:
        fresh.call("os:getpid")
        kill(fresh)

        def work():
            with session:
                return fresh.call("os:getpid"), len(built)

        with ThreadPoolExecutor(4) as threads:
            results = [each.result() for each in [threads.submit(work) for _ in range(4)]]
    assert len(built) == 5
    assert {length for _, length in results} == {5}


def test_session_stays_lost_when_its_rebuild_fails(fresh):
    tries = []

    def build(session):
        fresh.call("collections:OrderedDict")
        tries.append(1)
        raise ValueError("not yet")

    with fresh.session(rebuild=build):
        fresh.call("os:getpid")
        kill(fresh)
        for _ in range(2):
            with pytest.raises(ValueError, match="not yet"):
                fresh.call("os:getpid")
        assert len(tries) == 2
    until(lambda: references(fresh) == 0)


def test_awaited_call_is_rebuilt_for_as_well(fresh):
    made = []

    async def main():
        async with fresh.session(rebuild=lambda session: made.append(fresh.call("collections:OrderedDict"))):
            call = sb.aio(fresh.call)
            await call("os:getpid")
            with pytest.raises(WorkerLostError):
                await call("os:_exit", 3)
            assert await call("math:sqrt", 4) == 2
            assert len(made[0]) == 0

    asyncio.run(main())


def test_call_that_waited_for_a_dying_worker_says_the_session_is_lost(fresh):
    with fresh.session() as session:
        fresh.call("os:getpid")
        inside, go = threading.Event(), threading.Event()

        def leave():
            inside.set()
            assert go.wait(20)

        def die():
            with session:
                fresh.call("functools:partial", leave)()
                fresh.call("os:_exit", 3)

        def wait():
            with session:
                fresh.call("time:sleep", 0)

        with ThreadPoolExecutor(2) as threads:
            dying = threads.submit(die)
            assert inside.wait(20)
            waiting = threads.submit(wait)
            go.set()
            assert isinstance(dying.exception(), WorkerLostError)
            assert waiting.exception() is None or isinstance(waiting.exception(), SessionLostError)
