"""Every way to reach a library: link, profile of the workers, version of the guest."""

from __future__ import annotations

import itertools
from typing import NamedTuple

LINKS = ("lane", "grpc")
PROFILES = ("process", "thread")
GUESTS = ("3.8", "3.11", "3.13")


class Combination(NamedTuple):
    link: str
    profile: str
    guest: str

    def __str__(self) -> str:
        return "-".join(self)


COMBINATIONS = [Combination(*each) for each in itertools.product(LINKS, PROFILES, GUESTS)]
FIRST = Combination("lane", "process", "3.11")
"""Here every case runs, and what differs must be known to."""
