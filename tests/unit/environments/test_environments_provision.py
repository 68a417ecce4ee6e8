"""Managed environments: built once, in one piece, from what was asked for. Real installers, wheels made on the spot."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from interpreters import interpreter

from snakebridge.environments import describe, provision
from snakebridge.environments._cache import claimed, is_built
from snakebridge.environments._installer import find_uv
from snakebridge.environments._provision import build
from snakebridge.errors import ProvisionError

pytestmark = pytest.mark.usefixtures("own_cache", "offline")


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """Installers that reach no index, and that keep nothing outside of the test."""
    for name, value in {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip"))


@pytest.fixture
def wheel(tmp_path):
    return make_wheel(tmp_path, "tiny", "1.5", "answer = 42\n")


def make_wheel(folder: Path, name: str, version: str, source: str) -> Path:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(inner, text)
    return path


def answer(executable: Path) -> str:
    command = [executable, "-I", "-B", "-c", "import tiny; print(tiny.answer)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def lock_of(executable: Path) -> dict[str, object]:
    return json.loads((executable.parent.parent / "snakebridge-lock.json").read_text())


def test_environment_is_built_once_and_declared_in_its_lock(wheel, own_cache):
    interpreter("3.9")
    told: list[str] = []
    made = provision([str(wheel)], python_version="3.9", report=told.append)
    assert told == ["Python 3.9: creating the environment", f"Python 3.9: installing {wheel}"]
    assert made.parent.parent.parent == own_cache / "environments"
    assert answer(made) == "42"
    lock = lock_of(made)
    assert lock["requirements"] == [str(wheel)]
    assert lock["distributions"]["tiny"] == "1.5"
    assert lock["python"].startswith("3.9.")
    assert provision([str(wheel)], python_version="3.9", report=told.append) == made
    assert len(told) == 2


@pytest.mark.slow
def test_environment_is_made_with_pip_when_there_is_no_uv(wheel, own_cache):
    interpreter("3.9")
    folder = own_cache / "environments" / "by-pip"
    with claimed(folder, None) as claim:
        build(folder, (str(wheel),), "3.9", claim=claim, report=None, uv=None)
    assert answer(folder / "bin" / "python") == "42"
    assert lock_of(folder / "bin" / "python")["distributions"]["tiny"] == "1.5"
    assert not list(folder.rglob("tiny*.pyc")), "bytecode is kept in the cache, where the guest looks for it"


def test_host_version_is_taken_when_none_is_asked_for():
    assert describe(provision([])).version == sys.version_info[:3]


def test_full_version_is_honoured(wheel):
    exact = ".".join(str(part) for part in describe(interpreter("3.10")).version)
    assert lock_of(provision([], python_version=exact))["python"] == exact


def test_one_wish_is_one_environment_however_it_is_spelled(wheel, monkeypatch):
    monkeypatch.chdir(wheel.parent)
    made = provision([str(wheel)])
    assert provision([f"./{wheel.name}", str(wheel)]) == made
    assert provision([]) != made


def test_changed_file_behind_a_path_gives_another_environment(wheel):
    first = provision([str(wheel)])
    make_wheel(wheel.parent, "tiny", "1.5", "answer = 4711\n")
    second = provision([str(wheel)])
    assert first != second
    assert (answer(first), answer(second)) == ("42", "4711")


PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "2.0"
"""

BACKEND = f"""
import base64, hashlib, zipfile
from pathlib import Path
{inspect.getsource(make_wheel)}
def build_wheel(folder, *arguments):
    return make_wheel(Path(folder), "tiny", "2.0", Path("tiny.py").read_text()).name
"""


def test_changed_source_of_a_project_gives_another_environment(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    (project / "backend.py").write_text(BACKEND)
    (project / "tiny.py").write_text("answer = 1\n")
    first = provision([str(project)])
    (project / "tiny.py").write_text("answer = 22\n")
    second = provision([str(project)])
    assert (answer(first), answer(second)) == ("1", "22")


def test_half_built_environment_of_a_killed_process_is_built_again(wheel, own_cache):
    code = (
        "import os, signal, sys\n"
        "from snakebridge.environments import provision\n"
        "def report(told):\n"
        "    if 'installing' in told: os.kill(os.getpid(), signal.SIGKILL)\n"
        "provision(sys.argv[1:], report=report)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(wheel)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (folder,) = (path for path in (own_cache / "environments").iterdir() if path.is_dir())
    assert (folder / "bin" / "python").exists()
    assert not is_built(folder)
    (folder / "left-over").touch()
    made = provision([str(wheel)])
    assert made == folder / "bin" / "python"
    assert answer(made) == "42"
    assert not (folder / "left-over").exists()


def test_environment_is_built_again_when_what_it_was_made_from_is_gone():
    made = provision([])
    made.unlink()
    made.symlink_to("/nowhere/python")
    assert provision([]) == made
    assert describe(made).version == sys.version_info[:3]


def test_two_processes_that_want_the_same_environment_build_it_once(wheel):
    code = (
        "import sys\n"
        "from snakebridge.environments import provision\n"
        "made = provision(sys.argv[1:], report=lambda told: print('told', told))\n"
        "print('made', made)\n"
    )
    command = [sys.executable, "-c", code, str(wheel)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0][-1] == said[1][-1]
    assert sum("creating" in line for lines in said for line in lines) == 1
    assert answer(Path(said[0][-1].removeprefix("made "))) == "42"


def test_error_holds_the_installers_words_and_leaves_nothing(own_cache):
    with pytest.raises(ProvisionError) as caught:
        provision(["no-such-distribution==9"])
    first, *rest = str(caught.value).splitlines()
    assert first.startswith("installing no-such-distribution==9 for Python 3.")
    assert first.endswith("failed, because the installer ended with status 1; its last lines say what to mend:")
    assert 1 <= len(rest) <= 12
    assert "no-such-distribution" in str(rest)
    assert [path.suffix for path in (own_cache / "environments").iterdir()] == [".claim"]


@pytest.mark.parametrize("version", ["3.7", "2.7", "3", "3.x", "", "4.0", "pypy3.9"])
def test_version_that_cannot_be_used_is_refused(version):
    with pytest.raises(ProvisionError, match=f"the Python version '{version}' cannot be used; write 3.8 or newer"):
        provision([], python_version=version)


def test_error_says_what_to_install_when_there_is_no_such_python_and_no_uv(own_cache):
    folder = own_cache / "environments" / "x"
    with claimed(folder, None) as claim, pytest.raises(ProvisionError) as caught:
        build(folder, (), "3.99", claim=claim, report=None, uv=None)
    assert str(caught.value) == (
        "there is no Python 3.99 on the search path or in pyenv to make an environment from; "
        "install it, or install uv, which downloads it"
    )


def test_error_is_the_installers_when_uv_knows_no_such_python():
    if find_uv() is None:
        pytest.skip("needs uv")
    with pytest.raises(ProvisionError, match=r"creating the environment for Python 3\.99 failed"):
        provision([], python_version="3.99")


def test_error_says_where_else_to_write_when_the_cache_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", str(tmp_path / "file"))
    with pytest.raises(ProvisionError, match="set SNAKEBRIDGE_CACHE to a folder that can be written"):
        provision([])


def test_error_tells_that_the_new_environment_does_not_work(own_cache, tmp_path):
    impostor = tmp_path / "uv"
    impostor.write_text('#!/bin/sh\nmkdir -p "$5/bin"; ln -s /bin/false "$5/bin/python"\n')
    impostor.chmod(0o755)
    folder = own_cache / "environments" / "x"
    with claimed(folder, None) as claim, pytest.raises(ProvisionError) as caught:
        build(folder, (), "3.9", claim=claim, report=None, uv=impostor)
    assert str(caught.value).startswith("the new environment for Python 3.9 does not work: ")
    assert not folder.exists()


@pytest.mark.network
def test_distribution_of_an_index_is_installed(monkeypatch):
    for name in ("UV_OFFLINE", "PIP_NO_INDEX", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name)
    interpreter("3.10")
    made = provision(["toolz>=0.12"], python_version="3.10")
    code = "import toolz; print(toolz.first([7]))"
    assert subprocess.check_output([made, "-I", "-B", "-c", code], text=True) == "7\n"
    assert "toolz" in lock_of(made)["distributions"]
