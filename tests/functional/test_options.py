"""How a call is made, apart from what is called: whose workers, which session, again after a death."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError, SessionLostError

DEADLINE = 30


def dying(client, times: int):
    """Return the arguments of a call whose worker dies so often before it returns a number."""
    told = []

    def die(*_):
        told.append(client.call("os:getpid"))
        if len(told) <= times:
            os.kill(told[-1], signal.SIGKILL)
        return len(told)

    return (client.module("functools").reduce, die, [1, 2]), told


def as_task(function, *args):
    async def main():
        return await sb.aio(function)(*args)

    return asyncio.run(main())


MADE = {
    "called": lambda function, *args: function(*args),
    "awaited": as_task,
    "submitted": lambda function, *args: sb.submit(function, *args).result(DEADLINE),
    "mapped": lambda function, *args: next(sb.map(function, *[[each] for each in args])),
}


@pytest.mark.parametrize("made", MADE)
def test_idempotent_call_is_made_again_when_its_worker_dies(fresh, made):
    (function, *args), told = dying(fresh, 2)
    assert MADE[made](sb.options(idempotent=True)(function), *args) == 3
    assert len(set(told)) == 3


@pytest.mark.parametrize("made", MADE)
def test_other_calls_are_made_once(fresh, made):
    (function, *args), told = dying(fresh, 2)
    with pytest.raises(sb.WorkerLostError):
        MADE[made](function, *args)
    assert len(told) == 1


def test_idempotent_call_is_given_up_in_the_end(fresh):
    (function, *args), told = dying(fresh, 9)
    with pytest.raises(sb.WorkerLostError):
        sb.options(idempotent=True)(function)(*args)
    assert len(told) == 4


def test_idempotent_call_in_a_session_is_lost_with_it(fresh):
    (function, *args), told = dying(fresh, 1)
    with fresh.session():
        fresh.call("operator:neg", 1)
        with pytest.raises(SessionLostError):
            sb.options(idempotent=True)(function)(*args)
    assert len(told) == 1


def test_idempotent_coroutine_is_made_again(fresh):
    (function, *args), told = dying(fresh, 1)

    @sb.options(idempotent=True)
    async def call():
        return await sb.aio(function)(*args)

    assert asyncio.run(call()) == 2
    assert len(told) == 2


def test_call_is_in_the_session_that_is_named(client):
    counter = client.module("collections").Counter
    with client.session() as session:
        pass
    with pytest.raises(sb.SnakebridgeError, match="has ended"):
        sb.options(session=session)(counter)("a")
    session = client.session()
    made = sb.options(session=session)(counter)("ab")
    assert [each.count for each in session.references()] == [1]
    assert made["a"] == 1
    session.close()
    with pytest.raises(sb.StaleReferenceError):
        made["a"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_timeout_that_is_none_is_refused(timeout):
    with pytest.raises(ConfigurationError, match="timeout must be more than 0"):
        sb.options(timeout=timeout)


def test_session_of_another_client_is_refused(client, target):
    with sb.connect(python=target) as other, pytest.raises(ConfigurationError, match="leave pool= out"):
        sb.options(session=client.session(), pool=other)
