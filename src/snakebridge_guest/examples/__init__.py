"""A library's own doctests: found in the target, run there, and run by the same code in the host through the bridge."""

from __future__ import annotations

import json
from typing import Any

from snakebridge_guest.examples._journal import Journal
from snakebridge_guest.examples._lifeline import Lifeline

__all__ = ["main"]


def main(argv: list[str]) -> int:
    """Find or run examples, as one JSON file says.

    `action`: `collect` or `run`; `journal`: the file that gets one JSON line per event. The rest is of the action: see
    `_collection.collect` and `_execution.execute`.
    """
    with open(argv[0], encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    lifeline = Lifeline()
    with Journal(request["journal"]) as journal:
        if request["action"] == "collect":
            from snakebridge_guest.examples._collection import collect  # noqa: PLC0415 - the host's half needs it not

            collect(request, journal)
        else:
            from snakebridge_guest.examples._execution import execute  # noqa: PLC0415 - as above

            execute(request, journal, lifeline)
        lifeline.cut()
        journal.tell({"event": "done"})
    return 0
