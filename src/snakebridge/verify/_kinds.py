# Why an example does something else through the bridge: one kind for each difference, with what there is to do.
#
# The first kind that fits is taken, from what is certain (it never ended, the change came back once it was marked) to
# what is only told by the outcome.

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from snakebridge.verify._flow import changed_copies, loaded, made, reached

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snakebridge.verify._outcomes import Documented, Outcome

__all__ = ["KINDS", "Kind", "kind_of"]


class Kind(StrEnum):
    """Why an example differs."""

    HUNG = "hung"
    LATE = "late"
    DIED = "died"
    MUTATION = "mutation"
    COPY = "copy"
    AFTER = "after"
    PRIVATE = "private"
    ELSEWHERE = "elsewhere"
    REFUSED = "refused"
    TRANSFER = "transfer"
    PRINTED = "printed"
    HOST = "host"
    WORDS = "words"
    ORDER = "order"
    MISSING = "missing"
    SIGNATURE = "signature"
    HEIR = "heir"
    RAISED = "raised"
    SHOWN = "shown"


KINDS: dict[Kind, str] = {
    Kind.HUNG: "it did not end, and could not be interrupted",
    Kind.LATE: "it took longer than its deadline",
    Kind.DIED: "it ended the process",
    Kind.MUTATION: "the library changes an argument in place; mark it as one that mutates",
    Kind.COPY: "it changes a container that the library handed out, which is a copy here",
    Kind.AFTER: "it builds on an example before it that differs",
    Kind.PRIVATE: "it uses a name that is not public, and so not generated",
    Kind.ELSEWHERE: "it uses another library, which the host has not",
    Kind.REFUSED: "it reaches for what the adapter does not name",
    Kind.TRANSFER: "a value of it cannot travel",
    Kind.PRINTED: "the library prints, which happens in the worker",
    Kind.HOST: "it calls nothing of the library; the host's own Python does something else",
    Kind.WORDS: "the same exception with another text",
    Kind.ORDER: "the same items in another order: sets are made anew here",
    Kind.MISSING: "it uses an attribute that the bridge does not have",
    Kind.SIGNATURE: "the wrapper takes other arguments",
    Kind.HEIR: "it needs a real built-in object where the bridge has a remote one",
    Kind.RAISED: "it raises what it does not raise directly",
    Kind.SHOWN: "it shows something else",
}

_HEIR = re.compile(
    r"(not |expected |must be |found |implement )|cannot be interpreted|has no len|not iterable", re.IGNORECASE
)


_ENDINGS = {"hung": Kind.HUNG, "died": Kind.DIED, "late": Kind.LATE}
_CLASSES = {
    "CallTimeoutError": Kind.LATE,
    "WorkerLostError": Kind.DIED,
    "AdapterRefusedError": Kind.REFUSED,
    "NotTransferableError": Kind.TRANSFER,
    "ReferencesApartError": Kind.TRANSFER,
    "StaleReferenceError": Kind.TRANSFER,
}
"""What exceptions of ours say, whatever else is true."""


def kind_of(test: Documented, sources: Sequence[str], earlier: Sequence[int], bridged: Outcome, *, heals: bool) -> Kind:
    """Return why an example differs.

    Args:
        test: The docstring it is in.
        sources: The examples of the docstring as far as this one.
        earlier: Places of those before it that differ.
        bridged: What it did through the bridge.
        heals: Whether it passed once all arguments were marked as changed in place.
    """
    certain = _ENDINGS.get(bridged.outcome) or next((_CLASSES[one] for one in bridged.classes if one in _CLASSES), None)
    if certain is not None:
        return certain
    uses = loaded(sources[-1])
    is_private = any("private" in test.names.get(name, ()) for name in uses)
    if heals:
        return Kind.MUTATION
    if changed_copies(sources) & uses and not {"ImportError", "NameError"} & {*bridged.classes}:
        return Kind.COPY
    modules = [name for name, origin in test.names.items() if "module" in origin]
    if reached(sources, earlier, modules) & uses and not is_private:
        return Kind.AFTER
    if bridged.outcome == "raised":
        return _raised(bridged, test)
    return _shown(bridged, is_alone=not made(sources[:-1]) & uses)


def _raised(bridged: Outcome, test: Documented) -> Kind:
    classes, said, root = frozenset(bridged.classes), bridged.got, test.module.partition(".")[0]
    found = Kind.RAISED
    if "ImportError" in classes:
        is_ours = "ModuleNotFoundError" not in classes or f"'{root}" in said
        found = Kind.PRIVATE if re.search(r"'_\w", said) else Kind.MISSING if is_ours else Kind.ELSEWHERE
    elif "NameError" in classes:
        name = re.search(r"name '(\w+)'", said)
        found = _not_found(test.names.get(name[1], {}) if name else {}, root)
    elif "AttributeError" in classes:
        found = Kind.PRIVATE if re.search(r"attribute '_(?!_)", said) else Kind.MISSING
    elif "TypeError" in classes and "RemoteError" not in classes:
        if re.search(r"\b(positional|keyword) argument", said):
            found = Kind.SIGNATURE
        elif _HEIR.search(said):
            found = Kind.HEIR
    return found


def _not_found(origin: Mapping[str, str], root: str) -> Kind:
    # A name that documentation takes for granted, and that could not be had here.
    if "private" in origin:
        return Kind.PRIVATE
    home = origin.get("module") or origin.get("address")
    if home is None:
        return Kind.RAISED
    return Kind.MISSING if re.match(rf"{re.escape(root)}\b", home) else Kind.ELSEWHERE


def _shown(bridged: Outcome, *, is_alone: bool) -> Kind:
    want, got = bridged.want, bridged.got
    if want.startswith("Traceback") and "Traceback" in got:
        return Kind.WORDS if _last_class(want) == _last_class(got) else Kind.RAISED
    if bridged.printed and not got.strip():
        return Kind.PRINTED
    if "{" in want and _letters(got) == _letters(want):
        return Kind.ORDER
    return Kind.HOST if is_alone and not bridged.calls else Kind.SHOWN


def _last_class(text: str) -> str:
    return text.strip().rpartition("\n")[2].partition(":")[0].rpartition(".")[2]


def _letters(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text))
