"""Unchanged targets are not asked again; whatever changes there, or in the question, is noticed."""

from __future__ import annotations

import concurrent.futures
import gzip
import hashlib
import os
import shutil
import subprocess

import pytest
from interpreters import interpreter

from snakebridge.errors import IntrospectionError
from snakebridge.introspect import Options
from snakebridge.introspect._introspect import survey
from snakebridge.introspect._shelf import LARGEST, shrink
from snakebridge.manifest import Selection, Surface, dumps

SOURCE = "def f(x: int = 0) -> int: return x\n"


class Target:
    """A venv with hand-made distributions."""

    def __init__(self, folder):
        subprocess.run([interpreter("3.11"), "-m", "venv", "--without-pip", folder], check=True, timeout=120)
        self.python = folder / "bin" / "python"
        (self.packages,) = folder.glob("lib/python*/site-packages")

    def install(self, name, version, **files):
        metadata = self.packages / f"{name}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = []
        for file, text in files.items():
            path = self.packages / name / f"{file}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            digest = hashlib.sha256(text.encode()).hexdigest()
            lines.append(f"{name}/{file}.py,sha256={digest},{len(text)}\n")
        (metadata / "RECORD").write_text("".join(lines))
        return metadata

    def ask(self, library="lib", **options):
        return survey(library, self.python, options=Options(**options))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Target(tmp_path_factory.mktemp("target") / "venv")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def target(made, cache, monkeypatch):
    """Return a target with one library, and a cache that knows no answer; compiled modules stay in it."""
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(cache))
    made.metadata = made.install("lib", "1.0", __init__=SOURCE, sub="")
    yield made
    shutil.rmtree(cache / "observations", ignore_errors=True)
    for path in made.packages.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def kept(cache, what="answer"):
    return sorted((cache / "observations").glob(f"*.{what}.gz"))


@pytest.mark.parametrize("library", ["lib", "json", "math", "sys"])
def test_a_second_time_nobody_is_asked_and_the_bytes_are_the_same(target, library):
    first, heard = target.ask(library), []
    again = survey(library, target.python, options=Options(), on_progress=heard.append)
    assert (first.is_unchanged, again.is_unchanged) == (False, True)
    assert [one.phase for one in heard] == ["unchanged"]
    assert dumps(again.manifest) == dumps(first.manifest)
    assert again.left_out == first.left_out
    assert not target.ask(library, refresh=True).is_unchanged


def test_another_selection_of_the_same_walk_needs_no_new_answer(target):
    target.ask()
    assert target.ask(selection=Selection(depth=0)).is_unchanged
    assert not target.ask(selection=Selection(surface=Surface.ALL)).is_unchanged


def edit(target):
    (target.packages / "lib" / "__init__.py").write_text(f"{SOURCE}def g(): ...\n")


def touch(target):
    os.utime(target.packages / "lib" / "sub.py", ns=(1, 1))


def add_module(target):
    (target.packages / "lib" / "more.py").write_text("")


def upgrade(target):
    shutil.rmtree(target.metadata)
    target.install("lib", "1.1", __init__=SOURCE)


def install_another(target):
    target.install("other", "1.0", __init__="")


def rewrite_record(target):
    (target.metadata / "RECORD").write_text("lib/__init__.py,,\n")


def add_path_file(target):
    (target.packages / "some.pth").write_text("import os\n")


@pytest.mark.parametrize(
    "change",
    [edit, touch, add_module, upgrade, install_another, rewrite_record, add_path_file],
    ids=lambda f: f.__name__,
)
def test_a_change_in_the_target_is_noticed(target, change):
    target.ask()
    change(target)
    assert not target.ask().is_unchanged
    assert target.ask().is_unchanged


def test_a_change_of_the_question_is_noticed(target):
    target.ask()
    assert not target.ask(module_deadline=30.0).is_unchanged
    assert not target.ask("lib.sub").is_unchanged


def lose_record(target):
    (target.metadata / "RECORD").unlink()


def make_editable(target):
    (target.metadata / "direct_url.json").write_text('{"dir_info": {"editable": true}, "url": "file:///x"}')


def add_editable_neighbour(target):
    other = target.install("other", "1.0", __init__="")
    (other / "direct_url.json").write_text('{"dir_info": {"editable": true}, "url": "file:///x"}')


def add_link(target):
    (target.packages / "old.egg-link").write_text("/nowhere\n")


def disown(target):
    (target.metadata / "RECORD").write_text("library/__init__.py,,\n")


@pytest.mark.parametrize(
    "change", [lose_record, make_editable, add_editable_neighbour, add_link, disown], ids=lambda f: f.__name__
)
def test_nothing_is_kept_when_nobody_vouches_for_the_files(target, cache, change):
    change(target)
    assert not target.ask().is_unchanged
    assert not target.ask().is_unchanged
    assert kept(cache) == []


@pytest.mark.parametrize("text", ["{}", '{"dir_info": {}}', "[]", "no json"])
def test_a_distribution_from_a_folder_that_is_not_editable_vouches(target, text):
    (target.metadata / "direct_url.json").write_text(text)
    target.ask()
    assert target.ask().is_unchanged


def cut(data):
    return data[: len(data) // 2]


def swap(data):
    return bytes([*data[:-40], *(byte ^ 255 for byte in data[-40:])])


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        swap,
        lambda _: b"",
        lambda _: b"words",
        lambda _: gzip.compress(b""),
        lambda _: gzip.compress(b"[]\n"),
        lambda _: gzip.compress(b'{"crashes": 3}\n'),
        lambda _: gzip.compress(b'{"crashes": {}}\n{"module": "lib", "members": 3}'),
        lambda _: gzip.compress(b'{"crashes": {}}\n'),
    ],
    ids=["cut", "swapped", "empty", "words", "nothing", "list", "number", "other-vocabulary", "no-facts"],
)
@pytest.mark.parametrize("what", ["answer", "manifest"])
def test_what_is_damaged_is_a_miss_and_is_replaced(target, cache, damage, what):
    text = dumps(target.ask().manifest)
    (file,) = kept(cache, what)
    good = file.read_bytes()
    for other in kept(cache, "*"):
        # An answer is read for a manifest that is not there.
        other.write_bytes(damage(good) if other == file else b"")
    again = target.ask()
    assert not again.is_unchanged
    assert dumps(again.manifest) == text
    assert file.read_bytes() == good
    assert target.ask().is_unchanged


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(target, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(tmp_path / "file"))
    assert target.ask().manifest.symbols
    assert not target.ask().is_unchanged


def test_a_library_that_cannot_be_imported_is_asked_every_time(target, cache):
    (target.packages / "lib" / "__init__.py").write_text("import nothing_like_it")
    for _ in range(2):
        with pytest.raises(IntrospectionError, match="nothing_like_it"):
            target.ask()
    assert kept(cache) == []


def test_what_killed_the_probe_is_kept_and_what_was_late_is_not(target, cache):
    (target.packages / "lib" / "sub.py").write_text("import os; os.abort()")
    first, again = target.ask(), target.ask()
    assert again.is_unchanged
    assert [one.rule for one in again.manifest.findings] == ["module-failed"]
    assert dumps(again.manifest) == dumps(first.manifest)
    (target.packages / "lib" / "sub.py").write_text("import threading; threading.Event().wait()")
    assert "did not finish" in target.ask(module_deadline=1.0).manifest.findings[0].message
    assert not target.ask(module_deadline=1.0).is_unchanged
    assert len(kept(cache)) == 1


def test_asking_again_replaces_nothing_when_nothing_changed(target, cache):
    target.ask()
    before = {file: file.read_bytes() for file in kept(cache, "*")}
    assert len(before) == 2
    target.ask(refresh=True)
    assert {file: file.read_bytes() for file in kept(cache, "*")} == before


def test_stubs_and_documentation_that_were_named_are_part_of_the_question(target, tmp_path):
    folder = tmp_path / "stubs" / "lib-stubs"
    folder.mkdir(parents=True)
    (folder / "__init__.pyi").write_text("def f(x: str = ...) -> str: ...\n")
    target.ask()

    def returned():
        found = target.ask(stubs=(folder.parent,))
        assert found.is_unchanged
        (symbol,) = (one for one in found.manifest.symbols if one.path == "lib:g")
        return symbol.signature.returns

    edit(target)
    (folder / "__init__.pyi").write_text("def g() -> int: ...\n")
    target.ask()
    assert returned() == "int"
    (folder / "__init__.pyi").write_text("def g() -> bytes: ...\n")
    assert returned() == "bytes"


def test_two_at_once_both_get_the_answer(target, cache):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        texts = {dumps(one.manifest) for one in pool.map(lambda _: target.ask(), range(4))}
    assert len(texts) == 1
    assert len(kept(cache)) == 1
    assert target.ask().is_unchanged


def test_what_was_not_used_for_longest_goes_first(target, cache):
    for library in ("lib", "json", "math"):
        target.ask(library)
    for file in kept(cache, "manifest"):
        file.unlink()
    ages = dict(zip(kept(cache), (3, 1, 2), strict=True))
    for file, age in ages.items():
        os.utime(file, ns=(10**18 - age, 10**18 - age))
    oldest, middle, newest = sorted(ages, key=lambda file: -ages[file])
    shrink(LARGEST)
    assert len(kept(cache)) == 3
    shrink(newest.stat().st_size + middle.stat().st_size)
    assert kept(cache) == sorted([middle, newest])
    assert oldest not in kept(cache)
    shrink(0)
    assert kept(cache) == []


def test_using_an_answer_keeps_it_young(target, cache):
    target.ask()
    (file,) = kept(cache, "manifest")
    os.utime(file, ns=(1, 1))
    assert target.ask().is_unchanged
    assert file.stat().st_mtime_ns > 1
