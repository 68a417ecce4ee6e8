"""The pages of generated packages: complete, linked, the same each time, and alone."""

from __future__ import annotations

import html
import html.parser
import json
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from golden import menagerie

from snakebridge import pages
from snakebridge.codegen import coverage, render
from snakebridge.errors import OutputError
from snakebridge.manifest import Kind, Library, Manifest, Module, Signature, Symbol


class Page(html.parser.HTMLParser):
    """What a page links to, what it names, and whether its elements close."""

    EMPTY = frozenset({"meta", "link", "input", "hr"})

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.loads, self.open = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in self.EMPTY:
            self.open.append(tag)
        found = dict(attrs)
        if "id" in found:
            self.anchors.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        elif "href" in found or "src" in found:
            self.loads.append(found.get("href") or found["src"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def zoo():
    return pages.build([menagerie.manifest()])


@pytest.fixture(scope="module")
def parsed(zoo):
    return {path: Page(text) for path, text in zoo.files.items() if path.endswith(".html")}


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def resolve(page, link):
    """Return the path within the site that a relative link leads to, and its anchor."""
    target, _, anchor = link.partition("#")
    parts = []
    for part in PurePosixPath(page).parent.joinpath(unquote(target)).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts) if target else page, unquote(anchor)


def test_every_link_leads_to_a_page_and_an_anchor_of_the_site(zoo, parsed):
    broken = []
    for path, page in parsed.items():
        for link in [*page.links, *page.loads]:
            target, anchor = resolve(path, link)
            if target not in zoo.files or (anchor and anchor not in parsed[target].anchors):
                broken.append((path, link))
    assert broken == []
    assert sum(len(page.links) for page in parsed.values()) > 100


def test_anchors_of_a_page_are_unique(parsed):
    for path, page in parsed.items():
        assert len(page.anchors) == len(set(page.anchors)), path


def test_every_public_callable_has_a_place(zoo):
    rows = symbols(zoo)
    manifest = menagerie.manifest()
    omitted = {finding.path for finding in coverage(manifest).omitted}
    named = {one.path.replace(":", ".") for one in manifest.symbols if one.kind is Kind.FUNCTION and not one.owner}
    assert named - {path.replace(":", ".") for path in omitted} <= rows.keys()


def symbols(site):
    """Return what the search finds: name → page and anchor."""
    rows = json.loads(site.files["symbols.js"].removeprefix("const SYMBOLS = ").removesuffix(";\n"))
    found = {}
    for page, name, anchors in rows:
        found[name] = page, ""
        found |= {f"{name}.{anchor}": (page, anchor) for anchor in anchors.split()}
    return found


def test_search_finds_members_and_leads_to_their_anchors(zoo, parsed):
    rows = symbols(zoo)
    assert rows["zoo.beasts.Animal.speak"] == ("zoo/zoo.beasts/Animal.html", "speak")
    assert rows["zoo.hire"] == rows["zoo.people.hire"] == ("zoo/zoo.people.html", "hire")
    for name, (page, anchor) in rows.items():
        assert not anchor or anchor in parsed[page].anchors, name


def test_nothing_is_loaded_from_elsewhere(zoo, parsed):
    assert all(not re.match(r"\w+:|//", one) for page in parsed.values() for one in page.loads)
    assert not re.search(r"https?:", zoo.files["style.css"] + zoo.files["search.js"])


def test_same_manifest_gives_the_same_bytes(zoo):
    assert dict(pages.build([menagerie.manifest()]).files) == dict(zoo.files)


def test_signature_is_that_of_the_generated_code_without_its_aliases(zoo):
    page = text_of(zoo.files["zoo/zoo.beasts/Animal.html"])
    assert "class zoo.beasts.Animal" in page
    assert "speak(loud: bool = False) -> str" in page
    assert "name: str" in page
    assert not re.search(r"\b_(t|sb|b|lib)\.", page)


def test_default_that_only_the_library_knows_is_an_ellipsis(zoo):
    page = text_of(zoo.files["zoo/zoo.kinds.html"])
    assert "paint(colour: Colour = \u2026) -> Access | None" in page


def test_inherited_members_are_listed_with_where_they_come_from(zoo):
    page = text_of(zoo.files["zoo/zoo.beasts.cats/Lion.html"])
    assert re.search(r"From Animal: .*\bname\b", page)


def test_enum_shows_its_members_in_order(zoo):
    page = text_of(zoo.files["zoo/zoo.kinds/Colour.html"])
    assert page.index("RED = 1") < page.index("GREEN = 'g'") < page.index("CRIMSON = 1")


def test_library_page_shows_the_coverage_and_what_has_no_wrapper(zoo):
    page = text_of(zoo.files["zoo/index.html"])
    found = coverage(menagerie.manifest())
    assert f"{found.symbols} symbols, {found.callables} of them can be called" in page
    assert all(finding.path in page for finding in found.omitted)


def library(name, *symbols, doc=None):
    modules = (Module(name=name, package=True, doc=doc),)
    return Manifest(library=Library(name=name), modules=modules, symbols=symbols).sorted()


def test_two_libraries_share_one_index():
    site = pages.build([library("two"), library("one")])
    assert re.findall(r'href="(\w+)/index.html"', site.files["index.html"]) == ["one", "two"]
    assert dict(site.libraries) == {"one": 2, "two": 2}


def test_names_that_differ_in_case_only_have_pages_of_their_own():
    kinds = [Symbol(path=f"lib:{name}", kind=Kind.CLASS) for name in ("Node", "node", "NODE")]
    site = pages.build([library("lib", *kinds)])
    found = [path for path in site.files if path.startswith("lib/lib/")]
    assert len({path.casefold() for path in found}) == 3


def test_name_that_a_file_cannot_have_is_shortened():
    name = "\u540d" * 150
    site = pages.build([library("lib", Symbol(path=f"lib:{name}", kind=Kind.CLASS))])
    (path,) = [path for path in site.files if path.startswith("lib/lib/")]
    assert path.isascii()
    assert len(path) < 100
    assert name in site.files[path]


def test_hostile_docstring_stays_text():
    hostile = "</div></main><script>alert(1)</script>\n\n</script><img src=x onerror=alert(1)>"
    function = Symbol(path="lib:f", kind=Kind.FUNCTION, doc=hostile, signature=Signature())
    site = pages.build([library("lib", function, doc=hostile)])
    plain = pages.build([library("lib", function.model_copy(update={"doc": None}))])
    for path, text in site.files.items():
        assert text.count("<script") == plain.files[path].count("<script"), path
        assert "<img" not in text, path


def test_pages_say_what_the_generated_text_says_and_parts_count_as_their_package(zoo):
    tree = render(menagerie.manifest())
    assert {path for path in zoo.files if path.count("/") == 1} >= {
        f"zoo/{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}.html"
        for path in tree
        if path.startswith("zoo/") and path.endswith(".py") and "/_" not in path.replace("__init__", "")
    }


def test_writing_changes_only_what_differs_and_removes_what_is_stale(tmp_path):
    one, two = library("one"), library("two")
    folder = tmp_path / "site"
    both = pages.build([one, two])
    assert pages.write(both, folder) == len(both.files)
    assert pages.write(both, folder) == 0
    pages.write(pages.build([one]), folder)
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert left == {*pages.build([one]).files, ".snakebridge-pages"}
    assert not (folder / "two").exists()


def test_writing_leaves_files_of_others_alone(tmp_path):
    site = pages.build([library("one")])
    (tmp_path / "notes.txt").write_text("mine")
    pages.write(site, tmp_path)
    pages.write(pages.build([]), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_writing_refuses_a_folder_that_has_such_a_file_of_its_own(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(OutputError, match=r"index\.html is in the way"):
        pages.write(pages.build([library("one")]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize("line", ["../victim", "/etc/victim", "a/../../victim", ""])
def test_writing_trusts_no_list_that_leads_outside(tmp_path, line):
    (tmp_path / "victim").write_text("keep")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / ".snakebridge-pages").write_text(f"# Written by snakebridge docs: the files of this site.\n{line}\n")
    with pytest.raises(OutputError, match="was not written by snakebridge"):
        pages.write(pages.build([]), folder)
    assert (tmp_path / "victim").read_text() == "keep"
