# The guest's own dependencies, one folder per kind of interpreter, which the guest appends to `sys.path`.
#
# Guarantees: nothing is written into the target; a folder is complete or absent (it holds no absolute paths, so it is
# built beside its place and renamed into it); there is always an answer, since the guest also works without. What
# failed is not tried again in this process: being offline would cost a time-out per worker.

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import sys
import textwrap
from pathlib import Path

from snakebridge.environments._cache import Report, cache_root, claimed, is_built, write_lock
from snakebridge.environments._installer import Step, find_uv, installer_environment, overlay_steps
from snakebridge.environments._model import Interpreter, Overlay
from snakebridge.environments._process import run

_FORMAT = 1
_REQUIREMENTS = ("grpcio", "msgpack", "protobuf>=3.20.3")
_DEADLINE = 300.0
_GIST_LENGTH = 300

_failures: dict[Path, str] = {}


def overlay(interpreter: Interpreter, *, report: Report | None = None) -> Overlay:
    """Return the overlay for an interpreter, which is built when it is not there yet; it never raises.

    Args:
        interpreter: What `describe` returned.
        report: Is told what is being done, a sentence at a time.
    """
    folder = _place(interpreter)
    if is_built(folder):
        return Overlay(folder=folder)
    if folder not in _failures:
        pip = Path(sys.executable) if importlib.util.find_spec("pip") else None
        try:
            with claimed(folder, report) as claim:
                reason = build(folder, interpreter, claim=claim, report=report, uv=find_uv(), pip=pip)
        except OSError as error:
            reason = f"cannot write {folder} ({error.strerror or error}); set SNAKEBRIDGE_CACHE to another folder"
        if reason is None:
            return Overlay(folder=folder)
        _failures[folder] = reason
    return Overlay(folder=None, reason=_failures[folder])


def _place(interpreter: Interpreter) -> Path:
    version = "{}.{}".format(*interpreter.version)
    tags = (interpreter.implementation, version, interpreter.abi or "none", interpreter.platform, str(_FORMAT))
    return cache_root() / "overlays" / re.sub(r"[^\w.-]", "_", "-".join(tags))


def build(
    folder: Path, interpreter: Interpreter, *, claim: int, report: Report | None, uv: Path | None, pip: Path | None
) -> str | None:
    """Build an overlay in its place, under a claim, and return why it could not be, if so."""
    if is_built(folder):
        return None
    made = folder.with_name(f"{folder.name}.building")
    reason = f"there is neither uv nor a pip that can choose wheels for {interpreter.label}"
    for way in overlay_steps(made, interpreter, _REQUIREMENTS, uv=uv, pip=pip):
        _remove(made)
        made.mkdir(parents=True)
        if report is not None:
            report(f"{interpreter.label}: fetching grpcio, msgpack and protobuf with {way.doing}")
        why = _fill(way, claim=claim)
        if why is None:
            write_lock(made, {"format": _FORMAT, "requirements": list(_REQUIREMENTS)})
            _remove(folder)
            made.replace(folder)
            return None
        reason = why
    with contextlib.suppress(OSError):
        _remove(made)
    return f"the overlay for {interpreter.label} could not be built: {reason}"


def _fill(way: Step, *, claim: int) -> str | None:
    finished = run(way.command, environment=installer_environment(), deadline=_DEADLINE, keep_open=[claim])
    if finished.status == 0:
        return None
    said = _gist(finished.errors)
    return f"{way.doing} {finished.ending}" + (f" ({said})" if said else "")


def _gist(errors: str) -> str:
    # Installers say what is wrong first, after warnings, and what is behind it last.
    lines = [" ".join(line.split()) for line in errors.splitlines() if line.strip()]
    wrong = next((line for line in lines if line.lower().startswith("error")), None)
    said = " ".join(lines) if wrong is None else "; ".join(dict.fromkeys([wrong, lines[-1]]))
    return textwrap.shorten(said, _GIST_LENGTH, placeholder=" …")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
