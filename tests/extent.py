"""How much of chaos is run: `make chaos` sets `SNAKEBRIDGE_CHAOS=full`, and everything else runs a part of it."""

from __future__ import annotations

import os

IS_FULL = os.environ.get("SNAKEBRIDGE_CHAOS") == "full"


def part(cases: list, *, of: int) -> list:
    """Return every case when chaos is full, else one in so many, the first included."""
    return cases if IS_FULL else cases[::of]
