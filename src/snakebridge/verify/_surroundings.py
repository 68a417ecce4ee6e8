# What the host's own run of the examples needs beside them: a pool for the generated code, and what is observed of it.
#
# Runs in a process of its own, which the guest's runner drives; see `Plain` in the guest's `_execution.py`. Everything
# that it uses is imported before the generated package takes the library's name, so a bridge of the standard library
# does not get under it.

from __future__ import annotations

import copy
import logging
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from snakebridge import client, config, environments, support
from snakebridge.errors import ConfigurationError, NotTransferableError
from snakebridge.runtime import Library, Pool, scope

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Surroundings"]

_LOADED = (client, config, support)
_QUIET = 0.1  # seconds in which what a worker printed arrives
_MUTABLE = (list, dict, set, bytearray)
_REMOTE_NOTE = "Remote traceback ("


class Surroundings:
    """A pool that generated code uses in this process.

    Args:
        request: `python`: the target's interpreter; `deadline`: seconds that a call may take; `mark`: whether every
            argument that could be changed in place is treated as marked, and what was changed is told.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._stack = ExitStack()
        self._printed = _Printed()

    def __enter__(self) -> Self:
        self._pool = _Observed(
            environments.describe(Path(self._request["python"])),
            name="verify",
            timeout=self._request["deadline"],
            environment={"PYTHONHASHSEED": "0"},
        )
        self._pool.marks_all = self._request["mark"]
        self._stack.callback(self._pool.close)
        self._pool.wait_ready()
        logger = logging.getLogger("snakebridge.worker")
        logger.setLevel(logging.INFO)
        logger.addHandler(self._printed)
        self._stack.enter_context(scope(pool=self._pool))
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Forget what was observed."""
        self._printed.lines.clear()
        self._pool.calls = 0
        self._pool.marks.clear()

    def end(self, outcome: str, got: str) -> dict[str, Any]:
        """Return what was observed while an example ran."""
        seen: dict[str, Any] = {"calls": self._pool.calls, "marks": sorted(self._pool.marks, key=str)}
        if outcome == "failed" and not got:
            until = time.monotonic() + _QUIET
            while not self._printed.lines and time.monotonic() < until:
                self._printed.arrived.wait(until - time.monotonic())
        if self._printed.lines:
            seen["printed"] = "\n".join(self._printed.lines) + "\n"
        return seen

    def without_additions(self, error: BaseException) -> None:
        """Take the note with the remote traceback from an exception."""
        notes = getattr(error, "__notes__", None)
        if notes:
            notes[:] = [note for note in notes if not str(note).startswith(_REMOTE_NOTE)]


class _Printed(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.arrived = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.INFO:
            self.lines.append(record.getMessage())
            self.arrived.set()


class _Observed(Pool):
    """A pool that counts requests, and can take every argument for one that is changed in place."""

    calls = 0
    marks_all = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.marks: set[tuple[str, str | int]] = set()

    def ask(self, request: Any) -> Any:
        self.calls += 1
        return super().ask(request)

    def call(
        self,
        address: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        *,
        library: Library | None = None,
    ) -> Any:
        places = _mutable(positional, keywords) if self.marks_all else []
        if not places:
            return super().call(address, positional, keywords, library=library)
        return self._marked(
            address,
            places,
            positional,
            keywords,
            lambda: Pool.call(self, address, positional, keywords, library=library),
        )

    def method(
        self,
        reference: Any,
        name: str,
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
    ) -> Any:
        places = _mutable(positional, keywords) if self.marks_all else []
        if not places:
            return super().method(reference, name, positional, keywords)
        address = f"{reference.type_name}.{name}"
        return self._marked(
            address, places, positional, keywords, lambda: Pool.method(self, reference, name, positional, keywords)
        )

    def _marked(
        self,
        address: str,
        places: list[str | int],
        positional: tuple[object, ...],
        keywords: Mapping[str, object] | None,
        call: Any,
    ) -> Any:
        given = {place: positional[place] if isinstance(place, int) else (keywords or {})[place] for place in places}
        before = {}
        for place, value in given.items():
            with suppress(Exception):  # elements of any kind: what cannot be copied is not compared
                before[place] = copy.deepcopy(value)
        try:
            with scope(mutates=tuple(before)):
                result = call()
        except (ConfigurationError, NotTransferableError):
            return call()
        for place, value in before.items():
            with suppress(Exception):  # comparing elements runs code of theirs
                if value != given[place]:
                    self.marks.add((address, place))
        return result


def _mutable(positional: tuple[object, ...], keywords: Mapping[str, object] | None) -> list[str | int]:
    every: list[tuple[str | int, object]] = [*enumerate(positional), *(keywords or {}).items()]
    return [place for place, value in every if isinstance(value, _MUTABLE)]
