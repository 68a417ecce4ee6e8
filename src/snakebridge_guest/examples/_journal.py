# What happened, one JSON line each. A line is in the file when `tell` returns, so that whoever kills this process knows
# what it was at.

from __future__ import annotations

import json
import os
from typing import Any


class Journal:
    """A file of events that is only added to."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __enter__(self) -> Journal:  # noqa: PYI034 - `Self` is newer than 3.8
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._file)

    def tell(self, event: dict[str, Any]) -> None:
        """Write one event."""
        os.write(self._file, json.dumps(event).encode("ascii") + b"\n")
