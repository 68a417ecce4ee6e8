# A request: what is asked of a worker, and what is made of the reply. It is the same however it travels: from a thread,
# as a task, from a callback, and again on another worker when the first one was dead before it had it.

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["Request"]


@dataclass(slots=True)  # a frozen one takes four times as long to make, and each call makes one
class Request:
    """One request, before it is known which worker gets it and until when it may take."""

    kind: int
    """One of the request kinds of `frames`."""
    fields: tuple[Any, ...]
    """What follows the session in the frame."""
    label: str
    """What is called, for messages."""
    library: Library | None = None
    """The generated package whose classes the result takes."""
    tie: Worker | None = None
    """The worker in which its references live, which must serve it; `None`: any can."""
    exported: list[int] = field(default_factory=list)
    """Numbers of the host's objects that it passes."""
    read: Callable[[Channel, Any], Any] | None = None
    """Makes something of the value while the channel still knows library and session."""
