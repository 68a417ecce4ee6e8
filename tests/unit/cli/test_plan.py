"""`plan`: what it counts and estimates, that it writes nothing, and that every command takes the same selection."""

from __future__ import annotations

import json

import pytest

from snakebridge import codegen, introspect, manifest
from snakebridge.cli._terminal import Remaining
from snakebridge.introspect import Options, Progress
from snakebridge.manifest import Selection


def test_plan_says_how_much_there_is_and_writes_nothing(snakebridge, python):
    done = snakebridge("plan", "json", "email", "--python", python)
    assert snakebridge.contents() == {}
    lines = done.stdout.splitlines()
    assert lines[0] == "json: version 2.0.9"
    said = "\n".join(lines)
    for text in (
        "email: about ",
        " s to render",
        "email: large class: email.message:EmailMessage has ",
        "email: large module: email.",
        "email: smaller with --depth 0: ",
        "email: left out: ",
        " parameters typed",
    ):
        assert text in said
    assert done.stderr.splitlines()[0].startswith("introspecting json in ")


def test_plan_is_the_same_data_as_json(snakebridge, python):
    done = snakebridge("plan", "json", "--python", python, "--format", "json")
    (library, found), *rest = json.loads(done.stdout).items()
    assert (library, rest) == ("json", [])
    assert found["kinds"]["exception"] == 1
    assert sum(found["kinds"].values()) + found["members"] == found["symbols"]
    assert found["files"] == found["modules"] + 6
    assert {"typed_share", "left_out", "largest_classes", "largest_modules", "savings", "bytes"} <= found.keys()


@pytest.mark.parametrize("library", ["email", "asyncio"])
def test_estimate_is_near_what_is_rendered(library, python):
    planned = introspect.plan(library, python)
    tree = codegen.render(introspect.introspect(library, python))
    assert planned.files == len(tree)
    assert 0.6 < planned.bytes / sum(len(text.encode()) for text in tree.values()) < 1.7


def test_a_saving_is_what_the_limit_saves(python):
    planned = introspect.plan("email", python)
    limits = {one.limit: one.symbols for one in planned.savings}
    assert list(limits.values()) == sorted(limits.values(), reverse=True)
    cut = introspect.plan("email", python, options=Options(selection=Selection(depth=0)))
    assert planned.symbols - cut.symbols == limits["--depth 0"]


@pytest.mark.parametrize("command", ["plan", "generate", "introspect"])
def test_every_command_takes_the_same_selection(snakebridge, python, command):
    flags = ["--include", "decoder", "--exclude", "*.scanstring", "--max-members", "1", "--depth", "1"]
    extra = {"introspect": ["--out", "m/json.json"], "generate": ["--out", "o", "--manifests", "m"]}.get(command, [])
    done = snakebridge(command, "json", "--python", python, *flags, *extra)
    if command == "plan":
        assert "json: 3 symbols" in done.stdout
        return
    made = manifest.read(snakebridge.folder / "m" / "json.json")
    assert made.selection == Selection(include=("decoder",), exclude=("*.scanstring",), members=1, depth=1)
    assert {one.path for one in made.symbols if one.owner is None} == {
        "json.decoder:JSONDecodeError",
        "json.decoder:JSONDecoder",
    }


def test_selection_comes_from_the_configuration_and_flags_replace_it(snakebridge, python):
    (snakebridge.folder / "snakebridge.toml").write_text(
        f'[libraries.json]\npython = "{python}"\ninclude = ["encoder"]\n[defaults]\ndepth = 1\n'
    )
    snakebridge("introspect", "json", "--out", "a.json")
    snakebridge("introspect", "json", "--out", "b.json", "--include", "tool", "--depth", "2")
    read = {name: manifest.read(snakebridge.folder / name).selection for name in ("a.json", "b.json")}
    assert read == {
        "a.json": Selection(include=("encoder",), depth=1),
        "b.json": Selection(include=("tool",), depth=2),
    }


def test_a_vain_pattern_is_said_aloud(snakebridge, python):
    done = snakebridge("introspect", "json", "--out", "a.json", "--python", python, "--exclude", "nope")
    assert "warning pattern-unused json: the exclude pattern 'nope' matches nothing in json" in done.stderr


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        pytest.param(["--include", "a b"], "--include: 'a b' is no pattern of addresses", id="pattern"),
        pytest.param(["--surface", "explicit"], "explicit and nothing is included", id="explicit"),
        pytest.param(["--surface", "docs"], "there is no objects.inv in the library", id="docs"),
        pytest.param(
            ["--surface", "docs", "--inventory", "no.inv"], "cannot read the inventory no.inv", id="inventory"
        ),
        pytest.param(["--surface", "most"], "'most' is not one of", id="surface"),
        pytest.param(["--depth", "-1"], "invalid value for '--depth'", id="depth"),
        pytest.param(["--stubs", "./absent"], "./absent is no folder of stubs", id="stubs"),
    ],
)
def test_a_wrong_selection_is_one_sentence(snakebridge, python, flags, said):
    assert said in snakebridge.refuses("plan", "json", "--python", python, *flags)


def test_plan_without_a_library_says_what_to_write(snakebridge):
    assert "no library was named" in snakebridge.refuses("plan")


def test_remaining_time_is_known_after_a_few_modules_of_each_phase():
    rest = Remaining()

    def after(done, now, phase="describing", total=10):
        return rest.after(Progress(module="m", done=done, total=total, phase=phase), now)

    assert [after(done, done * 2.0, "importing", None) for done in range(1, 6)] == [None] * 5
    assert [after(done, 20.0 + done * 2) for done in (1, 2, 3)] == [None] * 3
    assert after(4, 28.0) == pytest.approx(12.0)
    assert after(10, 40.0) == 0
