"""From what a user names to an interpreter, or to one sentence with the mend."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from interpreters import find_interpreter, interpreter

from snakebridge.environments import describe, find
from snakebridge.errors import EnvironmentNotFoundError, UnsupportedInterpreterError


def script(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def search_path(tmp_path, monkeypatch):
    """An empty folder as the whole search path, and no pyenv."""
    for version in ("3.7", "3.9"):
        # The answer is kept, and must be given with the real search path.
        find_interpreter(version)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    return tmp_path / "bin"


def test_path_is_kept_as_given_when_it_is_an_interpreter():
    assert find(interpreter("3.9")) == interpreter("3.9")


def test_venv_folder_gives_its_own_link_and_not_the_interpreter_behind_it(make_venv):
    venv = make_venv("3.9")
    found = find(venv)
    assert found == venv / "bin" / "python"
    assert found.is_symlink()
    assert describe(found).prefix == venv
    assert find(str(found)) == found


def test_relative_paths_and_home_are_made_absolute(make_venv, monkeypatch):
    venv = make_venv("3.9")
    monkeypatch.chdir(venv)
    assert find(".") == venv / "bin" / "python"
    assert find("bin/../bin/python") == venv / "bin" / "python"
    monkeypatch.setenv("HOME", str(venv.parent))
    assert find("~/venv") == venv / "bin" / "python"


def test_conda_folder_gives_its_python(tmp_path):
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(interpreter("3.9"))
    assert find(tmp_path) == tmp_path / "bin" / "python"


def test_venv_with_python3_alone_is_found(make_venv):
    venv = make_venv("3.9")
    (venv / "bin" / "python3").unlink()
    (venv / "bin" / "python").rename(venv / "bin" / "python3")
    assert find(venv) == venv / "bin" / "python3"


def test_command_is_looked_up_on_the_search_path(search_path):
    (search_path / "python3.9").symlink_to(interpreter("3.9"))
    assert find("python3.9") == search_path / "python3.9"


def test_folder_wins_over_a_command_of_the_same_name(search_path, make_venv, monkeypatch):
    script(search_path / "venv", "#!/bin/sh\nexit 1\n")
    venv = make_venv("3.9")
    monkeypatch.chdir(venv.parent)
    assert find("venv") == venv / "bin" / "python"


@pytest.mark.parametrize("name", ["3.9", "python3.9"])
def test_version_is_found_in_pyenv_when_the_search_path_has_a_shim_that_is_switched_off(
    name, search_path, tmp_path, monkeypatch
):
    script(search_path / "python3.9", "#!/bin/sh\necho 'pyenv: python3.9: command not found' >&2\nexit 127\n")
    for patch in ("3.9.2", "3.9.10", "3.9-dev"):
        folder = tmp_path / "pyenv" / "versions" / patch / "bin"
        folder.mkdir(parents=True)
        (folder / "python").symlink_to(interpreter("3.9"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find(name) == tmp_path / "pyenv" / "versions" / "3.9.10" / "bin" / "python"


def test_shim_gives_the_interpreter_that_it_picked(search_path, tmp_path):
    shim = script(tmp_path / "shims" / "python3.9", f'#!/bin/sh\nexec "{interpreter("3.9")}" "$@"\n')
    assert find(shim) == interpreter("3.9")


def test_wrapper_that_is_no_shim_is_kept_because_it_may_set_what_the_interpreter_needs(tmp_path):
    wrapper = script(tmp_path / "python-with-settings", f'#!/bin/sh\nexec "{interpreter("3.9")}" "$@"\n')
    assert find(wrapper) == wrapper
    assert describe(wrapper).executable == wrapper


def test_version_of_this_process_is_this_interpreter_when_the_search_path_has_no_other(search_path):
    assert find("{}.{}".format(*sys.version_info)) == Path(sys.executable)


@pytest.mark.parametrize("version", ["2.7", "3.7"])
def test_old_interpreter_is_found_and_refused_by_describe(version):
    executable = interpreter(version)
    assert find(executable) == executable
    with pytest.raises(UnsupportedInterpreterError, match=rf"needs Python 3\.8 or newer.* is Python {version}"):
        describe(executable)


def _dangling(folder: Path) -> Path:
    (folder / "python").symlink_to(folder / "gone")
    return folder / "python"


def _dangling_venv(folder: Path) -> Path:
    (folder / "bin").mkdir()
    (folder / "pyvenv.cfg").write_text("")
    _dangling(folder / "bin")
    return folder


def _nested(folder: Path) -> Path:
    (folder / ".venv").mkdir()
    (folder / ".venv" / "pyvenv.cfg").write_text("")
    return folder


def _bin_of_venv(folder: Path) -> Path:
    _nested(folder)
    (folder / ".venv" / "bin").mkdir()
    return folder / ".venv" / "bin"


def _installation(folder: Path) -> Path:
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").touch()
    return folder


def _empty_venv(folder: Path) -> Path:
    (folder / "pyvenv.cfg").write_text("")
    return folder


def _empty_conda(folder: Path) -> Path:
    (folder / "conda-meta").mkdir()
    return folder


BAD = {
    "empty": (lambda folder: "", "the target is empty"),
    "missing": (lambda folder: folder / "nowhere", "there is no {folder}/nowhere; give the path of an interpreter"),
    "missing-relative": (lambda folder: "./nowhere", "nowhere; give the path of an interpreter"),
    "unknown-command": (lambda folder: "no-such-python", "there is no no-such-python in this folder or on the search"),
    "unknown-version": (lambda folder: "3.99", "there is no Python 3.99 in this folder or on the search path"),
    "dangling": (_dangling, "{folder}/python links to {folder}/gone, which is gone; make the environment again"),
    "dangling-venv": (_dangling_venv, "links to {folder}/bin/gone, which is gone; make the environment again"),
    "plain-folder": (lambda folder: folder, "{folder} is no venv or conda folder; make one with `python -m venv`"),
    "folder-around-venv": (_nested, "{folder} is no venv or conda folder; did you mean {folder}/.venv?"),
    "bin-of-venv": (_bin_of_venv, "bin is no venv or conda folder; did you mean {folder}/.venv?"),
    "installation": (_installation, "is no venv or conda folder; give its interpreter, {folder}/bin/python3"),
    "venv-without-python": (_empty_venv, "the venv folder {folder} has no interpreter in bin; make it again"),
    "conda-without-python": (_empty_conda, "the conda folder {folder} has no interpreter in bin; install python in"),
    "not-executable": (lambda folder: script(folder / "x", "", 0o644), "{folder}/x is not executable; give the path"),
    "no-interpreter-line": (
        lambda folder: script(folder / "x", "\0\1"),
        "{folder}/x cannot be started (Exec format error); give the path of a Python 3.8+ interpreter",
    ),
    "other-program": (
        lambda folder: script(folder / "x", "#!/bin/sh\nexit 0\n"),
        "{folder}/x did not answer as a Python interpreter: it ended with status 0; give the path of a Python 3.8+",
    ),
    "program-that-complains": (
        lambda folder: script(folder / "x", "#!/bin/sh\necho 'bad option' >&2\nexit 2\n"),
        "a Python 3.8+ interpreter, or of a venv or conda folder\n    bad option",
    ),
    "program-with-our-status": (
        lambda folder: script(folder / "x", "#!/bin/sh\nexit 88\n"),
        "did not answer as a Python interpreter: it ended with status 88",
    ),
    "program-that-dies": (
        lambda folder: script(folder / "x", "#!/bin/sh\nkill -SEGV $$\n"),
        "did not answer as a Python interpreter: it was killed by SIGSEGV",
    ),
}


@pytest.mark.parametrize(("make", "sentence"), BAD.values(), ids=BAD.keys())
def test_error_says_what_to_give_instead_when_the_target_is(make, sentence, tmp_path, search_path):
    search_path.rmdir()
    with pytest.raises(EnvironmentNotFoundError) as caught:
        find(make(tmp_path))
    assert sentence.format(folder=tmp_path) in str(caught.value)


def test_broken_command_is_named_when_nothing_else_has_its_name(search_path):
    script(search_path / "mypython", "#!/bin/sh\necho 'it broke' >&2\nexit 3\n")
    with pytest.raises(EnvironmentNotFoundError, match=r"mypython did not answer .*\n    it broke"):
        find("mypython")


def test_later_command_on_the_search_path_is_taken_when_the_first_is_broken(search_path, tmp_path, monkeypatch):
    script(search_path / "python3.9", "#!/bin/sh\nexit 3\n")
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "python3.9").symlink_to(interpreter("3.9"))
    monkeypatch.setenv("PATH", f"{search_path}{os.pathsep}{tmp_path / 'second'}")
    assert find("python3.9") == tmp_path / "second" / "python3.9"


def test_old_version_is_skipped_when_another_interpreter_has_the_wanted_one(search_path, tmp_path, monkeypatch):
    if find_interpreter("3.7") is None:
        pytest.skip("needs a Python 3.7 interpreter")
    (search_path / "python3.9").symlink_to(interpreter("3.7"))
    folder = tmp_path / "pyenv" / "versions" / "3.9.1" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(interpreter("3.9"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find("3.9") == folder / "python"
