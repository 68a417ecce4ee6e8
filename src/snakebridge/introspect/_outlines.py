# Has the target parse what this Python is too old for: sources with `class Box[T]`, nested f-strings and the like.
#
# Guarantees: nothing of the target is imported. What cannot be had (a target that breaks, a deadline) is missing in the
# result, and those files are recorded as unreadable by whoever asked.

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.environments import guest_command, guest_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_DEADLINE = 60.0


def outlines(python: Path) -> Callable[[Sequence[Path]], Mapping[Path, str]]:
    """Return what rewrites files so that this Python can parse what they define, with a target's own parser."""

    def rewrite(paths: Sequence[Path]) -> Mapping[Path, str]:
        with tempfile.TemporaryDirectory(prefix="snakebridge-") as folder:
            listed, out = Path(folder, "paths.json"), Path(folder, "outlines.json")
            listed.write_text(json.dumps([str(path) for path in paths]), encoding="ascii")
            try:
                subprocess.run(
                    guest_command(python, "outline", str(listed), str(out)),
                    cwd=folder,
                    env=guest_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_DEADLINE,
                    check=False,
                )
                found = json.loads(out.read_bytes())
            except (OSError, ValueError, subprocess.TimeoutExpired):
                return {}
        return {Path(path): text for path, text in found.items()}

    return rewrite
