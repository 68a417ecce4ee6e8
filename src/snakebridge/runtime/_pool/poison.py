# Poison: calls that crash whatever worker they get. After a few of them the call is refused instead of taking down one
# worker after the other.
#
#   a worker crashed ─▶ each call that was running there is a suspect ─▶ it ended well: it is none any more
#                                        │ it was there so often in a row
#                                        ▼
#                                     refused, until it is forgiven, or a while has passed
#
# Guarantees: costs one look into an empty dictionary as long as nothing crashed. A call is what is asked, of what, and
# a digest of the arguments as they travel. Assumes: any thread.

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.errors import PoisonCallError

if TYPE_CHECKING:
    from snakebridge.errors import DeathReport
    from snakebridge.runtime._calls.request import Request

__all__ = ["Poison"]

_MOST = 1000
_FORGOTTEN = 600.0
"""Seconds after which a call may be tried again."""
_OUTSIDE = frozenset({"SIGKILL", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"})
"""Somebody sends these; no call crashes so, except for want of memory."""


@dataclass(slots=True)
class _Suspect:
    label: str
    deaths: int = 0
    last: float = 0.0
    report: DeathReport | None = None


class Poison:
    """The calls of a pool that crashed workers.

    Args:
        limit: Crashes in a row after which a call is refused; `None`: it never is.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self.suspects: dict[tuple[int, str, bytes], _Suspect] = {}
        """Looked at before each call; empty as long as nothing crashed."""

    @property
    def refused(self) -> tuple[str, ...]:
        """What is refused: labels of calls."""
        with self._lock:
            return tuple(sorted({each.label for each in self.suspects.values() if self._is_poison(each)}))

    def check(self, request: Request) -> None:
        """Refuse a call that crashed too many workers.

        Raises:
            PoisonCallError: It did.
        """
        suspect = self._find(request)
        if suspect is None or not self._is_poison(suspect):
            return
        if time.monotonic() - suspect.last >= _FORGOTTEN:
            self.clear(request)
            return
        raise PoisonCallError(
            f"{request.label} was refused: with these arguments it ended {suspect.deaths} workers in a row, the last "
            f"time so: {suspect.report}; `client.forgive({request.label!r})` lets it be called again",
            deaths=suspect.deaths,
            report=suspect.report,
        )

    def blame(self, request: Request, report: DeathReport | None) -> None:
        """Note that a worker died while it ran a call."""
        if self._limit is None or report is None or not _crashed(report):
            return
        key = _key(request)
        with self._lock:
            suspect = self.suspects.pop(key, None) or _Suspect(request.label)
            suspect.deaths += 1
            suspect.last, suspect.report = time.monotonic(), report
            if len(self.suspects) >= _MOST:
                self.suspects.pop(next(iter(self.suspects)))  # the one that did nothing for longest
            self.suspects[key] = suspect

    def clear(self, request: Request) -> None:
        """Note that a call ended, and its worker lives."""
        if self._find(request) is not None:
            with self._lock:
                self.suspects.pop(_key(request), None)

    def forgive(self, label: str | None = None) -> int:
        """Let calls be made again: all, or those of one address or name; return how many were refused."""
        with self._lock:
            chosen = [key for key, each in self.suspects.items() if label is None or each.label == label]
            return sum(self._is_poison(self.suspects.pop(key)) for key in chosen)

    def _is_poison(self, suspect: _Suspect) -> bool:
        return self._limit is not None and suspect.deaths >= self._limit

    def _find(self, request: Request) -> _Suspect | None:
        with self._lock:
            if not any(key[1] == request.label for key in self.suspects):
                return None  # before the arguments are read, which may be large
        return self.suspects.get(_key(request))


def _crashed(report: DeathReport) -> bool:
    return report.reason is None and (report.out_of_memory or report.signal not in _OUTSIDE)


def _key(request: Request) -> tuple[int, str, bytes]:
    digest = hashlib.blake2b(digest_size=16, usedforsecurity=False)
    for part in request.fields:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\0")
    return request.kind, request.label, digest.digest()
