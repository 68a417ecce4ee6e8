"""Holds a function that ends whoever asks for its signature."""

import ctypes
import functools


def works(): ...


class _Function:
    def __call__(self): ...

    @property
    def __signature__(self):
        ctypes.string_at(0)


deadly = functools.wraps(works)(_Function())
