"""Needs what is not installed."""

import tricky_is_not_installed


def never(x: int = 1) -> str:
    """Is only read."""
