# How many workers a pool should have, between two numbers: by how long callers wait, and how many are used.
#
# Guarantees: one worker more at a time, and only when those that were asked for are ready; one less at a time, and only
# after a while in which it was not needed. Pure: it is told what there is, and the time.

from __future__ import annotations

__all__ = ["Scaling"]

PATIENCE = 0.1
"""Seconds a caller waits before another worker is worth its start."""
CALM = 30.0
"""Seconds in which a worker was not needed before it goes."""


class Scaling:
    """Between two numbers.

    Args:
        least: Workers there always are.
        most: Workers there may be.
    """

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = max(least, most)
        self._peak = 0
        self._since: float | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to decide."""
        return self.least == self.most

    def wanted(self, now: float, *, wanted: int, ready: int, used: int, waits: float) -> int:
        """Return how many there should be.

        Args:
            now: In seconds.
            wanted: How many there should have been until now.
            ready: How many can take calls.
            used: How many have a call, a session or a proxy.
            waits: Seconds for which somebody has been waiting; 0 when nobody is.
        """
        if self._since is None:
            self._since = now
        self._peak = max(self._peak, used)
        chosen = min(max(wanted, self.least), self.most)
        if waits >= PATIENCE and ready >= wanted:
            chosen = min(wanted + 1, self.most)
        elif waits == 0 and now - self._since >= CALM:
            if self._peak < wanted:
                chosen = max(wanted - 1, self.least)
            self._peak, self._since = used, now
        if chosen > wanted:
            self._peak, self._since = chosen, now
        return chosen
