"""mypy and pyright see the library's own classes: records, generics, data classes, enums and exceptions with methods."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from golden import menagerie

from snakebridge.codegen import render, write

SOURCE = Path(__file__).parents[2] / "src"
USE = """
import typing as t

from bridges.zoo import beasts, data, doing

spot = data.spot((1.0, 2.0))
t.assert_type(spot.x, float)
t.assert_type(spot[1], float)
x, y, tenant = data.Spot(1.0, y=2.0)
t.assert_type(tenant, beasts.Animal | None)

ration: data.Ration = {"food": "hay", "for_whom": beasts.Cat("x")}
t.assert_type(data.ration()["food"], str)
data.feed(ration, [spot])
data.feed({"food": "hay"}, [])

box = data.Box(1)
t.assert_type(box.get(), int)
t.assert_type(box.inner.get(), int)
t.assert_type(data.boxed(data.Box("a")), data.Box[int])
t.assert_type(data.Cage().get(), beasts.Animal)
t.assert_type(data.Crate().get(), t.Any)
t.assert_type([one.get() for one in data.caged([box, data.Box(2)])], list[beasts.Animal])
loose = data.Loose([1, "a"])
strings: data.Box[str] = data.Box("a")

card = data.Card("x")
card.tags = ["a"]
match card:
    case data.Card(name, tags):
        t.assert_type(name, str)
        t.assert_type(tags, list[str])
    case _:
        pass

mood = doing.Mood.CALM
t.assert_type(mood.turned(mood), doing.Mood)
t.assert_type(mood.loud, bool)
t.assert_type(doing.Mood.usual(), doing.Mood)
t.assert_type(doing.Mood.count_all(), int)
t.assert_type(doing.Shade.DARK.describe(loud=True), str)

error = doing.GateError("north")
t.assert_type(error.close(), bool)
t.assert_type(error.code, int)
t.assert_type(doing.GateError.of("x"), doing.GateError)

t.assert_type(beasts.Animal.KINGDOM, str)
t.assert_type(beasts.Animal.registry, dict[str, beasts.Animal])
animal = beasts.Animal("x")
animal.KINGDOM = "plantae"

data.Spot("x")  # wrong
spot.x = 2.0  # wrong
data.ration()["grass"]  # wrong
bad: data.Ration = {"food": 1}  # wrong
box.put("a")  # wrong
numbers: data.Box[int] = data.Box("a")  # wrong
data.Card(1)  # wrong
mood.turned("calm")  # wrong
mood.loud = True  # wrong
doing.GateError()  # wrong
error.close(hard="yes")  # wrong
animal.KINGDOM = 7  # wrong
"""
WRONG = {number for number, line in enumerate(USE.splitlines(), 1) if line.endswith("# wrong")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("typed")
    write(render(menagerie.manifest()), made / "bridges", library="zoo")
    (made / "use.py").write_text(USE)
    return made


@pytest.mark.slow
def test_mypy_accepts_right_use_of_classes_and_refuses_misuse(folder):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(folder / "cache"), "use.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
    )
    assert {int(found[1]) for found in re.finditer(r"^use\.py:(\d+): error", done.stdout, re.MULTILINE)} == WRONG, (
        done.stdout
    )


@pytest.mark.slow
def test_pyright_accepts_right_use_of_classes_and_refuses_misuse(folder):
    configuration = folder / "pyrightconfig.json"
    configuration.write_text(
        json.dumps({"typeCheckingMode": "strict", "include": ["use.py"], "extraPaths": [str(SOURCE), str(folder)]})
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(configuration), "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [one for one in json.loads(done.stdout)["generalDiagnostics"] if one["severity"] == "error"]
    assert {one["range"]["start"]["line"] + 1 for one in found} == WRONG, found
