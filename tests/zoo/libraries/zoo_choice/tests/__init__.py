"""Tests."""


def check():
    """Check."""
