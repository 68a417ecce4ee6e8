"""`generate` and `introspect`: what they write, what they say, and where their settings come from."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from interpreters import interpreter

from snakebridge import config, manifest

GENERATE = ("generate", "json", "statistics", "--out", "o", "--manifests", "m")


def test_generate_works_with_flags_alone(snakebridge, python):
    done = snakebridge(*GENERATE, "--python", python)
    written = set(snakebridge.contents())
    assert {"m/json.json", "m/statistics.json", "m/snakebridge.lock", "o/__init__.py", "o/.gitignore"} <= written
    assert {"o/json/__init__.py", "o/json/decoder.py", "o/statistics/_adapter.py"} <= written
    assert config.read_local(snakebridge.folder / "o") == {"json": str(python), "statistics": str(python)}
    lines = done.stdout.splitlines()
    assert lines[0] == "json: version 2.0.9"
    assert [line.split(": ")[0] for line in lines] == ["json"] * 8 + ["statistics"] * 8
    assert done.stderr.count("introspecting") == 2


def test_generated_package_calls_the_library_when_nothing_else_is_set_up(snakebridge):
    snakebridge(*GENERATE, "--python", interpreter("3.9"))
    code = "from o import statistics; print(statistics.median([3, 1, 2]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=snakebridge.folder,
        env=snakebridge.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_generate_says_and_writes_the_same_when_run_again(snakebridge, python):
    first = snakebridge(*GENERATE, "--python", python)
    before = snakebridge.contents()
    # Where the library lives is in the machine-local file by now.
    again = snakebridge(*GENERATE)
    assert snakebridge.contents() == before
    changed = [line for line in first.stdout.splitlines() if line not in again.stdout.splitlines()]
    assert [line.split(" ", 2)[2] for line in changed] == ["files changed", "files changed"]
    assert "json: 0 files changed" in again.stdout


def test_generate_takes_everything_from_the_configuration(snakebridge, python):
    (snakebridge.folder / "pyproject.toml").write_text(
        f'[tool.snakebridge]\noutput = "here"\nmanifests = "there"\n[tool.snakebridge.libraries.json]\npython = "{python}"\n'
    )
    below = snakebridge.folder / "below"
    below.mkdir()
    snakebridge.folder = below
    snakebridge("generate")
    assert not list(below.iterdir())
    assert (below.parent / "here" / "json" / "__init__.py").is_file()
    assert (below.parent / "there" / "json.json").is_file()


def test_generate_lets_flags_win_over_the_configuration(snakebridge, python):
    (snakebridge.folder / "other.toml").write_text('output = "no"\n[libraries.json]\npython = "/absent"\n')
    snakebridge("--config", "other.toml", "generate", "statistics", "--python", python, "--out", "yes")
    assert (snakebridge.folder / "yes" / "statistics").is_dir()
    assert not (snakebridge.folder / "no").exists()


def test_generate_takes_the_variable_over_the_configuration(snakebridge, python):
    (snakebridge.folder / "snakebridge.toml").write_text('[libraries.json]\npython = "/absent"\n')
    snakebridge("generate", SNAKEBRIDGE_PYTHON=str(python))
    assert config.read_local(snakebridge.folder / "bridges") == {"json": str(python)}


def test_generate_reports_as_json(snakebridge, python):
    report = json.loads(snakebridge("generate", "json", "--python", python, "--format", "json").stdout)
    assert set(report) == {"json"}
    assert set(report["json"]) == {
        "callables", "files_changed", "findings", "modules", "omitted", "symbols", "typed", "version",
    }  # fmt: skip


def test_generate_shows_findings_and_goes_on(snakebridge, tmp_path, python):
    venv = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", "--without-pip", venv], check=True)
    package = next((venv / "lib").iterdir()) / "site-packages" / "half"
    package.mkdir()
    (package / "__init__.py").write_text("def f() -> int: ...\n")
    (package / "broken.py").write_text("raise ValueError('no')\n")
    done = snakebridge("generate", "half", "--python", venv)
    assert "warning module-failed half.broken: importing half.broken raised ValueError: no" in done.stderr
    assert "half: 1 findings" in done.stdout
    assert (snakebridge.folder / "bridges" / "half" / "__init__.py").is_file()


def test_introspect_writes_one_manifest(snakebridge, python):
    done = snakebridge("introspect", "json", "--python", python, "--out", "deep/json.json")
    found = manifest.read(snakebridge.folder / "deep" / "json.json")
    assert found.library.name == "json"
    assert done.stdout.splitlines() == [
        f"json: {len(found.modules)} modules",
        f"json: {len(found.symbols)} symbols",
        "json: deep/json.json written",
    ]
    again = snakebridge("introspect", "json", "--python", python, "--out", "deep/json.json")
    assert again.stdout.endswith("json: deep/json.json unchanged\n")


@pytest.mark.slow
@pytest.mark.network
def test_generate_builds_a_managed_environment(snakebridge):
    done = snakebridge("generate", "six", "--requirements", "six==1.16.0")
    assert "six: version 1.16.0" in done.stdout


def test_another_name_of_a_module_is_refused(snakebridge, python):
    said = snakebridge.refuses("generate", "os.path", "--python", python, "--out", "o", "--manifests", "m")
    assert said.startswith("there is nothing in os.path to describe")
    assert "-c 'import os.path; print(os.path.__name__)'" in said
