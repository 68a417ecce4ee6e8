"""A module and its function have one path."""

__all__ = ["other", "same"]


def same(x: int) -> int:
    pass


def other(x):
    pass
