# The host's end of a worker's aside: what threads of the library ask, each conversation served on a thread of its own,
# with the context of the call that the library's thread works for. When no call runs, it is served all the same.
#
# Guarantees: the thread that reads the link never waits for anything else, and ends with the link.

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING

from snakebridge.runtime._calls.channel import Channel
from snakebridge.runtime._calls.holding import FOR_GOOD
from snakebridge_guest.wire.aside import AsideSender, Conversation, split
from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.lane import LinkEnd

if TYPE_CHECKING:
    from snakebridge.runtime._workers.worker import Worker
    from snakebridge.runtime.links import HostLink

__all__ = ["Aside"]


class _Partner:
    """The host's side of one conversation."""

    __slots__ = ("channel", "conversation", "is_served")

    def __init__(self, worker: Worker, conversation: Conversation) -> None:
        self.conversation = conversation
        self.channel = Channel(worker, conversation, interruptible=False, aside=True)
        self.is_served = False


class Aside:
    """Serves a worker's conversations.

    Args:
        worker: Whose.
        link: Moves the frames of all of them.
    """

    def __init__(self, worker: Worker, link: HostLink) -> None:
        self.link = link
        self._worker = worker
        self._sender = AsideSender(link)
        self._partners: dict[int, _Partner] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._read, name=f"snakebridge-aside-{worker.name}", daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                self._deliver(*split(self.link.receive()))
        except MalformedError:
            self._worker.kill("it sent something that is no frame")
        except (LinkEnd, RuntimeError):  # RuntimeError: the program ends, and threads cannot be had
            pass
        finally:
            with self._lock:
                for partner in self._partners.values():
                    partner.conversation.hang_up()
            self.link.close()  # by nobody else: its number may not be given to another while it is read

    def _deliver(self, number: int, lane: int, frame: bytes) -> None:
        with self._lock:
            partner = self._partners.get(number)
            if partner is None:
                partner = self._partners[number] = _Partner(self._worker, Conversation(self._sender, number))
            partner.conversation.inbox.put(frame)
            if partner.is_served:
                return
            partner.is_served = True
        channels = self._worker.channels
        caller = channels[lane] if lane < len(channels) else None
        context = None if caller is None else caller.context
        context = contextvars.Context() if context is None else context.copy()
        self._worker.pool.talkers().submit(context.run, self._serve, partner, caller)

    def _serve(self, partner: _Partner, caller: Channel | None) -> None:
        channel = partner.channel
        held = self._worker.pool.held
        held.taken = channel, FOR_GOOD, None
        try:
            channel.stand_in(caller)
            while True:
                channel.serve_one()
                with self._lock:
                    if partner.conversation.inbox.empty():
                        partner.is_served = False
                        return
        except LinkEnd:
            pass
        except MalformedError:
            self._worker.kill("it sent something that is no frame")
        except BaseException as error:  # a fault of ours: nobody would ever answer in this conversation again
            self._worker.kill(f"what its threads ask cannot be answered: {error!r}")
            raise
        finally:
            held.taken = None
