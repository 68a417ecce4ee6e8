"""`status` and `clean`, beside pools that live."""

from __future__ import annotations

import json
import os
import signal

import snakebridge as sb
from snakebridge.cli._status import seconds


def own(report: dict) -> dict:
    (program,) = [one for one in report["programs"] if one["pid"] == os.getpid()]
    return program


def test_status_tells_programs_pools_and_workers(snakebridge, python):
    with sb.connect(python=python, workers=2) as client:
        client.wait_ready(2)
        for _ in range(5):
            client.call("math:sqrt", 4)
        pids = {worker.pid for worker in client.stats().workers}
        found = own(json.loads(snakebridge("status", "--format", "json").stdout))
        # Other tests of this process may have pools of their own.
        (pool,) = [one for one in found["pools"] if {worker["pid"] for worker in one["workers"]} & pids]
        assert pool["answers"]
        assert (pool["wanted"], pool["waiting"], pool["lost"]) == (2, 0, 0)
        assert {worker["pid"] for worker in pool["workers"]} == pids
        assert sum(worker["calls"] for worker in pool["workers"]) == client_calls(client)
        assert all(worker["state"] == "ready" and worker["memory_mb"] > 1 for worker in pool["workers"])
        text = snakebridge("status").stdout
        assert f"program {os.getpid()}, " in text
        assert "2 of 2 workers, 0 callers wait, 0 lost" in text
        assert all(f": pid {pid}, ready, " in text for pid in pids)


def client_calls(client) -> int:
    return sum(worker.calls for worker in client.stats().workers)


def test_status_says_so_when_a_program_does_not_answer(snakebridge, python, tmp_path):
    code = "import sys, snakebridge as sb; c = sb.connect(python=sys.argv[1]); print(c.call('os:getpid'), flush=True); input()"
    import subprocess
    import sys

    with subprocess.Popen(
        [sys.executable, "-c", code, str(python)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as host:
        worker = int(host.stdout.readline())
        os.kill(host.pid, signal.SIGSTOP)
        try:
            report = json.loads(snakebridge("status", "--format", "json").stdout)
        finally:
            os.kill(host.pid, signal.SIGCONT)
        host.communicate("\n", timeout=30)
    (program,) = [one for one in report["programs"] if one["pid"] == host.pid]
    assert [(pool["answers"], [each["pid"] for each in pool["workers"]]) for pool in program["pools"]] == [
        (False, [worker])
    ]


def test_status_works_without_a_registry(snakebridge, python):
    with sb.connect(python=python) as client:
        pid = client.call("os:getpid")
        done = snakebridge("status", "--format", "json", SNAKEBRIDGE_STATE="/proc/state")
        (pool,) = own(json.loads(done.stdout))["pools"]
        assert pool["name"] == "unknown"
        assert pid in {worker["pid"] for worker in pool["workers"]}


def test_clean_leaves_living_pools_alone(snakebridge, python):
    with sb.connect(python=python) as client:
        pid = client.call("os:getpid")
        report = json.loads(snakebridge("clean", "--format", "json").stdout)
        assert report["left"] == []
        assert str(client.pool._folder.path) not in report["folders"]
        assert client.call("os:getpid") == pid
    assert snakebridge("clean").stdout.startswith("ended ")


def test_durations_are_said_as_people_say_them():
    assert [seconds(number) for number in (0.4, 59, 60, 5400, 200_000)] == ["0 s", "59 s", "1.0 min", "1.5 h", "2.3 d"]


def test_program_that_closed_its_pools_is_not_shown(snakebridge, python):
    with sb.connect(python=python) as client:
        pid = client.call("os:getpid")
    report = json.loads(snakebridge("status", "--format", "json").stdout)
    pools = [pool for one in report["programs"] if one["pid"] == os.getpid() for pool in one["pools"]]
    assert pid not in {worker["pid"] for pool in pools for worker in pool["workers"]}
