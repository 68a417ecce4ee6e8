# The lock: which interpreter and distributions each manifest was made with. The manifest itself does not say, so that
# the same library gives the same bytes on any machine.

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from snakebridge.errors import ManifestError
from snakebridge.files import replace_file
from snakebridge.manifest import Manifest, content_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from snakebridge.environments import Interpreter


def lock(interpreter: Interpreter, manifest: Manifest) -> dict[str, object]:
    """Return the lock entry of a manifest that was made with an interpreter."""
    return {
        "implementation": interpreter.implementation,
        "python": ".".join(str(part) for part in interpreter.version),
        "platform": interpreter.platform,
        "distributions": dict(interpreter.distributions),
        "manifest": content_hash(manifest),
    }


def read_lock(path: Path) -> dict[str, Mapping[str, object]]:
    """Return the entries of a lock file by library; none when there is no file.

    Raises:
        ManifestError: The file is no lock.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ManifestError(f"cannot read the lock {path} ({error}); delete it and introspect again") from None
    if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
        raise ManifestError(f"{path} is not a lock; delete it and introspect again")
    return found


def update_lock(path: Path, library: str, entry: Mapping[str, object]) -> bool:
    """Set a library's entry in a lock file, atomically; return whether the file's bytes changed.

    Raises:
        ManifestError: The file is there and is no lock.
        OutputError: The file cannot be written; what was there is untouched.
    """
    entries = {**read_lock(path), library: entry}
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(entries[name], ensure_ascii=False, sort_keys=True, separators=(',', ':'))}"
        for name in sorted(entries)
    )
    return replace_file(path, f"{{\n{lines}\n}}\n")
