"""Files that are replaced as a whole: a reader sees the old bytes or the new ones, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from snakebridge.errors import OutputError

__all__ = ["replace_file"]


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
