# The mark that every process of a program's workers carries, whatever becomes of it: a number that names the program
# (its process id, the low bits of its start time, and a number drawn for the pools' sake) and one of its workers.
#
#   62    40        24      16         0
#   ┌─┬────┬─────────┬───────┬─────────┐
#   │1│pid │ started │ drawn │ worker  │   worker 0: of the program, such as a process that makes workers
#   └─┴────┴─────────┴───────┴─────────┘
#
# It is written in two places. The soft limit of real-time CPU time (RLIMIT_RTTIME, microseconds) outlives fork, exec,
# setsid and an emptied environment, and a limit of 146,000 years limits nothing. The environment variable is there
# where that limit may not be set; it is a list, because a worker may itself be a program that has workers.
#
# Guarantees: a mark says by itself whether its program lives, so that no list has to be asked which may be damaged.
# Assumes: Linux (`/proc`); elsewhere nothing has a mark.

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VARIABLE", "Mark", "read_list"]

VARIABLE = "SNAKEBRIDGE_RUN"

_FLAG = 1 << 62
_PID = 40
_STARTED, _STARTED_MASK = 24, 0xFFFF
_DRAWN, _DRAWN_MASK = 16, 0xFF
_WORKER_MASK = 0xFFFF


class Mark(NamedTuple):
    """Whose a process is."""

    host: int
    """The program's process id."""
    started: int
    """The low bits of its start time."""
    drawn: int
    """Tells a program from what another one became that replaced itself (`os.execv`) and so kept its process id."""
    worker: int

    @classmethod
    def of(cls, number: int) -> Mark | None:
        """Return the mark that a number is; `None` when it is some other number."""
        if number >> 62 != 1:
            return None
        host = number - _FLAG >> _PID
        return cls(host, number >> _STARTED & _STARTED_MASK, number >> _DRAWN & _DRAWN_MASK, number & _WORKER_MASK)

    @classmethod
    def drawn_for(cls, host: int, started: int) -> Mark:
        """Return a new mark of a program."""
        return cls(host, started & _STARTED_MASK, os.urandom(1)[0], 0)

    def redrawn(self) -> Mark:
        """Return another mark of the same program."""
        return self._replace(drawn=self.drawn + 1 & _DRAWN_MASK)

    @property
    def number(self) -> int:
        """The mark as a number."""
        return _FLAG | self.host << _PID | self.started << _STARTED | self.drawn << _DRAWN | self.worker

    @property
    def run(self) -> Mark:
        """The mark of its program."""
        return self._replace(worker=0)

    def numbered(self, worker: int) -> Mark:
        """Return the mark of a worker; after 65,535 the numbers come again."""
        return self._replace(worker=(worker - 1) % _WORKER_MASK + 1)

    def environment(self, outer: Mapping[str, str]) -> dict[str, str]:
        """Return the variable that carries it, behind what this program carries itself.

        Args:
            outer: This program's own environment.
        """
        inherited = outer.get(VARIABLE)
        return {VARIABLE: f"{inherited}:{self.number:x}" if inherited else f"{self.number:x}"}

    def was_started_at(self, ticks: int) -> bool:
        """Whether its program may be a process that was started then."""
        return ticks & _STARTED_MASK == self.started


def read_list(text: str) -> list[Mark]:
    """Return the marks that a variable carries, the innermost last; what is no mark is passed over."""
    marks = []
    for word in text.split(":"):
        try:
            mark = Mark.of(int(word, 16))
        except ValueError:
            continue
        if mark is not None:
            marks.append(mark)
    return marks
