"""Canonical JSON: the same manifest is the same bytes on any machine, with one module or symbol per line.

Keys are sorted, nothing empty is written, text is UTF-8 with LF, and there is no time, path or address. Each symbol
carries the hash of its own content and the file ends with the hash of the whole, so damage and edits are noticed.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from snakebridge.errors import ManifestError
from snakebridge.files import replace_file
from snakebridge.manifest.model import SCHEMA_VERSION, Manifest, Symbol

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["content_hash", "dumps", "json_schema", "loads", "read", "symbol_hash", "write"]

_HASH_LENGTH = 16
_REGENERATE = "introspect the library again"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    # 64 bits per symbol keep the lines short; the whole file's hash is a full SHA-256.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(record: Symbol) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude_defaults=True)


def symbol_hash(symbol: Symbol) -> str:
    """Return the content hash of a symbol: 16 hexadecimal digits."""
    return _digest(_line(_plain(symbol)))[:_HASH_LENGTH]


def content_hash(manifest: Manifest) -> str:
    """Return the content hash of a whole manifest: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{_digest(_body(manifest.sorted()))}"


def _body(manifest: Manifest) -> str:
    head = _line(manifest.library.model_dump(mode="json", exclude_defaults=True))
    modules = ",\n".join(_line(module.model_dump(mode="json", exclude_defaults=True)) for module in manifest.modules)
    symbols = ",\n".join(_line({**_plain(symbol), "hash": symbol_hash(symbol)}) for symbol in manifest.symbols)
    findings = ",\n".join(
        _line(finding.model_dump(mode="json", exclude_defaults=True)) for finding in manifest.findings
    )
    return (
        f'"schema":{SCHEMA_VERSION},\n"library":{head},\n"surface":{_line(manifest.surface)},\n'
        f'"modules":[\n{modules}\n],\n"symbols":[\n{symbols}\n],\n"findings":[\n{findings}\n]'
    )


def dumps(manifest: Manifest) -> str:
    """Return the canonical text."""
    body = _body(manifest.sorted())
    return f'{{\n{body},\n"hash":"sha256:{_digest(body)}"\n}}\n'


def loads(text: str, *, source: str = "manifest") -> Manifest:
    """Read canonical text and verify its hashes.

    Args:
        text: What `dumps` returned.
        source: What to call it in errors, usually the file's name.

    Raises:
        ManifestError: The text is no manifest, its schema is unknown, or it was changed by hand.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{source} is not JSON ({error}); {_REGENERATE}") from None
    if not isinstance(data, dict) or "schema" not in data:
        raise ManifestError(f"{source} is not a manifest (it has no `schema`); {_REGENERATE}")
    version = data.pop("schema")
    if version != SCHEMA_VERSION:
        raise ManifestError(
            f"{source} has schema {version!r} and this snakebridge reads schema {SCHEMA_VERSION}; {_REGENERATE}"
        )
    claimed = data.pop("hash", None)
    symbols = data.get("symbols")
    hashes = (
        [one.pop("hash", None) if isinstance(one, dict) else None for one in symbols]
        if isinstance(symbols, list)
        else []
    )
    try:
        manifest = Manifest.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ManifestError(f"{source} is not a valid manifest: {where}: {first['msg']}; {_REGENERATE}") from None
    for symbol, written in zip(manifest.symbols, hashes, strict=True):
        if written != symbol_hash(symbol):
            raise ManifestError(f"{source} was changed by hand or damaged at {symbol.path}; {_REGENERATE}")
    if claimed != content_hash(manifest):
        raise ManifestError(f"{source} was changed by hand or damaged (its hash does not match); {_REGENERATE}")
    return manifest


def read(path: Path) -> Manifest:
    """Read a manifest file.

    Raises:
        ManifestError: The file cannot be read, or is no valid manifest.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ManifestError(f"there is no manifest at {path}; make it with `snakebridge introspect`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"cannot read the manifest {path}: {error}") from None
    return loads(text, source=str(path))


def write(manifest: Manifest, path: Path) -> bool:
    """Write a manifest file atomically; return whether its bytes changed.

    Raises:
        OutputError: The file cannot be written; what was there is untouched.
    """
    return replace_file(path, dumps(manifest))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a manifest file."""
    schema = Manifest.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "snakebridge manifest"
    schema["properties"]["schema"] = {"const": SCHEMA_VERSION}
    schema["properties"]["hash"] = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    schema["$defs"]["Symbol"]["properties"]["hash"] = {"type": "string", "pattern": f"^[0-9a-f]{{{_HASH_LENGTH}}}$"}
    schema["required"] = sorted({*schema["required"], "schema", "hash"})
    return schema
