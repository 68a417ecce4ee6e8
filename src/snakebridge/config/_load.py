# Finds and reads the configuration, and turns what is wrong with it into one sentence.

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from snakebridge.config._model import Config, known_keys
from snakebridge.errors import ConfigurationError
from snakebridge.files import read_toml

__all__ = ["load"]

_OWN_FILE = "snakebridge.toml"
_PROJECT_FILE = "pyproject.toml"
_MISSPELT = 0.85  # as alike are `snakebrige` and `snake-bridge`, but not `snakebite`

_IN_WORDS_OF_TOML = {
    "string_type": "write a text in quotes",
    "tuple_type": "write a list, such as ['one', 'two']",
    "dict_type": "write a section or a table of keys",
    "mapping_type": "write a section or a table of keys",
    "model_type": "write a section or a table of keys",
    "model_attributes_type": "write a section or a table of keys",
}
"""What pydantic says of a Python type, as who writes TOML knows it, by the type of the error."""


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
    try:
        start = Path(start or ".").absolute()
    except FileNotFoundError:
        raise ConfigurationError(
            "the current folder was deleted, so no configuration can be looked for; change to one that exists"
        ) from None
    for folder in (start, *start.parents):
        for name in (_OWN_FILE, _PROJECT_FILE):
            found = folder / name
            if found.is_file() and (table := _table(found)) is not None:
                return _validated(table, found)
    return Config.model_validate({}, context={"folder": start})


def _table(file: Path) -> dict[str, Any] | None:
    """Return the settings in a file, or `None` for a pyproject.toml of a project that has none."""
    document = read_toml(file)
    tool = document.get("tool")
    section = tool.get("snakebridge") if isinstance(tool, dict) else None
    if section is None and file.name == _PROJECT_FILE:
        _refuse_misspelt(document, tool, file)
        return None
    if section is None:
        return document
    if not isinstance(section, dict):
        raise ConfigurationError(f"{file}: tool.snakebridge is not a section; write [tool.snakebridge]")
    return section


def _refuse_misspelt(document: dict[str, Any], tool: object, file: Path) -> None:
    # Of a pyproject.toml the sections of others are none of our business; one that can only mean us would be ignored.
    names = {f"tool.{name}": name for name in tool} if isinstance(tool, dict) else {}
    names |= {name: name for name in document if name.lower() == "snakebridge"}
    for title, name in names.items():
        if difflib.SequenceMatcher(None, name.lower(), "snakebridge").ratio() >= _MISSPELT:
            raise ConfigurationError(f"{file}: [{title}] is no section that anybody reads; write [tool.snakebridge]")


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
    reason = _IN_WORDS_OF_TOML.get(first["type"], first["msg"].removeprefix("Value error, "))
    value = repr(first["input"])
    shown = f" (it is {value})" if isinstance(first["input"], str | int | float) and value not in reason else ""
    return f"{file}: {key + ': ' if key else ''}{reason[:1].lower()}{reason[1:]}{shown}"
