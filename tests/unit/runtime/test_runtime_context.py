"""What is in force: nested blocks, threads and tasks each have their own."""

from __future__ import annotations

import asyncio
import threading

import pytest

import snakebridge as sb
from snakebridge.client import Client
from snakebridge.errors import SessionClosedError
from snakebridge.runtime import Context, Session, current


class Named:
    """Stands where a pool stands; nothing here calls it."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def one():
    return Client(Named("one"))


@pytest.fixture
def two():
    return Client(Named("two"))


def in_force(*_arguments: object) -> Context:
    return current()


def test_blocks_nest_and_restore(one, two):
    before = current()
    with sb.use(one):
        with sb.use(two), one.session() as session:
            assert (current().pool, current().session) == (one.pool, session)
            assert sb.options(timeout=2)(in_force)() == Context(pool=one.pool, session=session, timeout=2)
            assert current().timeout is None
        assert current() == Context(pool=one.pool)
        with sb.session() as session:
            assert (current().pool, current().session) == (one.pool, session)
    assert current() == before == Context()


def test_exception_restores_too(one):
    session = one.session()
    with pytest.raises(ZeroDivisionError), sb.use(one), session:
        sb.options(timeout=1)(lambda: 1 / 0)()
    assert current() == Context()
    assert session.ended


def test_innermost_options_win(one):
    inner = sb.options(timeout=1)(in_force)
    assert sb.options(timeout=5)(inner)().timeout == 1
    assert sb.options(timeout=5)(lambda: (inner(), current()))()[1].timeout == 5


def test_options_keep_the_name_and_pass_everything_on():
    def call(first: int, /, *rest: int, key: int) -> tuple[object, ...]:
        """Docs."""
        return first, rest, key, current().timeout

    changed = sb.options(timeout=3)(call)
    assert (changed.__name__, changed.__doc__) == ("call", "Docs.")
    assert changed(1, 2, key=4) == (1, (2,), 4, 3)


def test_options_hold_while_a_coroutine_function_is_awaited():
    """Its call is made when it is awaited, long after the function returned its coroutine."""

    async def call() -> Context:
        await asyncio.sleep(0)
        return await asyncio.to_thread(current)

    async def main() -> None:
        changed = sb.options(timeout=3)(call)
        assert asyncio.iscoroutinefunction(changed)
        waiting = changed()
        assert (await call()).timeout is None
        assert (await waiting).timeout == 3
        assert current().timeout is None

    asyncio.run(main())


def test_thread_starts_with_nothing_in_force(one):
    found: list[Context] = []
    with sb.use(one), one.session():
        thread = threading.Thread(target=lambda: found.append(current()))
        thread.start()
        thread.join(20)
    assert found == [Context()]


def test_task_inherits_and_keeps_its_changes_to_itself(one, two):
    async def inner(reached: asyncio.Event, go: asyncio.Event) -> Context:
        assert current().pool is one.pool
        with sb.use(two):
            reached.set()
            await go.wait()
            return current()

    async def main() -> None:
        reached, go = asyncio.Event(), asyncio.Event()
        with sb.use(one):
            task = asyncio.create_task(inner(reached, go))
            await reached.wait()
            assert current().pool is one.pool
            go.set()
            assert (await task).pool is two.pool
            assert current().pool is one.pool

    asyncio.run(main())


# --- sessions --------------------------------------------------------------------------------------------------------


def test_session_ends_with_its_outermost_block(one):
    session = one.session()
    with session:
        with session:
            assert current().session is session
        assert not session.ended
        assert current().session is session
    assert session.ended
    with pytest.raises(SessionClosedError, match="open a new one"), session:
        pass
    session.close()


def test_sessions_nest_and_each_ends_with_its_own_block(one):
    with one.session() as outer:
        with one.session() as inner:
            assert current().session is inner
        assert inner.ended
        assert not outer.ended
        assert current().session is outer


def test_threads_enter_one_session_and_leave_in_any_order(one):
    session = one.session()
    entered, failed, found = threading.Barrier(3, timeout=20), [], []
    first_left = threading.Event()

    def work(*, first: bool) -> None:
        try:
            with session:
                entered.wait()
                if not first:
                    assert first_left.wait(20)
                found.append((current().session is session, session.ended))
            assert current() == Context()
        except BaseException as error:  # noqa: BLE001 - the test looks at whatever it is
            failed.append(error)
        finally:
            if first:
                first_left.set()

    threads = [threading.Thread(target=work, kwargs={"first": first}) for first in (True, False)]
    for thread in threads:
        thread.start()
    entered.wait()
    for thread in threads:
        thread.join(20)
    assert failed == []
    assert found == [(True, False)] * 2
    assert session.ended


def test_tasks_enter_one_session_and_leave_in_any_order(one):
    async def first(session: Session, second_is_in: asyncio.Event) -> None:
        with session:
            await second_is_in.wait()
        assert current() == Context()

    async def second(session: Session, is_in: asyncio.Event, task: asyncio.Task[None]) -> None:
        with session:
            is_in.set()
            await task  # the one that entered first leaves first
            assert current().session is session
            assert not session.ended
        assert current() == Context()

    async def main() -> None:
        session, is_in = one.session(), asyncio.Event()
        task = asyncio.create_task(first(session, is_in))
        await asyncio.sleep(0)  # it enters
        await second(session, is_in, task)
        assert session.ended

    asyncio.run(main())


def test_sessions_have_different_numbers(one):
    assert len({one.session().number for _ in range(5)}) == 5
    assert 0 not in {one.session().number for _ in range(5)}  # 0 is: outside a session
