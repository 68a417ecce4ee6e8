"""The installers' command lines and what they see of the environment."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from snakebridge.environments import Interpreter
from snakebridge.environments._installer import create_steps, find_uv, installer_environment, overlay_steps


def target(**changes: object) -> Interpreter:
    facts = {
        "executable": Path("/t/bin/python"),
        "implementation": "cpython",
        "version": (3, 9, 18),
        "cache_tag": "cpython-39",
        "abi": "cpython-39-x86_64-linux-gnu",
        "platform": "linux-x86_64",
        "prefix": Path("/t"),
        "base_prefix": Path("/b"),
        "path": (),
        "gil_disabled": False,
        "distributions": {},
        "has_grpc": False,
        "has_protobuf": False,
        "has_msgpack": False,
    }
    return Interpreter(**{**facts, **changes})


def options(command, name: str) -> list[str]:
    return [command[index + 1] for index, part in enumerate(command) if part == name]


def test_environment_is_made_by_uv_from_an_interpreter_or_a_version():
    create, install = create_steps(Path("/e"), "3.10", ["a"], uv=Path("/uv"))
    assert list(create.command) == ["/uv", "venv", "--no-project", "--python", "3.10", "/e"]
    assert list(install.command) == ["/uv", "pip", "install", "--no-progress", "--python", "/e/bin/python", "a"]


def test_environment_is_made_by_the_interpreter_itself_without_uv():
    create, install = create_steps(Path("/e"), "/p", ["a"], uv=None)
    assert list(create.command) == ["/p", "-B", "-I", "-m", "venv", "/e"]
    assert install.command[:5] == ["/e/bin/python", "-B", "-I", "-m", "pip"]
    assert install.command[-1] == "a"


def test_nothing_is_installed_when_nothing_is_required():
    assert [step.doing for step in create_steps(Path("/e"), "/p", [], uv=None)] == ["creating the environment"]


def test_long_list_is_shortened_for_people_and_not_for_the_installer():
    step = create_steps(Path("/e"), "/p", list("abcdefgh"), uv=None)[1]
    assert step.doing == "installing a, b, c, d, e, f and 2 more"
    assert step.command[-8:] == list("abcdefgh")


@pytest.mark.parametrize(
    ("distributions", "uv", "pip", "ways"),
    [
        ({}, Path("/uv"), Path("/h"), ["uv", "the host's pip"]),
        ({"pip": "24"}, Path("/uv"), Path("/h"), ["uv", "the target's pip", "the host's pip"]),
        ({"pip": "24"}, None, None, ["the target's pip"]),
        ({}, None, None, []),
    ],
    ids=["bare-target", "everything", "target-alone", "nothing"],
)
def test_ways_to_an_overlay_are_tried_best_first(distributions, uv, pip, ways):
    steps = overlay_steps(Path("/o"), target(distributions=distributions), ["a"], uv=uv, pip=pip)
    assert [step.doing for step in steps] == ways
    for step in steps:
        assert options(step.command, "--target") == ["/o"]
        assert options(step.command, "--only-binary") == [":all:"]
        assert step.command[-1] == "a"


@pytest.mark.parametrize(
    ("abi", "version", "tag"),
    [
        ("cpython-39-x86_64-linux-gnu", (3, 9, 18), "cp39"),
        ("cpython-313-x86_64-linux-gnu", (3, 13, 0), "cp313"),
        ("cpython-313t-x86_64-linux-gnu", (3, 13, 0), "cp313t"),
    ],
    ids=["3.9", "3.13", "free-threaded"],
)
def test_hosts_pip_is_told_the_targets_tags(abi, version, tag):
    (step,) = overlay_steps(Path("/o"), target(abi=abi, version=version), ["a"], uv=None, pip=Path("/h"))
    assert options(step.command, "--abi") == [tag]
    assert options(step.command, "--python-version") == ["{}.{}".format(*version)]
    assert options(step.command, "--implementation") == ["cp"]


@pytest.mark.skipif(sys.platform != "linux", reason="the tags of Linux")
def test_hosts_pip_is_offered_every_generation_of_linux_wheels():
    (step,) = overlay_steps(Path("/o"), target(), ["a"], uv=None, pip=Path("/h"))
    platforms = options(step.command, "--platform")
    assert platforms[-1] == "linux_x86_64"
    assert "manylinux2014_x86_64" in platforms


def test_hosts_pip_is_told_the_platform_of_a_mac():
    (step,) = overlay_steps(Path("/o"), target(platform="macosx-11.0-arm64"), ["a"], uv=None, pip=Path("/h"))
    assert options(step.command, "--platform") == ["macosx_11_0_arm64"]


def test_hosts_pip_is_not_asked_for_an_implementation_whose_tags_it_cannot_be_told():
    assert overlay_steps(Path("/o"), target(implementation="pypy"), ["a"], uv=None, pip=Path("/h")) == []


def test_settings_that_would_mislead_an_installer_are_left_out(monkeypatch):
    misleading = ["PIP_TARGET", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "UV_PYTHON", "UV_SYSTEM_PYTHON", "VIRTUAL_ENV"]
    for name in misleading:
        monkeypatch.setenv(name, "1")
    assert not installer_environment().keys() & set(misleading)


@pytest.mark.parametrize(
    ("ours", "value", "theirs", "expected"),
    [
        ("PIP_INDEX_URL", "https://mirror.example/simple", "UV_DEFAULT_INDEX", "https://mirror.example/simple"),
        (
            "PIP_EXTRA_INDEX_URL",
            "https://a.example https://b.example",
            "UV_INDEX",
            "https://a.example https://b.example",
        ),
        ("PIP_FIND_LINKS", "/a /b", "UV_FIND_LINKS", "/a,/b"),
        ("PIP_CERT", "/c.pem", "SSL_CERT_FILE", "/c.pem"),
    ],
    ids=["index", "extra-index", "find-links", "certificates"],
)
def test_settings_of_pip_reach_uv_unless_it_has_its_own(ours, value, theirs, expected, monkeypatch):
    monkeypatch.setenv(ours, value)
    monkeypatch.delenv(theirs, raising=False)
    assert installer_environment()[theirs] == expected
    monkeypatch.setenv(theirs, "its own")
    assert installer_environment()[theirs] == "its own"


def test_uv_is_taken_from_the_search_path_first(tmp_path, monkeypatch):
    (tmp_path / "uv").write_text("#!/bin/sh\n")
    (tmp_path / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_uv() == tmp_path / "uv"


def test_uv_is_found_beside_the_interpreter_or_as_a_distribution(tmp_path, monkeypatch):
    beside = Path(sys.executable).with_name("uv")
    if not beside.exists():
        pytest.skip("needs uv in this environment")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_uv() == beside
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    found = find_uv()
    assert found is not None
    assert found.name == shutil.which("uv", path=str(beside.parent)).rpartition("/")[2]
