"""The machine-local file: which interpreter each library runs on here."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from snakebridge.config import LOCAL_FILE, read_local, write_local
from snakebridge.errors import ConfigurationError, OutputError


def test_read_local_is_empty_when_nothing_was_generated(tmp_path):
    assert read_local(tmp_path) == read_local(tmp_path / "absent") == {}


def test_write_local_keeps_the_other_entries_and_sorts_them(tmp_path):
    assert write_local(tmp_path, "numpy", Path("/b/python"))
    assert write_local(tmp_path, "json", "/a/python")
    assert write_local(tmp_path, "numpy", "/c/python")
    assert dict(read_local(tmp_path)) == {"json": "/a/python", "numpy": "/c/python"}
    text = (tmp_path / LOCAL_FILE).read_text()
    assert text.index("json") < text.index("numpy")


def test_write_local_touches_nothing_when_nothing_changed(tmp_path):
    write_local(tmp_path, "json", "/a/python")
    before = (tmp_path / LOCAL_FILE).stat()
    assert not write_local(tmp_path, "json", "/a/python")
    after = (tmp_path / LOCAL_FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "python",
    ['/a "b"/p', "/a\\b/p", "/a\nb\tc/p", "/a\x7fb\x00", "/ünï/😀", "/a]b#c='d'"],
    ids=["quote", "backslash", "control", "delete", "unicode", "syntax"],
)
def test_write_local_round_trips_any_path(tmp_path, python):
    write_local(tmp_path, "a.b", python)
    assert read_local(tmp_path) == {"a.b": python}
    assert tomllib.loads((tmp_path / LOCAL_FILE).read_text())["libraries"]["a.b"]["python"] == python


def test_write_local_refuses_a_path_that_is_not_text(tmp_path):
    with pytest.raises(OutputError, match="not UTF-8"):
        write_local(tmp_path, "json", os.fsdecode(b"/a\xff/python"))
    assert list(tmp_path.iterdir()) == []


def test_write_local_refuses_a_folder_that_is_missing(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        write_local(tmp_path / "absent", "json", "/a/python")


def test_write_local_leaves_nothing_when_the_file_cannot_be_replaced(tmp_path):
    (tmp_path / LOCAL_FILE).mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write_local(tmp_path, "json", "/a/python")
    assert [entry.name for entry in tmp_path.iterdir()] == [LOCAL_FILE]


@pytest.mark.parametrize(
    "text",
    ["libraries = 1", "[libraries]\njson = 'x'", "[libraries.json]\n", "[libraries.json]\npython = 1"],
    ids=["no-section", "no-entry", "no-python", "no-path"],
)
def test_read_local_says_what_to_do_when_the_file_is_damaged(tmp_path, text):
    (tmp_path / LOCAL_FILE).write_text(text)
    with pytest.raises(ConfigurationError, match=r"is damaged; delete it and run `snakebridge generate` again"):
        read_local(tmp_path)


def test_write_local_loses_no_entry_when_several_processes_write_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from snakebridge.config import write_local\n"
        "sys.stdin.read()\n"
        "for number in range(10): write_local(Path(sys.argv[1]), f'{sys.argv[2]}{number}', '/p')"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], stdin=subprocess.PIPE) for name in "ab"
    ]
    for writer in writers:
        writer.communicate(timeout=60)
    assert set(read_local(tmp_path)) == {f"{name}{number}" for name in "ab" for number in range(10)}
