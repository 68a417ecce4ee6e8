"""The registry's file: what is written is read, and whatever is wrong with it is an error that says so."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import threading

import pytest

from snakebridge.registry._processes import Here, here, started_at
from snakebridge.registry._store import NAME, PoolRow, RunRow, Store, StoreError, WorkerRow

HERE = here()
POOLS = [PoolRow(1, "sci", "/usr/bin/python3", "/tmp/snakebridge-1")]
WORKERS = [WorkerRow(1, "sci-1", 4_000_001, 5), WorkerRow(1, "sci-2", 4_000_002, 6)]


def run(name: str, *, pid: int | None = None, where: Here = HERE) -> RunRow:
    pid = os.getpid() if pid is None else pid
    return RunRow(name, pid, started_at(pid) or 1, *where)


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path), patience=0.2)


def test_what_is_written_is_read(store):
    store.write(run("one"), POOLS, WORKERS)
    assert store.read() == [(run("one"), POOLS, WORKERS)]


def test_writing_again_replaces_all_of_a_run_and_nothing_else(store):
    store.write(run("one"), POOLS, WORKERS)
    store.write(run("two"), POOLS, WORKERS)
    store.write(run("one"), POOLS, WORKERS[:1])
    assert store.read() == [(run("one"), POOLS, WORKERS[:1]), (run("two"), POOLS, WORKERS)]
    store.remove("two")
    assert [each.run for each, _, _ in store.read()] == ["one"]


def test_registry_that_was_never_written_is_empty(store):
    assert store.read() == []


def test_folder_and_file_are_the_users_alone(store, tmp_path):
    folder = tmp_path / "state"
    Store(str(folder)).write(run("one"), POOLS, WORKERS)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / NAME).is_file()


LOST = {
    "dead": (run("one", pid=4_194_303), WORKERS, 0),
    "its-number-is-anothers": (run("one")._replace(started=1), WORKERS, 0),
    "of-another-boot": (run("one", where=HERE._replace(boot="before the power cut")), [], 0),
    "living": (run("one"), [], 1),
    "in-another-container": (run("one", where=HERE._replace(namespace="pid:[1]")), [], 1),
}


@pytest.mark.parametrize("what", LOST)
def test_lost_runs_are_taken_and_others_stay(store, what):
    row, lost, stay = LOST[what]
    store.write(row, POOLS, WORKERS)
    assert store.take_lost(HERE) == lost
    assert len(store.read()) == stay


def test_run_in_a_container_that_says_nothing_for_a_week_is_forgotten(store):
    store.write(run("one", where=HERE._replace(namespace="pid:[1]")), POOLS, WORKERS)
    with sqlite3.connect(store.path) as database:
        database.execute("UPDATE runs SET seen = seen - 8 * 86400")
    database.close()
    assert store.take_lost(HERE) == []
    assert store.read() == []


def test_registry_that_is_locked_says_so_in_time_and_works_afterwards(store):
    store.write(run("one"), POOLS, WORKERS)
    database = sqlite3.connect(store.path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="cannot be used now: database is locked"):
        store.write(run("two"), POOLS, WORKERS)
    database.close()
    store.write(run("two"), POOLS, WORKERS)
    assert len(store.read()) == 2


def set_version(path, number: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {number}")
    database.close()


def drop_tables(path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE workers")
        database.execute("CREATE TABLE workers (something INTEGER)")
    database.close()


NO_REGISTRY = {
    "truncated": lambda path: os.truncate(path, 5000),
    "overwritten": lambda path: path.write_bytes(b"no database" * 1000),
    "of-another-version": lambda path: set_version(path, 99),
    "without-its-tables": drop_tables,
}


@pytest.mark.parametrize("what", NO_REGISTRY)
def test_file_that_is_no_registry_gives_way_to_one(store, tmp_path, what):
    store.write(run("one"), POOLS, WORKERS)
    NO_REGISTRY[what](tmp_path / NAME)
    for _ in range(2):
        try:
            store.write(run("two"), POOLS, WORKERS)
        except StoreError as error:
            assert "has been put aside" in str(error)  # noqa: PT017 - whether it can be mended in place is SQLite's
    assert "two" in [each.run for each, _, _ in store.read()]


def test_file_that_was_emptied_is_written_again(store, tmp_path):
    store.write(run("one"), POOLS, WORKERS)
    os.truncate(tmp_path / NAME, 0)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"{NAME}{suffix}").unlink(missing_ok=True)
    store.write(run("two"), POOLS, WORKERS)
    assert [each.run for each, _, _ in store.read()] == ["two"]


@pytest.mark.parametrize("folder", ["/proc/state", "/dev/null/state"])
def test_folder_that_cannot_be_made_is_an_error_that_names_it(folder):
    with pytest.raises(StoreError, match=folder):
        Store(folder).write(run("one"), POOLS, WORKERS)
    assert Store(folder).read() == []


def test_disk_without_space_is_an_error(tmp_path):
    code = f"""
import resource
from snakebridge.registry._store import *
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    Store({str(tmp_path)!r}).write(RunRow("one", 1, 1, "", ""), [], [])
except StoreError as error:
    print(error)
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "cannot be used now" in done.stdout
    assert done.stderr == ""


def test_many_write_at_once_and_nothing_is_lost(tmp_path):
    failed = []

    def write(name: str) -> None:
        try:
            for _ in range(10):
                Store(str(tmp_path), patience=30).write(run(name), POOLS, WORKERS)
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"run {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(Store(str(tmp_path)).read()) == 6
