# Distributions as files to be read and never run, such as stub packages: one folder per wish, without dependencies.
#
# Guarantees: a folder is complete or absent (it is built beside its place and renamed into it); the same requirements
# give the same folder, which is never changed again. Nothing of it is imported by anyone.

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments._cache import Report, cache_root, claimed, is_built, write_lock
from snakebridge.environments._installer import file_steps, find_uv, installer_environment
from snakebridge.environments._process import run
from snakebridge.environments._requirements import canonical, fingerprint
from snakebridge.errors import ProvisionError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORMAT = 1
_KEY_LENGTH = 16
_DEADLINE = 600.0


def unpacked(requirements: Sequence[str], *, report: Report | None = None) -> Path:
    """Return a folder that holds the files of distributions, which is filled when it is not there yet.

    Args:
        requirements: What it shall hold, such as `scipy-stubs==1.17.*`; their dependencies are left out.
        report: Is told what is being done, a sentence at a time.

    Raises:
        ProvisionError: It could not be filled; the message holds the installer's own last lines.
    """
    wanted = canonical(requirements)
    parts = {"format": _FORMAT, "requirements": [[one, fingerprint(one)] for one in wanted]}
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:_KEY_LENGTH]
    folder = cache_root() / "files" / key
    try:
        if not is_built(folder):
            with claimed(folder, report) as claim:
                if not is_built(folder):
                    _fill(folder, wanted, claim=claim, report=report)
    except OSError as error:
        raise ProvisionError(
            f"cannot write the folder {folder} ({error.strerror or error}); "
            "set SNAKEBRIDGE_CACHE to a folder that can be written"
        ) from None
    return folder


def _fill(folder: Path, wanted: tuple[str, ...], *, claim: int, report: Report | None) -> None:
    made = folder.with_name(f"{folder.name}.building")
    pip = Path(sys.executable) if importlib.util.find_spec("pip") else None
    ways = file_steps(made, wanted, uv=find_uv(), pip=pip)
    if not ways:
        raise ProvisionError(
            f"{', '.join(wanted)} cannot be fetched, because there is neither uv nor pip beside snakebridge; install "
            "one of them, or name a folder that holds the files"
        )
    said = ""
    for way in ways:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        if report is not None:
            report(way.doing)
        finished = run(way.command, environment=installer_environment(), deadline=_DEADLINE, keep_open=[claim])
        if finished.status == 0:
            write_lock(made, {"format": _FORMAT, "requirements": list(wanted)})
            shutil.rmtree(folder, ignore_errors=True)
            made.replace(folder)
            return
        said = f"{way.doing} failed, because the installer {finished.ending}; its last lines say what to mend:"
        said += finished.tail()
    shutil.rmtree(made, ignore_errors=True)
    raise ProvisionError(said)
