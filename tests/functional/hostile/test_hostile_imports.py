"""Libraries that do it all when they are imported: in a worker, and in the zygote that workers are forked from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import snakebridge as sb


@pytest.fixture(scope="module")
def environment(target, tmp_path_factory):
    """An environment that finds the libraries by itself."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([target, "-m", "venv", "--without-pip", "--symlinks", folder], check=True)
    (packages,) = folder.glob("lib/python3.*/site-packages")
    (packages / "hostile.pth").write_text(f"{Path(__file__).parent / 'libraries'}\n")
    return folder


@pytest.mark.parametrize("start", ["spawn", "zygote"])
def test_workers_of_a_library_that_does_it_all_at_import_are_sound(environment, sound, start):
    with sb.connect(venv=environment, start=start, preload=["ill_import"], timeout=60) as client:
        assert client.call("ill_import:listen") == ["SIGUSR2"]
        assert (client.call("os:getppid") == os.getpid()) == (start == "spawn")
        client.call("time:sleep", 0.05)
        sound(client, client.call("os:getpid"))
        first = client.pool.workers[0]
        with pytest.raises(sb.WorkerLostError):
            client.call("os:_exit", 3)
        assert first.ended.wait(30)
        assert client.call("ill_import:listen") == ["SIGUSR2"]
        assert client.call("os:fork") > 0
        sound(client, client.call("os:getpid"))
