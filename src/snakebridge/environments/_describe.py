# Asks an interpreter what it is: the guest writes facts to a file, the host reads them.
#
# The answer is kept for this process, by path and by the times of the path and of what it links to, so that an
# environment that was made again is asked again. Refusals are not kept: the user mends them and tries again.

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakebridge.environments._launch import guest_command, guest_environment, guest_folder
from snakebridge.environments._model import Interpreter
from snakebridge.environments._process import Finished, run
from snakebridge.errors import EnvironmentNotFoundError, UnsupportedInterpreterError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEADLINE = 60.0
# The guest's own words (`snakebridge_guest/__main__.py`). Both signs are asked for: another program may end with 88.
_UNSUPPORTED_STATUS = 88
_UNSUPPORTED_WORDS = "snakebridge needs Python"
# What CPython ends with when it does not know an option; `-I` came with 3.4.
_USAGE_STATUS = 2
_MEND = "give the path of a Python 3.8+ interpreter, or of a venv or conda folder"

_answers: dict[tuple[str, int, int], Mapping[str, Any]] = {}


def ask(executable: Path) -> Mapping[str, Any]:
    """Return the facts that an interpreter states about itself.

    Raises:
        EnvironmentNotFoundError: It is no Python, or a broken one.
        UnsupportedInterpreterError: It is older than Python 3.8.
    """
    try:
        key = (str(executable), executable.stat().st_mtime_ns, executable.lstat().st_mtime_ns)
    except OSError as error:
        raise EnvironmentNotFoundError(f"cannot read {executable} ({error.strerror}); {_MEND}") from None
    if key not in _answers:
        _answers[key] = _ask(executable)
    return _answers[key]


def _ask(executable: Path) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:
        file = Path(folder, "facts.json")
        finished = _run(executable, guest_command(executable, "describe", str(file)))
        _refuse_old(finished)
        if finished.status == _USAGE_STATUS:
            door = str(guest_folder() / "__main__.py")
            _refuse_old(_run(executable, [str(executable), "-B", "-E", "-s", door, "describe", str(file)]))
        try:
            facts = json.loads(file.read_bytes())
        except (OSError, ValueError):
            raise EnvironmentNotFoundError(
                f"{executable} did not answer as a Python interpreter: it {finished.ending}; {_MEND}{finished.tail()}"
            ) from None
    assert isinstance(facts, dict)
    return facts


def _run(executable: Path, command: list[str]) -> Finished:
    try:
        return run(command, environment=guest_environment(), deadline=_DEADLINE)
    except OSError as error:
        raise EnvironmentNotFoundError(f"{executable} cannot be started ({error.strerror}); {_MEND}") from None


def _refuse_old(finished: Finished) -> None:
    if finished.status == _UNSUPPORTED_STATUS and _UNSUPPORTED_WORDS in finished.errors:
        sentence = next(line for line in finished.errors.splitlines() if _UNSUPPORTED_WORDS in line)
        raise UnsupportedInterpreterError(sentence)


def describe(executable: Path) -> Interpreter:
    """Ask an interpreter what it is.

    Args:
        executable: What `find` or `provision` returned.

    Raises:
        EnvironmentNotFoundError: It is no Python, or a broken one.
        UnsupportedInterpreterError: It is older than Python 3.8.
    """
    executable = executable.absolute()
    facts = dict(ask(executable))
    major, minor, patch = facts.pop("version")
    return Interpreter(
        **{
            **facts,
            # The path it was asked by, which may be a wrapper that sets what this interpreter needs.
            "executable": executable,
            "version": (major, minor, patch),
            "prefix": Path(facts["prefix"]),
            "base_prefix": Path(facts["base_prefix"]),
            "path": tuple(Path(one) for one in facts["path"]),
            "distributions": dict(facts["distributions"]),
        }
    )
