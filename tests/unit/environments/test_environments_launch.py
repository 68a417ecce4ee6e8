"""How the guest is started: the command, the environment, the cache folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import snakebridge_guest
from snakebridge.environments import cache_root, guest_command, guest_environment


def test_command_starts_the_door_by_path_isolated_with_bytecode_in_the_cache(cache):
    assert guest_command(Path("/opt/python"), "probe", "--mode", "public") == [
        "/opt/python",
        "-I",
        "-X",
        f"pycache_prefix={cache / 'pycache'}",
        str(Path(snakebridge_guest.__file__).parent / "__main__.py"),
        "probe",
        "--mode",
        "public",
    ]


LEAKS = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHON_GIL",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "VIRTUAL_ENV",
    "VIRTUAL_ENV_PROMPT",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "_CONDA_ROOT",
    "_CE_M",
    "__PYVENV_LAUNCHER__",
]


@pytest.mark.parametrize("name", LEAKS)
def test_variable_of_the_hosts_interpreter_is_left_out(name, monkeypatch):
    monkeypatch.setenv(name, "host")
    assert name not in guest_environment()


@pytest.mark.parametrize("name", ["PATH", "HOME", "LANG", "PYENV_ROOT", "OMP_NUM_THREADS", "LD_PRELOAD"])
def test_variable_of_the_user_is_passed_on(name, monkeypatch):
    monkeypatch.setenv(name, "theirs")
    assert guest_environment()[name] == "theirs"


def test_interpreter_that_a_library_starts_leaves_its_bytecode_in_the_cache(cache):
    python = {name: value for name, value in guest_environment().items() if name.startswith("PYTHON")}
    assert python == {"PYTHONPYCACHEPREFIX": str(cache / "pycache")}


def test_extra_variables_win_even_over_what_is_left_out(monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "/host")
    monkeypatch.setenv("LANG", "C")
    found = guest_environment({"LD_LIBRARY_PATH": "/target", "LANG": "de"})
    assert (found["LD_LIBRARY_PATH"], found["LANG"]) == ("/target", "de")


def test_cache_is_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", "~/elsewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_root() == tmp_path / "elsewhere"


def test_cache_is_the_users_cache_folder_when_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("SNAKEBRIDGE_CACHE", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_root().name == "snakebridge"
    assert tmp_path in cache_root().parents
