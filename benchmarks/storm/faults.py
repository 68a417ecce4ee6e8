"""A thread that ends workers at random moments, in every way there is."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING

from snakebridge.errors import SnakebridgeError

if TYPE_CHECKING:
    import snakebridge as sb

WAYS = ("SIGKILL", "SIGSEGV", "SIGSTOP", "os._exit")


class Faults:
    """Ends workers of a client, on average so often.

    Args:
        client: Whose.
        every: Seconds between two, on average; the moments are those of a Poisson process.
        ways: Of `WAYS`.
        seed: Of the random numbers.
    """

    def __init__(self, client: sb.Client, every: float, ways: tuple[str, ...] = WAYS, seed: int = 1) -> None:
        self._client = client
        self._every = every
        self._ways = ways
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="faults", daemon=True)
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(self._chance.expovariate(1 / self._every)):
            way = self._chance.choice(self._ways)
            try:
                self._exit() if way == "os._exit" else self._signal(getattr(signal, way))
            except Exception as error:  # noqa: BLE001 - the storm goes on, and its report tells
                self.wrong.append(f"{way}: {type(error).__name__}: {error}")
            self.done[way] += 1

    def _exit(self) -> None:
        try:
            self._client.call("os:_exit", self._chance.randrange(256))
        except SnakebridgeError:
            return
        self.wrong.append("os._exit: it has returned")

    def _signal(self, number: int) -> None:
        # Through the handle that is certainly this worker's: its number may be another process's by now.
        workers = [
            each for each in self._client.pool.workers if each.process.pidfd is not None and not each.ended.is_set()
        ]
        if not workers:
            return
        try:
            signal.pidfd_send_signal(self._chance.choice(workers).process.pidfd, number)
        except OSError:  # it ended, and its handle is closed, since it was looked at
            return
