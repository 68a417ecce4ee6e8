# Interrupts: how a running call is asked to stop. The host sends SIGUSR2; the handler raises in the main thread, where
# the call runs, and only while it runs. Never an exception thrown into some other thread: that kills thread pools of
# the library (temporalio/sdk-python#1648).
#
# Race: the signal can arrive after the call returned but before the flag is down. The exception then replaces the
# value, which is what the host expects: it has stopped waiting for it.
from __future__ import annotations

import signal
import threading
from typing import Any

SIGNAL = signal.SIGUSR2


class CallInterrupted(BaseException):  # like KeyboardInterrupt: no library's `except Exception` may keep it
    """The host no longer waits for the running call."""

    snakebridge_code = "interrupted"


class Interrupts:
    """Tells the handler whether a call is running."""

    def __init__(self) -> None:
        self.running = False
        self.call = ""
        """Address or name of the running call, for health and stack dumps."""

    def install(self) -> None:
        """Handle the signal from now on; Ctrl-C belongs to the host, which stops its workers in order."""
        signal.signal(SIGNAL, self._handle)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def raise_here(self) -> None:
        """Send the signal to the main thread of this very process (a request that came through the control service)."""
        ident = threading.main_thread().ident
        if ident is not None:
            signal.pthread_kill(ident, SIGNAL)

    def _handle(self, _signum: int, _frame: Any) -> None:
        if self.running:
            self.running = False
            raise CallInterrupted
