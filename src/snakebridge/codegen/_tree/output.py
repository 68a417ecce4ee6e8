# Trees on disk: write one, or say how a folder differs from it.
#
# Guarantees: each file is replaced atomically and only when its bytes change; before the first replacement every new
# text is already on disk beside its place, so a full disk, a read-only folder or a file in the way changes nothing;
# only files that carry our mark for this very library are ever overwritten or removed.
# Assumes: one writer per output folder at a time.

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from snakebridge.codegen._tree.render import MARK, README_MARK, SHARED_MARK
from snakebridge.errors import OutputError
from snakebridge.manifest import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.codegen._tree.render import Tree

__all__ = ["Written", "compare", "generated_libraries", "write"]

_AGAIN = "run `snakebridge generate` again and commit the result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What writing a tree did: paths relative to the output folder, sorted."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        """Whether anything on disk is different now."""
        return bool(self.created or self.changed or self.removed)


def _owner(text: str) -> str | None:
    """Return whose file this is by its mark: a library, `""` for shared ones, `None` for a file of the user."""
    for mark in (MARK, README_MARK):
        if text.startswith(mark):
            return text[len(mark) :].split(maxsplit=1)[0].rstrip(";") if text[len(mark) :].strip() else None
    return "" if text.startswith(SHARED_MARK) else None


def _read(path: Path) -> str | None:
    """Return a file's text, `None` when there is no such file."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise OutputError(f"cannot write {path}: a folder is in the way; move it and generate again") from None
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from None


def _is_yours(path: str, old: str, new: str) -> bool:
    """Say whether a shared file exists that the user made: it is left alone."""
    return _owner(new) == "" and _owner(old) is None and bool(old.strip()) and path.count("/") == 0


def _stale(tree: Tree, out: Path, library: str) -> Iterator[str]:
    """Yield the generated files of a library that the tree no longer has, sorted."""
    root = out.joinpath(*library.split("."))
    files = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    found = [path for path in files if path.suffix == ".py" or path.name == "README.md"]
    for path in sorted(found):
        relative = path.relative_to(out).as_posix()
        if relative not in tree and _owner(_read(path) or "") == library:
            yield relative


def write(tree: Tree, out: Path, *, library: str) -> Written:
    """Make a folder hold a tree.

    Args:
        tree: What `render` returned.
        out: The output folder; made when it does not exist.
        library: Whose tree it is; generated files of that library that the tree lacks are removed.

    Raises:
        OutputError: A file cannot be written, or one that is not ours is in the way; nothing was changed.
    """
    created: list[str] = []
    changed: list[str] = []
    unchanged = 0
    for path, text in tree.items():
        old = _read(out / _checked(path))
        if old is None:
            created.append(path)
        elif old == text or _is_yours(path, old, text):
            unchanged += 1
        else:
            _refuse_foreign(out / path, old, text)
            changed.append(path)
    removed = list(_stale(tree, out, library))
    _replace(out, {path: tree[path] for path in (*created, *changed)})
    for path in removed:
        _remove(out, path)
    return Written(created=tuple(created), changed=tuple(changed), removed=tuple(removed), unchanged=unchanged)


def _checked(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path:
        raise OutputError(f"{path!r} would be written outside the output folder; this tree was not made by snakebridge")
    return path


def _refuse_foreign(path: Path, old: str, new: str) -> None:
    owner, wanted = _owner(old), _owner(new)
    if owner is None and old.strip():
        raise OutputError(f"{path} is in the way and was not generated; move it, or generate into another folder")
    if owner is not None and wanted is not None and owner != wanted:
        raise OutputError(
            f"{path} belongs to the generated package of {owner or 'a library below it'}; "
            "generate one of the two into another folder"
        )


def _replace(out: Path, texts: dict[str, str]) -> None:
    """Stage every text beside its place, then move them all."""
    staged: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for path, text in texts.items():
            target = out / path
            _make_folder(target.parent, made)
            descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".snakebridge-")
            staged.append((Path(temporary), target))
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8"))
            Path(temporary).chmod(0o644)
        for source, target in staged:
            source.replace(target)
    except OSError as error:
        name = error.filename2 or error.filename or out
        why = error.strerror or error
        raise OutputError(f"cannot write below {out}: {why} ({name}); check the folder and generate again") from None
    finally:
        for source, _ in staged:
            source.unlink(missing_ok=True)
        # Only what is still empty goes again: after success nothing is.
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir()
        made.append(one)


def _remove(out: Path, path: str) -> None:
    target = out / path
    try:
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == out or any(one.name != "__pycache__" for one in folder.iterdir()):
                break
            shutil.rmtree(folder)
    except OSError as error:
        raise OutputError(f"cannot remove the stale file {target}: {error.strerror or error}") from None


def compare(tree: Tree, out: Path, *, library: str) -> tuple[Finding, ...]:
    """Say how a folder differs from a tree; nothing is written.

    Args:
        tree: What `render` returned.
        out: The output folder.
        library: Whose tree it is.

    Raises:
        OutputError: A file cannot be read.
    """
    found: list[Finding] = []
    for path, text in tree.items():
        old = _read(out / _checked(path))
        if old is None:
            found.append(_finding("generated-missing", path, "the generated file is missing"))
        elif old != text and not _is_yours(path, old, text):
            found.append(_finding("generated-stale", path, "the file is not what the manifest generates"))
    found += [
        _finding("generated-extra", path, f"a generated file that the manifest of {library} no longer has")
        for path in _stale(tree, out, library)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.path, finding.rule)))


def _finding(rule: str, path: str, message: str) -> Finding:
    return Finding(rule=rule, level=Level.ERROR, path=path, message=message, hint=_AGAIN)


def generated_libraries(out: Path) -> tuple[str, ...]:
    """Return the libraries that have a generated package in a folder, sorted."""
    owners = (_owner(_read(path) or "") for path in sorted(out.rglob("_snakebridge.py")))
    return tuple(sorted({owner for owner in owners if owner}))
