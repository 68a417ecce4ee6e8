# Runs examples one by one, each within a deadline, and tells what every one did.
#
# Guarantees: before an example runs, the journal says so; when one takes too long the rest of its docstring is left
# out, since it may build on it. An example that holds the interpreter itself up is for whoever started this process.

from __future__ import annotations

import doctest
import importlib
import random
import signal
import sys
import time
import traceback
from types import TracebackType
from typing import Any, Tuple, Type

from snakebridge_guest.examples._journal import Journal
from snakebridge_guest.examples._lifeline import Lifeline
from snakebridge_guest.examples._names import beside, elsewhere

_PARSER = doctest.DocTestParser()
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_MOST_TEXT = 4000

_Raised = Tuple[Type[BaseException], BaseException, TracebackType]


class LateError(KeyboardInterrupt):
    """An example took longer than it may: the runtime treats it as an interrupt, and no example is to catch it."""


class Plain:
    """Nothing beside the examples: how they are run in the target."""

    def __enter__(self) -> Plain:  # noqa: PYI034 - `Self` is newer than 3.8
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def begin(self) -> None:
        """Do what comes before an example."""

    def end(self, _outcome: str, _got: str) -> dict[str, Any]:
        """Return what else is known about an example that has run."""
        return {}

    def without_additions(self, error: BaseException) -> None:
        """Take from an exception what the library did not write."""


def execute(request: dict[str, Any], journal: Journal, lifeline: Lifeline) -> None:
    """Run docstrings.

    `tests`: as `collect` tells them, each with its `number`; `deadline`: seconds per example; `path`: folders to import
    from before all others; `replace`: modules that are imported anew from there; `beside`: whether the examples run
    with the names of the module they stand in; `surroundings`: `module:function` that makes what `Plain` is.
    """
    made = _surroundings(request)  # first: what it imports must not come from those folders
    sys.path[:0] = request["path"]
    with made as surroundings:
        for name in [one for one in sys.modules if _is_replaced(one, request["replace"])]:
            del sys.modules[name]
        runner = _Runner(journal, lifeline, request["deadline"], surroundings)
        for test in request["tests"]:
            runner.run_test(test, is_beside=request["beside"])


def _surroundings(request: dict[str, Any]) -> Any:
    if not request["surroundings"]:
        return Plain()
    module, _, name = request["surroundings"].partition(":")
    return getattr(importlib.import_module(module), name)(request)


def _is_replaced(module: str, replaced: list[str]) -> bool:
    return any(f"{module}.".startswith(f"{one}.") for one in replaced)


class _Runner(doctest.DocTestRunner):
    def __init__(self, journal: Journal, lifeline: Lifeline, deadline: float, surroundings: Any) -> None:
        super().__init__(verbose=False, optionflags=_FLAGS)
        self._lifeline = lifeline
        self._journal, self._deadline, self._surroundings = journal, deadline, surroundings
        self._number, self._place, self._started = 0, -1, 0.0
        self._lacking: dict[str, str] = {}  # why names could not be had
        # What doctest compares is the last line of what this module says of an exception, notes included.
        doctest.traceback = _Tracebacks(surroundings)  # type: ignore[attr-defined]
        signal.signal(signal.SIGALRM, self._ring)

    def run_test(self, test: dict[str, Any], *, is_beside: bool) -> None:
        """Run the examples of one docstring."""
        self._number, self._place = test["number"], -1
        random.seed(0)
        if is_beside:
            globs, self._lacking = beside(test["names"], test["module"]), {}
        else:
            globs, self._lacking = elsewhere(test["names"])
        globs = {**globs, "__name__": test["module"], "__builtins__": __builtins__}
        parsed = _PARSER.get_doctest(test["text"], globs, test["name"], None, 0)
        try:
            self.run(parsed, out=lambda _text: None, clear_globs=True)
        except LateError:
            self._tell({"outcome": "late"})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self._journal.tell({"event": "end", "test": self._number})

    # --- what doctest calls, and with which names -------------------------------------------------------------------
    # ruff: noqa: ARG002

    def report_start(self, out: Any, test: Any, example: Any) -> None:
        self._place = next(place for place, one in enumerate(test.examples) if one is example)
        self._journal.tell({"event": "begin", "test": self._number, "example": self._place})
        self._lifeline.renew(self._deadline)
        self._surroundings.begin()
        self._started = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, self._deadline)

    def report_success(self, out: Any, test: Any, example: Any, got: str) -> None:
        self._stop()
        self._tell({"outcome": "passed", "got": got[:_MOST_TEXT]})

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        self._stop()
        self._tell({"outcome": "failed", "got": got[:_MOST_TEXT], "want": example.want[:_MOST_TEXT]})

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: _Raised) -> None:
        self._stop()
        kind, error, _ = exc_info
        text = "".join(traceback.format_exception_only(kind, error))
        name = getattr(error, "name", None) if isinstance(error, NameError) else None  # 3.10
        if name in self._lacking:
            text += self._lacking[name] + "\n"
        self._tell(
            {
                "outcome": "raised",
                "got": text[:_MOST_TEXT],
                "type": f"{kind.__module__}.{kind.__qualname__}",
                "classes": [one.__name__ for one in kind.__mro__],
                "place": _deepest(exc_info[2]),
                "want": example.want[:_MOST_TEXT],
            }
        )

    # --- the clock --------------------------------------------------------------------------------------------------

    def _ring(self, *_signal: object) -> None:
        raise LateError

    def _stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _tell(self, said: dict[str, Any]) -> None:
        seconds = round(time.monotonic() - self._started, 4)
        where = {"event": "example", "test": self._number, "example": self._place}
        self._journal.tell(
            {**where, "seconds": seconds, **said, **self._surroundings.end(said["outcome"], said.get("got", ""))}
        )


class _Tracebacks:
    """The module `traceback`, for which an exception says only what the library wrote."""

    def __init__(self, surroundings: Any) -> None:
        self._surroundings = surroundings

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    def format_exception_only(self, kind: Any, value: Any = None, **options: Any) -> list[str]:
        self._surroundings.without_additions(value)
        return traceback.format_exception_only(kind, value, **options)


def _deepest(trace: TracebackType | None) -> str:
    place = ""
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return place
