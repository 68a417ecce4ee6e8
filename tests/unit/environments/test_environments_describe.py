"""What the host knows of a target after it has asked, and what asking leaves behind."""

from __future__ import annotations

import shutil

import pytest
from interpreters import interpreter

from snakebridge.environments import Interpreter, describe, find
from snakebridge.errors import EnvironmentNotFoundError


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.13"])
def test_facts_become_an_interpreter(version, make_venv):
    venv = make_venv(version)
    found = describe(find(venv))
    assert found.executable == venv / "bin" / "python"
    assert found.implementation == "cpython"
    assert ".".join(map(str, found.version)).startswith(f"{version}.")
    assert found.label == f"CPython {'.'.join(map(str, found.version))}"
    assert (found.prefix, found.base_prefix) == (venv, interpreter(version).resolve().parent.parent)
    assert found.cache_tag == f"cpython-{version.replace('.', '')}"
    assert found.distributions == {}
    assert (found.has_grpc, found.has_protobuf, found.has_msgpack, found.gil_disabled) == (False,) * 4


def test_label_keeps_an_unknown_implementation_as_it_calls_itself(make_venv):
    known = describe(find(make_venv("3.9")))
    values = {name: getattr(known, name) for name in Interpreter.__slots__}
    assert Interpreter(**{**values, "implementation": "snakeoil"}).label.startswith("snakeoil 3.9.")


def test_target_is_untouched_when_it_was_described(make_venv, contents):
    venv = make_venv("3.9")
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "startup.pth").write_text("import started_with_the_interpreter\n")
    (packages / "started_with_the_interpreter.py").write_text("")
    before = contents(venv)
    describe(find(venv))
    assert contents(venv) == before


def test_bytecode_goes_to_the_cache_folder(make_venv, own_cache):
    describe(find(make_venv("3.9")))
    assert [path.name for path in own_cache.rglob("describe.*.pyc")] == ["describe.cpython-39.pyc"]


def test_answer_is_kept_until_the_environment_is_made_again(make_venv):
    venv = make_venv("3.9")
    first = describe(find(venv))
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "new-1.dist-info").mkdir()
    assert describe(find(venv)).distributions == first.distributions == {}
    shutil.rmtree(venv)
    assert describe(find(make_venv("3.13"))).version[:2] == (3, 13)


def test_environment_of_the_host_does_not_reach_the_target(make_venv, tmp_path, monkeypatch):
    venv = make_venv("3.9")
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / "sitecustomize.py").write_text("raise SystemExit('leaked')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "leak"))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "leak"))
    assert describe(find(venv)).version[:2] == (3, 9)


def test_error_holds_the_last_words_of_an_interpreter_that_breaks_when_it_starts(make_venv):
    venv = make_venv("3.9")
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "fatal.pth").write_text("import sys; sys.exit('this environment is out of order')\n")
    with pytest.raises(EnvironmentNotFoundError, match="out of order"):
        describe(venv / "bin" / "python")


def test_error_names_the_path_when_the_interpreter_has_vanished(tmp_path):
    with pytest.raises(EnvironmentNotFoundError, match=r"cannot read .*gone \(No such file or directory\)"):
        describe(tmp_path / "gone")
