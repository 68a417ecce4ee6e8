# A docstring → the types and the deprecation that it tells.

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._defaults import reconcile
from snakebridge.introspect.docstrings._meaning import type_of
from snakebridge.introspect.docstrings._sections import read_sections
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from snakebridge.introspect.docstrings._sections import Listed
    from snakebridge.manifest import Default

_LONGEST_MESSAGE = 500
_OBJECT = types.Name("builtins:object")
_IGNORED = re.compile(r"(?:ignored|not used|unused|deprecated and ignored)\b", re.IGNORECASE)
_CONDITIONAL = re.compile(r"\b(?:only|if|when|unless|optional|depending)\b", re.IGNORECASE)
_COLLECTIONS = {
    *("builtins:list", "builtins:tuple", "builtins:dict", "builtins:set", "collections.abc:Sequence"),
    *("collections.abc:Iterable", "collections.abc:Mapping"),
}
_DIRECTIVE = re.compile(
    r"^\.\.[ \t]*deprecated::[ \t]*(?P<version>.*)\n?(?P<text>(?:(?:[ \t]+.*|[ \t]*)\n?)*)", re.MULTILINE
)
_FIRST_LINE = re.compile(
    r"""[^\w`]{0,3}(?:
    deprecated(?:\s+since\s+(?:version\s+)?[\w.]+)?\s*[:.!]\W{0,3}(?P<text>.*)
    |(?P<whole>`{0,2}[\w.]+`{0,2}\ is\ deprecated\b.*))""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """What a docstring tells."""

    parameters: Mapping[str, types.Type] = field(default_factory=dict)
    """By name, without stars."""
    returns: types.Type | None = None
    yields: types.Type | None = None
    deprecated: str | None = None
    """What it says about its deprecation; empty when it gives no reason."""


def read(
    doc: str,
    *,
    resolve: Callable[[str], str | None],
    class_doc: str | None = None,
    defaults: Mapping[str, Default] | None = None,
) -> Documented:
    """Return what a docstring tells.

    Args:
        doc: The docstring, without its indentation.
        resolve: A name as prose writes it (`Graph`, `np.ndarray`) → its address. Asked for `array_like` and
            `dtype_like`, it says whether the library means what numpy means.
        class_doc: Of a constructor: the docstring of its class, where parameters may be documented as well.
        defaults: By parameter: what a documented type must accept.
    """
    told = read_sections(doc)
    listed = [*told.parameters, *(read_sections(class_doc).parameters if class_doc else ())]
    return Documented(
        parameters=_parameters(listed, resolve, defaults or {}),
        returns=_result(told.returns, resolve),
        yields=_result(told.yields, resolve),
        deprecated=deprecation(doc),
    )


def _parameters(
    listed: Sequence[Listed], resolve: Callable[[str], str | None], defaults: Mapping[str, Default]
) -> dict[str, types.Type]:
    found: dict[str, types.Type] = {}
    for entry in listed:
        for name in entry.names:
            bare = name.lstrip("*")
            if bare in found or name.startswith("**"):
                continue
            several = len(entry.names) > 1 or name != bare
            stated = _accepted(entry, resolve, several=several)
            if stated is not None and name != bare and _is_collection(stated):
                continue  # `*args : tuple` says what they are together
            reconciled = None if stated is None else reconcile(stated, defaults.get(bare))
            if reconciled is not None:
                found[bare] = reconciled
    return found


def _accepted(entry: Listed, resolve: Callable[[str], str | None], *, several: bool) -> types.Type | None:
    if entry.type is None or entry.type.lower().strip(". ") in {"none", "ignored"}:
        return _OBJECT if _IGNORED.match(entry.note) or (entry.type or "").lower().startswith("ignored") else None
    return type_of(entry.type, resolve, accepted=True, several=several)


def _is_collection(found: types.Type) -> bool:
    return isinstance(found, types.Name) and found.address in _COLLECTIONS


def _result(listed: Sequence[Listed], resolve: Callable[[str], str | None]) -> types.Type | None:
    stated = [
        None if one.type is None else type_of(one.type, resolve, accepted=False, several=len(one.names) > 1)
        for one in listed
        for _ in one.names or ("",)
    ]
    if len(stated) <= 1:
        return stated[0] if stated else None
    is_conditional = any(_CONDITIONAL.search(f"{one.type} {one.note}") for one in listed)
    known = tuple(one for one in stated if one is not None)
    are_named = all(one.names for one in listed)
    if is_conditional or not are_named or len(known) < len(stated):
        return None
    return types.Name("builtins:tuple", known)


def deprecation(doc: str) -> str | None:
    """Return what a docstring says about a deprecation of the whole, not of a parameter."""
    if "eprecated" not in doc and "EPRECATED" not in doc:
        return None
    match = _DIRECTIVE.search(doc)
    if match is not None:
        text = " ".join(match["text"].split())
        since = f"since {match['version'].strip()}" if match["version"].strip() else ""
        return ": ".join(one for one in (since, text) if one)[:_LONGEST_MESSAGE]
    first = _FIRST_LINE.match(doc.lstrip())
    if first is None:
        return None
    return (first["whole"] or first["text"] or "").strip()[:_LONGEST_MESSAGE]
