# From what a user names (a path, a folder, a command, a version) to the path of an interpreter.
#
# Guarantees: what is returned has answered as a Python, and a venv's own link stays as it is: resolving it would leave
# the venv. An old Python is returned too; `describe` is where it is refused.

from __future__ import annotations

import os
import re
from pathlib import Path

from snakebridge.environments._describe import ask
from snakebridge.environments._locate import locate, on_path, version_in
from snakebridge.errors import EnvironmentNotFoundError, UnsupportedInterpreterError

_NESTED = (".venv", "venv", "env")
_NAMES = ("python", "python3")
_OLDEST = (3, 8)
_VERSION = re.compile(r"(?:python)?(\d)(?:\.(\d+)(?:\.\d+)?)?")


def find(target: str | os.PathLike[str]) -> Path:
    """Return the interpreter that a target names.

    Args:
        target: The path of an interpreter, a venv or conda folder, a command on the search path such as `python3.9`,
            or a version such as `3.9`.

    Raises:
        EnvironmentNotFoundError: It names no working interpreter; the message says what to give instead.
    """
    text = os.fspath(target)
    if not text:
        raise EnvironmentNotFoundError("the target is empty; give a Python, or a venv or conda folder")
    path = Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111 - `~` alone, and `..` without links
    if path.is_dir():
        return _in_folder(path)
    if os.path.lexists(path) or os.sep in text:
        return _answering(_runnable(path))
    return _named(text)


def _in_folder(folder: Path) -> Path:
    is_conda = (folder / "conda-meta").is_dir()
    if not is_conda and not (folder / "pyvenv.cfg").is_file():
        raise EnvironmentNotFoundError(f"{folder} is no venv or conda folder; {_instead_of(folder)}")
    for name in _NAMES:
        if os.path.lexists(folder / "bin" / name):
            return _answering(_runnable(folder / "bin" / name))
    kind, mend = ("conda", "install python in it") if is_conda else ("venv", "make it again with `python -m venv`")
    raise EnvironmentNotFoundError(f"the {kind} folder {folder} has no interpreter in bin; {mend}")


def _instead_of(folder: Path) -> str:
    for candidate in [*(folder / name for name in _NESTED), folder.parent]:
        if (candidate / "pyvenv.cfg").is_file() or (candidate / "conda-meta").is_dir():
            return f"did you mean {candidate}?"
    for name in _NAMES:
        if (folder / "bin" / name).exists():
            return f"give its interpreter, {folder / 'bin' / name}"
    return "make one with `python -m venv`, or give the path of an interpreter"


def _runnable(path: Path) -> Path:
    if path.is_symlink() and not path.exists():
        raise EnvironmentNotFoundError(
            f"{path} links to {path.readlink()}, which is gone; make the environment again, or give another interpreter"
        )
    if not path.exists():
        raise EnvironmentNotFoundError(f"there is no {path}; give the path of an interpreter, or of a venv folder")
    if not os.access(path, os.X_OK):
        raise EnvironmentNotFoundError(f"{path} is not executable; give the path of an interpreter, or `chmod +x` it")
    return path


def _answering(path: Path) -> Path:
    try:
        facts = ask(path)
    except UnsupportedInterpreterError:
        return path
    # A version manager's shim picks by the current folder and by variables; which one it picked now is what was meant.
    return Path(facts["executable"]) if path.parent.name == "shims" else path


def _named(name: str) -> Path:
    refused: EnvironmentNotFoundError | None = None
    for candidate in on_path(name):
        try:
            return _answering(candidate)
        except EnvironmentNotFoundError as error:
            # A pyenv shim for a version that is not switched on is there, is executable, and fails.
            refused = refused or error
    version = version_in(name)
    located = locate(version) if version else None
    if located is not None:
        return located
    if refused is not None:
        raise refused
    if _is_too_old(name):
        raise UnsupportedInterpreterError(f"{name} is too old: snakebridge needs Python 3.8 or newer in the target")
    wanted = f"no Python {version}" if version else f"no {name}"
    raise EnvironmentNotFoundError(
        f"there is {wanted} in this folder or on the search path; give the path of an interpreter, or of a venv folder"
    )


def _is_too_old(name: str) -> bool:
    match = _VERSION.fullmatch(name)
    return match is not None and (int(match[1]), int(match[2] or 0)) < _OLDEST
