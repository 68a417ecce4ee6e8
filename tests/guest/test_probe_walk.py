"""The probe by itself: what it says on the events, what it writes, and what it needs to run."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import interpreter
from zoo import LIBRARIES

import snakebridge_guest

DOOR = Path(snakebridge_guest.__file__).with_name("__main__.py")
PROBE = DOOR.with_name("probe")
VERSIONS = ["3.8", "3.13"]
# The door isolates nothing by itself, so a probe that is started without `-I` sees the zoo through the environment.
ENVIRONMENT = {"PYTHONPATH": str(LIBRARIES), "PYTHONDONTWRITEBYTECODE": "1"}


def probe(version, library, out, *, deadline=60, skip=(), ignore=(), **environment):
    """Run the probe; return its exit status, its events and its lines after the first, which describes the target."""
    events, theirs = os.pipe()
    given = {"library": library, "out": str(out), "events": theirs, "deadline": deadline}
    given |= {"skip": skip, "watch": (), "ignore": ignore, "operators": ["__len__"]}
    with (
        out.with_suffix(".printed").open("wb") as printed,
        subprocess.Popen(
            [interpreter(version), DOOR, "probe", json.dumps({**given, "output": printed.fileno()})],
            pass_fds=[theirs, printed.fileno()],
            env={**ENVIRONMENT, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        os.close(theirs)
        with os.fdopen(events, encoding="utf-8") as stream:
            heard = stream.read().splitlines()
        assert process.stdout is not None
        said = process.stdout.read()
    assert said == b""
    first, *lines = map(json.loads, out.read_text(encoding="ascii").splitlines())
    assert ".".join(map(str, first["target"]["version"])).startswith(f"{version}.")
    return process.returncode, heard, lines


@pytest.mark.parametrize("version", VERSIONS)
def test_events_tell_what_is_begun_and_ended(version, tmp_path):
    status, heard, lines = probe(version, "zoo_shapes", tmp_path / "out", ignore=["_*"])
    names = ["zoo_shapes", "zoo_shapes.classes", "zoo_shapes.functions"]
    imports = [f"{word} import {name}" for name in names for word in ("begin", "end")]
    descriptions = [f"{word} describe {name}" for name in names for word in ("begin", "end")]
    assert status == 0
    assert heard == [*imports, "module-count 3", *descriptions, "begin describe zoo_shapes", "done"]
    assert [line.get("module") for line in lines] == [*names, None]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_is_described_once_and_then_named(version, tmp_path):
    _, _, (root, classes, *_) = probe(version, "zoo_shapes", tmp_path / "out", ignore=["_*"])
    assert root["members"]["Color"]["kind"] == "enum"
    assert classes["members"]["Colour"] == {"same": "zoo_shapes:Color"}
    assert root["all"] == sorted(root["all"])
    assert root["members"]["_secret"] == {"kind": "constant", "type": "builtins:int", "value": "1"}


def test_bases_that_no_module_shows_come_last(tmp_path):
    _, _, lines = probe("3.13", "zoo_shapes", tmp_path / "out", ignore=["_*"])
    addresses = [":".join(one["defined"]) for one in lines[-1]["bases"]]
    assert "zoo_shapes._hidden:_Base" in addresses
    assert "builtins:dict" in addresses


def test_nothing_is_ignored_unless_the_host_says_so(tmp_path):
    _, heard, lines = probe("3.13", "zoo_tests", tmp_path / "out")
    failed = {line["module"]: line["failed"]["type"] for line in lines if "failed" in line}
    assert failed == dict.fromkeys(
        ["zoo_tests._private", "zoo_tests.conftest", "zoo_tests.tests"], "builtins:SystemExit"
    )
    assert "begin import zoo_tests.__main__" not in heard


def test_what_is_skipped_is_not_imported_by_others_either(tmp_path):
    _, heard, lines = probe("3.13", "zoo_hangs", tmp_path / "out", skip=["zoo_hangs.sleeps"])
    failed = {line["module"]: line["failed"] for line in lines if "failed" in line}
    assert failed["zoo_hangs.uses_sleeper"]["missing"] == "zoo_hangs.sleeps"
    assert not any("zoo_hangs.sleeps" in line for line in heard)


def test_a_name_that_is_skipped_is_not_asked_for(tmp_path):
    _, heard, lines = probe("3.13", "zoo_lazy", tmp_path / "out", skip=["zoo_lazy:crashes"])
    assert lines[0]["members"]["crashes"] == {"skipped": True}
    assert lines[0]["members"]["late"]["value"] == "7"
    assert "begin read zoo_lazy:made" in heard
    assert "begin read zoo_lazy:crashes" not in heard


def test_a_missing_library_is_a_failure_that_names_what_was_not_found(tmp_path):
    status, heard, lines = probe("3.8", "no_such_library", tmp_path / "out")
    (line,) = lines
    assert status == 0
    assert heard[-1] == "done"
    assert line["failed"]["missing"] == "no_such_library"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_is_the_same_whatever_the_hash_seed_locale_and_time_zone(version, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    probe(version, "zoo_shapes", one, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC", HOME="/")
    probe(version, "zoo_shapes", two, PYTHONHASHSEED="77", LC_ALL="C.UTF-8", TZ="Asia/Tokyo", HOME=str(tmp_path))
    assert one.read_bytes() == two.read_bytes()


def test_a_host_that_is_gone_is_noticed_without_the_interpreter_lock(tmp_path):
    # The watchdog's slack is added to the deadline, so a deadline below zero is what makes this test quick.
    status, heard, _ = probe("3.13", "zoo_hangs_root", tmp_path / "out", deadline=-599.5)
    assert status == 1
    assert heard == ["begin import zoo_hangs_root"]


def test_values_of_the_moment_and_of_the_machine_have_no_literal(tmp_path):
    (tmp_path / "momentary.py").write_text(
        "import os, sys, time\n"
        "now, seconds, process, folder = time.time(), int(time.time()), os.getpid(), sys.prefix\n"
        "shown, path, fixed = str(object()), '/proc/self', 3.5\n"
        "huge, long, deep = 1 << 100_000, 'x' * 1000, [[[[[[1]]]]]]\n"
        "mixed, empty, some, odd = {1: object()}, set(), {2, 1}, [float('nan')]\n",
        encoding="utf-8",
    )
    _, _, (line, _) = probe("3.13", "momentary", tmp_path / "out", PYTHONPATH=str(tmp_path))
    values = {name: one.get("value") for name, one in line["members"].items()}
    literals = {name: value for name, value in values.items() if value is not None}
    assert literals == {"fixed": "3.5", "some": "{1, 2}"}


def test_the_probe_imports_the_standard_library_and_itself_alone():
    for file in sorted(PROBE.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                assert top in {*sys.stdlib_module_names, "annotationlib"} or name.startswith("snakebridge_guest.probe")


def test_the_probe_stays_small():
    assert sum(file.stat().st_size for file in PROBE.glob("*.py")) <= 60_000
