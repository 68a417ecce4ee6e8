# Exceptions that the host sends: raised by what it was called back for, passed as arguments, or ending a `with` block.
#
# Guarantees: an exception that came from here is the very same object again; one of the host's own is of the nearest
# class that both sides have, with its arguments, text and attributes, and remembers which object it stands for, so that
# the host gets the very same one back when the library lets it through.
from __future__ import annotations

import builtins
import sys
from typing import Any, Callable

from snakebridge_guest.wire import frames
from snakebridge_guest.wire.rebuild import rebuild
from snakebridge_guest.worker._references import References
from snakebridge_guest.worker._refusal import Stale

_HIDDEN = "_snakebridge"


class HostError(Exception):
    """What the host raised, of a class that is only there; also an instance of the nearest class that is here too."""

    def __str__(self) -> str:
        text = self.__dict__.get(_HIDDEN)
        return super().__str__() if text is None else str(text.text)


class _Origin:
    # Which exception of the host it stands for; told to the host when it ends.
    __slots__ = ("number", "release", "text")

    def __init__(self, number: int, text: str, release: Callable[[int], None]) -> None:
        self.number = number
        self.text = text
        self.release = release

    def __del__(self) -> None:
        try:
            self.release(self.number)
        except Exception:  # the interpreter may be on its way out
            return


_classes: dict[tuple[str, type], Any] = {}


def host_number(error: BaseException) -> int | None:
    """Return which exception of the host an exception stands for, if it does."""
    try:
        origin = BaseException.__getattribute__(error, "__dict__").get(_HIDDEN)
    except Exception:  # a class of a library may do anything
        return None
    return origin.number if type(origin) is _Origin else None


def arrived(
    error: dict[str, Any], references: References, loads: Callable[[bytes], Any], release: Callable[[int], None]
) -> BaseException:
    """Return the exception that the host describes."""
    code, number = error.get("object") or (None, 0)
    if code == frames.OWNED:
        try:
            own: BaseException = references.get(number)
        except Stale:
            pass
        else:
            return own
    inside = [arrived(each, references, loads, release) for each in error.get("exceptions") or ()]
    raised = _made(error, loads, inside)
    for key in ("cause", "context"):
        if error.get(key):
            setattr(raised, "__" + key + "__", arrived(error[key], references, loads, release))
    notes = list(error.get("notes") or ())
    if error.get("traceback"):
        notes.append("Traceback of the host:\n" + error["traceback"].rstrip())
    if notes:
        raised.__dict__["__notes__"] = notes
    if error.get("args") is None:  # they could not travel
        raised.args = (error["text"],)
    if code == frames.REFERENCE:
        raised.__dict__[_HIDDEN] = _Origin(number, error["text"], release)
    return raised


def _made(error: dict[str, Any], loads: Callable[[bytes], Any], inside: list[BaseException]) -> BaseException:
    mro = error["mro"]
    for place, address in enumerate(mro):
        parent = _class_here(address)
        if parent is None:
            continue
        try:
            kind = parent if place == 0 else _child(mro[0], parent)
            return rebuild(kind, error, loads, inside)
        except Exception:  # noqa: S112 - a library's `__new__`, or a group of nothing: the next class up is simpler
            continue
    return rebuild(_child(mro[0] if mro else "builtins:Exception", Exception), error, loads, inside)


def _class_here(address: str) -> Any:
    # Only what is loaded already: naming a class imports nothing, and making an exception of it runs nothing.
    module, _, qualname = address.partition(":")
    found: Any = builtins if module == "builtins" else sys.modules.get(module)
    for name in qualname.split("."):
        try:
            found = getattr(found, name)
        except Exception:  # a lazy module may do anything
            return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _child(address: str, parent: Any) -> Any:
    found = _classes.get((address, parent))
    if found is None:
        module, _, qualname = address.partition(":")
        bases = (HostError,) if parent in (Exception, BaseException) else (HostError, parent)
        body = {"__module__": module, "__qualname__": qualname}
        found = _classes[address, parent] = type(qualname.rpartition(".")[2], bases, body)
    return found
