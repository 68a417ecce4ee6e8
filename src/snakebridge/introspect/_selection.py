# What can be asked for, and the names that are left out unless a pattern spells them. `_choice.py` applies it.

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from snakebridge.errors import ConfigurationError
from snakebridge.manifest import Selection, Surface

if TYPE_CHECKING:
    from pathlib import Path

TESTS = ("conftest", "setup", "test", "tests")
"""Submodules that are tests or build scripts, with or without leading underscores."""
VENDORED = ("extern", "externals", "third_party", "thirdparty", "vendor", "vendored")
"""Submodules that are copies of other libraries, with or without leading underscores."""

WILD = re.compile(r"[*?]")
"""What stands for any characters in a pattern."""
SEPARATOR = re.compile(r"[.:]")
"""What stands between the words of an address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How a library shall be described."""

    selection: Selection = field(default_factory=Selection)
    """Which part of it."""
    inventory: str | None = None
    """File or URL of a Sphinx `objects.inv`; the surface `docs` needs one unless the library brings it."""
    stubs: tuple[Path, ...] = ()
    """Folders that hold stub packages, looked in before the target's own."""
    overrides: tuple[Path, ...] = ()
    """TOML files of facts that a person knows better."""
    refresh: bool = False
    """Ask the target again, even if nothing has changed since it was asked."""
    module_deadline: float = 60.0
    """Seconds that importing or describing one module may take."""


DEFAULTS = Options()
"""The public part of a library, and nothing else known about it."""


class Reason(enum.StrEnum):
    """Why something of a library was left out."""

    TESTS = "tests and build scripts"
    VENDORED = "copies of other libraries"
    PRIVATE_MODULES = "private modules"
    PRIVATE_NAMES = "private names"
    UNDECLARED = "names that `__all__` does not list"
    FOREIGN = "what other libraries own"
    TOOLS = "imports for a module's own use"
    DEPTH = "modules below the depth"
    EXCLUDED = "excluded by a pattern"
    NOT_INCLUDED = "not included by a pattern"
    UNDOCUMENTED = "not in the documentation"
    MEMBER_LIMIT = "members above the limit"


def require_patterns(library: str, selection: Selection) -> None:
    """Refuse a selection that can take nothing.

    Raises:
        ConfigurationError: It is explicit and names nothing.
    """
    if selection.surface is Surface.EXPLICIT and not selection.include:
        raise ConfigurationError(
            f"the surface of {library} is explicit and nothing is included; name what to take with `--include` or "
            "the key `include`, such as 'linalg.*', or choose another surface"
        )


def not_visited(selection: Selection) -> tuple[str, ...]:
    """Return the names of submodules that the probe shall not import: patterns, and `!NAME` for exceptions to them."""
    hidden = [*TESTS, *VENDORED]
    hidden += [f"_{name}" for name in hidden] if selection.surface is Surface.ALL else ["_*"]
    words = {word for pattern in selection.include for word in SEPARATOR.split(pattern) if not WILD.search(word)}
    lifted = {word for word in words if word.startswith("_") or word in hidden}
    return (*sorted(hidden), *(f"!{word}" for word in sorted(lifted)))


def is_hidden(name: str, selection: Selection) -> Reason | None:
    """Tell why a submodule of that name is left out unless a pattern spells it."""
    bare = name.lstrip("_")
    if bare in TESTS:
        return Reason.TESTS
    if bare in VENDORED:
        return Reason.VENDORED
    return Reason.PRIVATE_MODULES if name.startswith("_") and selection.surface is not Surface.ALL else None
