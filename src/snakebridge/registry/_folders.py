# The private folders of pools, which hold sockets: found by their name in the folder for temporary files, and told
# apart by a lock that the kernel drops with the process that holds it. Process ids would lie across containers that
# share that folder, and after they are used again.
#
# Guarantees: what somebody living holds, or another user has, stays. The guardian loads this, so it loads little.

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time

__all__ = ["LOCK", "PREFIX", "remove_folder", "roots", "sweep_folders"]

PREFIX = "snakebridge-"
LOCK = "owner"
_LONGEST = 103 - len(f"/{PREFIX}12345678/status.sock")  # of 104 bytes in BSD and 108 in Linux, with the last one 0
_MAKING = 60.0  # seconds that a folder may take to get its lock
_USING = 24 * 3600.0  # seconds without a change after which a folder that nobody locks is in no command's use


def roots() -> list[str]:
    """Return where private folders may be, the best place first: the path of a socket in one has to fit."""
    import tempfile  # noqa: PLC0415 - as below

    places = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"]  # noqa: S108 - random names in it
    usable = [place for place in dict.fromkeys(places) if place and os.access(place, os.W_OK | os.X_OK)]
    return sorted(usable, key=lambda place: len(os.fsencode(place)) > _LONGEST) or places[:1]


def sweep_folders(root: str) -> list[str]:
    """Remove the private folders that dead programs left, and what killed commands did; return which they were."""
    try:
        found = os.listdir(root)  # noqa: PTH208 - pathlib loads slowly
    except OSError:
        return []
    folders = [f"{root}/{name}" for name in sorted(found) if name.removeprefix(".").startswith(PREFIX)]
    return [folder for folder in folders if _is_lost(folder) and remove_folder(folder)]


def remove_folder(folder: str) -> bool:
    """Remove a private folder with everything in it; return whether it is gone."""
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files:
            with contextlib.suppress(OSError):
                os.remove(f"{path}/{name}")  # noqa: PTH107 - as above
        for name in folders:
            with contextlib.suppress(OSError):
                os.rmdir(f"{path}/{name}")  # noqa: PTH106 - as above
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # noqa: PTH106 - as above
    return not os.path.lexists(folder)


def _is_lost(folder: str) -> bool:
    try:
        seen = os.lstat(folder)
    except OSError:  # gone meanwhile
        return False
    # One that is being made has a dot before its name until it is locked.
    is_new = folder.rpartition("/")[2].startswith(".")
    age = time.time() - seen.st_mtime
    if seen.st_uid != os.getuid() or not stat.S_ISDIR(seen.st_mode) or (is_new and age <= _MAKING):
        return False
    try:
        descriptor = os.open(f"{folder}/{LOCK}", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:  # a command's, which has no lock, or one whose maker was killed before it had that
        return is_new or age > _USING
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # its owner lives
    finally:
        os.close(descriptor)
    return True
