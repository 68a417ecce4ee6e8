"""What `snakebridge verify` found, kept beside the manifests: how many of a library's own examples pass.

One file for all libraries of a folder, canonical like a manifest, so that it can be committed and compared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, NonNegativeInt, TypeAdapter, ValidationError

from snakebridge.errors import ManifestError
from snakebridge.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["VERIFIED_FILE", "Verified", "read_verified", "write_verified"]

VERIFIED_FILE = "snakebridge.verified"
"""Its name in the manifests folder: no library's manifest can have it."""


class Verified(BaseModel):
    """The figures of one library."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    manifest: str
    """`content_hash` of the manifest that the verified package was generated from."""
    direct: NonNegativeInt
    """Documented examples that pass in the library's own interpreter."""
    bridged: NonNegativeInt
    """Those of them that pass through the generated package."""
    kinds: dict[str, NonNegativeInt]
    """How many of the others there are of each kind of difference."""


_FILE = TypeAdapter(dict[str, Verified])


def read_verified(folder: Path) -> dict[str, Verified]:
    """Return the figures of a manifests folder by library; none when nothing was verified yet.

    Raises:
        ManifestError: The file is none of these.
    """
    path = folder / VERIFIED_FILE
    try:
        return _FILE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise ManifestError(f"cannot read {path} ({error}); delete it and verify again") from None


def write_verified(folder: Path, library: str, verified: Verified) -> bool:
    """Set the figures of a library, atomically; return whether the file's bytes changed.

    Raises:
        ManifestError: The file is there and is none of these.
        OutputError: The file cannot be written; what was there is untouched.
    """
    found = {**read_verified(folder), library: verified}
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(one.model_dump(), sort_keys=True, separators=(',', ':'))}"
        for name, one in sorted(found.items())
    )
    return replace_file(folder / VERIFIED_FILE, f"{{\n{lines}\n}}\n")
