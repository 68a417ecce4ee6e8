"""The life of a worker: what each transition does in each state, and nothing else."""

from __future__ import annotations

import pytest

from snakebridge.runtime._workers.states import Stages, State

STARTING, READY, BUSY, DRAINING, STOPPED, LOST = State


def worker(state: State, leased: int = 0) -> Stages:
    """Return one that came to a state by its transitions."""
    made = Stages()
    steps = {
        STARTING: [],
        READY: [made.ready],
        BUSY: [made.ready, *[made.begin] * max(leased, 1)],
        DRAINING: [made.ready, *[made.begin] * leased, made.drained],
        STOPPED: [made.ready, *[made.begin] * leased, made.drained, made.ended_as],
        LOST: [made.ready, *[made.begin] * leased, made.ended_as],
    }
    for step in steps[state]:
        step()
    assert made.state is state
    return made


TRANSITIONS = {
    "ready": (lambda one: one.ready(), {STARTING: READY}),
    "begin": (lambda one: one.begin(), {READY: BUSY, BUSY: BUSY}),
    "drained": (lambda one: one.drained(), {STARTING: DRAINING, READY: DRAINING, BUSY: DRAINING}),
    "left": (lambda one: one.left("it was recycled"), {READY: DRAINING}),
    "ended_as": (lambda one: one.ended_as(), {STARTING: LOST, READY: LOST, BUSY: LOST, DRAINING: STOPPED}),
}


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_transition_happens_only_where_it_is_drawn(name, state):
    step, drawn = TRANSITIONS[name]
    one = worker(state)
    happened = step(one)
    assert one.state is drawn.get(state, state)
    if name != "ended_as":
        assert happened is (state in drawn)


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_end_tells_where_it_was(state):
    assert worker(state).ended_as() is state


def test_last_lease_that_ends_makes_it_ready():
    one = worker(BUSY, leased=2)
    assert one.finish()
    assert (one.state, one.leased, one.served) == (BUSY, 1, 1)
    assert one.finish()
    assert (one.state, one.leased, one.served) == (READY, 0, 2)


@pytest.mark.parametrize("state", [DRAINING, STOPPED, LOST], ids=lambda state: state.value)
def test_lease_that_ends_too_late_changes_nothing_but_the_count(state):
    one = worker(state, leased=1)
    assert not one.finish()
    assert (one.state, one.leased, one.served) == (state, 0, 0)


def test_condemned_one_takes_no_lease_and_stays_until_it_ends():
    one = worker(BUSY)
    assert one.condemn("it hung")
    assert not one.condemn("something else")
    assert one.kill_reason == "it hung"
    assert not one.begin()
    assert not one.finish()
    assert (one.state, one.is_up, one.gone) == (BUSY, False, True)
    assert one.ended_as() is BUSY
    assert one.state is LOST


def test_condemned_one_does_not_get_ready():
    one = worker(STARTING)
    one.condemn("it was too slow")
    assert not one.ready()
    assert one.state is STARTING


def test_busy_one_does_not_leave():
    one = worker(BUSY)
    assert not one.left("it was recycled")
    assert (one.state, one.kill_reason) == (BUSY, None)


WHERE = {
    STARTING: (False, False, False),
    READY: (True, False, False),
    BUSY: (True, False, False),
    DRAINING: (False, True, True),
    STOPPED: (False, True, True),
    LOST: (False, True, False),
}


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_what_others_ask_follows_from_the_state(state):
    one = worker(state)
    assert (one.is_up, one.gone, one.is_stopping) == WHERE[state]
