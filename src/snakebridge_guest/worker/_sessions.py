# Sessions over here: what adapters may know and keep while a session of the host lives.
#
# Guarantees: a session's state and metadata are there from its first call to its end, however many lanes serve it; two
# sessions share nothing. Assumes: the host says when a session ends.
from __future__ import annotations

import threading
from types import MappingProxyType
from typing import Any, Callable, Mapping


class Session:
    """A session of the host, as adapters see it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.metadata: Mapping[str, Any] = MappingProxyType({})
        """What the host gave it: `sb.session(metadata={...})`."""
        self.state: dict[str, Any] = {}
        """For adapters to keep what they like; freed when the session ends."""


class Sessions:
    """The sessions of this worker, by number."""

    def __init__(self) -> None:
        self._sessions: dict[int, Session] = {}
        self._lock = threading.Lock()

    def open(self, number: int, metadata: Mapping[str, Any]) -> None:
        """Take in what the host says about a session; a second lane may say the same."""
        self.get(number).metadata = MappingProxyType(dict(metadata))

    def get(self, number: int) -> Session:
        """Return a session; it begins when somebody asks for it."""
        with self._lock:
            found = self._sessions.get(number)
            if found is None:
                found = self._sessions[number] = Session(number)
            return found

    def end(self, number: int) -> None:
        """Forget a session and its state."""
        with self._lock:
            gone = self._sessions.pop(number, None)
        del gone  # its state ends here, without the lock


class _Thread(threading.local):
    """Which session this thread's call is in."""

    ask: Callable[[], Session | None] | None = None


_thread = _Thread()


def serve(ask: Callable[[], Session | None]) -> None:
    """Let `current_session` on this thread ask this."""
    _thread.ask = ask


def current_session() -> Session | None:
    """Return the session of the call that runs on this thread; `None` when it is in none."""
    ask = _thread.ask
    return None if ask is None else ask()
