"""`snakebridge docs`: pages from manifests, offline."""

from __future__ import annotations

import json

import pytest

from snakebridge.manifest import Kind, Library, Manifest, Module, Signature, Symbol, write


@pytest.fixture
def manifests(snakebridge):
    folder = snakebridge.folder / "manifests"
    folder.mkdir()
    for name in ("one", "two"):
        function = Symbol(path=f"{name}:f", kind=Kind.FUNCTION, doc="Do it.", signature=Signature())
        found = Manifest(library=Library(name=name), modules=(Module(name=name),), symbols=(function,))
        write(found, folder / f"{name}.json")
    return folder


def test_docs_writes_the_pages_of_every_manifest(snakebridge, manifests):
    done = snakebridge("docs")
    assert done.stdout.splitlines() == ["one: 2 pages", "two: 2 pages", "8 files changed; open bridges-docs/index.html"]
    page = (manifests.parent / "bridges-docs" / "one" / "one.html").read_text()
    assert "Do it." in page
    assert snakebridge("docs").stdout.splitlines()[-1] == "0 files changed; open bridges-docs/index.html"


def test_docs_writes_only_the_libraries_that_are_named(snakebridge, manifests):
    done = snakebridge("docs", "two", "--site", "site", "--format", "json")
    assert json.loads(done.stdout) == {"files_changed": 6, "index": "site/index.html", "pages": {"two": 2}}
    assert not (manifests.parent / "site" / "one").exists()


def test_docs_refuses_a_library_without_a_manifest(snakebridge, manifests):
    assert f"there is no manifest of three in {manifests}" in snakebridge.refuses("docs", "three")


def test_docs_refuses_when_there_is_no_manifest_at_all(snakebridge):
    said = snakebridge.refuses("docs")
    assert f"there is no manifest in {snakebridge.folder / 'manifests'}; run `snakebridge generate` first" in said


def test_docs_refuses_to_replace_a_file_of_yours(snakebridge, manifests):
    (manifests.parent / "site").mkdir()
    (manifests.parent / "site" / "index.html").write_text("mine")
    assert "is in the way" in snakebridge.refuses("docs", "--site", "site")
