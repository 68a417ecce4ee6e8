# Requirements in one spelling, so that the same wish gives the same managed environment.

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.errors import ProvisionError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHAPE = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^\]]*\])?\s*"
    r"(?P<versions>(?:(?:===|[<>=!~]=?)\s*[\w.*+!-]+\s*,?\s*)*)(?P<rest>[@;].*)?"
)


def canonical(requirements: Sequence[str]) -> tuple[str, ...]:
    """Return requirements sorted, each once, in one spelling; those that are paths are made absolute.

    Raises:
        ProvisionError: One of them is an option of an installer, or empty.
    """
    return tuple(sorted({_canonical(requirement.strip()) for requirement in requirements}))


def _canonical(requirement: str) -> str:
    if not requirement or requirement.startswith("-"):
        raise ProvisionError(
            f"{requirement!r} is no requirement; write a name with versions such as 'numpy>=2,<3', or the path of a "
            "wheel or project"
        )
    if is_path(requirement):
        return str(Path(requirement).expanduser().absolute())
    match = _SHAPE.fullmatch(requirement)
    if match is None:
        # The installer reads more than is understood here, and refuses the rest in its own words.
        return requirement
    name = re.sub(r"[-_.]+", "-", match["name"]).lower()
    extras = sorted(extra.strip().lower() for extra in (match["extras"] or "")[1:-1].split(",") if extra.strip())
    versions = sorted(re.sub(r"\s+", "", one) for one in match["versions"].split(",") if one.strip())
    rest = (match["rest"] or "").strip()
    text = name + (f"[{','.join(extras)}]" if extras else "") + ",".join(versions)
    # A blank must stand before `@` and may stand before `;`; a URL ends at a blank.
    return f"{text} {rest}" if rest else text


def is_path(requirement: str) -> bool:
    """Whether a requirement is a path and not a name."""
    return requirement.startswith((".", "~", os.sep)) or (os.sep in requirement and Path(requirement).exists())


def fingerprint(requirement: str) -> str:
    """Return what changes when the files behind a requirement change; empty for one that has no files."""
    if not is_path(requirement):
        return ""
    digest = hashlib.sha256()
    for path in sorted(_files(Path(requirement))):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        return [root] if root.exists() else []
    found = []
    for folder, names, files in os.walk(root):
        # What builds leave in a project, and what hides, is not its source.
        names[:] = [one for one in names if not one.startswith(".") and one not in {"__pycache__", "build", "dist"}]
        found += [Path(folder, one) for one in files]
    return [path for path in found if path.exists() and not any(part.endswith(".egg-info") for part in path.parts)]
