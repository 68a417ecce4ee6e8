# Stopping a call that nobody waits for any longer: its deadline passed, its task or future was cancelled, or its caller
# was interrupted.
#
#   interrupt ──0.05 s──▶ interrupt ──0.3 s──▶ interrupt ──1 s──▶ over? ── yes ──▶ the channel can be had again
#                                                                  │ no
#                                          other calls in the worker? ── no ──▶ stacks, kill
#                                                                  │ yes
#                                                                  ▼
#                           condemned: no more calls, another worker is started ── they end, or 10 s ──▶ stacks, kill
#
# Guarantees: a channel is had again only after its call is over; an interrupt never reaches the call after it; the
# caller waits no longer than `GRACE` and what the stacks take. Assumes: the guest's main thread serves the first
# channel. No signal reaches the others' calls, so these have only the grace.

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout

if TYPE_CHECKING:
    from snakebridge.runtime._calls.channel import Channel

__all__ = ["GRACE", "Stopping"]

GRACE = 1.0
"""Seconds an interrupted call has to stop."""
_AGAIN = (0.05, 0.3)
"""Seconds until a call is interrupted again: the first time it may not have begun, and one that stops hears no more."""
_MERCY = 10.0
"""Seconds that the other calls of a worker have to end before it is killed."""


class Stopping:
    """How the calls of one channel are stopped.

    Args:
        channel: Whose calls.
        endpoint: Its conversation.
        interruptible: Whether a signal reaches them.
    """

    def __init__(self, channel: Channel, endpoint: Endpoint, *, interruptible: bool) -> None:
        self._channel = channel
        self._endpoint = endpoint
        self._interruptible = interruptible
        self.is_abandoned = False
        """Whether a call goes on here that did not stop; the channel is never had again."""
        self.is_spared = False
        """Whether the worker lives on for a while, for its other calls."""

    # --- by whoever made the call -----------------------------------------------------------------------------------

    def stop(self, reason: str, label: str) -> bytes | RemoteFailure | None:
        """Stop the running call and wait for its end; the worker is given up when it does not come.

        Args:
            reason: Why: the beginning of a sentence.
            label: What is called.

        Returns:
            What it answered after all: the body of its value, or its failure. `None`: nothing.
        """
        try:
            return self._settle()
        except RemoteFailure as failure:
            return failure
        except (LinkTimeout, LinkEnd):
            self._give_up(reason, label)
        except MalformedError:
            self._channel.worker.kill("it sent something that is no frame")
        except BaseException:  # its caller is interrupted again, and waits no longer
            self._channel.worker.kill(f"{reason}, and its caller did not wait for the end of {label}")
            raise
        return None

    def _settle(self) -> bytes:
        # An interrupt is lost when it comes before the call is marked as one that may be interrupted; a second one of a
        # call that got the first does nothing.
        begin = time.monotonic()
        for pause in _AGAIN:
            self._interrupt()
            with contextlib.suppress(LinkTimeout):
                return self._endpoint.settle(begin + pause)
        self._interrupt()
        return self._endpoint.settle(begin + GRACE)

    # --- from another thread ----------------------------------------------------------------------------------------

    def cancel(self, lease: int) -> None:
        """Stop the call of a lease, without waiting for its end; nothing if it is over.

        Args:
            lease: What `leases` was while the call ran.
        """
        later = self._channel.pool.later
        self._interrupt_if_still(lease)
        for pause in _AGAIN:
            later(pause, lambda: self._interrupt_if_still(lease))
        later(GRACE, lambda: self._give_up_if_still(lease))

    def _interrupt_if_still(self, lease: int) -> None:
        # Under the lock the channel does not change hands: the next call must not get what this one deserves.
        with self._channel.pool.lock:
            if self._channel.is_leased(lease):
                self._interrupt()

    def _give_up_if_still(self, lease: int) -> None:
        channel = self._channel
        with channel.pool.lock:
            if not channel.is_leased(lease):
                return
            reason = "its call was cancelled"
            # From here on it takes no call, so that none is killed that began since.
            alone = self._condemn(reason, channel.called[0])
        self._end(alone=alone)

    # --- those that do not stop -------------------------------------------------------------------------------------

    def _give_up(self, reason: str, label: str) -> None:
        with self._channel.pool.lock:
            alone = self._condemn(reason, label)
        self._end(alone=alone)

    def _condemn(self, reason: str, label: str) -> bool:
        # Under the lock; returns whether no other call runs in the worker.
        worker = self._channel.worker
        self.is_abandoned = True
        alone = not any(each.is_wanted for each in worker.channels)
        shared = "" if len(worker.channels) == 1 else f"{label} on one of its lanes: "
        within = f"within {GRACE:g} s" + (
            " of being interrupted" if self._interruptible else "; no signal reaches it there"
        )
        worker.condemn(f"{shared}{reason}, and the call did not stop {within}")
        return alone

    def abandon(self, reason: str) -> None:
        """Give the worker up although nobody waits for a call to stop (under the lock)."""
        self.is_abandoned = True
        alone = not any(each.is_wanted for each in self._channel.worker.channels)
        if self._channel.worker.condemn(reason):
            self._channel.pool.later(0, lambda: self._end(alone=alone))

    def note_end(self) -> None:
        """End a worker that only lived on for this call (under the lock)."""
        channels = self._channel.worker.channels
        if any(each.is_abandoned for each in channels) and not any(each.is_wanted for each in channels):
            self._channel.pool.later(0, self.finish_off)

    def _end(self, *, alone: bool) -> None:
        if alone:
            self.finish_off()
            return
        self.is_spared = True
        self._channel.pool.later(0, self._replace)
        self._channel.pool.later(_MERCY, self.finish_off)

    def _replace(self) -> None:
        # On the supervisor's thread, which starts another in the place of one that leaves.
        worker = self._channel.worker
        if worker.leaving is None:
            worker.leaving = "because a call did not stop"
        worker.pool.worker_left(worker)

    def finish_off(self) -> None:
        """Kill the worker with the call that did not stop; it says where its threads are first."""
        worker = self._channel.worker
        if not worker.ended.is_set():
            worker.process.show_stacks()
            worker.process.kill()

    def _interrupt(self) -> None:
        if self._interruptible:
            self._channel.worker.process.interrupt()
