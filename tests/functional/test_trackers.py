"""Shared memory that a library made and never removed: its tracker does, however its worker ends by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from remote_source import make_module

import snakebridge as sb

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its names are files there")

SOURCE = """
import os, subprocess, sys
from multiprocessing import shared_memory

kept = []

def make():
    kept.append(shared_memory.SharedMemory(create=True, size=10))
    return kept[-1].name

def begin():
    # It holds the tracker's pipe like any child that a library forks.
    from multiprocessing.resource_tracker import _resource_tracker as tracker
    kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[tracker.getfd()]))

def leave():
    os._exit(3)
"""


@pytest.mark.parametrize("has_child", [False, True], ids=["alone", "with a child"])
@pytest.mark.parametrize("ends", ["closed", "exits", "recycled"])
def test_shared_memory_goes_with_its_worker(target, ends, has_child):
    with sb.connect(python=target, workers=1, timeout=60) as client:
        lib = make_module(client, SOURCE)
        path = Path("/dev/shm", lib.make())
        assert path.exists()
        if has_child:
            lib.begin()
        (worker,) = client.pool.workers
        if ends == "exits":
            with pytest.raises(sb.WorkerLostError):
                lib.leave()
        elif ends == "recycled":
            del lib
            client.pool.recycle()
            assert worker.ended.wait(60)
    assert not path.exists()
