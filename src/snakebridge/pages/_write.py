# A site on disk: only files that an earlier site left are ever changed or removed.
#
# Guarantees: the folder's own list says which files are of the site; a file that is in the way and not on it stops the
# writing before anything is changed; each file is replaced as a whole, and only when its bytes change.
# Assumes: one writer per folder at a time.

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from snakebridge.errors import OutputError
from snakebridge.files import replace_file

if TYPE_CHECKING:
    from snakebridge.pages._site import Site

__all__ = ["write"]

_LIST: Final = ".snakebridge-pages"
_TITLE: Final = "# Written by snakebridge docs: the files of this site.\n"


def write(site: Site, folder: Path) -> int:
    """Make a folder hold a site, and remove what an earlier one left; return how many files changed.

    Args:
        site: What `build` returned.
        folder: Made when it does not exist.

    Raises:
        OutputError: A file cannot be written or removed, or one that is not of a site is in the way.
    """
    known = _listed(folder)
    for path in site.files:
        if path not in known and (folder / path).exists():
            raise OutputError(
                f"{folder / path} is in the way and is not of a site that was written here; "
                "move it, or name another folder"
            )
    # Listed before they are written: what an interrupted run leaves is known to the next one.
    replace_file(folder / _LIST, _TITLE + "".join(f"{path}\n" for path in sorted({*known, *site.files})))
    changed = sum(replace_file(folder / path, text) for path, text in site.files.items())
    stale = sorted(known - set(site.files))
    changed += sum(_remove(folder, path) for path in stale)
    replace_file(folder / _LIST, _TITLE + "".join(f"{path}\n" for path in site.files))
    return changed


def _listed(folder: Path) -> set[str]:
    """Return the files of the site that is there, none when there is no site."""
    try:
        text = (folder / _LIST).read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"cannot read {folder / _LIST}: {error}; remove it, or name another folder") from None
    lines = text.removeprefix(_TITLE).splitlines()
    if not text.startswith(_TITLE) or any(not _is_inside(line) for line in lines):
        raise OutputError(f"{folder / _LIST} was not written by snakebridge; remove it, or name another folder")
    return set(lines)


def _is_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path


def _remove(folder: Path, path: str) -> bool:
    target = folder / path
    try:
        existed = target.exists()
        target.unlink(missing_ok=True)
        for parent in target.relative_to(folder).parents:
            if parent == Path() or any((folder / parent).iterdir()):
                break
            (folder / parent).rmdir()
    except OSError as error:
        raise OutputError(f"cannot remove {target}: {error.strerror or error}") from None
    return existed
