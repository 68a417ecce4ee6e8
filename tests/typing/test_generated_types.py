"""mypy --strict and pyright in strict mode have nothing to say about generated code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golden import menagerie
from interpreters import interpreter
from zoo import make_target

from snakebridge.codegen import render, write
from snakebridge.introspect import introspect

SOURCE = Path(__file__).parents[2] / "src"
STANDARD = ["json", "statistics", "re", "pathlib", "decimal", "sqlite3", "asyncio", "collections", "enum", "typing"]
THIRD_PARTY = ["networkx", "numpy"]


def complaints(folder, cache):
    """Return what the two checkers say about a package, as lines; both are asked once."""
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(cache), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
    )
    configuration = folder.with_name("pyrightconfig.json")
    configuration.write_text(
        json.dumps({"typeCheckingMode": "strict", "include": [folder.name], "extraPaths": [str(SOURCE)]})
    )
    pyright = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(configuration), "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(pyright.stdout)
    assert found["summary"]["filesAnalyzed"] > 0
    assert "checked" in mypy.stdout or "no issues found" in mypy.stdout, mypy.stdout + mypy.stderr
    return [line for line in mypy.stdout.splitlines() if re.search(r": (error|note):", line)] + [
        f"{one['file']}: {one['message']}" for one in found["generalDiagnostics"]
    ]


@pytest.mark.slow
def test_golden_tree_passes_strict_checkers(tmp_path):
    (tmp_path / "cache").mkdir()
    write(render(menagerie.manifest()), tmp_path / "bridges", library="zoo")
    assert complaints(tmp_path / "bridges", tmp_path / "cache") == []


@pytest.mark.slow
def test_shapes_of_well_known_libraries_pass_strict_checkers(tmp_path):
    (tmp_path / "cache").mkdir()
    manifest = introspect("zoo_strict", make_target(interpreter("3.11"), tmp_path / "venv"))
    write(render(manifest), tmp_path / "bridges", library="zoo_strict")
    assert complaints(tmp_path / "bridges", tmp_path / "cache") == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_standard_libraries_pass_strict_checkers(tmp_path):
    (tmp_path / "cache").mkdir()
    for library in STANDARD:
        write(render(introspect(library, interpreter("3.11"))), tmp_path / "bridges", library=library)
    assert complaints(tmp_path / "bridges", tmp_path / "cache") == []


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.timeout(900)
def test_third_party_libraries_pass_strict_checkers(tmp_path):
    (tmp_path / "cache").mkdir()
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    target = tmp_path / "venv" / "bin" / "python"
    subprocess.run([uv, "venv", "-q", "--python", str(interpreter("3.11")), str(tmp_path / "venv")], check=True)
    subprocess.run([uv, "pip", "install", "-q", "--python", str(target), *THIRD_PARTY], check=True)
    for library in THIRD_PARTY:
        write(render(introspect(library, target)), tmp_path / "bridges", library=library)
    assert complaints(tmp_path / "bridges", tmp_path / "cache") == []


USE = """
import typing as t
from bridges import zoo
from bridges.zoo import beasts, calls, errors, kinds, names
from bridges.zoo.beasts.cats import Lion

lion = Lion("leo")
t.assert_type(lion.name, str)
t.assert_type(lion.clone(), Lion)
t.assert_type(beasts.Animal.born("x"), beasts.Animal)
t.assert_type(calls.overloaded(1), int)
t.assert_type(calls.overloaded("a", 2), str)
t.assert_type(calls.loaded("a"), bytes)
t.assert_type(calls.loaded("a", text=True), str)
t.assert_type(calls.loaded("a", text=len("a") > 0), bytes | str)
t.assert_type(zoo.keys(), list[str])
t.assert_type(zoo.DEPTH, int)
t.assert_type(kinds.paint(kinds.Colour.RED), kinds.Access | None)
t.assert_type(lion("roar"), beasts.Cat)
t.assert_type(len(lion), int)
t.assert_type([x for x in lion], list[str])
with lion as same:
    t.assert_type(same, Lion)
lion.name = "new"
lion.anything_else
try:
    calls.nothing()
except errors.EscapeError as error:
    t.assert_type(error.severity, int)



class Eats:
    def feed(self, food: object) -> None: ...


def turn(phase: complex) -> complex:
    return phase


def grow(animal: Lion) -> Lion:
    return animal


elephant = names.Elephant()
sizes: zoo.Sizes = [1, "auto"]
options: dict[str, object] = {"a": 1}
t.assert_type(elephant.name, str)
t.assert_type(names.made(), t.Any)
t.assert_type(names.made_options(), list[dict[str, t.Any]])
t.assert_type(calls.told(stubbed=""), t.Any)
t.assert_type(names.aliases("auto"), list[tuple[zoo.Keeper, int | t.Literal["auto"]]])
calls.told("anything", stubbed="")
names.aliases(1, "rows", ["hay", ["grass"]], [("a", 1)], [(1, None)], lambda number, text: not number, {"a": {}})
names.variables(
    lion, b"", None, "", [lion], (lion,), grow, lambda: 1, lambda first, *rest: "", lambda *rest: "", 1, "a", a=1
)
names.names(names.Ticket(3), "columns", Eats(), [Eats()], options, names.made(), 1)
names.names(3, 1, names.Feeder(), [], names.Options(), names.made(), None)
names.heirs(names.Register(), names.Phase(), [1j], [names.Phase(), 1], turn)
names.heirs({"a": 1}, 1j, [], (), turn)
elephant.weight = "heavy"
elephant.tags = ("a", "b")

elephant.arrived = "today"  # wrong
names.aliases("large")  # wrong
names.aliases(1, "planes")  # wrong
names.variables("lion", 1, 0, "", [], (), grow, len, len, len)  # wrong
names.names("3", 1, 0, [], {}, 0, 0)  # wrong
names.heirs([], 1j, [], (), turn)  # wrong
calls.told()  # wrong
bad: zoo.Sizes = ["huge"]  # wrong
lion.name = 1  # wrong
calls.every_kind("a", e=True)  # wrong
calls.every_kind(1)  # wrong
calls.positional_tail(a=1)  # wrong
beasts.Cat("x").legs2 = 1  # wrong
zoo.elephant  # wrong
beasts.Animal()  # wrong
calls.star(1, "two")  # wrong
calls.overloaded(1.5)  # wrong
calls.overloaded(1, 2)  # wrong
calls.loaded("a", text="yes")  # wrong
lion.legs = "four"
"""


@pytest.mark.slow
def test_right_use_is_accepted_and_misuse_is_refused(tmp_path):
    (tmp_path / "cache").mkdir()
    write(render(menagerie.manifest()), tmp_path / "bridges", library="zoo")
    (tmp_path / "use.py").write_text(USE)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), "use.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
    )
    wrong = {number for number, line in enumerate(USE.splitlines(), 1) if line.endswith("# wrong")}
    said = {int(found[1]) for found in re.finditer(r"^use\.py:(\d+): error", done.stdout, re.MULTILINE)}
    assert said == wrong, done.stdout
