# Finds and reads the configuration, and turns what is wrong with it into one sentence.

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from snakebridge.config._model import Config, known_keys
from snakebridge.errors import ConfigurationError

__all__ = ["load", "parsed"]

_OWN_FILE = "snakebridge.toml"
_PROJECT_FILE = "pyproject.toml"


def load(start: Path | None = None, *, file: Path | None = None) -> Config:
    """Read the configuration.

    Args:
        start: Folder to look in first, then its parents; the current folder by default.
        file: Exactly this file instead, `pyproject.toml` or of the form of `snakebridge.toml`.

    Raises:
        ConfigurationError: The file cannot be read or says something unknown; the message names the key.
    """
    if file is not None:
        table = _table(file)
        if table is None:
            raise ConfigurationError(f"{file} has no [tool.snakebridge] section; add one, or name another file")
        return _validated(table, file)
    start = Path(start or ".").absolute()
    for folder in (start, *start.parents):
        for name in (_OWN_FILE, _PROJECT_FILE):
            found = folder / name
            if found.is_file() and (table := _table(found)) is not None:
                return _validated(table, found)
    return Config.model_validate({}, context={"folder": start})


def _table(file: Path) -> dict[str, Any] | None:
    """Return the settings in a file, or `None` for a pyproject.toml of a project that has none."""
    document = parsed(file)
    tool = document.get("tool")
    section = tool.get("snakebridge") if isinstance(tool, dict) else None
    if section is None:
        return None if file.name == _PROJECT_FILE else document
    if not isinstance(section, dict):
        raise ConfigurationError(f"{file}: tool.snakebridge is not a section; write [tool.snakebridge]")
    return section


def parsed(file: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is not valid TOML ({error}); mend that line") from None


def _validated(table: dict[str, Any], file: Path) -> Config:
    file = file.absolute()
    try:
        return Config.model_validate(table, context={"folder": file.parent, "file": file})
    except ValidationError as error:
        raise ConfigurationError(_sentence(error, file)) from None


def _sentence(error: ValidationError, file: Path) -> str:
    # An unknown key comes first: it is often the cause of the other complaints.
    details = error.errors(include_url=False)
    first = next((one for one in details if one["type"] == "extra_forbidden"), details[0])
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    if first["type"] == "extra_forbidden":
        known = known_keys(location)
        near = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"{file}: unknown key {key!r}; {hint}"
    reason = first["msg"].removeprefix("Value error, ")
    shown = f" (it is {first['input']!r})" if isinstance(first["input"], str | int | float) else ""
    return f"{file}: {key + ': ' if key else ''}{reason[:1].lower()}{reason[1:]}{shown}"
