"""The facts that a target states about itself, from real interpreters."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from interpreters import interpreter

import snakebridge_guest

DOOR = Path(snakebridge_guest.__file__).parent / "__main__.py"
VERSIONS = ["3.8", "3.9", "3.13"]


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def venv(version, tmp_path):
    folder = tmp_path / "venv"
    subprocess.run([interpreter(version), "-m", "venv", "--without-pip", folder], check=True)
    return folder


@pytest.fixture
def packages(venv):
    (folder,) = venv.glob("lib/python*/site-packages")
    return folder


def distribution(packages: Path, folder: str, metadata: bytes | None) -> None:
    (packages / folder).mkdir()
    if metadata is not None:
        (packages / folder / "METADATA").write_bytes(metadata)


def facts(venv: Path) -> dict[str, object]:
    """Ask a venv, and hold that nothing is said on its standard output."""
    output = venv.parent / "facts.json"
    command = [venv / "bin" / "python", "-I", "-B", DOOR, "describe", output]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return json.loads(output.read_text())


def test_facts_name_the_interpreter_when_it_is_a_bare_venv(version, venv):
    found = facts(venv)
    real = interpreter(version)
    code = "import sys, sysconfig; print(sys.base_prefix, sysconfig.get_config_var('SOABI'), sysconfig.get_platform())"
    base, soabi, platform = subprocess.check_output([real, "-c", code], text=True).split()
    code = "import os, sys; sys.stdout.write(os.pathsep.join(sys.path))"
    path = subprocess.check_output([venv / "bin" / "python", "-I", "-c", code], text=True)
    tag = f"cpython-{version.replace('.', '')}"
    assert ".".join(str(part) for part in found.pop("version")).startswith(f"{version}.")
    assert found == {
        "executable": str(venv / "bin" / "python"),
        "implementation": "cpython",
        "cache_tag": tag,
        "abi": soabi,
        "platform": platform,
        "prefix": str(venv),
        "base_prefix": base,
        "path": path.split(os.pathsep),
        "gil_disabled": False,
        "distributions": {},
        "has_grpc": False,
        "has_protobuf": False,
        "has_msgpack": False,
    }


def test_distributions_are_normalised_and_the_first_on_the_path_wins(venv, packages, tmp_path):
    distribution(packages, "Foo_Bar-1.0.dist-info", b"Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\n")
    (tmp_path / "later").mkdir()
    distribution(tmp_path / "later", "foo.bar-2.0.dist-info", b"Metadata-Version: 2.1\nName: foo.bar\nVersion: 2.0\n")
    (packages / "later.pth").write_text(f"{tmp_path / 'later'}\n")
    assert facts(venv)["distributions"] == {"foo-bar": "1.0"}


@pytest.mark.parametrize(
    ("folder", "metadata", "expected"),
    [
        ("gone-1.2.dist-info", None, {"gone": "1.2"}),
        ("Empty_One-3.4.dist-info", b"", {"empty-one": "3.4"}),
        ("binary-5.dist-info", b"Name: \xff\xfe\x00\n", {"binary": "5"}),
        ("nameless.dist-info", None, {}),
        ("old-0.1-py3.8.egg-info", None, {"old": "0.1"}),
    ],
    ids=["no-metadata", "empty-metadata", "undecodable-metadata", "nothing-known", "egg-info"],
)
def test_broken_metadata_costs_no_more_than_that_distribution(folder, metadata, expected, venv, packages):
    distribution(packages, "sound-9.dist-info", b"Metadata-Version: 2.1\nName: sound\nVersion: 9\n")
    distribution(packages, folder, metadata)
    assert facts(venv)["distributions"] == {"sound": "9", **expected}


def test_dependencies_are_found_without_being_imported(venv, packages):
    for name in ("grpc", "msgpack", "google", "google/protobuf"):
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text("raise SystemExit('imported')")
    found = facts(venv)
    assert (found["has_grpc"], found["has_protobuf"], found["has_msgpack"]) == (True, True, True)


def test_protobuf_is_found_when_google_is_a_namespace_package(venv, packages):
    (packages / "google" / "protobuf").mkdir(parents=True)
    (packages / "google" / "protobuf" / "__init__.py").write_text("")
    assert facts(venv)["has_protobuf"] is True


@pytest.mark.parametrize("name", ["google", "google.protobuf"])
def test_protobuf_is_missing_when_google_is_a_module_or_a_folder_without_it(name, venv, packages):
    if name == "google":
        (packages / "google.py").write_text("")
    else:
        (packages / "google" / "cloud").mkdir(parents=True)
    assert facts(venv)["has_protobuf"] is False


HOSTILE_FINDER = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("grpc", "google", "msgpack"):
            raise RuntimeError(name)
        return None
    def find_distributions(self, *arguments, **keywords):
        raise RuntimeError("no distributions today")
sys.meta_path.insert(0, Finder())
"""


def test_facts_survive_a_finder_of_the_target_that_raises(venv, packages):
    (packages / "hostile.py").write_text(HOSTILE_FINDER)
    (packages / "hostile.pth").write_text("import hostile\n")
    found = facts(venv)
    assert (found["has_grpc"], found["has_protobuf"], found["has_msgpack"]) == (False, False, False)
    assert found["distributions"] == {}


def test_facts_survive_a_pth_file_that_raises(venv, packages):
    (packages / "broken.pth").write_text("import a_module_that_is_not_there\n")
    assert facts(venv)["implementation"] == "cpython"


@pytest.mark.parametrize(("enabled", "expected"), [("True", False), ("False", True)], ids=["gil", "no-gil"])
def test_gil_is_what_the_interpreter_says_now_whatever_it_was_built_for(enabled, expected, venv, packages):
    (packages / "gil.pth").write_text(f"import sys; sys._is_gil_enabled = lambda: {enabled}\n")
    assert facts(venv)["gil_disabled"] is expected


def test_facts_are_readable_when_paths_are_not_ascii(version, tmp_path):
    folder = tmp_path / "Umgebung für μ"
    subprocess.run([interpreter(version), "-m", "venv", "--without-pip", folder], check=True)
    assert facts(folder)["prefix"] == str(folder)
