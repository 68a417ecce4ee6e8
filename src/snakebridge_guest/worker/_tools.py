# Tools over here: functions that the host offers by name to adapters. Every look-up asks the host, so a tool can be
# registered at any time, and is gone with its session.
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from snakebridge_guest.wire import frames


class ToolNotFoundError(KeyError, AttributeError):
    """The host offers no tool of this name; the message names those it offers."""

    def __str__(self) -> str:
        return str(self.args[0])


class Tool:
    """A function of the host: call it."""

    def __init__(self, name: str, description: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self.description = description
        """What it is for, in the words of the host."""
        self.parameters = parameters
        """Its parameters as a JSON schema of an object."""

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function; whatever it raises is raised here."""
        return _ask(frames.TOOL, (self.name,), arguments=(args, kwargs))

    def __repr__(self) -> str:
        return "<tool " + self.name + ">"


class Tools:
    """The tools that the call of the host which runs here may use: `tools.name(...)`, `tools["name"](...)`."""

    def list(self) -> list[Tool]:
        """Return them all, by name."""
        return [Tool(*each) for each in _ask(frames.TOOL, (None, None))]

    def __getitem__(self, name: str) -> Tool:
        described, known = _ask(frames.TOOL, (name, None))
        if described is None:
            there = "there are: " + ", ".join(known) if known else "there are none"
            raise ToolNotFoundError("the host offers no tool " + repr(name) + "; " + there)
        return Tool(*described)

    def __getattr__(self, name: str) -> Tool:
        if name.startswith("__") and name.endswith("__"):  # probed by copy, pickle, inspect
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter([each.name for each in self.list()])

    def __len__(self) -> int:
        return len(self.list())

    def __contains__(self, name: object) -> bool:
        return name in [each.name for each in self.list()]

    def __dir__(self) -> Any:
        return [*object.__dir__(self), *self]


def _nobody(*_args: Any, **_kwargs: Any) -> Any:
    raise RuntimeError("there are tools in a worker only: no host is here to ask")


_ask: Callable[..., Any] = _nobody


def serve(ask: Callable[..., Any]) -> None:
    """Let tools ask this way."""
    global _ask  # noqa: PLW0603 - a process is one worker
    _ask = ask
