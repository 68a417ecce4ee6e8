"""The probe: walks one library in the target and writes down what it sees, without judging it."""

from __future__ import annotations

__all__ = ["main"]


def main(argv: list[str]) -> int:
    """Walk a library; see `_walk.py` for the arguments."""
    # Loaded late, so that the role `describe`, which lives in this folder too, does not pay for the walk.
    from snakebridge_guest.probe._walk import main as walk  # noqa: PLC0415 - see above

    return walk(argv)
