"""The zoo generates its golden tree: byte for byte, formatted, importable, and the same again."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from golden import menagerie
from interpreters import interpreter

from snakebridge.codegen import compare, coverage, render, write
from snakebridge.manifest import Tier, dumps, loads

TREE = Path(__file__).parents[2] / "golden" / "tree"
FILES = sorted(
    path.relative_to(TREE).as_posix() for path in TREE.rglob("*") if path.suffix in {".md", ".py", ".typed", ""}
)
FILES = [path for path in FILES if (TREE / path).is_file()]


@pytest.fixture(scope="module")
def tree():
    return render(menagerie.manifest())


def test_tree_has_the_golden_files(tree):
    assert sorted(tree) == FILES


@pytest.mark.parametrize("path", FILES)
def test_file_is_golden(tree, path):
    assert tree[path] == (TREE / path).read_text(encoding="utf-8"), "run tests/golden/regenerate.py and read the diff"


def test_tree_is_the_same_after_the_manifest_went_through_json(tree):
    assert render(loads(dumps(menagerie.manifest()))) == tree


def test_regenerating_changes_nothing(tree, tmp_path):
    first = write(tree, tmp_path / "out", library="zoo")
    again = write(tree, tmp_path / "out", library="zoo")
    assert len(first.created) == len(FILES)
    assert not again
    assert again.unchanged == len(FILES)
    assert compare(tree, tmp_path / "out", library="zoo") == ()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["format", "--check"], id="format"),
        pytest.param(["check", "--select", "I,F,E9"], id="imports-and-names"),
    ],
)
def test_golden_tree_satisfies_ruff(arguments):
    config = ["--config", 'lint.isort.known-third-party=["snakebridge"]', str(TREE)]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--line-length", "320", *config],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_golden_tree_compiles_on(version):
    code = (
        "import pathlib, sys\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).rglob('*.py')):\n"
        "    compile(path.read_text('utf-8'), str(path), 'exec', dont_inherit=True)"
    )
    subprocess.run([str(interpreter(version)), "-W", "error", "-c", code, str(TREE)], check=True)


@pytest.mark.parametrize("version", ["3.8", "3.13"])
def test_adapter_runs_on(version):
    code = (
        "import pkgutil, runpy, sys\n"
        "before = set(sys.modules)\n"
        "found = runpy.run_path(sys.argv[1])\n"
        "assert set(sys.modules) <= before, set(sys.modules) - before\n"
        "assert found['LIBRARY'] == 'zoo' and found['API'] == 2 and found['VERSION'] == '1.0'\n"
        "assert {'zoo.people:Keeper', 'zoo.beasts:Animal.born', 'zoo.calls:star'} <= found['CALLABLES']\n"
        "assert {'zoo:limits', 'zoo.beasts.cats:purr'} <= found['READABLE']\n"
        "assert 'zoo.beasts.cats' in found['MODULES'] and 'zoo.import' not in found['MODULES']\n"
        "assert all(type(value) in {str, int, dict, frozenset} for name, value in found.items() if name.isupper())"
    )
    path = TREE / "zoo" / "_adapter.py"
    subprocess.run([str(interpreter(version)), "-W", "error", "-c", code, str(path)], check=True)


@pytest.fixture
def golden(monkeypatch):
    monkeypatch.syspath_prepend(str(TREE.parent))
    yield lambda name: importlib.import_module(f"tree.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "tree"]:
        del sys.modules[name]


def test_importing_the_root_loads_no_other_module(golden):
    golden("zoo")
    assert {name for name in sys.modules if name.startswith("tree.zoo.")} == {"tree.zoo._snakebridge"}


def test_public_name_is_the_same_object_everywhere(golden):
    root = golden("zoo")
    assert root.Keeper is golden("zoo.people").Keeper is root.Boss
    assert root.escape is root.EscapeError is golden("zoo.errors").EscapeError
    assert golden("zoo.people").also_hire is root.hire


def test_symbol_wins_over_a_submodule_of_the_same_name(golden):
    golden("zoo.keys")
    root = golden("zoo")
    assert root.keys.__doc__.startswith("Has the name of a submodule.")
    assert callable(root.feeding)
    assert "limits" not in vars(root)


def test_classes_of_modules_that_need_each_other_keep_their_bases(golden):
    left, right = golden("zoo.circles.left"), golden("zoo.circles.right")
    assert left.Loop.__mro__[:3] == (left.Loop, right.Bend, left.Track)
    assert left.Ring is golden("zoo.circles").Loop is left.Loop
    assert {one.__module__ for one in (left.Loop, left.lay)} == {"tree.zoo.circles.left"}


def test_submodule_may_have_the_name_of_a_future_statement(golden):
    assert golden("zoo").annotations.__name__ == "tree.zoo.annotations"


def test_unknown_name_of_a_module_is_an_attribute_error(golden):
    with pytest.raises(AttributeError, match=r"module 'tree\.zoo' has no attribute 'elephant'"):
        golden("zoo").elephant  # noqa: B018 - reading it is the test


def test_dir_lists_what_is_public_before_it_is_loaded(golden):
    assert {"Keeper", "beasts", "limits", "hire"} <= set(dir(golden("zoo")))


def test_classes_keep_their_hierarchy(golden):
    cats, beasts = golden("zoo.beasts.cats"), golden("zoo.beasts")
    assert [one.__name__ for one in cats.Twin.__mro__[:5]] == ["Twin", "Cub", "Lion", "Cat", "Animal"]
    assert issubclass(beasts.Animal.Collar, beasts.Animal.Tag)


def test_exceptions_are_real_exceptions(golden):
    errors = golden("zoo.errors")
    assert issubclass(errors.EscapeError, ValueError)
    assert issubclass(errors.GateError, errors.ZooError)
    assert issubclass(errors.GateError, OSError)


def test_enums_are_real_enums(golden):
    kinds = golden("zoo.kinds")
    assert kinds.Colour.CRIMSON is kinds.Colour.RED
    assert kinds.Level.HIGH + 1 == 3
    assert kinds.Access.READ | kinds.Access.WRITE is kinds.Access.BOTH
    assert kinds.Words("title") == "title"
    assert kinds.Opaque.FIRST.value == "FIRST"
    assert isinstance(kinds.Child.ONE, kinds.Parent)


def test_coverage_counts_and_says_what_is_missing():
    found = coverage(menagerie.manifest())
    assert 0.5 < found.typed_share < 1
    assert found.callables > 50
    assert found.typed_parameters <= found.parameters
    assert found.typed_returns <= found.returns
    assert {finding.path for finding in found.omitted} >= {
        "zoo.names:Boxes",
        "zoo.names:Elephant.Tusk",
        "zoo.names:Item",
        "zoo.names:Number",
        "zoo.names:Pairs",
        "zoo.beasts:Animal.class",
        "zoo.calls:lambda",
        "zoo.doing:GateError.add_note",
        "zoo.doing:Mood.CALM",
        "zoo.doing:Mood.limit",
        "zoo.import",
        "zoo.kinds:Colour.mro",
        "zoo:_sb",
        "zoo:lost",
    }


def test_coverage_says_where_types_were_learnt_and_how_many_reached_the_code():
    found = coverage(menagerie.manifest())
    tiers = {one.tier: one for one in found.tiers}
    assert list(tiers) == [Tier.RUNTIME, Tier.STUB, Tier.DOCSTRING]
    assert sum(one.typed_parameters for one in found.tiers) == found.typed_parameters
    assert sum(one.typed_returns for one in found.tiers) <= found.typed_returns  # operators have theirs from Python
    assert (tiers[Tier.DOCSTRING].parameters, tiers[Tier.DOCSTRING].typed_parameters) == (1, 1)  # a hint
    assert tiers[Tier.DOCSTRING].share == 1
    assert 0.5 < tiers[Tier.RUNTIME].share < 1


def test_an_alias_can_be_used_where_types_are_evaluated(golden):
    names = golden("zoo.names")
    assert names.Size | None is not None
    assert names.Count is int
    assert names.Ticket(3) == 3
    assert golden("zoo").Sizes is names.Sizes
    assert not hasattr(names, "Pairs")


def test_what_a_private_class_stands_between_is_kept(golden):
    names, beasts = golden("zoo.names"), golden("zoo.beasts")
    assert issubclass(names.Elephant, beasts.Animal)
    assert issubclass(names.Sorted, golden("zoo").Keeper)
