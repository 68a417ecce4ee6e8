# The registry's file: which programs of this user have pools, and which workers. SQLite in WAL mode, one short
# connection for each thing that is done, so nobody holds it open, forks it, or is held up by a reader.
#
# Guarantees: whatever is wrong with the file (truncated, overwritten, locked, read-only, no space, of another version)
# is a `StoreError` within `patience`, and a file that is no registry is put aside for a new one. A run writes all it
# has in one transaction, so that what was lost or put aside is there again with its next write.
# Assumes: called by guardians and the command line, never by a program that makes calls.

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from snakebridge.registry._processes import Here, started_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["NAME", "PoolRow", "RunRow", "Store", "StoreError", "WorkerRow"]

VERSION = 1
NAME = f"registry-{VERSION}.sqlite"
"""The version is in the name too: a newer snakebridge has a registry of its own."""

_PATIENCE = 1.0
_FORGOTTEN = 7 * 24 * 3600.0  # seconds without a word from a container that is perhaps gone
_SCHEMA = (
    "runs (run TEXT PRIMARY KEY, pid INTEGER, started INTEGER, boot TEXT, namespace TEXT, seen REAL)",
    "pools (run TEXT, pool INTEGER, name TEXT, python TEXT, folder TEXT, PRIMARY KEY (run, pool))",
    "workers (run TEXT, pool INTEGER, name TEXT, pid INTEGER, started INTEGER, PRIMARY KEY (run, pid))",
)
_TABLES = ("runs", "pools", "workers")


class StoreError(Exception):
    """The file cannot be used now, for the reason that this says."""


class RunRow(NamedTuple):
    """A program that has pools."""

    run: str
    pid: int
    started: int
    boot: str
    namespace: str

    def lives(self) -> bool:
        """Whether it runs, as far as can be told from its own place."""
        return started_at(self.pid) == self.started


class PoolRow(NamedTuple):
    """A pool of a program."""

    pool: int
    name: str
    python: str
    folder: str


class WorkerRow(NamedTuple):
    """A worker of a pool."""

    pool: int
    name: str
    pid: int
    started: int


class Store:
    """The registry in a folder.

    Args:
        folder: Made when it is not there.
        patience: Seconds to wait for who has it locked.
    """

    def __init__(self, folder: str, patience: float = _PATIENCE) -> None:
        self.path = os.path.join(folder, NAME)  # noqa: PTH118 - the guardian loads no pathlib
        self._patience = patience

    def write(self, run: RunRow, pools: Sequence[PoolRow], workers: Sequence[WorkerRow]) -> None:
        """Replace all that is known about a run.

        Raises:
            StoreError: It cannot be written now.
        """
        with self._changed() as database:
            _remove(database, run.run)
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", (*run, time.time()))
            database.executemany("INSERT INTO pools VALUES (?, ?, ?, ?, ?)", [(run.run, *row) for row in pools])
            database.executemany(
                "INSERT OR REPLACE INTO workers VALUES (?, ?, ?, ?, ?)", [(run.run, *row) for row in workers]
            )

    def remove(self, run: str) -> None:
        """Forget a run.

        Raises:
            StoreError: It cannot be written now.
        """
        with self._changed() as database:
            _remove(database, run)

    def take_lost(self, where: Here) -> list[WorkerRow]:
        """Forget the runs that are no more; return those of their workers that may still be there.

        What a boot before this one left is forgotten without a look, because its process ids are others' now. What is
        in another container is left to those in it.

        Raises:
            StoreError: It cannot be written now.
        """
        with self._changed() as database:
            lost: list[WorkerRow] = []
            for *row, seen in database.execute("SELECT * FROM runs").fetchall():
                run = RunRow(*row)
                if run.boot == where.boot:
                    if run.namespace != where.namespace:
                        if time.time() - seen < _FORGOTTEN:
                            continue
                    elif run.lives():
                        continue
                    else:
                        lost += _workers(database, run.run)
                _remove(database, run.run)
            return lost

    def read(self) -> list[tuple[RunRow, list[PoolRow], list[WorkerRow]]]:
        """Return everything.

        Raises:
            StoreError: It cannot be read now.
        """
        if not os.path.exists(self.path):  # noqa: PTH110 - as above
            return []
        with self._opened(writes=False) as database:
            if not database.execute("PRAGMA user_version").fetchone()[0]:
                return []  # it is being made
            return [
                (
                    RunRow(*row),
                    [PoolRow(*pool) for pool in _rows(database, "pools", row[0], "pool, name, python, folder")],
                    _workers(database, row[0]),
                )
                for row in database.execute("SELECT run, pid, started, boot, namespace FROM runs ORDER BY run")
            ]

    @contextlib.contextmanager
    def _changed(self) -> Iterator[sqlite3.Connection]:
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120 - as above
        except OSError as error:
            raise StoreError(f"{self.path} cannot be made: {error.strerror}") from None
        with self._opened(writes=True) as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, VERSION}:
                raise sqlite3.DatabaseError(f"it is of version {version}")
            if version == 0:
                # Kept in the file. The last moments may go with the machine's power: then nobody is left to be found.
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            for table in _SCHEMA:
                database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            database.execute(f"PRAGMA user_version = {VERSION}")
            yield database
            database.execute("COMMIT")

    @contextlib.contextmanager
    def _opened(self, *, writes: bool) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)
            with contextlib.closing(connection) as database:
                yield database
        except sqlite3.DatabaseError as error:
            # Our statements are right, so one that cannot be (SQLITE_ERROR) met tables that are not ours.
            is_sound = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR
            if is_sound:  # locked, read-only, no space, no folder
                raise StoreError(f"{self.path} cannot be used now: {error}") from None
            if writes:
                self._put_aside()
                raise StoreError(f"{self.path} was no registry ({error}) and has been put aside") from None
            raise StoreError(f"{self.path} is no registry: {error}") from None

    def _put_aside(self) -> None:
        with contextlib.suppress(OSError):  # a folder that cannot be written: then it stays, and is no use
            os.replace(self.path, f"{self.path}.broken")  # noqa: PTH105 - as above
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(self.path + suffix)  # noqa: PTH107 - as above


def _remove(database: sqlite3.Connection, run: str) -> None:
    for table in _TABLES:
        database.execute(f"DELETE FROM {table} WHERE run = ?", (run,))  # noqa: S608 - our own names


def _workers(database: sqlite3.Connection, run: str) -> list[WorkerRow]:
    return [WorkerRow(*row) for row in _rows(database, "workers", run, "pool, name, pid, started")]


def _rows(database: sqlite3.Connection, table: str, run: str, columns: str) -> list[Any]:
    return database.execute(f"SELECT {columns} FROM {table} WHERE run = ? ORDER BY 1, 2", (run,)).fetchall()  # noqa: S608 - our own names
