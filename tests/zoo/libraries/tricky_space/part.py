"""A part of a namespace package."""


def inside(x: int) -> int:
    pass
