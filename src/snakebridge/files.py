"""Files: replaced as a whole, so that a reader sees the old bytes or the new ones, and TOML read with clear errors."""

from __future__ import annotations

import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from snakebridge.errors import ConfigurationError, OutputError

__all__ = ["read_toml", "replace_file"]


def replace_file(path: Path, content: str | bytes) -> bool:
    """Make a file hold a text (UTF-8, LF) or bytes; return whether its bytes changed.

    Raises:
        OutputError: The file cannot be written; what was there is untouched.
    """
    try:
        data = content.encode() if isinstance(content, str) else content
        if path.exists() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:  # whatever it was, nothing of ours stays; then it goes on
            Path(temporary).unlink(missing_ok=True)
            raise
    except UnicodeEncodeError:
        raise OutputError(f"cannot write {path}: it would hold a path or text that is not UTF-8") from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
    return True


def read_toml(file: Path) -> dict[str, Any]:
    """Return the content of a TOML file of the user's.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))  # editors on Windows begin it with a mark
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is not valid TOML ({error}); mend that line") from None
