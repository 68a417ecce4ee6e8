# This process ends when whoever started it is gone: they hold the other end of its stdin.

from __future__ import annotations

import faulthandler
import os
import threading
import time

_SLACK = 60.0  # seconds after which a process that is held up by C, and that nobody kills, ends itself


class Lifeline:
    """Ends this process at the end of stdin, which no example can read from then on."""

    def __init__(self) -> None:
        self._armed = 0.0
        held = os.dup(0)
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, 0)
        os.close(nowhere)
        threading.Thread(target=_leave_at_the_end, args=(held,), daemon=True).start()

    def renew(self, seconds: float) -> None:
        """Say that the next thing may take so long; a watchdog in C ends this process well after that."""
        if time.monotonic() - self._armed > 1:  # arming takes long
            faulthandler.dump_traceback_later(seconds + _SLACK, exit=True, file=2)
            self._armed = time.monotonic()

    def cut(self) -> None:
        """End the watching of what takes long."""
        faulthandler.cancel_dump_traceback_later()


def _leave_at_the_end(held: int) -> None:
    while os.read(held, 1):
        pass
    os._exit(1)  # what is left to do is nobody's any more; workers see it as they see any end of their host
