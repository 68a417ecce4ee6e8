# Asking the host: on the link of the lane that this thread serves, while it serves a request of it; else aside.
from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Callable

from snakebridge_guest.wire.aside import NO_LANE
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.worker import _copies as copies

if TYPE_CHECKING:
    from snakebridge_guest.wire.codec import Codec
    from snakebridge_guest.worker._aside import Aside
    from snakebridge_guest.worker._interrupts import Interrupts
    from snakebridge_guest.worker._references import References


IDLE = -1
"""Instead of a session: no request is served. (0 is a request outside of sessions.)"""


class _Thread(threading.local):
    """Which executor this thread runs."""

    executor: Asker | None = None


this_thread = _Thread()


class Askers:
    """The executors of one worker, as those who can ask the host."""

    def __init__(self) -> None:
        self.lanes: list[Asker] = []
        self.aside: Aside | None = None
        """For threads that serve no lane."""

    def ask(
        self, kind: int, fields: Any, *, arguments: Any = None, value: Any = (), origin: Asker | None = None
    ) -> Any:
        """Ask the host, on whichever thread this is.

        Args:
            kind: Of the frame.
            fields: What follows the session in it.
            arguments: Positional and named arguments to add.
            value: Holds a value to add.
            origin: By which executor the object came that is used.

        Raises:
            RuntimeError: This is a forked copy of the worker, or no host is there.
            BaseException: What the host raised.
        """
        copies.refuse()
        executor = this_thread.executor
        if executor is not None and executor._session != IDLE:
            return executor._exchange(kind, fields, arguments, value)
        # No thread of ours, or the library woke between calls.
        if self.aside is None:
            raise RuntimeError("an object of the host can only be used on the thread that runs the call")
        caller = self._caller(origin)
        conversation, borrowed = self.aside.borrow(NO_LANE if caller is None else caller._lane)
        borrowed._session = 0 if caller is None else max(0, caller._session)  # it may just have ended
        this_thread.executor = borrowed
        try:
            return borrowed._exchange(kind, fields, arguments, value)
        finally:
            this_thread.executor = executor
            borrowed._session = IDLE
            self.aside.give_back(conversation, borrowed)

    def _caller(self, origin: Asker | None) -> Asker | None:
        # Whose call a thread of the library's own works for: the one that runs on the lane that the object came by;
        # else the only one that runs.
        if origin is not None and origin in self.lanes and origin._session != IDLE:
            return origin
        running = [each for each in self.lanes if each._session != IDLE]
        return running[0] if len(running) == 1 else None


class Asker:
    """The asking half of an executor."""

    references: References
    _added: list[int]
    _askers: Askers
    _codec: Codec
    _endpoint: Endpoint
    _interrupts: Interrupts
    _lane: int
    _session: int

    def ask(self, kind: int, fields: Any, *, arguments: Any = None, value: Any = ()) -> Any:
        """Ask the host about an object that came by this executor; see `Askers.ask`."""
        return self._askers.ask(kind, fields, arguments=arguments, value=value, origin=self)

    def _arrived(self, error: dict[str, Any]) -> BaseException:
        raise NotImplementedError

    def _passed(self, dump: Callable[..., bytes], *values: Any) -> bytes:
        # The host has these references from now on, whatever becomes of the answer that is made meanwhile or later.
        outer, self._added = self._added, []
        try:
            return dump(*values)
        except BaseException:  # it goes on; but nobody else will ever release these
            self.references.release([each for number in self._added for each in (number, 1)])
            raise
        finally:
            self._added = outer

    def _exchange(self, kind: int, fields: Any, arguments: Any, value: Any) -> Any:
        interrupts = self._interrupts
        interrupts.running, outer = False, interrupts.running
        failed = body = None
        try:
            if arguments is not None:
                fields = (*fields, self._passed(self._codec.dumps_call, *arguments))
            elif value:
                fields = (*fields, self._passed(self._codec.dumps, *value))
            body = self._endpoint.request(kind, self._session, *fields)
        except RemoteFailure as failure:
            failed = self._arrived(failure.error)
        finally:
            interrupts.running = outer
        if body is None:
            assert failed is not None
            raise failed  # outside the handler: its cause and context are its own
        return self._codec.loads(body)
