"""The circuit breaker: closed, open, half-open."""

from __future__ import annotations

import math

import pytest

from snakebridge.errors import ConfigurationError
from snakebridge.runtime import Guard
from snakebridge.runtime._pool.breaker import Breaker, BreakerState

CLOSED, OPEN, HALF_OPEN = BreakerState


def breaker(**guard: object) -> Breaker:
    return Breaker(Guard(**{"deaths": 2, "pause": 10.0, "longest_pause": 25.0, **guard}), chance=lambda: 0.0)


def opened() -> Breaker:
    made = breaker()
    assert [made.died(0.0), made.died(0.0)] == [False, True]
    return made


def test_deaths_in_a_row_open_it():
    made = opened()
    assert [made.state(now) for now in (0.0, 9.9, 10.0, 99.0)] == [OPEN, OPEN, HALF_OPEN, HALF_OPEN]


def test_call_between_deaths_keeps_it_closed():
    made = breaker()
    for _ in range(5):
        assert not made.died(0.0)
        assert made.is_worried
        assert not made.succeeded()
        assert not made.is_worried
    assert made.state(0.0) is CLOSED


def test_three_that_do_not_start_open_it():
    made = breaker(deaths=None)
    assert [made.did_not_start(0.0) for _ in range(3)] == [False, False, True]
    assert made.state(5.0) is OPEN


def test_call_that_ends_well_does_not_close_it_when_starts_are_in_doubt():
    made = breaker()
    for _ in range(3):
        made.did_not_start(0.0)
    assert not made.succeeded()
    assert made.state(10.0) is HALF_OPEN
    assert made.reset()
    assert made.state(0.0) is CLOSED


def test_ready_worker_closes_it_when_only_that_was_in_doubt():
    made = breaker()
    for _ in range(3):
        made.did_not_start(0.0)
    assert made.got_ready()
    assert made.state(0.0) is CLOSED


def test_ready_worker_does_not_close_it_when_calls_are_in_doubt():
    made = opened()
    assert not made.got_ready()
    assert made.state(10.0) is HALF_OPEN


def test_success_of_the_trial_closes_it():
    made = opened()
    assert made.succeeded()
    assert made.state(10.0) is CLOSED
    assert not made.died(10.0)


def test_failed_trial_opens_it_for_twice_as_long_up_to_a_limit():
    made, now, pauses = opened(), 0.0, []
    for _ in range(4):
        pauses.append(made.until - now)
        now = made.until
        assert made.died(now)
    assert pauses == [10.0, 20.0, 25.0, 25.0]


def test_death_of_a_call_that_ran_before_changes_nothing():
    made = opened()
    assert not made.died(5.0)
    assert made.state(10.0) is HALF_OPEN


def test_success_forgets_how_long_the_pause_was():
    made = opened()
    made.died(10.0)
    made.succeeded()
    made.died(100.0)
    made.died(100.0)
    assert made.until == 110.0


def test_it_never_opens_for_deaths_when_that_is_off():
    made = breaker(deaths=None)
    assert not any(made.died(0.0) for _ in range(100))


def test_pauses_are_shorter_by_chance():
    made = Breaker(Guard(deaths=1, pause=10.0), chance=lambda: 1.0)
    made.died(0.0)
    assert made.until == 9.0


@pytest.mark.parametrize(
    "wrong",
    [{"deaths": 0}, {"pause": 0}, {"pause": math.nan}, {"poison": -1}, {"stopped": 0}, {"longest_pause": 0.5}],
    ids=str,
)
def test_guard_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ConfigurationError, match=f"guard: {next(iter(wrong))}"):
        Guard(**wrong)
