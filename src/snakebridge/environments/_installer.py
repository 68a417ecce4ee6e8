# The installers' command lines: uv where there is one, else pip. Pure, but for looking where uv is.
#
# Assumption that was measured: uv reads no pip settings, and pip no uv settings; people who must use a mirror set pip's
# variables, so those are passed on to uv under its own names unless it has settings of its own.

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments._launch import guest_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snakebridge.environments._model import Interpreter

# Settings that would turn an installer away from the folder it is told to fill.
_MISLEADING = {
    "PIP_PREFIX", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PIP_TARGET", "PIP_USER",
    "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET",
}  # fmt: skip
_FOR_UV = {
    "PIP_CERT": "SSL_CERT_FILE",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
}
# `-B`, because with `-I` no variable can say that bytecode must not be left behind.
_PIP = ("-B", "-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
_OLDEST_GLIBC_MINOR = 17
_SHOWN = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command of an installer."""

    doing: str
    """What it does, as people are told while it runs, such as `installing numpy`."""
    command: Sequence[str]


def find_uv() -> Path | None:
    """Return uv: from the search path, from beside this interpreter, or from the `uv` distribution."""
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    beside = Path(sys.executable).with_name("uv")
    if os.access(beside, os.X_OK):
        return beside
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - an optional distribution

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return None


def installer_environment() -> dict[str, str]:
    """Return this process's environment as installers shall see it."""
    environment = guest_environment()
    for name in _MISLEADING & environment.keys():
        del environment[name]
    for ours, theirs in _FOR_UV.items():
        if ours in environment:
            value = environment[ours]
            # uv separates places to look in with commas, pip with blanks.
            environment.setdefault(theirs, ",".join(value.split()) if ours == "PIP_FIND_LINKS" else value)
    # uv asks the target's interpreter about itself, which must leave no bytecode there.
    return {**environment, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}


def create_steps(folder: Path, python: str, requirements: Sequence[str], *, uv: Path | None) -> list[Step]:
    """Return the steps that make an environment and fill it.

    Args:
        folder: Where it shall be.
        python: The base interpreter; with uv, a version that uv may find or download is as good.
        requirements: What to install.
        uv: The uv to use; without one, the base interpreter's own venv and pip are used.
    """
    interpreter = str(folder / "bin" / "python")
    if uv is None:
        create = [python, "-B", "-I", "-m", "venv", str(folder)]
        install = [interpreter, *_PIP, "--no-compile"]
    else:
        create = [str(uv), "venv", "--no-project", "--python", python, str(folder)]
        install = [str(uv), "pip", "install", "--no-progress", "--python", interpreter]
    steps = [Step(doing="creating the environment", command=create)]
    if requirements:
        steps.append(Step(doing=f"installing {_enumeration(requirements)}", command=[*install, *requirements]))
    return steps


def _enumeration(requirements: Sequence[str]) -> str:
    shown, rest = requirements[:_SHOWN], len(requirements) - _SHOWN
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def overlay_steps(
    folder: Path, interpreter: Interpreter, requirements: Sequence[str], *, uv: Path | None, pip: Path | None
) -> list[Step]:
    """Return the ways to fill a folder with wheels for an interpreter, the best first; any one of them is enough.

    Args:
        folder: Where the wheels shall be unpacked.
        interpreter: The target; it is read, never written to.
        requirements: What to install.
        uv: The uv to use, if there is one.
        pip: An interpreter other than the target that has pip, if there is one.
    """
    # Only wheels: to build grpcio takes a compiler and half an hour. Few retries: being offline is no reason to wait.
    wheels = ["--only-binary", ":all:", "--target", str(folder)]
    patience = ["--no-compile", "--retries", "1", "--timeout", "15"]
    ways = []
    if uv is not None:
        command = [str(uv), "pip", "install", "--no-progress", "--python", str(interpreter.executable)]
        ways.append(Step(doing="uv", command=[*command, *wheels, *requirements]))
    if "pip" in interpreter.distributions:
        command = [str(interpreter.executable), *_PIP, *patience]
        ways.append(Step(doing="the target's pip", command=[*command, *wheels, *requirements]))
    tags = _tags(interpreter)
    if pip is not None and tags:
        command = [str(pip), *_PIP, *patience, *tags]
        ways.append(Step(doing="the host's pip", command=[*command, *wheels, *requirements]))
    return ways


def file_steps(folder: Path, requirements: Sequence[str], *, uv: Path | None, pip: Path | None) -> list[Step]:
    """Return the ways to fill a folder with distributions that nobody will run; any one of them is enough.

    Args:
        folder: Where they shall be unpacked.
        requirements: What to unpack; dependencies are left out.
        uv: The uv to use, if there is one.
        pip: An interpreter that has pip, if there is one.
    """
    doing = f"fetching {_enumeration(requirements)}"
    where = ["--no-deps", "--target", str(folder), *requirements]
    ways = []
    if uv is not None:
        ways.append(
            Step(doing=doing, command=[str(uv), "pip", "install", "--no-progress", "--python", sys.executable, *where])
        )
    if pip is not None:
        ways.append(Step(doing=doing, command=[str(pip), *_PIP, "--no-compile", *where]))
    return ways


def _tags(interpreter: Interpreter) -> list[str]:
    # What pip must be told to choose wheels for an interpreter that it does not run in; known for CPython alone.
    if interpreter.implementation != "cpython":
        return []
    major, minor, _ = interpreter.version
    free_threaded = "t" if interpreter.abi.startswith(f"cpython-{major}{minor}t") else ""
    options = ["--implementation", "cp", "--python-version", f"{major}.{minor}"]
    options += ["--abi", f"cp{major}{minor}{free_threaded}"]
    for name in _platforms(interpreter.platform):
        options += ["--platform", name]
    return options


def _platforms(name: str) -> list[str]:
    system, _, machine = name.partition("-")
    libc, version = platform.libc_ver()
    if system != "linux" or libc != "glibc":
        return [re.sub(r"\W", "_", name)]
    newest = int(version.split(".")[1])
    generations = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, _OLDEST_GLIBC_MINOR - 1, -1)]
    return [*generations, f"manylinux2014_{machine}", f"linux_{machine}"]
