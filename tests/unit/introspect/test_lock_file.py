"""The lock: one library per line, atomic, and never written over something else."""

from __future__ import annotations

import json

import pytest
from interpreters import interpreter

from snakebridge.environments import describe
from snakebridge.errors import ManifestError, OutputError
from snakebridge.introspect import lock, read_lock, update_lock
from snakebridge.manifest import Library, Manifest, content_hash


def test_an_entry_says_where_a_manifest_was_made():
    manifest = Manifest(library=Library(name="json"))
    entry = lock(describe(interpreter("3.11")), manifest)
    assert entry["implementation"] == "cpython"
    assert str(entry["python"]).startswith("3.11.")
    assert entry["manifest"] == content_hash(manifest)
    assert set(entry) == {"distributions", "implementation", "manifest", "platform", "python"}


def test_entries_are_one_line_each_sorted_and_kept(tmp_path):
    path = tmp_path / "made" / "snakebridge.lock"
    assert update_lock(path, "numpy", {"python": "3.11.7", "distributions": {"numpy": "2"}})
    assert update_lock(path, "json", {"python": "3.9.18"})
    assert path.read_text(encoding="utf-8") == (
        '{\n"json":{"python":"3.9.18"},\n"numpy":{"distributions":{"numpy":"2"},"python":"3.11.7"}\n}\n'
    )
    assert read_lock(path)["numpy"]["python"] == "3.11.7"
    assert not update_lock(path, "json", {"python": "3.9.18"})
    assert [one.name for one in path.parent.iterdir()] == ["snakebridge.lock"]


@pytest.mark.parametrize("text", ["", "[]", '{"json": 3}', "\xff"], ids=["empty", "list", "number", "words"])
def test_a_file_that_is_no_lock_is_refused_and_untouched(tmp_path, text):
    path = tmp_path / "snakebridge.lock"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ManifestError, match="lock"):
        update_lock(path, "json", {})
    assert path.read_text(encoding="latin-1") == text


def test_a_folder_in_the_way_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises((OutputError, ManifestError), match=r"cannot (read|write)"):
        update_lock(tmp_path / "file" / "snakebridge.lock", "json", {})


def test_nothing_is_half_written_when_the_entry_has_no_json(tmp_path):
    path = tmp_path / "snakebridge.lock"
    with pytest.raises(TypeError):
        update_lock(path, "json", {"python": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_lock_reads_as_json(tmp_path):
    path = tmp_path / "snakebridge.lock"
    update_lock(path, "json", {"ü": "ß"})
    assert json.loads(path.read_bytes()) == {"json": {"ü": "ß"}}
    assert read_lock(tmp_path / "none.lock") == {}
