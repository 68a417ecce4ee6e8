"""Threads that call without pause in every way there is, and note how each call ended: in exactly one way."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import snakebridge as sb

_numbers = itertools.count(1)


class MixedError(AssertionError):
    """A call got what belongs to another."""


def _same(got: object, wanted: object) -> None:
    if got != wanted:
        raise MixedError(f"got {got!r} instead of {wanted!r}")


def unary(client: sb.Client) -> None:
    token = f"token {next(_numbers)}"
    _same(client.call("operator:concat", token, "!"), token + "!")


def callback(client: sb.Client) -> None:
    token = next(_numbers)
    _same(client.call("functools:reduce", lambda left, right: left + right + token, [1, 2, 3]), 6 + 2 * token)


def nested(client: sb.Client) -> None:
    token = next(_numbers)
    found = client.call("functools:reduce", lambda left, right: client.call("operator:add", left, right), [token, 1, 2])
    _same(found, token + 3)


def reference(client: sb.Client) -> None:
    token = next(_numbers)
    held = client.call("collections:deque", [token])
    held.append(token + 1)
    _same(list(held), [token, token + 1])


def stream(client: sb.Client) -> None:
    token = next(_numbers)
    _same(list(client.call("itertools:islice", client.call("itertools:count", token), 40)), [*range(token, token + 40)])


def given(client: sb.Client) -> None:
    token = next(_numbers)
    _same(client.call("builtins:sum", (number for number in range(token, token + 5))), sum(range(token, token + 5)))


def session(client: sb.Client) -> None:
    token = next(_numbers)
    with client.session():
        held = client.call("collections:Counter", [token, token])
        _same(held[token], 2)
        _same(client.call("builtins:len", held), 1)


def raising(client: sb.Client) -> None:
    token = next(_numbers)
    try:
        client.call("builtins:int", f"no number {token}")
    except ValueError as error:
        _same(str(error).partition(": ")[2], f"'no number {token}'")
    else:
        raise MixedError("a call that raises has returned")


def large(client: sb.Client) -> None:
    token = next(_numbers)
    data = token.to_bytes(8, "big") * 16_384
    _same(client.call("operator:concat", data, b"!"), data + b"!")


KINDS: dict[str, Callable[[sb.Client], None]] = {
    each.__name__: each for each in (unary, callback, nested, reference, stream, given, session, raising, large)
}


class Callers:
    """Threads that call until they are stopped.

    Args:
        client: What they call.
        count: How many.
        allowed: The errors that may end a call, beside success.
        most: Calls after which they stop by themselves; `None`: never.
        pause: Seconds that each of them waits after a call.
    """

    def __init__(
        self,
        client: sb.Client,
        count: int,
        allowed: tuple[type[BaseException], ...] = (),
        most: int | None = None,
        pause: float = 0,
    ) -> None:
        self._client = client
        self._allowed = allowed
        self._most = most
        self._pause = pause
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.begun = 0
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[str] = []
        """Outcomes that may not be."""
        self.longest = 0.0
        """Seconds of the longest call."""
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"caller-{number}", daemon=True)
            for number in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within: float) -> int:
        """Let every running call end; return how many have not in time."""
        self._over.set()
        return self.join(within)

    def join(self, within: float) -> int:
        """Wait until all have stopped; return how many have not in time."""
        until = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    @property
    def ended(self) -> int:
        """How many calls have ended, in whatever way."""
        with self._lock:
            return sum(self.outcomes.values())

    def _next(self) -> bool:
        with self._lock:
            if self._over.is_set() or (self._most is not None and self.begun >= self._most):
                return False
            self.begun += 1
            return True

    def _work(self, number: int) -> None:
        chance = random.Random(number)
        kinds = list(KINDS.values())
        while self._next():
            kind = chance.choice(kinds)
            begin = time.monotonic()
            outcome = self._outcome(kind)
            took = time.monotonic() - begin
            with self._lock:
                self.outcomes[outcome] += 1
                self.longest = max(self.longest, took)
            if self._pause:
                self._over.wait(self._pause)

    def _outcome(self, kind: Callable[[sb.Client], Any]) -> str:
        try:
            kind(self._client)
        except self._allowed as error:
            return type(error).__name__
        except BaseException as error:  # noqa: BLE001 - whatever else comes is what is looked for
            self.wrong.append(f"{kind.__name__}: {type(error).__name__}: {error}")
            return "wrong"
        return "value"
