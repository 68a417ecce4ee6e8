# Runs the guest's examples in a process of its own, and starts it again behind what killed it or held it up.
#
# Guarantees: an example that neither ends nor can be interrupted costs its deadline and the grace, and is told as
# `hung`; one that ends the process is told as `died`; each start begins after the example that ended the last one, so
# this ends. The process group is gone when this returns, Ctrl-C included. Examples work in an empty folder.

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakebridge.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Process"]

_STEP = 0.05
_GRACE = 5.0
_START = 120.0  # seconds for starting, importing and ending
_TAIL = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """How the guest is started for one side."""

    command: Sequence[str]
    """The path of a request is added to it."""
    environment: Mapping[str, str]
    where: str
    """For messages."""

    def collect(
        self, request: Mapping[str, object], on_event: Callable[[dict[str, Any]], None]
    ) -> list[dict[str, Any]]:
        """Run a request that runs no examples; return its events.

        Raises:
            VerificationError: It did not end as it should.
        """
        with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:
            events, ending = self._once(folder, request, _START, on_event)
        if ending:
            raise VerificationError(f"the examples could not be read in {self.where}: the process {ending}")
        return events

    def run(
        self, request: Mapping[str, Any], deadline: float, on_event: Callable[[dict[str, Any]], None]
    ) -> list[dict[str, Any]]:
        """Run examples; return the events of all starts.

        Raises:
            VerificationError: The process cannot be started.
        """
        told: list[dict[str, Any]] = []
        tests = list(request["tests"])
        while tests:
            with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:
                events, ending = self._once(folder, {**request, "tests": tests}, deadline + _GRACE, on_event)
            told += events
            if not ending:
                break
            begun = next((event for event in reversed(events) if event["event"] in {"begin", "end"}), None)
            if begun is None:
                raise VerificationError(f"the examples cannot run in {self.where}: the process {ending}")
            if begun["event"] == "begin":
                outcome = "hung" if ending.startswith("did not") else "died"
                lost = {"event": "example", "test": begun["test"], "example": begun["example"]}
                told.append({**lost, "outcome": outcome, "got": f"the process {ending}"})
            tests = [test for test in tests if test["number"] > begun["test"]]
        return told

    def _once(
        self,
        folder: str,
        request: Mapping[str, object],
        patience: float,
        on_event: Callable[[dict[str, Any]], None],
    ) -> tuple[list[dict[str, Any]], str]:
        journal, asked, work = Path(folder, "journal"), Path(folder, "request.json"), Path(folder, "work")
        asked.write_text(json.dumps({**request, "journal": str(journal)}), encoding="utf-8")
        work.mkdir()
        journal.touch()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [*self.command, str(asked)],
                cwd=work,
                env=self.environment,
                stdin=subprocess.PIPE,  # never written to: its end says that this process is gone
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
            try:
                with journal.open("rb") as lines:
                    events = []
                    for event in _followed(process, lines, patience):
                        events.append(event)
                        on_event(event)
                        if event["event"] == "done":
                            break
                if events and events[-1]["event"] == "done":
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=_GRACE)  # it stops its workers
                    return events, ""
                status = process.poll()
            finally:
                _kill(process)
            errors.seek(0)
            said = errors.read()[-_TAIL:].decode("utf-8", "replace").strip()
        ending = "did not go on" if status is None else f"ended with status {status}"
        return events, f"{ending}: {said}" if said else ending


def _followed(process: subprocess.Popen[bytes], lines: Any, patience: float) -> Iterator[dict[str, Any]]:
    pending = b""
    latest = time.monotonic() + _START
    while True:
        has_ended = process.poll() is not None
        data = lines.read()
        if data:
            *whole, pending = (pending + data).split(b"\n")
            for line in whole:
                yield json.loads(line)
            latest = time.monotonic() + patience
        elif has_ended or time.monotonic() > latest:
            return
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=_STEP)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
