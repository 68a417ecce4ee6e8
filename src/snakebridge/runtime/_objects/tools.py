# Tools: functions of the host that adapters in a worker find and call by name.
#
# Guarantees: a session's tools shadow its client's, and are gone when it ends; a name that is registered again means
# the later function, also for who has looked it up before.

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from snakebridge.errors import ConfigurationError
from snakebridge.runtime._objects.schema import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Tool", "Toolbox", "serve_tool"]

F = TypeVar("F", bound="Callable[..., Any]")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A function that adapters may call."""

    name: str
    description: str
    parameters: Mapping[str, object]
    """A JSON schema of an object: what its annotations say."""
    function: Callable[..., Any]


class Toolbox:
    """The tools of a client or session, by name."""

    def __init__(self) -> None:
        self.tools: dict[str, Tool] = {}

    def add(self, function: Callable[..., Any], name: str | None, description: str | None) -> None:
        """Register a function.

        Raises:
            ConfigurationError: The name is none that a tool can have, or the object cannot be called.
        """
        if not callable(function):
            raise ConfigurationError(f"a tool must be callable, {function!r} is not")
        chosen = getattr(function, "__name__", "") if name is None else name
        if not _NAME.fullmatch(chosen):
            raise ConfigurationError(
                f"{chosen!r} cannot name a tool: up to 64 letters, digits and `_.-`, and a letter first; give name="
            )
        self.tools[chosen] = Tool(
            name=chosen,
            description=(inspect.getdoc(function) or "") if description is None else description,
            parameters=parameters_of(function),
            function=function,
        )

    def register(self, function: F | None, name: str | None, description: str | None) -> F | Callable[[F], F]:
        """Register a function and return it; without one, return what registers it."""

        def register(decorated: F) -> F:
            self.add(decorated, name, description)
            return decorated

        return register if function is None else register(function)


def serve_tool(boxes: list[Toolbox], name: str | None, arguments: Any) -> Any:
    """Answer a worker: list the tools (no name), describe one (no arguments), or call it.

    Raises:
        LookupError: There is no such tool any more.
    """
    known = {name: each for box in boxes for name, each in box.tools.items()}
    if name is None:
        return [_described(known[each]) for each in sorted(known)]
    if arguments is None:
        return [_described(known[name]) if name in known else None, sorted(known)]
    if name not in known:
        there = f"there are: {', '.join(sorted(known))}" if known else "there are none"
        raise LookupError(f"the host offers no tool {name!r} any more; {there}")
    args, kwargs = arguments
    return known[name].function(*args, **kwargs)


def _described(found: Tool) -> list[object]:
    return [found.name, found.description, found.parameters]
