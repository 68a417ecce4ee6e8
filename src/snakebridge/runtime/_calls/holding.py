# Who has a channel: a lock that is locked as long as the request goes on for which the channel was leased.
#
#   with hold:  lease ─▶ exchange ─▶ give back          Ctrl-C anywhere ─▶ the hold is unlocked, the channel is not
#                                                         given back ─▶ `Leases.mend` takes it, within a second
#
# Guarantees: however a request is left, its hold is unlocked at that moment. A signal's exception may come between
# any two statements, also in a `finally` before it has done anything; but a lock's own `__exit__` is not Python, and
# nothing comes between the end of its block and that. An object that ends with the request would not do: tracebacks
# keep frames, and with them what they hold.

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.runtime._calls.background import Job
    from snakebridge.runtime._calls.channel import Channel

    Hold = threading.Lock
    Taken = tuple[Channel, Hold, "Taken | None"]

__all__ = ["FOR_GOOD", "Held"]

FOR_GOOD = threading.Lock()
"""Of a caller that always gives back what it has: no signal's exception is raised on its thread."""
FOR_GOOD.acquire()


class Held(threading.local):
    """What this thread has."""

    job: Job | None = None
    """What this thread makes its call for, and may be stopped."""
    taken: Taken | None = None
    """The channel of its request, what tells whether that goes on, and the same of the request around it."""

    @property
    def channel(self) -> Channel | None:
        """Leased, also for nested calls."""
        while (taken := self.taken) is not None:
            if taken[1].locked():
                return taken[0]
            self.taken = taken[2]  # of a request that was interrupted before it could leave it
        return None
