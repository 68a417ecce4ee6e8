"""`doctor`: facts, what is weaker, and the mend."""

from __future__ import annotations

import json

from snakebridge import __version__


def facts(text: str) -> dict[tuple[str, str], str]:
    return {(section, fact): value for section, fact, value in (line.split(": ", 2) for line in text.splitlines())}


def test_doctor_says_what_the_host_has_when_no_target_is_known(snakebridge):
    found = facts(snakebridge("doctor").stdout)
    assert found["host", "snakebridge"] == __version__
    assert {section for section, _ in found} == {"host"}


def test_doctor_describes_a_target(snakebridge, python):
    found = facts(snakebridge("doctor", "--python", python).stdout)
    assert found["target", "executable"] == str(python)
    assert found["target", "python"].startswith("CPython 3.")
    assert found["target", "links"] in {"lane", "lane, grpc"}


def test_doctor_reports_as_json(snakebridge, python):
    report = json.loads(snakebridge("doctor", "--python", python, "--format", "json").stdout)
    assert set(report) == {"host", "target", "findings"}


def test_doctor_looks_at_each_configured_library(snakebridge, python):
    (snakebridge.folder / "snakebridge.toml").write_text(
        f'[libraries.json]\npython = "{python}"\n[libraries.numpy]\npython = "/absent"\n'
    )
    done = snakebridge("doctor", code=1)
    assert f"json: executable: {python}\n" in done.stdout
    assert "error target-broken numpy: there is no /absent" in done.stdout


def test_doctor_finds_a_cache_that_cannot_be_written(snakebridge):
    done = snakebridge("doctor", code=1, SNAKEBRIDGE_CACHE="/proc/cache")
    assert "warning cache-read-only /proc/cache: the cache folder cannot be written" in done.stdout
    assert "set SNAKEBRIDGE_CACHE to a folder that is" in done.stdout


def test_doctor_says_what_is_lost_without_an_overlay(snakebridge, python):
    done = snakebridge("doctor", "--python", python, code=1, SNAKEBRIDGE_CACHE="/proc/cache")
    assert "so there is no grpc link and values are coded in pure Python" in done.stdout
    assert "target: links: lane\n" in done.stdout
