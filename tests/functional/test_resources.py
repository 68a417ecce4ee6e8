"""What of the machine workers may use."""

from __future__ import annotations

import os

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError


@pytest.fixture
def start(target):
    clients = []

    def start(resources: sb.Resources | None = None, **options: object) -> sb.Client:
        client = sb.connect(python=target, timeout=60, resources=resources, **options)
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


def variable(client: sb.Client, name: str) -> object:
    return client.call("os:getenv", name)


def test_memory_beyond_the_limit_is_an_error_of_the_library(start):
    client = start(sb.Resources(memory_mb=400))
    with pytest.raises(sb.RemoteError) as caught:
        client.call("operator:mul", b"x", 10**9)
    assert caught.value.remote_type == "builtins:MemoryError"
    assert client.call("math:sqrt", 4) == 2


def test_folder_mask_and_priority_are_taken_on(start, tmp_path):
    client = start(sb.Resources(folder=tmp_path, umask=0o027, nice=3))
    assert client.call("os:getcwd") == str(tmp_path)
    assert client.call("os:umask", 0o027) == 0o027
    assert client.call("os:nice", 0) == os.nice(0) + 3


def test_cores_are_taken_on(start):
    core = min(os.sched_getaffinity(0))
    assert start(sb.Resources(cores=[core])).call("os:sched_getaffinity", 0) == {core}


def test_workers_share_the_cores_for_threads_of_c(start, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    client = start(workers=len(os.sched_getaffinity(0)))
    assert variable(client, "OMP_NUM_THREADS") == "1"
    assert variable(client, "POLARS_MAX_THREADS") == "1"


def test_threads_that_are_given_count_unless_a_variable_says_otherwise(start, monkeypatch):
    monkeypatch.setenv("MKL_NUM_THREADS", "5")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    client = start(sb.Resources(threads=3), env={"NUMBA_NUM_THREADS": "7"})
    found = [variable(client, name) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")]
    assert found == ["3", "5", "7"]


def test_one_worker_has_all_cores(start, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert variable(start(), "OMP_NUM_THREADS") is None


def test_gpus_are_named_to_all_who_look_for_them(start):
    client = start(sb.Resources(gpus=[]))
    assert variable(client, "CUDA_VISIBLE_DEVICES") == ""
    assert variable(client, "ROCR_VISIBLE_DEVICES") == ""


def test_what_the_system_refuses_is_told(start):
    with pytest.raises(sb.SnakebridgeError, match="the system refuses what this worker was told to be"):
        start(sb.Resources(cores=[100_000]))


WRONG = [
    {"threads": 0}, {"memory_mb": 0}, {"nice": -1}, {"nice": 20}, {"umask": 0o1000}, {"folder": "/none/such"},
    {"cores": []}, {"cores": [-1]},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_resources_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ConfigurationError, match="resources: "):
        sb.Resources(**wrong)
