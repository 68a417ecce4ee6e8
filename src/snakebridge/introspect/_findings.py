# What went wrong inside a library, as findings: sentences without paths or addresses of the machine.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from snakebridge.manifest import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import ModuleFact
    from snakebridge.introspect._surface import PublicModule

_ABSOLUTE = re.compile(r"(?<![\w.:/])(?:/[^\s'\"():,]+)+/")
_MEMORY = re.compile(r"\b0x[0-9a-fA-F]+")
_LONGEST = 300
_ANNOUNCED_ONLY = {"AttributeError", "ImportError", "ModuleNotFoundError"}
_EFFECTS = {
    "directory": "changed the working folder",
    "locale": "changed the locale",
    "printed": "printed something",
    "signals": "changed how signals are handled",
    "threads": "started threads",
    "warned": "warned",
}
_IMPORT_ERRORS = {"builtins:ImportError", "builtins:ModuleNotFoundError"}


_INSTEAD = "its source is described instead, if there is one; nothing is generated for it, since no call could reach it"


def tidy(message: str) -> str:
    """Return the first line of an exception's message, without folders and memory addresses."""
    line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return _MEMORY.sub("0x…", _ABSOLUTE.sub("…/", line))[:_LONGEST]


def reason_of(kind: str, message: str) -> str:
    """Return an exception as `Type: message`."""
    short = kind.removeprefix("builtins:").replace(":", ".")
    said = tidy(message)
    return f"{short}: {said}" if said else short


def findings(
    facts: Sequence[ModuleFact], crashes: Mapping[str, str], modules: Iterable[PublicModule]
) -> Iterator[Finding]:
    """Yield the findings of one introspection.

    Args:
        facts: What the probe wrote.
        crashes: What killed the probe, as sentences, by what was skipped after it.
        modules: The public modules.
    """
    for skipped, message in sorted(crashes.items()):
        yield Finding(
            rule="name-unavailable" if ":" in skipped else "module-failed",
            level=Level.WARNING,
            path=skipped,
            message=message,
            hint=_INSTEAD if ":" not in skipped else "it is left out; everything else is described",
        )
    for fact in facts:
        if fact.failed is not None and fact.module not in crashes:
            yield _failed(fact)
        if set(fact.side_effects) - {"warned"}:
            yield _side_effect(fact)
    for module in modules:
        yield from _names(module, crashes)


def unreadable(reasons: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each stub or source that should have been read, with the reason why it was not."""
    for module, reason in sorted(reasons.items()):
        yield Finding(
            rule="source-unreadable",
            level=Level.NOTE,
            path=module,
            message=f"the stub or source of {module} was not read: {tidy(reason)}",
            hint="types that only it states are missing; everything else is described",
        )


def _failed(fact: ModuleFact) -> Finding:
    failure = fact.failed
    assert failure is not None
    if not all(part.isidentifier() for part in fact.module.split(".")):
        return Finding(
            rule="module-unusable",
            level=Level.NOTE,
            path=fact.module,
            message=f"{fact.module} is a file whose name no import statement can say",
            hint="it is left out; rename the file in the library if it is meant to be imported",
        )
    hint = _INSTEAD
    if failure.missing is not None and not failure.missing.startswith("_"):
        hint = f"install what provides {failure.missing} in the target if you need this module"
    return Finding(
        rule="module-failed",
        # Optional dependencies and modules for other platforms refuse so by design.
        level=Level.NOTE if failure.type in _IMPORT_ERRORS else Level.WARNING,
        path=fact.module,
        message=f"importing {fact.module} raised {reason_of(failure.type, failure.message)}",
        hint=hint,
    )


def _side_effect(fact: ModuleFact) -> Finding:
    said = [_EFFECTS[one] for one in fact.side_effects if one in _EFFECTS]
    names = [one.partition(":")[2] for one in fact.side_effects if one.startswith("environment:")]
    said += [f"changed environment variables ({', '.join(names)})"] if names else []
    return Finding(
        rule="import-side-effect",
        level=Level.NOTE,
        path=fact.module,
        message=f"importing {fact.module} {' and '.join([', '.join(said[:-1]), said[-1]] if said[1:] else said)}",
        hint="it happens in each worker that imports it; nothing is left out",
    )


def _names(module: PublicModule, crashes: Mapping[str, str]) -> Iterator[Finding]:
    for name, entry in module.unreadable.items():
        place = f"{module.fact.module}:{name}"
        if place in crashes:
            continue
        kind = entry.unavailable or entry.broken
        verb = "reading" if entry.unavailable else "describing"
        yield Finding(
            rule="name-unavailable",
            level=Level.NOTE if kind in _ANNOUNCED_ONLY else Level.WARNING,
            path=place,
            message=f"{verb} {place} raised {kind}",
            hint="it is left out; the library announces it and does not deliver it",
        )
    for name in module.unusable:
        yield Finding(
            rule="name-unusable",
            level=Level.WARNING,
            path=module.fact.module,
            message=f"{name!a} is public in {module.fact.module} and is no identifier",
            hint="it is left out; only `getattr` could reach it",
        )
