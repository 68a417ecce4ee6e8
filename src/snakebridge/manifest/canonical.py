"""Canonical JSON: the same manifest is the same bytes on any machine, with one module or symbol per line.

Keys are sorted, nothing empty is written, text is UTF-8 with LF, and there is no time, path or address. Each symbol
carries the hash of its own content and the file ends with the hash of the whole, so damage and edits are noticed.
Files of older schemas are read too: their hashes are verified as they were written, then their content is migrated.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from snakebridge.errors import ManifestError
from snakebridge.files import replace_file
from snakebridge.manifest.migrate import OLDEST_SCHEMA, migrate, sections
from snakebridge.manifest.model import SCHEMA_VERSION, Manifest, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["content_hash", "dumps", "json_schema", "loads", "read", "symbol_hash", "write"]

_HASH_LENGTH = 16
_REGENERATE = "introspect the library again"

_last: tuple[Callable[[], Manifest | None], str] = (lambda: None, "")

_line = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _digest(text: str) -> str:
    # 64 bits per symbol keep the lines short; the whole file's hash is a full SHA-256.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def symbol_hash(symbol: Symbol) -> str:
    """Return the content hash of a symbol: 16 hexadecimal digits."""
    return _plain_hash(symbol.model_dump(mode="json", exclude_defaults=True))


def content_hash(manifest: Manifest) -> str:
    """Return the content hash of a whole manifest: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{_digest(_text(manifest))}"


def _plain_hash(symbol: object) -> str:
    return _digest(_line(symbol))[:_HASH_LENGTH]


def _text(manifest: Manifest) -> str:
    # One dump for everything: one per symbol takes three times as long.
    plain = manifest.sorted().model_dump(mode="json", exclude_defaults=True)
    return _body(plain, SCHEMA_VERSION, [_plain_hash(one) for one in plain.get("symbols", ())])


def _body(plain: dict[str, Any], schema: int, hashes: Sequence[object]) -> str:
    # Everything but the last line, from plain values whose symbols have no hash in them.
    parts = [f'"schema":{schema}']
    for name, empty in sections(schema).items():
        value = plain.get(name, empty)
        if not isinstance(empty, list):
            parts.append(f'"{name}":{_line(value)}')
            continue
        records = value
        if name == "symbols":
            records = ({**one, "hash": written} for one, written in zip(value, hashes, strict=True))
        lines = ",\n".join(map(_line, records))
        parts.append(f'"{name}":[\n{lines}\n]')
    return ",\n".join(parts)


def dumps(manifest: Manifest) -> str:
    """Return the canonical text."""
    global _last  # noqa: PLW0603 - see below
    known, text = _last
    if known() is not manifest:
        body = _text(manifest)
        text = f'{{\n{body},\n"hash":"sha256:{_digest(body)}"\n}}\n'
        # What is introspected is kept for the next time and then written: twice the same text, half a second of pandas.
        _last = weakref.ref(manifest), text
    return text


def loads(text: str, *, source: str = "manifest") -> Manifest:
    """Read canonical text of this schema or an older one, and verify its hashes.

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
    schema = data.pop("schema")
    _require_known(schema, source)
    claimed = data.pop("hash", None)
    symbols = data.get("symbols")
    records = [one for one in symbols if isinstance(one, dict)] if isinstance(symbols, list) else []
    hashes = [one.pop("hash", None) for one in records]
    if schema == SCHEMA_VERSION:
        # What is wrong with it says more than that it was changed.
        manifest = _validated(data, source)
        _verify(data, schema, hashes, claimed, source)
        return manifest
    # What an older schema allowed is known from its hashes alone: only what snakebridge wrote itself is migrated.
    _verify(data, schema, hashes, claimed, source)
    return _validated(migrate(data, schema), source)


def _require_known(schema: object, source: str) -> None:
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < OLDEST_SCHEMA:
        raise ManifestError(
            f"{source} has schema {schema!r} and this snakebridge reads schema {SCHEMA_VERSION}; {_REGENERATE}"
        )
    if schema > SCHEMA_VERSION:
        raise ManifestError(
            f"{source} has schema {schema} and this snakebridge reads schema {SCHEMA_VERSION} at most, so a newer one "
            f"wrote it; upgrade snakebridge, or {_REGENERATE} with this one"
        )


def _validated(data: dict[str, Any], source: str) -> Manifest:
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ManifestError(f"{source} is not a valid manifest: {where}: {first['msg']}; {_REGENERATE}") from None


def _verify(data: dict[str, Any], schema: int, hashes: list[object], claimed: object, source: str) -> None:
    changed = f"{source} was changed by hand or damaged"
    symbols = data.get("symbols", [])
    if not isinstance(symbols, list) or len(symbols) != len(hashes):
        raise ManifestError(f"{changed} (its symbols are no list of symbols); {_REGENERATE}")
    for symbol, written in zip(symbols, hashes, strict=True):
        if written != _plain_hash(symbol):
            raise ManifestError(f"{changed} at {symbol.get('path')}; {_REGENERATE}")
    extra = sorted(data.keys() - sections(schema).keys())
    broken = [name for name, empty in sections(schema).items() if not isinstance(data.get(name, empty), type(empty))]
    if extra or broken or claimed != f"sha256:{_digest(_body(data, schema, hashes))}":
        raise ManifestError(f"{changed} (its hash does not match); {_REGENERATE}")


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
