"""Functions one after the other: what they hand on stays in the worker when it can."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from types import SimpleNamespace

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError, ReferencesApartError

DEADLINE = 30


@pytest.fixture(scope="module")
def tools(client):
    names = ("collections", "functools", "itertools", "operator", "statistics", "time")
    return SimpleNamespace(**{name: client.module(name) for name in names})


def leases(client) -> int:
    return sum(channel.leases for worker in client.pool.workers for channel in worker.channels)


def test_result_is_that_of_the_nested_calls(tools):
    assert sb.pipeline(tools.operator.neg)(3) == -3
    assert sb.pipeline(tools.operator.mul, tools.operator.neg, tools.operator.abs)(2, 3) == 6
    assert sb.pipeline(tools.collections.Counter, tools.operator.pos)(a=2) == {"a": 2}


def test_neighbours_of_one_pool_are_one_call_and_what_they_hand_on_stays(tools, client):
    joined = sb.pipeline(tools.itertools.repeat, tools.collections.deque, tools.statistics.mean)
    assert joined(4, 3) == 4
    before, kept = leases(client), client.references()
    before = leases(client)
    assert joined(5, 2) == 5
    assert leases(client) - before == 1
    assert client.references() == kept


def test_partial_gives_further_arguments_before_and_by_name(tools):
    assert sb.pipeline(tools.operator.neg, partial(tools.operator.sub, 10))(3) == 13
    assert sb.pipeline(tools.operator.neg, partial(tools.itertools.repeat, times=2), tools.statistics.mean)(4) == -4


def test_functions_of_the_host_are_called_here(tools):
    seen = []

    def mine(value):
        seen.append(value)
        return value + 1

    joined = sb.pipeline(tools.operator.neg, mine, tools.operator.neg, tools.operator.neg, mine)
    assert joined(1) == 1
    assert seen == [-1, 0]
    assert sb.pipeline(mine, tools.operator.neg)(1) == -2


def test_error_of_any_function_is_raised(tools):
    for functions in ([tools.operator.neg, tools.statistics.mean], [tools.statistics.mean, tools.operator.neg]):
        with pytest.raises((TypeError, ValueError)) as caught:
            sb.pipeline(*functions)([])
        assert isinstance(caught.value, sb.RemoteError)
    assert tools.operator.neg(1) == -1


def test_references_tie_it_to_their_worker(target):
    with sb.connect(python=target, workers=2, timeout=60) as pair:
        counter, operator = pair.module("collections").Counter, pair.module("operator")
        meeting = threading.Barrier(2)

        def make(*_):
            meeting.wait(DEADLINE)
            return counter("ab")

        one, other = sb.map(pair.module("functools").reduce, [make] * 2, [[1, 2]] * 2)
        for each in (one, other):
            assert sb.pipeline(operator.truth, partial(operator.contains, each))(0) is False
        with pytest.raises(ReferencesApartError, match="make both in one session"):
            sb.pipeline(operator.neg, partial(operator.contains, one), partial(operator.contains, other))(1)
        with pytest.raises(ReferencesApartError, match="make both in one session"):
            sb.pipeline(operator.truth, partial(operator.contains, other))(one)
        held = len(pair.pool.exports)
        with pytest.raises(ReferencesApartError):
            sb.pipeline(partial(operator.is_, one), partial(operator.contains, other))(object())
        with pytest.raises(ReferencesApartError):
            one.update(other, object())
        assert len(pair.pool.exports) <= held  # nobody has what was not passed


def test_objects_of_the_host_may_be_further_arguments(tools):
    def call_back(left, right):
        return left + right

    assert sb.pipeline(tools.operator.neg, partial(tools.functools.reduce, call_back, [1, 2]))(-10) == 13


def test_session_is_replayed_with_its_pipelines(target):
    with sb.connect(python=target, timeout=60) as client, client.session(replay=True):
        operator, counter = client.module("operator"), client.module("collections").Counter
        weights = counter({"a": 2})
        total = sb.pipeline(counter, partial(operator.add, weights))("ab")
        assert total == {"a": 3, "b": 1}
        client.pool.workers[0].process.kill()
        client.pool.workers[0].ended.wait(DEADLINE)
        assert total["a"] == 3


def test_pipeline_goes_with_the_other_styles(tools):
    joined = sb.pipeline(tools.operator.neg, tools.operator.neg)
    mixed = sb.pipeline(tools.operator.neg, lambda value: value * 2, tools.operator.neg)

    async def main():
        return await asyncio.gather(sb.aio(joined)(1), sb.aio(mixed)(2), sb.aio(sb.pipeline(abs, mixed))(-3))

    assert asyncio.run(main()) == [1, 4, 6]
    assert sb.submit(joined, 5).result(DEADLINE) == 5
    assert sb.submit(mixed, 5).result(DEADLINE) == 10
    assert list(sb.map(mixed, [1, 2, 3])) == [2, 4, 6]
    assert sb.options(timeout=5)(mixed)(1) == 2


def test_deadline_counts_for_all_that_is_joined(tools):
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.3)(sb.pipeline(tools.operator.pos, tools.time.sleep))(20)
    assert tools.operator.neg(1) == -1


def test_empty_pipeline_is_refused():
    with pytest.raises(ConfigurationError, match="at least one function"):
        sb.pipeline()


def test_pipeline_shows_what_is_in_it(tools):
    assert repr(sb.pipeline(tools.operator.neg, len)) == "<pipeline of neg, len>"
