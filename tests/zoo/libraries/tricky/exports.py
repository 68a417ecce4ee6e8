"""Announces more than it delivers, in an order that changes with the hash seed."""

from collections import OrderedDict as Ordered
from os.path import join

__all__ = list({"delivered", "refused", "gone", "leaving", "interrupted", "not an identifier", "Ordered", "join"})


def delivered(x):
    pass


def undeclared(x):
    pass


def __getattr__(name):
    if name == "refused":
        raise ImportError("an optional dependency is missing at /home/somebody/secret")
    if name == "leaving":
        raise SystemExit(3)
    if name == "interrupted":
        raise KeyboardInterrupt
    if name == "not an identifier":
        return 1
    raise AttributeError(name)
