"""Lists one of two."""

__all__ = ["listed"]


def listed():
    """Listed."""


def unlisted():
    """Public by its name, and not listed."""
