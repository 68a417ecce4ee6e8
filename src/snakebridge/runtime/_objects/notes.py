# What a library notes on functions of the host (`wire/notes`), as the host keeps it: in the function, by reference.
#
# Guarantees: a worker reads, changes and removes what a worker noted, and nothing that the program put there itself.

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from snakebridge.errors import StaleReferenceError
from snakebridge.runtime._objects.proxies import RemoteObject, reference_of
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.notes import KEEPS_NOTES, is_note

if TYPE_CHECKING:
    from snakebridge.runtime._calls.requests import Requests

__all__ = ["noted_on", "serves"]


def noted_on(value: object, pool: Requests) -> list[str]:
    """Return what is added to the operators of a host object: nothing, unless it is a function."""
    if type(value) is not types.FunctionType:
        return []
    held = value.__dict__
    return [KEEPS_NOTES, *(name for name in held if is_note(name) and _is_of(held[name], pool))]


def serves(kind: int, value: object, name: str) -> bool:
    """Return whether a request is about a note."""
    if type(value) is not types.FunctionType or not is_note(name):
        return False
    if name in value.__dict__:
        return isinstance(value.__dict__[name], RemoteObject)
    return kind == frames.SET


def _is_of(noted: object, pool: Requests) -> bool:
    # Not what another pool's library noted, nor what is gone with its worker or session.
    reference = reference_of(noted) if isinstance(noted, RemoteObject) else None
    if reference is None or reference.worker.pool is not pool:
        return False
    try:
        reference.check()
    except StaleReferenceError:
        return False
    return True
