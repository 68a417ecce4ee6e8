"""Which part of a library is taken: surfaces, patterns, depth, member limits; and what is said about vain patterns."""

from __future__ import annotations

import functools
import zlib

import pytest

from snakebridge.errors import ConfigurationError
from snakebridge.introspect import Options, introspect
from snakebridge.introspect._choice import Choice, limited
from snakebridge.introspect._selection import Reason, not_visited
from snakebridge.manifest import Flag, Kind, Level, Selection, Surface, Symbol

EVERYTHING = {
    "zoo_choice:Thing",
    "zoo_choice:make",
    "zoo_choice:sheltered",
    "zoo_choice.core:helper",
    "zoo_choice.listed:listed",
    "zoo_choice.deep.deeper:deepest",
    "zoo_choice.uses:use",
}


@pytest.fixture(scope="module")
def chosen(zoo_python):
    """Return the manifest of a selection of the library."""

    @functools.cache
    def choose(inventory=None, **wishes):
        options = Options(selection=Selection(**wishes), inventory=inventory)
        return introspect("zoo_choice", zoo_python("3.13"), options=options)

    return choose


def paths(manifest):
    return {one.path for one in manifest.symbols if one.owner is None}


@pytest.mark.parametrize(
    ("wishes", "taken"),
    [
        pytest.param({}, EVERYTHING, id="public"),
        pytest.param(
            {"surface": Surface.EXPORTS},
            {"zoo_choice:Thing", "zoo_choice:make", "zoo_choice:sheltered", "zoo_choice.listed:listed"},
            id="exports",
        ),
        pytest.param(
            {"surface": Surface.ALL},
            {
                *EVERYTHING,
                "zoo_choice:_secret",
                "zoo_choice.core:_private",
                "zoo_choice._inner:inner",
                "zoo_choice.listed:unlisted",
            },
            id="all",
        ),
        pytest.param(
            {"surface": Surface.EXPLICIT, "include": ("listed:*", "core:helper")},
            {"zoo_choice.listed:listed", "zoo_choice.core:helper"},
            id="explicit",
        ),
        pytest.param(
            {"surface": Surface.EXPLICIT, "include": ("listed.unlisted", "_inner")},
            {"zoo_choice.listed:unlisted", "zoo_choice._inner:inner", "zoo_choice._inner:sheltered"},
            id="explicit-private",
        ),
        pytest.param({"include": ("deep",)}, {"zoo_choice.deep.deeper:deepest"}, id="module-with-all-below"),
        pytest.param({"include": ("zoo_choice.deep.*",)}, {"zoo_choice.deep.deeper:deepest"}, id="absolute"),
        pytest.param({"include": ("zoo_choice:*",)}, {one for one in EVERYTHING if "choice:" in one}, id="root"),
        pytest.param({"include": ("*.use",)}, {"zoo_choice.uses:use"}, id="name-anywhere"),
        pytest.param(
            {"exclude": ("core", "deep.*", "uses")},
            {"zoo_choice:Thing", "zoo_choice:make", "zoo_choice:sheltered", "zoo_choice.listed:listed"},
            id="excluded-there-and-not-elsewhere",
        ),
        pytest.param({"include": ("m*",), "exclude": ("make",)}, set(), id="exclude-wins"),
        pytest.param(
            {"depth": 0}, {"zoo_choice:Thing", "zoo_choice:make", "zoo_choice:sheltered"}, id="the-root-alone"
        ),
        pytest.param(
            {"depth": 1}, EVERYTHING - {"zoo_choice.deep.deeper:deepest"} | {"zoo_choice.uses:deepest"}, id="one-level"
        ),
        pytest.param(
            {"include": ("*", "vendored")}, {*EVERYTHING, "zoo_choice.vendored:copied"}, id="vendored-spelled"
        ),
        pytest.param({"include": ("tests.*",)}, {"zoo_choice.tests:check"}, id="tests-spelled"),
    ],
)
def test_selection_takes(chosen, wishes, taken):
    manifest = chosen(**wishes)
    assert paths(manifest) == taken
    assert manifest.selection == Selection(**wishes)
    assert not manifest.findings


def test_modules_that_hold_nothing_of_the_selection_are_left_out(chosen):
    modules = {one.name: one for one in chosen(include=("deep",)).modules}
    assert set(modules) == {"zoo_choice", "zoo_choice.deep", "zoo_choice.deep.deeper"}
    assert modules["zoo_choice"].exports == {"deep": "zoo_choice.deep"}


def test_canonical_address_is_where_it_was_meant_when_a_shorter_one_merely_imports_it(chosen):
    symbols = {one.path: one for one in chosen().symbols}
    assert symbols["zoo_choice.deep.deeper:deepest"].aliases == ("zoo_choice.uses:deepest",)
    assert symbols["zoo_choice:make"].aliases == ("zoo_choice.core:make",)


def members(manifest):
    return {one.path.removeprefix("zoo_choice:Thing.") for one in manifest.symbols if one.owner is not None}


@pytest.mark.parametrize(
    ("wishes", "kept"),
    [
        pytest.param({}, {"Part", "Part.turn", "apple", "undocumented", "zebra"}, id="all"),
        pytest.param({"members": 3}, {"Part", "Part.turn", "apple", "zebra"}, id="undocumented-first"),
        pytest.param({"members": 1}, {"Part", "Part.turn"}, id="then-by-name"),
        pytest.param({"members": 0}, set(), id="none"),
        pytest.param({"exclude": ("Thing.Part", "Thing.z*")}, {"apple", "undocumented"}, id="excluded"),
        pytest.param({"exclude": ("core.Thing.apple",)}, {"Part", "Part.turn", "undocumented", "zebra"}, id="by-alias"),
        pytest.param({"include": ("Thing.apple",)}, {"apple"}, id="one-included"),
        pytest.param({"include": ("*.zebra",)}, {"zebra"}, id="included-by-name"),
    ],
)
def test_members_are_cut_and_operators_and_the_constructor_stay(chosen, wishes, kept):
    manifest = chosen(**wishes)
    (thing,) = [one for one in manifest.symbols if one.path == "zoo_choice:Thing"]
    assert thing.protocols == ("__len__",)
    assert thing.signature is not None
    assert [one.name for one in thing.signature.parameters] == ["size"]
    assert members(manifest) - {"__len__"} == kept


def test_deprecated_members_go_before_others_when_a_class_has_too_many():
    def member(name, **facts):
        return Symbol(path=f"lib:Class.{name}", kind=Kind.FUNCTION, **facts)

    found = [member("a", doc="A.", flags=(Flag.DEPRECATED,)), member("b"), member("c", doc="C."), member("__len__")]
    assert list(limited([Symbol(path="lib:Class", kind=Kind.CLASS), *found], 1)) == ["lib:Class.a", "lib:Class.b"]


def test_a_pattern_that_matches_nothing_is_a_finding(chosen):
    manifest = chosen(include=("core", "nowhere.*"), exclude=("*.apple", "tests", "nothing"))
    said = [(one.rule, one.level, one.path, one.message) for one in manifest.findings]
    start = ("pattern-unused", Level.WARNING, "zoo_choice")
    assert said == [
        (*start, "the exclude pattern 'nothing' matches nothing in zoo_choice"),
        (*start, "the exclude pattern 'tests' matches nothing in zoo_choice"),
        (*start, "the include pattern 'nowhere.*' matches nothing in zoo_choice"),
    ]
    assert [one.hint for one in manifest.findings][1] == "remove it; this is left out anyway"


# --- The surface `docs` ---


def inventory(folder, *lines):
    head = b"# Sphinx inventory version 2\n# Project: zoo\n# Version: 1\n# The remainder is compressed using zlib.\n"
    path = folder / "objects.inv"
    path.write_bytes(head + zlib.compress("\n".join(lines).encode()))
    return str(path)


def test_docs_take_what_the_inventory_lists(chosen, tmp_path):
    listed = inventory(
        tmp_path,
        "zoo_choice.Thing py:class 1 api.html#$ -",
        "zoo_choice.Thing.apple py:method 1 api.html#$ -",
        "zoo_choice.listed.unlisted py:function 1 api.html#$ -",
        "zoo_choice.Absent py:class 1 api.html#$ -",
        "zoo_choice.uses std:doc 1 uses.html -",
    )
    manifest = chosen(inventory=listed, surface=Surface.DOCS)
    assert paths(manifest) == {"zoo_choice:Thing", "zoo_choice.listed:unlisted"}
    assert members(manifest) - {"__len__"} == {"apple"}


def test_docs_keep_all_members_when_the_inventory_lists_none(chosen, tmp_path):
    listed = inventory(tmp_path, "zoo_choice.Thing py:class 1 api.html#$ -")
    assert {"apple", "zebra"} < members(chosen(inventory=listed, surface=Surface.DOCS))


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        pytest.param(Selection(surface=Surface.EXPLICIT), "explicit and nothing is included", id="explicit"),
        pytest.param(Selection(surface=Surface.DOCS), "there is no objects.inv", id="docs"),
    ],
)
def test_a_selection_that_can_take_nothing_is_refused(zoo_python, selection, said):
    with pytest.raises(ConfigurationError, match=said):
        introspect("zoo_choice", zoo_python("3.13"), options=Options(selection=selection))


# --- Without a library ---


@pytest.mark.parametrize(
    ("pattern", "address", "covers"),
    [
        ("linalg", "np.linalg", True),
        ("linalg", "np.linalg:norm", True),
        ("linalg", "np.linalgebra", False),
        ("linalg.*", "np.linalg:norm", True),
        ("linalg.*", "np.linalg", False),
        ("np.linalg:norm", "np.linalg:norm", True),
        ("linalg:norm", "np.linalg:norm", True),
        ("linalg:norm", "np.linalg.norm:x", False),
        ("np:*", "np:dot", True),
        ("np:*", "np.linalg:norm", False),
        ("*.testing", "np.testing:check", True),
        ("*.testing", "np.ma.testing", True),
        ("ndarray.s?m", "np:ndarray.sum", True),
        ("np", "np:dot", True),
        ("n", "np:dot", False),
    ],
)
def test_pattern_covers_an_address_and_what_is_below_it(pattern, address, covers):
    choice = Choice("np", Selection(include=(pattern,)))
    assert (choice.reason_against(address) is None) is covers
    assert [one.rule for one in choice.findings()] == ([] if covers else ["pattern-unused"])


@pytest.mark.parametrize("pattern", ["", "a..b", "a b", ":a", "a:", "a:b:c", "a-b", "/a"])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(ValueError, match="is no pattern of addresses"):
        Selection(include=(pattern,))


@pytest.mark.parametrize("field", ["depth", "members"])
def test_a_negative_limit_is_refused(field):
    with pytest.raises(ValueError, match="-1 is negative"):
        Selection.model_validate({field: -1})


@pytest.mark.parametrize(
    ("selection", "visited", "ignored"),
    [
        (Selection(), (), ("_*", "tests", "externals", "conftest")),
        (Selection(surface=Surface.ALL), (), ("_tests", "tests", "_vendor", "externals")),
        (Selection(include=("*", "tests", "_core.multiarray")), ("!_core", "!tests"), ("_*", "tests")),
    ],
    ids=["public", "all", "spelled"],
)
def test_what_the_probe_shall_not_import(selection, visited, ignored):
    patterns = not_visited(selection)
    assert set(ignored) <= set(patterns)
    assert tuple(one for one in patterns if one.startswith("!")) == visited
    assert ("_*" in patterns) is (selection.surface is not Surface.ALL)


def test_what_is_left_out_is_counted_by_reason():
    choice = Choice("np", Selection(depth=1, exclude=("ma",)))
    names = ["np", "np.ma", "np.ma.extras", "np.tests", "np.lib._vendor.six", "np.externals", "np._core", "np.testing"]
    assert [name for name in names if choice.takes_module(name)] == ["np", "np.testing"]
    assert choice.left_out == {
        Reason.EXCLUDED: 1,
        Reason.DEPTH: 1,
        Reason.TESTS: 1,
        Reason.VENDORED: 2,
        Reason.PRIVATE_MODULES: 1,
    }
