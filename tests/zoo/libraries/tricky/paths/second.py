"""Offers the same again, under more names."""

from tricky.paths._inner import Liar, Moved

__all__ = ["Liar", "Moved", "Renamed"]

Renamed = Moved
