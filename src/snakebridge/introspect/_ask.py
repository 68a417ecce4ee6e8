# Runs the probe in the target, and starts it again without what killed it.
#
#     start ──▶ waiting ──event──▶ waiting ──"done"──▶ finished
#                  │ deadline, exit, signal
#                  ▼
#               blamed ── what was begun is skipped ──▶ start
#                  │  ╰── a module that died while it was described is watched, name by name ──▶ start
#                  ▼
#               refused: the root module is to blame, or nothing was begun
#
# Guarantees: each wait has a deadline (the first word has ten seconds), and a tenth of it once `_PATIENCE` modules did
# not finish; time in which the probe was ready to run and a busy machine ran others does not count. Whatever ends this,
# Ctrl-C included, the probe's whole process group is gone and reaped; each start skips or watches one thing more than
# the one before, so this ends. The probe works in an empty folder of its own; its file travels through another, which
# no library can know. What the library prints goes to a file that is kept short.

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from snakebridge.environments import guest_command, guest_environment
from snakebridge.errors import IntrospectionError
from snakebridge.introspect._distribution import alternatives, distribution_of
from snakebridge.introspect._observations import ModuleFact, Reader
from snakebridge.introspect._operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_WAKE = 0.2  # seconds; a child of the library may hold the events open after the probe's end
_GRACE = 2.0  # seconds for exit handlers of the library, once everything is written
_START = 10.0  # seconds: an interpreter that starts on a busy machine has said nothing yet
_MOST_STARVED = 590.0  # seconds for which others may have the machine; the probe's own watchdog waits a little longer
_TAIL = 400
_MAKERS = ("__init__", "__new__")  # which class states how it is called is worth knowing
_PATIENCE = 5  # modules that may use up the whole deadline
_LATE = "did not finish"
_MOST_OUTPUT = 1 << 24  # bytes on the disk
# Libraries write sets into texts, and read locale and time when they are imported.
_SAME_EVERYWHERE = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": "", "TZ": "UTC"}
_VERBS = {"import": "importing", "describe": "describing", "read": "reading"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far an introspection is."""

    module: str
    """The module that was just imported, or described."""
    done: int
    total: int | None
    """How many there are to do in this phase; `None` when nobody knows yet."""
    phase: str = "describing"
    """What is being done: `importing`, `describing`, `reading stubs`; or `unchanged`, when nothing has to be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the probe wrote, and what had to be skipped."""

    facts: list[ModuleFact]
    crashes: dict[str, str]
    """What happened, by module or `module:name`: a sentence without its full stop."""
    text: bytes = b""
    """The facts as the probe wrote them, a line each; empty when they were kept from an earlier time."""


def ask(
    library: str,
    python: Path,
    *,
    deadline: float,
    not_visited: Sequence[str],
    on_progress: Callable[[Progress], None] | None,
    on_fact: Callable[[ModuleFact, bool], None] | None = None,
) -> Answer:
    """Walk a library in a target.

    Args:
        library: Its import name.
        python: The target's interpreter.
        deadline: Seconds that one module may take.
        not_visited: Patterns of submodule names that are not imported, and `!NAME` for exceptions to them.
        on_progress: Called after each module.
        on_fact: Called with each line as it is written; see `Reader`. Again from the start after a crash.

    Raises:
        IntrospectionError: The probe could not run at all, or the root module killed it.
    """
    crashes: dict[str, str] = {}
    watched: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:
        out = Path(folder, "observations.jsonl")
        while True:
            late = sum(_LATE in cause for cause in crashes.values())
            limit = deadline if late < _PATIENCE else deadline / 10
            with tempfile.TemporaryDirectory(prefix="snakebridge-") as work:
                reader = Reader(out, on_fact)
                run = _Run(library, python, out, deadline=limit, not_visited=not_visited, on_progress=on_progress)
                run.on_line = reader.more
                run.leave_out(crashes, watched)
                cause = run.to_the_end(work)
            if cause is None:
                reader.more()
                return Answer(facts=completed(library, reader.facts), crashes=crashes, text=out.read_bytes())
            phase, _, blamed = run.begun.partition(" ")
            if phase == "describe" and blamed not in watched:
                watched.add(blamed)
                continue
            if phase not in _VERBS or blamed == library or blamed in crashes:
                _refuse(library, python, run, cause)
            crashes[blamed] = f"{_VERBS[phase]} {blamed} {cause}"


def completed(library: str, facts: list[ModuleFact]) -> list[ModuleFact]:
    """Add what the folders tell that the target imports from, which needs no code over there."""
    path = next((fact.target.path for fact in facts if fact.target is not None), ())
    for place, fact in enumerate(facts):
        if fact.module != library:
            continue
        found = distribution_of(library, path) if fact.failed is None and fact.file else None
        if found is not None:
            facts[place] = fact.model_copy(update={"distribution": found[0], "version": found[1]})
        missing = fact.failed.missing if fact.failed is not None else None
        if fact.failed is not None and missing is not None and f"{library}.".startswith(f"{missing}."):
            modules, distributions = alternatives(path)
            failed = fact.failed.model_copy(update={"modules": modules, "distributions": distributions})
            facts[place] = fact.model_copy(update={"failed": failed})
    return facts


def _refuse(library: str, python: Path, run: _Run, cause: str) -> NoReturn:
    if run.begun:
        verb = _VERBS.get(run.begun.partition(" ")[0], "introspecting")
        raise IntrospectionError(
            f"{verb} {library} with {python} {cause}, so there is nothing to describe; "
            f"run `{python} -c 'import {library}'` to see why"
        )
    said = f":\n    {run.stderr}" if run.stderr else ""
    raise IntrospectionError(f"the probe could not start with {python}: it {cause}{said}")


class _Run:
    """One start of the probe."""

    def __init__(
        self,
        library: str,
        python: Path,
        out: Path,
        *,
        deadline: float,
        not_visited: Sequence[str],
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._given: dict[str, object] = {
            "library": library,
            "out": str(out),
            "deadline": deadline,
            "ignore": list(not_visited),
            "operators": sorted({*OPERATORS, *_MAKERS}),
        }
        self._python = python
        self._deadline = deadline
        self._on_progress = on_progress
        self._done = 0
        self._total: int | None = None
        self._is_finished = False
        self.begun = ""
        """What was begun and not ended, such as `import json.tool`; empty before the first."""
        self.on_line: Callable[[], None] = lambda: None
        """Called when more may have been written."""
        self.stderr = ""
        """The end of what the guest said before it muted itself."""

    def leave_out(self, skipped: Iterable[str], watched: Iterable[str]) -> None:
        """Say what must not be touched, and which modules are described name by name."""
        self._given |= {"skip": sorted(skipped), "watch": sorted(watched)}

    def to_the_end(self, work: str) -> str | None:
        """Run; return `None` when it finished, else how it ended, as the end of a sentence."""
        events, theirs = os.pipe()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, events)
            errors = stack.enter_context(tempfile.TemporaryFile())
            output = stack.enter_context(tempfile.TemporaryFile())
            given = json.dumps({**self._given, "events": theirs, "output": output.fileno()})
            try:
                process = subprocess.Popen(
                    guest_command(self._python, "probe", given, isolation="-s"),
                    cwd=work,
                    env=guest_environment(_SAME_EVERYWHERE),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=(theirs, output.fileno()),
                    start_new_session=True,
                )
            except OSError as error:
                raise IntrospectionError(
                    f"{self._python} cannot be started ({error.strerror}); give the path of a Python interpreter"
                ) from None
            finally:
                os.close(theirs)
            try:
                in_time = self._listen(process, events, output.fileno())
                status = self._wait(process) if in_time else None
            finally:
                _kill(process)
            errors.seek(0)
            self.stderr = errors.read()[-_TAIL:].decode("utf-8", "replace").strip()
        if self._is_finished:
            return None
        return f"{_LATE} within {self._deadline:g} s" if status is None else _ending(status)

    def _listen(self, process: subprocess.Popen[bytes], events: int, output: int) -> bool:
        # Whether it went on in time: until `done`, or until it ended.
        for line in _lines(process, events, output, self._deadline, max(self._deadline, _START)):
            if line is None:
                return False
            self._heard(line)
            if self._is_finished:
                break
        return True

    def _heard(self, line: str) -> None:
        word, _, what = line.partition(" ")
        if word == "begin":
            self.begun = what
        elif word == "end":
            phase, _, name = what.partition(" ")
            if phase == "read":
                # Asking for a name happens while its module is described, which goes on.
                self.begun = f"describe {name.partition(':')[0]}"
                return
            self.begun = "finish"
            self._done += 1
            self.on_line()
            if self._on_progress is not None and name:
                doing = _VERBS.get(phase, "describing")
                self._on_progress(Progress(module=name, done=self._done, total=self._total, phase=doing))
        elif word == "module-count":
            self._done, self._total = 0, int(what)
        elif word == "done":
            self._is_finished = True

    def _wait(self, process: subprocess.Popen[bytes]) -> int | None:
        try:
            return process.wait(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            return None


def _lines(
    process: subprocess.Popen[bytes], events: int, output: int, deadline: float, patience: float
) -> Iterator[str | None]:
    """Yield lines as they come; `None`, and no more, when none came within the deadline, the first with patience."""
    poll = select.poll()
    poll.register(events, select.POLLIN)
    pending = b""
    latest, starved = time.monotonic() + patience, _starved(process.pid)
    while True:
        if os.fstat(output).st_blocks * 512 > _MOST_OUTPUT:
            os.ftruncate(output, 0)  # who writes goes on where they were, and the file has a hole there
        has_ended = process.poll() is not None
        if poll.poll(_WAKE * 1000 if not has_ended else 0):
            data = os.read(events, 65536)
            if not data:
                return
            *whole, pending = (pending + data).split(b"\n")
            for line in whole:
                yield line.decode("utf-8", "replace")
            latest, starved = time.monotonic() + deadline, _starved(process.pid)
        elif has_ended:
            return
        elif time.monotonic() > latest + min(_starved(process.pid) - starved, _MOST_STARVED):
            yield None
            return


def _starved(pid: int) -> float:
    # Seconds in which a process was ready to run and others ran; zero where the system does not tell.
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _ending(status: int) -> str:
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-status).name}"
    return f"ended the interpreter with status {status}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader when the library started processes of its own; no new group can have its id then.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
