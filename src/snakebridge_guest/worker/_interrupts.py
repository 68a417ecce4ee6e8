# Interrupts: how a running call is asked to stop. The host sends a signal; the handler raises in the main thread, where
# the call runs, and only while it runs. Never an exception thrown into some other thread: that kills thread pools of
# the library (temporalio/sdk-python#1648).
#
# Guarantees: a library that took the handler away has it back before the next call. Assumes: `arm` is called on the
# main thread before each call; a call on another thread cannot be interrupted.
#
# Race: the signal can arrive after the call returned but before the flag is down. The exception then replaces the
# value, which is what the host expects: it has stopped waiting for it.
from __future__ import annotations

import signal
import threading
from _signal import getsignal  # type: ignore[import-not-found] # that of `signal` makes enums, which takes time
from typing import Any

from snakebridge_guest.wire.frames import interrupt_signal


class CallInterrupted(BaseException):  # like KeyboardInterrupt: no library's `except Exception` may keep it
    """The host no longer waits for the running call."""

    snakebridge_code = "interrupted"


class Interrupts:
    """Tells the handler whether a call is running."""

    def __init__(self) -> None:
        self.running = False
        self.call = ""
        """Address or name of the running call, for health and stack dumps."""
        self._number = interrupt_signal()
        self._handler: Any = None

    def install(self) -> None:
        """Handle the signal from now on."""
        self._handler = self._handle
        signal.signal(self._number, self._handler)

    def arm(self) -> None:
        """Take the handler back if the library has taken it away; nothing where no signal comes."""
        handler = self._handler
        if handler is not None and getsignal(self._number) is not handler:
            signal.signal(self._number, handler)

    def raise_here(self) -> None:
        """Send the signal to the main thread of this very process (a request that came through the control service)."""
        ident = threading.main_thread().ident
        if ident is not None:
            signal.pthread_kill(ident, self._number)

    def _handle(self, _signum: int, _frame: Any) -> None:
        if self.running:
            self.running = False
            raise CallInterrupted


def settle_signals() -> None:
    """Have a library find what it finds elsewhere; Ctrl-C belongs to the host, which stops its workers in order."""
    # What the host's thread blocks or ignores is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # No SIG_IGN: what the library starts would inherit it, and could not be stopped with Ctrl-C.
    signal.signal(signal.SIGINT, _ignore)


def _ignore(_signum: int, _frame: Any) -> None:
    return
