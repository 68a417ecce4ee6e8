# The circuit breaker of a pool: whether calls are worth a try at all.
#
#            workers die in a row, or none gets ready
#   CLOSED ───────────────────────────────────────────▶ OPEN ◀──────────────╮
#     ▲                                                  │ its pause is over │ the same again; the pause doubles
#     │ a call ended well, or a worker got ready         ▼                   │
#     ╰────────────────────────────────────────────── HALF_OPEN ─────────────╯
#
# Guarantees: one call that its worker survives closes it, unless starting is what fails; then a worker that gets ready
# does. Pure: it is told the time. Assumes: every method runs under the pool's lock.

from __future__ import annotations

import enum
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Breaker", "BreakerState", "Guard"]

_UNREADY = 3
_JITTER = 0.1
_MOST_DOUBLINGS = 30


class BreakerState(enum.Enum):
    """Whether a pool takes calls."""

    CLOSED = "closed"
    """Calls are taken."""
    OPEN = "open"
    """Calls are refused at once, and no worker is started."""
    HALF_OPEN = "half-open"
    """One call is taken as a trial."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """What a pool does about workers that die again and again, or stand still.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    deaths: int | None = 10
    """After so many workers in a row died in a call, and no call ended well in between, the pool takes no calls for a
    while; also after three in a row did not start. `None`: it goes on after any number of deaths."""
    pause: float = 1.0
    """Seconds for which it takes no calls; doubled each time that the trial call after them fails."""
    longest_pause: float = 60.0
    poison: int | None = 3
    """After so many workers in a row crashed in the same call with the same arguments, that call is refused. `None`:
    none ever is."""
    stopped: float | None = 2.0
    """Seconds that a worker may be stopped (SIGSTOP) before it is replaced; `None`: as long as deadlines allow."""

    def __post_init__(self) -> None:
        for name in ("deaths", "pause", "longest_pause", "poison", "stopped"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigurationError(f"guard: {name} must be more than 0, not {value}")
        if self.longest_pause < self.pause:
            raise ConfigurationError(
                f"guard: longest_pause ({self.longest_pause:g}) must not be less than pause ({self.pause:g})"
            )


class Breaker:
    """Opens when workers die in a row.

    Args:
        guard: When, and for how long.
        chance: Gives a number from 0 to 1.
    """

    def __init__(self, guard: Guard, chance: Callable[[], float] = random.random) -> None:
        self._guard = guard
        self._chance = chance
        self._openings = 0  # in a row
        self.deaths = 0
        """Workers that died in a call since the last one that ended well."""
        self.unready = 0
        """Workers that died before they were ready, since the last one that got so."""
        self.until: float | None = None
        """When the pause is, or was, over; `None`: it is closed."""

    def state(self, now: float) -> BreakerState:
        """Return whether calls are taken."""
        if self.until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self.until else BreakerState.HALF_OPEN

    @property
    def doubts_starts(self) -> bool:
        """Whether it opened because no worker got ready."""
        return self.unready >= _UNREADY

    @property
    def is_worried(self) -> bool:
        """Whether a call that ends well would change anything."""
        return self.deaths > 0 or self.until is not None

    def died(self, now: float) -> bool:
        """Note that a worker died in a call; return whether that opens it."""
        self.deaths += 1
        return self._guard.deaths is not None and self.deaths >= self._guard.deaths and self._open(now)

    def did_not_start(self, now: float) -> bool:
        """Note that a worker did not get ready; return whether that opens it."""
        self.unready += 1
        return self.doubts_starts and self._open(now)

    def got_ready(self) -> bool:
        """Note that a worker got ready; return whether that closes it, because only that was in doubt."""
        self.unready = 0
        return (self._guard.deaths is None or self.deaths < self._guard.deaths) and self._close()

    def succeeded(self) -> bool:
        """Note a call that its worker survived; return whether that closes it."""
        self.deaths = 0
        return not self.doubts_starts and self._close()

    def reset(self) -> bool:
        """Forget what was; return whether that closes it."""
        self.deaths = self.unready = 0
        return self._close()

    def _open(self, now: float) -> bool:
        if self.state(now) is BreakerState.OPEN:
            return False  # of calls that were running
        pause = self._guard.pause * 2 ** min(self._openings, _MOST_DOUBLINGS)
        self._openings += 1
        self.until = now + min(pause, self._guard.longest_pause) * (1 - _JITTER * self._chance())
        return True

    def _close(self) -> bool:
        was_open, self.until, self._openings = self.until is not None, None, 0
        return was_open
