"""Nothing but records (rich's `region`)."""

from typing import NamedTuple


class Region(NamedTuple):
    x: int
    y: int
