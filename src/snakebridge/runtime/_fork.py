# What a forked copy of the host (`os.fork`, multiprocessing, servers that load first) does with what it inherited.
#
#   fork ─▶ original: nothing changes
#        ╰▶ copy: what is held for workers is closed, and then each part of this room begins afresh (`afresh`)
#
# Guarantees: the copy knows every descriptor that is held for a worker, and keeps none of the original's workers alive.
# Assumes: whoever makes such descriptors does so inside `guard`, so that the program forks before or after.

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING, Protocol

from snakebridge.errors import ForkedError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["afresh", "forked", "guard", "hold", "release"]


class _Closeable(Protocol):
    def close(self) -> object:
        """Give the descriptor back."""


guard = threading.RLock()
"""Held while something changes that a copy must not find half done. What `subprocess` starts is no copy: it does not
wait for this, and inherits nothing."""

_descriptors: set[int] = set()
_closeables: weakref.WeakSet[_Closeable] = weakref.WeakSet()
_actions: list[Callable[[int], None]] = []
_parent = 0


def hold(thing: int | _Closeable) -> None:
    """Close a descriptor, or an object that has one, in forked copies; here it is closed by `release`, or by itself."""
    if isinstance(thing, int):
        _descriptors.add(thing)
    else:
        _closeables.add(thing)


def release(descriptor: int) -> None:
    """Close a descriptor that was held."""
    _descriptors.discard(descriptor)
    os.close(descriptor)


def afresh(action: Callable[[int], None]) -> Callable[[int], None]:
    """Have something done in forked copies, with the process id of the original. It may neither wait nor fail."""
    _actions.append(action)
    return action


def forked(name: str, original: int) -> ForkedError:
    """Return the error of whoever uses what a copy inherited.

    Args:
        name: What belongs to the original, for the message.
        original: Its process id.
    """
    return ForkedError(
        f"{name} belongs to process {original}, of which this process ({os.getpid()}) is a forked copy; connect again "
        "here, or only after the fork: generated code and sb.pool(...) do so by themselves"
    )


def _before() -> None:
    global _parent  # noqa: PLW0603 - of the process, as is all of this
    guard.acquire()
    _parent = os.getpid()


def _in_copy() -> None:
    while _descriptors:
        with contextlib.suppress(OSError):
            os.close(_descriptors.pop())
    for closeable in list(_closeables):
        closeable.close()
    for action in _actions:
        action(_parent)
    guard.release()


os.register_at_fork(before=_before, after_in_parent=guard.release, after_in_child=_in_copy)
