"""When another worker may take the place of one that died."""

from __future__ import annotations

import pytest

from snakebridge.runtime._pool.places import Places
from snakebridge.runtime._workers.states import Stages


def served(calls: int = 1) -> Stages:
    worker = Stages()
    worker.served = calls
    return worker


class Clock:
    """A pool of one place, in which workers die."""

    def __init__(self, wanted: int = 1) -> None:
        self.now = 0.0
        self.places = Places(chance=lambda: 0.5)
        self.wanted = wanted

    def pauses(self, calls: int, times: int, *, lives: float = 0.0) -> list[float]:
        found = []
        for _ in range(times):
            worker = served(calls)
            due = self.places.due(self.wanted, [])
            self.now = max(self.now, due)
            self.places.take(worker, self.now)
            self.now += lives
            self.places.lost(worker, self.now)
            found.append(round(self.places.due(self.wanted, []) - self.now, 3))
        return found


def test_one_that_served_is_replaced_at_once_until_the_budget_is_spent():
    assert Clock().pauses(1, 13) == [0.0] * 10 + [1.0] * 3


def test_budget_fills_again():
    assert Clock().pauses(1, 40, lives=1.0) == [0.0] * 40


def test_one_that_never_served_is_replaced_later_and_later():
    assert Clock().pauses(0, 7) == [0.0, 0.1, 0.5, 2.0, 5.0, 5.0, 5.0]


def test_one_that_lived_long_counts_as_one_that_served():
    assert Clock().pauses(0, 4, lives=60.0) == [0.0] * 4


def test_one_that_served_ends_the_row():
    clock = Clock()
    assert clock.pauses(0, 3) == [0.0, 0.1, 0.5]
    assert clock.pauses(1, 1) == [0.0]
    assert clock.pauses(0, 2) == [0.0, 0.1]


def test_place_that_goes_wrong_costs_the_others_nothing():
    clock = Clock(wanted=2)
    sound = served()
    clock.places.due(2, [])
    clock.places.take(sound, 0.0)
    for _ in range(5):
        clock.now = clock.places.due(2, [sound])
        unsound = served(0)
        clock.places.take(unsound, clock.now)
        clock.places.lost(unsound, clock.now)
    clock.places.lost(sound, clock.now)
    assert clock.places.due(2, []) == clock.now
    clock.places.take(served(), clock.now)
    assert clock.places.due(2, [sound]) is not None


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_pauses_differ_by_chance(chance):
    places = Places(chance=lambda: chance)
    for _ in range(4):
        worker = served(0)
        places.due(1, [])
        places.take(worker, 100.0)
        places.lost(worker, 100.0)
    assert places.due(1, []) == 100.0 + 2.0 * (0.75 + 0.5 * chance)


def test_place_of_one_that_leaves_in_good_health_is_free_at_once():
    places = Places()
    leaving = served()
    places.due(1, [])
    places.take(leaving, 0.0)
    assert places.due(1, [leaving]) is None
    assert places.due(1, []) == 0.0
    places.lost(leaving, 0.0)  # it has no place any more
    assert places.due(1, []) == 0.0


def test_process_that_cannot_be_started_counts_like_one_that_died():
    places = Places(chance=lambda: 0.5)
    found = []
    for _ in range(3):
        places.due(1, [])
        places.failed(0.0)
        found.append(places.due(1, []))
    assert found == [0.0, 0.1, 0.5]
    places.forgive()
    assert places.due(1, []) == 0.0


def test_smaller_pool_gives_up_the_place_that_would_wait_longest():
    places = Places(chance=lambda: 0.5)
    places.due(2, [])
    for _ in range(4):
        places.failed(0.0)
        places.failed(0.0)
    assert places.due(1, []) > 0.0
    assert places.due(0, []) is None
