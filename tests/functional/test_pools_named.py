"""Pools by their names: each with an environment of its own, started by who needs it, looked after by name."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import snakebridge as sb
from snakebridge import environments
from snakebridge.errors import ConfigurationError, WorkerStartError
from snakebridge.runtime import Pool

CONFIGURATION = """
output = "bridges"
[libraries.json]
pool = "texts"
[libraries.statistics]
pool = "sums"
[libraries.fractions]
pool = "sums"
[pools.texts]
python = "{python}"
env = {{ WHICH = "texts" }}
[pools.sums]
python = "{python}"
workers = 2
profile = "thread"
lanes = 3
resources = {{ threads = 1 }}
env = {{ WHICH = "sums" }}
dynamic = true
warm-up = ["fractions"]
[pools.unused]
python = "{python}"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory, target) -> Path:
    folder = tmp_path_factory.mktemp("pools")
    (folder / "snakebridge.toml").write_text(CONFIGURATION.format(python=target))
    done = subprocess.run(
        [sys.executable, "-m", "snakebridge", "generate"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "SNAKEBRIDGE_PYTHON"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_libraries_run_in_the_pools_that_they_name(project):
    program = """
    import snakebridge as sb
    from bridges import fractions, json, statistics
    texts, sums, unused = (sb.pool(name) for name in ("texts", "sums", "unused"))
    assert not (texts.is_open or sums.is_open)
    assert json.dumps([1]) == "[1]"
    assert texts.is_open and not sums.is_open
    assert statistics.median([3, 1, 2]) == 2 and fractions.Fraction(1, 2).numerator == 1
    one, two = texts.stats(), sums.stats()
    assert (one.name, one.wanted, two.name, two.wanted) == ("texts", 1, "sums", 2)
    assert not {each.pid for each in one.workers} & {each.pid for each in two.workers}
    assert sums.call("os:getenv", "WHICH") == "sums"
    assert sums.pool.lanes == 3 and sums.call("os:getenv", "OMP_NUM_THREADS") == "1"
    assert not unused.is_open and unused.drain() and unused.close() is None and not unused.is_open
    """
    run(project, program)


def test_pool_is_looked_after_by_its_name(project):
    program = """
    import snakebridge as sb
    from bridges import json
    texts = sb.pool("texts")
    texts.resize(2)
    assert json.dumps(1) == "1" and texts.stats().wanted == 2
    first = {each.pid for each in texts.stats().workers}
    assert texts.drain(20)
    try:
        json.dumps(1)
    except sb.SnakebridgeError as error:
        assert "it is drained" in str(error)
    texts.close()
    assert not texts.is_open
    assert json.dumps(1) == "1"  # starts it anew
    assert texts.is_open and not first & {each.pid for each in texts.stats().workers}
    again = sb.pool("texts")
    assert again.pool is texts.pool
    sb.close_pools()
    assert not again.is_open and json.dumps(2) == "2" and again.is_open
    """
    run(project, program)


def test_call_goes_to_the_pool_that_is_named_for_it(project):
    program = """
    import asyncio
    import snakebridge as sb
    from bridges import json
    where = {}
    def note(pool):
        return {each.name: each.calls for each in sb.pool(pool).stats().workers if each.calls}
    dumps = sb.options(pool="sums")(json.dumps)
    assert not sb.pool("sums").is_open  # by the first call
    assert dumps([1]) == "[1]" and sb.pool("sums").is_open and not sb.pool("texts").is_open
    assert asyncio.run(sb.aio(dumps)([2])) == "[2]"
    assert sb.submit(dumps, [3]).result() == "[3]" and list(sb.map(dumps, [[4]])) == ["[4]"]
    by_client = sb.options(pool=sb.pool("texts"))(json.dumps)
    assert not sb.pool("texts").is_open
    assert by_client(1) == "1" and sb.pool("texts").is_open
    sb.close_pools()
    assert by_client(1) == "1" and dumps(1) == "1"
    with sb.use("sums"), sb.session() as session:
        assert json.loads("[1]") == [1]
    """
    run(project, program)


def test_session_spans_the_pools_that_it_touches(project):
    program = """
    import snakebridge as sb
    from bridges import fractions, json, statistics
    with sb.session() as session:
        half = fractions.Fraction(1, 2)
        assert statistics.mean([half, half]) == half and json.dumps(1) == "1"
    try:
        half.numerator
    except sb.StaleReferenceError:
        pass
    else:
        raise AssertionError
    """
    run(project, program)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", r"no section \[tool.snakebridge.pools.sums\]; no pool is configured", id="none"),
        pytest.param("[pools.other]", "known are other", id="another"),
        pytest.param("[pools.sums]", "nothing says which environment pool sums has; write python", id="nowhere"),
        pytest.param(
            '[pools.sums]\n[libraries.a]\npython = "/a/python"\npool = "sums"\n'
            '[libraries.b]\npython = "/b/python"\npool = "sums"',
            r"live in several environments \(a: /a/python, b: /b/python\)",
            id="two",
        ),
    ],
)
def test_pool_by_name_says_why_it_cannot_be_had(tmp_path, monkeypatch, text, said):
    (tmp_path / "snakebridge.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SNAKEBRIDGE_PYTHON", raising=False)
    client = sb.pool("sums")
    with pytest.raises(ConfigurationError, match=said):
        client.stats()


def test_worker_is_warm_before_its_first_call(target, link):
    with sb.connect(python=target, link=link, warm_up=["colorsys", "tracemalloc:start"], workers=1) as client:
        assert client.call("tracemalloc:is_tracing")
        assert "colorsys" in client.call("builtins:eval", "sorted(__import__('sys').modules)")
        client.recycle()
        assert client.call("tracemalloc:is_tracing")


@pytest.mark.parametrize(
    ("target_name", "said"),
    [
        pytest.param("absent_module", "warm-up failed: absent_module raised ModuleNotFoundError", id="module"),
        pytest.param("math:absent", "warm-up failed: math:absent raised AttributeError", id="function"),
        pytest.param("sys:exit", "warm-up failed: sys:exit raised SystemExit", id="exit"),
    ],
)
def test_worker_whose_warm_up_fails_does_not_start(target, target_name, said):
    with pytest.raises(WorkerStartError, match=said):
        sb.connect(python=target, warm_up=[target_name])


def test_warm_up_has_the_time_that_the_start_has(target):
    with pytest.raises(WorkerStartError, match="not ready within 1 s"):
        sb.connect(python=target, warm_up=["signal:pause"], start_timeout=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param({"start_timeout": 0}, "start_timeout must be more than 0 seconds", id="timeout"),
        pytest.param({"warm_up": "numpy"}, r"write \['numpy'\]", id="text"),
    ],
)
def test_connect_refuses_what_makes_no_sense(target, arguments, said):
    with pytest.raises(ConfigurationError, match=said):
        sb.connect(python=target, **arguments)


def test_auto_profile_runs_one_call_at_a_time_with_a_gil(target):
    with sb.connect(python=target, profile="auto") as client:
        assert client.pool.lanes == 1


def test_auto_profile_goes_by_the_gil_that_a_worker_really_has(target, link, caplog):
    # An interpreter that says it has none, and a worker that has one: as an extension switches it on.
    told = dataclasses.replace(environments.describe(environments.find(target)), gil_disabled=True)
    pool = Pool(told, name="free", profile="auto", lanes=3, link=link, dynamic=True)
    try:
        pool.wait_ready()
        (worker,) = pool.workers
        assert (pool.lanes, len(worker.channels)) == (3, 1)
        assert pool.call("math:sqrt", (4.0,), None) == 2.0
        assert pool.stats().workers[0].calls == 1
    finally:
        pool.close()
    assert "has a GIL, so it runs one call at a time" in caplog.text
