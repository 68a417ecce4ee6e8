# The lane's host end is the shared one; this names what the pool needs of any link beyond sending and receiving.

from __future__ import annotations

from typing import Protocol

from snakebridge_guest.wire.endpoint import Link
from snakebridge_guest.wire.lane import Lane

__all__ = ["HostLane", "HostLink"]


class HostLink(Link, Protocol):
    """A link that the supervisor can end under a waiting caller."""

    def hang_up(self) -> None:
        """Wake whoever waits in the link with its end; safe from any thread."""


HostLane = Lane
