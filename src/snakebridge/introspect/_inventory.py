# Sphinx inventories (`objects.inv`, version 2): which Python names a documentation lists.
#
# Guarantees: nothing is fetched unless a URL was given; a file of any content costs bounded memory and gives names or
# one sentence. Lines that are no entries are passed over, as Sphinx does.

from __future__ import annotations

import re
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = b"# Sphinx inventory version 2"
_LARGEST_FILE = 32 * 2**20
_LARGEST_TEXT = 128 * 2**20
_PATIENCE = 20.0  # seconds without a byte
_ENTRY = re.compile(r"(?P<name>.+?)\s+py:(?P<role>\w+)\s+-?\d+\s+\S*\s+.*")
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_MOST_FILES = 20_000
_MEND = "build it with `sphinx-build`, or name another file or URL"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The Python names that a documentation lists."""

    roles: Mapping[str, str]
    """Sphinx role, such as `function` or `method`, by dotted name."""

    @property
    def names(self) -> frozenset[str]:
        """The dotted names."""
        return frozenset(self.roles)


def read_inventory(source: str) -> Inventory:
    """Read an inventory.

    Args:
        source: A file, or an `http` or `https` URL.

    Raises:
        ConfigurationError: It cannot be had, or is no inventory.
    """
    is_url = re.match(r"https?://", source, re.IGNORECASE) is not None
    data = _fetched(source) if is_url else _file(Path(source))
    return parse_inventory(data, source)


def find_inventory(folder: Path) -> Path | None:
    """Return the inventory that a library brings in its folder, the one nearest to the top."""
    found: list[Path] = []
    for count, path in enumerate(folder.rglob("objects.inv")):
        if count >= _MOST_FILES:
            break
        if path.is_file():
            found.append(path)
    return min(found, key=lambda path: (len(path.parts), str(path)), default=None)


def parse_inventory(data: bytes, source: str) -> Inventory:
    """Read the content of an inventory.

    Args:
        data: All of the file.
        source: What to call it in errors.

    Raises:
        ConfigurationError: It is no inventory of version 2.
    """
    lines = data.split(b"\n", 4)
    if lines[0].rstrip() != _HEADER:
        kind = "an inventory of another version" if data.startswith(b"# Sphinx inventory") else "no Sphinx inventory"
        raise ConfigurationError(f"{source} is {kind}; {_MEND}")
    if len(lines) < len((_HEADER, "project", "version", "compression", "body")):
        raise ConfigurationError(f"{source} ends before its first entry; {_MEND}")
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(lines[4], _LARGEST_TEXT)
    except zlib.error as error:
        raise ConfigurationError(f"{source} is damaged ({error}); {_MEND}") from None
    if unpacker.unconsumed_tail:
        raise ConfigurationError(f"{source} unpacks to more than {_LARGEST_TEXT >> 20} MiB; {_MEND}")
    if not unpacker.eof:
        raise ConfigurationError(f"{source} is cut off; {_MEND}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{source} holds text that is not UTF-8; {_MEND}") from None
    roles: dict[str, str] = {}
    for line in text.splitlines():
        match = _ENTRY.fullmatch(line)
        if match is not None and _NAME.fullmatch(match["name"]):
            roles.setdefault(match["name"], match["role"])
    if not roles:
        raise ConfigurationError(f"{source} lists no Python name; {_MEND}")
    return Inventory(roles)


def _file(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"cannot read the inventory {path} ({why}); {_MEND}") from None
    return _bounded(data, str(path))


def _fetched(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"User-Agent": "snakebridge"})  # noqa: S310 - http and https only
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            data: bytes = answer.read(_LARGEST_FILE + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        why = getattr(error, "reason", None) or error
        raise ConfigurationError(
            f"cannot fetch the inventory {url} ({why}); name a file instead, or another URL"
        ) from None
    return _bounded(data, url)


def _bounded(data: bytes, source: str) -> bytes:
    if len(data) > _LARGEST_FILE:
        raise ConfigurationError(f"the inventory {source} has more than {_LARGEST_FILE >> 20} MiB; {_MEND}")
    return data
