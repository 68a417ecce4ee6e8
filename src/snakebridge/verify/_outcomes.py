# What one run of the examples gave: the guest's events as values.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Documented", "Outcome", "Place", "documented", "outcomes"]

Place = tuple[int, int]
"""Number of a docstring, and place of an example in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Documented:
    """A docstring with examples."""

    number: int
    name: str
    """Address of what it documents, or a module."""
    module: str
    """The module whose names its examples use."""
    text: str
    count: int
    names: Mapping[str, Mapping[str, Any]]
    """Where each name comes from; see the guest's `_names.py`."""

    def as_request(self) -> dict[str, Any]:
        """Return what the guest wants to know of it."""
        return {
            "number": self.number,
            "name": self.name,
            "module": self.module,
            "text": self.text,
            "names": self.names,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an example did."""

    outcome: str
    """`passed`, `failed` (it printed something else), `raised`, `late`, `hung` or `died`."""
    got: str = ""
    want: str = ""
    type: str = ""
    """Of what was raised: its class."""
    classes: tuple[str, ...] = ()
    """Of what was raised: the names of its class and its bases."""
    place: str = ""
    """Of what was raised: `module:function` where it was."""
    printed: str = ""
    """What workers printed meanwhile."""
    calls: int = 0
    """How many requests were made to workers."""
    marks: tuple[tuple[str, str | int], ...] = ()
    """Arguments that calls changed in place, by address of the callable, when that was watched."""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether it did what its docstring says."""
        return self.outcome == "passed"


def documented(events: Iterable[Mapping[str, Any]]) -> list[Documented]:
    """Return the docstrings that were found, numbered."""
    found = [event for event in events if event["event"] == "test"]
    return [
        Documented(number=number, **{key: value for key, value in event.items() if key != "event"})
        for number, event in enumerate(found)
    ]


def outcomes(events: Iterable[Mapping[str, Any]]) -> dict[Place, Outcome]:
    """Return what each example did that was run."""
    found: dict[Place, Outcome] = {}
    for event in events:
        if event["event"] == "example":
            said = {key: value for key, value in event.items() if key in Outcome.__dataclass_fields__}
            said["classes"] = tuple(said.get("classes", ()))
            said["marks"] = tuple((address, where) for address, where in said.get("marks", ()))
            found[event["test"], event["example"]] = Outcome(**said)
    return found
