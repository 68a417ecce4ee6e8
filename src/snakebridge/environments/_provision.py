# Managed environments: built once per content, in the folder they stay in.
#
# A venv holds absolute paths, so it is built in place under a claim and declared built at the end, never renamed. What
# a killed process left has no lock file and is removed first. What depends on the wish alone is in the key: the
# requirements in one spelling, the version, this platform, and the number of this format.

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import sys
import sysconfig
from typing import TYPE_CHECKING

from snakebridge.environments._cache import Report, cache_root, claimed, is_built, write_lock
from snakebridge.environments._describe import describe
from snakebridge.environments._installer import Step, create_steps, find_uv, installer_environment
from snakebridge.environments._locate import locate
from snakebridge.environments._process import run
from snakebridge.environments._requirements import canonical, fingerprint
from snakebridge.errors import ConfigurationError, ProvisionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FORMAT = 1
_OLDEST = (3, 8)
_VERSION = re.compile(r"3\.\d+(\.\d+)?")
_KEY_LENGTH = 16
# A build from source may take very long; what hangs is ended all the same.
_DEADLINE = 3600.0


def provision(requirements: Sequence[str], *, python_version: str | None = None, report: Report | None = None) -> Path:
    """Return the interpreter of a managed environment, which is built when it is not there yet.

    Args:
        requirements: What shall be installed in it, such as `numpy>=2,<3`, or the path of a wheel or project.
        python_version: Such as `3.10` or `3.10.13`; by default the one that runs this.
        report: Is told what is being done, a sentence at a time.

    Raises:
        ProvisionError: It could not be built; the message holds the installer's own last lines.
    """
    wanted = canonical(requirements)
    version = _checked(python_version)
    folder = cache_root() / "environments" / _key(wanted, version)
    interpreter = folder / "bin" / "python"
    try:
        if not _is_usable(folder, interpreter):
            with claimed(folder, report) as claim:
                if not _is_usable(folder, interpreter):
                    build(folder, wanted, version, claim=claim, report=report, uv=find_uv())
    except OSError as error:
        raise ProvisionError(
            f"cannot write the environment {folder} ({error.strerror or error}); "
            "set SNAKEBRIDGE_CACHE to a folder that can be written"
        ) from None
    return interpreter


def _checked(version: str | None) -> str:
    if version is None:
        return "{}.{}".format(*sys.version_info)
    if not _VERSION.fullmatch(version) or tuple(int(part) for part in version.split(".")) < _OLDEST:
        raise ProvisionError(f"the Python version {version!r} cannot be used; write 3.8 or newer, such as '3.10'")
    return version


def _key(wanted: tuple[str, ...], version: str) -> str:
    parts = {
        "format": _FORMAT,
        "requirements": [[one, fingerprint(one)] for one in wanted],
        "python": version,
        "implementation": platform.python_implementation(),
        "platform": sysconfig.get_platform(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:_KEY_LENGTH]


def _is_usable(folder: Path, interpreter: Path) -> bool:
    # The interpreter is a link; what it was made from may have been uninstalled since.
    return is_built(folder) and interpreter.exists()


def build(
    folder: Path, wanted: tuple[str, ...], version: str, *, claim: int, report: Report | None, uv: Path | None
) -> None:
    """Build an environment in its place, under a claim, from nothing."""
    located = locate(version)
    if located is None and uv is None:
        raise ProvisionError(
            f"there is no Python {version} on the search path or in pyenv to make an environment from; "
            "install it, or install uv, which downloads it"
        )
    _remove(folder)
    try:
        for step in create_steps(folder, str(located or version), wanted, uv=uv):
            if report is not None:
                report(f"Python {version}: {step.doing}")
            _take(step, version, claim=claim)
        try:
            made = describe(folder / "bin" / "python")
        except ConfigurationError as error:
            raise ProvisionError(f"the new environment for Python {version} does not work: {error}") from None
        lock = {
            "format": _FORMAT,
            "requirements": list(wanted),
            "python": ".".join(str(part) for part in made.version),
            "distributions": dict(made.distributions),
        }
        write_lock(folder, lock)
    except BaseException:  # Ctrl-C included: a half-built folder must not look built
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _take(step: Step, version: str, *, claim: int) -> None:
    finished = run(step.command, environment=installer_environment(), deadline=_DEADLINE, keep_open=[claim])
    if finished.status != 0:
        raise ProvisionError(
            f"{step.doing} for Python {version} failed, because the installer {finished.ending}; its last lines say "
            f"what to mend:{finished.tail()}"
        )


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
