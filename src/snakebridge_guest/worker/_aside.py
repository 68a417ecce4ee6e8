# What a thread of the library's own does to ask the host: it borrows an executor that has a conversation of the
# worker's aside, where a thread of the host answers. So host and library keep their threads apart as if they were one
# program, and neither a lane nor its caller waits for them.
from __future__ import annotations

from _thread import start_new_thread  # the names: gevent and its like replace what they stand for in the module
from threading import Lock  # as above
from typing import Any, Callable

from snakebridge_guest.wire.aside import AsideSender, Conversation, split
from snakebridge_guest.wire.codec import MalformedError
from snakebridge_guest.wire.lane import LinkEnd


class Aside:
    """Executors for threads that serve no lane.

    Args:
        link: Moves the frames of all of them.
        make: Makes an executor that serves a link.
    """

    def __init__(self, link: Any, make: Callable[[Any], Any]) -> None:
        self._sender = AsideSender(link)
        self._make = make
        self._lock = Lock()
        self._conversations: dict[int, Conversation] = {}
        self._free: list[tuple[Conversation, Any]] = []
        self._reads = False
        self._ended = False

    def borrow(self, lane: int) -> tuple[Conversation, Any]:
        """Return a conversation that nobody has, and its executor.

        Args:
            lane: Whose call it is for.
        """
        with self._lock:
            if self._free:
                conversation, executor = self._free.pop()
            else:
                conversation = Conversation(self._sender, len(self._conversations))
                executor = self._make(conversation)
                self._conversations[conversation.number] = conversation
                if self._ended:
                    conversation.hang_up()
            if not self._reads:
                self._reads = True
                start_new_thread(self._read, ())
        conversation.lane = lane
        return conversation, executor

    def give_back(self, conversation: Conversation, executor: Any) -> None:
        """Let another thread have it."""
        with self._lock:
            self._free.append((conversation, executor))

    def _read(self) -> None:
        try:
            while True:
                number, _, frame = split(self._sender.link.receive())
                self._conversations[number].inbox.put(frame)
        except (LinkEnd, MalformedError, KeyError):  # the ordinary end, or a host that answers nobody
            with self._lock:
                self._ended = True
                for conversation in self._conversations.values():
                    conversation.hang_up()
