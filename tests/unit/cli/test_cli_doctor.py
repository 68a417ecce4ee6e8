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


POOLS = """
[libraries.json]
pool = "texts"
[libraries.statistics]
python = "{python}"
pool = "nowhere"
[pools.texts]
python = "{python}"
workers = {{ min = 1, max = 3 }}
profile = "thread"
lanes = 5
resources = {{ threads = 1000, cores = [99999], memory-mb = 999999999 }}
[pools.nowhere]
resources = {{ folder = "/absent" }}
[pools.idle]
python = "{python}"
profile = "auto"
"""


def test_doctor_describes_each_configured_pool(snakebridge, python):
    (snakebridge.folder / "snakebridge.toml").write_text(POOLS.format(python=python))
    done = snakebridge("doctor", code=1)
    found = facts("\n".join(line for line in done.stdout.splitlines() if line.startswith("pool ")))
    assert found["pool texts", "libraries"] == "json"
    assert found["pool texts", "workers"] == "1 to 3"
    assert found["pool texts", "profile"] == "thread, 5 calls at once in each worker"
    assert found["pool idle", "profile"] == "auto, 1 calls at once in each worker"
    assert found["pool idle", "executable"] == str(python)


def test_doctor_says_what_of_a_pool_cannot_work_here(snakebridge, python):
    (snakebridge.folder / "snakebridge.toml").write_text(POOLS.format(python=python))
    said = snakebridge("doctor", code=1).stdout
    for each in (
        "error pool-broken pool nowhere: resources: /absent is no folder that workers could run in",
        "warning pool-cores pool texts: cores 99999 are not there",
        "warning pool-memory pool texts: 3 workers of 1e+09 MB may take more than the ",
        "note pool-threads pool texts: up to 15000 threads of libraries may run at once on ",
        "note pool-unused pool idle: no library names this pool",
    ):
        assert each in said
