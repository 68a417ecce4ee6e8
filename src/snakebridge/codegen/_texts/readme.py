# The README of a generated package: whose client it is, and how much of the library it covers, in Markdown.
#
# Guarantees: the same manifest gives the same text; every word that comes from a manifest is either an address, which
# has word characters, dots and a colon only, or is written with Markdown's own characters escaped.

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._functions.literals import Code
from snakebridge.manifest import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.codegen._texts.coverage import Coverage, ModuleCoverage
    from snakebridge.codegen._tree.names import DottedPath
    from snakebridge.manifest import Finding, Verified

__all__ = ["ReadmePlan", "plan_readme"]

_ADDRESS: Final = re.compile(r"[\w.:]+")
_PLAIN: Final = re.compile(r"[^\w .,:;'/+-]|_")
_NAMES: Final = {
    Kind.FUNCTION: "functions and methods",
    Kind.CLASS: "classes",
    Kind.EXCEPTION: "exceptions",
    Kind.ENUM: "enums",
    Kind.PROPERTY: "properties",
    Kind.CONSTANT: "constants",
    Kind.CALLABLE: "callable objects",
    Kind.ALIAS: "names for types",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmePlan:
    """What the README says; each row is the text between the outer bars of a table's line."""

    library: DottedPath
    title: Code
    kinds: tuple[Code, ...]
    typed: tuple[Code, ...]
    tiers: tuple[Code, ...]
    modules: tuple[Code, ...]
    examples: Code | None
    """What became of the library's own examples, when that is known."""
    differences: tuple[Code, ...]
    omitted: tuple[tuple[Code, tuple[Code, ...]], ...]
    """Reason → what has no wrapper."""


def plan_readme(library: DottedPath, version: str, found: Coverage, verified: Verified | None) -> ReadmePlan:
    """Plan the README of a library's package."""
    kinds = [(len(found.modules), "modules"), *((count, _NAMES[kind]) for kind, count in found.kinds)]
    typed = [
        ("parameters", found.parameters, found.typed_parameters),
        ("results", found.returns, found.typed_returns),
    ]
    return ReadmePlan(
        library=library,
        title=_escaped(f"{library} {version}".strip()),
        kinds=tuple(_row(f"{count}", name) for count, name in kinds),
        typed=tuple(_row(name, f"{all_}", f"{some}", _share(some, all_)) for name, all_, some in typed),
        tiers=tuple(
            _row(one.tier, f"{one.parameters}", f"{one.typed_parameters}", f"{one.returns}", f"{one.typed_returns}")
            for one in found.tiers
        ),
        modules=tuple(_module(one) for one in found.modules if one.symbols),
        examples=None if verified is None else _examples(verified),
        differences=() if verified is None else tuple(_row(f"{n}", _escaped(kind)) for kind, n in _most(verified)),
        omitted=tuple(_by_reason(found.omitted)),
    )


def _examples(verified: Verified) -> Code:
    share = _share(verified.bridged, verified.direct, places=1)
    return Code(
        f"Of {verified.direct} examples in the library's documentation that pass where it is installed, "
        f"{verified.bridged} pass through this client ({share})."
    )


def _most(verified: Verified) -> list[tuple[str, int]]:
    return sorted(verified.kinds.items(), key=lambda pair: (-pair[1], pair[0]))


def _module(one: ModuleCoverage) -> Code:
    parameters = f"{one.typed_parameters} of {one.parameters}" if one.parameters else "-"
    results = f"{one.typed_returns} of {one.returns}" if one.returns else "-"
    return _row(_address(one.module), f"{one.symbols}", f"{one.callables}", parameters, results)


def _by_reason(omitted: tuple[Finding, ...]) -> Iterator[tuple[Code, tuple[Code, ...]]]:
    def reason(finding: Finding) -> str:
        return finding.message

    for message, findings in groupby(sorted(omitted, key=lambda one: (one.message, one.path)), key=reason):
        yield _sentence(message), tuple(_address(one.path) for one in findings)


def _sentence(message: str) -> Code:
    # What begins with an address or a name in quotes stays as it is.
    is_word = re.match(r"[a-z]+ ", message) is not None
    return _escaped(message[:1].upper() + message[1:] if is_word else message)


def _row(*cells: str) -> Code:
    return Code(" | ".join(cells))


def _share(some: int, all_: int, places: int = 0) -> str:
    return f"{some / all_:.{places}%}" if all_ else "-"


def _address(text: str) -> Code:
    return Code(f"`{text}`") if _ADDRESS.fullmatch(text) else _escaped(text)


def _escaped(text: str) -> Code:
    """Write a text on one line as Markdown that shows it as it is."""
    return Code(_PLAIN.sub(lambda match: f"&#{ord(match[0])};", " ".join(text.split())))
