# What the pool and the supervisor need of any link beyond sending and receiving. The lane is shared with the guest.

from __future__ import annotations

from typing import Protocol

from snakebridge_guest.wire.endpoint import Link

__all__ = ["HostLink"]


class HostLink(Link, Protocol):
    """A link that can be ended from another thread while a caller waits in it."""

    def finish(self) -> None:
        """End it in order: the worker sees the end and leaves."""

    def abandon(self) -> None:
        """Have nothing to do with it any more, in a forked copy of the host; the other side sees nothing of it."""

    def hang_up(self) -> None:
        """Wake whoever waits in the link with its end."""
