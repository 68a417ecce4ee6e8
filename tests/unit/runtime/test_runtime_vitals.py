"""What is seen of a worker from outside, and what a death report makes of it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from snakebridge.errors import DeathReport
from snakebridge.runtime._workers.vitals import Vitals, out_of_memory_kills

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the kernel shows it elsewhere")


@pytest.fixture
def child():
    command = [sys.executable, "-c", "print('up', flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_memory_and_processor_time_are_seen(child):
    vitals = Vitals(child.pid)
    vitals.look(10.0)
    vitals.look(11.0)
    assert vitals.cpu >= 0
    assert [when for when, _ in vitals.memory] == [10.0, 11.0]
    assert all(1 < size < 1000 for _, size in vitals.memory)
    assert [seconds for seconds, _ in vitals.curve(12.5)] == [2.5, 1.5]


def test_only_a_stopped_process_stands_still(child):
    vitals = Vitals(child.pid)
    vitals.look(1.0)
    assert vitals.stopped_since is None  # it waits, which is another thing
    os.kill(child.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED)
    vitals.look(2.0)
    vitals.look(3.0)
    assert vitals.stopped_since == 2.0
    os.kill(child.pid, signal.SIGCONT)
    os.waitid(os.P_PID, child.pid, os.WCONTINUED)
    vitals.look(4.0)
    assert vitals.stopped_since is None


def test_ended_process_has_no_memory_and_harms_nothing(child):
    vitals = Vitals(child.pid)
    vitals.look(1.0)
    descriptor = os.pidfd_open(child.pid)
    child.kill()
    select.select([descriptor], [], [], 20)
    os.close(descriptor)
    vitals.look(2.0)  # not reaped yet
    child.wait()
    vitals.look(3.0)
    assert len(vitals.memory) == 1


def test_only_the_last_looks_are_kept():
    vitals = Vitals(os.getpid())
    for second in range(100):
        vitals.look(float(second))
    assert len(vitals.memory) == 30


GROUPS = {
    "unified": ("0::/app.slice/pool\n", "sys/fs/cgroup/app.slice/pool/memory.events", "low 0\noom 4\noom_kill 3\n", 3),
    "unified in a container": ("0::/outer\n", "sys/fs/cgroup/memory.events", "oom_kill 2\n", 2),
    "old": (
        "5:cpu:/\n4:memory:/box\n0::/\n",
        "sys/fs/cgroup/memory/box/memory.oom_control",
        "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n",
        7,
    ),
    "older kernel": ("4:memory:/\n", "sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\n", None),
    "none": ("0::/\n", "sys/fs/cgroup/cpu.stat", "usage 0\n", None),
}


@pytest.mark.parametrize("kind", GROUPS)
def test_kills_for_want_of_memory_are_read_from_the_control_group(tmp_path, kind):
    groups, place, text, expected = GROUPS[kind]
    for name, content in (("proc/self/cgroup", groups), (place, text)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert out_of_memory_kills(tmp_path) == expected


def test_kernel_that_tells_nothing_is_no_error(tmp_path):
    assert out_of_memory_kills(tmp_path) is None


def test_death_report_shows_how_memory_grew():
    memory = tuple((float(10 - second), 50.0 + second * 200) for second in range(11))
    report = DeathReport(worker="w-1", pid=7, signal="SIGKILL", memory=memory, out_of_memory=True)
    assert "the kernel killed it for want of memory" in str(report)
    assert "its memory was 50 → 650 → 1,250 → 2,050 MB in its last 10 s" in str(report)
    quiet = DeathReport(worker="w-1", pid=7, exit_code=3, memory=memory)
    assert "memory" not in str(quiet)
