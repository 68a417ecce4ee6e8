"""`check`: clean after `generate`, findings after an edit, a refusal when it cannot judge."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def generated(snakebridge, python):
    snakebridge("generate", "json", "--python", python)
    return snakebridge


def test_check_is_clean_after_generate(generated):
    assert generated("check").stdout == "1 library checked: nothing to mend\n"


def test_check_reports_an_edit(generated):
    edited = generated.folder / "bridges" / "json" / "decoder.py"
    edited.write_text(edited.read_text() + "\n# edited\n")
    done = generated("check", code=1)
    first, last = done.stdout.splitlines()
    assert first.startswith("error generated-stale json/decoder.py: ")
    assert last == "1 library checked: 1 finding"
    report = json.loads(generated("check", "--format", "json", code=1).stdout)
    assert [finding["path"] for finding in report["findings"]] == ["json/decoder.py"]


def test_check_takes_folders_from_flags_and_configuration(generated):
    for name in ("bridges", "manifests"):
        (generated.folder / name).rename(generated.folder / f"{name}-here")
    generated("check", "--out", "bridges-here", "--manifests", "manifests-here")
    (generated.folder / "snakebridge.toml").write_text('output = "bridges-here"\nmanifests = "manifests-here"\n')
    generated("check")


def test_check_refuses_when_there_is_nothing_to_check(snakebridge):
    assert "there is nothing to check" in snakebridge.refuses("check")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "json.json is not JSON", id="no-json"),
        pytest.param("{}", "json.json is not a manifest", id="no-manifest"),
        pytest.param(
            '{"schema": 99}', "has schema 99 and this snakebridge reads schema 2 at most", id="unknown-schema"
        ),
        pytest.param(None, "was changed by hand or damaged", id="edited"),
    ],
)
def test_check_refuses_a_corrupt_manifest(generated, text, said):
    file = generated.folder / "manifests" / "json.json"
    file.write_text(text if text is not None else file.read_text().replace("JSON", "YAML", 1))
    assert said in generated.refuses("check")


def test_generate_mends_a_corrupt_manifest(generated):
    (generated.folder / "manifests" / "json.json").write_text("{")
    generated("generate", "json")
    generated("check")


def test_generate_refuses_a_corrupt_lock(generated, python):
    (generated.folder / "manifests" / "snakebridge.lock").write_text("{")
    assert "snakebridge.lock" in generated.refuses("generate", "json", "--python", python, "--out", "new")


def test_generate_refuses_a_corrupt_local_file(generated, python):
    (generated.folder / "bridges" / ".snakebridge.local.toml").write_text("[")
    said = generated.refuses("generate", "json", "--python", python, "--manifests", "new")
    assert ".snakebridge.local.toml" in said
