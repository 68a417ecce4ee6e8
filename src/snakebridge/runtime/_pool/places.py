# When another worker may take the place of one that died. Each place has a budget of its own, so that one that goes
# wrong again and again costs the others nothing.
#
#   it had served a call, or lived long ─▶ at once, while the budget lasts; then at the rate at which it fills again
#   it had not                          ─▶ later and later, with jitter, so that places do not start together
#
# Guarantees: a place starts at most `_BURST` workers at once and then one each `_REFILL` seconds, whatever happens.
# Pure: it is told the time. Assumes: only the supervisor's thread is in here.

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Places"]

_BACK_OFF = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Seconds, by how many died in a row without having served."""
_BURST = 10.0
_REFILL = 1.0
_JITTER = 0.25
_LONG = 60.0
"""Seconds after which a worker is as good as one that served."""


class _Place:
    def __init__(self) -> None:
        self.holder: Worker | None = None
        self.since = 0.0
        self.due = 0.0
        self.failures = 0
        self.budget = _BURST
        self.counted = 0.0  # when the budget was last looked at


class Places:
    """The places of a pool's workers.

    Args:
        chance: Gives a number from 0 to 1.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._places: list[_Place] = []

    def due(self, wanted: int, staying: Collection[Worker]) -> float | None:
        """Return when a worker may be started so that as many stay as are wanted; `None`: each place is taken."""
        for place in self._places:
            if place.holder is not None and place.holder not in staying:
                place.holder, place.failures = None, 0  # it is to go in good health
        self._fit(wanted)
        return min((place.due for place in self._places if place.holder is None), default=None)

    def take(self, worker: Worker, now: float) -> None:
        """Give a worker the free place that was due first."""
        place = min((each for each in self._places if each.holder is None), key=lambda each: each.due)
        place.holder, place.since = worker, now

    def leave(self, worker: Worker) -> None:
        """Free the place of a worker that is to go in good health."""
        place = self._of(worker)
        if place is not None:
            place.holder, place.failures = None, 0

    def lost(self, worker: Worker, now: float) -> None:
        """Free the place of a worker that died."""
        place = self._of(worker)
        if place is None:
            return
        place.holder = None
        if worker.served or now - place.since >= _LONG:
            place.failures = 0
            place.due = self._spend(place, now)
        else:
            self._delay(place, now)

    def failed(self, now: float) -> None:
        """Note that no process could be started for the free place that was due first."""
        self._delay(min((each for each in self._places if each.holder is None), key=lambda each: each.due), now)

    def forgive(self) -> None:
        """Let every free place have a worker at once."""
        for place in self._places:
            place.failures, place.due, place.budget = 0, 0.0, _BURST

    def _of(self, worker: Worker) -> _Place | None:
        return next((place for place in self._places if place.holder is worker), None)

    def _fit(self, wanted: int) -> None:
        while len(self._places) < wanted:
            self._places.append(_Place())
        while len(self._places) > wanted:
            free = [place for place in self._places if place.holder is None]
            if not free:
                return
            self._places.remove(max(free, key=lambda each: each.due))

    def _delay(self, place: _Place, now: float) -> None:
        pause = _BACK_OFF[min(place.failures, len(_BACK_OFF) - 1)]
        place.failures += 1
        place.due = max(now + self._jittered(pause), self._spend(place, now))

    def _spend(self, place: _Place, now: float) -> float:
        place.budget = min(_BURST, place.budget + (now - place.counted) / _REFILL) - 1
        place.counted = now
        return now if place.budget >= 0 else now + self._jittered(-place.budget * _REFILL)

    def _jittered(self, pause: float) -> float:
        return pause * (1 + _JITTER * (2 * self._chance() - 1))
