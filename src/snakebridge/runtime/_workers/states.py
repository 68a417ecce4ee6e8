# Where a worker is in its life: every transition is one method here, and nothing else changes its state.
#
#             ready                       begin
#   STARTING ───────▶ READY ◀──────────────────────────────▶ BUSY
#      │                │       finish of the last lease        │
#      │ drain          │ drain, leave (nothing is leased)      │ drain
#      │                ▼                                       │
#      ╰───────────▶ DRAINING ◀─────────────────────────────────╯          any of the upper three
#                       │ end                                                   │ end: nobody asked for it
#                       ▼                                                       ▼
#                    STOPPED                                                  LOST
#
# One that is condemned takes no more leases, and stays where it is until its process has ended.
#
# Guarantees: a transition that is not drawn does not happen. Assumes: each method runs under the pool's lock, for a
# caller leases a worker while the supervisor sees it end: whichever comes first, the other must notice.

from __future__ import annotations

import enum

__all__ = ["Stages", "State"]


class State(enum.Enum):
    """Where a worker is in its life; see the drawing above."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    DRAINING = "draining"
    STOPPED = "stopped"
    LOST = "lost"


class Stages:
    """The state of one worker, and its transitions."""

    def __init__(self) -> None:
        self.state = State.STARTING
        self.leased = 0
        """How many of its channels callers have."""
        self.served = 0
        """Leases after which it could take another one: calls that it survived."""
        self.kill_reason: str | None = None
        """Why we end it, when we do."""

    @property
    def is_up(self) -> bool:
        """Whether it can take calls, or has as many as it can."""
        return self.kill_reason is None and (self.state is State.READY or self.state is State.BUSY)

    @property
    def gone(self) -> bool:
        """Whether its objects can no longer be reached."""
        return self.kill_reason is not None or self.state in {State.STOPPED, State.LOST, State.DRAINING}

    @property
    def is_stopping(self) -> bool:
        """Whether it ends, or has ended, because it was told to."""
        return self.state in {State.DRAINING, State.STOPPED}

    def ready(self) -> bool:
        """STARTING → READY: it reported; return whether it did so in time."""
        if self.kill_reason is not None or self.state is not State.STARTING:
            return False
        self.state = State.READY
        return True

    def begin(self) -> bool:
        """READY, BUSY → BUSY: a channel is leased; return whether the worker can take a call."""
        if not self.is_up:
            return False
        self.leased += 1
        self.state = State.BUSY
        return True

    def finish(self) -> bool:
        """BUSY → READY with the last lease that ends; return whether the worker can take another call."""
        self.leased -= 1
        if self.kill_reason is not None or self.state is not State.BUSY:
            return False
        self.served += 1
        if not self.leased:
            self.state = State.READY
        return True

    def recount(self, leased: int) -> None:
        """READY ⇄ BUSY as it must be: a caller was perhaps interrupted between a lease and its count."""
        self.leased = leased
        if self.state is State.READY or self.state is State.BUSY:
            self.state = State.BUSY if leased else State.READY

    def drained(self) -> bool:
        """STARTING, READY, BUSY → DRAINING: it is told to leave; return whether that is new."""
        if self.state not in {State.STARTING, State.READY, State.BUSY}:
            return False
        self.state = State.DRAINING
        return True

    def left(self, reason: str) -> bool:
        """READY → DRAINING, because another one takes its place; return whether no call ran, so that it could."""
        if self.leased or self.state is not State.READY:
            return False
        self.state = State.DRAINING
        self.kill_reason = reason
        return True

    def condemn(self, reason: str) -> bool:
        """Take no more leases: its process is about to be ended; return whether that is new."""
        if self.kill_reason is not None:
            return False
        self.kill_reason = reason
        return True

    def ended_as(self) -> State:
        """DRAINING → STOPPED, else → LOST: its process is gone; return where it was."""
        was = self.state
        if was is State.DRAINING:
            self.state = State.STOPPED
        elif was in {State.STARTING, State.READY, State.BUSY}:
            self.state = State.LOST
        return was
