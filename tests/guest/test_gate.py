"""The guest's door: what it promises to any interpreter, and what the target never sees."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import interpreter

import snakebridge_guest

GUEST = Path(snakebridge_guest.__file__).parent
DOOR = GUEST / "__main__.py"
OLD = ["2.7", "3.6", "3.7"]
SUPPORTED = ["3.8", "3.9", "3.13"]
# Modules that are newer than 3.8 and that the guest imports under a guard.
GUARDED = ["annotationlib", "annotationlib.Format", "annotationlib.Format.FORWARDREF", "zoneinfo"]

# A worker that reports what a library in the target would see.
SPY = """
import importlib.util, json, sys
def main(argv):
    report = {
        "argv": argv,
        "sys.argv": sys.argv[1:],
        "path": sys.path,
        "neighbour": importlib.util.find_spec("neighbour") is not None,
        "wire": importlib.util.find_spec("wire") is not None,
        "guest": sys.modules["snakebridge_guest"].__file__,
        "main": sys.modules["__main__"].__file__,
    }
    with open(argv[0], "w") as file:
        json.dump(report, file)
    return 7
"""


def start(executable: Path, *arguments: str, options: tuple[str, ...] = ("-I",), door: Path = DOOR, **keywords):
    command = [str(executable), *options, "-B", str(door), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **keywords)


@pytest.fixture
def site(tmp_path):
    """A host's site-packages: the real door, a worker that spies, and a neighbour that the target must not see."""
    guest = tmp_path / "site" / "snakebridge_guest"
    (guest / "worker").mkdir(parents=True)
    (guest / "wire").mkdir()
    (guest / "wire" / "__init__.py").write_text("")
    (guest / "worker" / "__init__.py").write_text(SPY)
    shutil.copy(GUEST / "__init__.py", guest)
    shutil.copy(DOOR, guest)
    (tmp_path / "site" / "neighbour.py").write_text("")
    return guest


@pytest.mark.parametrize("version", OLD)
def test_gate_answers_in_one_sentence_when_the_interpreter_is_too_old(version):
    executable = interpreter(version)
    done = start(executable, "describe", "nowhere", options=("-E", "-s"))
    assert done.returncode == 88
    assert done.stdout == ""
    assert done.stderr.startswith(f"snakebridge needs Python 3.8 or newer in the target, but {executable} is Python")
    assert version in done.stderr
    assert done.stderr.endswith("choose a newer interpreter for this library.\n")
    assert done.stderr.count("\n") == 1


def test_nothing_but_sys_is_imported_above_the_gate():
    tree = ast.parse(DOOR.read_text())
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    gate = next(node for node in tree.body if isinstance(node, ast.If))
    above = [node for node in imports if node.lineno < gate.lineno]
    assert [ast.unparse(node) for node in above] == ["import sys"]
    assert not [node for node in ast.walk(gate) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_door_is_plain_ascii_because_python_2_reads_nothing_else():
    assert DOOR.read_bytes().isascii()


def test_host_and_guest_agree_on_the_signs_of_an_old_interpreter():
    from snakebridge.environments import _describe
    from snakebridge_guest import __main__ as door

    assert door.EXIT_UNSUPPORTED == _describe._UNSUPPORTED_STATUS
    assert _describe._UNSUPPORTED_WORDS in DOOR.read_text()


@pytest.mark.parametrize(("arguments", "given"), [(["paint"], "'paint'"), ([], "none")], ids=["unknown", "missing"])
def test_door_names_the_roles_when_the_role_is(arguments, given):
    done = start(Path(sys.executable), *arguments)
    assert done.returncode == 2
    assert done.stderr == (
        "snakebridge_guest is started by snakebridge, with one of the roles describe, examples, outline, probe, worker, zygote; "
        f"it was given {given}.\n"
    )


@pytest.mark.parametrize("version", SUPPORTED)
@pytest.mark.parametrize("options", [("-I",), ("-E", "-s")], ids=["isolated", "not-isolated"])
def test_target_sees_its_own_path_and_no_arguments_when_a_role_runs(version, options, site, tmp_path):
    executable = interpreter(version)
    done = start(executable, "worker", str(tmp_path / "report"), "x", options=options, door=site / "__main__.py")
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")
    report = json.loads((tmp_path / "report").read_text())
    untouched = subprocess.run(
        [executable, "-I", "-c", "import json, sys; print(json.dumps(sys.path))"], capture_output=True, check=True
    )
    assert report["argv"] == [str(tmp_path / "report"), "x"]
    assert report["sys.argv"] == []
    assert report["path"] == [entry for entry in json.loads(untouched.stdout) if entry]
    assert not report["neighbour"], "the host's site-packages must not be importable in the target"
    assert not report["wire"], "the guest's own folder must not be importable in the target"
    assert report["guest"] == str(site / "__init__.py")


def test_our_guest_wins_when_the_target_has_another_snakebridge(site, tmp_path):
    subprocess.run([interpreter("3.9"), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (packages / "snakebridge_guest").mkdir()
    (packages / "snakebridge_guest" / "__init__.py").write_text("raise SystemExit('the wrong guest')")
    executable = tmp_path / "venv" / "bin" / "python"
    done = start(executable, "worker", str(tmp_path / "report"), door=site / "__main__.py")
    assert (done.returncode, done.stderr) == (7, "")
    assert json.loads((tmp_path / "report").read_text())["guest"] == str(site / "__init__.py")


def test_every_module_of_the_guest_compiles_on_the_oldest_supported_python():
    sources = [str(path) for path in sorted(GUEST.rglob("*.py"))]
    code = "import pathlib, sys; [compile(pathlib.Path(path).read_bytes(), path, 'exec') for path in sys.argv[1:]]"
    done = subprocess.run(
        [interpreter("3.8"), "-I", "-W", "error", "-c", code, *sources], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_guest_uses_nothing_newer_than_3_8():
    excluded = [part for name in GUARDED for part in ("--exclude", name)]
    command = [
        Path(sys.executable).with_name("vermin"),
        "--quiet",
        "--no-tips",
        "--violations",
        "-t=3.8-",
        *excluded,
        str(GUEST),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
