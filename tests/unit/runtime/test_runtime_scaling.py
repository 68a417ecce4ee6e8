"""How many workers a pool should have."""

from __future__ import annotations

from snakebridge.runtime._pool.scaling import CALM, PATIENCE, Scaling


def test_somebody_who_waits_gets_one_worker_more_at_a_time():
    scaling = Scaling(1, 3)
    assert scaling.wanted(0, wanted=1, ready=1, used=1, waits=PATIENCE / 2) == 1
    assert scaling.wanted(1, wanted=1, ready=1, used=1, waits=PATIENCE) == 2
    assert scaling.wanted(2, wanted=2, ready=1, used=1, waits=1) == 2  # one is being started
    assert scaling.wanted(3, wanted=2, ready=2, used=2, waits=1) == 3
    assert scaling.wanted(4, wanted=3, ready=3, used=3, waits=9) == 3


def test_what_was_not_needed_for_a_while_goes():
    scaling = Scaling(1, 3)
    scaling.wanted(0, wanted=3, ready=3, used=3, waits=0)
    assert scaling.wanted(CALM, wanted=3, ready=3, used=1, waits=0) == 3  # three were used in that time
    assert scaling.wanted(2 * CALM - 1, wanted=3, ready=3, used=0, waits=0) == 3
    assert scaling.wanted(2 * CALM, wanted=3, ready=3, used=0, waits=0) == 2
    assert scaling.wanted(3 * CALM, wanted=2, ready=2, used=0, waits=0) == 1
    assert scaling.wanted(9 * CALM, wanted=1, ready=1, used=0, waits=0) == 1


def test_one_number_is_kept():
    scaling = Scaling(2, 2)
    assert scaling.is_fixed
    assert scaling.wanted(0, wanted=5, ready=5, used=5, waits=9) == 2
